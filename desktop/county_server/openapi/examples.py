"""An example of every message of the county API, all of one small county's one morning."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.example_bulletins import PUBLISHED
from desktop.county_server.openapi.example_call import OFFICE, speak_command, speak_outcome
from desktop.county_server.openapi.example_rows import (
    ALARM,
    DIGEST,
    INCIDENT,
    KEY,
    PARTS,
    REPORT,
    ROWS,
    TREND,
)
from desktop.county_server.openapi.problem_types import PREFIX
from desktop.protocol.commands import ON_ALARMS, CommandKind
from desktop.protocol.lifecycle import new_incident_id
from desktop.wire.level1 import COLLECTIONS, MAGIC

EPOCH, TOKEN, SUM = "k3v9q2x7", "m4t8z.4711.all", "00f1e2d3c4b5a697"
AT = "2026-05-01T09:42:00+08:00"
CLIENT = "5f2b8c1d9e7a4036"
BODIES: dict[str, dict[str, Any]] = {kind.value: kind.row.example for kind in CommandKind}
OFFERED = BODIES["attach"]["file"]


def _key(number: int) -> str:
    return f"{int(KEY, 16) + number:032x}"


def _command(number: int, kind: str) -> dict[str, Any]:
    alarm = CommandKind(kind).row.on == ON_ALARMS
    command: dict[str, Any] = {
        "key": _key(number),
        "seq": 40 + number,
        "kind": kind,
        "target": ALARM["id"] if alarm else INCIDENT["id"],
        "collection": "alarms" if alarm else "incidents",
        "at": AT,
        "by": "值班员 03",
        "base": 1 if alarm else 3,
        "body": BODIES[kind],
    }
    if kind == "create":
        command["target"] = new_incident_id(command["key"])
        del command["base"]
    if kind == "report":
        command |= {"target": REPORT["id"], "collection": "reports", "base": 1}
    return command


COMMANDS = {kind: _command(number, kind) for number, kind in enumerate(BODIES)}
HEAD = {"magic": MAGIC, "epoch": EPOCH, "token": TOKEN}
TOTALS = dict.fromkeys(COLLECTIONS, 1)
PUTS = {
    name: {"collection": collection, "id": ROWS[name]["id"], "row": ROWS[name]}
    for collection, name in (
        (collection, type_.__name__) for collection, type_ in COLLECTIONS.items()
    )
}
PAGES = {
    name: {"collection": put["collection"], "rows": [put["row"]]} for name, put in PUTS.items()
}
DELETION = {"collection": "alarms", "id": "a-975"}
OTHER_ROW = {"id": "drone-2", "version": 5}
RESULT = {
    "key": _key(2),
    "status": "accepted",
    "version": 4,
    "durable": False,
}
CONFLICT = {
    "key": _key(3),
    "status": "conflict",
    "reason": {
        "zh": "该对象已被他人更新，请核对后再定",
        "en": "Others have changed it meanwhile: decide anew",
    },
    "version": 4,
    "row": INCIDENT | {"version": 4, "stage": "dispatched"},
}
ASKED = {"nonce": "q7Jd2mXw9sKe", "client": CLIENT, "tables": len(COLLECTIONS)}
SESSION = {
    "magic": MAGIC,
    "nonce": ASKED["nonce"],
    "epoch": EPOCH,
    "fence": 118,
    "county": {"zh": "云麓县", "en": "Yunlu County"},
    "collections": list(COLLECTIONS),
    "townships": [],
    "snapshot": "/v1/snapshot/all/m4t8z-4711",
    "expected_period_s": 30,
    "retention_s": 2_592_000,
    "server_time": "2026-05-01T09:41:58+08:00",
    "account": "",
    "drill": False,
    "file_limit": 50_000_000,
    "sums": True,
    "server": "0123456789abcdef",
    "keys_kept_s": 34_560_000,
}

READ_BACK = speak_outcome(COMMANDS["note"], CLIENT, EPOCH)
OUTCOME = {"number": COMMANDS["note"]["seq"], "status": "accepted"}

EXAMPLES: dict[str, Any] = {
    **ROWS,
    **PARTS,
    **{f"{name}Page": page for name, page in PAGES.items()},
    **{f"{name}Put": put for name, put in PUTS.items()},
    **{f"{kind.title()}Command": command for kind, command in COMMANDS.items()},
    **{f"{kind.title()}Body": body for kind, body in BODIES.items()},
    "Magic": MAGIC,
    "SessionRequest": ASKED,
    "Session": SESSION,
    "SnapshotHead": HEAD | {"totals": TOTALS},
    "SnapshotPage": PAGES["Incident"],
    "OtherPage": {"collection": "drones", "rows": [OTHER_ROW]},
    "SnapshotTrailer": {"end": True, "rows": len(PAGES), "sum": SUM},
    "SnapshotLine": {"end": True, "rows": len(PAGES), "sum": SUM},
    "Change": PUTS["Incident"],
    "OtherPut": {"collection": "drones", "id": OTHER_ROW["id"], "row": OTHER_ROW},
    "Deletion": DELETION,
    "Changes": {
        "magic": MAGIC,
        "token": "m4t8z.4713.all",
        "more": False,
        "changes": [PUTS["Incident"], DELETION],
        "server_time": "2026-05-01T09:42:28+08:00",
        "sum": SUM,
    },
    "Sums": {"magic": MAGIC, "token": TOKEN, "sums": [SUM, *["0" * 16] * 255]},
    "BucketRows": {
        "magic": MAGIC,
        "token": TOKEN,
        "buckets": [3, 77],
        "changes": [PUTS["Asset"], {"collection": "trends", "id": TREND["id"], "row": TREND}],
        "sum": SUM,
    },
    "FileOffer": {each: OFFERED[each] for each in ("digest", "size", "media_type")},
    "FileState": {"magic": MAGIC, "digest": DIGEST, "size": 183402, "offset": 65536},
    "OfferedFile": OFFERED,
    "Command": COMMANDS["note"],
    "CommandHead": {
        name: value
        for name, value in COMMANDS["note"].items()
        if name not in ("kind", "collection", "body")
    },
    "Commands": {
        "epoch": EPOCH,
        "fence": 118,
        "client": CLIENT,
        "commands": [
            COMMANDS["note"],
            COMMANDS["dispatch"] | {"after": COMMANDS["note"]["key"]},
        ],
    },
    "CommandResult": CONFLICT,
    "CommandResults": {"magic": MAGIC, "epoch": EPOCH, "results": [RESULT, CONFLICT]},
    "SpokenReport": speak_command(COMMANDS["note"], CLIENT) | {"execute": True},
    "SpokenReceipt": READ_BACK,
    "SpokenOutcome": OUTCOME,
    "SpokenAnswer": {
        "magic": MAGIC,
        "epoch": EPOCH,
        "office": OFFICE,
        "name": "西河",
        "account": "xihe",
        "command": COMMANDS["note"],
        "outcomes": [OUTCOME],
        "receipts": [READ_BACK],
    },
    **PUBLISHED,
    "ProblemDetails": {
        "type": f"{PREFIX}epoch",
        "title": "Conflict",
        "status": 409,
        "detail": "The server has begun another epoch: open a new session.",
    },
}
"""The examples, by the name of their schema."""
