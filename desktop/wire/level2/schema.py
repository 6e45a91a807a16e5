"""The columns of each collection, in their order, as in the specification's tables."""

from __future__ import annotations

from desktop.protocol.limits import HEADLINE_CHARS, LABEL_CHARS
from desktop.wire import level1
from desktop.wire.level2.column_types import (
    MOMENT,
    OUTER,
    POINT,
    Decimals,
    Field,
    Flags,
    Kind,
    Many,
    Pairs,
    Perhaps,
    Phrases,
    Record,
    Texts,
    Whole,
)

WORD = Texts(100)
ID = Texts(200, 1)
DIGEST = Texts(64, 64, "[0-9a-f]{64}")
VERSION = Whole(0, 2**53)
COUNT = Whole(0, 2**31)
PHRASE = Phrases()
DECIMAL = Decimals()
LINE = Many(Pairs())

TREND_KIND = Texts(5, 5, "asset|queue")
THUMBNAIL = Texts(64, 0, "|[0-9a-f]{64}")

DEADLINE = Record(
    level1.Deadline,
    Field("kind", WORD),
    Field("due_at", MOMENT, OUTER),
    Field("prealarm_s", COUNT),
    Field("done_at", Perhaps(MOMENT), OUTER),
)
ENTRY = Record(
    level1.TimelineEntry,
    Field("kind", WORD),
    Field("happened_at", MOMENT, OUTER),
    Field("recorded_at", MOMENT, "happened_at"),
    Field("by", WORD),
    Field("text", PHRASE),
)
FILE = Record(
    level1.File,
    Field("digest", DIGEST),
    Field("name", WORD),
    Field("media_type", WORD),
    Field("size", Whole(0, 2**40)),
    Field("thumbnail", THUMBNAIL),
    Field("at", Perhaps(MOMENT), OUTER),
    Field("by", WORD),
    Field("here", Flags()),
)

CHOICE = Record(level1.FormChoice, Field("code", ID), Field("title", PHRASE))
FORM_FIELD = Record(
    level1.FormField,
    Field("id", ID),
    Field("title", PHRASE),
    Field("type", WORD),
    Field("section", PHRASE),
    Field("unit", PHRASE),
    Field("note", PHRASE),
    Field("required", Flags()),
    Field("minimum", Perhaps(DECIMAL)),
    Field("maximum", Perhaps(DECIMAL)),
    Field("choices", Many(CHOICE)),
    Field("prefill", Many(Texts(HEADLINE_CHARS))),
)
PHONE = Record(level1.Phone, Field("number", WORD), Field("kind", WORD))
STEP = Record(level1.PlanStep, Field("text", PHRASE), Field("unit", PHRASE), Field("contact", WORD))
SECTION = Record(level1.PlanSection, Field("title", PHRASE), Field("steps", Many(STEP)))
VALUE = Record(level1.FieldValue, Field("field", ID), Field("value", Texts(LABEL_CHARS)))


def _optional(kind: Kind, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Perhaps(kind)) for name in names)


RECORDS: dict[str, Record] = {
    "townships": Record(
        level1.Township,
        Field("id", ID),
        Field("name", PHRASE),
        Field("outline", LINE),
        Field("seat", Perhaps(POINT)),
        Field("version", VERSION),
    ),
    "lines": Record(
        level1.Line,
        Field("id", ID),
        Field("kind", WORD),
        Field("name", PHRASE),
        Field("line", LINE),
        Field("version", VERSION),
    ),
    "incidents": Record(
        level1.Incident,
        Field("id", ID),
        Field("version", VERSION),
        Field("number", WORD),
        Field("level", WORD),
        Field("stage", WORD),
        Field("category", WORD),
        Field("channel", WORD),
        Field("township", WORD),
        Field("recorded_at", MOMENT),
        Field("occurred_at", Perhaps(MOMENT), "recorded_at"),
        Field("acknowledged_at", Perhaps(MOMENT), "recorded_at"),
        Field("acknowledged_by", WORD),
        Field("lead_unit", PHRASE),
        Field("place", Perhaps(POINT)),
        Field("deadlines", Many(DEADLINE), "recorded_at"),
        Field("title", PHRASE),
        Field("address", PHRASE),
        Field("summary", PHRASE),
        Field("co_units", Many(PHRASE)),
        Field("timeline", Many(ENTRY), "recorded_at"),
        Field("assets", Many(ID)),
        Field("files", Many(FILE), "recorded_at"),
    ),
    "assets": Record(
        level1.Asset,
        Field("id", ID),
        Field("version", VERSION),
        Field("name", PHRASE),
        Field("kind", WORD),
        Field("state", WORD),
        Field("township", WORD),
        Field("place", Perhaps(POINT)),
        *_optional(MOMENT, "since_at", "observed_at"),
        Field("metric", PHRASE),
        *_optional(DECIMAL, "value"),
        Field("unit", WORD),
        *_optional(DECIMAL, "low", "high"),
        Field("depends_on", Many(ID)),
        Field("note", PHRASE),
    ),
    "queues": Record(
        level1.Queue,
        Field("id", ID),
        Field("version", VERSION),
        Field("name", PHRASE),
        Field("kind", WORD),
        Field("site", PHRASE),
        Field("township", WORD),
        *_optional(
            COUNT,
            "waiting",
            "longest_wait_s",
            "average_wait_s",
            "served_today",
            "counters_open",
            "counters_total",
            "waiting_limit",
            "wait_limit_s",
        ),
        *_optional(MOMENT, "observed_at"),
    ),
    "warnings": Record(
        level1.Warning,
        Field("id", ID),
        Field("version", VERSION),
        Field("headline", PHRASE),
        Field("issued_at", MOMENT),
        Field("category", WORD),
        Field("level", WORD),
        Field("issuer", PHRASE),
        Field("starts_at", Perhaps(MOMENT), "issued_at"),
        Field("ends_at", Perhaps(MOMENT), "issued_at"),
        Field("lifted_at", Perhaps(MOMENT), "issued_at"),
        Field("area", PHRASE),
        Field("rings", Many(LINE)),
        Field("townships", Many(ID)),
        Field("description", PHRASE),
        Field("instruction", PHRASE),
        Field("status", WORD),
    ),
    "alarms": Record(
        level1.Alarm,
        Field("id", ID),
        Field("version", VERSION),
        Field("title", PHRASE),
        Field("raised_at", MOMENT),
        Field("priority", WORD),
        Field("state", WORD),
        Field("township", WORD),
        Field("asset", WORD),
        Field("cause", WORD),
        Field("cleared_at", Perhaps(MOMENT), "raised_at"),
        Field("acknowledged_at", Perhaps(MOMENT), "raised_at"),
        Field("acknowledged_by", WORD),
        Field("detail", PHRASE),
        Field("shelved_until", Perhaps(MOMENT), "raised_at"),
        Field("shelved_by", WORD),
    ),
    "trends": Record(
        level1.Trend,
        Field("id", ID),
        Field("kind", TREND_KIND),
        Field("start_at", MOMENT),
        Field("step_s", Whole(1, 86_400)),
        Field("values", Many(Perhaps(DECIMAL))),
        Field("unit", WORD),
    ),
    "forms": Record(
        level1.Form,
        Field("id", ID),
        Field("version", VERSION),
        Field("form", WORD),
        Field("edition", COUNT),
        Field("title", PHRASE),
        Field("kind", WORD),
        Field("period", WORD),
        Field("fields", Many(FORM_FIELD)),
    ),
    "reports": Record(
        level1.ReportTable,
        Field("id", ID),
        Field("version", VERSION),
        Field("form", WORD),
        Field("edition", COUNT),
        Field("township", WORD),
        Field("period", WORD),
        Field("reported_at", MOMENT),
        Field("recorded_at", MOMENT, "reported_at"),
        Field("by", WORD),
        Field("values", Many(VALUE)),
        Field("timeline", Many(ENTRY), "reported_at"),
    ),
    "contacts": Record(
        level1.Contact,
        Field("id", ID),
        Field("version", VERSION),
        Field("unit", PHRASE),
        Field("post", PHRASE),
        Field("person", PHRASE),
        Field("township", WORD),
        Field("position", COUNT),
        Field("phones", Many(PHONE)),
        Field("note", PHRASE),
    ),
    "plans": Record(
        level1.Plan,
        Field("id", ID),
        Field("version", VERSION),
        Field("title", PHRASE),
        Field("categories", Many(WORD)),
        Field("levels", Many(WORD)),
        Field("township", WORD),
        Field("edition", PHRASE),
        Field("issued_on", WORD),
        Field("position", COUNT),
        Field("sections", Many(SECTION)),
    ),
}
"""Wire order of every collection's columns. New fields are added at the end, never between."""

NUMBERS = {name: number for number, name in enumerate(RECORDS)}
NAMES = tuple(RECORDS)

LIST_FIELDS: frozenset[str] = frozenset(
    field.name
    for field in RECORDS["incidents"].fields
    if field.name not in {"summary", "co_units", "timeline", "assets", "files"}
)
"""The incident fields of a `list` page; a `rest` page has the others."""

FULL, LIST, REST = "full", "list", "rest"
PARTS = (FULL, LIST, REST)


def fields_of(collection: str, part: str) -> tuple[Field, ...]:
    """The columns of a page, in their order."""
    fields = RECORDS[collection].fields
    if part == FULL:
        return fields
    return tuple(each for each in fields if (each.name in LIST_FIELDS) == (part == LIST))
