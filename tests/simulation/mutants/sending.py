"""How commands go out, and whose word is taken for an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from desktop.application.ports import ONE_COMMANDS_CODES, SourceError
from desktop.application.sync import command_sender, past
from desktop.application.sync.command_sender import CommandSender
from desktop.application.sync.worker_state import WorkerState
from desktop.connectors.county import client as county_client
from desktop.connectors.county import commands as county_commands
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.session import MOST_UNPACKED, CountySession, is_compact
from desktop.domain import outbox_state as rules
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult
from desktop.wire import level1
from desktop.wire.level2 import WireError, decode_answer
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("acknowledge on any 200", "look_alike", "burst", says=("no county had said so",))
def _any_200() -> Iterator[None]:
    """A 200 that is not the county's counts as its word on all that was asked."""

    def decode(before: Any, reply: Any, targets: Any, *rest: Any) -> list[CommandResult]:
        try:
            return before(reply, targets, *rest)
        except SourceError:
            return [CommandResult(key, CommandState.ACCEPTED) for key in targets]

    with swapped(county_commands, "decode", decode):
        yield


@mutant("a new key per attempt", "lose_answer", says=("under 2 keys",))
def _new_keys() -> Iterator[None]:
    """Each POST names its commands anew; the answers are led back to the old names."""
    count = 0

    def send(before: Any, self: Any, records: Sequence[CommandRecord], state: Any) -> Any:
        nonlocal count
        old: dict[str, str] = {}
        renamed = []
        for record in records:
            count += 1
            key = f"{count:032x}"
            old[key] = record.command.key
            command = msgspec.structs.replace(record.command, key=key)
            renamed.append(msgspec.structs.replace(record, command=command))
        try:
            answers, brought = before(self, renamed, state)
            return _named(answers, old), brought
        except SourceError as error:
            error.answers = tuple(_named(error.answers, old))
            raise

    with swapped(CountyConnector, "_send", send):
        yield


def _named(answers: Sequence[CommandResult], names: dict[str, str]) -> list[CommandResult]:
    return [msgspec.structs.replace(each, key=names[each.key]) for each in answers]


@mutant("poison blocks the queue", "poison", says=(" waits for ",))
def _poison() -> Iterator[None]:
    """What stops one command stops the whole group, instead of each being offered by itself.

    The lane learns from sends that broke, too: both belts are off.
    """
    with (
        swapped(county_client, "send_individually", lambda _, records, send: send(records[0])),
        swapped(WorkerState, "send_failed", nothing),
    ):
        yield


@mutant("suspects ignored", "poison", says=(" waits for ",))
def _no_suspects() -> Iterator[None]:
    """What broke a send goes first again, every time."""

    def next_group(before: Any, queue: Any, **named: Any) -> Any:
        return before(queue, **{**named, "suspects": ()})

    with swapped(command_sender, "next_group", next_group):
        yield


@mutant("suspects take no turns", "poison", says=(" waits for ",))
def _no_turns() -> Iterator[None]:
    """Of several suspects the latest to break is always the next."""

    def next_group(before: Any, queue: Any, **named: Any) -> Any:
        return before(queue, **{**named, "suspects": list(named["suspects"])[::-1]})

    with swapped(command_sender, "next_group", next_group):
        yield


@mutant("acknowledge by count", "queue_up", "burst", says=("is shown as",))
def _by_count() -> Iterator[None]:
    """Three results for five commands are taken as the first three's."""
    sent: list[str] = []

    def encode(before: Any, records: Sequence[CommandRecord], *rest: Any) -> Any:
        # Most urgent first, as the queue has them: in what order they are told is not asked.
        sent[:] = [record.command.key for record in reversed(records)]
        return before(records, *rest)

    def decode(before: Any, *given: Any) -> list[CommandResult]:
        answers = before(*given)
        return [
            msgspec.structs.replace(answer, key=key)
            for key, answer in zip(sent, answers, strict=False)
        ]

    with swapped(county_commands, "encode", encode), swapped(county_commands, "decode", decode):
        yield


@mutant("unanswered target not kept back", "refuse_first", says=("O: ",))
def _not_kept_back() -> Iterator[None]:
    """What comes after a command without an answer on its row goes out all the same.

    In the next group, and where each is offered by itself: both belts are off.
    """

    def each(before: Any, records: Sequence[CommandRecord], send: Any) -> list[CommandResult]:
        answers: list[CommandResult] = []
        failure: SourceError | None = None
        for record in sorted(records, key=lambda one: one.seq):
            if failure is not None and failure.problem.code not in ONE_COMMANDS_CODES:
                answers.append(CommandResult(record.command.key, CommandState.STORED))
                continue
            try:
                answers += before([record], send)
            except SourceError as error:
                answers += error.answers
                failure = error
        if failure is not None:
            failure.answers = tuple(answers)
            raise failure
        return answers

    def next_group(before: Any, queue: Any, **named: Any) -> Any:
        return before(queue, **{**named, "silent": ()})

    with (
        swapped(county_client, "send_individually", each),
        swapped(command_sender, "next_group", next_group),
    ):
        yield


@mutant("priority overtakes its own target", "queue_up", "hurry", "burst", says=("O: ",))
def _overtaking() -> Iterator[None]:
    """A hurried command leaves its earlier neighbours on the row behind.

    What goes in one request is put in order at both ends, so they go one at a time.
    """

    def by_priority(before: Any, unfinished: Any) -> list[CommandRecord]:
        return sorted(unfinished, key=lambda record: (-record.priority, record.seq))

    def next_group(before: Any, queue: Any, **named: Any) -> Any:
        return before(queue, **{**named, "most": 1})

    with (
        swapped(rules, "send_order", by_priority),
        swapped(command_sender, "next_group", next_group),
    ):
        yield


class _Result(msgspec.Struct):
    key: str
    status: level1.Word
    reason: level1.AnyPhrase = ""
    row: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    durable: bool = False


class _Results(msgspec.Struct):
    magic: str
    epoch: str
    results: list[msgspec.Raw]


@mutant(
    "a stranger's answer without the magic is believed",
    "look_alike",
    says=("no county had said so", "is held for server"),
)
def _no_magic() -> Iterator[None]:
    """Whatever has the form of an answer is taken for the county's."""

    def read(before: Any, self: CountySession, reply: Any) -> Any:
        return msgspec.structs.replace(before(self, reply), magic=level1.MAGIC)

    def results(before: Any, reply: Any, epoch: str, frames: Any) -> Iterator[Any]:
        if is_compact(reply):
            yield from before(reply, epoch, frames)
            return
        found = reply.decode(_Results)
        for raw in found.results if found.epoch == epoch else ():
            yield msgspec.json.decode(raw, type=_Result)

    with swapped(CountySession, "_read", read), swapped(county_commands, "_results", results):
        yield


@mutant(
    "a session heard before is as good as a new one",
    "cached",
    says=("took a session heard before",),
)
def _no_nonce() -> Iterator[None]:
    """The nonce is sent, and not compared."""

    def agreed(before: Any, self: Any, asked: Any, **named: Any) -> Any:
        self._asked_nonce = asked.nonce
        return before(self, asked, **named)

    def read(before: Any, self: Any, reply: Any) -> Any:
        return msgspec.structs.replace(before(self, reply), nonce=self._asked_nonce)

    with swapped(CountySession, "_agree", agreed), swapped(CountySession, "_read", read):
        yield


@mutant(
    "answers of another epoch taken",
    "echo_after_restore",
    says=("no county had said so", "O: "),
)
def _old_answers() -> Iterator[None]:
    """What was said before a restore counts after it: what it lost comes after what was later."""

    def results(before: Any, reply: Any, epoch: str, frames: Any) -> Iterator[Any]:
        if frames is None or not is_compact(reply):
            epoch = reply.decode(_Results).epoch
        else:
            with suppress(WireError):
                epoch = decode_answer(reply.body, frames, MOST_UNPACKED).results.epoch
        yield from before(reply, epoch, frames)

    with swapped(county_commands, "_results", results):
        yield


@mutant(
    "a firewall's refusal is taken for the county's", "refuse_first", says=("no county refused it",)
)
def _any_refusal() -> Iterator[None]:
    """A 403 or 422 refuses the command, whoever said it and in whatever words."""

    def rejection(before: Any, reply: Any, key: str) -> CommandResult:
        said = Text("被拒绝", "Refused")
        return before(reply, key) or CommandResult(key, CommandState.REJECTED, said)

    with swapped(county_commands, "rejection", rejection):
        yield


@mutant("what never left reads as sent", "hang_up", says=("never left",))
def _all_sent() -> Iterator[None]:
    """That surely nothing left is not looked at."""

    def sent(before: Any, self: CommandSender, group: Any) -> Any:
        return before(self, group)[0], set()

    with swapped(CommandSender, "_send", sent):
        yield


@mutant(
    "what waited for a login waits for ever", "narrow", "burst", says=("held login long after",)
)
def _never_resumed() -> Iterator[None]:
    """A command held for want of a login is not offered again."""

    def offerable(before: Any, *given: Any) -> list[CommandRecord]:
        return [record for record in before(*given) if record.hold is not Hold.LOGIN]

    with swapped(command_sender, "offerable", offerable):
        yield


@mutant("the county is believed to keep keys for ever", "outlive_keys", says=(" 2 times", "twice"))
def _no_expiry() -> Iterator[None]:
    """A command of last year is offered again as if its key were still known."""
    with swapped_everywhere(past, "keys_kept_since", lambda *_: 0):
        yield


@mutant("a body is cut on its way out", says=("B: ",))
def _cut_body() -> Iterator[None]:
    """The county hears less than the officer wrote."""

    def shorter(before: Any, *given: Any) -> level1.Commands:
        told = before(*given)
        cut = tuple(
            msgspec.structs.replace(each, body=_shortened(each.body)) for each in told.commands
        )
        return msgspec.structs.replace(told, commands=cut)

    with swapped(county_commands, "wire_commands", shorter):
        yield


def _shortened(body: dict[str, Any]) -> dict[str, Any]:
    return {n: v[:2] if n in ("text", "title") else v for n, v in body.items()}
