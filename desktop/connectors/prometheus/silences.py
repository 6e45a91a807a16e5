"""Acknowledgements as Alertmanager's silences: each for one activation of one alarm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta, timezone
from urllib.parse import quote

import msgspec

from desktop.connectors.http.response import Reply
from desktop.connectors.prometheus.parse import list_items, title_of
from desktop.connectors.prometheus.schema import Alert, Matcher, NewSilence, Silence
from desktop.connectors.shared.aside import is_junk
from desktop.connectors.shared.fields import UNREADABLE, read_item
from desktop.domain.command import Command
from desktop.domain.instant import HOUR, MINUTE, SECOND, Instant, from_datetime, to_datetime
from desktop.domain.localized_text import Text

CHINA = timezone(timedelta(hours=8))
"""China's single time zone; times in texts for officers are in it."""
MARK = re.compile(r"\[county-desk ([0-9a-f]{32})(?: ([\w.~%-]{1,2400}) (\d{1,15}))?\]\Z", re.ASCII)
"""Ends the comment of our own silences: the command's key, then the fingerprint of the alarm and
when the acknowledged activation began, in milliseconds. Earlier versions wrote only the key."""
DOUBT_MS = 5 * SECOND
"""How far two right clocks may differ as their times reach this program."""
MOST_NAMED = 3


class Mark(msgspec.Struct, frozen=True):
    """The contents of the mark in a silence's comment."""

    key: str
    fingerprint: str | None
    """The alarm's, escaped as in the mark; None in a silence of earlier versions."""
    began_at: Instant


def read_silences(reply: Reply) -> list[Silence]:
    """Read the silences of an answer; one that is not fully readable acknowledges nothing."""
    good: list[Silence] = []
    for raw in list_items(reply):
        data = bytes(raw)
        try:
            found, flaws = ((), ()) if is_junk(data) else read_item(data, Silence)
        except UNREADABLE:
            continue
        good += [] if flaws or not found else [found]
    return good


def mark_of(silence: Silence) -> Mark | None:
    """Parse the mark of a silence of ours; None for any other silence."""
    found = MARK.search(silence.comment)
    if found is None:
        return None
    key, fingerprint, began_at = found.groups()
    return Mark(key, fingerprint, int(began_at or 0))


def find_silence_of(silences: Iterable[Silence], key: str) -> Silence | None:
    """Find the silence made by the command with that key, in force or not."""
    marks = ((silence, mark_of(silence)) for silence in silences)
    return next((silence for silence, mark in marks if mark and mark.key == key), None)


def acknowledgement(alert: Alert, silences: Mapping[str, Silence]) -> Silence | None:
    """Return the first silence in force that acknowledges this very activation; None when none
    does.

    A silence applies by labels: it outlives the activation and covers other alarms too. So one of
    ours counts only for the fingerprint it names, and only while `startsAt` is no later than the
    one it names. Alertmanager moves `startsAt` in one direction as long as an alarm lasts: of all
    overlapping times it is sent, it keeps the earliest, so that the slower of two Prometheuses can
    still move it back. A later one is another activation, or the same sent again to a server that
    had lost it; the two cannot be told apart: the alarm asks again.
    """
    ours = (s for i in alert.status.silenced_by if (s := silences.get(i)) and _is_for(s, alert))
    return min(ours, key=lambda silence: silence.starts_at, default=None)


def is_shelved(alert: Alert, silences: Mapping[str, Silence]) -> bool:
    """Whether the alarm has been silenced on purpose.

    A silence of ours does not count: made for another activation or another alarm, it says nothing
    about this one, which is still active.
    """
    told = (silences.get(i) for i in alert.status.silenced_by)
    return any(silence is None or mark_of(silence) is None for silence in told)


def _is_for(silence: Silence, alert: Alert) -> bool:
    mark = mark_of(silence)
    if mark is None:
        return False
    if mark.fingerprint is None:
        return silence.starts_at >= alert.starts_at and _is_exactly(silence.matchers, alert)
    began_at = from_datetime(alert.starts_at)
    return mark.fingerprint == _escape(alert.fingerprint) and began_at <= mark.began_at


def _is_exactly(matchers: Sequence[Matcher], alert: Alert) -> bool:
    wanted = [Matcher(name, value) for name, value in sorted(alert.labels.items())]
    return sorted(matchers, key=lambda matcher: matcher.name) == wanted


def _escape(fingerprint: str) -> str:
    return quote(fingerprint, safe="")


def earlier_acknowledgement(alert: Alert, silences: Iterable[Silence], by: str) -> Text | None:
    """Name the officer of the acknowledgement that another one would repeat; None when it is the
    first.

    A second silence over the same activation would only change the recorded name.
    """
    first = acknowledgement(alert, {silence.id: silence for silence in silences})
    if first is None:
        return None
    when = f"{first.starts_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if first.created_by == by:
        return Text(f"您已于 {when} 确认过", f"You had acknowledged it already at {when}")
    return Text(
        f"{first.created_by} 已于 {when} 先行确认，这一次未另记",
        f"{first.created_by} had acknowledged it already at {when}; this one was not recorded",
    )


def is_fired_anew(alert: Alert, command: Command, now: Instant, offset_ms: int) -> Text | None:
    """Say that this activation began only after the officer's click; None when it did not.

    `now` and `offset_ms` are the server's time and how far it is ahead of this computer's. Of two
    possible moments of the click, the later counts. A start in the future does not count:
    Alertmanager writes an alarm's end there when it was sent without a start.
    """
    clicked_at = command.at
    if command.clock_at is not None and not command.offset_known:
        clicked_at = max(clicked_at, command.clock_at + offset_ms)
    if not clicked_at + DOUBT_MS < from_datetime(alert.starts_at) <= now + DOUBT_MS:
        return None
    when = f"{alert.starts_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return Text(
        f"确认之后，该告警又于 {when} 重新触发；这一次触发未被确认，请看过后再确认",
        f"The alarm fired anew at {when}, after it had been acknowledged; this time has not been"
        " acknowledged: look at it, then acknowledge it again",
    )


def silence_for(
    command: Command, alert: Alert, alerts: Iterable[Alert], now: Instant, hours: float
) -> NewSilence:
    """Build a silence for this activation, as narrow as Alertmanager allows, with our mark.

    Every label of the alert is matched. Labels it has not got, but others of its kind in `alerts`
    have, must be missing: an alert with all of its labels and one of those is not covered. No
    matcher can limit it to this activation.
    """
    given = [Matcher(name, value) for name, value in sorted(alert.labels.items())]
    absent = {name for each in alerts if _is_akin(each, alert) for name in each.labels}
    given += [Matcher(name, "") for name in sorted(absent - alert.labels.keys())]
    mark = f"{command.key} {_escape(alert.fingerprint)} {from_datetime(alert.starts_at)}"
    return NewSilence(
        matchers=tuple(given),
        starts_at=to_datetime(now - MINUTE),
        ends_at=to_datetime(now + round(max(0.1, hours) * HOUR)),
        created_by=command.by or "county-desk",
        comment=f"已确认 / acknowledged [county-desk {mark}]",
    )


def _is_akin(other: Alert, alert: Alert) -> bool:
    name = alert.labels.get("alertname")
    return name is None or other.labels.get("alertname") == name


def widen(silence: NewSilence) -> NewSilence:
    """Return the silence without its must-be-missing labels, which some servers refuse."""
    matchers = tuple(matcher for matcher in silence.matchers if matcher.value)
    return msgspec.structs.replace(silence, matchers=matchers)


def also_covered(matchers: Sequence[Matcher], alert: Alert, alerts: Iterable[Alert]) -> Text:
    """Name the other alarms that a silence made for this one covers; empty when none."""
    others = [
        each
        for each in alerts
        if each.fingerprint != alert.fingerprint
        and all(each.labels.get(matcher.name, "") == matcher.value for matcher in matchers)
    ]
    if not others:
        return Text()
    titles = [title_of(each) for each in others[:MOST_NAMED]]
    zh = "、".join((title.zh or title.en)[:60] for title in titles)
    en = "; ".join((title.en or title.zh)[:60] for title in titles)
    more = "…" if len(others) > MOST_NAMED else ""
    return Text(
        f"该 Alertmanager 只能按标签静默，未能单独静默这一条：另有 {len(others)} 条告警也不再由它"
        f"通知（{zh}{more}）；它们在本台未被确认，仍会提示",
        "This Alertmanager silences by label and could not silence this alarm alone: it no longer"
        f" notifies anybody of {len(others)} more ({en}{more}). They are not acknowledged and"
        " still call here",
    )
