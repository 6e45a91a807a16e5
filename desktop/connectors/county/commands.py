"""Commands of the outbox as the county API takes them, and its answers per key."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop.connectors.answers import Reply, decode_json
from desktop.connectors.county.rows import text
from desktop.connectors.county.session import stranger
from desktop.domain.command import CommandRecord, Receipt
from desktop.domain.instant import to_datetime
from desktop.domain.source import Answer
from desktop.domain.text import Text
from desktop.wire import level1
from desktop.wire.level1 import MAGIC, MAX_COMMANDS, MAX_TEXT

RECEIPTS = {
    "received": Receipt.RECEIVED,
    "accepted": Receipt.ACCEPTED,
    "rejected": Receipt.REJECTED,
    "conflict": Receipt.CONFLICT,
    "held": Receipt.HELD,
}


class _Results(msgspec.Struct):
    """The answer with each result still unread, so that one strange result spoils no other."""

    magic: str
    results: list[msgspec.Raw]


def encode(records: Sequence[CommandRecord], session: level1.Session, client: str) -> bytes:
    """The request for these commands, in the order of their clicks.

    `after` names the one before on the same target, so the server keeps their order.
    """
    ordered = sorted(records, key=lambda record: record.seq)[:MAX_COMMANDS]
    last: dict[object, str] = {}
    commands: list[level1.Command] = []
    for record in ordered:
        command = record.command
        commands.append(
            level1.Command(
                key=command.key,
                seq=record.seq,
                kind=command.kind,
                target=command.target.id,
                collection=command.target.collection,
                at=to_datetime(command.at),
                by=command.by,
                after=last.get(command.target),
                base=command.base,
                body=command.body,
            )
        )
        last[command.target] = command.key
    return msgspec.json.encode(
        level1.Commands(session.epoch, session.fence, client, tuple(commands))
    )


def decode(reply: Reply, keys: frozenset[str]) -> list[Answer]:
    """The answers to our own keys; SourceError when the answer is not the county's.

    A 200 without the magic answers nothing: a portal or a proxy said it.
    """
    found = reply.decode(_Results)
    if found.magic != MAGIC:
        raise stranger(reply)
    answers: list[Answer] = []
    for raw in found.results:
        try:
            result = msgspec.json.decode(raw, type=level1.CommandResult)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # Unanswered: it is offered again under the same key.
        if result.key in keys:
            answers.append(Answer(result.key, RECEIPTS[result.status], text(result.reason)))
    return answers


def rejection(reply: Reply, key: str) -> Answer | None:
    """The server's refusal of the only command sent, when it is in the server's own words."""
    if "application/problem+json" not in reply.headers.get("Content-Type", ""):
        return None
    details = decode_json(reply.body, level1.ProblemDetails, reply.url)
    said = (details.detail or details.title)[:MAX_TEXT]
    return Answer(key, Receipt.REJECTED, Text(said, said))
