"""Another session in the midst of a long queue: whose commands go under it is judged anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.test_belonging import LOGINS, accounts, notes
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.command import CommandState, Hold
from support.county_rows import incident
from support.whole_desk import Desk

MANY = 45
"""More than go out at once."""


@contextmanager
def met(folder: Path, **settings: Any) -> Iterator[tuple[Database, Desk]]:
    """A county, and a desk of Wang's that has met it."""
    database = Database(folder / "county.db")
    database.put("incidents", [incident("i1")])
    with CountyServer(database, Settings(snapshot_level=1, **settings)) as server:
        desk = Desk(folder / "d", server.base_url, "wang")
        try:
            assert desk.exchange() is None
            yield database, desk
        finally:
            desk.close()
            database.close()


def after_first_answers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    """Have something happen once the first commands of a queue are answered."""
    real, acts = desk.outbox.answer_all, [act]

    def answer_all(*given: Any) -> None:
        real(*given)
        while acts:
            acts.pop()()

    monkeypatch.setattr(desk.outbox, "answer_all", answer_all)


def test_what_is_left_of_a_queue_waits_for_its_officer_when_another_logs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with met(tmp_path, accounts=LOGINS) as (database, desk):
        keys = [desk.note(f"王的 {number}") for number in range(MANY)]
        after_first_answers(desk, monkeypatch, lambda: setattr(desk, "token", "li"))
        desk.exchange()
        done = accounts(database)
        assert 0 < len(done) < MANY
        assert set(done.values()) == {"wang"}
        left = [desk.state(key) for key in keys if key not in done]
        assert set(left) == {(CommandState.HELD, Hold.ACCOUNT)}
        desk.token = "wang"
        for _ in range(3):
            desk.exchange()
        assert set(accounts(database).values()) == {"wang"}
        assert len(notes(database)) == MANY


def test_what_a_county_lost_goes_before_what_is_left_of_a_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with met(tmp_path) as (database, desk):
        database.backup(tmp_path / "old.db")
        desk.note("丢了的")
        assert desk.exchange() is None
        given = [desk.note(f"{number:02}") for number in range(MANY)]
        assert len(given) == MANY

        def restore() -> None:
            database.restore(tmp_path / "old.db", accept_loss=True)
            desk.token = "another of the same account"

        after_first_answers(desk, monkeypatch, restore)
        for _ in range(3):
            desk.exchange()
        found = notes(database)
        assert found[0] == "丢了的"
        assert sorted(found[1:]) == [f"{number:02}" for number in range(MANY)]
