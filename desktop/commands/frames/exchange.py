"""A desk's commands out as frames and the county's outcomes in, for one county and account."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from desktop.application.commands import by_frames
from desktop.application.frame_line import FrameLine
from desktop.application.ports import SourceError
from desktop.bootstrap import Desk
from desktop.connectors.county.frame_ways import GatewayWay, SerialWay, Way
from desktop.connectors.county.frames import Carried, Heard, Office, pack, read_outcomes
from desktop.domain.command import CommandRecord, CommandState
from desktop.paths import resources
from desktop.wire.frames.fragments import CLIENT_DIGITS, NotAuthentic, cut
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.spoken import hear
from desktop.wire.frames.tables import Tables, read_tables

FILES = ("categories.toml", "channels.toml", "townships.toml")
Progress = Callable[[int, int], None]
"""Called with how many frames of how many have been sent."""


def read_own_tables() -> Tables:
    """Return the county's codes as this program has them."""
    return read_tables(*((resources() / "county" / name).read_bytes() for name in FILES))


def make_office(desk: Desk, source: str, number: int, secret: bytes, tables: Tables) -> Office:
    """Return the office as its frames name it, for the desk's county and account of now."""
    binding = desk.outbox.binding(source)
    key = derive_frame_key(secret, binding.server, binding.account)
    return Office(number, desk.outbox.client_id()[:CLIENT_DIGITS], key, tables)


def open_way(desk: Desk, line: FrameLine) -> Way:
    """Open the way that frames go by; OSError where that is impossible."""
    if line.serial:
        return SerialWay(line.serial, line.speed)
    return GatewayWay(line.gateway, desk.clock)


class Round(msgspec.Struct, frozen=True):
    """How many commands could go, and how many of them were handed to the way."""

    handed: int = 0
    of: int = 0


class FrameExchange:
    """What goes as frames from one opened desk, and what comes back is applied."""

    def __init__(
        self, desk: Desk, source: str, office: Office, told: Callable[[Heard], None]
    ) -> None:
        """`told` is called with what each frame of outcomes says."""
        self._desk, self._source, self._office, self._told = desk, source, office, told
        self.has_receipt = False
        """Whether a frame has come that fits."""
        self.failure: SourceError | None = None
        """Why a gateway did not take a frame."""

    def list_waiting(self, only: str = "") -> list[Carried]:
        """Pack the commands that may go and have no answer yet; with `after` of all of them."""
        return [
            each
            for each in pack(self._going(), self._office, self._desk.clock.offset_ms)
            if each.record.command.key.startswith(only)
        ]

    def _going(self) -> list[CommandRecord]:
        return by_frames.list_carriable(self._desk.outbox, self._source, self._desk.clock)

    def note_leaving(self, records: Sequence[CommandRecord]) -> None:
        """Put on record that these may be known at the county from now on."""
        by_frames.note_leaving(self._desk.outbox, records, self._desk.clock)

    def send_round(
        self,
        way: Way,
        wait_s: float,
        only: str = "",
        progress: Progress = lambda _sent, _of: None,
        is_cut: Callable[[], bool] = lambda: False,
    ) -> Round:
        """Send what has no answer once, and apply what comes back; what went is returned."""
        going = [
            each
            for each in self.list_waiting(only)
            if each.frames and each.record.state is not CommandState.RECEIVED
        ]
        if not going:
            return Round()
        self.note_leaving([each.record for each in going])
        done, count = 0, sum(len(each.frames) for each in going)
        progress(done, count)
        for place, each in enumerate(going):
            if is_cut():
                return Round(place, len(going))
            self._send_frames(way, each)
            done += len(each.frames)
            progress(done, count)
        self.failure = way.failure
        self._listen(way, wait_s, is_cut)
        return Round(len(going), len(going))

    def _send_frames(self, way: Way, going: Carried) -> None:
        """Send a command's frames; it counts as sent once one may have left."""
        may_have_left = True
        try:
            may_have_left = bool(sum(way.send(frame) for frame in going.frames))
        finally:
            if may_have_left:
                by_frames.mark_sent(self._desk.outbox, [going.record], self._desk.clock)

    def _listen(self, way: Way, wait_s: float, is_cut: Callable[[], bool]) -> None:
        """Apply what comes back until all is answered or nothing comes any more."""
        for frame in way.listen(wait_s, is_cut):
            self.apply(frame)
            if not any(each.state is not CommandState.RECEIVED for each in self._going()):
                return

    def apply(self, frame: bytes) -> Heard | None:
        """Apply what a frame tells of our commands, if it is authentic and of this epoch."""
        outbox, source = self._desk.outbox, self._source
        waiting, epoch = outbox.list_unfinished(source), outbox.binding(source).epoch
        heard = read_outcomes(frame, self._office, waiting, epoch)
        if heard is not None:
            self.has_receipt = True
            by_frames.keep_answers(outbox, heard.answers, self._desk.clock)
            self._told(heard)
        return heard

    def apply_spoken(self, groups: Sequence[str], check: str) -> bool:
        """Apply a receipt that was read aloud; False where it does not fit.

        Misheard names the groups to be read again.
        """
        keys = {self._office.number: [self._office.key]}
        try:
            heard = hear(groups, check, keys)
        except NotAuthentic:
            return False
        return self.apply_all(cut(heard.head, heard.data, self._office.key))

    def apply_all(self, frames: Sequence[bytes]) -> bool:
        """Apply the frames of one message; whether one of them fits."""
        fit = [self.apply(frame) is not None for frame in frames]
        return any(fit)
