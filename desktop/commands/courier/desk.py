"""One desk's courier: its pairing, what goes onto a stick, and the receipts that come back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.application.courier.codes import CodesMade, PicturesRead
from desktop.application.courier.export import Exported, export, export_commands
from desktop.application.courier.receipts import Received, take_receipt
from desktop.application.courier.stick import FileRefused, ReceiptRead, StickRead, Written
from desktop.application.ports import Cancelled, Connector
from desktop.application.sync.worker_jobs import WorkerBusy
from desktop.commands.courier.files import read_bounded
from desktop.commands.courier.pairing import is_paired, keep_pairing, load_pairing
from desktop.connectors.county.carried import CarriedSource
from desktop.connectors.county.courier import (
    CourierBox,
    OfficePairing,
    begin_pairing,
    county_fingerprint,
    end_pairing,
    office_line,
)
from desktop.connectors.services import Services
from desktop.domain.changes import ANSWERED
from desktop.domain.courier import BundleRefused, CarriedData
from desktop.domain.localized_text import Text
from desktop.protocol.limits import COURIER_BYTES, PAIRING_BYTES
from desktop.storage.files.bundle_file import write_verified
from desktop.wire.courier import (
    BundleError,
    Direction,
    Header,
    draw_codes,
    find_bundles,
    name_bundle,
    read_header,
)

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

NEVER_SEEN = Text(
    "本机还没有连过县平台，不知道它是哪一个：请先连网同步一次。",
    "This desk has never reached its county, so it does not know which one: sync once first.",
)
NO_KEYS = Text(
    "本机还没有写过配对文件：请先写一个（命令行里是 courier pair --office）。",
    "This desk has written no pairing file yet: write one first (courier pair --office at a"
    " prompt).",
)
TOO_MUCH_FOR_CODES = Text(
    "待发的指令太多，放不进二维码：请用 U 盘。什么也没有写出。",
    "Too much for codes: use a stick. Nothing was written.",
)
ANOTHERS = Text(
    "这个文件是另一个值守点的摆渡包或回执：请换一个文件名。它没有动。",
    "That file is another office's bundle or receipt: choose another name. It was left as it is.",
)
BUSY = Text(
    "本机正与县平台通信，或正在关闭，回执还没有读：请过一会儿再读一次。",
    "This desk is exchanging with the county, or closing, so the receipt was not read: read it"
    " again in a moment.",
)
SUFFIX, PAIRING_SUFFIX = ".cdb", ".cdp"
MOST_FILES = 2_000
"""So many files of a stick are looked at: nobody's whole disk is read for a receipt."""


class CourierDesk:
    """The courier of a desk and one of its counties; calls may come from any thread."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk, self._source = desk, source

    def is_paired(self) -> bool:
        """Whether this desk has the county's keys."""
        return is_paired(self._desk, self._source)

    def write_pairing(self, folder: Path, office: str) -> tuple[Path, str]:
        """Make keys and write our pairing file for the county; return it and our fingerprint."""
        line, fingerprint = self.begin_pairing(office)
        file = folder / f"{office}{PAIRING_SUFFIX}"
        write_verified(file, line.encode() + b"\n")
        return file, fingerprint

    def begin_pairing(self, office: str) -> tuple[str, str]:
        """Make keys; return our pairing line and fingerprint. BundleRefused before any session."""
        county = self._desk.outbox.binding(self._source).server
        if not county:
            raise BundleRefused(NEVER_SEEN)
        begun = begin_pairing(load_pairing(self._desk, self._source), office, county)
        keep_pairing(self._desk, self._source, begun)
        return office_line(begun)

    def read_pairing(self, file: Path) -> str:
        """Return the fingerprint of a county's pairing file."""
        return county_fingerprint(self._load_known(), _line_of(file))

    def end_pairing(self, file: Path) -> None:
        """Take the county's keys, whose fingerprint was compared and is the same."""
        keep_pairing(self._desk, self._source, end_pairing(self._load_known(), _line_of(file)))

    def export(self, file: Path, *, data: bool = True) -> Exported:
        """Write what waits as a bundle, and what finds no room in it as further ones beside it."""
        return self._export(file, data, lambda _content: None)

    def write(self, folder: Path) -> Written:
        """Write what waits as a bundle into a folder, and read it back."""
        office, number = self._load_known().office, self._desk.clock.now()
        names = (folder / f"{office}-{each}{SUFFIX}" for each in count(number))
        # On a stick of several computers it may be there: of another county, or by a wrong clock.
        file = next(each for each in names if not each.exists())
        sizes: list[int] = []
        done = self._export(file, True, lambda content: sizes.append(len(content)))
        self._announce()
        return Written(file, sum(sizes), done)

    def _export(self, file: Path, data: bool, note: Callable[[bytes], None]) -> Exported:
        desk, known = self._desk, self._load_known()

        def place_of(number: int) -> Path:
            name = f"{file.stem}-{number + 1}{file.suffix}" if number else file.name
            found = file.with_name(name)
            there = _header_of(found)
            if there is not None and (there.county, there.office) != (known.county, known.office):
                raise BundleRefused(ANOTHERS)
            return found

        def write(number: int, content: bytes) -> None:
            write_verified(place_of(number), content)
            note(content)

        place_of(0)  # Before anything counts as having left.
        token = desk.cache.sync_state(self._source).token or "" if data else None
        kept = (desk.outbox, desk.files, desk.clock)
        return export(*kept, self._source, self._box(), write, token=token)

    def export_codes(self, folder: Path) -> Exported:
        """Write what waits as QR codes into a folder, without files; BundleRefused if too much."""

        def prepare(bundle: bytes) -> Callable[[], None]:
            drawn = _draw(bundle)
            return lambda: _write_all(folder, drawn)

        desk = self._desk
        return export_commands(desk.outbox, self._source, desk.clock, self._box(), prepare)

    def make_codes(self) -> CodesMade:
        """Return what waits as codes; from then on it may have left. BundleRefused if too much."""
        drawn: list[bytes] = []

        def prepare(bundle: bytes) -> Callable[[], None]:
            files = _draw(bundle)
            pictures = [each for name, each in sorted(files.items()) if name.endswith(".png")]
            return lambda: drawn.extend(pictures)

        desk = self._desk
        done = export_commands(desk.outbox, self._source, desk.clock, self._box(), prepare)
        self._announce()
        return CodesMade(done.number, done.commands, done.left, tuple(drawn))

    def read_pictures(self, files: Sequence[Path]) -> PicturesRead:
        """Take the receipts on these pictures, or in these files."""
        self._load_known()
        bundles, remarks = find_bundles((each.name, partial(read_bounded, each)) for each in files)
        read, refused = list[ReceiptRead](), list[FileRefused]()
        for bundle in bundles:
            name = Path(bundle.name)
            try:
                read.append(ReceiptRead(name, self.take(bundle.read(COURIER_BYTES))))
            except (BundleRefused, OSError) as error:
                refused.append(FileRefused(name, error))
        self._announce()
        said = tuple(Text(each.zh, each.en) for each in remarks)
        return PicturesRead(tuple(read), tuple(refused), said)

    def take(self, content: bytes) -> Received:
        """Take one receipt between two exchanges; BundleRefused before anything is stored."""
        try:
            return self._desk.engine.run_between_exchanges(
                self._source,
                lambda context: take_receipt(context, self._box(), content, self._carry),
            )
        except (WorkerBusy, Cancelled):
            raise BundleRefused(BUSY) from None

    def _carry(self, data: CarriedData) -> Connector:
        desk = self._desk
        settings = next(each for each in desk.profile.sources if each.id == self._source)
        offset_ms = desk.cache.sync_state(self._source).offset_ms
        known = msgspec.structs.replace(data, offset_ms=offset_ms)
        return CarriedSource(settings, Services(desk.clock, lambda _source: None), known)

    def read(self, folder: Path) -> StickRead:
        """Read every receipt for this desk in a folder and those in it, the oldest first."""
        known, read, refused = self._load_known(), list[ReceiptRead](), list[FileRefused]()
        ours, others = _receipts_in(folder, (known.county, known.office))
        for _number, file in sorted(ours):
            try:
                read.append(ReceiptRead(file, self.take(read_bounded(file, COURIER_BYTES))))
            except (BundleRefused, OSError) as error:
                refused.append(FileRefused(file, error))
        self._announce()
        return StickRead(tuple(read), tuple(refused), others)

    def _box(self) -> CourierBox:
        outbox = self._desk.outbox
        return CourierBox(self._load_known(), outbox.binding(self._source), outbox.client_id())

    def _load_known(self) -> OfficePairing:
        known = load_pairing(self._desk, self._source)
        if known is None:
            raise BundleRefused(NO_KEYS)
        return known

    def _announce(self) -> None:
        self._desk.board.listeners.announce(ANSWERED)


def _draw(bundle: bytes) -> dict[str, bytes]:
    """Draw a bundle as codes; BundleRefused if it is too much for them."""
    try:
        return draw_codes(bundle, name_bundle(read_header(bundle)))
    except ValueError:
        raise BundleRefused(TOO_MUCH_FOR_CODES) from None


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_verified(folder / name, content)


def _line_of(file: Path) -> str:
    return read_bounded(file, PAIRING_BYTES).decode("ascii", "replace")


def _receipts_in(
    folder: Path, names: tuple[str, str]
) -> tuple[list[tuple[int, Path]], tuple[Path, ...]]:
    """Find receipts by the heads of files: ours with the numbers of their bundles, and others'."""
    ours: list[tuple[int, Path]] = []
    others: list[Path] = []
    for file in islice(_walk(folder), MOST_FILES):
        header = _header_of(file) if file.name.endswith(SUFFIX) else None
        if header is None or header.direction is not Direction.RECEIPT:
            continue
        if (header.county, header.office) == names:
            ours.append((header.number, file))
        else:
            others.append(file)
    return ours, tuple(others)


def _walk(folder: Path) -> Iterator[Path]:
    for place, _folders, files in os.walk(folder):
        yield from (Path(place) / name for name in files)


def _header_of(file: Path) -> Header | None:
    try:
        return read_header(read_bounded(file, COURIER_BYTES))
    except (BundleError, OSError):
        return None
