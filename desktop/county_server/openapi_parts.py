"""The pieces every part of the OpenAPI document is put together from."""

from __future__ import annotations

from typing import Any

from desktop.wire.level2 import MEDIA

PROBLEMS = {
    400: "The body or a parameter is not what it should be.",
    401: "Log in: `Authorization: Bearer` with a known token.",
    404: "There is no such thing, or no longer; a snapshot: open a session again.",
    405: "Not this method; `Allow` names those there are.",
    406: "A level 2 snapshot; accept `application/vnd.cd2`.",
    409: "Another epoch, a newer session of the same client, or a piece of a file that does not "
    "fit (`type` tells which; `offset` where the next piece must begin).",
    410: "The token is too old or of another scope: take a new snapshot.",
    413: "The body or the file is too large; `detail` names the limit.",
    415: "Send `application/json`.",
    416: "The range begins after the end.",
    422: "A command key was used before for something else, and nothing of the request was done; "
    "or a file is not what its digest says, and was thrown away.",
    500: "The server failed; nothing was changed.",
    503: "Not now; `Retry-After` says when.",
    507: "No room for the file at present; `Retry-After` says when.",
}


def ref(name: str) -> dict[str, Any]:
    """A reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_content(name: str) -> dict[str, Any]:
    """A body that is one object of JSON."""
    return {"application/json": {"schema": ref(name)}}


COMPACT = {MEDIA: {"schema": {"type": "string", "format": "binary"}}}
"""Level 2, negotiated by `Accept`."""
MARK = {
    "M": {
        "description": "Unencrypted only: by this the answer proves itself, as serving.md has it",
        "schema": {"type": "string", "minLength": 4, "maxLength": 4},
    }
}


def answers(*problem_statuses: int, **good: dict[str, Any]) -> dict[str, Any]:
    """The answers of one call: good ones as `s200=`, problems by status."""
    told: dict[str, Any] = {name.removeprefix("s"): value for name, value in good.items()}
    for status in sorted({*problem_statuses, 401, 405, 500, 503}):
        told[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return told


def query(name: str, schema: dict[str, Any], says: str, **more: Any) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": says, "schema": schema} | more


DICTIONARY = query("d", {"type": "string"}, "Level 2: the dictionary to use, if the server has it")


def problem_responses() -> dict[str, Any]:
    """What each problem means, to be referred to."""
    content = {"application/problem+json": {"schema": ref("ProblemDetails")}}
    return {
        f"Problem{status}": {"description": says, "content": content}
        for status, says in PROBLEMS.items()
    }
