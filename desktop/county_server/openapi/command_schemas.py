"""The schemas of commands: one for each kind, with its own body."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.command_effects import effect_of
from desktop.county_server.openapi.parts import both, ref
from desktop.county_server.stages import CHECKS_BASE
from desktop.wire import level1
from desktop.wire.orders import ORDERS
from desktop.wire.vocabularies import VOCABULARIES

COMMAND_TYPES = (level1.Commands, *ORDERS.values())
OWN = ("kind", "collection", "body")
"""What each kind of command has of its own."""
ON_ALARMS = frozenset({"shelve", "unshelve"})
ON_BOTH = frozenset({"acknowledge"})


def body_name(kind: str) -> str:
    """The schema of the body of a kind of command."""
    return f"{ORDERS[kind].__name__}Body"


def command_name(kind: str) -> str:
    """The schema of a whole command of a kind."""
    return f"{ORDERS[kind].__name__}Command"


def name_bodies(schemas: dict[str, Any]) -> None:
    """Give each command's body its name, without the tag that only our own code needs."""
    for kind, type_ in ORDERS.items():
        schema = schemas.pop(type_.__name__)
        schema["properties"].pop("kind")
        required = [name for name in schema.pop("required", ()) if name != "kind"]
        zh, en = VOCABULARIES["CommandKind"].words[kind]
        schema |= {"title": body_name(kind), "description": both(f"正文：{zh}。", f"Body: {en}.")}
        schemas[body_name(kind)] = schema | ({"required": required} if required else {})


def head_of_commands(schemas: dict[str, Any]) -> None:
    """Leave of the command's schema what all kinds have."""
    head = schemas["CommandHead"] = schemas.pop("Command")
    for name in OWN:
        head["properties"].pop(name)
    head["required"] = [name for name in head["required"] if name not in OWN]
    head["title"] = "CommandHead"


def command_schemas() -> dict[str, Any]:
    """Each kind of command, and any command."""
    schemas = {command_name(kind): _command(kind) for kind in ORDERS}
    mapping = {kind: ref(command_name(kind))["$ref"] for kind in ORDERS}
    schemas["Command"] = {
        "description": both(
            "一条指令；kind 决定 body 与可作用的种类。不认识的 kind 由服务器答 rejected。",
            "One command; `kind` decides its `body` and what it may act on. A server answers"
            " `rejected` to a kind it does not know.",
        ),
        "oneOf": [ref(command_name(kind)) for kind in ORDERS],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    return schemas


def _command(kind: str) -> dict[str, Any]:
    zh, en = VOCABULARIES["CommandKind"].words[kind]
    if kind in CHECKS_BASE:
        zh += "。检查 base：该行版本与 base 不同则答 conflict"
        en += "; checks `base`: where the row's version is another, the answer is `conflict`"
    own: dict[str, Any] = {
        "type": "object",
        "properties": {
            "kind": {"const": kind, "description": both("指令。", "Which command.")},
            "collection": {
                "enum": _collections(kind),
                "description": both("对哪一种行。", "Which collection its target is of."),
            },
            "body": ref(body_name(kind)) | {"description": both("正文。", "What it needs.")},
        },
        "required": ["kind", "collection"],
    }
    if kind not in ("acknowledge", "unshelve", "close"):
        own["required"].append("body")
    if kind == "create":
        own["required"].append("target")
        own["properties"]["target"] = {
            "type": "string",
            "pattern": "^new-[0-9a-f]{32}$",
            "description": both("新事件的 id。", "Id of the new incident."),
        }
        zh += "。target 是 `new-` 加自己的 key，以后就是这一行的 id"
        en += "; its `target` is `new-` and its own `key`, which stays the row's id"
    does_zh, does_en = effect_of(kind)
    return {
        "title": command_name(kind),
        "description": both(f"{zh}。{does_zh}", f"{en[:1].upper()}{en[1:]}. {does_en}"),
        "allOf": [ref("CommandHead"), own],
    }


def _collections(kind: str) -> list[str]:
    if kind in ON_BOTH:
        return ["incidents", "alarms"]
    return ["alarms"] if kind in ON_ALARMS else ["incidents"]
