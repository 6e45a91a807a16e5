"""One desk's frames for its screens: what waits, read aloud or sent, and the receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from desktop.application.courier.calls import Ear
from desktop.application.courier.office_frames import CarriedReport, ReceiptTold
from desktop.application.frame_line import read_line
from desktop.commands.courier.pairing import is_paired, load_pairing
from desktop.commands.courier.spoken_words import WireEar, show_sheet, write_texts
from desktop.commands.frames.exchange import (
    FrameExchange,
    Round,
    make_office,
    open_way,
    read_own_tables,
)
from desktop.connectors.county.courier import frame_secret
from desktop.connectors.county.frames import Carried, Heard
from desktop.domain.changes import ANSWERED
from desktop.domain.command import CommandRecord
from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

WAIT_S = 30.0
"""How long a silent line is listened to for the county's receipts."""
NOT_PAIRED = Text("还没有与县里配对。", "Not paired with the county yet.")
NO_RECEIPT = Text(
    "发出去了，还没有收到县里的回执：过一会儿再发一次，不会办两遍。",
    "It was sent, and no receipt of the county has come: send it again in a while, nothing is done"
    " twice.",
)
NOTHING_COULD_GO = Text(
    "什么也没有发：没有能这样发的。太长的请用 U 盘或二维码带走。",
    "Nothing was sent: nothing here can go so. Take what is too long by stick or by QR code.",
)
ANOTHER_EPOCH = Text(
    "回执来自恢复前的县平台，不作数；网络恢复后会自己核对。",
    "The receipt is of the county before it was restored and does not count; the network will"
    " settle it.",
)
UNREADABLE = Text(
    "县里的代码表与本机不同，没有读懂。",
    "The county numbers its codes otherwise and could not read it.",
)


class FramesDesk:
    """The frames of a desk and one of its counties."""

    def __init__(self, desk: Desk, source: str) -> None:
        self._desk, self._source = desk, source
        self.ear: Ear = WireEar()
        self._line = read_line(desk.profile.frames)
        self.number, self.way = self._line.office, self._line.way

    def is_paired(self) -> bool:
        """Whether this desk has the county's keys."""
        return is_paired(self._desk, self._source)

    def list_reports(self, number: int) -> list[CarriedReport]:
        """Return what waits, in the order in which it was given."""
        return [_show(each) for each in self._begin(number, _Told()).list_waiting()]

    def note_leaving(self, number: int, records: Sequence[CommandRecord]) -> None:
        """Put on record that these may be known at the county from now on."""
        self._begin(number, _Told()).note_leaving(records)
        self._announce()

    def take_receipt(self, number: int, groups: Sequence[str], check: str) -> ReceiptTold | None:
        """Apply a receipt that was read back; None where it does not fit."""
        told = _Told()
        if not self._begin(number, told).apply_spoken(groups, check):
            return None
        return self._show_told(told)

    def send(
        self, number: int, progress: Callable[[int, int], None], is_cut: Callable[[], bool]
    ) -> ReceiptTold:
        """Send what has no answer by the profile's way, and apply what comes back."""
        told, problem, went = _Told(), Text(), Round()
        exchange = self._begin(number, told)
        try:
            with closing(open_way(self._desk, self._line)) as way:
                went = exchange.send_round(way, WAIT_S, progress=progress, is_cut=is_cut)
        except OSError as error:
            problem = _say_line_failed(self.way, error)
        if exchange.failure is not None:
            said = str(self._desk.words.problem(exchange.failure.problem))
            problem = Text(said, said)
        elif not exchange.has_receipt and not problem:
            problem = _say_unanswered(went)
        return self._show_told(told, problem)

    def _begin(self, number: int, told: _Told) -> FrameExchange:
        """Begin to exchange frames; BundleRefused where there is no key or no county yet."""
        desk, source = self._desk, self._source
        pairing = load_pairing(desk, source)
        if pairing is None:
            raise BundleRefused(NOT_PAIRED)
        secret = frame_secret(pairing, desk.outbox.binding(source).server)
        office = make_office(desk, source, number, secret, read_own_tables())
        return FrameExchange(desk, source, office, told.take)

    def _show_told(self, told: _Told, problem: Text = Text()) -> ReceiptTold:  # noqa: B008
        self._announce()
        known = [self._desk.outbox.record(key) for key in told.keys]
        records = tuple(record for record in known if record is not None)
        return ReceiptTold(records, tuple(told.remarks), problem)

    def _announce(self) -> None:
        self._desk.board.listeners.announce(ANSWERED)


class _Told:
    """What the frames of outcomes said."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.remarks: list[Text] = []

    def take(self, heard: Heard) -> None:
        self.keys += [each.key for each in heard.answers]
        if heard.is_of_another_epoch:
            self.remarks.append(ANOTHER_EPOCH)
        for _record, outcome in heard.unsettled:
            reason = outcome.reason
            self.remarks.append(Text(reason, reason) if reason else UNREADABLE)


def _say_unanswered(went: Round) -> Text:
    """Say what went, of which no receipt came."""
    if not went.of:
        return NOTHING_COULD_GO
    if went.handed == went.of:
        return NO_RECEIPT
    return Text(
        f"停下了：{went.of} 条里发出了 {went.handed} 条，还没有县里的回执。"
        "再发一次就全部发，不会办两遍。",
        f"Stopped: {went.handed} of {went.of} were sent, and no receipt has come. Send again for"
        " all of it: nothing is done twice.",
    )


def _say_line_failed(way: str, error: OSError) -> Text:
    why = error.strerror or str(error)
    return Text(
        f"线路不通：{way} 打不开或断了（{why}）。请看设备插好、开着没有，再发一次；什么也没有丢。",
        f"The line failed: {way} does not open, or broke off ({why}). See whether the device is"
        " plugged in and on, and send again; nothing is lost.",
    )


def _show(each: Carried) -> CarriedReport:
    if each.spoken is None:
        return CarriedReport(each.record)
    spoken = show_sheet(each.spoken)
    return CarriedReport(each.record, spoken, write_texts(each.spoken), len(each.frames))
