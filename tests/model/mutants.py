"""The shortcuts that the design forbids, each as a change to the running code.

Every one must be caught by the simulation. The first fourteen are the list of the
county API's design; the rest are accidents other systems had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import msgspec

from desktop.application.ports import SourceError
from desktop.application.sync.worker_state import WorkerState
from desktop.connectors.county import client as county_client
from desktop.connectors.county import commands as county_commands
from desktop.connectors.county import session
from desktop.connectors.http.response import Reply
from desktop.domain import outbox_state as rules
from desktop.domain.command import Command, CommandRecord, CommandState
from desktop.domain.instant import Instant
from desktop.domain.outbox_state import ANYTHING
from desktop.domain.source import Batch, CommandResult, Row
from desktop.wire import level1
from model import memory_outbox
from model.county import County, commands_of
from model.machine import Parts, SimConnector
from model.memory_outbox import MemoryOutbox
from model.network import COMMANDS
from model.response import Said
from model.rows import Done, Request, encode


class Setting(msgspec.Struct, frozen=True):
    """What a world is built of while a mutant is at work."""

    county: type[County] = County
    parts: Parts = Parts()


Mutant = Callable[[], Any]
"""A context manager that gives the setting and undoes its patches."""
MUTANTS: dict[str, Mutant] = {}


def mutant(name: str) -> Callable[[Callable[[], Iterator[Setting]]], Mutant]:
    """Put a generator into the list under that name, as a context manager."""

    def put(made: Callable[[], Iterator[Setting]]) -> Mutant:
        MUTANTS[name] = contextmanager(made)
        return MUTANTS[name]

    return put


def _with_connector(**changes: Any) -> Parts:
    return Parts(connector=type("Mutated", (SimConnector,), changes))


@mutant("acknowledge on any 200")
def _any_200() -> Iterator[Setting]:
    """The body of a 200 is not looked at: a portal's counts, too."""

    def decode(reply: Reply, targets: Mapping[str, Any], *_: Any) -> list[CommandResult]:
        return [CommandResult(key, CommandState.ACCEPTED) for key in targets]

    with patch.object(county_commands, "decode", decode):
        yield Setting()


@mutant("a new key per attempt")
def _new_keys() -> Iterator[Setting]:
    """Each POST names its commands anew; the answers are led back to the old names."""
    count = 0

    def send(
        self: SimConnector, records: Sequence[CommandRecord], *rest: Any
    ) -> list[CommandResult]:
        nonlocal count
        fresh: dict[str, str] = {}
        renamed = []
        for record in records:
            count += 1
            key = f"{count:032x}"
            fresh[key] = record.command.key
            command = msgspec.structs.replace(record.command, key=key)
            renamed.append(msgspec.structs.replace(record, command=command))
        try:
            answers = SimConnector.send(self, renamed, *rest)
        except SourceError as error:
            error.answers = tuple(_named(error.answers, fresh))
            raise
        return _named(answers, fresh)

    yield Setting(parts=_with_connector(send=send))


def _named(answers: Sequence[CommandResult], fresh: dict[str, str]) -> list[CommandResult]:
    return [msgspec.structs.replace(each, key=fresh[each.key]) for each in answers]


@mutant("delete on send")
def _delete_on_send() -> Iterator[Setting]:
    """A command leaves the outbox as its bytes leave the computer."""

    class Deleting(MemoryOutbox):
        def offering(self, keys: Sequence[str], now: Instant) -> None:
            super().offering(keys, now)
            self._forgotten = {key: self._entries.pop(key) for key in keys}

        def answer_all(self, answers: Sequence[CommandResult], now: Instant) -> None:
            self._entries.update(
                (a.key, self._forgotten[a.key]) for a in answers if a.key not in self._entries
            )
            super().answer_all(answers, now)

        def set_state(self, key: str, state: CommandState, *rest: Any) -> CommandRecord:
            if (
                state in (CommandState.SENT, CommandState.HELD, CommandState.STORED)
                or key in self._entries
            ):
                known = self._entries.get(key) or self._forgotten[key]
                return known.record
            self._entries[key] = self._forgotten[key]
            return super().set_state(key, state, *rest)

    yield Setting(parts=Parts(outbox=Deleting))


@mutant("dedupe in another transaction")
def _two_transactions() -> Iterator[Setting]:
    """The county commits the effect first and the key after it."""

    class TwoSteps(County):
        def _between_effect_and_key(self) -> None:
            self._committed = self.state.copy()

    yield Setting(county=TwoSteps)


@mutant("dedupe kept too briefly")
def _short_memory() -> Iterator[Setting]:
    """The county forgets a key after a minute."""

    class Forgetful(County):
        def _known(self, command: level1.Command, client: str) -> Done | None:
            known = super()._known(command, client)
            return known if known and self.now_s() - known.at_s < 60 else None

    yield Setting(county=Forgetful)


@mutant("not re-armed after a failure")
def _not_rearmed() -> Iterator[Setting]:
    """What was in flight when sending failed stays in flight for good."""

    class InFlight(MemoryOutbox):
        def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
            return [r for r in super().list_unfinished(source) if not r.offered or source is None]

    yield Setting(parts=Parts(outbox=InFlight))


@mutant("no order check")
def _no_order() -> Iterator[Setting]:
    """The county does a command whether or not the one before it has come.

    The client keeps later commands on an unanswered one's target back as well, so the two
    belts go together.
    """

    class Hasty(County):
        def _comes_too_early(self, command: level1.Command) -> bool:
            return False

    yield Setting(county=Hasty)


@mutant("dedupe by sequence alone")
def _by_sequence() -> Iterator[Setting]:
    """The county knows a command by its client and sequence number."""

    class BySequence(County):
        def _known(self, command: level1.Command, client: str) -> Done | None:
            for done in self.state.done.values():
                if (done.client, done.seq) == (client, command.seq):
                    return done
            return None

    yield Setting(county=BySequence)


@mutant("confirm to the user before commit")
def _early_confirm() -> Iterator[Setting]:
    """The click is confirmed while the write is still in memory; the next call writes it."""

    class Lazy(MemoryOutbox):
        def append(
            self, command: Command, now: Instant, *, basis: Row | None = None, replaces: str = ""
        ) -> CommandRecord:
            state = self._disk.outbox.copy()
            standing = MemoryOutbox.append(self, command, now, basis=basis, replaces=replaces)
            written, self._disk.outbox = self._disk.outbox, state
            self._waiting = written
            return standing

        def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
            waiting = getattr(self, "_waiting", None)
            if waiting is not None:
                self._disk.outbox, self._waiting = waiting, None
            return super().list_unfinished(source)

    yield Setting(parts=Parts(outbox=Lazy))


@mutant("poison blocks the queue")
def _poison() -> Iterator[Setting]:
    """What stops one command stops the whole group, instead of each being offered by itself.

    The lane learns from sends that broke, too, so the two belts go together.
    """

    def nothing_goes_on(records: Sequence[CommandRecord], send: Any, *_: Any, **__: Any) -> Any:
        return send(records[0])

    with (
        patch.object(county_client, "send_individually", nothing_goes_on),
        patch.object(WorkerState, "send_failed", lambda *_: None),
    ):
        yield Setting()


@mutant("no re-offer after a server restore")
def _no_reoffer() -> Iterator[Setting]:
    """What was accepted in another life of the data is taken as done for good."""

    class Content(MemoryOutbox):
        def offer_again(self, source: str, now: Instant, again: rules.Again = ANYTHING) -> int:
            return 0

    yield Setting(parts=Parts(outbox=Content))


@mutant("acknowledge by count")
def _by_count() -> Iterator[Setting]:
    """Three results for five commands are taken as the first three's."""
    encode = county_commands.encode
    sent: list[str] = []

    def encoding(records: Sequence[CommandRecord], *rest: Any, **words: Any) -> bytes:
        sent[:] = [r.command.key for r in sorted(records, key=lambda each: each.seq)]
        return encode(records, *rest, **words)

    decode = county_commands.decode

    def decoding(*given: Any, **words: Any) -> list[CommandResult]:
        answers = decode(*given, **words)
        return [
            msgspec.structs.replace(answer, key=key)
            for key, answer in zip(sent, answers, strict=False)
        ]

    with (
        patch.object(county_commands, "encode", encoding),
        patch.object(county_commands, "decode", decoding),
    ):
        yield Setting()


@mutant("no fencing")
def _no_fence() -> Iterator[Setting]:
    """The county takes requests of sessions that a newer one has replaced."""

    class Open(County):
        def sender(self, asked: level1.Commands) -> str | None:
            return asked.client or next(iter(self.state.fences))

    yield Setting(county=Open)


@mutant("client-made epoch ids")
def _own_epochs() -> Iterator[Setting]:
    """The desk names the epoch, once; the county takes whatever name it hears."""

    opened = session.CountySession.open

    def own_name(self: session.CountySession, *given: Any, **words: Any) -> level1.Session:
        self.session = msgspec.structs.replace(opened(self, *given, **words), epoch="mine")
        return self.session

    def pull(self: SimConnector, *given: Any, **words: Any) -> Iterator[Batch]:
        for batch in SimConnector.pull(self, *given, **words):
            named = batch.epoch and "mine"
            yield msgspec.structs.replace(batch, epoch=named)

    class Credulous(County):
        def answer(self, request: Request) -> Said:
            if (request.method, request.path) == COMMANDS:
                asked = msgspec.structs.replace(commands_of(request), epoch=self.state.epoch)
                request = request._replace(body=encode(asked), head={})
            said = super().answer(request)
            ours = b'"epoch":"%s"' % self.state.epoch.encode()
            if request.path == "v1/commands":
                said = Said(said.status, said.body.replace(ours, b'"epoch":"mine"'), said.headers)
            return said

        def restore(self, backup: Any) -> None:
            super().restore(backup)
            # Without epochs of its own its tokens look as they did before.
            self.state.epoch = "e1"

    with patch.object(session.CountySession, "open", own_name):
        yield Setting(county=Credulous, parts=_with_connector(pull=pull))


# Accidents of others.


@mutant("the token ahead of its rows")
def _checkpoint_first() -> Iterator[Setting]:
    """Each page's token is kept before the page's rows."""

    def pull(self: SimConnector, *given: Any, **words: Any) -> Iterator[Batch]:
        for batch in SimConnector.pull(self, *given, **words):
            if batch.token is not None and not batch.complete:
                yield Batch(batch.source, token=batch.token, epoch=batch.epoch)
                yield msgspec.structs.replace(batch, token=None)
            else:
                yield batch

    yield Setting(parts=_with_connector(pull=pull))


@mutant("a conflict told to nobody")
def _silent_conflict() -> Iterator[Setting]:
    """Only refusals and holds ask for the officer's eyes."""

    def asks(record: CommandRecord) -> bool:
        return not record.seen and record.state in (CommandState.REJECTED, CommandState.HELD)

    with patch.object(memory_outbox, "asks_for_eyes", asks):
        yield Setting()


@mutant("withdrawn although it may have left")
def _late_cancel() -> Iterator[Setting]:
    """Only what was answered cannot be withdrawn any more."""

    withdrawn = rules.withdraw

    def bold(entry: rules.Entry, now: Instant) -> rules.Entry | None:
        known = entry.record
        state = CommandState.STORED if known.state is CommandState.SENT else known.state
        unsent = msgspec.structs.replace(known, offered=False, state=state)
        return withdrawn(msgspec.structs.replace(entry, record=unsent), now)

    with patch.object(rules, "withdraw", bold):
        yield Setting()


@mutant("retired before the server keeps it")
def _early_retire() -> Iterator[Setting]:
    """An accepted command is forgotten at once."""

    def retire(entry: rules.Entry, state: CommandState, *rest: Any) -> rules.Entry:
        return rules.retire(answered(entry, state, *rest))

    answered = rules.apply_answer
    with patch.object(rules, "apply_answer", retire):
        yield Setting()


@mutant("answers of another epoch taken")
def _old_answers() -> Iterator[Setting]:
    """What was said before a restore counts after it."""

    def of_any_epoch(read: Callable[..., list[CommandResult]]) -> Callable[..., Any]:
        def tried(reply: Reply, keys: Any, _epoch: str, frames: Any = None) -> list[CommandResult]:
            epochs = (f"e{number}" for number in range(1, 20))
            return next(filter(None, (read(reply, keys, each, frames) for each in epochs)), [])

        return tried

    with (
        patch.object(county_commands, "decode", of_any_epoch(county_commands.decode)),
        patch.object(county_commands, "states", of_any_epoch(county_commands.states)),
    ):
        yield Setting()
