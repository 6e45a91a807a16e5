"""kill -9 at any step of bringing a full outbox up to date: old or new, whole either way."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from desktop.domain.command import Collection, Key
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite import durable
from desktop.storage.sqlite.data_format import SCHEMAS
from desktop.storage.sqlite.database import connect
from support.builders import FakeClock
from support.earlier import KEY, full_outbox

COMMANDS = 300
Arm = Callable[[apsw.Connection, Callable[[], bool]], None]


def after_steps(count: int) -> Arm:
    """Kills once the database has done so many thousand steps."""
    left = iter(range(count))

    def arm(db: apsw.Connection, kill: Callable[[], bool]) -> None:
        db.set_progress_handler(lambda: next(left, None) is None and kill(), 1000)

    return arm


MOMENTS: dict[str, Arm] = {
    **{f"after {count} thousand steps": after_steps(count) for count in (0, 1, 2, 4, 8)},
    "before the commit": lambda db, kill: db.set_commit_hook(kill),
    "after the commit": lambda db, kill: db.set_wal_hook(lambda *_: kill() or 0),
}


def kill() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return True


def killed(folder: Path, arm: Arm, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a process that opens the outbox came to that moment, and was killed at it."""

    def armed(*given: object, **named: object) -> apsw.Connection:
        db = connect(*given, **named)
        arm(db, kill)
        return db

    monkeypatch.setattr(durable, "connect", armed)
    child = os.fork()
    if not child:
        try:
            open_outbox(folder, KEY, FakeClock())
        finally:
            os._exit(0)
    monkeypatch.undo()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def version_of(folder: Path) -> int:
    db = connect(folder / "outbox.db", KEY, durable=True)
    try:
        return int(db.pragma("user_version"))
    finally:
        db.close()


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("before")
    return folder, full_outbox(folder, COMMANDS)


@pytest.mark.parametrize("moment", MOMENTS)
def test_L_killed_while_an_outbox_is_brought_up_to_date(before, tmp_path, moment, monkeypatch):
    given = before[1]
    folder = Path(shutil.copytree(before[0], tmp_path / "desk"))
    assert killed(folder, MOMENTS[moment], monkeypatch)
    assert version_of(folder) == (SCHEMAS["outbox"] if moment == "after the commit" else 2)
    outbox = open_outbox(folder, KEY, FakeClock())
    assert [(record.command, record.state) for record in outbox.list_unfinished()] == given
    assert outbox.draft(Key("county", Collection.INCIDENTS, "I1")) == "写到一半"
    assert outbox.client_id() == "the first"
    outbox.close()
    assert version_of(folder) == SCHEMAS["outbox"]
