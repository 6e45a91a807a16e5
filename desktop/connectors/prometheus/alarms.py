"""What Alertmanager says, as alarms, and acknowledgements as silences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone

import msgspec

from desktop.connectors.answers import Reply
from desktop.connectors.prometheus.parse import LabelNames, items, target_id, words
from desktop.connectors.prometheus.shape import Alert, Matcher, NewSilence, Silence
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.command import Collection, Command
from desktop.domain.instant import HOUR, MINUTE, Instant, from_datetime, to_datetime
from desktop.domain.source import BadItem
from desktop.domain.text import Text

PRIORITIES = {
    AlarmPriority.HIGH: ("critical", "page", "emergency", "fatal", "high", "p1", "严重", "紧急"),
    AlarmPriority.MEDIUM: ("warning", "warn", "major", "medium", "error", "p2", "警告"),
    AlarmPriority.LOW: ("info", "information", "minor", "low", "notice", "none", "p3", "提示"),
}
PRIORITY_OF = {word: priority for priority, said in PRIORITIES.items() for word in said}
CHINA = timezone(timedelta(hours=8))
"""China keeps one time; words for officers are written in it."""
MARK = re.compile(r"\[county-desk ([0-9a-f]{32})\]")
"""Ends the comment of our own silences; it carries the command's key."""


def read_alerts(reply: Reply) -> tuple[list[Alert], list[BadItem]]:
    """The alerts of an answer; an unreadable one is known by its fingerprint where it has one."""
    raws = reply.decode(list[msgspec.Raw])
    good, bad = items(Collection.ALARMS, raws, Alert, "$")
    return good, [_by_fingerprint(item, raws) for item in bad]


class _Fingerprint(msgspec.Struct):
    fingerprint: str = ""


def _by_fingerprint(item: BadItem, raws: list[msgspec.Raw]) -> BadItem:
    raw = raws[int(item.where[2:-1])]
    try:
        found = msgspec.json.decode(raw, type=_Fingerprint).fingerprint[:200]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return item
    return msgspec.structs.replace(item, where=found or item.where)


def read_silences(reply: Reply) -> list[Silence]:
    """The silences of an answer; one that cannot be read is nobody's acknowledgement."""
    good, _bad = items(Collection.ALARMS, reply.decode(list[msgspec.Raw]), Silence, "$")
    return good


def key_of(silence: Silence) -> str | None:
    """The key of the command a silence of ours was made by."""
    found = MARK.search(silence.comment)
    return found.group(1) if found else None


def alarms(
    source: str, alerts: Iterable[Alert], silences: Iterable[Silence], names: LabelNames
) -> list[Alarm]:
    """Alerts as alarms; the last of two with one fingerprint stands."""
    by_id = {silence.id: silence for silence in silences}
    return list({a.fingerprint: _alarm(source, a, by_id, names) for a in alerts}.values())


def _alarm(source: str, alert: Alert, silences: Mapping[str, Silence], names: LabelNames) -> Alarm:
    labels, notes = alert.labels, alert.annotations
    severity = labels.get(names.severity, "").strip().lower()
    acknowledged = next(
        (s for i in alert.status.silenced_by if (s := silences.get(i)) and key_of(s)), None
    )
    return Alarm(
        source=source,
        id=alert.fingerprint,
        title=words(notes.get("summary") or labels.get("alertname") or alert.fingerprint),
        priority=PRIORITY_OF.get(severity, AlarmPriority.UNKNOWN),
        state=_state(alert, acknowledged),
        raised_at=from_datetime(alert.starts_at),
        township=labels.get(names.township, ""),
        asset=target_id(labels) if "instance" in labels else "",
        cause=next(iter(alert.status.inhibited_by), ""),
        acknowledged_at=None if acknowledged is None else from_datetime(acknowledged.starts_at),
        acknowledged_by="" if acknowledged is None else acknowledged.created_by,
        detail=words(notes.get("description") or notes.get("message") or ""),
    )


def _state(alert: Alert, acknowledged: Silence | None) -> AlarmState:
    """ISA-18.2: our own silence is an acknowledgement, another's a shelf, inhibition is logic."""
    if acknowledged is not None:
        return AlarmState.ACKNOWLEDGED
    if alert.status.silenced_by:
        return AlarmState.SHELVED
    if alert.status.inhibited_by:
        return AlarmState.SUPPRESSED
    if alert.status.state in ("active", "unprocessed"):
        return AlarmState.UNACKNOWLEDGED
    return AlarmState.SHELVED if alert.status.state == "suppressed" else AlarmState.UNKNOWN


def seen_already(alert: Alert, silences: Iterable[Silence], by: str) -> Text | None:
    """Whose acknowledgement a further one would only repeat, in words; None when it is the first.

    A second silence over the same alert would change nothing but who seems to have seen it.
    """
    by_id = {silence.id: silence for silence in silences}
    first = next((s for i in alert.status.silenced_by if (s := by_id.get(i)) and key_of(s)), None)
    if first is None:
        return None
    when = f"{first.starts_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if first.created_by == by:
        return Text(f"您已于 {when} 确认过", f"You had acknowledged it already at {when}")
    return Text(
        f"{first.created_by} 已于 {when} 先行确认，这一次未另记",
        f"{first.created_by} had acknowledged it already at {when}; this one was not recorded",
    )


def silence_for(command: Command, alert: Alert, now: Instant, hours: float) -> NewSilence:
    """A silence that matches exactly this alert's labels and tells whose command it is.

    Alertmanager silences by label: another alert with all of these labels and more
    would be covered too, which is as narrow as it allows.
    """
    return NewSilence(
        matchers=tuple(Matcher(name, value) for name, value in sorted(alert.labels.items())),
        starts_at=to_datetime(now - MINUTE),
        ends_at=to_datetime(now + round(max(0.1, hours) * HOUR)),
        created_by=command.by or "county-desk",
        comment=f"已确认 / acknowledged [county-desk {command.key}]",
    )
