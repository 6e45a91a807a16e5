"""A warning in words, the same in list, strip, wall, sheet and export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication

from desktop.application.i18n import Words
from desktop.domain.certainty import Certainty, Known
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.warning import Alertness, Warning, alertness
from desktop.gui import formatting
from desktop.gui.symbols import WARNING_SIGNS

translate = QCoreApplication.translate


def headline(warning: Warning, words: Words) -> str:
    """Return its headline; any status but actual comes before it."""
    said = formatting.in_one_line(words.text(warning.headline), 200)
    if warning.is_plain:
        return said
    return f"[{words.term('warning_status', warning.status)}] {said}"


def level(warning: Warning, words: Words) -> str:
    """Return the word of its legal colour."""
    return words.term("warning_level", warning.level)


def rule(warning: Warning, _words: Words) -> str:
    """Return a remark if its level is our reading and not the issuer's."""
    return formatting.by_county_rule() if warning.level_is_ours else ""


def area(warning: Warning, townships: Mapping[str, Township], words: Words) -> str:
    """Return its area in its own words, or the townships it lists."""
    if warning.area:
        return formatting.in_one_line(words.text(warning.area), 200)
    return names(warning, townships, words)


def names(warning: Warning, townships: Mapping[str, Township], words: Words) -> str:
    """Return the names of the townships it lists."""
    found = (words.text(townships[t].name) for t in warning.townships if t in townships)
    return formatting.in_one_line(translate("Warnings", ", ").join(found), 400)


def begins(warning: Warning, now: Instant) -> str:
    """Return its start; one in the future is worded differently from one in the past."""
    at = warning.starts_at or warning.issued_at
    if at > now:
        return translate("Warnings", "not before {time}").format(time=formatting.moment(at, now))
    return translate("Warnings", "from {time}").format(time=formatting.moment(at, now))


UnreadEnds = frozenset[tuple[str, str]]
"""Source and id of warnings whose end could not be read."""
NO_ENDS: UnreadEnds = frozenset()


def ends(warning: Warning, now: Instant, unread: UnreadEnds = NO_ENDS) -> str:
    """Return its end; one that could not be read is worded differently from none."""
    if warning.ends_at is None:
        # One message may be several rows, numbered behind its own id.
        if (warning.source, warning.id.partition(" #")[0]) in unread:
            return translate("Warnings", "end could not be read")
        return translate("Warnings", "until lifted")
    return translate("Warnings", "to {time}").format(time=formatting.moment(warning.ends_at, now))


def over(warning: Warning, now: Instant, words: Words) -> str:
    """Return when it was lifted, and by whom, or ran out; empty while it is in force."""
    at = warning.over_at()
    if at is None:
        return ""
    if at != warning.lifted_at:
        return translate("Warnings", "ran out {time}").format(time=formatting.moment(at, now))
    said = translate("Warnings", "lifted {time}").format(time=formatting.moment(at, now))
    by = formatting.in_one_line(words.text(warning.lifted_by), 60)
    return f"{said} · {by}" if by else said


def signature(warning: Warning) -> str:
    """Return whether it is signed; a signature is shown as unchecked."""
    if warning.signed:
        return translate("Warnings", "signature unchecked")
    return translate("Warnings", "unsigned")


def outline(warning: Warning) -> str:
    """Return a remark if the map cannot show it."""
    if warning.rings or warning.townships:
        return ""
    return translate("Warnings", "not on the map: no outline")


def summary(found: Alertness, words: Words) -> str:
    """Summarize warnings for strip and wall: the gravest level and how many there are."""
    return " · ".join(part for part in (highest(found, words), exercises(found)) if part)


def highest(found: Alertness, words: Words) -> str:
    """Return the gravest level of the actual warnings and their number; empty if there is none."""
    if found.level is None:
        return ""
    level = words.term("warning_level", found.level)
    if found.at_level == found.count:
        said = translate("Warnings", "%n warning(s), {level}", "", found.count)
    else:
        said = translate("Warnings", "%n warning(s), highest {level}", "", found.count)
    said = said.format(level=level)
    return f"{said} · {formatting.by_county_rule()}" if found.level_is_ours else said


def exercises(found: Alertness) -> str:
    """Return the number of warnings that are no actual ones."""
    if not found.others:
        return ""
    return translate("Warnings", "%n exercise(s) or test(s)", "", found.others)


def mark(found: Alertness, known: Known, words: Words) -> tuple[WarningLevel | None, str, str]:
    """Return the mark of strip and wall: level, words and the token of their colour.

    No words if there are no warnings, and the doubt if that is not certain.
    """
    unread = ""
    if known.unread:
        unread = translate("Warnings", "%n could not be read", "", known.unread)
    said = [part for part in (highest(found, words), unread, exercises(found)) if part]
    if found.count or found.others:
        return found.level, " · ".join(said), "text"
    if known.is_certain or known.certainty is Certainty.NO_SOURCE:
        return None, "", "second"
    doubt = unread or words.term("certainty", known.certainty)
    return None, translate("Warnings", "Warnings: {doubt}").format(doubt=doubt), "orange"


def more(rest: Sequence[Warning], words: Words) -> str:
    """Return how many more there are of each level, for a list that is full."""
    counts = Counter(w.level for w in rest if w.is_actual)
    ours = Counter(w.level for w in rest if w.is_actual and w.level_is_ours)
    levels = (
        f"{WARNING_SIGNS[each]} {words.term('warning_level', each)} {counts[each]}"
        + (translate("Warnings", " (%n by county rule)", "", ours[each]) if ours[each] else "")
        for each in WarningLevel
        if counts[each]
    )
    said = translate("Warnings", "and %n more", "", len(rest))
    return " · ".join(part for part in (said, *levels, exercises(alertness(rest))) if part)


def sentence(
    warning: Warning,
    townships: Mapping[str, Township],
    now: Instant,
    words: Words,
    unread: UnreadEnds = NO_ENDS,
) -> str:
    """Describe a warning in one line, for copies and screen readers."""
    parts = (
        f"{WARNING_SIGNS[warning.level]} {level(warning, words)}",
        rule(warning, words),
        headline(warning, words),
        area(warning, townships, words),
        f"{begins(warning, now)} {ends(warning, now, unread)}",
        "" if warning.in_force(now) else over(warning, now, words),
        formatting.in_one_line(words.text(warning.issuer), 100),
        signature(warning),
        outline(warning),
    )
    return " · ".join(part for part in parts if part)
