"""The bytes of a township's day on an open desk, by its own meter, against a naive peer's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
from begun_desk import begun
from figure import CannotMeasure, Figure, at_most, told
from office import INCIDENTS, TOWNSHIP, Office, read_login, write_accounts
from office_peer import Peer
from office_work import (
    ASSIGNED,
    LONG,
    PHOTO_BYTES,
    PHOTOS,
    REPORTS,
    SHORT,
    SOURCE,
    feed_back,
    photo,
    report_day,
    report_event,
    target_of,
    write_changes,
)

from desktop.bootstrap import Desk
from desktop.county_server.http.account_file import read_accounts
from desktop.county_server.http.listening import Listening
from desktop.demo.county import DemoCounty
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.link import TrafficClass
from desktop.wire.level1 import Incident
from support.breaking_proxy import BreakingProxy
from support.program import until

WITHIN_S = 30.0
NOT_HERE = -1
SHARE = 1 / 10


def measure_day() -> list[Figure]:
    """The same day of the same rows on both."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        county = stack.enter_context(open_county(folder))
        where = urlsplit(county.server.base_url)
        line = stack.enter_context(BreakingProxy(str(where.hostname), where.port or 0))
        office = Office(folder / "office", line.url)
        office.sync()
        desk = stack.enter_context(closing(begun(office.profile, office.store, read_login)))
        desk.start()
        peers = [stack.enter_context(Peer(careless=each)) for each in (False, True)]
        return _Day(county, desk, line, peers).live()


@contextmanager
def open_county(folder: Path) -> Iterator[DemoCounty]:
    """The county, served in this process to the office alone."""
    accounts = read_accounts(write_accounts(folder))
    path = folder / "county.db"
    reached = Listening(accounts=accounts)
    with closing(DemoCounty(path, incidents=INCIDENTS, speed=0, reached=reached)) as county:
        county.start()
        yield county


class _Cost(NamedTuple):
    """The bytes of a part of the day, and the desk's meter at its end."""

    line: int
    peers: list[int]
    meter: dict[TrafficClass, int]


class _Day:
    """One day, lived by the desk and the peers step by step."""

    def __init__(
        self, county: DemoCounty, desk: Desk, line: BreakingProxy, peers: list[Peer]
    ) -> None:
        self._county, self._desk, self._line, self._peers = county, desk, line, peers

    def live(self) -> list[Figure]:
        """Changes read, then assignments and reports, then photos; the bytes of each."""
        self._settle()
        begun = self._spent()
        read, given, sent = (
            self._count(part) for part in (self._read_changes, self._work, self._send_photos)
        )
        ours = {kind: given.meter[kind] - count for kind, count in begun.items()}
        split = ", ".join(f"{kind} {count:,}" for kind, count in ours.items() if count)
        total = sum(ours.values())
        careful, careless = (read.peers[i] + given.peers[i] for i in range(2))
        return [
            at_most("township-day", total / careful, "× naive peer (bytes)", SHARE, careful),
            told("township-day-careless", total / careless, "× a careless one (bytes)", careless),
            told("township-day-bytes", total, f"bytes both ways by the desk's meter: {split}"),
            told("township-day-line", read.line + given.line, "bytes of it as the line carried it"),
            *(
                told(f"township-day-{name}", part.line / part.peers[0], f"× naive, {what}", floor)
                for name, part, what in (
                    ("read", read, "30 cases changed and read (bytes)"),
                    ("given", given, "10 taken up and fed back, 5 reports (bytes)"),
                    ("photos", sent, f"{PHOTOS} photos of {PHOTO_BYTES:,} bytes (bytes)"),
                )
                for floor in (part.peers[0],)
            ),
        ]

    def _count(self, part: Callable[[], None]) -> _Cost:
        """Live a part of the day; what it cost."""
        line, peers = self._line.carried, [each.carried for each in self._peers]
        part()
        self._settle()
        costs = [each.carried - had for each, had in zip(self._peers, peers, strict=True)]
        return _Cost(self._line.carried - line, costs, self._spent())

    def _spent(self) -> dict[TrafficClass, int]:
        spent = self._desk.meter.usage().spent
        return {kind: spent[kind].total if kind in spent else 0 for kind in TrafficClass}

    def _read_changes(self) -> None:
        for row in write_changes(self._county, datetime.now(UTC).replace(microsecond=0)):
            self._county.database.put("incidents", [row])
            case = self._row("incidents", row.id)
            assert isinstance(case, Incident)
            self._wait(lambda case=case: self._version(case.id) == case.version, row.id)
            for peer in self._peers:
                peer.read_change(self._open_list(), case)

    def _work(self) -> None:
        ours = [row.id for row in self._open_list() if _is_assigned(row)][:ASSIGNED]
        if len(ours) < ASSIGNED:
            raise CannotMeasure(f"only {len(ours)} assignments")
        for number, case in enumerate(ours):
            submit = self._desk.board.commands.submit
            self._give(submit(CommandKind.TAKE_UP, target_of(case)))
            self._give(feed_back(self._desk.board, case, (SHORT, LONG)[number % 2]))
        for number in range(REPORTS - 1):
            self._give(report_event(self._desk.board, number))
        self._give(report_day(self._desk.board))

    def _send_photos(self) -> None:
        for number, row in enumerate(self._open_list()[:PHOTOS]):
            name = f"现场{number + 1}.jpg"
            commands = self._desk.board.commands
            self._wait_for(commands.attach(target_of(row.id), name, "image/jpeg", photo(number)))
            self._wait(lambda: not self._desk.files.uploads(SOURCE), name)
            case = self._row("incidents", row.id)
            assert isinstance(case, Incident)
            for peer in self._peers:
                peer.send_photo(case, name, photo(number))

    def _give(self, record: CommandRecord) -> None:
        """Wait for the county's answer and for the row, and have the peer do the same."""
        self._wait_for(record)
        command = record.command
        row = self._row(command.target.collection, command.target.id)
        path = f"/api/{command.target.collection}/{command.target.id}/{command.kind}"
        for peer in self._peers:
            peer.give(path, command.body, row, self._open_list())

    def _wait_for(self, record: CommandRecord) -> None:
        key, target = record.command.key, record.command.target

        def is_done() -> bool:
            now = self._desk.outbox.record(key)
            return now is None or now.state.is_final

        self._wait(is_done, f"{record.command.kind} answered")
        now = self._desk.outbox.record(key)
        if now is not None and now.state is not CommandState.ACCEPTED:
            raise CannotMeasure(f"{record.command.kind} was answered {now.state}: {now.reason}")
        if target.collection == "incidents":
            version = getattr(self._row("incidents", target.id), "version", 0)
            self._wait(lambda: self._version(target.id) >= version, f"row of {target.id}")

    def _settle(self) -> None:
        """Until nothing is on its way and the last exchange has ended."""
        self._wait(self._desk.engine.is_settled, "a settled desk")
        self._wait(lambda: not self._desk.outbox.list_unfinished(), "an empty outbox")

    def _open_list(self) -> list[Incident]:
        rows = self._county.database.rows("incidents", open_only=True)
        return [row for row in rows if isinstance(row, Incident) and row.township == TOWNSHIP]

    def _row(self, collection: str, id: str) -> msgspec.Struct:
        [row] = self._county.database.rows(collection, [id])
        return row

    def _version(self, case: str) -> int:
        found = self._desk.cache.incident(target_of(case))
        return NOT_HERE if found is None else found.version

    @staticmethod
    def _wait(condition: Callable[[], bool], what: str) -> None:
        until(condition, WITHIN_S, what)


def _is_assigned(row: Incident) -> bool:
    return row.stage == "dispatched" and row.id.startswith("SJ009")
