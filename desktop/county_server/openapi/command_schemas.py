"""The schemas of commands: one for each kind, with its own body."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.command_effects import effect_of
from desktop.county_server.openapi.parts import both, ref
from desktop.protocol.commands import CommandKind
from desktop.wire import level1
from desktop.wire.command_bodies import BODIES

COMMAND_TYPES = (level1.Commands, *BODIES.values())
OWN = ("kind", "collection", "body")
"""Fields whose schema differs between the kinds of command."""
TARGETS: dict[str, dict[str, Any]] = {
    CommandKind.CREATE: {
        "type": "string",
        "pattern": "^new-[0-9a-f]{32}$",
        "description": both("新事件的 id。", "Id of the new incident."),
    },
    CommandKind.REPORT: {
        "type": "string",
        "pattern": "^[^/]+/[^/]+/[^/]+$",
        "description": both(
            "报表的 id：`{form}/{township}/{period}`。",
            "Id of the report: `{form}/{township}/{period}`.",
        ),
    },
}
"""The targets of commands that name a row which need not be there yet."""


def body_name(kind: str) -> str:
    """Return the name of the schema of a kind's body."""
    return f"{BODIES[kind].__name__}Body"


def command_name(kind: str) -> str:
    """Return the name of the schema of a whole command of a kind."""
    return f"{BODIES[kind].__name__}Command"


def name_bodies(schemas: dict[str, Any]) -> None:
    """Rename each body's schema, from the struct's name to the document's."""
    for kind, type_ in BODIES.items():
        schema = schemas.pop(type_.__name__)
        zh, en = CommandKind(kind).row.meaning
        required = schema.pop("required", [])
        schema |= {"title": body_name(kind), "description": both(f"正文：{zh}。", f"Body: {en}.")}
        schemas[body_name(kind)] = schema | ({"required": required} if required else {})


def head_of_commands(schemas: dict[str, Any]) -> None:
    """Turn the command's schema into `CommandHead`, with the fields that all kinds have."""
    head = schemas["CommandHead"] = schemas.pop("Command")
    for name in OWN:
        head["properties"].pop(name)
    head["required"] = [name for name in head["required"] if name not in OWN]
    head["title"] = "CommandHead"


def command_schemas() -> dict[str, Any]:
    """Build the schemas of each kind of command and of any command."""
    schemas = {command_name(kind): _command(kind) for kind in BODIES}
    mapping = {kind: ref(command_name(kind))["$ref"] for kind in BODIES}
    schemas["Command"] = {
        "description": both(
            "一条指令；kind 决定 body 与可作用的种类。不认识的 kind 由服务器答 rejected。",
            "One command; `kind` decides its `body` and what it may act on. A server answers"
            " `rejected` to a kind it does not know.",
        ),
        "oneOf": [ref(command_name(kind)) for kind in BODIES],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    return schemas


def _command(kind: str) -> dict[str, Any]:
    row = CommandKind(kind).row
    zh, en = row.meaning
    if row.checks_version:
        zh += "。检查 base：该行版本与 base 不同则答 conflict"
        en += "; checks `base`: where the row's version is another, the answer is `conflict`"
    own: dict[str, Any] = {
        "type": "object",
        "properties": {
            "kind": {"const": kind, "description": both("指令。", "Which command.")},
            "collection": {
                "enum": [collection.value for collection in row.on],
                "description": both("对哪一种行。", "Which collection its target is of."),
            },
            "body": ref(body_name(kind)) | {"description": both("正文。", "What it needs.")},
        },
        "required": ["kind", "collection"],
    }
    if any(field.required for field in row.fields):
        own["required"].append("body")
    if kind in TARGETS:
        own["required"].append("target")
        own["properties"]["target"] = TARGETS[kind]
    if kind == CommandKind.CREATE:
        zh += "。target 是 `new-` 加自己的 key，以后就是这一行的 id"
        en += "; its `target` is `new-` and its own `key`, which stays the row's id"
    does_zh, does_en = effect_of(kind)
    return {
        "title": command_name(kind),
        "description": both(f"{zh}。{does_zh}", f"{en[:1].upper()}{en[1:]}. {does_en}"),
        "allOf": [ref("CommandHead"), own],
    }
