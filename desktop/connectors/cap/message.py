"""One CAP message, version 1.1 or 1.2: XML in, plain values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from xml.etree.ElementTree import Element

import msgspec

from desktop.connectors.cap.levels import LevelTable, level_of
from desktop.connectors.cap.shapes import circle, polygon
from desktop.connectors.cap.xml import Unreadable, children, local, words
from desktop.connectors.failures import excerpt
from desktop.domain.command import Collection
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.levels import WarningLevel
from desktop.domain.place import Ring
from desktop.domain.source import BadItem
from desktop.domain.text import Text
from desktop.domain.warning import Warning

NAMESPACES = tuple(f"{{urn:oasis:names:tc:emergency:cap:{v}}}" for v in ("1.1", "1.2"))
REQUIRED = ("identifier", "sender", "sent", "status", "msgType", "scope")
MAX_TEXT = 20_000
MAX_SHORT = 500
MAX_ID = 200
LIVE_TYPES = ("Alert", "Update", "Cancel")
SILENT_TYPES = ("Ack", "Error")
"""Talk between systems; nothing for a person to see."""


class Message(msgspec.Struct, frozen=True):
    """What a message says and which earlier ones it speaks of."""

    warning: Warning
    type: str
    """`Alert`, `Update` or `Cancel`."""
    sent_at: Instant
    refers_to: tuple[str, ...]
    """Ids of the warnings it updates or cancels."""
    signed: bool
    """Whether it carries a signature; nobody has checked it."""
    bad_items: tuple[BadItem, ...] = ()
    """Parts that could not be read, such as an area outside the world."""


def is_alert(element: Element) -> bool:
    """Whether this is the root of a CAP message."""
    return local(element) == "alert"


def read_message(source: str, alert: Element, table: LevelTable) -> Message | None:
    """The message of an `alert` element; None for an `Ack` or `Error`. Raises Unreadable."""
    if not alert.tag.startswith(NAMESPACES):
        raise Unreadable(f"not a CAP 1.1 or 1.2 message: {alert.tag[:80]}")
    head = {name: words(alert, name) for name in REQUIRED}
    missing = [name for name, said in head.items() if not said]
    if missing:
        raise Unreadable(f"required field missing: {', '.join(missing)}")
    if head["msgType"] in SILENT_TYPES:
        return None
    if head["msgType"] not in LIVE_TYPES:
        raise Unreadable(f"unknown msgType: {head['msgType'][:40]!r}")
    sent_at = moment(head["sent"], "sent")
    own_id = warning_id(head["identifier"], head["sender"])
    bad: list[BadItem] = []

    def report(where: str, error: Unreadable, what: str) -> None:
        bad.append(BadItem(Collection.WARNINGS, f"{own_id} {where}", str(error), excerpt(what)))

    warning = _warning(source, own_id, alert, head, sent_at, table, report)
    return Message(
        warning=warning,
        type=head["msgType"],
        sent_at=sent_at,
        refers_to=_own(references(words(alert, "references")), head["sender"], report),
        signed=any(local(child) == "Signature" for child in alert),
        bad_items=tuple(bad),
    )


def warning_id(identifier: str, sender: str) -> str:
    """The id of a warning's row; CAP makes identifiers unique within a sender only."""
    found = f"{identifier}@{sender}"
    if len(found) > MAX_ID:
        raise Unreadable("identifier and sender are too long")
    return found


def references(said: str) -> tuple[str, ...]:
    """Ids out of `sender,identifier,sent` triples; a triple that is none is left out."""
    ids: list[str] = []
    for triple in said.split():
        parts = triple.split(",")
        if len(parts) == 3 and len(triple) <= MAX_ID:
            ids.append(warning_id(parts[1], parts[0]))
    return tuple(ids)


def _own(ids: Iterable[str], sender: str, report: Callable[..., None]) -> tuple[str, ...]:
    """Those of the sender's own: nobody updates or lifts the warning of another."""
    found = tuple(ids)
    own = tuple(each for each in found if each.endswith(f"@{sender}"))
    for other in found:
        if other not in own:
            report("references", Unreadable("a warning of another sender is left as it is"), other)
    return own


def moment(said: str, name: str) -> Instant:
    """The instant of a date with its offset, with a T or a blank before the time."""
    try:
        return from_datetime(datetime.fromisoformat(said))
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{name}: {error}"[:300]) from None


class _Info(msgspec.Struct, frozen=True):
    element: Element
    language: str
    """`zh`, `en` or another."""


def _infos(alert: Element) -> list[_Info]:
    found: list[_Info] = []
    for element in children(alert, "info"):
        said = (words(element, "language") or "en").lower()
        told = words(element, "event") + words(element, "headline")
        if any("\u3400" <= c <= "\u9fff" for c in told) or said.startswith("cmn"):
            said = "zh"
        found.append(_Info(element, said.partition("-")[0]))
    return found


Report = Callable[[str, Unreadable, str], None]
"""Told of each part that could not be read: where, why, and what was there."""


def _in_both(
    infos: Iterable[_Info], read: Callable[[Element], str], limit: int, name: str, report: Report
) -> Text:
    """A text of the first block of each language; another language stands in for English.

    One that is too long is cut, and that is reported.
    """
    said: dict[str, str] = {}
    for info in infos:
        found = read(info.element)
        if len(found) > limit:
            reason = f"a text of {len(found)} characters, cut to {limit}"
            report(name, Unreadable(reason), found)
            found = found[: limit - 1] + "…"
        if found:
            said.setdefault(info.language, found)
    other = next((text for language, text in said.items() if language not in ("zh", "en")), "")
    return Text(said.get("zh", ""), said.get("en", "") or ("" if said.get("zh") else other))


def _fields(infos: list[_Info], report: Report) -> Callable[..., Text]:
    """Reads a text of these blocks by its name, at most so many characters of it."""

    def field(name: str, limit: int = MAX_TEXT) -> Text:
        return _in_both(infos, lambda element: words(element, name), limit, name, report)

    return field


def _warning(
    source: str,
    own_id: str,
    alert: Element,
    head: dict[str, str],
    sent_at: Instant,
    table: LevelTable,
    report: Report,
) -> Warning:
    infos = _worst_first(_infos(alert), table)
    first = infos[0].element if infos else alert
    level, ours = _level(first, table)
    field = _fields(infos, report)
    headline = field("headline", MAX_SHORT) or field("event", MAX_SHORT)
    said = words(alert, "note") or head["identifier"]
    over = bool(infos) and all(
        any((r.text or "").strip() == "AllClear" for r in children(i.element, "responseType"))
        for i in infos
    )
    return Warning(
        source=source,
        id=own_id,
        headline=headline or Text(said[:MAX_SHORT], said[:MAX_SHORT]),
        category=words(first, "category")[:100],
        level=level,
        level_is_ours=ours,
        issuer=field("senderName", MAX_SHORT) or Text(*(2 * [head["sender"][:MAX_SHORT]])),
        issued_at=sent_at,
        starts_at=_optional_moment(first, "onset", report)
        or _optional_moment(first, "effective", report),
        ends_at=_ends_at(infos, report),
        lifted_at=sent_at if over else None,
        severity=words(first, "severity")[:100],
        urgency=words(first, "urgency")[:100],
        certainty=words(first, "certainty")[:100],
        area=_in_both(infos, _area, MAX_TEXT, "areaDesc", report),
        rings=_rings(infos, report),
        description=field("description"),
        instruction=field("instruction"),
        status=head["status"].lower()[:100],
    )


def _level(info: Element, table: LevelTable) -> tuple[WarningLevel, bool]:
    values = [words(parameter, "value") for parameter in children(info, "parameter")]
    texts = (*values, words(info, "event"), words(info, "headline"), words(info, "severity"))
    severity, urgency, certainty = (words(info, n) for n in ("severity", "urgency", "certainty"))
    return level_of(table, severity, urgency, certainty, texts)


def _worst_first(infos: list[_Info], table: LevelTable) -> list[_Info]:
    """Blocks by level, the worst first: a message may warn of several things at once."""
    return sorted(infos, key=lambda info: _level(info.element, table)[0].rank)


def _optional_moment(info: Element, name: str, report: Report) -> Instant | None:
    """A moment that need not be told; one that cannot be read is reported and as good as none."""
    said = words(info, name)
    try:
        return moment(said, name) if said else None
    except Unreadable as error:
        report(name, error, said)
        return None


def _ends_at(infos: list[_Info], report: Report) -> Instant | None:
    """When the last block runs out; None when one of them never does, or does not say when."""
    ends = [_optional_moment(info.element, "expires", report) for info in infos]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _area(info: Element) -> str:
    names = dict.fromkeys(words(area, "areaDesc") for area in children(info, "area"))
    return "、".join(name for name in names if name)


def _rings(infos: list[_Info], report: Report) -> tuple[Ring, ...]:
    """Every area's outline once; one that cannot be drawn is reported and the warning stands."""
    rings: dict[Ring, None] = {}
    said: set[str] = set()
    for info in infos:
        for area in children(info.element, "area"):
            for shape in area:
                name, text = local(shape), (shape.text or "").strip()
                if name not in ("polygon", "circle") or not text or text in said:
                    continue
                said.add(text)
                try:
                    ring = polygon(text) if name == "polygon" else circle(text)
                except Unreadable as error:
                    report(name, error, text)
                    continue
                if ring is not None:
                    rings[ring] = None
    return tuple(rings)
