"""One exchange with one source: commands out first, then everything new in."""

from __future__ import annotations

import logging

import msgspec

from desktop.application.ports import Cache, Connector, OutboxStore, SourceError
from desktop.domain.clock import Clock
from desktop.domain.command import Collection, CommandRecord, Receipt
from desktop.domain.source import Problem
from desktop.domain.text import Text

log = logging.getLogger(__name__)

SEND_AT_MOST = 20


class Exchange(msgspec.Struct, frozen=True):
    """What one exchange did."""

    changed: frozenset[Collection]
    rows: int
    bad_items: int
    answered: int
    unsent: Problem | None
    """Why commands could not be offered although the pull went well."""


def exchange(connector: Connector, cache: Cache, outbox: OutboxStore, clock: Clock) -> Exchange:
    """Offer this source's commands, then apply all it has that is new.

    Downloads go on when sending fails. Raises SourceError when the pull fails;
    whatever was applied before stays, and the token never runs ahead of it.
    """
    source = connector.settings.id
    answered, targets, unsent = _offer(connector, outbox, clock)
    changed: set[Collection] = set(targets)
    rows = bad = 0
    for batch in connector.pull(cache.sync_state(source)):
        changed |= cache.apply(batch)
        # A whole list repeats the rows that were shown early from it.
        rows = (0 if batch.complete else rows) + len(batch.puts) + len(batch.deletes)
        bad += len(batch.bad_items)
    offset_ms = connector.clock_offset_ms()
    cache.mark_good(source, clock.now(), offset_ms or 0)
    return Exchange(frozenset(changed), rows, bad, answered, unsent)


def _offer(
    connector: Connector, outbox: OutboxStore, clock: Clock
) -> tuple[int, set[Collection], Problem | None]:
    """Offer every unfinished command once; how many were answered, where, and what stopped it."""
    waiting = outbox.unfinished(connector.settings.id)
    answered, targets = 0, set[Collection]()
    for first in range(0, len(waiting), SEND_AT_MOST):
        group = waiting[first : first + SEND_AT_MOST]
        try:
            answers = {answer.key: answer for answer in connector.send(group)}
        except SourceError as error:
            if error.held:
                _hold(outbox, waiting[first:], clock)
            log.info("commands not offered", extra={"code": error.problem.code})
            return answered, targets, error.problem
        for record in group:
            answer = answers.get(record.command.key)
            receipt = answer.receipt if answer else Receipt.SENT
            if answer:
                answered += 1
            targets.add(record.command.target.collection)
            outbox.set_receipt(
                record.command.key, receipt, answer.reason if answer else Text(), clock.now()
            )
    return answered, targets, None


def _hold(outbox: OutboxStore, records: list[CommandRecord], clock: Clock) -> None:
    for record in records:
        outbox.set_receipt(record.command.key, Receipt.HELD, Text(), clock.now())
