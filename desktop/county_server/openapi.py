"""The OpenAPI 3.1 document of the county API, drawn from the wire types themselves."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from desktop.county_server.changes import DEFAULT_BYTES, LEAST_BYTES, MOST_BYTES, MOST_HINT
from desktop.county_server.compact import FIRST_ROWS
from desktop.county_server.openapi_orders import ORDER_TYPES, name_bodies, order_paths
from desktop.county_server.openapi_parts import (
    COMPACT,
    DICTIONARY,
    MARK,
    answers,
    json_content,
    problem_responses,
    query,
    ref,
)
from desktop.county_server.projection import optional_fields
from desktop.county_server.scope import FORM
from desktop.county_server.sums import MOST_BUCKETS
from desktop.wire import level1
from desktop.wire.sums import BUCKETS

VERSION = "1.0.0"
TYPES = (
    *level1.COLLECTIONS.values(),
    level1.SessionRequest,
    level1.Session,
    level1.SnapshotHead,
    level1.SnapshotPage,
    level1.SnapshotTrailer,
    level1.Changes,
    level1.Sums,
    level1.BucketRows,
    level1.ProblemDetails,
    *ORDER_TYPES,
)
DESCRIPTION = """\
How a county's backend gives its incidents, assets, service queues, warnings and alarms to
desks, and takes their commands. Open a session, read the snapshot it names, then follow
`/v1/changes` from the snapshot's token. Every answer carries `magic`; an answer without it
is not this API's. Times are RFC 3339 with an offset. Clients ignore fields they do not know
and keep enumeration words they do not know. This is level 1, complete by itself; level 2 says
the same in fewer bytes to who accepts `application/vnd.cd2`, as `level2.md` has it.\
"""


def _paths() -> dict[str, Any]:
    return {
        "/v1/session": {"post": _session()},
        "/v1/snapshot/{scope}/{id}": {"get": _snapshot()},
        "/v1/changes": {"get": _changes()},
        "/v1/sums": {"get": _sums()},
        "/v1/buckets": {"get": _buckets()},
        "/v1/scope": {"get": _scope()},
        **order_paths(),
        "/v1/stream": {"get": _stream()},
    }


def _session() -> dict[str, Any]:
    return {
        "operationId": "openSession",
        "summary": "Open a session: who you are to this server and where to start reading",
        "parameters": [
            query(
                "first",
                {"type": "integer", "minimum": 0, "maximum": FIRST_ROWS, "default": FIRST_ROWS},
                "Level 2: how many of the most critical incidents come with the answer",
            )
        ],
        "requestBody": {"required": True, "content": json_content("SessionRequest")},
        "responses": answers(
            400,
            409,
            413,
            415,
            s200={"description": "The session", "content": json_content("Session") | COMPACT},
        ),
    }


def _snapshot() -> dict[str, Any]:
    lines = {"anyOf": [ref("SnapshotHead"), ref("SnapshotPage"), ref("SnapshotTrailer")]}
    content = {"application/x-ndjson": {"schema": {"type": "string"}}} | COMPACT
    path_word = {"type": "string", "pattern": "^[0-9a-z-]{1,64}$"}
    return {
        "operationId": "readSnapshot",
        "summary": "All rows of a scope as NDJSON: a head, pages with the worst first, a trailer",
        "description": "Immutable. A snapshot without its trailer was cut: ask for the rest with "
        "`Range` and `If-Range`, or for the whole again.",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": path_word}
            for name in ("scope", "id")
        ],
        "responses": answers(
            404,
            406,
            416,
            s200={
                "description": "One JSON object a line",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": content,
                "x-line": lines,
            },
            s206={"description": "The part asked for", "content": content},
            s304={"description": "Not changed"},
        ),
    }


def _changes() -> dict[str, Any]:
    size = {
        "type": "integer",
        "minimum": LEAST_BYTES,
        "maximum": MOST_BYTES,
        "default": DEFAULT_BYTES,
    }
    token = {"type": "string", "pattern": f"^{FORM}$"}
    hint = {"type": "integer", "minimum": 0, "maximum": MOST_HINT, "default": 0}
    return {
        "operationId": "readChanges",
        "summary": "What changed after a token, each row once and as it is now",
        "description": "Apply a page whole and keep its token with it. `more` says that another "
        "page waits. `sum` comes with the last page, when no `fields` are left out. Who leaves "
        "fields out and later wants them takes a new snapshot.",
        "parameters": [
            query("since", token, "The last token, as it was given", required=True),
            query("max_bytes", size, "About how many bytes to answer with at most"),
            query(
                "fields",
                _fields(),
                "Collections wanted, or not wanted, or without a field",
                explode=False,
            ),
            query("hint", hint, "The number a hint told: lets caches answer all desks it reached"),
            DICTIONARY,
        ],
        "responses": answers(
            400,
            409,
            410,
            s200={"description": "A page of changes", "content": json_content("Changes") | COMPACT},
            s204={"description": "Nothing new; the token stands", "headers": MARK},
        ),
    }


def _fields() -> dict[str, Any]:
    words = list(level1.COLLECTIONS)
    words += [f"-{each}" for each in level1.COLLECTIONS]
    words += [f"-{each}.{name}" for each in level1.COLLECTIONS for name in optional_fields(each)]
    return {"type": "array", "items": {"type": "string", "enum": words}}


def _sums() -> dict[str, Any]:
    return {
        "operationId": "readSums",
        "summary": "The 256 bucket sums of all this account sees",
        "description": "Each row but trends counts with the first 8 bytes, big endian, of "
        "BLAKE2b-64 over collection, id and version, joined by U+001F; a sum is modulo 2^64. A "
        "row's bucket is the first byte of BLAKE2b-64 over collection and id.",
        "responses": answers(s200={"description": "The sums", "content": json_content("Sums")}),
    }


def _buckets() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 0, "maximum": BUCKETS - 1}
    numbers = {"type": "array", "items": number, "minItems": 1, "maxItems": MOST_BUCKETS}
    return {
        "operationId": "readBuckets",
        "summary": "Every row of some buckets: what a reader holds besides these is gone",
        "parameters": [
            query("n", numbers, "Buckets, with commas between", required=True, explode=False),
            DICTIONARY,
        ],
        "responses": answers(
            400, s200={"description": "The rows", "content": json_content("BucketRows") | COMPACT}
        ),
    }


def _scope() -> dict[str, Any]:
    return {
        "operationId": "readScope",
        "summary": "Which scope this account has: for caches that keep snapshots per scope",
        "responses": answers(
            s204={
                "description": "The scope is told",
                "headers": {"Scope": {"schema": {"type": "string"}}} | MARK,
            }
        ),
    }


def _stream() -> dict[str, Any]:
    return {
        "operationId": "followHints",
        "summary": "Server-sent events: a growing number whenever there is something to pull",
        "description": "A hint only; nothing is lost by not listening. A comment every 45 s "
        "shows that the line lives.",
        "responses": answers(
            s200={
                "description": "Events whose data is a sequence number",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
                "headers": MARK,
            }
        ),
    }


def document() -> bytes:
    """The document as UTF-8 JSON, the same bytes every time."""
    _, schemas = msgspec.json.schema_components(TYPES, ref_template="#/components/schemas/{name}")
    row = {"anyOf": [ref(type_.__name__) for type_ in level1.COLLECTIONS.values()]}
    name_bodies(schemas)
    schemas["Change"]["properties"]["row"] = row
    schemas["SnapshotPage"]["properties"]["rows"]["items"] = row
    content = {
        "openapi": "3.1.0",
        "info": {
            "title": "County API, level 1",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"bearer": []}],
        "paths": _paths(),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": problem_responses(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
