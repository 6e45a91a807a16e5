"""A model of the county's server: in memory, fast, and as strict as the real one.

The real server's own rules say what a command makes of a row; the model has its own
keys, fences, order, lives of the data and transactions, which is what is put to the test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from desktop.county_server.commands.timing import judge
from desktop.county_server.rules.alarm_rules import change_alarm, expire
from desktop.county_server.rules.incident_rules import (
    change_incident,
    earlier_acknowledgement,
    entry,
)
from desktop.county_server.rules.rejection import Refused
from desktop.protocol.commands import CommandKind
from desktop.wire import level1
from desktop.wire.command_bodies import InvalidBody, read_body
from desktop.wire.level1 import MAGIC, CommandResult
from desktop.wire.level2 import MEDIA
from model import compact
from model.response import Said
from model.rows import Done, Request, Rows, ServerKilled, Stored, encode, problem

_commands = msgspec.json.Decoder(level1.Commands).decode
_in_one_order = msgspec.json.Encoder(order="deterministic").encode

RETENTION_S = 400 * 86_400
"""How long command keys are kept."""


FILE_LIMIT = 1_000_000


class KeyReused(Exception):
    """The same key came with another payload."""


class County(Rows):
    """`answer` is its whole surface; the other calls are what happens around it."""

    def __init__(self, now_s: Callable[[], float], page_rows: int = 3) -> None:
        super().__init__(now_s, page_rows)
        self.answers_ever: dict[str, set[str]] = {}
        """Every status ever committed, by key, over all lives of the data."""
        self.kill_after: int | None = None
        """The server dies at that many-th step inside its transactions."""
        self.held_kind = ""
        """Commands of this kind are held: they want a login that is not there."""
        self._committed = self.state
        self._offset_ms = 0

    def answer(self, request: Request) -> Said:
        """What the server says to one request that has reached it."""
        if request.path != "v1/commands":
            return super().answer(request)
        if request.method == "GET":
            told = self._results(self.results(request.query["keys"].split(",")))
        else:
            asked = commands_of(request)
            if asked.epoch != self.state.epoch:
                return problem(409, "epoch")
            if (client := self.sender(asked)) is None:
                return problem(409, "fence")
            try:
                told = self._results(self.post(asked, client))
            except KeyReused:
                return problem(422, "key-reused")
        compacted = self.compact and request.wants(MEDIA)
        return compact.results(told) if compacted else Said(200, encode(told))

    def _results(self, results: tuple[CommandResult, ...]) -> level1.CommandResults:
        return level1.CommandResults(MAGIC, self.state.epoch, results)

    def tidy(self) -> None:
        """Take alarms whose shelf has expired off it."""
        for (collection, _), stored in list(self.state.rows.items()):
            row = stored.row
            if not isinstance(row, level1.Alarm) or row.state != "shelved":
                continue
            if row.shelved_until is not None and row.shelved_until <= self.now:
                self.put(collection, expire(row))

    def post(self, asked: level1.Commands, client: str) -> tuple[CommandResult, ...]:
        """Do each command once, all in one transaction; raises KeyReused, ServerKilled."""
        self._committed = self.state.copy()
        self._offset_ms = asked.offset_ms
        results: dict[str, CommandResult] = {}
        self.tidy()
        try:
            for command in sorted(asked.commands, key=lambda each: each.seq):
                answer = self._do_once(command, client)
                if answer is not None:
                    results[command.key] = answer
        except (ServerKilled, KeyReused):
            self.state = self._committed
            raise
        for result in results.values():
            self.answers_ever.setdefault(result.key, set()).add(result.status)
        keys = dict.fromkeys(command.key for command in asked.commands)
        return tuple(results[key] for key in keys if key in results)

    def sender(self, asked: level1.Commands) -> str | None:
        """The client that asks, perhaps told by its fence alone; None for a fence of before."""
        for client, fence in self.state.fences.items():
            if fence == asked.fence and asked.client in ("", client):
                return client
        return None

    def _known(self, command: level1.Command, _client: str) -> Done | None:
        known = self.state.done.get(command.key)
        return known if known and self.now_s() - known.at_s < RETENTION_S else None

    def _comes_too_early(self, command: level1.Command) -> bool:
        return command.after is not None and command.after not in self.state.done

    def _do_once(self, command: level1.Command, client: str) -> CommandResult | None:
        known = self._known(command, client)
        if known is not None:
            if known.payload != payload(command):
                raise KeyReused(command.key)
            return msgspec.structs.replace(
                known.result, key=command.key, durable=known.number <= self.durable
            )
        if self._comes_too_early(command):
            return None
        if command.kind == self.held_kind:
            return CommandResult(command.key, "held", "login")
        self._step()
        try:
            result = self._do(command, client)
        except (Refused, InvalidBody) as refusal:
            result = CommandResult(command.key, "rejected", refusal.reason)
        self._between_effect_and_key()
        self._step()
        state = self.state
        state.number += 1
        state.done[command.key] = Done(
            client, command.seq, payload(command), result, self.now_s(), state.number
        )
        return result

    def _between_effect_and_key(self) -> None:
        """Nothing: both are committed by one transaction."""

    def _step(self) -> None:
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after < 0:
                self.kill_after = None
                raise ServerKilled

    def _do(self, command: level1.Command, client: str) -> CommandResult:
        key = command.collection, command.target
        body = read_body(command.kind, command.body)
        kind = CommandKind(command.kind)
        known = self.state.rows.get(key)
        reason: level1.Phrase | str = ""
        if kind is CommandKind.CREATE:
            changed: Any = self._create(body, self._timed(command, None), known)
        elif known is None or known.row is None:
            raise Refused("县平台没有该对象", "The county has no such item any more")
        elif kind.row.checks_version and not self._is_clean(command, client, known.version):
            row = msgspec.Raw(known.body)
            return CommandResult(command.key, "conflict", "changed", known.version, row)
        else:
            given = self._timed(command, known.row)
            changed = self._change(known.row, body, given)
            if kind is CommandKind.ACKNOWLEDGE:
                reason = earlier_acknowledgement(known.row, command.by)
        before = 0 if known is None else known.version
        self.put(command.collection, changed)
        after = self.state.rows[key].version
        if after != before:
            self.state.makers[(*key, after)] = before, client, command.seq
            mark = str(command.body.get("text") or command.body.get("title") or "")
            self._log(command, mark, client)
        return CommandResult(command.key, "accepted", reason, version=after)

    def _timed(self, command: level1.Command, row: Any) -> level1.Command:
        """The command as given at the moment the county takes it to have been."""
        begun = row.raised_at if isinstance(row, level1.Alarm) else row and row.recorded_at
        if isinstance(row, level1.Incident) and row.timeline and row.timeline[0].kind == "intake":
            begun = min(begun, row.timeline[0].happened_at)
        timing = judge(command, self._offset_ms, self.now, begun)
        return msgspec.structs.replace(command, at=timing.given_at)

    def _create(self, body: Any, command: level1.Command, known: Stored | None) -> level1.Incident:
        if command.collection != "incidents" or command.target != f"new-{command.key}":
            raise Refused("新事件的编号与指令不符", "The new incident's id must be new-{key}")
        if known is not None:
            raise Refused("该事件已存在", "There is such an incident already")
        reported = msgspec.structs.replace(
            entry(command, self.now, "接报", "Reported"), kind="intake"
        )
        self.state.serial += 1
        return level1.Incident(
            id=command.target,
            title=level1.Phrase(body.title),
            recorded_at=self.now,
            number=f"JB-{self.state.serial}",
            level=body.level,
            occurred_at=body.occurred_at or command.at,
            place=body.place,
            timeline=(reported,),
        )

    def _change(
        self, row: level1.Incident | level1.Alarm, body: Any, command: level1.Command
    ) -> level1.Incident | level1.Alarm:
        if isinstance(row, level1.Alarm):
            return change_alarm(row, body, command, self.now)
        if command.kind != CommandKind.ATTACH:
            return change_incident(row, body, command, self.now)
        offered = body.file
        if offered.size > FILE_LIMIT:
            raise Refused(f"附件最大 {FILE_LIMIT} 字节", f"Files of at most {FILE_LIMIT} bytes")
        if any(each.digest == offered.digest for each in row.files):
            return row
        file = level1.File(
            offered.digest, offered.name, offered.media_type, offered.size, offered.thumbnail,
            command.at, command.by, here=False,
        )  # fmt: skip
        said = entry(command, self.now, "附件", "File", offered.name)
        return msgspec.structs.replace(
            row, files=(*row.files, file), timeline=(*row.timeline, said)
        )

    def _is_clean(self, command: level1.Command, client: str, version: int) -> bool:
        """Whether only this client's earlier clicks made the versions since the one it saw."""
        base = command.base or 0
        while version != base:
            made = self.state.makers.get((command.collection, command.target, version))
            if made is None or version < base:
                return False
            before, maker, seq = made
            if maker != client or seq >= command.seq:
                return False
            version = before
        return True

    def _log(self, command: level1.Command, mark: str, client: str) -> None:
        if mark:
            self.state.effects = (*self.state.effects, (command.target, mark, client))

    def results(self, keys: list[str]) -> tuple[CommandResult, ...]:
        """The answers already given to these keys."""
        return tuple(
            msgspec.structs.replace(known.result, durable=known.number <= self.durable)
            for key in keys
            if (known := self.state.done.get(key)) is not None
        )


def commands_of(request: Request) -> level1.Commands:
    """The commands of a request at either level."""
    return compact.commands(request.body) if request.is_of(MEDIA) else _commands(request.body)


def payload(command: level1.Command) -> bytes:
    """What is asked; `seq` and `after` only say how it travels."""
    return _in_one_order(
        (
            command.kind, command.target, command.collection, command.at, command.by,
            command.base, command.body,
        )
    )  # fmt: skip
