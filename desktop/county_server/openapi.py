"""The OpenAPI 3.1 document of the county API, drawn from the wire types themselves."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from desktop.county_server.changes import DEFAULT_BYTES, LEAST_BYTES, MOST_BYTES
from desktop.wire import level1

VERSION = "1.0.0"
TYPES = (
    *level1.COLLECTIONS.values(),
    level1.SessionRequest,
    level1.Session,
    level1.SnapshotHead,
    level1.SnapshotPage,
    level1.SnapshotTrailer,
    level1.Changes,
    level1.Commands,
    level1.CommandResults,
    level1.ProblemDetails,
)
DESCRIPTION = """\
How a county's backend gives its incidents, assets, service queues, warnings and alarms to
desks, and takes their commands. Open a session, read the snapshot it names, then follow
`/v1/changes` from the snapshot's token. Every answer carries `magic`; an answer without it
is not this API's. Times are RFC 3339 with an offset. Clients ignore fields they do not know
and keep enumeration words they do not know.\
"""
PROBLEMS = {
    400: "The body or a parameter is not what it should be.",
    401: "Log in: `Authorization: Bearer` with a known token.",
    404: "There is no such thing, or no longer: open a session again.",
    405: "Not this method; `Allow` names those there are.",
    409: "Another epoch, or a newer session of the same client (`type` tells which).",
    410: "The token is too old or of another scope: take a new snapshot.",
    413: "The body is too large.",
    415: "Send `application/json`.",
    416: "The range begins after the end.",
    422: "A command key was used before for something else; nothing of the request was done.",
    500: "The server failed; nothing was changed.",
    503: "Not now; `Retry-After` says when.",
}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(name)}}


def _answers(*problem_statuses: int, **good: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {name.removeprefix("s"): value for name, value in good.items()}
    for status in sorted({*problem_statuses, 401, 405, 500, 503}):
        answers[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return answers


def _query(name: str, schema: dict[str, Any], says: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": says, "schema": schema} | more


def _paths() -> dict[str, Any]:
    return {
        "/v1/session": {"post": _session()},
        "/v1/snapshot/{scope}/{id}": {"get": _snapshot()},
        "/v1/changes": {"get": _changes()},
        "/v1/commands": {"post": _post_commands(), "get": _get_commands()},
        "/v1/stream": {"get": _stream()},
    }


def _session() -> dict[str, Any]:
    return {
        "operationId": "openSession",
        "summary": "Open a session: who you are to this server and where to start reading",
        "requestBody": {"required": True, "content": _json("SessionRequest")},
        "responses": _answers(
            400, 413, 415, s200={"description": "The session", "content": _json("Session")}
        ),
    }


def _snapshot() -> dict[str, Any]:
    lines = {"anyOf": [_ref("SnapshotHead"), _ref("SnapshotPage"), _ref("SnapshotTrailer")]}
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
        "responses": _answers(
            404,
            416,
            s200={
                "description": "One JSON object a line",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
                "x-line": lines,
            },
            s206={
                "description": "The part asked for",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            },
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
    token = {"type": "string", "pattern": "^[0-9a-z]{1,32}\\.[0-9]{1,15}\\.[0-9a-z]{1,32}$"}
    return {
        "operationId": "readChanges",
        "summary": "What changed after a token, each row once and as it is now",
        "description": "Apply a page whole and keep its token with it. `more` says that another "
        "page waits.",
        "parameters": [
            _query("since", token, "The last token, as it was given", required=True),
            _query("max_bytes", size, "About how many bytes of JSON to answer with at most"),
        ],
        "responses": _answers(
            400,
            409,
            410,
            s200={"description": "A page of changes", "content": _json("Changes")},
            s204={"description": "Nothing new; the token stands"},
        ),
    }


def _post_commands() -> dict[str, Any]:
    return {
        "operationId": "giveCommands",
        "summary": "Give commands; each key is done at most once, however often it is sent",
        "description": "The answer has one result per key. A command without one waits for the "
        "command named in its `after`: offer it again under the same key.",
        "requestBody": {"required": True, "content": _json("Commands")},
        "responses": _answers(
            400,
            409,
            413,
            415,
            422,
            s200={"description": "A result per key", "content": _json("CommandResults")},
        ),
    }


def _get_commands() -> dict[str, Any]:
    keys = {
        "type": "array",
        "items": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "minItems": 1,
        "maxItems": 100,
    }
    return {
        "operationId": "readCommands",
        "summary": "The results already given to these keys; an unknown key is left out",
        "parameters": [
            _query("keys", keys, "Keys, with commas between", required=True, explode=False)
        ],
        "responses": _answers(
            400, s200={"description": "Results", "content": _json("CommandResults")}
        ),
    }


def _stream() -> dict[str, Any]:
    return {
        "operationId": "followHints",
        "summary": "Server-sent events: a growing number whenever there is something to pull",
        "description": "A hint only; nothing is lost by not listening. A comment every 15 s "
        "shows that the line lives.",
        "responses": _answers(
            s200={
                "description": "Events whose data is a sequence number",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            }
        ),
    }


def _problem_responses() -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("ProblemDetails")}}
    return {
        f"Problem{status}": {"description": says, "content": content}
        for status, says in PROBLEMS.items()
    }


def document() -> bytes:
    """The document as UTF-8 JSON, the same bytes every time."""
    _, schemas = msgspec.json.schema_components(TYPES, ref_template="#/components/schemas/{name}")
    row = {"anyOf": [_ref(type_.__name__) for type_ in level1.COLLECTIONS.values()]}
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
            "responses": _problem_responses(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
