"""L: an attached file is at the county again after a restore, whatever the restore lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.sync.exchange import exchange
from desktop.application.sync.puzzles import LONGEST_PUZZLE_S
from desktop.application.sync.worker_state import LONGEST_STATES_S, WorkerState
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.county_file import file_place, files_folder
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, Command, CommandKind, CommandState, Key, mint_key
from desktop.domain.incident import FileRef
from support.contexts import a_context
from support.pictures import a_thumbnail
from support.stores import Stores
from support.two_ends import a_desk

PHOTO, SMALL = bytes(range(256)) * 40, a_thumbnail(b"small")
DIGEST, SMALL_DIGEST = (hashlib.sha256(body).hexdigest() for body in (PHOTO, SMALL))
REF = FileRef(DIGEST, "a.jpg", "image/jpeg", len(PHOTO), SMALL_DIGEST)
SMALL_REF = FileRef(SMALL_DIGEST, "a.jpg", "image/jpeg", len(SMALL))


class Hurried(SystemClock):
    """The computer's clock, and time that has passed besides."""

    ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


class Desk:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.clock = folder, Hurried()
        self.connector: CountyConnector = a_desk(url)
        self.start()

    def start(self) -> None:
        self.stores = Stores(self.folder, self.clock)
        self.files, self.outbox = self.stores.files, self.stores.outbox
        self.memory, self.link = WorkerState(), LinkEstimator(self.clock)

    def lose_files(self) -> None:
        """Start again without the file of files."""
        self.stores.close()
        for file in self.folder.glob("files.db*"):
            file.unlink()
        self.start()

    def attach(self, incident: str) -> str:
        self.files.keep("county", SMALL_REF, SMALL, is_thumbnail=True)
        self.files.keep("county", REF, PHOTO)
        told = {name: getattr(REF, name) for name in FileRef.__struct_fields__[:5]}
        now = self.clock.now()
        target = Key("county", Collection.INCIDENTS, incident)
        command = Command(mint_key(), CommandKind.ATTACH, target, now, "张", body={"file": told})
        self.outbox.append(command, now)
        return command.key

    def exchange(self, times: int = 6) -> None:
        for _ in range(times):
            exchange(
                a_context(
                    *(self.connector, self.stores.cache, self.outbox, self.clock),
                    memory=self.memory,
                    link=self.link,
                    files=self.files,
                )
            )

    def end_waits(self) -> None:
        """As if the time had passed after which doubtful answers are asked for again."""
        self.clock.ahead_s += LONGEST_PUZZLE_S

    def state(self, key: str) -> CommandState:
        record = self.outbox.record(key)
        assert record is not None
        return record.state

    def close(self) -> None:
        self.connector.close()
        self.stores.close()


@pytest.fixture
def desk(tmp_path: Path, server: CountyServer) -> Iterator[Desk]:
    (tmp_path / "desk").mkdir()
    desk = Desk(tmp_path / "desk", server.base_url)
    desk.exchange(2)
    yield desk
    desk.close()


def brought(database: Database) -> set[bytes]:
    """The whole files that the county has, by their content."""
    places = [file_place(files_folder(database.path), each) for each in (DIGEST, SMALL_DIGEST)]
    return {place.read_bytes() for place in places if place.exists()}


def attached(database: Database, incident: str) -> list[bool]:
    """For each time an incident names the photograph, whether the county says it is there."""
    rows = {row.id: row for row in database.rows("incidents")}
    return [file.here for file in rows[incident].files if file.digest == DIGEST]


def lose_what_came(database: Database, backup: Path) -> None:
    database.restore(backup)
    lose_bytes(database)


def lose_bytes(database: Database) -> None:
    for digest in (DIGEST, SMALL_DIGEST):
        file_place(files_folder(database.path), digest).unlink()


def test_a_restore_from_before_brings_command_and_bytes_back(
    tmp_path: Path, database: Database, desk: Desk
):
    database.backup(tmp_path / "backup")
    key = desk.attach("i1")
    desk.exchange()
    assert desk.state(key) is CommandState.ACCEPTED
    assert brought(database) == {PHOTO, SMALL}
    lose_what_came(database, tmp_path / "backup")
    desk.exchange()
    assert desk.state(key) is CommandState.ACCEPTED
    assert attached(database, "i1") == [True]
    assert brought(database) == {PHOTO, SMALL}
    assert desk.files.uploads("county") == []


def test_bytes_that_came_after_the_backup_in_which_their_command_is_are_brought_again(
    tmp_path: Path, database: Database, desk: Desk
):
    """On a thin line the command is kept for good long before its photograph is there."""
    key = desk.attach("i1")
    desk.exchange()
    lose_bytes(database)
    database.backup(tmp_path / "backup")
    desk.clock.ahead_s += LONGEST_STATES_S
    desk.exchange(1)
    record = desk.outbox.record(key)
    assert record is not None
    assert record.retired
    database.restore(tmp_path / "backup")
    desk.exchange()
    assert brought(database) == {PHOTO, SMALL}


def test_a_file_named_twice_is_brought_again_for_the_command_that_was_not_withdrawn(
    tmp_path: Path, database: Database, desk: Desk
):
    database.backup(tmp_path / "backup")
    first = desk.attach("i1")
    desk.exchange()
    second, withdrawn = desk.attach("i2"), desk.attach("i3")
    assert desk.outbox.cancel(withdrawn, desk.clock.now())
    desk.exchange()
    lose_what_came(database, tmp_path / "backup")
    desk.exchange()
    assert [desk.state(key) for key in (first, second)] == [CommandState.ACCEPTED] * 2
    assert [attached(database, each) for each in ("i1", "i2", "i3")] == [[True], [True], []]
    assert brought(database) == {PHOTO, SMALL}


def test_the_file_of_a_withdrawn_command_alone_is_not_brought_again(
    tmp_path: Path, database: Database, desk: Desk
):
    database.backup(tmp_path / "backup")
    withdrawn = desk.attach("i3")
    assert desk.outbox.cancel(withdrawn, desk.clock.now())
    for digest in (DIGEST, SMALL_DIGEST):
        desk.files.take_back("county", digest)
    desk.exchange()
    database.restore(tmp_path / "backup")
    desk.exchange()
    assert brought(database) == set()


def test_lost_files_come_back_from_the_county_and_survive_its_next_restore(
    tmp_path: Path, database: Database, desk: Desk
):
    database.backup(tmp_path / "backup")
    key = desk.attach("i1")
    desk.exchange()
    desk.lose_files()
    desk.exchange()
    assert desk.files.read(DIGEST) == PHOTO
    assert desk.files.refusal("county", DIGEST) is None
    lose_what_came(database, tmp_path / "backup")
    desk.exchange()
    assert desk.state(key) is CommandState.ACCEPTED
    assert PHOTO in brought(database)


def test_a_file_that_nobody_has_any_more_is_said_to_be_lost_until_it_is_attached_again(
    tmp_path: Path, database: Database, desk: Desk
):
    database.backup(tmp_path / "backup")
    desk.attach("i1")
    desk.exchange()
    lose_what_came(database, tmp_path / "backup")
    desk.lose_files()
    desk.exchange()
    assert desk.files.refusal("county", DIGEST) is None, "anybody on the way can say so once"
    for _ in range(2):
        desk.end_waits()
        desk.exchange()
    problem = desk.files.refusal("county", DIGEST)
    assert problem is not None
    assert (problem.code, problem.details) == ("file_lost", {"name": "a.jpg"})
    desk.attach("i1")
    desk.exchange()
    assert desk.files.refusal("county", DIGEST) is None
    assert brought(database) == {PHOTO, SMALL}
