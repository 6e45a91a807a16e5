"""What a county refuses for a while reaches the officer in words, and costs no command."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from desktop import paths
from desktop.application.i18n import LANGUAGES, Words
from desktop.application.sync.file_transfer import FileTransfer
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.http.lockout import FREE_TRIES
from desktop.county_server.quotas import Quotas
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.domain.command import CommandState
from desktop.domain.incident import FileRef
from desktop.domain.link import LinkTier
from support.county_rows import incident
from support.http_desk import HttpDesk, accounts
from support.whole_desk import Desk

LOGINS = accounts(Account("north", ("north",)), Account("county"))
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 20


@pytest.fixture
def clock() -> list[float]:
    return [time.time()]


@pytest.fixture
def database(clock: list[float]) -> Iterator[Database]:
    found = Database(time_s=lambda: clock[0])
    found.put("incidents", [incident("i1", township="north")])
    yield found
    found.close()


Begin = Callable[..., Any]


@pytest.fixture
def begin(database: Database, tmp_path: Path) -> Iterator[Begin]:
    with ExitStack() as ends:

        def serve_and_open(*, url: str = "", token: str | None = "north", **how: Any) -> Any:
            quotas = how.pop("quotas", Quotas())
            logins = how.pop("logins", LOGINS)
            settings = Settings(accounts=logins, quotas=quotas, snapshot_level=1)
            server = ends.enter_context(CountyServer(database, settings, **how))
            port = server.base_url.rpartition(":")[2]
            desk = Desk(
                tmp_path / "desk", f"http://{url}:{port}" if url else server.base_url, token
            )
            ends.callback(desk.close)
            return server, desk

        yield serve_and_open


def notes(database: Database) -> list[str]:
    (row,) = database.rows("incidents", ["i1"])
    return [each.text.zh for each in row.timeline]  # type: ignore[attr-defined]


def both_languages(problem: Any) -> str:
    """What an officer reads of it, Chinese and English."""
    said = [str(Words(paths.resources(), each).problem(problem)) for each in LANGUAGES]
    assert said[0] != said[1]
    assert not any("{" in each for each in said)
    return "\n".join(said)


def test_commands_over_a_quota_wait_and_each_is_done_once(begin, database, clock):
    _, desk = begin(quotas=Quotas(commands_per_minute=2))
    assert desk.exchange() is None
    first = [desk.note(f"{n}") for n in range(2)]
    assert desk.exchange() is None
    late = desk.note("2")
    assert desk.exchange() is None, "rows come all the same"
    assert desk.unsent == "quota_spent"
    assert "指令" in both_languages(desk.last.unsent)
    assert 0 < desk.last.offer_after_s <= 60
    assert desk.state(late)[0] in (CommandState.STORED, CommandState.SENT)
    clock[0] += desk.last.offer_after_s
    assert desk.exchange() is None
    assert {desk.state(key)[0] for key in (*first, late)} == {CommandState.ACCEPTED}
    assert notes(database) == ["0", "1", "2"]


def test_a_desk_behind_a_guesser_waits_with_its_commands(begin, database, clock):
    server, desk = begin()
    thief = HttpDesk(server)
    for n in range(FREE_TRIES + 1):
        thief.headers = {"Authorization": f"Bearer guess-{n}"}
        thief.ask("GET", "/v1/scope")
    thief.close()
    waiting = desk.note("一")
    error = desk.exchange()
    assert error.problem.code == "login_locked"
    assert "令牌" in both_languages(error.problem)
    assert desk.state(waiting)[0] in (CommandState.STORED, CommandState.SENT)
    clock[0] += error.retry_after_s
    assert desk.exchange() is None
    assert desk.state(waiting)[0] is CommandState.ACCEPTED
    assert notes(database) == ["一"]


def test_a_county_called_by_another_name_takes_nothing_and_nothing_is_lost(
    begin, database, monkeypatch
):
    found = socket.getaddrinfo

    def here(host: str, *rest: Any, **more: Any) -> Any:
        return found("127.0.0.1" if host == "county.example" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    _, desk = begin(url="county.example", token=None, logins={})
    waiting = desk.note("一")
    error = desk.exchange()
    assert error.problem.code == "wrong_host_name"
    assert "--name" in both_languages(error.problem)
    assert desk.state(waiting)[0] in (CommandState.STORED, CommandState.SENT)
    settings = Settings(snapshot_level=1)
    with CountyServer(database, settings, names=("county.example",)) as server:
        desk.turn_to(server.base_url.replace("127.0.0.1", "county.example"))
        assert desk.exchange() is None
        desk.connector.close()
    assert desk.state(waiting)[0] is CommandState.ACCEPTED
    assert notes(database) == ["一"]


def test_a_file_there_is_no_room_for_waits_and_goes_later(begin, database, clock):
    server, desk = begin(quotas=Quotas(loose_files=len(PHOTO) + 10))
    assert desk.exchange() is None
    neighbour = HttpDesk(server, "north")
    assert neighbour.bring(PHOTO)[0] == 200
    neighbour.close()
    mine = PHOTO + b"mine"
    ref = FileRef(hashlib.sha256(mine).hexdigest(), "现场.jpg", "image/jpeg", len(mine))
    files, memory = desk.stores.files, desk.memory
    files.keep("county", ref, mine)
    freight = FileTransfer(files, desk.context)

    def next_piece() -> Any:
        return freight.next(LinkTier.ORIGINALS, originals_now=True, keep_for_hours=False)

    assert not freight.move(next_piece(), 100_000)
    assert next_piece() is None, "it is not asked about all the time"
    (notice,) = memory.notices
    assert "现场.jpg" in both_languages(notice)
    assert files.refusal("county", ref.digest) is None, "nor given up"
    assert len(files.uploads("county")) == 1
    with database.transaction() as batch:
        batch.connection.execute("DELETE FROM holders")
    memory.files.forget(ref.digest)
    while (piece := next_piece()) is not None:
        freight.move(piece, 100_000)
    assert files.uploads("county") == []
    assert memory.notices == ()
