"""Shortcuts that no version number tells: only what officers see, and what goes by, shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest.mock import ANY, patch

import msgspec

from desktop.application.commands.command_service import CommandService
from desktop.application.ports import PullPlan, SourceError
from desktop.application.sync import command_sender, exchange
from desktop.connectors.county import commands as county_commands
from desktop.connectors.county import session
from desktop.domain import outbox_state as rules
from desktop.domain import overlay
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.incident import Incident, Stage
from desktop.domain.instant import HOUR
from desktop.domain.source import Batch, CommandResult, Row, SyncState, Tail
from desktop.wire import level1
from model import memory_outbox
from model.county import County
from model.machine import Parts, SimConnector
from model.memory_outbox import MemoryOutbox
from model.mutants import MUTANTS, Setting, mutant

__all__ = ["MUTANTS"]


@mutant("priority overtakes its own target")
def _overtaking() -> Iterator[Setting]:
    """A hurried command leaves its earlier neighbours on the row behind."""

    def by_priority(unfinished: Any) -> list[CommandRecord]:
        return sorted(unfinished, key=lambda record: (-record.priority, record.seq))

    with patch.object(rules, "send_order", by_priority):
        yield Setting()


@mutant("conflict never found")
def _no_conflict() -> Iterator[Setting]:
    """The county takes every command, whatever became of the row."""

    class Careless(County):
        def _is_clean(self, command: level1.Command, client: str, version: int) -> bool:
            return True

    yield Setting(county=Careless)


@mutant("conflict without the county's row")
def _bare_conflict() -> Iterator[Setting]:
    """The officer is told of a conflict and not with what."""
    decode = county_commands.decode

    def bare(*given: Any) -> list[CommandResult]:
        return [msgspec.structs.replace(each, row=None) for each in decode(*given)]

    with patch.object(county_commands, "decode", bare):
        yield Setting()


@mutant("unanswered target not kept back")
def _not_kept_back() -> Iterator[Setting]:
    """What comes after a command without an answer on its row goes out all the same."""
    chosen = command_sender.next_group

    def next_group(queue: Sequence[CommandRecord], **words: Any) -> list[CommandRecord]:
        return chosen(queue, **(words | {"silent": ()}))

    with patch.object(command_sender, "next_group", next_group):
        yield Setting()


@mutant("accepted lies over its row for ever")
def _never_told() -> Iterator[Setting]:
    """An accepted command is laid over whatever the county tells since."""

    def stands(record: CommandRecord, untold: Any) -> bool:
        return record.state is CommandState.ACCEPTED or not record.state.is_final

    with patch.object(overlay, "is_pending", stands):
        yield Setting()


@mutant("accepted lies over nothing until it is told")
def _gap() -> Iterator[Setting]:
    """Between its answer and the rows that tell it, a command is not to be seen."""

    def stands(record: CommandRecord, untold: Any) -> bool:
        return not record.state.is_final

    with patch.object(overlay, "is_pending", stands):
        yield Setting()


@mutant("nothing lies over rows")
def _no_overlay() -> Iterator[Setting]:
    """What was submitted shows when the county tells it."""
    with patch.object(overlay, "is_pending", lambda *_: False):
        yield Setting()


@mutant("suspects ignored")
def _no_suspects() -> Iterator[Setting]:
    """What broke a send goes first again, every time."""
    chosen = command_sender.next_group

    def next_group(queue: Sequence[CommandRecord], **words: Any) -> list[CommandRecord]:
        return chosen(queue, **(words | {"suspects": ()}))

    with patch.object(command_sender, "next_group", next_group):
        yield Setting()


@mutant("the first suspect keeps the others back")
def _no_turns() -> Iterator[Setting]:
    """Of several suspects always the oldest is offered."""
    chosen = command_sender.next_group

    def next_group(queue: Sequence[CommandRecord], **words: Any) -> list[CommandRecord]:
        ages = {record.command.key: record.seq for record in queue}
        suspects = sorted(words["suspects"], key=lambda key: ages.get(key, 0))
        return chosen(queue, **(words | {"suspects": suspects}))

    with patch.object(command_sender, "next_group", next_group):
        yield Setting()


@mutant("resend pressed twice is two")
def _two_presses() -> Iterator[Setting]:
    """Each press gives the refused command anew."""
    with patch("desktop.application.commands.answering.replacing", lambda *_: None):
        yield Setting()


@mutant("hold not told")
def _silent_hold() -> Iterator[Setting]:
    """Only outcomes ask for the officer's eyes."""

    def asks(record: CommandRecord) -> bool:
        return not record.seen and record.state.is_final

    with patch.object(memory_outbox, "asks_for_eyes", asks):
        yield Setting()


@mutant("base not kept")
def _no_base() -> Iterator[Setting]:
    """The version the officer saw is not stored with the command."""

    class Baseless(MemoryOutbox):
        def append(self, command: Any, *rest: Any, **words: Any) -> CommandRecord:
            return super().append(msgspec.structs.replace(command, base=None), *rest, **words)

    yield Setting(parts=Parts(outbox=Baseless))


@mutant("no repair")
def _no_repair() -> Iterator[Setting]:
    """Rows known to differ from the county's are left as they are."""
    with patch.object(exchange, "is_doubtful", lambda _state: False):
        yield Setting()


@mutant("notes of a withdrawn report stay")
def _orphans() -> Iterator[Setting]:
    """A report is withdrawn alone."""

    def cancel(self: CommandService, key: str) -> bool:
        return self._outbox.cancel(key, self._clock.now())

    with patch.object(CommandService, "cancel", cancel):
        yield Setting()


@mutant("magic unchecked")
def _no_magic() -> Iterator[Setting]:
    """Whatever has the form of an answer is taken for the county's."""
    with patch.object(session, "MAGIC", ANY), patch.object(county_commands, "MAGIC", ANY):
        yield Setting()


@mutant("nonce unchecked")
def _no_nonce() -> Iterator[Setting]:
    """A session heard before is as good as a new one."""
    with patch.object(session.secrets, "compare_digest", lambda *_: True):
        yield Setting()


@mutant("failing pull marked good")
def _always_good() -> Iterator[Setting]:
    """A pull that broke off counts as one that had nothing new."""

    class Calm(SimConnector):
        def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
            try:
                yield from super().pull(state, plan)
            except SourceError:
                return

    yield Setting(parts=Parts(connector=Calm))


def misreading(
    row: Callable[[Row], Row] = lambda row: row,
    changes: Callable[[dict[str, Any]], dict[str, Any]] = lambda changes: changes,
) -> Setting:
    """A connector that reads rows, and the changed fields of rows, in a way of its own."""

    class Misreading(SimConnector):
        def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
            for batch in super().pull(state, plan):
                patches = tuple(
                    msgspec.structs.replace(each, changes=changes(each.changes))
                    for each in batch.patches
                )
                puts = tuple(map(row, batch.puts))
                yield msgspec.structs.replace(batch, puts=puts, patches=patches)

    return Setting(parts=Parts(connector=Misreading))


@mutant("a patch loses a field")
def _lossy_patch() -> Iterator[Setting]:
    """One of several fields that changed is left out."""
    yield misreading(changes=lambda told: dict(list(told.items())[len(told) > 1 :]))


@mutant("every incident reads as filed")
def _all_filed() -> Iterator[Setting]:
    """The stage of a row is not looked at."""

    def filed(row: Row) -> Row:
        if not isinstance(row, Incident):
            return row
        return msgspec.structs.replace(row, stage=Stage.FILED)

    def told(changes: dict[str, Any]) -> dict[str, Any]:
        return changes | ({"stage": Stage.FILED} if "stage" in changes else {})

    yield misreading(filed, told)


@mutant("times read an hour off")
def _wrong_hour() -> Iterator[Setting]:
    """The moments of a row's timeline are wrong by an hour."""

    def late(told: Any) -> Any:
        if isinstance(told, Tail):
            return msgspec.structs.replace(told, items=late(told.items))
        return tuple(
            msgspec.structs.replace(each, happened_at=each.happened_at + HOUR) for each in told
        )

    def row(found: Row) -> Row:
        if not isinstance(found, Incident):
            return found
        return msgspec.structs.replace(found, timeline=late(found.timeline))

    def changes(told: dict[str, Any]) -> dict[str, Any]:
        return told | ({"timeline": late(told["timeline"])} if "timeline" in told else {})

    yield misreading(row, changes)


@mutant("what is on a refused report is thrown away")
def _dropped_dependents() -> Iterator[Setting]:
    """A report given anew leaves behind what was given on it."""
    with patch("desktop.application.commands.answering.dependents", lambda *_: []):
        yield Setting()


@mutant("a body is cut on its way out")
def _cut_body() -> Iterator[Setting]:
    """The county hears less than the officer wrote."""
    wired = county_commands.wire_commands

    def shorter(*given: Any, **words: Any) -> level1.Commands:
        told = wired(*given, **words)
        cut = tuple(
            msgspec.structs.replace(
                each, body={name: str(value)[:2] for name, value in each.body.items()}
            )
            for each in told.commands
        )
        return msgspec.structs.replace(told, commands=cut)

    with patch.object(county_commands, "wire_commands", shorter):
        yield Setting()
