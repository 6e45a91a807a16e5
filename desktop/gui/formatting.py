"""Text formats that the screens share: times, spans, countdowns, safe tooltips."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics

from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words, choose_unit
from desktop.domain.command import Collection, CommandRecord, CommandState, Hold
from desktop.domain.freshness import Freshness
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant, from_datetime
from desktop.domain.localized_text import FSI, PDI
from desktop.domain.source import ProbeResult, Progress, SourceStatus

translate = QCoreApplication.translate

NOTHING = "—"
"""Shown in place of a figure that was not reported."""
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
SHOWN_CHARS = 600
PRODUCT_CHARS = 120
"""Most characters of a text in a label; measuring megabytes would freeze the window."""


_zone: list[tzinfo | None] = [None]


def show_times_in(zone: tzinfo | None) -> None:
    """Set the county's time zone for all times; None means this computer's."""
    _zone[0] = zone


def local(at: Instant) -> datetime:
    """Convert an instant to the county's local time."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(_zone[0])


def from_local(there: datetime) -> Instant:
    """Convert the county's local date and time to an instant."""
    return from_datetime(there.replace(tzinfo=_zone[0]) if _zone[0] else there.astimezone())


def clock_time(at: Instant, seconds: bool = True) -> str:
    """Format the local time of day, `14:03:22` or `14:03`."""
    return _clock_time(at // 1000, "%H:%M:%S" if seconds else "%H:%M", _zone[0])


@lru_cache(256)
def _clock_time(at_s: int, pattern: str, _zone: tzinfo | None) -> str:
    return local(at_s * 1000).strftime(pattern)


def at_least(said: str, words: Words) -> str:
    """Put `≥` before a time, or a figure that grows with it, while the present time is a
    minimum."""
    return f"≥ {said}" if words.is_later() else said


def moment(at: Instant, now: Instant) -> str:
    """Format the local time of day, with the date before it when it is not today."""
    then, today = local(at), local(now)
    if then.date() == today.date():
        return then.strftime("%H:%M")
    return then.strftime("%m-%d %H:%M" if then.year == today.year else "%Y-%m-%d %H:%M")


def date_time(at: Instant) -> str:
    """Format the local date and time to the second, for copies and exports."""
    return local(at).strftime("%Y-%m-%d %H:%M:%S")


def countdown(due_at: Instant, now: Instant, words: Words) -> str:
    """Format the time left as `00:12:40`, overdue as `-00:08:15`; long ones as `say_length` does.

    `≤` comes before it while the present time is a minimum.
    """
    left = due_at - now
    sign, length = ("-", -left) if left < 0 else ("", left)
    if words.is_later():
        sign = f"≤ {sign}"
    return sign + (say_length(length, words) or hours(length))


def say_left(due_at: Instant, now: Instant, words: Words) -> str:
    """Describe the time left in words that a voice reads well: `12 min left`, `overdue for 8 min`;
    of `-00:08:15` some leave the minus out."""
    left = due_at - now
    if left < 0:
        lasted = words.format_lasted(-left)
        return translate("Phrases", "overdue for {span}").format(span=lasted)
    at_most = translate("Phrases", "at most {span} left")
    said = at_most if words.is_later() else translate("Phrases", "{span} left")
    return said.format(span=words.span(left))


def say_length(length: int, words: Words) -> str:
    """Format a length of time in hours and minutes, beyond a day in days; empty below an hour,
    where seconds count: a list whose every row ticks does not show which of them press."""
    unit = choose_unit(length)
    if unit == HOUR:
        return say_hours(length)
    return words.span(length) if unit == DAY else ""


def say_hours(length: int) -> str:
    """Format a length of time in hours and minutes: `1h 50m`."""
    said = translate("Phrases", "{hours}h {minutes}m")
    return said.format(hours=length // HOUR, minutes=length % HOUR // MINUTE)


def step_of_length(length: int) -> tuple[int, int]:
    """Return what is another once `countdown` says a length of time otherwise: below a day it says
    more than the largest unit."""
    unit = choose_unit(length)
    least = {HOUR: MINUTE, MINUTE: SECOND}.get(unit, unit)
    return least, length // least


def step_of_age(at: Instant | None, now: Instant) -> tuple[int, int] | None:
    """Return what is another once `Words.age` says otherwise how old something is."""
    if at is None:
        return None
    unit = choose_unit(now - at)
    return unit, (now - at) // unit


def step_of_ages(
    statuses: Iterable[SourceStatus], now: Instant, words: Words, *, by_minute: bool = False
) -> object:
    """Return what is another once a pane may say otherwise how old it is: of fresh sources only
    the minute is told, and `by_minute` of all."""
    ages = [(s.freshness(now), step_of_age(s.last_good_at, now)) for s in statuses]
    if by_minute:
        ages = [(f, step if step is None or step[0] != SECOND else None) for f, step in ages]
    is_later = words.is_later()
    if not is_later and all(freshness is Freshness.FRESH for freshness, _ in ages):
        ages = []
    return ages, now // MINUTE, is_later, words.language


def format_elapsed(since: Instant, now: Instant, words: Words) -> str:
    """Format an elapsed time as `00:00:41`; long ones as `say_length` does.

    A start in the future gets a minus: a clock is wrong.
    """
    sign, length = ("-", since - now) if since > now else ("", now - since)
    return sign + (say_length(length, words) or hours(length))


def hours(length: int) -> str:
    """Format a length of time as `00:12:40`."""
    return f"{length // HOUR:02}:{minutes_of_hour(length)}"


def minutes_of_hour(length: int) -> str:
    """Format what a length of time is beyond whole hours as `12:40`."""
    return f"{length % HOUR // MINUTE:02}:{length % MINUTE // SECOND:02}"


def wait(seconds: int | None) -> str:
    """Format a wait in everyday form: `47 min`, `1h 50m`; a dash when it was not reported."""
    if seconds is None:
        return NOTHING
    length = max(0, seconds) * SECOND
    if length >= HOUR:
        return say_hours(length)
    return translate("Queues", "{minutes} min").format(minutes=length // MINUTE)


def size(count: int) -> str:
    """Format an amount of bytes: `640 B`, `31 KB`, `12.3 MB`."""
    if count < 1_000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1_000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"


def rate(bits_per_s: float) -> str:
    """Format a link's speed: `128 kbit/s`, `4.2 Mbit/s`."""
    if bits_per_s < 1_000_000:
        return f"{bits_per_s / 1_000:.0f} kbit/s"
    return f"{bits_per_s / 1_000_000:.1f} Mbit/s"


def state_mark(state: CommandState) -> str:
    """Return the shape of a state, so that meaning never depends on colour alone."""
    return _STATE_MARKS[state]


def command_state(known: CommandState, words: Words) -> str:
    """Return a state's shape and word."""
    return f"{state_mark(known)} {words.term('command_state', known)}"


def record_state(record: CommandRecord, words: Words) -> str:
    """Return a command's state with its shape; for a held one, what it waits for."""
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
    """Return the shape of a source's freshness: full, half, empty."""
    return {Freshness.FRESH: "●", Freshness.AGEING: "◐"}.get(freshness, "○")


def source_mark(source: SourceStatus, now: Instant) -> str:
    """Return the shape of a source: full only if it is fresh and all of it could be read."""
    freshness = source.freshness(now)
    if source.bad_items and freshness is Freshness.FRESH:
        freshness = Freshness.AGEING
    return freshness_mark(freshness)


def oldest(statuses: tuple[SourceStatus, ...], now: Instant) -> SourceStatus | None:
    """Find the source with the least fresh data; None when there is no source."""
    order = (Freshness.FRESH, Freshness.AGEING, Freshness.STALE, Freshness.UNKNOWN)
    return max(
        statuses,
        key=lambda s: (order.index(s.freshness(now)), now - (s.last_good_at or 0)),
        default=None,
    )


def data_age(
    statuses: tuple[SourceStatus, ...], now: Instant, words: Words, *, is_brief: bool = False
) -> str:
    """Describe how old a pane's data are, by the least fresh of its sources; in brief only of which
    minute they are."""
    source = oldest(statuses, now)
    if source is None:
        return translate("Phrases", "no source fills this")
    if source.last_good_at is None:
        return translate("Phrases", "{source}: {said}").format(
            source=words.text(source.title), said=unheard(source)
        )
    if is_brief:
        return translate("Phrases", "data {time}").format(time=moment(source.last_good_at, now))
    return translate("Phrases", "data {time} · {age}").format(
        time=clock_time(source.last_good_at), age=words.age(now - source.last_good_at)
    )


def short_age(
    source: SourceStatus | None, now: Instant, words: Words, *, is_brief: bool = False
) -> str:
    """Describe a source's age in as few words as stay true; in brief, by its time alone."""
    if source is None:
        return ""
    if source.last_good_at is None:
        return unheard(source)
    if is_brief:
        return moment(source.last_good_at, now)
    return words.age(now - source.last_good_at)


def unheard(source: SourceStatus) -> str:
    """Describe a source that has never given all its rows."""
    if source.progress is not None:
        return describe_progress(source.progress)
    if source.partial:
        return translate("Phrases", "not all received yet")
    if source.awaited:
        return translate("Phrases", "waiting for its answer")
    return translate("Phrases", "never received")


def describe_progress(progress: Progress) -> str:
    """Describe how many rows of how many have come, and the seconds to go once they are known."""
    if progress.rows >= progress.of and progress.share >= 1.0:
        return translate("Phrases", "all {of} rows are here, being stored").format(
            of=f"{progress.of:,}"
        )
    said = translate("Phrases", "{rows} of {of} rows").format(
        rows=f"{progress.rows:,}", of=f"{progress.of:,}"
    )
    if progress.left_s is None:
        return said
    left = translate("Phrases", "about {seconds} s to go").format(seconds=progress.left_s)
    return f"{said} · {left}"


def trouble(source: SourceStatus, now: Instant, words: Words) -> str:
    """Return since when a source fails; empty when it works, or its first answer is still due."""
    if source.problem is None or source.awaited:
        return ""
    since = source.failing_since or now
    return translate("Phrases", "{source} failing since {time}").format(
        source=words.text(source.title), time=moment(since, now)
    )


def unread_lines(source: SourceStatus, words: Words) -> list[str]:
    """List per collection of a source how many items, then how many fields could not be read, and
    what its checksums cannot compare; one line each."""

    items = translate("Phrases", "{collection}: {n} could not be read")
    uncompared = "{collection}: {n} · " + words.term("spoiled", "uncompared")

    def say(said: str, collection: Collection, count: int) -> str:
        return said.format(collection=words.term("collection", collection), n=count)

    def fields(count: int) -> str:
        return translate("Phrases", "{collection}: %n field(s) could not be read", "", count)

    return [
        *(say(items, what, count) for what, count in sorted(source.unread.items()) if count),
        *(say(fields(n), what, n) for what, n in sorted(source.spoiled.items()) if n),
        *(say(uncompared, what, n) for what, n in sorted(source.uncompared.items()) if n),
    ]


def describe_found(found: ProbeResult, words: Words) -> str:
    """Say what a probe found: the product, its rows, and how far its clock is from ours."""
    comma = translate("SourcesSheet", ", ")
    counts = comma.join(
        f"{words.term('collection', c)} {n}" for c, n in sorted(found.counts.items())
    )
    parts = [
        in_one_line(found.product, PRODUCT_CHARS),
        counts or comma.join(words.term("collection", c) for c in sorted(found.fills)),
    ]
    if found.clock_offset_ms is not None:
        clock = translate("SourcesSheet", "clock {seconds} s")
        parts.append(clock.format(seconds=f"{found.clock_offset_ms / 1000:+.1f}"))
    return " · ".join(part for part in parts if part)


def by_county_rule() -> str:
    """Return the remark for a warning's level that is our own reading and not its issuer's."""
    return translate("Warnings", "by county rule")


def in_one_line(text: str, chars: int = SHOWN_CHARS) -> str:
    """Return a backend's text without breaks or control characters, cut to a displayable length.

    Format characters are made visible, and right-to-left text cannot reorder what follows.
    """
    cut = text[: chars + 1]
    if cut.isascii() and cut.isprintable():
        return cut[:chars] + "…" if len(cut) > chars else cut
    if len(cut) > chars:
        cut = cut[:chars] + "…" + PDI * (cut[:chars].count(FSI) - cut[:chars].count(PDI))
    return plain(cut)


def in_lines(text: str, chars: int = 8 * SHOWN_CHARS) -> str:
    """Return a backend's text as `in_one_line` does, but with its line breaks."""
    cut = text if len(text) <= chars else text[:chars] + "…"
    return "\n".join(in_one_line(line, chars) for line in cut.splitlines())


def elide(text: str, metrics: QFontMetrics, width: int) -> str:
    """Cut the text to a width in pixels, in time that does not depend on its length."""
    return metrics.elidedText(in_one_line(text), Qt.TextElideMode.ElideRight, max(0, width))


def without_stop(sentence: str) -> str:
    """Return a sentence without its full stop, for a button or a row of short words."""
    return sentence.rstrip("。.")


def plain_tip(text: str) -> str:
    """Return a tooltip that shows backend text as it is: Qt would guess rich text from its tags.

    Of a widget: `widgets.accessible.set_tip`, as readers of the screen are told tooltips too.
    """
    if not text:
        return ""
    shown = in_lines(text, 4 * SHOWN_CHARS).translate(_ESCAPED)
    return f"<span>{shown.replace(chr(10), '<br>')}</span>"
