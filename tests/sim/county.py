"""A model of the county's server: in memory, fast, and as strict as the real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from desktop.domain.sums import BUCKETS, MODULUS, bucket, weight
from desktop.wire import level1
from desktop.wire.level1 import MAGIC

encode = msgspec.json.Encoder().encode
_fingerprint = msgspec.json.Encoder(order="deterministic").encode
_commands = msgspec.json.Decoder(level1.Commands).decode
_session = msgspec.json.Decoder(level1.SessionRequest).decode

COLLECTIONS = ("incidents", "alarms")
RETENTION_S = 180 * 86_400
"""How long command keys are kept."""
STAGES_BEFORE_DISPATCH = ("collected", "filed", "returned", "deferred")


class Said(msgspec.Struct, frozen=True):
    """One answer before it meets the network."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Stored(msgspec.Struct, frozen=True):
    """One row as the county keeps it; `row` is None once it is deleted."""

    seq: int
    version: int
    number: int
    row: level1.Incident | level1.Alarm | None
    body: bytes = b""


class Done(msgspec.Struct, frozen=True):
    """What is remembered of a command: the dedupe row."""

    client: str
    seq: int
    fingerprint: bytes
    result: level1.CommandResult
    at_s: float
    commit: int
    clean: bool
    """Whether the row went from the officer's base to this version by this client alone."""


class State(msgspec.Struct):
    """All that a backup holds. Values are immutable, so a copy is shallow."""

    epoch: str
    head: int
    floor: int
    fence: int
    commits: int
    sum: int
    rows: dict[tuple[str, str], Stored]
    done: dict[str, Done]
    fences: dict[str, int]
    effects: tuple[tuple[str, str, str], ...]
    """(target, mark, client) of each effect, in the order they were done."""

    def copy(self) -> State:
        """One that later changes leave alone."""
        return State(
            self.epoch, self.head, self.floor, self.fence, self.commits, self.sum,
            self.rows.copy(), self.done.copy(), self.fences.copy(), self.effects,
        )  # fmt: skip


class ServerKilled(Exception):
    """The server died in the middle of a request; what was not committed is gone."""


class _Refused(Exception):
    pass


class _Conflict(Exception):
    pass


class County:
    """`answer` is its whole surface; the other calls are what happens around it."""

    def __init__(self, now_s: Callable[[], float], page_rows: int = 3) -> None:
        self.now_s = now_s
        self.page_rows = page_rows
        self.state = State("e1", 0, 0, 0, 0, 0, {}, {}, {}, ())
        self.epochs = 1
        self.durable_commits = 0
        """Commands up to this commit are in a backup: no restore loses them."""
        self.answers_ever: dict[str, set[str]] = {}
        """Every status ever committed, by key, over all lives of the data."""
        self.kill_after: int | None = None
        """The server dies at that many-th step inside its transactions."""
        self.held_kind = ""
        """Commands of this kind are held: they want a login that is not there."""
        self.shelf: dict[str, bytes] = {}
        self._newest: tuple[str, int] = ("", -1)

    # What happens at the county by itself.

    def put(self, collection: str, row: level1.Incident | level1.Alarm) -> None:
        """Add or replace one row; its version is the county's to give."""
        state = self.state
        known = state.rows.get((collection, row.id))
        version = 1 if known is None else known.version + 1
        number = len(state.rows) + 1 if known is None else known.number
        state.head += 1
        row = msgspec.structs.replace(row, version=version)
        self._weigh(collection, row.id, known, version)
        state.rows[collection, row.id] = Stored(state.head, version, number, row, encode(row))

    def delete(self, collection: str, row_id: str) -> None:
        """Take a row away; readers are told until `forget`."""
        state = self.state
        known = state.rows.get((collection, row_id))
        if known is None or known.row is None:
            return
        state.head += 1
        self._weigh(collection, row_id, known, None)
        state.rows[collection, row_id] = Stored(state.head, known.version + 1, known.number, None)

    def _weigh(self, collection: str, row_id: str, old: Stored | None, new: int | None) -> None:
        total = self.state.sum
        if old is not None and old.row is not None:
            total -= weight(collection, row_id, old.version)
        if new is not None:
            total += weight(collection, row_id, new)
        self.state.sum = total % MODULUS

    def forget(self) -> None:
        """End the retention of deletions: older tokens get 410."""
        self.state.floor = self.state.head

    def back_up(self) -> State:
        """A backup that will never be given up: what is in it is durable."""
        self.durable_commits = self.state.commits
        return self.state.copy()

    def restore(self, backup: State) -> None:
        """Go back to a backup; another life of the data begins."""
        self.epochs += 1
        self.state = backup.copy()
        self.state.epoch = f"e{self.epochs}"
        self.shelf.clear()
        self._newest = ("", -1)

    def sums(self) -> tuple[int, ...]:
        """The 256 bucket sums."""
        found = [0] * BUCKETS
        for (collection, row_id), stored in self.state.rows.items():
            if stored.row is not None:
                at = bucket(collection, row_id)
                found[at] = (found[at] + weight(collection, row_id, stored.version)) % MODULUS
        return tuple(found)

    # The API.

    def answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Said:
        """What the server says to one request that has reached it."""
        match method, path:
            case "POST", "v1/session":
                return self._open(body)
            case "POST", "v1/commands":
                return self._do_all(body)
            case "GET", "v1/commands":
                return self._states(query["keys"].split(","))
            case "GET", "v1/changes":
                return self._changes(query)
            case "GET", "v1/sums":
                return self._sums()
            case "GET", "v1/buckets":
                return self._buckets(query["n"])
            case "GET", _ if path.startswith("v1/snapshot/"):
                found = self.shelf.get(path)
                return Said(404) if found is None else Said(200, found)
        return Said(404)

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.now_s(), UTC)

    @property
    def token(self) -> str:
        """Where a reader of everything goes on."""
        return f"{self.state.epoch}.{self.state.head}.all"

    def _open(self, body: bytes) -> Said:
        asked = _session(body)
        state = self.state
        state.fence += 1
        state.fences[asked.client] = state.fence
        told = level1.Session(
            magic=MAGIC,
            nonce=asked.nonce,
            epoch=state.epoch,
            fence=state.fence,
            county="",
            collections=COLLECTIONS,
            townships=(),
            snapshot="/" + self._snapshot(),
            expected_period_s=30.0,
            retention_s=86_400,
            server_time=self._now,
            sums=True,
        )
        return Said(200, encode(told))

    def _snapshot(self) -> str:
        state = self.state
        if self._newest == (state.epoch, state.head):
            return f"v1/snapshot/all/{state.epoch}-{state.head}"
        self._newest = (state.epoch, state.head)
        path = f"v1/snapshot/all/{state.epoch}-{state.head}"
        lines = [encode(level1.SnapshotHead(MAGIC, state.epoch, self.token, {}))]
        count = 0
        for name in COLLECTIONS:
            bodies = [
                stored.body
                for (collection, _), stored in state.rows.items()
                if collection == name and stored.row is not None
            ]
            count += len(bodies)
            for start in range(0, len(bodies), self.page_rows):
                rows = b",".join(bodies[start : start + self.page_rows])
                lines.append(b'{"collection":"%s","rows":[%s]}' % (name.encode(), rows))
        lines.append(encode(level1.SnapshotTrailer(True, count, f"{state.sum:016x}")))
        while len(self.shelf) > 1:
            del self.shelf[next(iter(self.shelf))]
        self.shelf[path] = b"\n".join(lines) + b"\n"
        return path

    def _changes(self, query: Mapping[str, str]) -> Said:
        state = self.state
        epoch, _, rest = unquote(query["since"]).partition(".")
        since = int(rest.partition(".")[0] or 0)
        if epoch != state.epoch or since > state.head:
            return problem(409)
        if since < state.floor:
            return problem(410)
        new = sorted((stored.seq, key) for key, stored in state.rows.items() if stored.seq > since)
        if not new:
            return Said(204)
        page, more = new[: self.page_rows], len(new) > self.page_rows
        reached = page[-1][0] if more else state.head
        told = level1.Changes(
            magic=MAGIC,
            token=f"{state.epoch}.{reached}.all",
            more=more,
            changes=tuple(self._change(key) for _, key in page),
            server_time=self._now,
            sum=None if more else f"{state.sum:016x}",
        )
        return Said(200, encode(told))

    def _change(self, key: tuple[str, str]) -> level1.Change:
        stored = self.state.rows[key]
        return level1.Change(*key, msgspec.Raw(stored.body) if stored.body else msgspec.UNSET)

    def _sums(self) -> Said:
        sums = tuple(f"{each:016x}" for each in self.sums())
        return Said(200, encode(level1.Sums(MAGIC, self.token, sums)))

    def _buckets(self, wanted: str) -> Said:
        numbers = tuple(int(each) for each in wanted.split(","))
        keys = [
            key
            for key, stored in self.state.rows.items()
            if stored.row is not None and bucket(*key) in numbers
        ]
        told = level1.BucketRows(
            MAGIC, self.token, numbers, tuple(map(self._change, keys)), f"{self.state.sum:016x}"
        )
        return Said(200, encode(told))

    # Commands.

    def _do_all(self, body: bytes) -> Said:
        asked = _commands(body)
        if asked.epoch != self.state.epoch or not self._fence_holds(asked):
            return problem(409)
        committed = self.state.copy()
        self._committed = committed
        results: list[level1.CommandResult] = []
        self.state.commits += 1
        try:
            for command in sorted(asked.commands, key=lambda each: each.seq):
                answer = self._do_once(command, asked.client)
                if answer is not None:
                    results.append(answer)
        except ServerKilled:
            self.state = self._committed
            raise
        for result in results:
            self.answers_ever.setdefault(result.key, set()).add(result.status)
        told = level1.CommandResults(MAGIC, self.state.epoch, tuple(results))
        return Said(200, encode(told))

    def _fence_holds(self, asked: level1.Commands) -> bool:
        return self.state.fences.get(asked.client) == asked.fence

    def _known(self, command: level1.Command, client: str) -> Done | None:
        known = self.state.done.get(command.key)
        return known if known and self.now_s() - known.at_s < RETENTION_S else None

    def _comes_too_early(self, command: level1.Command) -> bool:
        return command.after is not None and command.after not in self.state.done

    def _do_once(self, command: level1.Command, client: str) -> level1.CommandResult | None:
        known = self._known(command, client)
        if known is not None:
            durable = known.commit <= self.durable_commits
            return msgspec.structs.replace(known.result, key=command.key, durable=durable)
        if self._comes_too_early(command):
            return None
        if command.kind == self.held_kind:
            return level1.CommandResult(command.key, "held", "login")
        self._step()
        clean = False
        try:
            clean = self._effect(command, client)
            result = level1.CommandResult(command.key, "accepted", version=self._version(command))
        except _Refused as error:
            result = level1.CommandResult(command.key, "rejected", str(error))
        except _Conflict:
            result = level1.CommandResult(command.key, "conflict", "changed")
        self._between_effect_and_key()
        self._step()
        self.state.done[command.key] = Done(
            client, command.seq, fingerprint(command), result, self.now_s(),
            self.state.commits, clean,
        )  # fmt: skip
        if result.status == "conflict":
            row = self.state.rows[command.collection, command.target]
            return msgspec.structs.replace(result, row=msgspec.Raw(row.body))
        return result

    def _between_effect_and_key(self) -> None:
        """Nothing: both are committed by one transaction."""

    def _step(self) -> None:
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after < 0:
                self.kill_after = None
                raise ServerKilled

    def _version(self, command: level1.Command) -> int:
        return self.state.rows[command.collection, command.target].version

    def _effect(self, command: level1.Command, client: str) -> bool:
        key = command.collection, command.target
        mark = str(command.body.get("text") or command.body.get("title") or "")
        known = self.state.rows.get(key)
        if command.kind == "create":
            if known is not None:
                raise _Refused("it is there already")
            made = level1.Incident(command.target, mark, command.at, timeline=())
            self.put("incidents", made)
            self._log(command, mark, client)
            return True
        if known is None or known.row is None:
            raise _Refused("it is not there")
        row = known.row
        if command.kind == "note" and isinstance(row, level1.Incident):
            changed: Any = msgspec.structs.replace(row, timeline=self._entries(row, command, mark))
        elif command.kind == "acknowledge":
            if row.acknowledged_at is not None:
                return self._is_clean(command, client, known.version)
            changed = msgspec.structs.replace(
                row, acknowledged_at=command.at, acknowledged_by=command.by
            )
        elif command.kind == "dispatch" and isinstance(row, level1.Incident):
            if not self._is_clean(command, client, known.version):
                raise _Conflict
            if row.stage not in STAGES_BEFORE_DISPATCH:
                raise _Refused("its stage does not allow it")
            changed = msgspec.structs.replace(
                row,
                stage="dispatched",
                lead_unit=str(command.body["unit"]),
                timeline=self._entries(row, command, mark),
            )
        else:
            raise _Refused("not understood")
        clean = self._is_clean(command, client, known.version)
        self.put(command.collection, changed)
        self._log(command, mark, client)
        return clean

    def _is_clean(self, command: level1.Command, client: str, version: int) -> bool:
        if command.base == version:
            return True
        before = self.state.done.get(command.after or "")
        return (
            before is not None
            and before.client == client
            and before.clean
            and before.result.version == version
        )

    def _entries(
        self, row: level1.Incident, command: level1.Command, mark: str
    ) -> tuple[level1.TimelineEntry, ...]:
        entry = level1.TimelineEntry(command.kind, mark, command.at, self._now, command.by)
        return (*row.timeline, entry)

    def _log(self, command: level1.Command, mark: str, client: str) -> None:
        if mark:
            self.state.effects = (*self.state.effects, (command.target, mark, client))

    def _states(self, keys: list[str]) -> Said:
        results = []
        for key in keys:
            if (known := self.state.done.get(key)) is not None:
                durable = known.commit <= self.durable_commits
                results.append(msgspec.structs.replace(known.result, durable=durable))
        return Said(200, encode(level1.CommandResults(MAGIC, self.state.epoch, tuple(results))))


def fingerprint(command: level1.Command) -> bytes:
    """What is asked; `seq` and `after` only say how it travels."""
    return _fingerprint((command.kind, command.target, command.collection, command.body))


def problem(status: int) -> Said:
    """A refusal in the server's own words."""
    details = level1.ProblemDetails("about:blank", str(status), status)
    return Said(status, encode(details), {"Content-Type": "application/problem+json"})
