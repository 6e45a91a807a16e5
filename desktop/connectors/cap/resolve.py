"""Combine all messages into the warnings that remain after updates and cancellations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from desktop.connectors.cap.message import MARK, Message
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.warning import Warning


class ActiveWarnings(msgspec.Struct, frozen=True):
    """The warnings to show, and the messages whose rows must go."""

    warnings: dict[str, Warning]
    gone: frozenset[str]
    """Messages replaced by an update, or cancelled before they were ever received."""


def resolve(messages: Iterable[Message]) -> ActiveWarnings:
    """Apply updates and cancellations in the order they were sent, after what they refer to.

    A cancelled warning stays, lifted; an updated one is replaced by its update. A message changes
    only warnings of its own status: an exercise cancels no actual warning.
    """
    stands: dict[str, tuple[Warning, ...]] = {}
    gone: set[str] = set()
    for message in _in_order(messages):
        if message.type == "Alert":
            stands[message.id] = message.warnings
            continue
        status = message.warnings[0].status
        for old_id in message.refers_to:
            old = stands.get(old_id)
            if old is not None and old[0].status != status:
                continue
            if message.type == "Cancel" and old is not None:
                by = message.warnings[0].issuer
                stands[old_id] = tuple(_lift(each, message.sent_at, by) for each in old)
            elif old_id != message.id:
                stands.pop(old_id, None)
                if message.warnings[0].is_actual:
                    gone.add(old_id)
        if message.type == "Update":
            stands[message.id] = message.warnings
    rows = {warning.id: warning for of_one in stands.values() for warning in of_one}
    return ActiveWarnings(rows, frozenset(gone - stands.keys()))


def distinct(warnings: Mapping[str, Warning]) -> dict[str, Warning]:
    """Return the rows without those that are the same in another feed, in every word and in state.

    If one feed lifts or changes a warning, the other feed's row stays as it is.
    """
    rows: dict[str, Warning] = {}
    met: set[Warning] = set()
    for id, warning in sorted(warnings.items(), key=lambda pair: MARK in pair[0]):
        alike = msgspec.structs.replace(warning, id=_without_mark(id))
        if alike not in met:
            rows[id] = warning
        met.add(alike)
    return rows


def _without_mark(id: str) -> str:
    """Return the id without the suffix of its feed."""
    message, found, rest = id.partition(MARK)
    return message + "".join(rest.partition(" ")[1:]) if found else message


def _lift(warning: Warning, at: Instant, by: Text) -> Warning:
    """Mark a warning as lifted; one already lifted keeps its own time."""
    if warning.lifted_at:
        return warning
    return msgspec.structs.replace(warning, lifted_at=at, lifted_by=by)


def _in_order(messages: Iterable[Message]) -> list[Message]:
    """Sort messages by the time sent; within one moment, each after those it refers to."""
    known = {message.id: message for message in messages}
    placed: dict[str, Message] = {}
    for message in sorted(known.values(), key=lambda each: each.sent_at):
        waiting, met = [message], {message.id}
        while waiting:
            last = waiting[-1]
            found = (known[id] for id in last.refers_to if id in known)
            before = next((m for m in found if m.sent_at == last.sent_at and m.id not in met), None)
            if before is None:
                placed.setdefault(last.id, waiting.pop())
            else:
                met.add(before.id)
                waiting.append(before)
    return list(placed.values())
