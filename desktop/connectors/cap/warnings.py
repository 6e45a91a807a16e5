"""The warnings that stand after all messages have been taken together."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from desktop.connectors.cap.message import Message
from desktop.domain.warning import Warning


class Standing(msgspec.Struct, frozen=True):
    """What to show, and which earlier rows no longer stand."""

    warnings: dict[str, Warning]
    gone: frozenset[str]
    """Replaced by an update, or cancelled by a message whose warning we have not seen."""


def settle(messages: Iterable[Message]) -> Standing:
    """Apply updates and cancellations in the order they were sent, after what they refer to.

    A cancelled warning stays, lifted; an updated one gives way to its update. A message
    touches only warnings of its own status: an exercise cancels no actual warning.
    """
    stands: dict[str, Warning] = {}
    gone: set[str] = set()
    for message in _in_order(messages):
        own = message.warning
        if message.type == "Alert":
            stands[own.id] = own
            continue
        for old_id in message.refers_to:
            old = stands.get(old_id)
            if old is not None and old.status != own.status:
                continue
            if message.type == "Cancel" and old is not None:
                stands[old_id] = msgspec.structs.replace(old, lifted_at=message.sent_at)
            elif old_id != own.id and own.status == "actual":
                stands.pop(old_id, None)
                gone.add(old_id)
            elif old_id != own.id:
                stands.pop(old_id, None)
        if message.type == "Update":
            stands[own.id] = own
    return Standing(stands, frozenset(gone - stands.keys()))


def _in_order(messages: Iterable[Message]) -> list[Message]:
    """By when they were sent; within one moment, each after those it refers to."""
    known = {message.warning.id: message for message in messages}
    placed: dict[str, Message] = {}
    for message in sorted(known.values(), key=lambda each: each.sent_at):
        waiting, met = [message], {message.warning.id}
        while waiting:
            last = waiting[-1]
            found = (known[id] for id in last.refers_to if id in known)
            before = next(
                (m for m in found if m.sent_at == last.sent_at and m.warning.id not in met), None
            )
            if before is None:
                placed.setdefault(last.warning.id, waiting.pop())
            else:
                met.add(before.warning.id)
                waiting.append(before)
    return list(placed.values())
