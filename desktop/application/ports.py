"""What the application needs from the outside: connectors, the cache and the outbox file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from desktop.application.errors import ONE_COMMANDS_CODES as ONE_COMMANDS_CODES  # noqa: PLC0414
from desktop.application.errors import Cancelled as Cancelled  # noqa: PLC0414
from desktop.application.errors import DiskCopied as DiskCopied  # noqa: PLC0414
from desktop.application.errors import OtherServer as OtherServer  # noqa: PLC0414
from desktop.application.errors import SourceError as SourceError  # noqa: PLC0414 - known from here
from desktop.application.errors import StoreError as StoreError  # noqa: PLC0414
from desktop.application.file_store import FileStore as FileStore  # noqa: PLC0414 - known from here
from desktop.application.logins import LoginRule as LoginRule  # noqa: PLC0414 - known from here
from desktop.application.logins import is_here as is_here  # noqa: PLC0414
from desktop.application.logins import is_sendable as is_sendable  # noqa: PLC0414
from desktop.application.manifest import Manifest as Manifest  # noqa: PLC0414 - known from here
from desktop.application.manifest import Setting as Setting  # noqa: PLC0414
from desktop.application.manifest import SourceSettings as SourceSettings  # noqa: PLC0414
from desktop.application.proxies import SYSTEM as SYSTEM  # noqa: PLC0414
from desktop.application.proxies import ProxyRule as ProxyRule  # noqa: PLC0414
from desktop.domain.asset import Trend, TrendKind
from desktop.domain.command import Collection, Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.incident import FileRef, Incident
from desktop.domain.incident_list import Counts as Counts  # noqa: PLC0414 - known from here
from desktop.domain.incident_list import IncidentFilter as IncidentFilter  # noqa: PLC0414
from desktop.domain.incident_list import IncidentRow as IncidentRow  # noqa: PLC0414
from desktop.domain.instant import Instant
from desktop.domain.link import ByteCount, RequestStats, TrafficClass
from desktop.domain.link import Upload as Upload  # noqa: PLC0414
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import ANYTHING, Again
from desktop.domain.source import (
    Batch,
    Binding,
    CommandResult,
    ProbeResult,
    Problem,
    Row,
    SyncState,
    UnreadableItem,
)


class PullPlan(msgspec.Struct, frozen=True):
    """How much to ask for at once, by what the line can carry."""

    page_bytes: int = 64 * 1024
    """Wanted size of one page of changes: about 2 s of the line, 4 to 64 KB."""
    piece_bytes: int = 1024 * 1024
    """Wanted size of one piece of a snapshot or file; commands go between two pieces."""
    lean: bool = False
    """Leave out what nobody reads on a weak line (trends)."""
    allow_snapshot: bool = True
    """False once the day's bytes are spent: changes only; then a pull that would need a
    snapshot goes no further than its first page of critical rows."""


class Installation(Protocol):
    """What an installation remembers of itself for its connectors; the outbox's file keeps it."""

    def client_id(self) -> str:
        """A random name of this installation."""

    def binding(self, source: str) -> Binding:
        """Which server, login and life of data the source's commands belong to."""

    def bind(self, source: str, binding: Binding) -> None:
        """Remember it, durable on return."""


class Connector(Protocol):
    """One source. All calls but `close`, `reset` and `wait_for_hint` come from its own worker's
    thread. Between two batches of a pull the lane may call `send`."""

    settings: SourceSettings
    manifest: Manifest
    on_traffic: Callable[[RequestStats], None]
    """Told of each request when it is over, on the thread that made it; must not block."""

    def probe(self) -> ProbeResult:
        """What answers there; raises SourceError when it cannot be used."""

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        """Everything new since `state`, in the order to apply; ends when there is no more.

        The last batch of a snapshot carries its token and `complete`; a pull that
        breaks off before raises SourceError and its earlier batches carry no token.
        An answer of "nothing new" yields one batch without rows.
        """

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        """Offer up to 20 commands; those without an answer are offered again under the same key.

        Raises SourceError when nothing is known about any of them, or when it breaks off
        half-way: the error then carries the answers so far. A command of which surely nothing
        has left is answered as STORED, or all are by an error that says so; the others have
        been sent.
        """

    def repair(self, sums: Sequence[int]) -> Iterator[Batch]:
        """What mends rows that went diverged, given their 256 bucket sums as stored.

        Batches with `buckets` for those that differ. A source without sums raises
        SourceError `no_sums`: then only a snapshot mends it.
        """

    def epoch(self) -> str | None:
        """Which life of its data the server is in, asked when it is not known; None where
        there are no such things. Ask before `send`: a server restored from a backup must get
        back what it forgot before it gets anything newer. Raises SourceError."""

    def states(self, keys: Sequence[str]) -> list[CommandResult]:
        """What the server knows of up to 100 commands; keys it never heard of are left out."""

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        """Bring a piece of a file; how many bytes from its start the server has then.

        With an empty piece it only asks. Raises SourceError `file_refused` with the limit.
        """

    def download(self, digest: str, offset: int, most: int) -> bytes:
        """At most that many bytes of a file from there on; empty at its end."""

    def file_limit(self) -> int | None:
        """Bytes of the largest file the server takes, once a session told."""

    def reset(self) -> None:
        """Drop every connection, from any thread: after sleep or on another network each
        would hang until its time-out. The next call makes new ones."""

    def wait_for_hint(self, timeout_s: float) -> bool:
        """Whether the server said within the time that there is something new.

        Runs on a thread of its own. A source without hints waits and answers False;
        `close()` ends the wait at once.
        """

    def stream_heard_s(self) -> float | None:
        """When the stream of hints last said anything, a heartbeat too, on the monotonic
        clock; None while there is no stream."""

    def proven_s(self) -> float | None:
        """When an answer last proved to be the source's own, on the monotonic clock; None
        where each one does. Rows are no fresher than that: a captive portal, too, can say
        that there is nothing new.
        """

    def account(self) -> str:
        """The login of the session in use; empty without one, or where logins have no names."""

    def townships(self) -> frozenset[str] | None:
        """The townships this account may see, as the last session said; None: all, or not told."""

    def collections_offered(self) -> frozenset[Collection] | None:
        """The collections it tells: of no others is there none; None before it said which."""

    def clock_offset_ms(self) -> int | None:
        """Server time minus this computer's, from the last answer, when the server tells it."""

    def close(self) -> None:
        """Break off whatever is under way from any thread; idempotent, returns within 0.5 s."""


class Source(msgspec.Struct, frozen=True):
    """One source of a profile, and how its connector is made."""

    settings: SourceSettings
    manifest: Manifest
    """Its kind's, as it holds with these settings."""
    build: Callable[[], Connector]


class Cache(Protocol):
    """The encrypted cache. Writes run on its own writer thread and return when committed;
    reads may come from any thread and see one committed state each."""

    def get_ready(self) -> None:
        """Load what the first write needs, beside the caller, who does not wait."""

    def check_writable(self) -> None:
        """Raise StoreError while nothing can be kept, before bytes are spent on what is lost."""

    def apply(self, batch: Batch) -> frozenset[Collection]:
        """Make the batch true in one transaction; the collections that changed by it."""

    def mark_good(
        self,
        source: str,
        at: Instant,
        offset_ms: int,
        offered: frozenset[Collection] | None = None,
    ) -> None:
        """Remember that a pull succeeded, and which collections the source said it tells."""

    def mark_failed(self, source: str, at: Instant, problem: Problem) -> None:
        """Remember since when a source fails; a later `mark_good` clears it."""

    def failure(self, source: str) -> tuple[Instant, Problem] | None:
        """Since when and why it fails, as last remembered."""

    def forget_token(self, source: str) -> None:
        """Make the next pull start from a snapshot; rows stay on screen until it is whole."""

    def outdate(self, source: str) -> None:
        """Treat the source's rows as another epoch's, on proof that its server went back without
        saying so: any version replaces them, and what waited on them (token, dense numbers,
        sums, staged bytes, held deletions) goes; they stay on screen until a snapshot is whole.
        """

    def sync_state(self, source: str) -> SyncState:
        """What is remembered of a source; an empty state for one never seen."""

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        """Row numbers of the matching incidents, most urgent first.

        Order: unacknowledged 较大 and above, then by nearest unmet deadline, then
        by level, then newest first. 64-bit integers; a million fit in 8 MB.
        """

    def initials(self, of: Sequence[str]) -> dict[str, str]:
        """By name its pinyin initials, for lists that are narrowed by typing; of names the
        search does not know, they are worked out, which may take a quarter of a second."""

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        """Those lines, in the order asked; numbers that have gone are left out."""

    def incident(self, key: Key) -> Incident | None:
        """One incident in full."""

    def incident_number(self, key: Key) -> int | None:
        """Its row number, or None when the cache does not hold it."""

    def open_incidents(self, limit: int) -> list[Incident]:
        """Open incidents in list order, for the map."""

    def rows(self, collection: Collection) -> list[Row]:
        """Every row of a small collection, all sources, by source then id."""

    def trend(self, source: str, kind: TrendKind, id: str) -> Trend | None:
        """The last 24 hours of one asset or queue."""

    def counts(self, now: Instant, day_began_at: Instant) -> Counts:
        """Figures over all incidents."""

    def bad_items(self, source: str | None = None) -> list[tuple[str, UnreadableItem]]:
        """What of the last answers could not be read, as (source, item); of a flood the first."""

    def unread(self, source: str) -> dict[Collection, int]:
        """How many items of a source's answers could not be read, by collection."""

    def count_spoiled_fields(self, source: str) -> dict[Collection, int]:
        """How many fields were left out or cut in rows that could else be read."""

    def count_uncompared(self, source: str) -> dict[Collection, int]:
        """How many unreadable rows keep a source's sums from being compared: their id or version
        could not be read either."""

    def sums(self, source: str) -> tuple[int, ...]:
        """The 256 bucket sums of a source's stored rows (`protocol.checksum`); a row that could not
        be read counts as the source has it, where its id and version could be."""

    def purge(self, source: str, keep_townships: frozenset[str] | None) -> frozenset[Collection]:
        """Take out the rows of all other townships (rows of no township stay), or with None
        all rows, trends and staged bytes of the source; overwritten on the disk. The token goes.
        """

    def add_traffic(self, day: str, spent: Mapping[TrafficClass, ByteCount]) -> None:
        """Add to a day's bytes; the day is the county's, as `2026-11-23`."""

    def traffic(self, day: str) -> dict[TrafficClass, ByteCount]:
        """The bytes of a day so far."""

    def close(self) -> None:
        """Finish the write under way, check-point and let go of the file; idempotent."""


class OutboxStore(Protocol):
    """The outbox's own encrypted file, `synchronous=FULL`; the cache can never touch it."""

    def append(
        self, command: Command, now: Instant, *, basis: Row | None = None, replaces: str = ""
    ) -> CommandRecord:
        """Keep a command for good; when this returns it survives kill -9 and power loss.

        The same key twice returns the record that stands. With a note its target's
        draft goes, in the same moment. `basis` is the row the officer was looking at. With
        `replaces` that older record counts as seen, in the same moment.
        """

    def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
        """Commands without a final answer, in the order to offer them.

        Higher priority first, then oldest; a target's commands stay in the order of their
        clicks, the earlier ones lent the priority of the later.
        """

    def attention(self) -> list[CommandRecord]:
        """Final answers and holds the officer has not yet dismissed, newest first."""

    def needing_officer(self) -> int:
        """How many refusals, conflicts and holds are among them; commands that call for nobody
        cost nothing."""

    def recent(self, limit: int) -> list[CommandRecord]:
        """The latest commands whatever their state, newest first."""

    def on_target(self, target: Key) -> list[CommandRecord]:
        """All commands on one row, oldest first."""

    def record(self, key: str) -> CommandRecord | None:
        """One command, or None for a key never appended."""

    def offering(self, keys: Sequence[str], now: Instant) -> None:
        """Remember durably that bytes of these are about to leave, and since when they may have;
        call it before they do."""

    def set_state(
        self, key: str, state: CommandState, reason: Text, now: Instant, theirs: Row | None = None
    ) -> CommandRecord:
        """Record what is now known; a final answer is never replaced by a lesser one.

        `theirs` is the server's row of a conflict. Of a re-offered command the same answer
        as before does not ask for the officer's eyes again.
        """

    def answer_all(self, answers: Sequence[CommandResult], now: Instant) -> None:
        """`set_state` for each answer, in one transaction."""

    def conflict_rows(self, key: str) -> tuple[Row | None, Row | None]:
        """The row as the officer saw it at the click, and as the server had it at a conflict."""

    def cancel(self, key: str, now: Instant) -> bool:
        """Withdraw a command of which nothing has left; false when it may have."""

    def set_priority(self, key: str, priority: int) -> None:
        """The officer's order for what is still queued."""

    def offer_again(self, source: str, now: Instant, again: Again = ANYTHING) -> int:
        """The server went back: every accepted and rejected command that is not retired, as far
        as `again` allows, is queued again under its own key; how many. A refused one that the
        officer gave anew stays refused: else both would be done."""

    def retire(self, keys: Sequence[str]) -> None:
        """The server keeps these beyond any restore; only answered commands are touched."""

    def to_retire(self, source: str, limit: int) -> list[str]:
        """Keys of accepted and rejected commands not yet retired, oldest first."""

    def hold(self, keys: Sequence[str], hold: Hold, reason: Text, now: Instant) -> None:
        """Keep these back and say why; one with a final answer stays as it is."""

    def release(self, key: str, now: Instant) -> bool:
        """The officer sends a held command all the same; false when it is not held."""

    def give_up(self, key: str, now: Instant) -> bool:
        """The officer gives up a held command of which something may have left, whatever became
        of it; false when it is not held, or can still be cancelled."""

    def binding(self, source: str) -> Binding:
        """Which server, login and life of data the source's commands belong to."""

    def bind(self, source: str, binding: Binding) -> None:
        """Remember it, durable on return."""

    def mark_seen(self, key: str) -> None:
        """The officer has dismissed this outcome; the command stays in the file."""

    def client_id(self) -> str:
        """A random name of this installation; another one after `renew_client`."""

    def last_time(self) -> Instant:
        """The latest moment that had surely passed in an earlier run; 0 when none is known."""

    def keep_time(self, at: Instant) -> None:
        """Remember that moment for the next run, in place of the one before."""

    def renew_client(self, reason: Text, now: Instant) -> int:
        """Take another name, because another computer goes on under the old one: in the same
        moment all that has no final answer is held (COPY) and every binding's openings are
        forgotten; how many are held."""

    def settle_account(self, source: str, login: str, account: str) -> None:
        """Write the account of a login into the waiting commands given under it before the
        account was known."""

    def claim(self, key: str, binding: Binding, now: Instant) -> bool:
        """The officer sends, under this login, a held command that nobody's account is known
        of; false for any other."""

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        """Keep a note begun on a row in place of what was kept before; an empty one goes.

        When this returns it survives kill -9 and power loss.
        """

    def draft(self, target: Key) -> str:
        """The note begun on this row and not yet submitted, or an empty text."""

    def close(self) -> None:
        """Let go of the file; idempotent."""


Listener = Callable[[frozenset[Collection]], None]
"""Told which collections changed, on whatever thread it happened; must not block."""
