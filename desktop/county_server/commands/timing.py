"""When a command was given: the desk's time, corrected, bounded, and noted in the timeline."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from desktop.county_server.rules.incident_rules import say_moment
from desktop.county_server.rules.rejection import Refused
from desktop.protocol.limits import CARRIED_DAYS
from desktop.wire.level1 import MAX_TEXT, Command, Deadline, Incident, Phrase, TimelineEntry

TOLERANCE = timedelta(minutes=1)
"""The difference, of clocks and by the message's travel, that is accepted without a note."""
OLDEST_CARRIED = timedelta(days=CARRIED_DAYS)


class Timing(msgspec.Struct, frozen=True):
    """The moments of one command."""

    given_at: datetime
    """When the command was given, by the county's clock; deadlines are judged by this."""
    received_at: datetime
    reading: datetime
    """What the desk's own clock showed."""
    is_bounded: bool = False
    """Whether the desk's time is impossible and was replaced by the earliest possible one."""
    other: datetime | None = None
    """The other possible moment, where the desk's clock was set meanwhile or was wrong."""

    def words(self, before: Incident | None, after: Incident | None) -> Phrase | None:
        """Describe corrections and lateness for the officer; None when there is nothing to note."""
        said = [each for each in (self._clock_words(), self._late_words(before, after)) if each]
        if not said:
            return None
        return Phrase("；".join(each.zh for each in said), "; ".join(each.en for each in said))

    def mark(self, before: Incident | None, after: Incident) -> Incident:
        """Return the incident with those words added to its newest timeline entry."""
        said = self.words(before, after)
        old = () if before is None else before.timeline
        if said is None or len(after.timeline) <= len(old):
            return after
        *others, last = after.timeline
        return msgspec.structs.replace(after, timeline=(*others, *_mark(last, said)))

    def _clock_words(self) -> Phrase | None:
        shown, given = _safely(self.reading), say_moment(self.given_at)
        if self.is_bounded:
            return Phrase(
                f"席位时钟示 {shown}，早于所办事项，按 {given} 计",
                f"the desk's clock read {shown}, before what this acts on: counted as {given}",
            )
        if abs(self.reading - self.given_at) > TOLERANCE:
            return Phrase(
                f"席位时钟示 {shown}，已按县平台时间校正",
                f"the desk's clock read {shown}: corrected by the county's",
            )
        if self.other is not None and abs(self.other - self.given_at) > TOLERANCE:
            earlier = _safely(self.other)
            return Phrase(
                f"席位时钟有误，也可能是 {earlier}，按较晚者计",
                f"the desk's clock was wrong: it may have been {earlier}, the later counts",
            )
        return None

    def _late_words(self, before: Incident | None, after: Incident | None) -> Phrase | None:
        """Describe a deadline that passed between the giving and the arrival of the command."""
        if before is None or after is None:
            return None
        changed = (
            old
            for old, new in zip(before.deadlines, after.deadlines, strict=True)
            if _is_used(old, new) and self.given_at <= old.due_at < self.received_at
        )
        due = next((say_moment(each.due_at) for each in changed), None)
        if due is None:
            return None
        came = say_moment(self.received_at)
        return Phrase(
            f"时限 {due}，县平台 {came} 收到，以办理时间为准计为按时",
            f"due {due}, received {came}: in time by when it was done",
        )


def judge(
    command: Command, offset_ms: int, received_at: datetime, earliest: datetime | None
) -> Timing:
    """Determine when the command was given; Refused when that lies in the future.

    The desk's clock plus the offset comes first. Where that is impossible, `at` may be right: the
    clock was set between the click and the sending. `earliest` is when the target was made.
    """
    reading = command.at if command.clock is None else command.clock
    told = [command.at]
    if command.clock is not None and (corrected := _shift(command.clock, offset_ms)) is not None:
        told.insert(0, corrected)
    possible = [each for each in told if each <= received_at + TOLERANCE]
    if not possible:
        raise Refused(
            f"指令时间 {_safely(told[0])} 晚于县平台时间 {say_moment(received_at)}，"
            "请校准本机时钟后重新下达",
            f"Given at {_safely(told[0])}, which is after the county's {say_moment(received_at)}: "
            "set this computer's clock and give it again",
        )
    if earliest is not None:
        floor = min(earliest, received_at)
        possible = [max(each, floor) for each in possible if each >= floor - TOLERANCE]
        if not possible:
            return Timing(floor, received_at, reading, is_bounded=True)
    # Of two possible times the later: even if a clock was set meanwhile, nothing is dated back.
    given_at = min(max(possible), received_at)
    return Timing(given_at, received_at, reading, other=min(possible))


def may_be_forgotten(command: Command, offset_ms: int, now: datetime) -> bool:
    """Whether a carried command, of which no key is on record, may have been done and forgotten.

    Any of its times that is so old counts: which of them is right is not known any more.
    """
    told = [command.at]
    if command.clock is not None and (corrected := _shift(command.clock, offset_ms)) is not None:
        told.append(corrected)
    return now - min(told) > OLDEST_CARRIED


def _shift(when: datetime, offset_ms: int) -> datetime | None:
    """Return the moment shifted by the offset; None beyond the calendar."""
    try:
        return when + timedelta(milliseconds=offset_ms)
    except OverflowError:
        return None


def _safely(when: datetime) -> str:
    """Format the moment, also at the calendar's end."""
    try:
        return say_moment(when)
    except OverflowError:
        return f"{when:%Y-%m-%d}"


def _is_used(old: Deadline, new: Deadline) -> bool:
    """Whether the command met or moved this deadline."""
    return (old.done_at is None and new.done_at is not None) or old.due_at != new.due_at


def _mark(entry: TimelineEntry, said: Phrase) -> tuple[TimelineEntry, ...]:
    """Append the words to the entry, or add an entry with them where it has no room."""
    text = entry.text if isinstance(entry.text, Phrase) else Phrase(entry.text)
    zh, en = f"{text.zh}（{said.zh}）", f"{text.en or text.zh} ({said.en})"
    if max(len(zh), len(en)) > MAX_TEXT:
        return entry, msgspec.structs.replace(entry, text=said)
    return (msgspec.structs.replace(entry, text=Phrase(zh, en)),)
