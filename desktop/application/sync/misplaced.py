"""Another server at a source's address, or a copied disk: what is then held and reported."""

from __future__ import annotations

import logging

import msgspec

from desktop.application.commands.belonging import ANOTHER_SERVER
from desktop.application.ports import (
    Cache,
    DiskCopied,
    FileStore,
    OtherServer,
    OutboxStore,
)
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, Problem

COPIED = Text(
    "另一台电脑正用本机磁盘的副本继续工作，这条指令它可能已经发出或撤回：请核实后照样发出，或放弃。",
    "Another computer goes on from a copy of this disk and may have sent or withdrawn this command:"
    " check, then send it all the same or give it up.",
)

log = logging.getLogger(__name__)


def meet_misplaced(error: OtherServer | DiskCopied, context: ExchangeContext) -> None:
    """Hold the commands that must not go out now, durably, and notify the officer."""
    outbox, memory, source, clock = context.outbox, context.memory, context.source, context.clock
    if isinstance(error, OtherServer):
        memory.meet_server(error.binding)
        waiting = outbox.list_unfinished(source)
        keys = [r.command.key for r in waiting if r.state is not CommandState.RECEIVED]
        if keys:
            outbox.hold(keys, Hold.SERVER, ANOTHER_SERVER, clock.now())
        return
    held = outbox.renew_client(COPIED, clock.now())
    log.info("this disk was copied", extra={"source": source})
    error.problem = Problem("disk_copied", {"count": str(held)})
    memory.tell(error.problem)


def go_on_with(
    other: Binding, source: str, cache: Cache, outbox: OutboxStore, files: FileStore | None
) -> None:
    """Bind a source to another server, for which the rows of the one before are deleted."""
    cache.purge(source, None)
    if files is not None:
        files.purge(source)
    # Openings sent to it since, their answers lost, are this disk's own all the same.
    known = outbox.binding(source)
    tried = tuple(dict.fromkeys((*other.tried, *known.tried)))
    # Last: a crash before leaves the choice to be made again.
    outbox.bind(source, msgspec.structs.replace(other, tried=tried, earlier=known.earlier))


def may_be_a_twins(record: CommandRecord) -> bool:
    """Whether another computer with a copy of this disk may have sent what this one did not."""
    return record.hold is Hold.COPY or record.state in (
        CommandState.CANCELLED,
        CommandState.GIVEN_UP,
    )
