"""A damaged outbox is read as far as it goes, and stays as it is."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import apsw
import pytest

from desktop.application.ports import StoreError
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.storage.outbox import recovery
from desktop.storage.outbox.recovery import RESCUED, export_rescued, rescue_outbox
from desktop.storage.outbox.store import open_or_rescue, open_outbox
from desktop.storage.sqlite.database import connect, mark_damaged
from support.builders import NOW, FakeClock, a_command

KEY = bytes(range(32))
COUNT = 120
PAGE = 4096


def a_full_outbox(folder: Path) -> Path:
    outbox = open_outbox(folder, KEY, FakeClock())
    for number in range(COUNT):
        outbox.append(a_command(key=f"k{number}", body={"text": f"第 {number} 条" * 20}), NOW)
    outbox.set_state("k3", CommandState.REJECTED, Text("因由"), NOW)
    outbox.keep_draft(Key("county", Collection.INCIDENTS, "I1"), "写到一半", NOW)
    outbox.close()
    return folder / "outbox.db"


def exported(folder: Path, name: str = "out.jsonl") -> list[dict[str, Any]]:
    to = folder / name
    (folder / RESCUED).unlink(missing_ok=True)
    counts = rescue_outbox(folder, KEY)
    assert export_rescued(folder, KEY, to) == sum(counts)
    lines = [json.loads(line) for line in to.read_text("utf-8").splitlines()]
    commands = [line for line in lines if "command" in line]
    assert counts == (len(commands), len(lines) - len(commands))
    return lines


def damaged(path: Path, whole: bytes, page: int) -> None:
    broken = bytearray(whole)
    broken[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    path.write_bytes(broken)


def test_a_sound_outbox_is_opened_and_nothing_is_exported(tmp_path):
    a_full_outbox(tmp_path)
    outbox, problem = open_or_rescue(tmp_path, KEY, FakeClock())
    outbox.close()
    assert problem is None
    assert not (tmp_path / RESCUED).exists()


def test_a_damaged_outbox_is_rescued_once_before_it_is_refused_and_stays(tmp_path):
    path = a_full_outbox(tmp_path)
    damaged(path, path.read_bytes(), 0)
    broken = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            open_or_rescue(tmp_path, KEY, FakeClock())
        rescued = tmp_path / RESCUED
        told = {"file": "outbox.db", "rescue": str(rescued)}
        assert caught.value.problem == Problem("outbox_damaged", told)
        held = rescued.read_bytes()
        assert not held.startswith(b"SQLite format 3")
        assert not [word for word in ("写到一半", "county") if word.encode() in held]
        assert path.read_bytes() == broken
    assert export_rescued(tmp_path, KEY, tmp_path / "plain") == COUNT + 1


def test_an_outbox_found_damaged_by_an_earlier_run_is_exported_before_it_is_used(tmp_path):
    mark_damaged(a_full_outbox(tmp_path))
    outbox, problem = open_or_rescue(tmp_path, KEY, FakeClock())
    outbox.close()
    assert problem is not None
    assert problem.code == "outbox_damaged"
    assert (tmp_path / RESCUED).exists()


def test_half_a_rescue_is_not_left_for_a_whole_one(tmp_path, monkeypatch):
    path = a_full_outbox(tmp_path)
    damaged(path, path.read_bytes(), 0)
    before = {file.name for file in tmp_path.iterdir()}
    with monkeypatch.context() as broken:
        broken.setattr(recovery, "connect", connect_without_room)
        with pytest.raises(StoreError) as caught:
            open_or_rescue(tmp_path, KEY, FakeClock())
    assert caught.value.problem.code == "disk_full"
    assert {file.name for file in tmp_path.iterdir()} - {"outbox.db.damaged"} == before
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", no_disk)
        with pytest.raises(StoreError) as caught:
            export_rescued(tmp_path, KEY, tmp_path / "plain")
    assert caught.value.problem.code == "disk_full"
    assert not (tmp_path / "plain").exists()


def connect_without_room(path: Path, key: bytes, **how: Any) -> apsw.Connection:
    db = connect(path, key, **how)
    if path.name == RESCUED:
        db.pragma("max_page_count", 2)
    return db


def no_disk(handle: int) -> None:
    raise OSError(errno.ENOSPC, "no space")


def test_a_sound_outbox_is_exported_whole(tmp_path):
    path = a_full_outbox(tmp_path)
    before = path.read_bytes()
    lines = exported(tmp_path)
    assert [line["command"]["key"] for line in lines[:-1]] == [f"k{n}" for n in range(COUNT)]
    assert (lines[3]["state"], lines[3]["reason"][0]) == ("rejected", "因由")
    assert lines[-1]["text"] == "写到一半"
    assert path.read_bytes() == before
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {
        *("key.check", "out.jsonl", "outbox.db", RESCUED)
    }


def test_L_any_broken_page_costs_at_most_the_commands_on_it(tmp_path):
    path = a_full_outbox(tmp_path)
    whole = path.read_bytes()
    lost = []
    for page in range(len(whole) // PAGE):
        damaged(path, whole, page)
        keys = [line["command"]["key"] for line in exported(tmp_path, f"{page}") if "key" in
                line.get("command", {})]  # fmt: skip
        assert keys == [f"k{n}" for n in range(COUNT) if f"k{n}" in set(keys)], "in order, once"
        lost.append(COUNT - len(keys))
        assert path.read_bytes()[: page * PAGE] == whole[: page * PAGE], "left as it was"
    assert lost[0] == 0, "its first page can be made anew"
    roots = [page for page, count in enumerate(lost) if count == COUNT]
    assert len(roots) <= 2, "only what leads to all of them takes all of them along"
    assert max(count for page, count in enumerate(lost) if page not in roots) < 20


def test_commands_still_in_the_log_are_exported_too(tmp_path):
    outbox = open_outbox(tmp_path / "box", KEY, FakeClock())
    outbox.append(a_command(key="k"), NOW)
    (tmp_path / "copy").mkdir()
    for file in (tmp_path / "box").iterdir():
        if not file.name.endswith("-shm"):
            (tmp_path / "copy" / file.name).write_bytes(file.read_bytes())
    outbox.close()
    assert [line["command"]["key"] for line in exported(tmp_path / "copy")] == ["k"]


def test_nothing_is_written_over_and_a_wrong_key_is_said(tmp_path):
    a_full_outbox(tmp_path)
    (tmp_path / "there").write_text("mine")
    with pytest.raises(StoreError) as caught:
        export_rescued(tmp_path, KEY, tmp_path / "there")
    assert caught.value.problem.code == "file_there"
    assert (tmp_path / "there").read_text() == "mine"
    with pytest.raises(StoreError) as caught:
        export_rescued(tmp_path, bytes(32), tmp_path / "new")
    assert caught.value.problem.code == "key_wrong"
    assert not (tmp_path / "new").exists()
