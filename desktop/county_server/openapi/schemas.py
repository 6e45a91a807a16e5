"""The schemas of the county API: generated from the wire types, then described in full."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.county_server.openapi.command_schemas import (
    COMMAND_TYPES,
    command_schemas,
    head_of_commands,
    name_bodies,
)
from desktop.county_server.openapi.parts import both, ref
from desktop.county_server.openapi.row_words import ROW_FIELDS, ROW_TYPES
from desktop.county_server.openapi.talk_words import TALK_FIELDS, TALK_TYPES
from desktop.county_server.openapi.vocabulary import vocabulary_schemas, word_of
from desktop.wire import bulletins, level1, spoken_reports
from desktop.wire.vocabularies import VOCABULARIES

TYPES = (
    *level1.COLLECTIONS.values(),
    level1.SessionRequest,
    level1.Session,
    level1.SnapshotHead,
    level1.SnapshotTrailer,
    level1.Changes,
    level1.Sums,
    level1.BucketRows,
    level1.FileOffer,
    level1.FileState,
    level1.CommandResults,
    level1.ProblemDetails,
    spoken_reports.SpokenReport,
    spoken_reports.SpokenAnswer,
    bulletins.Bulletins,
    bulletins.CentralSettings,
    bulletins.ProgramUpdate,
    *COMMAND_TYPES,
)
MOMENT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
}
PHRASE = ref("AnyPhrase")
COLLECTION = ref("Collection")
ID = {"type": "string", "minLength": 1, "maxLength": 200}


def all_schemas() -> dict[str, Any]:
    """Build every schema of the document, by name in alphabetical order."""
    _, drawn = msgspec.json.schema_components(TYPES, ref_template="#/components/schemas/{name}")
    del drawn["Change"]  # Added below, with one schema for each collection.
    name_bodies(drawn)
    head_of_commands(drawn)
    schemas = {name: _describe(name, _referring(each)) for name, each in drawn.items()}
    schemas |= {"Moment": MOMENT, "AnyPhrase": _phrase()}
    for name in ("Moment", "AnyPhrase"):
        schemas[name] = schemas[name] | {"description": both(*TALK_TYPES[name])}
    schemas |= vocabulary_schemas() | command_schemas()
    schemas |= _pages() | _changes() | _lines()
    return dict(sorted(schemas.items()))


def _phrase() -> dict[str, Any]:
    text = {"type": "string", "maxLength": level1.MAX_TEXT}
    return {"anyOf": [text, ref("Phrase")]}


def _referring(schema: Any) -> Any:
    """Replace the schemas of moments and texts by references to their shared ones."""
    if isinstance(schema, list):
        return [_referring(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "date-time":
        return ref("Moment")
    if schema.get("anyOf") == _phrase()["anyOf"]:
        rest = {name: each for name, each in schema.items() if name != "anyOf"}
        return PHRASE | rest
    return {name: _referring(each) for name, each in schema.items()}


def _describe(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Add descriptions of a type and its fields, and references to its vocabularies."""
    says = TALK_TYPES.get(name) or ROW_TYPES.get(name)
    if says is not None:
        schema["description"] = both(*says)
    properties = schema.get("properties", {})
    for field, each in properties.items():
        word = word_of(name, field)
        told = each if word is None else word | _default(each)
        words = TALK_FIELDS if name in TALK_TYPES or name.endswith("Body") else ROW_FIELDS
        meaning = words.get((name, field)) or words.get(("", field)) or TALK_FIELDS["", field]
        properties[field] = told | {"description": both(*meaning)}
    if "magic" in properties:
        properties["magic"] = ref("Magic") | {"description": both(*TALK_FIELDS["", "magic"])}
    _sharpen(name, properties)
    return schema


def _sharpen(name: str, properties: dict[str, Any]) -> None:
    """Add constraints that bind servers and that the wire types leave open."""
    match name:
        case "Session":
            properties["collections"]["items"] = COLLECTION
            properties["snapshot"]["pattern"] = "^/v1/snapshot/[0-9a-z-]{1,64}/[0-9a-z-]{1,64}$"
        case "SnapshotHead":
            properties["totals"]["propertyNames"] = COLLECTION
            properties["totals"]["additionalProperties"] = {"type": "integer", "minimum": 0}
        case "SnapshotTrailer":
            properties["end"] = properties["end"] | {"enum": [True]}
            properties["rows"]["minimum"] = 0
        case "Sums":
            properties["sums"] |= {"minItems": 256, "maxItems": 256}
        case "CommandResult":
            properties["row"] = {
                "anyOf": [ref("Incident"), ref("Alarm"), ref("ReportTable")],
                "description": properties["row"]["description"],
            }
        case "ProblemDetails":
            properties["type"] = ref("ProblemType") | properties["type"]


def _default(schema: dict[str, Any]) -> dict[str, Any]:
    return {"default": schema["default"]} if "default" in schema else {}


def row_name(collection: str) -> str:
    """Return the name of the schema of a collection's rows."""
    return level1.COLLECTIONS[collection].__name__


def _pages() -> dict[str, Any]:
    pages = {}
    for collection in level1.COLLECTIONS:
        name = f"{row_name(collection)}Page"
        zh, en = VOCABULARIES["Collection"].words[collection]
        pages[name] = _page(
            {"const": collection}, ref(row_name(collection)), (f"一页{zh}。", f"A page of {en}.")
        )
    says = (
        "一页本文档没有的种类：阅读方略过，但计入结尾的 rows。",
        (
            "A page of a collection this document does not have: a reader passes over it, but"
            " counts"
            " its rows."
        ),
    )
    pages["OtherPage"] = _page(_other(), {"type": "object"}, says)
    names = [*(f"{row_name(each)}Page" for each in level1.COLLECTIONS), "OtherPage"]
    pages["SnapshotPage"] = {
        "description": both(
            "快照中间的每一行：一个种类的若干行，最要紧的在前。一个种类可以有许多页。",
            "Each line of a snapshot between head and trailer: some rows of one collection, most"
            " critical first. A collection may have many pages.",
        ),
        "anyOf": [ref(name) for name in names],
    }
    return pages


def _other() -> dict[str, Any]:
    return {"type": "string", "maxLength": 100, "not": {"enum": list(level1.COLLECTIONS)}}


def _page(collection: Any, row: Any, says: tuple[str, str]) -> dict[str, Any]:
    return {
        "description": both(*says),
        "type": "object",
        "properties": {
            "collection": collection | {"description": both(*TALK_FIELDS["", "collection"])},
            "rows": {"type": "array", "items": row, "description": both("各行。", "The rows.")},
        },
        "required": ["collection", "rows"],
    }


def _changes() -> dict[str, Any]:
    changes = {
        f"{row_name(each)}Put": _put({"const": each}, ref(row_name(each)))
        for each in level1.COLLECTIONS
    }
    changes["OtherPut"] = _put(_other(), {"type": "object"})
    changes["Deletion"] = {
        "description": both(
            "一行已删除，或这个账号不再看得到它：没有 `row`。阅读方略过它没有的 id；"
            "一次删除太多时，阅读方等校验和或快照证实。删掉一行的同时，它的读数序列也没有了。",
            "A row was deleted, or this account sees it no longer: there is no `row`. A reader"
            " passes over ids it does not hold; where too many go at once it waits for a sum or a"
            " snapshot to confirm it. A row's trend goes with it.",
        ),
        "type": "object",
        "properties": {
            "collection": COLLECTION | {"description": both(*TALK_FIELDS["", "collection"])},
            "id": ID | {"description": both("哪一行。", "Which row.")},
            "row": False,
        },
        "required": ["collection", "id"],
    }
    changes["Change"] = {
        "description": both(
            "一行的新样子，或一行的删除。",
            "One row as it is now, or one row's deletion.",
        ),
        "anyOf": [ref(name) for name in changes],
    }
    return changes


def _put(collection: Any, row: Any) -> dict[str, Any]:
    return {
        "description": both(
            "一行现在的全部内容；`id` 与行里的相同。",
            "All of one row as it is now; `id` is the row's own.",
        ),
        "type": "object",
        "properties": {
            "collection": collection | {"description": both(*TALK_FIELDS["", "collection"])},
            "id": ID | {"description": both("哪一行。", "Which row.")},
            "row": row | {"description": both("整行。", "The whole row.")},
        },
        "required": ["collection", "id", "row"],
    }


def _lines() -> dict[str, Any]:
    return {
        "SnapshotLine": {
            "description": both(
                "快照的一行（NDJSON：每行一个 JSON 对象，行内不换行，以 \\n 结束）："
                "先一行 SnapshotHead，再若干 SnapshotPage，最后一行 SnapshotTrailer。",
                "One line of a snapshot (NDJSON: one JSON object a line, none broken over lines,"
                " each ended by \\n): one SnapshotHead, then SnapshotPages, last one"
                " SnapshotTrailer.",
            ),
            "anyOf": [ref("SnapshotHead"), ref("SnapshotPage"), ref("SnapshotTrailer")],
        }
    }
