"""A township's day on a real thin line: commands of every kind while it flaps, and a kill -9."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from desktop import bootstrap
from desktop.application.board import Board
from desktop.application.ports import IncidentFilter
from desktop.domain.command import CommandKind, CommandState, Key
from desktop.protocol.lifecycle import ALLOWED_FROM
from desktop.storage.keys.encryption_key import KeyFile
from support.program import PROGRAM, ROOT, until, write_profile
from support.thin_link import COUNTY_ADDRESS, ThinLink, lacking

FLAP_S = 3.0
PORT = 8080
COUNTY = f"""
import sys
from pathlib import Path
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.demo.county import DemoCounty
from desktop.paths import frame_dictionaries
county = DemoCounty(Path(sys.argv[1]), incidents=400, speed=0)
settings = Settings("云麓县", 30.0, dictionaries=frame_dictionaries())
with CountyServer(county.database, settings, host="0.0.0.0", port={PORT}, open_to_all=True):
    print("serving", flush=True)
    sys.stdin.read()
"""
"""Nobody logs in: the command serves so on its own computer alone."""
NO_LINE = lacking()

pytestmark = [
    pytest.mark.skipif(NO_LINE is not None, reason=f"a thin line {NO_LINE}"),
    pytest.mark.timeout(400),
]


@contextmanager
def a_county(link: ThinLink, folder: Path) -> Iterator[str]:
    """A county of 400 incidents at the far end of the line; its address."""
    process = subprocess.Popen(
        link.on_county([sys.executable, "-c", COUNTY, os.fspath(folder / "county.db")]),
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"serving\n"
        yield f"http://{COUNTY_ADDRESS}:{PORT}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
        process.stdin.close()


@contextmanager
def flapping(link: ThinLink) -> Iterator[None]:
    """The line breaks and mends every three seconds until the block ends."""
    over = threading.Event()

    def flap() -> None:
        cut = False
        while not over.wait(FLAP_S):
            cut = not cut
            (link.cut if cut else link.mend)()
        link.mend()

    thread = threading.Thread(target=flap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def sync(link: ThinLink, profile: Path, folder: Path, *, thin: bool) -> subprocess.Popen[bytes]:
    words = ["sync", "--once", "--profile", os.fspath(profile), "--key", "file"]
    words += ["--profile-dir", os.fspath(folder)]
    place = link.on_desk if thin else link.on_county
    return subprocess.Popen(
        place([*PROGRAM, *words]),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def a_desk(profile_file: Path, folder: Path) -> Iterator[bootstrap.Desk]:
    """The desk's own store and board, with nothing running."""
    profile = bootstrap.load_profile(profile_file)
    [cache] = folder.rglob("cache.db")
    words = bootstrap.words_in("zh_CN")
    desk = bootstrap.Desk(profile, cache.parent, KeyFile().key(cache.parent), words, [])
    try:
        yield desk
    finally:
        desk.close()


def first_in(board: Board, kind: CommandKind, taken: set[Key]) -> Key:
    """An incident no command was given on yet, at a stage the command may start from."""
    for row in board.incident_rows(board.incident_numbers(IncidentFilter())):
        if row.key not in taken and row.stage in ALLOWED_FROM.get(kind, {row.stage}):
            taken.add(row.key)
            return row.key
    raise AssertionError(f"no incident for {kind}")


def ten_commands(board: Board) -> list[str]:
    """Commands of ten different kinds; their keys in the order they were given."""
    taken: set[Key] = set()
    now = board.now()
    bodies: dict[CommandKind, dict[str, object]] = {
        CommandKind.NOTE: {"text": "现场已到，积水正在退去"},
        CommandKind.ACKNOWLEDGE: {},
        CommandKind.DISPATCH: {"unit": "县水务局", "text": "请速到场"},
        CommandKind.FEEDBACK: {"text": "已抢通单向"},
        CommandKind.EXTEND: {"due_at": now + 86_400_000, "text": "等待配件"},
        CommandKind.DEFER: {"until": now + 7 * 86_400_000, "text": "雨停后再办"},
        CommandKind.RETURN: {"text": "不属本单位职责"},
        CommandKind.ESCALATE: {"level": "major", "text": "影响扩大"},
    }
    given = [
        board.commands.submit(
            kind, target := first_in(board, kind, taken), body, base=_version(board, target)
        )
        for kind, body in bodies.items()
    ]
    created = board.commands.create("county", {"title": "桥头落石", "level": "ordinary"})
    given += [created, board.commands.note(created.command.target, "已设警示标志")]
    return [record.command.key for record in given]


def _version(board: Board, target: Key) -> int:
    detail = board.incident(target)
    assert detail is not None
    return detail.incident.version


def test_ten_commands_on_a_flapping_line_with_a_kill_arrive_once_each(tmp_path: Path) -> None:
    """L, D, V: none lost, none done twice, every outcome told."""
    folder = tmp_path / "desk"
    with ThinLink(seed=7) as link, a_county(link, tmp_path) as address:
        profile = write_profile(tmp_path / "desk.toml", address, period_s=5)
        assert sync(link, profile, folder, thin=False).wait(60) == 0
        with a_desk(profile, folder) as desk:
            keys = ten_commands(desk.board)
        with flapping(link):
            killed = sync(link, profile, folder, thin=True)
            with pytest.raises(subprocess.TimeoutExpired):
                killed.wait(3.5)
            killed.kill()
            killed.wait()
            until(lambda: _all_answered(link, profile, folder), 240, "ten final answers")
        with a_desk(profile, folder) as desk:
            states = {key: desk.outbox.record(key) for key in keys}
    assert {r.state for r in states.values() if r is not None} == {CommandState.ACCEPTED}
    with closing(sqlite3.connect(tmp_path / "county.db")) as county:
        stored = [key for (key,) in county.execute("SELECT key FROM commands")]
        assert sorted(stored) == sorted(keys)
        bodies = [
            msgspec.json.decode(body)
            for (body,) in county.execute("SELECT body FROM rows WHERE collection = 'incidents'")
        ]
    notes = [e for row in bodies for e in row.get("timeline", ()) if "积水正在退去" in str(e)]
    assert len(notes) == 1
    assert sum("桥头落石" in str(row["title"]) for row in bodies) == 1


def _all_answered(link: ThinLink, profile: Path, folder: Path) -> bool:
    sync(link, profile, folder, thin=True).wait(120)
    with a_desk(profile, folder) as desk:
        return not desk.outbox.list_unfinished()
