"""Broken files, full disks, other programs and newer versions: said in words, nothing lost."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import apsw
import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.domain.worker import WorkerDied
from desktop.storage.cache import incidents
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite import database
from desktop.storage.sqlite.data_format import SCHEMAS
from desktop.storage.sqlite.database import connect, migrate, migrations
from desktop.storage.sqlite.writer import Writer
from support.builders import NOW, FakeClock, a_batch, a_command, an_incident
from support.connections import connections

KEY = bytes(range(32))


def opened(folder: Path) -> SqliteCache:
    return open_cache(folder, KEY, FakeClock(), {})


def filled(folder: Path, count: int = 300) -> None:
    cache = opened(folder)
    cache.apply(a_batch(*(an_incident(id=f"{n}") for n in range(count)), token="7"))
    cache.close()


def overwrite(path: Path, page: int, size: int = 4096) -> None:
    with path.open("r+b") as file:
        file.seek(page * size)
        file.write(b"\xa5" * size)


def test_a_cache_whose_head_is_broken_is_set_aside_and_made_new(tmp_path):
    filled(tmp_path)
    overwrite(tmp_path / "cache.db", 0)
    cache = opened(tmp_path)
    assert cache.problem == Problem("cache_rebuilt", {"file": f"cache.corrupt-{NOW}.db"})
    assert (tmp_path / f"cache.corrupt-{NOW}.db").exists()
    assert cache.sync_state("county").token is None, "the next pull must be a snapshot"
    cache.apply(a_batch(an_incident()))
    assert len(cache.incident_numbers(IncidentFilter())) == 1
    cache.close()


def test_a_broken_page_found_while_reading_is_said_and_mended_at_the_next_start(tmp_path):
    opened(tmp_path).close()
    path = tmp_path / "cache.db"
    pages_without_rows = path.stat().st_size // 4096
    filled(tmp_path)
    for page in range(pages_without_rows, path.stat().st_size // 4096):
        overwrite(path, page)
    cache = opened(tmp_path)
    with pytest.raises(StoreError) as caught:
        cache.incident_rows(cache.incident_numbers(IncidentFilter()))
    assert caught.value.problem.code == "store_damaged"
    cache.close()
    again = opened(tmp_path)
    assert again.problem is not None
    assert again.problem.code == "cache_rebuilt"
    assert list(again.incident_numbers(IncidentFilter())) == []
    again.close()
    third = opened(tmp_path)
    assert third.problem is None
    third.close()


def test_the_outbox_stands_whatever_happens_to_the_cache(tmp_path):
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    record = outbox.append(a_command(), NOW)
    filled(tmp_path)
    overwrite(tmp_path / "cache.db", 0)
    opened(tmp_path).close()
    assert outbox.list_unfinished() == [record]
    outbox.close()


def test_a_full_disk_undoes_the_whole_batch_and_says_so(tmp_path):
    cache = opened(tmp_path)
    with connections() as found:
        cache.apply(a_batch(an_incident(), token="1"))
    (writing,) = found
    writing.pragma("max_page_count", int(writing.pragma("page_count")) + 2)
    big = (an_incident(id=f"{n}", category=f"c{n}", title=Text("水" * 500)) for n in range(50))
    with pytest.raises(StoreError) as caught:
        cache.apply(a_batch(*big, token="2"))
    assert caught.value.problem.code == "disk_full"
    assert cache.sync_state("county").token == "1"
    assert cache.counts(NOW, 0).incidents == 1
    writing.pragma("max_page_count", 1_000_000)
    # What the undone batch had given numbers to must be numbered again.
    cache.apply(a_batch(an_incident(id="3", category="c3"), token="3"))
    assert len(cache.incident_numbers(IncidentFilter(text="c3"))) == 1
    cache.close()


def test_a_full_disk_keeps_no_half_command(tmp_path):
    with connections() as found:
        outbox = open_outbox(tmp_path, KEY, FakeClock())
    (writing,) = found
    writing.pragma("max_page_count", int(writing.pragma("page_count")))
    with pytest.raises(StoreError) as caught:
        outbox.append(a_command(body={"text": "长" * 20_000}), NOW)
    assert caught.value.problem.code == "disk_full"
    assert outbox.recent(9) == []
    outbox.close()


def test_a_file_held_by_another_program_is_said_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 1)
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    other = connect(tmp_path / "outbox.db", KEY, durable=True)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as caught:
        outbox.append(a_command(), NOW)
    assert caught.value.problem.code == "store_locked"
    other.close()
    assert outbox.append(a_command(), NOW).seq == 1
    outbox.close()


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "cache.db").mkdir()
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert caught.value.problem.code == "store_unreachable"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_earlier_version_is_brought_up_to_date(tmp_path, kind):
    steps = migrations(kind)
    shapes = set()
    for start in range(len(steps) + 1):
        db = connect(tmp_path / f"{start}.db", KEY, durable=False)
        for number, script in enumerate(steps[:start], start=1):
            db.execute(script)
            db.pragma("user_version", number)
        migrate(db, kind)
        migrate(db, kind)
        assert db.pragma("user_version") == len(steps)
        shapes.add(tuple(db.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()))
        db.close()
    assert len(shapes) == 1


def test_each_migration_counts_in_the_format():
    assert {kind: len(migrations(kind)) for kind in SCHEMAS} == SCHEMAS
    folder = Path(database.__file__).with_name("migrations")
    assert {each.name for each in folder.iterdir() if each.is_dir()} == set(SCHEMAS)


def test_a_migration_that_breaks_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    db = connect(tmp_path / "x.db", KEY, durable=False)
    good = "CREATE TABLE a(b)"
    steps = [good, "CREATE TABLE c(d); INSERT INTO nowhere VALUES (1)"]
    monkeypatch.setattr(database, "migrations", lambda kind: steps)
    with pytest.raises(StoreError) as caught:
        migrate(db, "cache")
    assert caught.value.problem.code == "store_unmigrated"
    assert db.pragma("user_version") == 0
    assert db.execute("SELECT name FROM sqlite_schema").fetchall() == []
    db.close()


@pytest.mark.parametrize(
    "name, opening",
    [("cache.db", opened), ("outbox.db", lambda f: open_outbox(f, KEY, FakeClock()))],
)
def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path, name, opening):
    opening(tmp_path).close()
    db = connect(tmp_path / name, KEY, durable=False)
    db.pragma("user_version", 999)
    db.close()
    with pytest.raises(StoreError) as caught:
        opening(tmp_path)
    assert caught.value.problem.code == "store_newer"
    assert not list(tmp_path.glob("*corrupt*"))


def test_the_writer_ends_while_a_job_will_not(tmp_path):
    writer = Writer(tmp_path / "x.db", lambda: connect(tmp_path / "x.db", KEY, durable=False))
    began = threading.Event()
    failures: list[StoreError | apsw.Error] = []

    def endless(db: apsw.Connection) -> None:
        began.set()
        db.execute(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        ).fetchall()

    def wait() -> None:
        try:
            writer.submit(endless)
        except (StoreError, apsw.Error) as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    began.wait(5)
    assert writer.close(timeout_s=0.05) or writer.close(timeout_s=2)
    waiting.join(5)
    assert len(failures) == 1
    with pytest.raises(StoreError):
        writer.submit(lambda db: None)


@pytest.mark.expects_log("a worker ended before its time")
def test_a_writer_that_dies_answers_who_waits_and_writes_on(tmp_path):
    path = tmp_path / "x.db"
    opened: list[apsw.Connection] = []

    def opens() -> apsw.Connection:
        opened.append(connect(path, KEY, durable=False))
        return opened[-1]

    writer = Writer(path, opens)
    writer.submit(lambda db: db.execute("CREATE TABLE t(a)").fetchall())
    with pytest.raises(WorkerDied):
        writer.submit(lambda db: sys.exit())
    heard = threading.Event()
    last = writer.begin(lambda db: heard.wait(5) and threading.current_thread())
    last.add_done_callback(lambda _done: sys.exit())
    heard.set()
    writer.begin(lambda db: db.execute("INSERT INTO t VALUES (1)").fetchall()).result(20)
    assert writer.submit(lambda db: db.execute("SELECT count(*) FROM t").get) == 1
    assert writer.submit(lambda db: threading.current_thread()) is not last.result()
    assert len(opened) == 2, "the connection went with its thread"
    assert writer.close()


def test_who_waits_behind_a_write_that_will_not_end_is_let_go(tmp_path, monkeypatch):
    path = tmp_path / "x.db"
    writer = Writer(path, lambda: connect(path, KEY, durable=False))
    began, may_end = threading.Event(), threading.Event()

    def endless(db: apsw.Connection) -> None:
        began.set()
        may_end.wait(20)

    hung, behind = writer.begin(endless), writer.begin(lambda db: None)
    began.wait(5)
    assert not writer.close(timeout_s=0.01)
    with pytest.raises(WorkerDied):
        behind.result(5)
    may_end.set()
    hung.exception(5)
    assert writer.close(timeout_s=5)


def test_many_threads_read_and_write_at_once(tmp_path):
    cache = opened(tmp_path)
    wrong: list[object] = []

    def write(name: str) -> None:
        for n in range(20):
            cache.apply(a_batch(an_incident(source=name, id=f"{n}"), source=name, token=f"{n}"))

    def read() -> None:
        for _ in range(40):
            counts = cache.counts(NOW, 0)
            if counts.incidents != counts.recorded_today:
                wrong.append(counts)

    threads = [threading.Thread(target=write, args=(f"s{n}",)) for n in range(3)]
    threads += [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [], "each read sees one committed state"
    assert cache.counts(NOW, 0).incidents == 60
    cache.close()


def test_a_whole_list_repeats_what_another_program_took_out_since_its_pages(tmp_path):
    cache, other = opened(tmp_path), opened(tmp_path)
    row = an_incident(id="1")
    cache.apply(a_batch(row))
    other.apply(a_batch(deletes=((Collection.INCIDENTS, "1"),)))
    cache.apply(a_batch(row, complete=frozenset({Collection.INCIDENTS}), token="2"))
    assert [found.id for found in cache.rows(Collection.INCIDENTS)] == ["1"]
    other.close()
    cache.close()


def test_a_whole_list_writes_no_row_of_its_pages_a_second_time(tmp_path, monkeypatch):
    cache = opened(tmp_path)
    row, late = an_incident(id="1"), an_incident(id="2")
    cache.apply(a_batch(row))
    looked_at: list[str] = []
    put = incidents.put_incidents

    def watched(db, words, source, rows, keys, sums):
        rows = list(rows)
        looked_at.extend(each.id for each in rows)
        return put(db, words, source, rows, keys, sums)

    monkeypatch.setattr(incidents, "put_incidents", watched)
    cache.apply(a_batch(row, late, complete=frozenset({Collection.INCIDENTS}), token="2"))
    assert looked_at == ["2"]
    cache.close()


def test_what_was_undone_at_the_very_commit_is_written_again(tmp_path):
    cache = opened(tmp_path)
    with connections() as found:
        cache.apply(a_batch(an_incident(id="0", category="c0")))
    (connection,) = found
    row = an_incident(id="1", category="c1")
    connection.set_commit_hook(lambda: True)
    with pytest.raises(apsw.ConstraintError):
        cache.apply(a_batch(row))
    connection.set_commit_hook(None)
    cache.apply(a_batch(an_incident(id="2", category="c2")))
    cache.apply(a_batch(row, complete=frozenset({Collection.INCIDENTS}), token="2"))
    assert [found.id for found in cache.rows(Collection.INCIDENTS)] == ["1"]
    assert len(cache.incident_numbers(IncidentFilter(text="c1"))) == 1
    cache.close()
