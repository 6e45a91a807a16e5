"""Writing what waits for the county as courier bundles: it still waits, and may go by network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from desktop.application.commands.belonging import files_of_strangers, hold_of
from desktop.application.commands.refused_reports import offerable
from desktop.application.courier.box import Box
from desktop.application.ports import FileStore, OutboxStore
from desktop.application.sync.past import keys_kept_since
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold
from desktop.domain.courier import FilePart
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import is_too_old
from desktop.domain.source import Binding, CommandResult
from desktop.protocol.limits import COURIER_BYTES, COURIER_COMMANDS, COURIER_PIECE_BYTES, MEGABYTE

MOST_OF_COMMANDS = COURIER_BYTES // 2
MARGIN_BYTES = MEGABYTE
Write = Callable[[int, bytes], None]
"""Writes the bundle of that place, from 0, so that it survives the stick; raises OSError."""

Prepare = Callable[[bytes], Callable[[], None]]
"""Returns what writes a bundle; or refuses it, and nothing has left."""


class Exported(msgspec.Struct, frozen=True):
    """What went onto the stick."""

    number: int
    bundles: int
    commands: int
    left: int
    """Commands that stay: they wait for a decision, another login, or found no room."""
    files: int


def export(
    outbox: OutboxStore,
    files: FileStore,
    clock: CorrectedClock,
    source: str,
    box: Box,
    write: Write,
    *,
    token: str | None = None,
) -> Exported:
    """Write a source's unfinished commands and their files; they stay in the outbox as they are.

    From the first byte on they may have left, as on the network: they cannot be withdrawn. With
    the `token` of the rows here, empty for none, the receipt is to bring what is newer.
    """
    now = clock.now()
    going, requests = _encode(outbox, source, clock, box)
    outbox.offering(going, now)
    uploads = _Uploads(outbox, files, source, outbox.binding(source))
    parts, place = uploads.next(COURIER_BYTES - sum(map(len, requests)) - MARGIN_BYTES), 0
    while place == 0 or parts:
        told = (requests, token) if place == 0 else ((), None)
        write(place, box.seal(now + place, now, told[0], parts, told[1]))
        parts, place = uploads.next(COURIER_BYTES - MARGIN_BYTES), place + 1
    _say(outbox, source, frozenset(going), now)
    left = len(outbox.list_unfinished(source)) - len(going)
    return Exported(now, place, len(going), left, uploads.count)


def export_commands(
    outbox: OutboxStore, source: str, clock: CorrectedClock, box: Box, prepare: Prepare
) -> Exported:
    """Write a source's unfinished commands as one bundle, without files or asking for data."""
    now = clock.now()
    going, requests = _encode(outbox, source, clock, box)
    write = prepare(box.seal(now, now, requests, (), None))
    outbox.offering(going, now)
    write()
    _say(outbox, source, frozenset(going), now)
    left = len(outbox.list_unfinished(source)) - len(going)
    return Exported(now, 1, len(going), left, 0)


def choose_commands(
    outbox: OutboxStore, source: str, clock: CorrectedClock, binding: Binding
) -> list[CommandRecord]:
    """Return the commands that may go, in the order of their clicks, by the network's own rules."""
    not_before = keys_kept_since(binding, clock.now())
    queue = offerable(outbox, source, clock)
    staying = [
        record
        for record in queue
        if record.hold.wants_decision
        or hold_of(record.command, binding) is not Hold.NONE
        or is_too_old(record, not_before)
    ]
    unmade = {r.command.target for r in staying if r.command.kind is CommandKind.CREATE}
    going = [r for r in queue if r not in staying and r.command.target not in unmade]
    return sorted(going, key=lambda record: record.seq)


def _encode(
    outbox: OutboxStore, source: str, clock: CorrectedClock, box: Box
) -> tuple[list[str], list[bytes]]:
    """Return the keys of the commands that find room in a bundle, and their requests."""
    ours = choose_commands(outbox, source, clock, outbox.binding(source))
    requests: list[bytes] = []
    going: list[str] = []
    for keys, request in box.encode(ours[:COURIER_COMMANDS], clock.offset_ms):
        if sum(map(len, requests)) + len(request) > MOST_OF_COMMANDS:
            break
        requests.append(request)
        going += keys
    return going, requests


def _say(outbox: OutboxStore, source: str, keys: frozenset[str], number: int) -> None:
    """Put it on each command's row: it is on the stick, and has not arrived by that."""
    why = Text(
        f"已写入摆渡包 {number}，尚未到县平台：收到回执才算送达，有网络时也会自己发出。",
        f"Written to courier bundle {number}, not yet at the county: only a receipt says so. With a"
        " network it still goes by itself.",
    )
    notes = [
        CommandResult(record.command.key, record.state, why)
        for record in outbox.list_unfinished(source)
        if record.command.key in keys and record.state in (CommandState.STORED, CommandState.SENT)
    ]
    outbox.answer_all(notes, number)


class _Uploads:
    """The files still to send, in parts that fit into bundles."""

    def __init__(
        self, outbox: OutboxStore, files: FileStore, source: str, binding: Binding
    ) -> None:
        self._files = files
        strangers = files_of_strangers(outbox, source, binding)
        self._uploads = [
            each
            for each in files.uploads(source)
            if each.ref.digest not in strangers and files.refusal(source, each.ref.digest) is None
        ]
        self._pieces = self._read()
        self._ahead: FilePart | None = None
        self.count = 0

    def next(self, room: int) -> list[FilePart]:
        """Return the next parts, as many as there is room for."""
        parts: list[FilePart] = []
        while (part := self._ahead or next(self._pieces, None)) is not None:
            self._ahead = part
            room -= len(part.data)
            if room < 0:
                break
            parts.append(part)
            self._ahead = None
        return parts

    def _read(self) -> Iterator[FilePart]:
        for upload in self._uploads:
            at = upload.offset
            while at < upload.ref.size:
                data = self._files.read(upload.ref.digest, at, COURIER_PIECE_BYTES)
                if not data:
                    break
                yield FilePart(upload.ref, at, data)
                at += len(data)
            self.count += at >= upload.ref.size
