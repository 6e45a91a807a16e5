"""An office's day on a stick: bundle and receipt, against a zip of the same as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from begun_desk import begun
from figure import CannotMeasure, Figure, at_most, told
from office import TOWNSHIP, Office, read_login, write_accounts
from office_day import open_county
from office_frames import count_frames
from office_work import (
    ASSIGNED,
    LONG,
    PHOTO_BYTES,
    PHOTOS,
    SHORT,
    feed_back,
    photo,
    report_day,
    report_event,
    target_of,
    write_changes,
)

from desktop.bootstrap import Desk
from desktop.connectors.county.commands import to_wire
from desktop.county_server.courier.county_data import gather_data
from desktop.county_server.db.database import Database
from desktop.county_server.scope import Account
from desktop.county_server.snapshots.snapshot import snapshot_lines
from desktop.domain.command import CommandKind, CommandRecord
from desktop.wire.level1 import COLLECTIONS, Commands
from support.courier_pairing import pair_office
from support.program import ROOT, county_desk

ACCOUNT = Account(TOWNSHIP, (TOWNSHIP,))
NOTES, CREATED, SEEN = 10, 10, 9
AS_ZIP, NO_LARGER = 1.1, 1.0
"""A bundle of a day is as small as a zip, but for its signature and its keys."""


def measure_stick() -> list[Figure]:
    """A day without a network, on the office's real store and the county's."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        stick = _Stick(folder)
        with open_county(folder) as county:
            office = Office(folder / "office", county.server.base_url)
            rows = list(write_changes(county, datetime.now(UTC).replace(microsecond=0)))
            county.database.put("incidents", rows[:ASSIGNED])
            office.sync()
            head = county.database.head
            stick.pair(office)
            county.database.put("incidents", rows[ASSIGNED:])
        cases = [row.id for row in rows]
        with closing(begun(office.profile, office.store, read_login)) as desk:
            records = list(_give(desk, cases))
        sizes = stick.export(office), stick.bring(office), _beside_photos(stick, office, cases)
        with closing(Database(stick.database)) as database:
            return [*_figures(sizes, database, records, head), *count_frames(records)]


def _figures(
    sizes: tuple[int, int, int], database: Database, records: list[CommandRecord], head: int
) -> list[Figure]:
    """What the stick carried, and all the office may see, against zips of the same."""
    up, down, beside = sizes
    plain_up, plain_down = _plain(records), _plain_receipt(database, records, head)
    whole, plain = _snapshot(database), _plain_snapshot(database)
    many = f"× zip of the same {len(records)} commands as JSON (bytes)"
    answers = "× zip of the same answers and rows as JSON (bytes)"
    seen = "× zip of all the office may see as JSON (bytes)"
    return [
        at_most("township-bundle", up / plain_up, many, AS_ZIP, plain_up),
        told("township-bundle-bytes", up, "bytes of the bundle, signed and encrypted"),
        told("township-bundle-photos", beside, f"bytes beside the content of {PHOTOS} photos"),
        at_most("township-receipt", down / plain_down, answers, NO_LARGER, plain_down),
        told("township-receipt-bytes", down, "bytes of the receipt, with what changed"),
        at_most("township-snapshot", whole / plain, seen, NO_LARGER, plain),
        told("township-snapshot-bytes", whole, "bytes of it on the stick"),
    ]


def _beside_photos(stick: _Stick, office: Office, cases: list[str]) -> int:
    """The bytes of a bundle with photos and nothing else, without their content."""
    with closing(begun(office.profile, office.store, read_login)) as desk:
        for number, case in enumerate(cases[:PHOTOS]):
            name = f"现场{number + 1}.jpg"
            attach = desk.board.commands.attach
            attach(target_of(case), name, "image/jpeg", photo(number))
    return stick.export(office) - PHOTOS * PHOTO_BYTES


class _Stick:
    """The stick, and the commands that are run at its two ends."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, folder / "county.db"
        self._bundle, self._receipts = folder / "up.cdb", folder / "receipts"

    def pair(self, office: Office) -> None:
        """Pair the office for its account."""

        def desk(*words: str | Path, status: int = 0) -> str:
            return self._courier(office, *words, status=status)

        pair_office(desk, self._county, self.folder, "柳林", "--account", TOWNSHIP)

    def export(self, office: Office) -> int:
        """Write what waits; the bytes of it."""
        self._courier(office, "export", self._bundle)
        return self._bundle.stat().st_size

    def bring(self, office: Office) -> int:
        """Have the county take the bundle and the office its receipt; the bytes of that.

        Every command must have been accepted.
        """
        accounts = write_accounts(self.folder)
        words = (self._bundle, "--receipts", self._receipts, "--accounts", accounts)
        self._county("import", *words)
        [receipt] = self._receipts.iterdir()
        self._courier(office, "import", receipt)
        if {row["state"] for row in self._list_outbox(office)} != {"accepted"}:
            raise CannotMeasure("not every command on the stick was accepted")
        return receipt.stat().st_size

    def _list_outbox(self, office: Office) -> list[dict[str, Any]]:
        words = [word for word in office.words if word not in ("--token-file", office.token)]
        rows: list[dict[str, Any]] = json.loads(county_desk("outbox", "--json", *words).stdout)[
            "rows"
        ]
        return rows

    def _county(self, *words: str | Path) -> None:
        program = [sys.executable, "-m", "desktop.county_server", "courier", *map(str, words)]
        program += ["--database", str(self.database)]
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotMeasure(done.stdout + done.stderr)

    def _courier(self, office: Office, *words: str | Path, status: int = 0) -> str:
        done = county_desk("courier", *words, *office.words)
        if done.returncode != status:
            raise CannotMeasure(done.stdout + done.stderr)
        return done.stdout + done.stderr


def _give(desk: Desk, cases: list[str]) -> Iterator[CommandRecord]:
    """Give fifty commands of every kind that an office gives."""
    board = desk.board
    for number, case in enumerate(cases[:ASSIGNED]):
        yield board.commands.submit(CommandKind.TAKE_UP, target_of(case))
        yield feed_back(board, case, (SHORT, LONG)[number % 2])
    known = [row for row in desk.cache.open_incidents(100) if row.id not in cases]
    for row in known[:SEEN]:
        yield board.commands.acknowledge(target_of(row.id))
    for number in range(NOTES):
        row = known[number % len(known)]
        yield board.commands.note(target_of(row.id), f"第{number + 1}次电话核实：{SHORT}")
    for number in range(CREATED):
        yield report_event(board, number)
    yield report_day(board)


def _zipped(**files: Any) -> int:
    """Bytes of a zip archive of JSON files."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            text = content if isinstance(content, bytes) else msgspec.json.encode(content)
            opened.writestr(f"{name}.json", text)
    return archive.tell()


def _plain(records: list[CommandRecord]) -> int:
    return _zipped(commands=Commands("epoch", 1, "client", to_wire(records, 0)))


def _plain_receipt(database: Database, records: list[CommandRecord], head: int) -> int:
    results = [{"key": each.command.key, "status": "accepted"} for each in records]
    with database.reading() as connection:
        found = connection.execute(
            "SELECT body, townships FROM rows WHERE seq > ? AND body IS NOT NULL", (head,)
        ).fetchall()
    rows = [msgspec.Raw(body) for body, townships in found if ACCOUNT.sees(townships)]
    return _zipped(results=results, rows=rows)


def _snapshot(database: Database) -> int:
    data = gather_data(database, ACCOUNT, tuple(COLLECTIONS), "")
    if data is None:
        raise CannotMeasure("the township's rows are too much for a stick")
    return len(data.snapshot)


def _plain_snapshot(database: Database) -> int:
    with database.reading() as connection:
        return _zipped(rows=b"".join(snapshot_lines(connection, ACCOUNT)))
