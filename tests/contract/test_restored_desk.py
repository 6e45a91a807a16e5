"""A restored desk is a copy: at a real county none of its commands is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.command import CommandState, Hold
from desktop.storage.backup import restoring, writing
from support.county_rows import incident
from support.quick_keys import make_keys_quick
from support.stores import KEY
from support.whole_desk import Desk

PASSPHRASE = "a long passphrase"


@pytest.fixture
def county() -> Iterator[tuple[Database, str]]:
    with ExitStack() as opened:
        database = Database()
        opened.callback(database.close)
        database.put("incidents", [incident("i1")])
        server = CountyServer(database, Settings("云麓县", snapshot_level=1))
        opened.callback(server.close)
        server.start()
        yield database, server.base_url


def notes(database: Database) -> list[str]:
    (row,) = database.rows("incidents", ["i1"])
    return [each.text.zh for each in row.timeline]  # type: ignore[attr-defined]


def back_up(folder: Path, to: Path) -> None:
    profile = folder.parent / "desk.toml"
    profile.touch()
    writing.write_backup(writing.Desk(folder, KEY, profile, "d", "1"), to, PASSPHRASE, 0)


def test_what_was_sent_after_the_backup_is_learned_and_the_rest_waits_for_the_officer(
    tmp_path, county, monkeypatch
):
    make_keys_quick(monkeypatch)
    database, url = county
    with ExitStack() as opened:
        original = Desk(tmp_path / "d", url)
        opened.callback(original.close)
        original.exchange()
        sent, waiting = original.note("备份后发出"), original.note("还没有发")
        back_up(tmp_path / "d", tmp_path / "b.cdk")
        assert original.board.commands.cancel(waiting)
        assert original.exchange() is None
        assert notes(database) == ["备份后发出"]
        (tmp_path / "new").mkdir()
        restoring.make_ready(tmp_path / "new", KEY, tmp_path / "b.cdk", PASSPHRASE, SystemClock())
        assert restoring.finish(tmp_path / "new", KEY) is not None
        restored = Desk(tmp_path / "new", url)
        opened.callback(restored.close)
        assert [restored.state(k) for k in (sent, waiting)] == [(CommandState.HELD, Hold.COPY)] * 2
        assert restored.exchange() is None
        assert restored.state(sent) == (CommandState.ACCEPTED, Hold.NONE)
        assert restored.state(waiting) == (CommandState.HELD, Hold.COPY)
        assert original.exchange() is None, "the original keeps its name"
        assert notes(database) == ["备份后发出"]
        assert restored.board.commands.release(waiting)
        assert restored.exchange() is None
        assert notes(database) == ["备份后发出", "还没有发"]
