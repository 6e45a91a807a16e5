"""Commands from desks: each done at most once, its key and its effect in one transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from desktop.county_server.batch import Batch
from desktop.county_server.database import Database, meta
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account
from desktop.wire.level1 import (
    MAGIC,
    MAX_TEXT,
    Alarm,
    Command,
    CommandResult,
    CommandResults,
    Commands,
    Incident,
    Phrase,
    TimelineEntry,
)

ENCODER = msgspec.json.Encoder(order="deterministic")
RESULT = msgspec.json.Decoder(CommandResult)
ALARM_AFTER = {"unacknowledged": "acknowledged", "returned_unacknowledged": "normal"}
"""An acknowledged alarm's next state (ISA-18.2)."""


class _Refused(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Phrase(zh, en)


def digest(command: Command) -> bytes:
    """Fingerprint of what is asked; `seq` and `after` only say how it travels."""
    asked = {
        "kind": command.kind,
        "target": command.target,
        "collection": command.collection,
        "at": command.at,
        "by": command.by,
        "base": command.base,
        "body": command.body,
    }
    return hashlib.sha256(ENCODER.encode(asked)).digest()


def do_commands(database: Database, asked: Commands, account: Account) -> CommandResults:
    """Do each command that was not done before; the answers, in the order asked.

    A command whose `after` is not known here gets no answer: the one before it on
    the same target has yet to come, so it is offered again under the same key.
    """
    now = datetime.fromtimestamp(database.time_s(), UTC)
    answers: dict[str, CommandResult] = {}
    with database.batch() as batch:
        _check_sender(batch.connection, asked)
        for command in sorted(asked.commands, key=lambda each: each.seq):
            answer = _do_once(batch, command, account, now)
            if answer is not None:
                answers[command.key] = answer
        epoch = str(meta(batch.connection, "epoch"))
    keys = dict.fromkeys(command.key for command in asked.commands)
    return CommandResults(MAGIC, epoch, tuple(answers[key] for key in keys if key in answers))


def _check_sender(connection: sqlite3.Connection, asked: Commands) -> None:
    if asked.epoch != meta(connection, "epoch"):
        raise ApiError(409, "epoch", "The server has begun another epoch: open a new session.")
    found = connection.execute(
        "SELECT fence FROM clients WHERE client=?", (asked.client,)
    ).fetchone()
    if found is None or found[0] != asked.fence:
        raise ApiError(409, "fence", "This client has opened a newer session: use its fence.")


def _do_once(
    batch: Batch, command: Command, account: Account, now: datetime
) -> CommandResult | None:
    fingerprint = digest(command)
    known = batch.connection.execute(
        "SELECT account, digest, result FROM commands WHERE key=?", (command.key,)
    ).fetchone()
    if known is not None:
        if (known[0], known[1]) != (account.name, fingerprint):
            raise ApiError(422, "key-reused", f"Key {command.key} was used for something else.")
        return RESULT.decode(known[2])
    if command.after is not None and not _is_known(batch.connection, command.after):
        return None
    try:
        version = _do(batch, command, account, now)
        result = CommandResult(command.key, "accepted", version=version)
    except _Refused as refusal:
        result = CommandResult(command.key, "rejected", refusal.reason)
    batch.connection.execute(
        "INSERT INTO commands VALUES(?, ?, ?, ?, ?)",
        (
            command.key,
            account.name,
            fingerprint,
            int(now.timestamp()),
            ENCODER.encode(result),
        ),
    )
    return result


def _is_known(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM commands WHERE key=?", (key,)).fetchone() is not None


def _do(batch: Batch, command: Command, account: Account, now: datetime) -> int:
    """Carry the command out; the version its target has then."""
    if command.kind not in ("acknowledge", "note"):
        raise _Refused(f"县平台不支持该指令：{command.kind}", f"Unknown command: {command.kind}")
    if command.collection == "incidents":
        incident = _target(batch, command, account, Incident)
        changed: Incident | Alarm = (
            _acknowledge_incident(incident, command, now)
            if command.kind == "acknowledge"
            else _note(incident, command, now)
        )
    elif command.collection == "alarms" and command.kind == "acknowledge":
        changed = _acknowledge_alarm(_target(batch, command, account, Alarm), command)
    else:
        raise _Refused(
            "该对象不能执行此指令", f"{command.kind} is not possible on {command.collection}"
        )
    batch.put(command.collection, (changed,))
    found = batch.connection.execute(
        "SELECT version FROM rows WHERE collection=? AND id=?", (command.collection, command.target)
    ).fetchone()
    return int(found[0])


def _target(batch: Batch, command: Command, account: Account, type_: type[Any]) -> Any:
    found = batch.connection.execute(
        "SELECT body, townships FROM rows WHERE collection=? AND id=? AND body IS NOT NULL",
        (command.collection, command.target),
    ).fetchone()
    if found is None or not account.sees(found[1]):
        raise _Refused("县平台没有该对象，可能已被删除", "The county has no such item any more")
    return msgspec.json.decode(found[0], type=type_)


def _entry(kind: str, text: Phrase, command: Command, now: datetime) -> TimelineEntry:
    return TimelineEntry(kind, text, command.at, now, command.by)


def _acknowledge_incident(incident: Incident, command: Command, now: datetime) -> Incident:
    if incident.acknowledged_at is not None:
        return incident
    entry = _entry("acknowledge", Phrase("已确认", "Acknowledged"), command, now)
    return msgspec.structs.replace(
        incident,
        acknowledged_at=command.at,
        acknowledged_by=command.by,
        timeline=(*incident.timeline, entry),
    )


def _note(incident: Incident, command: Command, now: datetime) -> Incident:
    text = command.body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _Refused("备注内容为空", "The note is empty")
    if len(text) > MAX_TEXT:
        raise _Refused(f"备注超过 {MAX_TEXT} 字", f"The note is longer than {MAX_TEXT} characters")
    entry = _entry("note", Phrase(text), command, now)
    return msgspec.structs.replace(incident, timeline=(*incident.timeline, entry))


def _acknowledge_alarm(alarm: Alarm, command: Command) -> Alarm:
    if alarm.acknowledged_at is not None:
        return alarm
    return msgspec.structs.replace(
        alarm,
        state=ALARM_AFTER.get(alarm.state, alarm.state),
        acknowledged_at=command.at,
        acknowledged_by=command.by,
    )


def command_states(database: Database, keys: Sequence[str], account: Account) -> CommandResults:
    """The answers already given to these keys; a key never heard of is left out."""
    with database.reading() as connection:
        found = [
            RESULT.decode(result)
            for key in dict.fromkeys(keys)
            for (result,) in connection.execute(
                "SELECT result FROM commands WHERE key=? AND account=?", (key, account.name)
            )
        ]
        return CommandResults(MAGIC, str(meta(connection, "epoch")), tuple(found))
