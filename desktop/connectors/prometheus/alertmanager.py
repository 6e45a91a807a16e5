"""Convert Alertmanager's alerts to alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from desktop.connectors.http.response import Reply
from desktop.connectors.prometheus.parse import (
    LabelNames,
    items,
    list_items,
    target_id,
    title_of,
    words,
)
from desktop.connectors.prometheus.schema import Alert, Silence
from desktop.connectors.prometheus.silences import acknowledgement, is_shelved
from desktop.connectors.shared.aside import Aside
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.command import Collection
from desktop.domain.instant import from_datetime
from desktop.domain.source import UnreadableItem
from desktop.protocol.limits import ID_CHARS

PRIORITIES = {
    AlarmPriority.HIGH: ("critical", "page", "emergency", "fatal", "high", "p1", "严重", "紧急"),
    AlarmPriority.MEDIUM: ("warning", "warn", "major", "medium", "error", "p2", "警告"),
    AlarmPriority.LOW: ("info", "information", "minor", "low", "notice", "none", "p3", "提示"),
}
PRIORITY_OF = {word: priority for priority, said in PRIORITIES.items() for word in said}


def read_alerts(
    reply: Reply, aside: Aside | None = None
) -> tuple[list[Alert], tuple[UnreadableItem, ...]]:
    """Read the alerts of an answer; an unreadable one is identified by its fingerprint if it has
    one."""
    aside = aside or Aside()
    alerts, _ = items(Collection.ALARMS, list_items(reply), Alert, "$", aside, _fingerprint_of)
    met: set[str] = set()
    for fingerprint in (alert.fingerprint for alert in alerts):
        if fingerprint in met:
            reason = "the id occurs twice; the last one stands"
            aside.add(UnreadableItem(Collection.ALARMS, fingerprint, reason, "", "id", fingerprint))
        met.add(fingerprint)
    return alerts, aside.told[0]


class _Fingerprint(msgspec.Struct):
    fingerprint: str = ""


def _fingerprint_of(data: bytes) -> str:
    try:
        return msgspec.json.decode(data, type=_Fingerprint).fingerprint[:ID_CHARS]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return ""


def build_alarms(
    source: str, alerts: Iterable[Alert], silences: Iterable[Silence], names: LabelNames
) -> list[Alarm]:
    """Convert alerts to alarms; of two with one fingerprint the last is kept."""
    by_id = {silence.id: silence for silence in silences}
    return list({a.fingerprint: _alarm(source, a, by_id, names) for a in alerts}.values())


def _alarm(source: str, alert: Alert, silences: Mapping[str, Silence], names: LabelNames) -> Alarm:
    labels, notes = alert.labels, alert.annotations
    severity = labels.get(names.severity, "").strip().lower()
    acknowledged = acknowledgement(alert, silences)
    return Alarm(
        source=source,
        id=alert.fingerprint,
        title=title_of(alert),
        priority=PRIORITY_OF.get(severity, AlarmPriority.UNKNOWN),
        state=_state(alert, silences),
        raised_at=from_datetime(alert.starts_at),
        township=labels.get(names.township, ""),
        asset=target_id(labels) if "instance" in labels else "",
        cause=next(iter(alert.status.inhibited_by), ""),
        acknowledged_at=None if acknowledged is None else from_datetime(acknowledged.starts_at),
        acknowledged_by="" if acknowledged is None else acknowledged.created_by,
        detail=words(notes.get("description") or notes.get("message") or ""),
    )


def _state(alert: Alert, silences: Mapping[str, Silence]) -> AlarmState:
    """Return the ISA-18.2 state: acknowledged by our silence for this activation, shelved by
    another's.

    Inhibition is suppression by design. A silence of ours for another activation does not count.
    """
    if acknowledgement(alert, silences) is not None:
        return AlarmState.ACKNOWLEDGED
    if is_shelved(alert, silences):
        return AlarmState.SHELVED
    if alert.status.inhibited_by:
        return AlarmState.SUPPRESSED
    if alert.status.silenced_by or alert.status.state in ("active", "unprocessed"):
        return AlarmState.UNACKNOWLEDGED
    return AlarmState.SHELVED if alert.status.state == "suppressed" else AlarmState.UNKNOWN
