"""L: where nothing can be written, what was kept is read, and the rest is said."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection, Key
from desktop.domain.incident import FileRef, Incident
from desktop.domain.source import Problem
from desktop.storage.cache import incidents
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.files.store import SqliteFiles, open_files
from desktop.storage.outbox.store import SqliteOutbox, open_or_rescue, open_outbox
from desktop.storage.sqlite import read_only
from desktop.storage.sqlite.database import CHECK_FILE, connect, mark_damaged, migrations
from support.builders import NOW, FakeClock, a_batch, a_command, an_incident
from support.small_disk import SmallDisk, small_disk

KEY = bytes(range(32))
TARGET = Key("county", Collection.INCIDENTS, "I0001")
PHOTO = b"photograph" * 1_000
REF = FileRef(hashlib.sha256(PHOTO).hexdigest(), "a.jpg", "image/jpeg", len(PHOTO))
COMMAND = a_command(key="kept")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", 4) as made:
        yield made


@pytest.fixture(params=["read-only", "full"])
def spoil(request: pytest.FixtureRequest, disk: SmallDisk) -> Callable[[], None]:
    """Makes writing impossible."""
    return disk.forbid_writing if request.param == "read-only" else disk.fill


@pytest.fixture
def folder(disk: SmallDisk) -> Path:
    return disk.folder


class Stores:
    """The three files of a desk."""

    def __init__(self, folder: Path) -> None:
        self.outbox: SqliteOutbox = open_outbox(folder, KEY, FakeClock())
        self.cache: SqliteCache = open_cache(folder, KEY, FakeClock(), {})
        self.files: SqliteFiles = open_files(folder, KEY)

    def fill(self) -> None:
        self.outbox.append(COMMAND, NOW)
        self.outbox.keep_draft(TARGET, "写到一半", NOW)
        self.cache.apply(a_batch(an_incident(), token="1"))
        self.files.keep("county", REF, PHOTO)

    def check(self) -> None:
        """Everything that was kept is there."""
        assert [record.command for record in self.outbox.recent(9)] == [COMMAND]
        assert self.outbox.draft(TARGET) == "写到一半"
        assert len(self.outbox.client_id()) == 32
        assert self.cache.rows(Collection.INCIDENTS) == [an_incident()]
        assert len(self.cache.incident_numbers(IncidentFilter(text="管道"))) == 1
        assert self.cache.sync_state("county").token == "1"
        assert self.files.read(REF.digest) == PHOTO
        assert [upload.ref for upload in self.files.uploads("county")] == [REF]

    def writes(self) -> list[Callable[[], object]]:
        return [
            lambda: self.outbox.append(a_command(key="new"), NOW),
            lambda: self.outbox.keep_draft(TARGET, "", NOW),
            lambda: self.outbox.offering(["kept"], NOW),
            lambda: self.cache.apply(a_batch(an_incident(id="new"))),
            lambda: self.cache.mark_good("county", NOW, 0),
            lambda: self.files.want("county", "0" * 64, 9),
            self.cache.check_writable,
        ]

    def unwritable(self) -> list[str]:
        stores = (self.outbox, self.cache, self.files)
        return [found.code for store in stores if (found := store.unwritable)]

    def close(self) -> None:
        self.outbox.close()
        self.cache.close()
        self.files.close()


def kept(folder: Path) -> None:
    """Fill a folder's files and close them."""
    stores = Stores(folder)
    stores.fill()
    stores.close()


def killed(folder: Path) -> None:
    """Leave the files as power loss does: all that was written is in the logs, and the memory
    they share is gone."""
    interrupted(folder)
    for file in folder.glob("*-shm"):
        file.unlink()


def interrupted(folder: Path) -> None:
    """Leave the files as a process leaves them that was killed."""
    made = folder / "made"
    made.mkdir()
    stores = Stores(made)
    stores.fill()
    for file in made.iterdir():
        shutil.copy(file, folder / file.name)
    stores.close()
    shutil.rmtree(made)


def refused(write: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        write()
    return caught.value.problem.code


CODES = {"read-only": {"read_only"}, "full": {"disk_full"}}


@pytest.mark.parametrize("leave", [kept, killed, interrupted])
def test_L_what_was_kept_is_read_where_nothing_can_be_written(folder, disk, leave, spoil, request):
    leave(folder)
    spoil()
    stores = Stores(folder)
    stores.check()
    codes = CODES[request.node.callspec.params["spoil"]]
    assert set(stores.unwritable()) <= codes
    assert {refused(write) for write in stores.writes()} == codes
    stores.check()
    stores.close()
    again = Stores(folder)
    again.check()
    again.close()


@pytest.mark.parametrize("leave", [kept, killed, interrupted])
def test_every_file_says_that_its_folder_is_read_only(folder, disk, leave):
    leave(folder)
    disk.forbid_writing()
    stores = Stores(folder)
    assert stores.unwritable() == ["read_only"] * 3
    stores.check()
    stores.close()


def test_what_was_being_read_when_writing_became_possible_is_not_read_on(folder, disk, monkeypatch):
    kept(folder)
    disk.forbid_writing()
    cache = open_cache(folder, KEY, FakeClock(), {})
    disk.allow_writing()
    read = incidents.all_incidents

    def slowly(db: apsw.Connection) -> list[Incident]:
        cache.apply(a_batch(an_incident(id="new")))
        return read(db)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(incidents, "all_incidents", slowly)
        assert len(cache.rows(Collection.INCIDENTS)) == 1
    assert len(cache.rows(Collection.INCIDENTS)) == 2
    cache.close()


@pytest.mark.parametrize("leave", [kept, killed])
def test_it_is_written_again_as_soon_as_that_is_possible(folder, disk, leave):
    leave(folder)
    disk.forbid_writing()
    stores = Stores(folder)
    disk.allow_writing()
    for write in stores.writes():
        write()
    assert stores.unwritable() == []
    assert {record.command.key for record in stores.outbox.recent(9)} == {"kept", "new"}
    assert [row.id for row in stores.cache.rows(Collection.INCIDENTS)] == ["I0001", "new"]
    assert stores.files.list_wanted("county") == [("0" * 64, 0, 9)]
    stores.close()
    again = Stores(folder)
    assert len(again.cache.rows(Collection.INCIDENTS)) == 2
    assert len(again.outbox.recent(9)) == 2
    again.close()


def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Where a copy may be made, in the order they are tried."""
    made = [tmp_path / "runtime", tmp_path / "temporary"]
    for place in made:
        place.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(made[0]))
    monkeypatch.setattr(read_only.tempfile, "gettempdir", lambda: str(made[1]))
    return made


def test_S_a_copy_to_read_is_encrypted_private_and_goes_with_the_desk(
    folder, disk, tmp_path, monkeypatch
):
    first, _ = places(monkeypatch, tmp_path)
    killed(folder)
    disk.forbid_writing()
    stores = Stores(folder)
    copies = list(first.iterdir())
    assert len(copies) == 3
    for copy in copies:
        assert copy.stat().st_mode & 0o077 == 0
        for file in copy.iterdir():
            assert not file.read_bytes().startswith(b"SQLite format 3")
            assert "写到一半".encode() not in file.read_bytes()
            assert "管道".encode() not in file.read_bytes()
    stores.close()
    assert list(first.iterdir()) == []


def test_no_copy_is_made_of_what_can_be_read_as_it_lies(folder, disk, tmp_path, monkeypatch):
    first, second = places(monkeypatch, tmp_path)
    kept(folder)
    disk.forbid_writing()
    stores = Stores(folder)
    stores.check()
    assert [*first.iterdir(), *second.iterdir()] == []
    stores.close()


def test_without_room_for_a_copy_it_says_why_nothing_can_be_written(folder, disk, monkeypatch):
    killed(folder)
    disk.forbid_writing()

    def full(_place: object) -> Any:
        raise OSError

    monkeypatch.setattr(read_only.shutil, "disk_usage", full)
    assert refused(lambda: open_outbox(folder, KEY, FakeClock())) == "read_only"


@pytest.mark.parametrize("kind", ["outbox", "cache", "files"])
def test_a_file_of_an_older_version_is_read_where_it_cannot_be_brought_up_to_date(
    folder, disk, kind
):
    db = connect(folder / f"{kind}.db", KEY, durable=True)
    db.execute(migrations(kind)[0])
    db.pragma("user_version", 1)
    if kind == "outbox":
        db.execute("INSERT INTO installation VALUES ('client_id', 'x')")
    db.close()
    shutil.copy(folder / f"{kind}.db", folder / "before")
    disk.forbid_writing()
    opened: Any = {
        "outbox": lambda: open_outbox(folder, KEY, FakeClock()),
        "cache": lambda: open_cache(folder, KEY, FakeClock(), {}),
        "files": lambda: open_files(folder, KEY),
    }[kind]()
    read = {
        "outbox": lambda: (opened.recent(9), opened.binding("county").server) == ([], ""),
        "cache": lambda: opened.sync_state("county").account == "",
        "files": lambda: opened.uploads("county") == [],
    }
    assert read[kind]()
    opened.close()
    assert (folder / f"{kind}.db").read_bytes() == (folder / "before").read_bytes()


def test_a_file_of_a_newer_version_stays_closed_also_where_it_is_read_only(folder, disk):
    db = connect(folder / "cache.db", KEY, durable=True)
    db.pragma("user_version", 99)
    db.close()
    disk.forbid_writing()
    assert refused(lambda: open_cache(folder, KEY, FakeClock(), {})) == "store_newer"


def test_an_outbox_opens_also_without_the_files_that_can_be_made_anew(folder, disk):
    outbox = open_outbox(folder, KEY, FakeClock())
    outbox.append(COMMAND, NOW)
    outbox.close()
    (folder / CHECK_FILE).unlink()
    disk.forbid_writing()
    stores = Stores(folder)
    assert [record.command for record in stores.outbox.recent(9)] == [COMMAND]
    assert stores.cache.rows(Collection.INCIDENTS) == []
    assert stores.files.uploads("county") == []
    disk.allow_writing()
    stores.cache.apply(a_batch(an_incident()))
    stores.files.keep("county", REF, PHOTO)
    assert stores.cache.rows(Collection.INCIDENTS) == [an_incident()]
    assert stores.files.read(REF.digest) == PHOTO
    stores.close()


def test_a_damaged_cache_that_cannot_be_put_aside_reads_as_empty_and_says_so(folder, disk):
    kept(folder)
    (folder / "cache.db").write_bytes(b"\0" * 40_960)
    disk.forbid_writing()
    for _ in range(2):
        cache = open_cache(folder, KEY, FakeClock(), {})
        assert cache.rows(Collection.INCIDENTS) == []
        assert cache.problem == Problem("store_damaged", {"file": "cache.db"})
        assert cache.unwritable == Problem("read_only", {"file": "cache.db"})
        cache.close()
        disk.allow_writing()
        mark_damaged(folder / "cache.db")
        disk.forbid_writing()


def test_an_outbox_found_damaged_before_opens_where_its_export_cannot_be_written(folder, disk):
    kept(folder)
    mark_damaged(folder / "outbox.db")
    disk.forbid_writing()
    outbox, said = open_or_rescue(folder, KEY, FakeClock())
    assert said == Problem("store_damaged", {"file": "outbox.db"})
    assert [record.command for record in outbox.recent(9)] == [COMMAND]
    outbox.close()


def test_a_new_folder_that_is_read_only_is_said_in_words(folder, disk):
    disk.forbid_writing()
    assert refused(lambda: open_outbox(folder, KEY, FakeClock())) == "read_only"


def test_a_wrong_key_is_told_also_where_nothing_can_be_written(folder, disk):
    kept(folder)
    disk.forbid_writing()
    assert refused(lambda: open_outbox(folder, bytes(32), FakeClock())) == "key_wrong"
