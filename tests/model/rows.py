"""The county's rows in memory, and all that a reader may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec

from desktop.protocol.checksum import BUCKETS, MODULUS, bucket, weight
from desktop.wire import level1
from desktop.wire.level1 import MAGIC
from desktop.wire.level2 import MEDIA
from desktop.wire.mark import HEADER, mark
from model import compact
from model.response import Said

encode = msgspec.json.Encoder().encode
_session = msgspec.json.Decoder(level1.SessionRequest).decode

COLLECTIONS = ("incidents", "alarms")
NAME = "sim"
"""The server's name, which its marks are made with."""
Name = tuple[str, str]


class Request(NamedTuple):
    """One request as it left."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    head: Mapping[str, str] = {}

    def wants(self, media: str) -> bool:
        """Whether the client asked for that type."""
        return self.head.get("Accept") == media

    def is_of(self, media: str) -> bool:
        """Whether its body is of that type."""
        return self.head.get("Content-Type") == media


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
    payload: bytes
    result: level1.CommandResult
    at_s: float
    number: int
    """Its place in the ledger."""


class State(msgspec.Struct):
    """All that a backup holds. Values are immutable, so a copy is shallow."""

    epoch: str
    head: int
    floor: int
    fence: int
    sum: int
    rows: dict[Name, Stored]
    done: dict[str, Done]
    makers: dict[tuple[str, str, int], tuple[int, str, int]]
    """By collection, id and version: the version before, and whose click made it."""
    fences: dict[str, int]
    history: dict[Name, tuple[tuple[int, Any], ...]]
    """Every state of every row with its sequence number, for patches; at level 2 only."""
    number: int = 0
    """Of the ledger's newest entry."""
    serial: int = 0
    """Of the newest incident a desk reported."""
    effects: tuple[tuple[str, str, str], ...] = ()
    """(target, mark, client) of each effect, in the order they were done."""

    def copy(self) -> State:
        """One that later changes leave alone."""
        return State(
            self.epoch, self.head, self.floor, self.fence, self.sum, self.rows.copy(),
            self.done.copy(), self.makers.copy(), self.fences.copy(), self.history.copy(),
            self.number, self.serial, self.effects,
        )  # fmt: skip


class ServerKilled(Exception):
    """The server died in the middle of a request; what was not committed is gone."""


class Rows:
    """The rows, their sequence and what readers are told; `model.county` adds commands."""

    def __init__(self, now_s: Callable[[], float], page_rows: int = 3) -> None:
        self.now_s = now_s
        self.page_rows = page_rows
        self.compact = False
        """Whether level 2 is spoken with whoever asks for it."""
        self.state = State("e1", 0, 0, 0, 0, {}, {}, {}, {}, {})
        self.epochs = 1
        self.durable = 0
        """Ledger entries up to this number are in a backup: no restore loses them."""
        self.shelf: dict[str, bytes] = {}
        self._newest: tuple[str, int] = ("", -1)

    # What happens at the county by itself.

    def put(self, collection: str, row: level1.Incident | level1.Alarm) -> None:
        """Add or replace one row; its version is the county's to give."""
        state = self.state
        known = state.rows.get((collection, row.id))
        if known is not None and known.row is not None and _same(row, known):
            return
        version = 1 if known is None else known.version + 1
        number = len(state.rows) + 1 if known is None else known.number
        state.head += 1
        row = msgspec.structs.replace(row, version=version)
        self._weigh(collection, row.id, known, version)
        state.rows[collection, row.id] = Stored(state.head, version, number, row, encode(row))
        self._remember((collection, row.id), row)

    def delete(self, collection: str, row_id: str) -> None:
        """Take a row away; readers are told until `forget`."""
        state = self.state
        known = state.rows.get((collection, row_id))
        if known is None or known.row is None:
            return
        state.head += 1
        self._weigh(collection, row_id, known, None)
        state.rows[collection, row_id] = Stored(state.head, known.version + 1, known.number, None)
        self._remember((collection, row_id), None)

    def _remember(self, name: Name, row: Any) -> None:
        if self.compact:
            state = self.state
            state.history[name] = (*state.history.get(name, ()), (state.head, row))

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
        self.durable = self.state.number
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

    def answer(self, request: Request) -> Said:
        """What the server says to one request that has reached it."""
        match request.method, request.path:
            case "POST", "v1/session":
                return self._open(request)
            case "GET", "v1/changes":
                return self._changes(request)
            case "GET", "v1/sums":
                return self._sums()
            case "GET", "v1/buckets":
                return self._buckets(request.query["n"])
            case "GET", path if path.startswith("v1/snapshot/"):
                return self._piece(path, request.head)
        return Said(404)

    def _piece(self, path: str, head: Mapping[str, str]) -> Said:
        """A snapshot, or the bytes of it asked for while it is still the same one."""
        body = self.shelf.get(path)
        if body is None:
            return Said(404)
        tag = f'"{path}"'
        told = {"ETag": tag, "Content-Type": MEDIA if self.compact else "application/x-ndjson"}
        first, _, last = head.get("Range", "").removeprefix("bytes=").partition("-")
        if not first or not last or head.get("If-Range", tag) != tag:
            return Said(200, body, told)
        start, end = int(first), min(int(last), len(body) - 1)
        if start >= len(body):
            return Said(416)
        told["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return Said(206, body[start : end + 1], told)

    @property
    def now(self) -> datetime:
        """The county's time."""
        return datetime.fromtimestamp(self.now_s(), UTC)

    @property
    def token(self) -> str:
        """Where a reader of everything goes on."""
        return f"{self.state.epoch}.{self.state.head}.all"

    def new_fence(self, client: str) -> int:
        """A new fencing token; the client's older ones stop working."""
        self.state.fence += 1
        self.state.fences[client] = self.state.fence
        return self.state.fence

    def _open(self, request: Request) -> Said:
        asked = _session(request.body)
        state = self.state
        fence = self.new_fence(asked.client)
        told = level1.Session(
            magic=MAGIC,
            nonce=asked.nonce,
            epoch=state.epoch,
            fence=fence,
            county="",
            collections=COLLECTIONS,
            townships=(),
            snapshot="/" + self._snapshot(),
            expected_period_s=30.0,
            retention_s=86_400,
            server_time=self.now,
            sums=True,
            server=NAME,
        )
        compacted = self.compact and request.wants(MEDIA)
        return compact.session(told, self) if compacted else Said(200, encode(told))

    def _snapshot(self) -> str:
        state = self.state
        if self._newest == (state.epoch, state.head):
            return f"v1/snapshot/all/{state.epoch}-{state.head}"
        self._newest = (state.epoch, state.head)
        path = f"v1/snapshot/all/{state.epoch}-{state.head}"
        head = level1.SnapshotHead(MAGIC, state.epoch, self.token, {})
        body = compact.snapshot(head, self, COLLECTIONS) if self.compact else self._lines(head)
        while len(self.shelf) > 1:
            del self.shelf[next(iter(self.shelf))]
        self.shelf[path] = body
        return path

    def _lines(self, head: level1.SnapshotHead) -> bytes:
        state = self.state
        lines = [encode(head)]
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
        return b"\n".join(lines) + b"\n"

    def _changes(self, request: Request) -> Said:
        state = self.state
        epoch, _, rest = unquote(request.query["since"]).partition(".")
        since = int(rest.partition(".")[0] or 0)
        base = int(rest.partition("-")[2] or since)
        if epoch != state.epoch or since > state.head:
            return problem(409)
        if since < state.floor:
            return problem(410)
        new = sorted((stored.seq, key) for key, stored in state.rows.items() if stored.seq > since)
        if not new:
            asked = "&".join(f"{name}={value}" for name, value in request.query.items())
            return Said(204, headers={HEADER: mark(NAME, asked)})
        page, more = new[: self.page_rows], len(new) > self.page_rows
        reached = page[-1][0] if more else state.head
        told = level1.Changes(
            magic=MAGIC,
            # Half-way the token also says where the reading began: what is known of the rows.
            token=f"{state.epoch}.{reached}.all" + (f"-{base}" if more else ""),
            more=more,
            changes=tuple(self._told(key) for _, key in page),
            server_time=self.now,
            sum=None if more else f"{state.sum:016x}",
        )
        if self.compact and request.wants(MEDIA):
            asked = unquote(request.query["since"])
            return compact.patch(told, self, [key for _, key in page], base, asked)
        return Said(200, encode(told))

    def _told(self, key: tuple[str, str]) -> level1.Change:
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
            MAGIC, self.token, numbers, tuple(map(self._told, keys)), f"{self.state.sum:016x}"
        )
        return Said(200, encode(told))


def problem(status: int, kind: str = "about:blank") -> Said:
    """A refusal in the server's own words."""
    details = level1.ProblemDetails(kind, str(status), status)
    return Said(status, encode(details), {"Content-Type": "application/problem+json"})


def _same(row: level1.Incident | level1.Alarm, known: Stored) -> bool:
    return msgspec.structs.replace(row, version=known.version) == known.row
