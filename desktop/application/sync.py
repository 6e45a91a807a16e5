"""One exchange with one source: commands out first, then everything new in."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from desktop.application.ports import Cache, Connector, OutboxStore, SourceError
from desktop.domain.clock import Clock
from desktop.domain.command import Collection, CommandRecord, Key, Receipt
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
    offer_after_s: float | None = None
    """How long the server asked us to keep commands back, when it did."""


class _Offered(msgspec.Struct):
    answered: int
    targets: set[Collection]
    failure: SourceError | None


def exchange(
    connector: Connector,
    cache: Cache,
    outbox: OutboxStore,
    clock: Clock,
    *,
    offer: bool = True,
    on_time_told: Callable[[], None] = lambda: None,
) -> Exchange:
    """Offer this source's commands, then apply all it has that is new.

    Downloads go on when sending fails. Raises SourceError when the pull fails;
    whatever was applied before stays, and the token never runs ahead of it.
    `on_time_told` lets the clock follow the server before the success is dated: dated by
    a clock a day ahead, a source that then died would look fresh for a day.
    """
    source = connector.settings.id
    offered = _offer(connector, outbox, clock) if offer else _Offered(0, set(), None)
    changed = set(offered.targets)
    rows = bad = 0
    for batch in connector.pull(cache.sync_state(source)):
        changed |= cache.apply(batch)
        on_time_told()
        # A whole list repeats the rows that were shown early from it.
        rows = (0 if batch.complete else rows) + len(batch.puts) + len(batch.deletes)
        bad += len(batch.bad_items)
    on_time_told()
    cache.mark_good(source, clock.now(), connector.clock_offset_ms() or 0)
    failure = offered.failure
    return Exchange(
        changed=frozenset(changed),
        rows=rows,
        bad_items=bad,
        answered=offered.answered,
        unsent=failure.problem if failure else None,
        offer_after_s=failure.retry_after_s if failure else None,
    )


def _offer(connector: Connector, outbox: OutboxStore, clock: Clock) -> _Offered:
    """Offer every unfinished command once; how many were answered, where, and what stopped it.

    A command left without an answer keeps back the later ones on its own target, and no
    other: the server could take them in the wrong order.
    """
    waiting = outbox.unfinished(connector.settings.id)
    answered, targets = 0, set[Collection]()
    blocked: set[Key] = set()
    while waiting := [r for r in waiting if r.command.target not in blocked]:
        group, waiting = waiting[:SEND_AT_MOST], waiting[SEND_AT_MOST:]
        failure: SourceError | None = None
        try:
            given = connector.send(group)
        except SourceError as error:
            failure, given = error, list(error.answers)
        answers = {answer.key: answer for answer in given}
        answered += len(answers)
        silent = [r for r in group if r.command.key not in answers]
        for record in group:
            if (answer := answers.get(record.command.key)) is not None:
                targets.add(record.command.target.collection)
                outbox.set_receipt(answer.key, answer.receipt, answer.reason, clock.now())
        if failure is not None:
            if failure.held:
                _mark(outbox, [*silent, *waiting], Receipt.HELD, clock)
            log.info("commands not offered", extra={"code": failure.problem.code})
            return _Offered(answered, targets, failure)
        _mark(outbox, silent, Receipt.SENT, clock)
        targets |= {record.command.target.collection for record in silent}
        blocked |= {record.command.target for record in silent}
    return _Offered(answered, targets, None)


def _mark(
    outbox: OutboxStore, records: list[CommandRecord], receipt: Receipt, clock: Clock
) -> None:
    """Say of commands without an answer where they are; what the platform has, it keeps."""
    for record in records:
        if record.receipt is not Receipt.RECEIVED:
            outbox.set_receipt(record.command.key, receipt, Text(), clock.now())
