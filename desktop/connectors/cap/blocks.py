"""Read the warnings of one CAP message: a row for each hazard and area, in both languages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from xml.etree.ElementTree import Element

import msgspec

from desktop.connectors.cap.areas import AreaTable
from desktop.connectors.cap.geometry import circle, polygon
from desktop.connectors.cap.levels import LevelTable, level_of
from desktop.connectors.cap.xml import Unreadable, children, local, words
from desktop.domain.geo import Ring
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.warning import Warning
from desktop.protocol import limits

MAX_TEXT = limits.TEXT_CHARS
MAX_SHORT = limits.HEADLINE_CHARS
MOST_ROWS = limits.WARNINGS_OF_MESSAGE
MOST_BLOCKS = limits.BLOCKS_OF_MESSAGE
OF_ROW = " #"
"""Separates the message's id from the row's number if it has several rows; no message id holds a
blank."""
SAME = ("severity", "urgency", "certainty", "effective", "onset", "expires")
"""Fields that are equal in two blocks about one hazard in two languages."""


class Tables(msgspec.Struct, frozen=True):
    """The county's tables by which messages are read."""

    levels: LevelTable = ()
    areas: AreaTable = AreaTable()


class Head(msgspec.Struct, frozen=True):
    """The fields that all rows of a message share."""

    source: str
    id: str
    said: dict[str, str]
    """The required fields of the message, unchanged."""
    sent_at: Instant
    signed: bool = False
    note: str = ""
    """The headline of a message without a block."""


Report = Callable[[str, Unreadable, str], None]
"""Called for each part that could not be read, with its place, the reason and its text."""


def message_of(row_id: str) -> str:
    """Return the id of the message that a row comes from."""
    return row_id.partition(OF_ROW)[0]


def moment(said: str, name: str) -> Instant:
    """Parse a date with its offset, with a T or a blank before the time."""
    try:
        return from_datetime(datetime.fromisoformat(said))
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{name}: {error}"[:300]) from None


def warnings_of(alert: Element, head: Head, tables: Tables, report: Report) -> tuple[Warning, ...]:
    """Build the rows of a message, the worst first; a message with only a note gives a row too."""
    rows: list[Warning] = []
    hazards = _hazards(alert)
    if next(islice(children(alert, "info"), MOST_BLOCKS, None), None) is not None:
        report("info", Unreadable(f"more than {MOST_BLOCKS} blocks: the first were read"), head.id)
    hazards.sort(key=lambda hazard: _level(hazard[0].element, tables.levels)[0].rank)
    for hazard in hazards:
        whole = _warning(alert, hazard, head, tables.levels, report)
        for area in _areas(hazard, tables.areas, report):
            own = {"area": area.name, "rings": area.rings, "townships": area.townships}
            rows.append(msgspec.structs.replace(whole, **own))
            if len(rows) > MOST_ROWS:
                reason = Unreadable(f"more than {MOST_ROWS} areas: the worst of these are shown")
                report("info", reason, head.id)
                return _number_blocks(head.id, rows[:MOST_ROWS])
    return _number_blocks(head.id, rows or [_warning(alert, [], head, tables.levels, report)])


def _number_blocks(id: str, rows: Sequence[Warning]) -> tuple[Warning, ...]:
    if len(rows) == 1:
        return tuple(rows)
    return tuple(
        msgspec.structs.replace(row, id=f"{id}{OF_ROW}{number}")
        for number, row in enumerate(rows, 1)
    )


class _Info(msgspec.Struct, frozen=True):
    element: Element
    language: str
    """`zh`, `en` or another."""


class _Area(msgspec.Struct, frozen=True):
    """One area of a hazard, in each language it is named in."""

    name: Text = Text()
    rings: tuple[Ring, ...] = ()
    townships: tuple[str, ...] = ()


def _infos(alert: Element) -> list[_Info]:
    found: list[_Info] = []
    for element in islice(children(alert, "info"), MOST_BLOCKS):
        said = (words(element, "language") or "en").lower()
        told = words(element, "event") + words(element, "headline")
        if any("\u3400" <= c <= "\u9fff" for c in told) or said.startswith("cmn"):
            said = "zh"
        found.append(_Info(element, said.partition("-")[0]))
    return found


def _hazards(alert: Element) -> list[list[_Info]]:
    """Group the blocks by hazard, one block for each language: by position if every language has as
    many blocks, else by the fields they share."""
    by_language: defaultdict[str, list[_Info]] = defaultdict(list)
    for info in _infos(alert):
        by_language[info.language].append(info)
    if len({len(found) for found in by_language.values()}) == 1:
        return [list(each) for each in zip(*by_language.values(), strict=True)]
    hazards: defaultdict[tuple[object, ...], list[_Info]] = defaultdict(list)
    met: Counter[tuple[object, ...]] = Counter()
    for info in (each for found in by_language.values() for each in found):
        key = tuple(words(info.element, name) for name in SAME)
        # The nth such block of a language belongs to the nth of each other.
        hazards[key, met[key, info.language]].append(info)
        met[key, info.language] += 1
    return list(hazards.values())


def _areas(hazard: list[_Info], table: AreaTable, report: Report) -> Iterator[_Area]:
    """Yield the areas of a hazard; one empty area if it has none."""
    named = [list(children(info.element, "area")) for info in hazard]
    most = max(named, key=len)
    for number in range(len(most)):
        # Another language names the same areas in the same order, or none of them.
        told = [
            (info, areas[number])
            for info, areas in zip(hazard, named, strict=True)
            if len(areas) == len(most)
        ]
        pairs = [_Info(area, info.language) for info, area in told]
        name = _in_both(pairs, lambda area: words(area, "areaDesc"), MAX_TEXT, "areaDesc", report)
        elements = [area for _, area in told]
        codes = (words(code, "value") for each in elements for code in children(each, "geocode"))
        names = (words(each, "areaDesc")[:MAX_TEXT] for each in elements)
        yield _Area(name, _rings(elements, report), table.townships_of(names, codes))
    if not most:
        yield _Area()


def _in_both(
    infos: Iterable[_Info], read: Callable[[Element], str], limit: int, name: str, report: Report
) -> Text:
    """Return a text in both languages, each from its first block; a third language fills in for
    English.

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


def _warning(
    alert: Element,
    hazard: list[_Info],
    head: Head,
    table: LevelTable,
    report: Report,
) -> Warning:
    first = hazard[0].element if hazard else alert
    level, ours = _level(first, table)

    def field(name: str, limit: int = MAX_TEXT) -> Text:
        return _in_both(hazard, lambda element: words(element, name), limit, name, report)

    said = head.note[:MAX_SHORT]
    sender = head.said["sender"][:MAX_SHORT]
    issuer = field("senderName", MAX_SHORT) or Text(sender, sender)
    is_over = _is_all_clear(first)
    return Warning(
        source=head.source,
        id=head.id,
        headline=field("headline", MAX_SHORT) or field("event", MAX_SHORT) or Text(said, said),
        category=words(first, "category")[:100],
        level=level,
        level_is_ours=ours,
        issuer=issuer,
        issued_at=head.sent_at,
        starts_at=_optional_moment(first, "onset", report)
        or _optional_moment(first, "effective", report),
        ends_at=_end(first, head, report, is_over=is_over),
        lifted_at=head.sent_at if is_over else None,
        severity=words(first, "severity")[:100],
        urgency=words(first, "urgency")[:100],
        certainty=words(first, "certainty")[:100],
        description=field("description"),
        instruction=field("instruction"),
        status=head.said["status"].lower()[:100],
        lifted_by=issuer if is_over else Text(),
        signed=head.signed,
    )


def _is_all_clear(info: Element) -> bool:
    return any((each.text or "").strip() == "AllClear" for each in children(info, "responseType"))


def _level(info: Element, table: LevelTable) -> tuple[WarningLevel, bool]:
    values = [words(parameter, "value") for parameter in children(info, "parameter")]
    texts = (*values, words(info, "event"), words(info, "headline"), words(info, "severity"))
    severity, urgency, certainty = (words(info, n) for n in ("severity", "urgency", "certainty"))
    return level_of(table, severity, urgency, certainty, texts)


def _optional_moment(info: Element, name: str, report: Report) -> Instant | None:
    """Parse an optional moment; one that cannot be read is reported and treated as missing."""
    said = words(info, name)
    try:
        return moment(said, name) if said else None
    except Unreadable as error:
        report(name, error, said)
        return None


def _end(info: Element, head: Head, report: Report, *, is_over: bool) -> Instant | None:
    """Return when the warning runs out. An end before the message was sent is a slip, and is left
    out: the warning would be over before anybody had seen it. An all-clear or a cancellation may
    well come after that end."""
    at = _optional_moment(info, "expires", report)
    if at is None or at >= head.sent_at or is_over or head.said["msgType"] == "Cancel":
        return at
    report("expires", Unreadable("it ends before it was sent"), words(info, "expires"))
    return None


def _rings(areas: Iterable[Element], report: Report) -> tuple[Ring, ...]:
    """Return every outline once; one that cannot be drawn is reported and the warning is kept."""
    rings: dict[Ring, None] = {}
    said: set[str] = set()
    for area in areas:
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
