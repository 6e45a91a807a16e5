"""Nothing readable lies in any file, and a wrong key opens nothing and changes nothing."""

from __future__ import annotations

import hashlib
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.incident import FileRef
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, Staged
from desktop.storage.cache.store import open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite.database import connect
from desktop.storage.sqlite.writer import Writer
from support.builders import (
    NOW,
    FakeClock,
    a_bad_item,
    a_batch,
    a_command,
    a_township,
    an_asset,
    an_incident,
)
from support.connections import connections, decrypted

KEY = bytes(range(32))
SECRETS = ("绝密管道石门", "PLAINTEXTMARK")
PREFIXES = (SECRETS[0][:4], SECRETS[1][:8])
"""Eight bytes or more in every coding: four stand by chance in some megabytes of cipher."""


def spellings() -> list[bytes]:
    return [
        part.encode(code)
        for text, prefix in zip(SECRETS, PREFIXES, strict=True)
        # Parts of a text too: the search index keeps text in that form.
        for part in (text, prefix, text.lower())
        for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    ] + [KEY, KEY.hex().encode(), b"SQLite format 3"]


def sha_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


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
    cache.apply(a_batch(staged=Staged(en, en, (zh + en).encode() * 2_000), account=en))
    cache.add_traffic(en, {TrafficClass.FILES: ByteCount(1, 1)})
    seen = an_incident(title=marked, summary=Text(zh * 400, en * 400))
    record = outbox.append(
        a_command(kind=CommandKind.NOTE, by=en, body={"text": zh}), NOW, basis=seen
    )
    outbox.set_state(record.command.key, CommandState.CONFLICT, marked, NOW, seen)
    outbox.offer_again("county", NOW)
    files = open_files(tmp_path, KEY)
    photograph = (zh + en).encode() * 20_000
    digest = sha_of(photograph)
    files.keep(en, FileRef(digest, zh + en, en, len(photograph)), photograph)
    fetched = sha_of(photograph[1:])
    files.want(en, fetched, len(photograph) - 1)
    files.add_chunk(en, fetched, 0, photograph[1:90_000])
    outbox.keep_draft(Key(en, Collection.INCIDENTS, en), zh * 400, NOW)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"cache.db-wal", "outbox.db-wal", "files.db-wal"} <= names, (
        "looked while there was a log to look into"
    )
    assert leaks(tmp_path) == []
    cache.close()
    outbox.close()
    files.close()
    assert leaks(tmp_path) == []


def test_S_purged_rows_leave_the_log_also_when_another_source_is_next(tmp_path, monkeypatch):
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    cache.apply(a_batch(an_incident(), token="1", account="wang"))
    submit = Writer.submit
    came: list[str] = []

    def busy(writer: Writer, job: Any, **how: Any) -> Any:
        done = submit(writer, job, **how)
        if not came:
            came.append("another source's batch")
            cache.apply(a_batch(source="z", account="zhao"))
        return done

    monkeypatch.setattr(Writer, "submit", busy)
    cache.apply(a_batch(an_incident(id="stays"), account="li"))
    assert (tmp_path / "cache.db-wal").stat().st_size == 0
    cache.close()


def test_S_purged_files_are_overwritten_in_the_file_and_in_its_log(tmp_path):
    files = open_files(tmp_path, KEY)
    body = SECRETS[1].encode() * 20_000
    files.want("county", sha_of(body), len(body))
    assert files.add_chunk("county", sha_of(body), 0, body)
    files.purge("county")
    assert (tmp_path / "files.db-wal").stat().st_size == 0
    assert SECRETS[1].encode() not in decrypted(tmp_path / "files.db", KEY)
    files.close()


@pytest.mark.parametrize("by", ["a revoked township", "another account"])
def test_S_purged_rows_are_overwritten_in_the_file_and_in_its_log(tmp_path, by):
    """Looked for with the key: nothing of them is left to whoever opens the file later."""
    zh, en = SECRETS
    cache = open_cache(tmp_path, KEY, FakeClock(), {})
    # Few among many: else the index would be merged, and their words go, by itself.
    stay = [an_incident(id=f"stays {n}") for n in range(300)]
    rows = (an_incident(id=f"{n}", title=Text(zh, en), township="T02") for n in range(9))
    cache.apply(a_batch(*stay, token="1", account="wang"))
    cache.apply(a_batch(*rows, token="2", account="wang"))
    cache.apply(a_batch(staged=Staged("/s", "t", en.encode() * 5_000)))
    if by == "another account":
        cache.apply(a_batch(an_incident(id="stays"), account="li"))
    else:
        cache.purge("county", frozenset({"T01"}))
    assert (tmp_path / "cache.db-wal").stat().st_size == 0
    plain = decrypted(tmp_path / "cache.db", KEY)
    assert "管道".encode() in plain, "the rows that stay can be read in it"
    # The index keeps a word without the letters it shares with the one before it.
    parts = (zh, en, en.lower()[4:])
    assert [text for text in parts if text.encode() in plain] == []
    cache.close()


@pytest.mark.parametrize(
    "opened",
    [
        lambda f, k: open_cache(f, k, FakeClock(), {}),
        lambda f, k: open_outbox(f, k, FakeClock()),
        open_files,
    ],
)
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
    open_cache(tmp_path, KEY, FakeClock(), {}).close()
    with connections() as found:
        cache = open_cache(tmp_path, KEY, FakeClock(), {})
        cache.apply(a_batch(an_incident()))
    assert [(db.pragma("temp_store"), db.pragma("mmap_size")) for db in found] == [(2, 0)] * 2
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


def test_a_folder_named_in_another_coding_holds_a_database(tmp_path: Path):
    folder = tmp_path / os.fsdecode("值班员#1?".encode("gb18030"))
    folder.mkdir()
    for read_only in (False, True):
        with closing(connect(folder / "x.db", bytes(32), durable=True, read_only=read_only)) as db:
            if not read_only:
                db.execute("CREATE TABLE kept(word)")
            assert db.execute("SELECT count(*) FROM kept").get == 0
    assert (folder / "x.db").exists()
