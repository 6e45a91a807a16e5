"""Wording shared by the screens: times, spans, countdowns, safe tooltips."""

from __future__ import annotations

import html
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics

from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.freshness import Freshness
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant, from_datetime
from desktop.domain.localized_text import FSI, PDI
from desktop.domain.source import SourceStatus

translate = QCoreApplication.translate

NOTHING = "—"
"""Stands for a figure that was not told."""
SHOWN_CHARS = 600
"""A label never needs more of a text; measuring megabytes would freeze the window."""


_zone: list[tzinfo | None] = [None]


def show_times_in(zone: tzinfo | None) -> None:
    """Show all times in the county's zone; None means this computer's."""
    _zone[0] = zone


def local(at: Instant) -> datetime:
    """The instant on the county's wall clocks."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(_zone[0])


def from_local(there: datetime) -> Instant:
    """The instant at which the county's wall clocks show this date and time."""
    return from_datetime(there.replace(tzinfo=_zone[0]) if _zone[0] else there.astimezone())


def clock_time(at: Instant, seconds: bool = True) -> str:
    """The local time of day, `14:03:22` or `14:03`."""
    return local(at).strftime("%H:%M:%S" if seconds else "%H:%M")


def at_least(said: str, words: Words) -> str:
    """A time, or what grows with it: `≥` before it where now is only the least it can be."""
    return f"≥ {said}" if words.is_later() else said


def moment(at: Instant, now: Instant) -> str:
    """The local time of day, with the date before it when it is not today."""
    then, today = local(at), local(now)
    if then.date() == today.date():
        return then.strftime("%H:%M")
    return then.strftime("%m-%d %H:%M" if then.year == today.year else "%Y-%m-%d %H:%M")


def date_time(at: Instant) -> str:
    """The local date and time to the second, for copies and exports."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def countdown(due_at: Instant, now: Instant, words: Words) -> str:
    """What is left as `00:12:40`, overdue as `-00:08:15`; beyond a day in days.

    `≤` before it where now is only the least that the time can be.
    """
    left = due_at - now
    sign, length = ("-", -left) if left < 0 else ("", left)
    if words.is_later():
        sign = f"≤ {sign}"
    if length >= DAY:
        return sign + words.span(length)
    return sign + hours(length)


def format_elapsed(since: Instant, now: Instant) -> str:
    """How long something has lasted, as `00:00:41`; hours grow beyond a day.

    What begins later than now has a minus: a clock is wrong.
    """
    sign, length = ("-", since - now) if since > now else ("", now - since)
    return sign + hours(length)


def hours(length: int, *, short: bool = False) -> str:
    """A length of time as `00:12:40`; `short` without what it does not need: `12:40`, `1:05:00`."""
    whole, minutes, seconds = length // HOUR, length % HOUR // MINUTE, length % MINUTE // SECOND
    if short:
        return f"{whole}:{minutes:02}:{seconds:02}" if whole else f"{minutes:02}:{seconds:02}"
    return f"{whole:02}:{minutes:02}:{seconds:02}"


def wait(seconds: int | None) -> str:
    """A wait as people say it: `47 min`, `1 h 50 min`; a dash when it was not told."""
    if seconds is None:
        return NOTHING
    whole, minutes = divmod(max(0, seconds) // 60, 60)
    if not whole:
        return translate("Queues", "{minutes} min").format(minutes=minutes)
    return translate("Queues", "{hours} h {minutes} min").format(hours=whole, minutes=minutes)


def size(count: int) -> str:
    """An amount of bytes as people say it: `640 B`, `31 KB`, `12.3 MB`."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"


def rate(bits_per_s: float) -> str:
    """A line's speed as people say it: `128 kbit/s`, `4.2 Mbit/s`."""
    if bits_per_s < 1_000_000:
        return f"{bits_per_s / 1_000:.0f} kbit/s"
    return f"{bits_per_s / 1_000_000:.1f} Mbit/s"


def state_mark(state: CommandState) -> str:
    """The shape of a state, so that no colour has to say it alone."""
    return _STATE_MARKS[state]


def command_state(known: CommandState, words: Words) -> str:
    """A state with its shape and its word."""
    return f"{state_mark(known)} {words.term('command_state', known)}"


def record_state(record: CommandRecord, words: Words) -> str:
    """A command's state with its shape; of a held one, what it waits for."""
    if record.state is CommandState.HELD and record.hold is not Hold.NONE:
        return f"{state_mark(record.state)} {words.term('hold', record.hold)}"
    return command_state(record.state, words)


_STATE_MARKS = {
    CommandState.STORED: "○",
    CommandState.SENT: "→",
    CommandState.RECEIVED: "◑",
    CommandState.ACCEPTED: "✓",
    CommandState.REJECTED: "✕",
    CommandState.CONFLICT: "≠",
    CommandState.HELD: "□",
    CommandState.CANCELLED: "–",
    CommandState.GIVEN_UP: "?",
}


def freshness_mark(freshness: Freshness) -> str:
    """The shape of a source's freshness: full, half, empty."""
    return {Freshness.FRESH: "●", Freshness.AGEING: "◐"}.get(freshness, "○")


def source_mark(source: SourceStatus, now: Instant) -> str:
    """The shape of a source: full only where it is fresh and all of it could be read."""
    freshness = source.freshness(now)
    if source.bad_items and freshness is Freshness.FRESH:
        freshness = Freshness.AGEING
    return freshness_mark(freshness)


def oldest(statuses: tuple[SourceStatus, ...], now: Instant) -> SourceStatus | None:
    """The source whose data may be believed least, or None when there is no source."""
    order = (Freshness.FRESH, Freshness.AGEING, Freshness.STALE, Freshness.UNKNOWN)
    return max(
        statuses,
        key=lambda s: (order.index(s.freshness(now)), now - (s.last_good_at or 0)),
        default=None,
    )


def data_age(statuses: tuple[SourceStatus, ...], now: Instant, words: Words) -> str:
    """How old what a pane shows is, by the worst of the sources that fill it."""
    source = oldest(statuses, now)
    if source is None:
        return translate("Phrases", "no source fills this")
    if source.last_good_at is None:
        return translate("Phrases", "{source}: {said}").format(
            source=words.text(source.title), said=unheard(source)
        )
    return translate("Phrases", "data {time} · {age}").format(
        time=clock_time(source.last_good_at), age=words.age(now - source.last_good_at)
    )


def short_age(source: SourceStatus | None, now: Instant, words: Words) -> str:
    """The same in as few words as stay true."""
    if source is None:
        return ""
    if source.last_good_at is None:
        return unheard(source)
    return words.age(now - source.last_good_at)


def unheard(source: SourceStatus) -> str:
    """What is said of a source that has never given all it has."""
    if source.partial:
        return translate("Phrases", "not all received yet")
    return translate("Phrases", "never received")


def trouble(source: SourceStatus, now: Instant, words: Words) -> str:
    """Since when a source fails and what that means, or nothing when it is well."""
    if source.problem is None:
        return ""
    since = source.failing_since or now
    return translate("Phrases", "{source} failing since {time}").format(
        source=words.text(source.title), time=moment(since, now)
    )


def unread_lines(source: SourceStatus, words: Words) -> list[str]:
    """How many items of each collection of a source could not be read, then how many fields of
    those that could, a line each; and what cannot be compared for it."""
    items = translate("Phrases", "{collection}: {n} could not be read")
    fields = translate("Phrases", "{collection}: {n} fields could not be read")
    uncompared = "{collection}: {n} · " + words.term("spoiled", "uncompared")
    kinds = (items, source.unread), (fields, source.spoiled), (uncompared, source.uncompared)
    return [
        said.format(collection=words.term("collection", collection), n=count)
        for said, counts in kinds
        for collection, count in sorted(counts.items())
        if count
    ]


def by_county_rule() -> str:
    """Said beside a warning's level that is our own reading and not its issuer's word."""
    return translate("Warnings", "by county rule")


def in_one_line(text: str, chars: int = SHOWN_CHARS) -> str:
    """A backend's text without breaks or control characters, cut to what can be shown.

    Format characters are seen, and what is written from the right stays within itself.
    """
    cut = text[: chars + 1]
    if cut.isascii() and cut.isprintable():
        return cut[:chars] + "…" if len(cut) > chars else cut
    if len(cut) > chars:
        cut = cut[:chars] + "…" + PDI * (cut[:chars].count(FSI) - cut[:chars].count(PDI))
    return plain(cut)


def in_lines(text: str, chars: int = 8 * SHOWN_CHARS) -> str:
    """The same for a text that wraps: its line breaks stay."""
    cut = text if len(text) <= chars else text[:chars] + "…"
    return "\n".join(in_one_line(line, chars) for line in cut.splitlines())


def elide(text: str, metrics: QFontMetrics, width: int) -> str:
    """The text cut to a width in pixels, in time that does not depend on its length."""
    return metrics.elidedText(in_one_line(text), Qt.TextElideMode.ElideRight, max(0, width))


def without_stop(sentence: str) -> str:
    """A sentence as it stands on a button or in a row of short words."""
    return sentence.rstrip("。.")


def plain_tip(text: str) -> str:
    """A tooltip that shows backend text as it is: Qt would guess rich text from its tags."""
    shown = html.escape(in_lines(text, 4 * SHOWN_CHARS))
    return f"<span>{shown.replace(chr(10), '<br>')}</span>"
