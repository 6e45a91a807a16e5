"""The program on a computer whose clock went back while it was off: a dead battery."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.domain.clock import SystemClock
from desktop.domain.instant import MINUTE
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.outbox.store import open_outbox
from support.program import county_desk, write_profile

BACK = timedelta(days=10, minutes=10)
"""So much earlier than the last time known does this computer's clock read."""
BACK_MS = round(BACK.total_seconds() * 1000)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o700)
    outbox = open_outbox(folder, KeyFile().key(folder), SystemClock())
    outbox.keep_time(SystemClock().now() + BACK_MS)
    outbox.close()
    return ["--profile", os.fspath(profile), "--profile-dir", os.fspath(folder), "--key", "file"]


def test_a_command_given_then_is_dated_no_earlier_than_the_last_time_known(words: list[str]):
    given = county_desk("command", "create", "-", "title=泵房积水", "level=ordinary", *words)
    assert given.returncode == 0, given.stderr
    assert "本机时钟早于已知的时间，至少慢 10 天" in given.stderr
    listed = json.loads(county_desk("outbox", "--json", *words).stdout)
    [row] = listed["rows"]
    ahead = datetime.fromisoformat(row["at"]) - datetime.now(UTC)
    assert abs(ahead - BACK) < timedelta(minutes=2)


def test_time_goes_on_from_run_to_run(words: list[str], tmp_path: Path):
    for _ in range(2):
        assert "至少慢 10 天" in county_desk("outbox", *words).stderr
    folder = tmp_path / "desk"
    outbox = open_outbox(folder, KeyFile().key(folder), SystemClock())
    assert outbox.last_time() > SystemClock().now() + BACK_MS - 2 * MINUTE
    outbox.close()
