"""The OpenAPI paths of what desks bring: commands and files."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi_parts import (
    COMPACT,
    DICTIONARY,
    answers,
    json_content,
    query,
    ref,
)
from desktop.wire import level1
from desktop.wire.orders import ORDERS

ORDER_TYPES = (
    level1.Commands,
    level1.CommandResults,
    level1.FileOffer,
    level1.FileState,
    *ORDERS.values(),
)
BINARY = {"schema": {"type": "string", "format": "binary"}}
DIGEST = {
    "name": "digest",
    "in": "path",
    "required": True,
    "description": "SHA-256 of the content",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
}
CONTENT_RANGE = {
    "name": "Content-Range",
    "in": "header",
    "required": True,
    "description": "Which bytes of the file the body is",
    "schema": {"type": "string", "pattern": "^bytes [0-9]{1,15}-[0-9]{1,15}/[0-9]{1,15}$"},
}


def order_paths() -> dict[str, Any]:
    """The paths of commands and files."""
    return {
        "/v1/commands": {"post": _post_commands(), "get": _get_commands()},
        "/v1/attachments": {"post": _offer_file()},
        "/v1/attachments/{digest}": {"put": _bring_file(), "get": _read_file()},
    }


def name_bodies(schemas: dict[str, Any]) -> None:
    """Give each command's body its name, without the tag that only our own code needs."""
    for type_ in ORDERS.values():
        schema = schemas.pop(type_.__name__)
        schema["properties"].pop("kind")
        required = [name for name in schema.pop("required", ()) if name != "kind"]
        schema |= {"title": _body_name(type_)} | ({"required": required} if required else {})
        schemas[_body_name(type_)] = schema


def _body_name(type_: type) -> str:
    return f"{type_.__name__}Body"


def _post_commands() -> dict[str, Any]:
    return {
        "operationId": "giveCommands",
        "summary": "Give commands; each key is done at most once, however often it is sent",
        "description": "The answer has one result per key. A command without one waits for the "
        "command named in its `after`: offer it again under the same key. A `conflict` carries "
        "the row as it is: others have changed it since `base`. `durable` says that no restore "
        "can lose the command any more. A command was given at `clock` + `offset_ms`, else at "
        "`at`; what would lie more than a minute ahead of the server is rejected. `x-bodies` has "
        "the body of each kind; instants in it are milliseconds since 1970, UTC. "
        "`application/vnd.cd2` is taken and given as well.",
        "x-bodies": {kind: ref(_body_name(type_)) for kind, type_ in ORDERS.items()},
        "parameters": [DICTIONARY],
        "requestBody": {"required": True, "content": json_content("Commands")},
        "responses": answers(
            400,
            409,
            413,
            415,
            422,
            s200={
                "description": "A result per key",
                "content": json_content("CommandResults") | COMPACT,
            },
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
            query("keys", keys, "Keys, with commas between", required=True, explode=False),
            DICTIONARY,
        ],
        "responses": answers(
            400,
            s200={"description": "Results", "content": json_content("CommandResults") | COMPACT},
        ),
    }


def _offer_file() -> dict[str, Any]:
    return {
        "operationId": "offerFile",
        "summary": "Say which file is to be brought; how much of it is here already",
        "description": "The session's `file_limit` is the largest size taken. A place is kept for "
        "two weeks after the last byte that came.",
        "requestBody": {"required": True, "content": json_content("FileOffer")},
        "responses": answers(
            400,
            413,
            415,
            422,
            s200={"description": "How much is here", "content": json_content("FileState")},
        ),
    }


def _bring_file() -> dict[str, Any]:
    return {
        "operationId": "bringFile",
        "summary": "Bring a piece of an offered file, from its `offset` on",
        "description": "What came of a piece that was cut is kept: offer the file again to hear "
        "how much. Bytes brought again must be the same. With its last byte the file is checked "
        "against its digest.",
        "parameters": [DIGEST, CONTENT_RANGE],
        "requestBody": {"required": True, "content": {"application/octet-stream": BINARY}},
        "responses": answers(
            400,
            404,
            409,
            422,
            507,
            s200={"description": "How much is here", "content": json_content("FileState")},
        ),
    }


def _read_file() -> dict[str, Any]:
    return {
        "operationId": "readFile",
        "summary": "A whole file, for whoever brought it or sees an incident that names it",
        "description": "Immutable; its ETag is its digest. `Range` and `If-Range` are served.",
        "parameters": [DIGEST],
        "responses": answers(
            404,
            416,
            s200={
                "description": "The content, with the media type it was brought with",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {"*/*": BINARY},
            },
            s206={"description": "The part asked for", "content": {"*/*": BINARY}},
            s304={"description": "Not changed"},
        ),
    }
