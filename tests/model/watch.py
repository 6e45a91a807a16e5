"""Gathers plain facts of a world for its judge: what desks show and keep, what went by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.wire import level1
from desktop.wire.level2 import MEDIA, WireError, decode_results
from model import compact, judge
from model.county import commands_of
from model.invariants import Violation
from model.judge import Fault, Name, Plain
from model.line import Delivery
from model.machine import SOURCE, Machine
from model.network import COMMANDS
from model.rows import Request

if TYPE_CHECKING:
    from model.acts import Acts

FINAL = ("accepted", "rejected", "conflict")
SESSION = "v1/session"
PULLS = (SESSION, "v1/changes", "v1/snapshot")
"""What may end a pull: a session, too, where a snapshot had come whole before a crash."""
REPAIRS = ("v1/snapshot", "v1/sums", "v1/buckets")
COUNTED = ("rows", "repairs", "commands", "bytes")
"""Of every exchange, also one a test begins at a machine before any act of the world."""
AWAIT_OFFICER = (Hold.COPY, Hold.EXPIRED, Hold.REPORT, Hold.ACCOUNT, Hold.SERVER)


class Watch:
    """Sits between a world and its judge; raises Violation for the first fault."""

    def __init__(self, world: Acts) -> None:
        self._world = world
        self._asked: dict[str, Plain] = {}
        """Every command as its officer gave it, by key."""
        self._found: list[Fault] = []
        self._said: dict[str, list[Plain]] = {}
        """Everything the county ever said to a key, in order."""
        self._machine: Machine | None = None
        self._memory: Any = None
        """The machine's as the act began; another one when it was started anew."""
        self._told_now: set[str] = set()
        self._waiting: set[str] = set()
        self._pulls: list[Plain] = []
        self._heard_at: dict[str, int] = {}
        """When the county itself last answered each machine."""
        self._exchange: Plain = dict.fromkeys(COUNTED, 0)
        self._before: Plain | None = None
        self._post, world.county.post = world.county.post, self._posted  # type: ignore[method-assign]
        world.weather.on_request = self._leaves
        world.weather.on_delivery = self._arrives

    def _judge(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            raise Violation(*fault)

    # The county and the network.

    def _posted(self, asked: level1.Commands, client: str) -> tuple[level1.CommandResult, ...]:
        results = self._post(asked, client)
        kinds = {each.key: each.collection for each in asked.commands}
        for each in results:
            known = self._said.setdefault(each.key, [])
            row = None
            if not isinstance(each.row, msgspec.UnsetType):
                row = judge.county_row(kinds[each.key], bytes(each.row))
            said = {"status": each.status, "row": row}
            if said not in known:
                known.append(said)
        return results

    def _leaves(self, request: Request) -> None:
        self._exchange["bytes"] += len(request.body)
        self._exchange["repairs"] += request.path.startswith(REPAIRS)
        if self._machine is None or (request.method, request.path) != COMMANDS:
            return
        self._exchange["commands"] += 1
        leaving = [each.key for each in commands_of(request).commands]
        kept = [
            {
                "key": record.command.key,
                "seq": record.seq,
                "target": record.command.target,
                "final": record.state.is_final or record.command.key in self._told_now,
                "waits_for_officer": record.hold in AWAIT_OFFICER,
            }
            for record in self._machine.outbox.list_unfinished()
        ]
        # Told at the end of the act: the product catches whatever is raised while it sends.
        self._found += judge.judge_leaving(self._machine.name, leaving, kept)

    def _arrives(self, request: Request, delivery: Delivery, whole: bool) -> None:
        if request.path != "v1/commands":  # States are told of many at once, ever more seldom.
            self._exchange["bytes"] += len(delivery.body)
        if whole and self._machine is not None:
            self._heard_at[self._machine.name] = round(self._world.now_s * 1000)
        if request.path.startswith(PULLS):
            ours = whole and delivery.status in (200, 204, 206, 410)
            silence = delivery.status == 204 and not ours
            # A session asked for afterwards, and refused, takes nothing from rows that came whole.
            if ours or request.path != SESSION:
                self._pulls.append({"whole": ours, "unproven": silence})
            self._exchange["rows"] += request.path == "v1/changes" and delivery.status == 200
        if (request.method, request.path) == COMMANDS:
            self._told_now |= _answered_by(request, delivery)

    # One act of a machine.

    def begin(self, machine: Machine) -> None:
        """Something is about to happen at that machine."""
        self._machine, self._memory = machine, machine.memory
        self._told_now, self._pulls = set(), []
        self._waiting = {record.command.key for record in machine.outbox.list_unfinished()}
        self._exchange = dict.fromkeys(COUNTED, 0)

    def marked_good(self, machine: Machine, good_at: int) -> None:
        """The machine calls its rows fresh as of that moment."""
        pull = self._pulls[-1] if self._pulls else {"whole": False, "unproven": False}
        late = good_at > self._heard_at.get(machine.name, 0) + 1000
        self._judge(judge.judge_freshness(machine.name, pull, late=late))

    def end(self, machine: Machine) -> None:
        """It has happened: what the machine says of itself must be true."""
        self._judge(self._found)
        attention = {record.command.key for record in machine.board.attention()}
        # Whoever starts anew goes by its clock; when that was set meanwhile, by the first pull.
        by_clock = machine.hand.wrong_by_ms and machine.memory is not self._memory
        if not (by_clock or (self._pulls and self._pulls[-1]["whole"])):
            self._judge(judge.judge_untold(machine.name, self._answered_now(machine)))
        for record in machine.outbox.list_unfinished():
            key = record.command.key
            dismissed = machine.dismissed.get(key) == "held" or record.seen
            if record.state is CommandState.HELD and key not in attention and not dismissed:
                raise Violation("V", f"{machine.name} {key[:6]} is held and nobody is told")

    def _answered_now(self, machine: Machine) -> list[Plain]:
        """What was accepted since the act began, and whether it is to be seen."""
        told = []
        for key in sorted(self._told_now & self._waiting):
            record = machine.outbox.record(key)
            if record is None or record.state is not CommandState.ACCEPTED:
                continue
            seen = machine.board.incident(record.command.target)
            # Without its row an acknowledgement has nothing to lie over.
            acknowledged = seen is None or seen.incident.acknowledged_at is not None
            kind = record.command.kind.value
            shown = {"create": seen is not None, "acknowledge": acknowledged}
            told.append({"key": key, "kind": kind, "shown": shown.get(kind, True)})
        return told

    def clicking(
        self,
        machine: Machine,
        key: str,
        kind: CommandKind,
        target: Key,
        body: dict[str, str],
        answers: CommandRecord | None = None,
    ) -> None:
        """An officer is about to give a command on what he sees."""
        seen = machine.board.incident(target)
        self._before = None if seen is None else judge.spread(seen.incident)
        base = None if self._before is None else self._before["version"] or None
        if answers is not None:
            rows = [each["row"] for each in self._said.get(answers.command.key, ())]
            told = rows[-1] if answers.state is CommandState.CONFLICT and rows else None
            base = base if told is None else told["version"]
        name = f"new-{key}" if kind is CommandKind.CREATE else target.id
        self._asked[key] = {
            "kind": kind.value,
            "target": name,
            "body": body,
            "base": base if kind.value in judge.CHECKED else None,
            "account": "",
        }

    def forget(self, key: str) -> None:
        """Nothing was given under that key after all."""
        del self._asked[key]

    def clicked(self, machine: Machine, key: str, target: Key) -> None:
        """He was told that it is kept: he must see it lie over the row."""
        record = machine.outbox.record(key)
        if record is None:
            raise Violation("L", f"{machine.name} {key[:6]} was kept and is not there")
        command = _command(record)
        if command["kind"] == "create":
            due = judge.reported(command)
        elif self._before is None:
            return
        else:
            due = judge.laid_over(self._before, [command])
        seen = machine.board.incident(target)
        shown = {} if seen is None else {("incidents", target.id): judge.spread(seen.incident)}
        self._judge(judge.judge_rows(machine.name, shown, {("incidents", target.id): due}, ()))

    def taken_along(self, machine: Machine, target: Key) -> None:
        """A refused report was given anew: nothing on it may stay behind."""
        for record in machine.outbox.on_target(target):
            if record.hold is Hold.REPORT:
                key = record.command.key[:6]
                raise Violation("V", f"{machine.name}: {key} stayed behind on a refused report")

    def withdrawn(self, machine: Machine, target: Key) -> None:
        """A report was withdrawn: nothing on it may be left."""
        left = [
            {
                "kind": record.command.kind.value,
                "final": record.state.is_final,
                "offered": record.offered,
            }
            for record in machine.outbox.on_target(target)
        ]
        self._judge(judge.judge_withdrawn(machine.name, target.id, left))

    # The end.

    def judge_end(self) -> None:
        """Everything, once the accidents are over and each desk has had its exchanges."""
        state = self._world.county.state
        rows = {
            name: judge.county_row(name[0], stored.body)
            for name, stored in state.rows.items()
            if stored.row is not None
        }
        done = {key: self._done(key) for key in state.done}
        self._judge(judge.judge_conflicts(done, state.makers))
        for machine in self._world.machines:
            waiting = [_command(record) for record in machine.outbox.list_unfinished()]
            waiting.sort(key=lambda command: command["seq"])
            self._judge(judge.judge_rows(machine.name, _shown(machine), rows, waiting))
            self._judge_commands(machine, done)
            if machine.memory.unconfirmed:
                raise Violation("C", f"{machine.name} lays over rows that tell the outcome")
        self._judge_silence()

    def _judge_commands(self, machine: Machine, done: dict[str, Plain]) -> None:
        attention = {record.command.key for record in machine.board.attention()}
        kept = []
        for record in machine.records():
            key = record.command.key
            theirs = machine.outbox.conflict_rows(key)[1]
            kept.append({
                "key": key,
                "state": record.state.value,
                "hold": record.hold.value,
                "replaces": record.replaces,
                "theirs": None if theirs is None else judge.spread(theirs),
                "told": record.seen or key in machine.dismissed,
                "in_attention": key in attention,
            })  # fmt: skip
            log = {"said": self._said.get(key, []), "done": done.get(key)}
            self._judge(judge.judge_command(machine.name, kept[-1], self._asked.get(key), log))
        self._judge(judge.judge_answers(machine.name, kept))

    def _done(self, key: str) -> Plain:
        logged = self._world.county.state.done[key]
        kind, target, collection, _, _, base, body = json.loads(logged.payload)
        return {
            "kind": kind, "target": target, "collection": collection, "base": base, "body": body,
            "client": logged.client, "seq": logged.seq, "account": "",
            "status": logged.result.status, "version": logged.result.version,
        }  # fmt: skip

    def _judge_silence(self) -> None:
        for machine in self._world.machines:
            exchanges = []
            for _ in range(judge.EXCHANGES_TO_SILENCE + 1):
                self._world.now_s += 35
                self.begin(machine)
                machine.exchange()
                self.end(machine)
                exchanges.append(self._exchange)
            self._judge(judge.judge_silence(machine.name, exchanges))


def _command(record: CommandRecord) -> Plain:
    command = record.command
    return {
        "seq": record.seq, "kind": command.kind.value, "body": command.body,
        "collection": command.target.collection.value, "target": command.target.id,
        "at": command.at, "by": command.by,
    }  # fmt: skip


def _shown(machine: Machine) -> dict[Name, Plain]:
    """Every incident and alarm as the Board shows it."""
    ids = {row.id for row in machine.cache.rows(Collection.INCIDENTS)}
    ids |= {record.command.target.id for record in machine.records()}
    shown: dict[Name, Plain] = {}
    for row_id in ids:
        detail = machine.board.incident(Key(SOURCE, Collection.INCIDENTS, row_id))
        if detail is not None:
            shown["incidents", row_id] = judge.spread(detail.incident)
    for group in machine.board.alarms():
        for alarm in (group.alarm, *(each.alarm for each in group.followers)):
            shown["alarms", alarm.id] = judge.spread(alarm)
    return shown


def _answered_by(request: Request, delivery: Delivery) -> set[str]:
    """Keys a desk may take for answered by what it was brought."""
    keys = {each.key for each in commands_of(request).commands}
    if delivery.status != 200:
        return keys if delivery.status == 422 and len(keys) == 1 else set()
    try:
        told: Any = (
            decode_results(delivery.body, compact.PLAIN)
            if delivery.headers.get("Content-Type") == MEDIA
            else msgspec.json.decode(delivery.body, type=level1.CommandResults)
        )
    except (msgspec.DecodeError, WireError):
        return set()
    return {each.key for each in told.results if each.status in FINAL}
