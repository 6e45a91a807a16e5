"""kill -9 at any moment: rows and token move together, and a command that was kept stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop.application.ports import IncidentFilter
from desktop.domain.command import Collection, Key
from desktop.storage.cache.store import open_cache
from desktop.storage.outbox.store import open_outbox
from support.builders import FakeClock

KEY = bytes(range(32))
TESTS = Path(__file__).parent.parent
ROWS = 40

WRITE_BATCHES = """
cache = open_cache(folder, KEY, FakeClock(), {})
for turn in range(1, 10_000):
    rows = (an_incident(id=f"{n}", version=turn, recorded_at=turn) for n in range(ROWS))
    cache.apply(a_batch(*rows, an_asset(version=turn), token=str(turn), reading_at=turn))
    print(turn, flush=True)
"""

WRITE_COMMANDS = """
outbox = open_outbox(folder, KEY, FakeClock())
for turn in range(1, 10_000):
    record = outbox.append(a_command(key=f"key {turn}"), turn)
    outbox.set_state(f"key {turn}", CommandState.SENT, Text(), turn)
    print(turn, flush=True)
"""

WRITE_DRAFTS = """
outbox = open_outbox(folder, KEY, FakeClock())
for turn in range(1, 10_000):
    outbox.keep_draft(TARGET, f"{turn} " + "写到一半" * 400, turn)
    print(turn, flush=True)
"""

PREAMBLE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.builders import FakeClock, a_batch, a_command, an_asset, an_incident
from desktop.domain.command import Collection, Key
from desktop.domain.command import CommandState
from desktop.domain.localized_text import Text
from desktop.storage.cache.store import open_cache
from desktop.storage.outbox.store import open_outbox
KEY, ROWS, folder = bytes(range(32)), 40, Path(sys.argv[1])
TARGET = Key("county", Collection.INCIDENTS, "I1")
"""


def killed_after(script: str, folder: Path, turns: int, bytes_more: int) -> int:
    """The last turn the program told of before it was killed in the middle of the next."""
    command = [sys.executable, "-c", PREAMBLE + script, str(folder), str(TESTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        told = 0
        for _ in range(turns):
            told = int(program.stdout.readline())
        log = next(folder.glob("*.db-wal"))
        # The write-ahead log grows while the next turn is being written: that is the moment.
        size = log.stat().st_size
        for _ in range(200_000):
            if log.stat().st_size >= size + bytes_more:
                break
        program.kill()
        rest = program.stdout.read().split()
        return int(rest[-1]) if rest else told


@pytest.mark.parametrize("turns, bytes_more", [(1, 1), (2, 9_000), (3, 30_000), (5, 70_000)])
def test_rows_and_token_move_together(tmp_path, turns, bytes_more):
    told = killed_after(WRITE_BATCHES, tmp_path, turns, bytes_more)
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    token = cache.sync_state("county").token
    assert token is not None
    assert int(token) >= told
    turn = int(token)
    kept = cache.rows(Collection.INCIDENTS)
    assert len(kept) == ROWS
    assert {row.version for row in kept} == {turn}
    assert [row.version for row in cache.rows(Collection.ASSETS)] == [turn]
    [trend] = cache.rows(Collection.TRENDS)
    assert trend.at == tuple(range(1, turn + 1))
    assert len(cache.incident_numbers(IncidentFilter(text="管道"))) == ROWS
    assert cache.counts(0, turn).recorded_today == ROWS
    assert cache.problem is None
    cache.close()


@pytest.mark.parametrize("turns, bytes_more", [(1, 1), (7, 4_000), (20, 9_000)])
def test_every_command_that_was_kept_is_still_there_in_order(tmp_path, turns, bytes_more):
    told = killed_after(WRITE_COMMANDS, tmp_path, turns, bytes_more)
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    kept = outbox.list_unfinished()
    assert [r.command.key for r in kept] == [f"key {n + 1}" for n in range(len(kept))]
    assert len(kept) >= told
    assert [r.seq for r in kept] == sorted({r.seq for r in kept})
    outbox.close()


@pytest.mark.parametrize("turns, bytes_more", [(1, 1), (5, 9_000)])
def test_a_draft_that_was_kept_is_still_there_whole(tmp_path, turns, bytes_more):
    told = killed_after(WRITE_DRAFTS, tmp_path, turns, bytes_more)
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    turn, said = outbox.draft(Key("county", Collection.INCIDENTS, "I1")).split()
    assert int(turn) >= told
    assert said == "写到一半" * 400
    outbox.close()
