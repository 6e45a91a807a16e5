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
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.incident import FileRef, Incident
from desktop.domain.incident_list import Counts as Counts  # noqa: PLC0414 - known from here
from desktop.domain.incident_list import IncidentFilter as IncidentFilter  # noqa: PLC0414
from desktop.domain.incident_list import IncidentRow as IncidentRow  # noqa: PLC0414
from desktop.domain.instant import Instant
from desktop.domain.link import ByteCount, RequestStats, TrafficClass
from desktop.domain.link import PullPlan as PullPlan  # noqa: PLC0414 - known from here
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


class Installation(Protocol):
    """What an installation stores of its own identity for its connectors, in the outbox's file."""

    def client_id(self) -> str:
        """A random name of this installation."""

    def binding(self, source: str) -> Binding:
        """Return the server, login and epoch that the source's commands belong to."""

    def bind(self, source: str, binding: Binding) -> None:
        """Store the binding of a source, durable on return."""


class Connector(Protocol):
    """One source.

    All calls but `close`, `reset` and `wait_for_hint` come from its own worker's thread. Between
    two batches of a pull the worker may call `send`.
    """

    settings: SourceSettings
    manifest: Manifest
    on_traffic: Callable[[RequestStats], None]
    """Called after each request, on the thread that made it; must not block."""

    def probe(self) -> ProbeResult:
        """Describe the server that answers; raises SourceError when it cannot be used."""

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        """Yield everything new since `state`, in the order to apply it; ends when there is no more.

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

    def may_follow(self, state: SyncState) -> bool:
        """Whether answers to commands may now bring what is new since that state; asks nothing."""

    def send_and_follow(
        self, records: Sequence[CommandRecord], state: SyncState
    ) -> tuple[list[CommandResult], Sequence[Batch]]:
        """Offer commands as `send` does; return the answers and, where the server gives it along,
        all that is new since `state`, with the commands' effects: a pull's batches up to its last.
        Without any the changes are to be asked for."""

    def repair(self, sums: Sequence[int]) -> Iterator[Batch]:
        """Yield what mends diverged rows, given the 256 bucket sums of the stored rows.

        Batches with `buckets` for those that differ. A source without sums raises
        SourceError `no_sums`: then only a snapshot mends it.
        """

    def epoch(self) -> str | None:
        """Return the epoch of the server's data, asked when unknown; None where it has none.

        Ask before `send`: a server restored from a backup must get back what it lost before it gets
        anything newer. Raises SourceError.
        """

    def states(self, keys: Sequence[str]) -> list[CommandResult]:
        """Return the server's results for up to 100 commands; keys unknown to it are left out."""

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        """Send a piece of a file; returns how many bytes from its start the server has then.

        With an empty piece it only asks. Raises SourceError `file_refused` with the limit.
        """

    def download(self, digest: str, offset: int, most: int) -> bytes:
        """At most that many bytes of a file from there on; empty at its end."""

    def file_limit(self) -> int | None:
        """Return the size in bytes of the largest file the server takes; None before a session."""

    def reset(self) -> None:
        """Drop every connection, from any thread: after sleep or on another network each
        would hang until its time-out. The next call makes new ones."""

    def wait_for_hint(self, timeout_s: float) -> bool:
        """Wait for a hint from the server that there is something new; whether one came in time.

        Runs on a thread of its own. A source without hints waits and answers False;
        `close()` ends the wait at once.
        """

    def stream_heard_s(self) -> float | None:
        """Return when the stream of hints last delivered anything, a heartbeat too.

        On the monotonic clock; None while there is no stream.
        """

    def proven_s(self) -> float | None:
        """Return when an answer was last proven to be the source's own; None where each one is.

        On the monotonic clock. Rows are no fresher than that: a captive portal, too, can answer
        that there is nothing new.
        """

    def account(self) -> str:
        """Return the session's account; empty without one, or where logins have no names."""

    def townships(self) -> frozenset[str] | None:
        """Return the townships the session's account may see; None for all or no session."""

    def collections_offered(self) -> frozenset[Collection] | None:
        """Return the collections the server serves; None before it has listed them.

        Of any other collection, no rows does not mean that there are none.
        """

    def clock_offset_ms(self) -> int | None:
        """Return server time minus this computer's by the last answer; None without one."""

    def close(self) -> None:
        """Break off whatever is under way from any thread; idempotent, returns within 0.5 s."""


class Source(msgspec.Struct, frozen=True):
    """One source of a profile, and how its connector is made."""

    settings: SourceSettings
    manifest: Manifest
    """The manifest of its kind, without what these settings leave unfilled."""
    build: Callable[[], Connector]


class Cache(Protocol):
    """The encrypted cache. Writes run on its own writer thread and return when committed;
    reads may come from any thread and see one committed state each."""

    def get_ready(self) -> None:
        """Load in the background what the first write needs; does not wait."""

    def check_writable(self) -> None:
        """Raise StoreError while nothing can be stored, before bytes are spent in vain."""

    def apply(self, batch: Batch) -> Changes:
        """Apply the batch in one transaction; returns the rows that it changed."""

    def mark_good(
        self,
        source: str,
        at: Instant,
        offset_ms: int,
        offered: frozenset[Collection] | None = None,
    ) -> None:
        """Store that a pull succeeded, and which collections the server serves."""

    def mark_failed(self, source: str, at: Instant, problem: Problem) -> None:
        """Store since when a source fails; a later `mark_good` clears it."""

    def failure(self, source: str) -> tuple[Instant, Problem] | None:
        """Return since when and why a source fails; None while it does not."""

    def forget_token(self, source: str) -> None:
        """Make the next pull start from a snapshot; rows stay on screen until it is whole."""

    def outdate(self, source: str) -> None:
        """Treat the source's rows as another epoch's, on proof that its server went back without
        saying so: any version replaces them, and what waited on them (token, dense numbers,
        sums, staged bytes, held deletions) goes; they stay on screen until a snapshot is whole.
        """

    def sync_state(self, source: str) -> SyncState:
        """Return where a source's next pull goes on; an empty state for one never seen."""

    def incident_numbers(self, wanted: IncidentFilter, limit: int | None = None) -> array[int]:
        """Row numbers of the matching incidents, most urgent first.

        Order: unacknowledged 较大 and above, then by nearest unmet deadline, then
        by level, then newest first. 64-bit integers; a million fit in 8 MB.
        """

    def initials(self, of: Sequence[str]) -> dict[str, str]:
        """Return the pinyin initials of each name; one not indexed costs a quarter of a second."""

    def incident_rows(self, numbers: Sequence[int]) -> list[IncidentRow]:
        """Return the list's rows of these numbers in the order asked, without those gone."""

    def incident(self, key: Key) -> Incident | None:
        """One incident in full."""

    def incident_number(self, key: Key) -> int | None:
        """Its row number, or None when the cache does not hold it."""

    def open_incidents(self, limit: int) -> list[Incident]:
        """Open incidents in list order."""

    def visit_open_incidents(self, limit: int, visit: Callable[[Incident], object]) -> int:
        """Call `visit` with each of them, one in memory at a time; count all that are open."""

    def rows(self, collection: Collection) -> list[Row]:
        """Every row of a small collection, all sources, by source then id."""

    def trend(self, source: str, kind: TrendKind, id: str) -> Trend | None:
        """The last 24 hours of one asset or queue."""

    def counts(self, now: Instant, day_began_at: Instant) -> Counts:
        """Figures over all incidents."""

    def bad_items(self, source: str | None = None) -> list[tuple[str, UnreadableItem]]:
        """Return items that could not be read, as (source, item); of very many the first."""

    def unread(self, source: str) -> dict[Collection, int]:
        """Count the items of a source's answers that could not be read, by collection."""

    def count_spoiled_fields(self, source: str) -> dict[Collection, int]:
        """Count the fields left out or cut in rows that could otherwise be read."""

    def count_uncompared(self, source: str) -> dict[Collection, int]:
        """Count unreadable rows without id or version: they keep its sums from being compared."""

    def sums(self, source: str) -> tuple[int, ...]:
        """The 256 bucket sums of a source's stored rows (`protocol.checksum`); a row that could not
        be read counts as the source has it, where its id and version could be."""

    def purge(self, source: str, keep_townships: frozenset[str] | None) -> Changes:
        """Delete the rows of all other townships; rows of no township stay.

        With None all rows, trends and staged bytes of the source go. Overwritten on the disk. The
        token goes.
        """

    def add_traffic(self, day: str, spent: Mapping[TrafficClass, ByteCount]) -> None:
        """Add to a day's bytes; the day is the county's, as `2026-11-23`."""

    def traffic(self, day: str) -> dict[TrafficClass, ByteCount]:
        """The bytes of a day so far."""

    def set_only_words(self, day: str, on: bool) -> None:
        """Let files wait on that day, and on no other; or on none, when not `on`."""

    def is_only_words(self, day: str) -> bool:
        """Whether files wait on that day."""

    def close(self) -> None:
        """Finish the write under way, check-point and let go of the file; idempotent."""


class OutboxStore(Protocol):
    """The outbox's own encrypted file, `synchronous=FULL`; the cache can never touch it."""

    def append(
        self, command: Command, now: Instant, *, basis: Row | None = None, replaces: str = ""
    ) -> CommandRecord:
        """Keep a command for good; when this returns it survives kill -9 and power loss.

        The same key twice returns the stored record. A note's draft is deleted in the same
        transaction. `basis` is the row the officer was looking at. With `replaces` that older
        record is marked seen in the same transaction.
        """

    def list_unfinished(self, source: str | None = None) -> list[CommandRecord]:
        """Return commands without a final answer, in the order to offer them.

        Higher priority first, then oldest; a target's commands stay in the order of their clicks,
        the earlier ones inheriting the priority of the later.
        """

    def attention(self) -> list[CommandRecord]:
        """Return commands with a final answer or a hold not yet dismissed, newest first."""

    def needing_officer(self) -> int:
        """Count refusals, conflicts and holds not yet dismissed; others cost no time."""

    def recent(self, limit: int) -> list[CommandRecord]:
        """The latest commands whatever their state, newest first."""

    def on_target(self, target: Key) -> list[CommandRecord]:
        """All commands on one row, oldest first."""

    def record(self, key: str) -> CommandRecord | None:
        """One command, or None for a key never appended."""

    def offering(self, keys: Sequence[str], now: Instant) -> None:
        """Mark commands as offered, durable on return; call it before any byte leaves.

        The time from which bytes of them may have left is stored, too.
        """

    def set_state(
        self, key: str, state: CommandState, reason: Text, now: Instant, theirs: Row | None = None
    ) -> CommandRecord:
        """Record a command's state; a final answer is never replaced by a lesser one.

        `theirs` is the server's row of a conflict. The same answer as before to a re-offered
        command does not need attention again.
        """

    def answer_all(self, answers: Sequence[CommandResult], now: Instant) -> None:
        """`set_state` for each answer, in one transaction."""

    def conflict_rows(self, key: str) -> tuple[Row | None, Row | None]:
        """The row as the officer saw it at the click, and as the server had it at a conflict."""

    def cancel(self, key: str, now: Instant) -> bool:
        """Withdraw a command of which nothing has left; false when it may have."""

    def set_priority(self, key: str, priority: int) -> None:
        """Set the priority that the officer gives a command still queued."""

    def offer_again(self, source: str, now: Instant, again: Again = ANYTHING) -> int:
        """Queue commands again after the server went back; returns how many.

        That is every accepted and rejected command that is not retired, as far as `again` allows,
        under its own key. A refused one that the officer submitted anew stays refused: else both
        would be done.
        """

    def retire(self, keys: Sequence[str]) -> None:
        """Mark answered commands as kept by the server beyond any restore, and no others."""

    def to_retire(self, source: str, limit: int) -> list[str]:
        """Keys of accepted and rejected commands not yet retired, oldest first."""

    def hold(self, keys: Sequence[str], hold: Hold, reason: Text, now: Instant) -> None:
        """Hold these commands back with a reason; one with a final answer stays as it is."""

    def release(self, key: str, now: Instant) -> bool:
        """Queue a held command all the same, as the officer decided; false when it is not held."""

    def give_up(self, key: str, now: Instant) -> bool:
        """Give up a held command that may have left, whatever became of it.

        As the officer decided; false when it is not held, or can still be cancelled.
        """

    def binding(self, source: str) -> Binding:
        """Return the server, login and epoch that the source's commands belong to."""

    def bind(self, source: str, binding: Binding) -> None:
        """Store the binding of a source, durable on return."""

    def mark_seen(self, key: str) -> None:
        """Mark a command's outcome as dismissed by the officer; the command stays in the file."""

    def client_id(self) -> str:
        """A random name of this installation; another one after `renew_client`."""

    def last_time(self) -> Instant:
        """Return the latest time that had surely passed in an earlier run; 0 without one."""

    def keep_time(self, at: Instant) -> None:
        """Store that time for the next run, in place of the one before."""

    def renew_client(self, reason: Text, now: Instant) -> int:
        """Take another client id, because another computer uses the old one; how many are held.

        In the same transaction all that has no final answer is held (COPY) and every binding's
        openings are forgotten.
        """

    def settle_account(self, source: str, login: str, account: str) -> None:
        """Write a login's account into waiting commands of that login that have none."""

    def claim(self, key: str, binding: Binding, now: Instant) -> bool:
        """Queue under this login a held command of unknown account, as the officer decided.

        False for any other.
        """

    def keep_draft(self, target: Key, text: str, now: Instant) -> None:
        """Keep the draft of a note on a row, in place of an earlier one; an empty text deletes it.

        When this returns it survives kill -9 and power loss.
        """

    def draft(self, target: Key) -> str:
        """Return the draft of a note on this row, or an empty text."""

    def close(self) -> None:
        """Let go of the file; idempotent."""


Listener = Callable[[Changes], None]
"""Called with what changed, on whatever thread it happened; must not block."""
