"""A reader's rows after a snapshot and every change since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.asset import AssetState
from desktop.domain.directory import PhoneKind
from desktop.domain.incident import DeadlineKind, Stage
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.queue import QueueKind
from desktop.protocol.checksum import BUCKETS, MODULUS, UNCOUNTED, bucket, weight
from desktop.protocol.report_forms import FieldType, FormKind, Period
from desktop.wire.level1 import COLLECTIONS
from desktop.wire.level2.column_types import milliseconds

SCHEMAS = {
    "townships": "Township",
    "lines": "Line",
    "incidents": "Incident",
    "assets": "Asset",
    "queues": "Queue",
    "warnings": "Warning",
    "alarms": "Alarm",
    "trends": "Trend",
    "forms": "Form",
    "reports": "ReportTable",
    "contacts": "Contact",
    "plans": "Plan",
}
"""The document's name for a row of each collection."""
VOCABULARIES: dict[tuple[str, str], frozenset[str]] = {
    (collection, field): frozenset(map(str, words))
    for collection, field, words in (
        ("incidents", "level", EventLevel),
        ("incidents", "stage", Stage),
        ("incidents", "deadlines.kind", DeadlineKind),
        ("assets", "state", AssetState),
        ("queues", "kind", QueueKind),
        ("warnings", "level", WarningLevel),
        ("alarms", "priority", AlarmPriority),
        ("alarms", "state", AlarmState),
        ("forms", "kind", FormKind),
        ("forms", "period", Period),
        ("forms", "fields.type", FieldType),
        ("contacts", "phones.kind", PhoneKind),
    )
}
"""The words a desk knows; any other one it shows as it came, without a meaning."""
RowKey = tuple[str, str, str]


class Held:
    """The rows by collection, kind (of trends) and id, as JSON."""

    def __init__(self) -> None:
        self.rows: dict[RowKey, dict[str, Any]] = {}
        self.token = ""
        self.epoch = ""

    def copy(self) -> Held:
        """Return an independent copy of the rows."""
        other = Held()
        other.rows, other.token, other.epoch = dict(self.rows), self.token, self.epoch
        return other

    def put(self, collection: str, row: dict[str, Any]) -> None:
        """Add or replace a row that has an id."""
        self.rows[row_key(collection, row)] = row

    def delete(self, collection: str, id: str) -> None:
        """Remove a row; of trends both kinds."""
        for kind in ("", "asset", "queue"):
            self.rows.pop((collection, kind, id), None)

    def get(self, collection: str, id: str) -> dict[str, Any] | None:
        """One row."""
        return self.rows.get((collection, "", id))

    def sums(self) -> list[int]:
        """The 256 bucket sums of these rows."""
        sums = [0] * BUCKETS
        for (collection, _, id), row in self.rows.items():
            if collection not in UNCOUNTED:
                number = bucket(collection, id)
                version = row.get("version", 0)
                sums[number] = (sums[number] + weight(collection, id, version)) % MODULUS
        return sums

    @property
    def sum(self) -> str:
        """The sum of all rows as the API writes it."""
        return f"{sum(self.sums()) % MODULUS:016x}"


def row_key(collection: str, row: dict[str, Any]) -> RowKey:
    """Return the key of a row, unique over all collections."""
    return collection, str(row.get("kind")) if collection == "trends" else "", str(row.get("id"))


def words_of(collection: str, row: dict[str, Any]) -> Iterator[tuple[str, str, object]]:
    """Yield each word of a row that has a vocabulary: its field, its path and the word."""
    for of, field in VOCABULARIES:
        if of != collection:
            continue
        name, _, inner = field.partition(".")
        if not inner:
            if name in row:
                yield field, f".{name}", row[name]
            continue
        items = row.get(name)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and inner in item:
                yield field, f".{name}[{index}].{inner}", item[inner]


def as_values(collection: str, row: dict[str, Any]) -> Any:
    """Return a row's values in comparable form, however written; None when the row is invalid."""
    try:
        return comparable(msgspec.convert(row, COLLECTIONS[collection]))
    except (msgspec.ValidationError, ValueError):
        return None


def comparable(value: Any) -> Any:
    """Return a wire value with its moments as whole milliseconds, as level 2 has them."""
    if isinstance(value, datetime):
        return milliseconds(value)
    if isinstance(value, msgspec.Struct):
        return type(value).__name__, *(comparable(getattr(value, n)) for n in _fields(value))
    if isinstance(value, tuple | list):
        return tuple(map(comparable, value))
    return value


def _fields(value: msgspec.Struct) -> tuple[str, ...]:
    return type(value).__struct_fields__
