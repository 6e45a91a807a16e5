"""Nothing readable lies in any file, and a wrong key opens nothing and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.source import Problem
from desktop.domain.text import Text
from desktop.storage.cache import open_cache
from desktop.storage.outbox import open_outbox
from fakes.builders import (
    NOW,
    FakeClock,
    a_bad_item,
    a_batch,
    a_command,
    a_township,
    an_asset,
    an_incident,
)

KEY = bytes(range(32))
SECRETS = ("绝密管道石门", "PLAINTEXTMARK")


def spellings() -> list[bytes]:
    return [
        part.encode(code)
        for text in SECRETS
        # Pairs of characters too: the search index keeps text in that form.
        for part in (text, text[:4], text.lower())
        for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    ] + [KEY, KEY.hex().encode(), b"SQLite format 3"]


def leaks(folder: Path) -> list[tuple[str, bytes]]:
    return [
        (path.name, spelling)
        for path in folder.rglob("*")
        if path.is_file()
        for spelling in spellings()
        if spelling in path.read_bytes() or spelling.decode("latin-1") in path.name
    ]


def test_no_plaintext_in_any_file_while_open_nor_after(tmp_path):
    zh, en = SECRETS
    marked = Text(zh, en)
    cache = open_cache(tmp_path, KEY, FakeClock(), {en: zh})
    for version in range(3):
        cache.apply(
            a_batch(
                *(an_incident(id=f"{en}{n}", title=marked, category=en, version=version,
                              summary=Text(zh * 400, en * 400)) for n in range(60)),
                an_asset(id=en, name=marked), a_township(id=en, name=marked),
                token=en, bad_items=(a_bad_item(excerpt=en),), reading_at=NOW,
            )
        )  # fmt: skip
    cache.mark_failed("county", NOW, Problem(en, {"zh": zh}))
    assert len(cache.incident_numbers(IncidentFilter(text=zh))) == 60
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    outbox.append(a_command(kind=CommandKind.NOTE, by=en, body={"text": zh}), NOW)
    outbox.keep_draft(Key(en, Collection.INCIDENTS, en), zh * 400, NOW)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"cache.db-wal", "outbox.db-wal"} <= names, "looked while there was a log to look into"
    assert leaks(tmp_path) == []
    cache.close()
    outbox.close()
    assert leaks(tmp_path) == []


@pytest.mark.parametrize("opened", [lambda f, k: open_cache(f, k, FakeClock(), {}),
                                    lambda f, k: open_outbox(f, k, FakeClock())])  # fmt: skip
def test_a_wrong_key_is_refused_in_words_and_touches_nothing(tmp_path, opened):
    opened(tmp_path, KEY).close()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    wrong = bytes(32)
    with pytest.raises(StoreError) as caught:
        opened(tmp_path, wrong)
    assert caught.value.problem == Problem("key_wrong", {"folder": tmp_path.name})
    assert wrong.hex() not in repr(caught.value) + str(caught.value.problem)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_temporary_tables_stay_in_memory_and_files_are_not_mapped(tmp_path):
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    with cache._readers.lend() as db:
        assert db.pragma("temp_store") == 2
        assert db.pragma("mmap_size") == 0
    cache.close()


def test_every_file_is_its_owners_alone_whatever_the_folder_and_an_earlier_run_allowed(tmp_path):
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        open_outbox(tmp_path, KEY, FakeClock()).close()
        (tmp_path / "outbox.db").chmod(0o644)
        outbox = open_outbox(tmp_path, KEY, FakeClock())
        cache = open_cache(tmp_path, KEY, FakeClock(), {})
        outbox.append(a_command(), NOW)
        cache.apply(a_batch(an_incident(), token="1"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        cache.close()
        outbox.close()
    finally:
        os.umask(before)
    assert {"outbox.db", "outbox.db-wal", "cache.db", "cache.db-wal"} <= set(modes)
    assert set(modes.values()) == {0o600}, modes
