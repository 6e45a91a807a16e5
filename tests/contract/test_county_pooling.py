"""Pooling: whole desks of one township behind the nginx of its first PC, on one counted line."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop.application.ports import IncidentFilter, SourceError
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.incident import FileRef
from desktop.wire.level1 import File, Incident
from support import real_nginx
from support.breaking_proxy import BreakingProxy
from support.certificates import Certificates
from support.county_rows import incident
from support.raw_line import RawLine
from support.small_disk import small_disk
from support.whole_desk import I1, Desk

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(real_nginx.program() is None, reason="nginx is not installed"),
]
ROWS = 4000
"""A snapshot of several slices."""
LITTLE = 9_000
"""Bytes of a desk's session, its question who it is, and the TLS of both."""
SLICE = 65_536
CUT = ("cut_short", "server_error", "undecodable")
LOGINS = {
    sha256(name.encode()).hexdigest(): Account(name, (name.partition("-")[0],))
    for name in ("north", "north-2", "south")
}
PHOTO = random.Random(5).randbytes(300_000)


class Resetting(BreakingProxy):
    """Each time the bytes allowed are over it ends that connection alone, and carries on."""

    def _allowed(self, chunk: bytes) -> bytes:
        given = super()._allowed(chunk)
        if self.break_after == 0:
            self.break_after = None
        return given


class Pool:
    """A county, the township's one line to it, and the nginx at the near end."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        cache: Path | None = None,
        line: type[BreakingProxy] = BreakingProxy,
    ) -> None:
        self._folder, self.database = folder, database
        self._stack = ExitStack()
        self.certificates = Certificates(folder / "tls")
        settings = Settings("云麓县", accounts=LOGINS)
        self.server = CountyServer(database, settings, tls=self.certificates.server)
        there = urlsplit(self._stack.enter_context(self.server).base_url)
        with RawLine(self.server.base_url, self.certificates.client) as raw:
            raw.ask("/v1/scope")  # Once it answers, it has begun to build its snapshots.
        assert self.server.api.wait_for_snapshots(60)
        assert there.hostname
        self.line = self._stack.enter_context(line(there.hostname, there.port or 0))
        self.nginx = real_nginx.Nginx(self.line.url, folder, self.certificates, cache)
        self._stack.callback(self.nginx.stop)

    def desk(self, token: str) -> Desk:
        """One more PC, which reads through the first."""
        name = f"desk-{token}"
        found = Desk(self._folder / name, self.nginx.url, token, self.certificates.ca_file)
        self._stack.callback(found.close)
        return found

    def carried_by(self, act: Callable[[], object]) -> int:
        """Bytes on the township's line while something is done, both ways, TLS and all."""
        before = self.line.carried
        act()
        return self.line.carried - before

    def close(self) -> None:
        self._stack.close()


def county_rows(count: int) -> Iterator[list[Incident]]:
    chance = random.Random(3)
    for township in ("north", "south"):
        yield [
            incident(f"{township}-{n}", township=township, address=chance.randbytes(100).hex())
            for n in range(count // 2)
        ]
    yield [incident("i1", township="north")]


@contextmanager
def pool_of(folder: Path, count: int = ROWS, **given: Any) -> Iterator[Pool]:
    database = Database()
    for rows in county_rows(count):
        database.put("incidents", rows)
    pool = Pool(folder, database, **given)
    try:
        yield pool
    finally:
        pool.close()
        database.close()


def townships(desk: Desk) -> set[str]:
    """Whose incidents the desk shows."""
    rows = desk.board.incident_rows(desk.board.incident_numbers(IncidentFilter()))
    return {row.township for row in rows}


def rows_at(desk: Desk) -> int:
    return len(desk.board.incident_numbers(IncidentFilter()))


def notes(pool: Pool) -> list[str]:
    (row,) = pool.database.rows("incidents", ["i1"])
    return [each.text.zh for each in row.timeline]  # type: ignore[attr-defined]


def note_of(desk: Desk, text: str) -> CommandRecord:
    record = desk.outbox.record(desk.note(text))
    assert record is not None
    return record


def test_the_second_pc_first_syncs_for_nearly_nothing_and_another_township_gets_its_own(
    tmp_path: Path,
) -> None:
    with pool_of(tmp_path) as pool:
        first, second, other = map(pool.desk, ("north", "north-2", "south"))
        paid = pool.carried_by(first.exchange)
        assert paid > 200_000
        assert pool.carried_by(second.exchange) < LITTLE
        assert rows_at(first) == rows_at(second) == ROWS // 2 + 1
        assert townships(first) == townships(second) == {"north"}
        assert pool.carried_by(other.exchange) > 200_000
        assert townships(other) == {"south"}
        assert pool.nginx.errors() == ""


def test_commands_of_both_arrive_once_and_no_page_is_served_stale(tmp_path: Path) -> None:
    with pool_of(tmp_path, 20) as pool:
        desks = [pool.desk(name) for name in ("north", "north-2")]
        for desk in desks:
            assert desk.exchange() is None
        keys = [desk.note(f"{turn} {desk.token}") for turn in range(3) for desk in desks]
        for desk in (*desks, *desks):
            assert desk.exchange() is None
        assert sorted(notes(pool)) == sorted(f"{t} {d.token}" for t in range(3) for d in desks)
        assert {
            desk.state(key)[0] for desk in desks for key in keys if desk.outbox.record(key)
        } == {CommandState.ACCEPTED}
        for title in ("甲", "乙", "丙"):
            pool.database.put("incidents", [incident("i1", township="north", title=title)])
            for desk in desks:
                assert desk.exchange() is None
                shown = desk.board.incident(I1)
                assert shown is not None
                assert shown.incident.title.zh == title
        assert pool.nginx.errors() == ""


def test_a_hint_comes_through_at_once(tmp_path: Path) -> None:
    with pool_of(tmp_path, 20) as pool:
        desk = pool.desk("north")
        assert desk.exchange() is None
        desk.connector.wait_for_hint(0.05)
        until = time.monotonic() + 20
        while desk.connector.stream_heard_s is None:
            assert time.monotonic() < until, "the stream did not begin"
            desk.connector.wait_for_hint(0.05)
        pool.database.put("incidents", [incident("i1", township="north", title="新")])
        assert desk.connector.wait_for_hint(20)


HANDSHAKES = 18_000
"""What six pieces cost besides themselves: each has a connection of its own, whose handshake takes
about 2.4 KB; signatures differ in length from one to the next."""


def test_a_file_costs_the_line_its_bytes_once_and_only_its_readers_get_it(tmp_path: Path) -> None:
    digest = sha256(PHOTO).hexdigest()
    photo = FileRef(digest, "桥.jpg", "image/jpeg", len(PHOTO))
    with pool_of(tmp_path, 20) as pool:
        owner, colleague, other = map(pool.desk, ("north", "north-2", "south"))
        for desk in (owner, colleague, other):
            assert desk.exchange() is None
        assert owner.connector.upload(photo, 0, b"") == 0
        assert owner.connector.upload(photo, 0, PHOTO) == len(PHOTO)
        file = File(digest, photo.name, photo.media_type, photo.size)
        row = incident("i1", township="north", files=(file,))
        pool.database.put("incidents", [row])
        read = pool.carried_by(lambda: kept(owner, photo))
        assert len(PHOTO) < read < len(PHOTO) + HANDSHAKES
        assert pool.carried_by(lambda: kept(colleague, photo)) < len(PHOTO) // 20
        with pytest.raises(SourceError) as refused:
            other.connector.download(digest, 0, len(PHOTO))
        assert refused.value.problem.code == "not_found"
        assert pool.carried_by(lambda: kept(colleague, photo)) < len(PHOTO) // 20


def kept(desk: Desk, photo: FileRef) -> None:
    pieces, at = [], 0
    while piece := desk.connector.download(photo.digest, at, 50_000):
        pieces.append(piece)
        at += len(piece)
    assert b"".join(pieces) == PHOTO


@pytest.mark.parametrize("line", [BreakingProxy, Resetting], ids=["stays down", "is back at once"])
def test_after_a_cut_the_line_carries_only_what_was_missing(
    tmp_path: Path, line: type[BreakingProxy], caplog: pytest.LogCaptureFixture
) -> None:
    # What the county's own server is told of the connections that end under it.
    caplog.set_level(logging.ERROR, logger="asyncio")
    with pool_of(tmp_path, line=line) as pool:
        desk, uncut = pool.desk("north"), pool.desk("south")
        before, cuts = pool.line.carried, 0
        pool.line.break_after = 80_000
        while (problem := desk.exchange()) is not None:
            cuts += 1
            assert problem.problem.code in CUT
            assert cuts < 9
            pool.line.break_after = 110_000
        pool.line.break_after = None
        paid = pool.line.carried - before
        assert cuts >= 1
        assert rows_at(desk) == ROWS // 2 + 1
        assert paid < pool.carried_by(uncut.exchange) + cuts * (SLICE + LITTLE)


def test_the_first_pc_gone_is_said_and_what_was_typed_goes_once_it_is_back(tmp_path: Path) -> None:
    with pool_of(tmp_path, 20) as pool:
        desk = pool.desk("north")
        assert desk.exchange() is None
        pool.nginx.stop()
        key = desk.note("机房停电")
        problem = desk.exchange()
        assert problem is not None
        assert problem.problem.code == "refused"
        assert desk.state(key)[0] is not CommandState.ACCEPTED
        desk.turn_to(pool.server.base_url)
        assert desk.exchange() is None
        pool.nginx.start()
        desk.turn_to(pool.nginx.url)
        assert desk.exchange() is None
        assert notes(pool) == ["机房停电"]
        assert desk.state(key)[0] is CommandState.ACCEPTED


def test_a_line_down_behind_the_first_pc_is_said_and_nothing_counts_as_sent(
    tmp_path: Path,
) -> None:
    with pool_of(tmp_path, 20) as pool:
        desk = pool.desk("north")
        assert desk.exchange() is None
        pool.line.break_after = 0
        pool.line.drop_all()
        key = desk.note("线路中断")
        problem = desk.exchange()
        assert problem is not None
        assert problem.problem.code == "server_error"
        assert desk.state(key)[0] is not CommandState.ACCEPTED
        pool.line.break_after = None
        assert desk.exchange() is None
        assert notes(pool) == ["线路中断"]


def test_with_the_disk_full_commands_go_and_the_snapshot_is_called_cut_until_there_is_room(
    tmp_path: Path,
) -> None:
    with (
        small_disk(tmp_path / "small", 2) as disk,
        pool_of(tmp_path, cache=disk.folder / "cache") as pool,
    ):
        desk = pool.desk("north")
        disk.fill()
        problem = desk.exchange()
        assert problem is not None
        assert problem.problem.code == "cut_short"
        assert desk.connector.epoch()
        asked = desk.connector.send([note_of(desk, "磁盘满")])
        assert [each.state for each in asked] == [CommandState.ACCEPTED]
        disk.make_room()
        assert desk.exchange() is None
        assert rows_at(desk) == ROWS // 2 + 1
        assert notes(pool) == ["磁盘满"]


def test_the_first_pc_may_have_a_name_the_county_does_not_know(tmp_path: Path) -> None:
    with (
        pool_of(tmp_path, 20) as pool,
        RawLine(pool.nginx.url, pool.certificates.client) as line,
    ):
        line.host = "pc-1.township.lan:8443"
        assert line.ask("/v1/scope", "Authorization: Bearer north").status == 204
        assert line.ask("/v1/sums", "Authorization: Bearer north").status == 200
