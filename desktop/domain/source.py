"""Sources: the backends behind the pane, how each one is and what it gave."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.domain.alarm import Alarm
from desktop.domain.asset import Asset, Trend
from desktop.domain.command import Collection, CommandState, Hold
from desktop.domain.freshness import Freshness, judge
from desktop.domain.geo import MapLine, Township
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.link import LinkState
from desktop.domain.localized_text import Text
from desktop.domain.queue import ServiceQueue
from desktop.domain.strange import StrangeWord
from desktop.domain.warning import Warning

Row = Township | MapLine | Incident | Asset | ServiceQueue | Warning | Alarm | Trend

ROW_TYPES: dict[Collection, type[Row]] = {
    Collection.TOWNSHIPS: Township,
    Collection.LINES: MapLine,
    Collection.INCIDENTS: Incident,
    Collection.ASSETS: Asset,
    Collection.QUEUES: ServiceQueue,
    Collection.WARNINGS: Warning,
    Collection.ALARMS: Alarm,
    Collection.TRENDS: Trend,
}


class Problem(msgspec.Struct, frozen=True):
    """Something that went wrong, in a form both languages can say.

    `code` names an entry of `resources/i18n/problems.toml`, which says what
    happened, what it means for the data on screen and what to do; `details`
    fills its blanks. Backend text inside `details` is data, shown as plain text.
    """

    code: str
    details: dict[str, str] = {}


class UnreadableItem(msgspec.Struct, frozen=True):
    """One item of a feed, or a field of one, that could not be read; the rest stands."""

    collection: Collection
    where: str
    """An id or a path such as `$.rows[12].level`."""
    reason: str
    """Empty beyond the first of a flood: such an item is only counted."""
    excerpt: str
    """At most 200 characters of what came."""
    field: str = ""
    """What of the item was left out or cut, such as `timeline[3].by`: the rest of it is a row.
    Empty when the whole item is missing."""
    id: str = ""
    """Of the row, where it could be read."""
    version: int | None = None
    """Of a missing row, where it could be read: with its id all that the sums need of it."""
    row_key: int | None = None
    """The server's dense number of a missing row, where it gives numbers."""


EXCERPT_CHARS = 200


class Tail(msgspec.Struct, frozen=True):
    """A list that only grew: keep the first `keep` of what is stored, then these."""

    keep: int
    items: tuple[Any, ...]


class RowPatch(msgspec.Struct, frozen=True):
    """The fields of one stored row that changed, by the field names of its domain type."""

    collection: Collection
    row_key: int
    """The server's dense number for the row, as given with it in `Batch.row_keys`."""
    version: int
    changes: dict[str, Any]
    """New domain values; a `Tail` for a list that only grew."""


class Staged(msgspec.Struct, frozen=True):
    """Bytes of a snapshot that has not come whole, kept so that it goes on at the byte."""

    resource: str
    """Its path at the server."""
    tag: str
    """Its strong ETag: other bytes under the same path are another snapshot."""
    body: bytes
    """In a batch: the next piece. In a sync state: all pieces so far."""


class Batch(msgspec.Struct, frozen=True):
    """What one answer of a source changes, applied in one transaction with its token."""

    source: str
    puts: tuple[Row, ...] = ()
    """Rows to add or replace; a row older than the stored one (`version`) changes nothing,
    unless `epoch` is another than the stored one's."""
    deletes: tuple[tuple[Collection, str], ...] = ()
    complete: frozenset[Collection] = frozenset()
    """Collections of which `puts` and `bad_items` are the whole list: rows of this source in
    neither go away, and none does while an item without an id may be any of them."""
    token: str | None = None
    """Where to go on next time; None leaves the stored one as it is."""
    epoch: str | None = None
    bad_items: tuple[UnreadableItem, ...] = ()
    more_bad: dict[Collection, int] = {}
    """Items without an id that could not be read either, beyond those in `bad_items`."""
    reread: frozenset[Collection] = frozenset()
    """Collections read anew from their beginning: of what could not be read in them before,
    only `bad_items` stand. Those in `complete` are."""
    reading_at: Instant | None = None
    """When set, asset values and queue lengths in `puts` and `patches` are also added to
    their trends."""
    row_keys: tuple[int, ...] = ()
    """The server's dense numbers of `puts`, in their order; empty from a source without them."""
    patches: tuple[RowPatch, ...] = ()
    """Applied after `puts`. One for a row that is not stored is passed over and makes the
    source `diverged`."""
    drops: tuple[int, ...] = ()
    """Dense numbers of rows deleted, of any collection."""
    buckets: frozenset[int] = frozenset()
    """Buckets (0…255, `protocol.checksum`) of which `puts` and `bad_items` are the whole content:
    other stored rows of this source in them go away."""
    sum: int | None = None
    """The server's sum over the scope after this batch. Where it differs from the stored
    rows', the source is `diverged` and its held deletions wait on."""
    staged: Staged | None = None
    """A piece of a snapshot to keep with this batch; a batch with a token forgets all pieces."""
    account: str | None = None
    """Whose rows these are; rows of another account's are taken out first."""
    is_proven: bool = True
    """Whether this is surely the source's word: anybody on the way can say "nothing new"."""


class SyncState(msgspec.Struct, frozen=True):
    """What the store remembers of a source between pulls."""

    source: str
    token: str | None = None
    epoch: str | None = None
    last_good_at: Instant | None = None
    """When a pull last succeeded, new rows or none, on corrected time."""
    offset_ms: int = 0
    """Server clock minus ours when it was last heard."""
    staged: Staged | None = None
    diverged: bool = False
    """Whether the stored rows were found to differ from the server's sum."""
    quarantined_deletes: int = 0
    """Deletions that wait until the sums agree: more at once than one believes unasked."""
    account: str = ""
    offered: frozenset[Collection] | None = None
    """The collections it said it tells; None before it said any."""

    @property
    def has_some(self) -> bool:
        """Whether rows have come, whole or not: a token is kept together with rows."""
        return self.token is not None or self.staged is not None


class Binding(msgspec.Struct, frozen=True):
    """Which server, login and life of data a source's commands belong to.

    Kept in the outbox's file, because it must outlive a rebuilt cache.
    """

    server: str = ""
    """Identity of the server and whether it is a drill; empty before the first session."""
    account: str = ""
    login: str = ""
    """Fingerprint of the login token under which `account` was told."""
    keys_kept_s: int = 0
    """For how long the server keeps the keys of commands; 0 when it does not say."""
    set_back_to: Instant | None = None
    """Up to when its command log is whole, when it lost what it had told to be durable."""
    epoch: str = ""
    """The last life of its data in which the outbox has been gone through."""
    fence: int = 0
    """The last fence given to this installation; 0 before the first."""
    copied: bool = False
    """Whether the disk was found copied and the county not yet asked what its twin did of the
    commands withdrawn, given up or held here."""
    tried: tuple[str, ...] = ()
    """Tags of the openings sent since the one that gave `fence`, that one first: an opening
    whose answer was lost is told by it from one that another computer made."""


class SourceStatus(msgspec.Struct, frozen=True):
    """How one source is, as shown in the status strip."""

    id: str
    kind: str
    title: Text
    expected_period_ms: int
    last_good_at: Instant | None
    failing_since: Instant | None
    problem: Problem | None
    fills: frozenset[Collection]
    unread: dict[Collection, int] = {}
    """Items that came and could not be read, by collection: what is shown is not the whole."""
    spoiled: dict[Collection, int] = {}
    """Fields that could not be read in rows that are shown, by collection."""
    uncompared: dict[Collection, int] = {}
    """Of `unread`, those without an id or version to be read: as long as there are any, a row
    that is missing or should have gone is not found by the source's sums."""
    found: ProbeResult | None = None
    """What its probe found, when it was probed since the start."""
    link: LinkState = LinkState()
    quarantined_deletes: int = 0
    """Deletions not yet believed; said on the source's line."""
    partial: bool = False
    """Whether rows have come although never all of them: what is shown is not the whole."""
    account: str = ""
    """The login it was last heard under; empty where it tells none."""
    notices: tuple[Problem, ...] = ()
    """What happened since the start and must be seen once, such as a county set back."""
    caution: Problem | None = None
    """What holds as long as the profile says so, such as a login anybody can read on the way:
    it stays on the source's line."""
    unconfirmed: frozenset[str] = frozenset()
    """Keys of commands offered since the last whole pull began: its rows do not tell them."""
    is_older: bool = False
    """Whether the age reckoned from `last_good_at` is only the least it can be, because this
    computer's clock went back since."""

    @property
    def bad_items(self) -> int:
        """How many items of its answers could not be read."""
        return sum(self.unread.values())

    @property
    def never_seen(self) -> bool:
        """Whether nothing has ever come from it: its panes must not look calm."""
        return self.last_good_at is None

    def freshness(self, now: Instant) -> Freshness:
        """How far its rows may be believed at corrected time `now`."""
        if self.is_older:
            return Freshness.STALE
        fresh = judge(self.last_good_at, now, self.expected_period_ms)
        return Freshness.AGEING if fresh is Freshness.FRESH and self.problem else fresh


class CommandResult(msgspec.Struct, frozen=True):
    """A server's word on one command; only an explicit per-key answer is one."""

    key: str
    state: CommandState
    """Never `stored`, `sent` or `cancelled`: those are ours to say."""
    reason: Text = Text()
    row: Row | None = None
    """Of a conflict: the row as the server has it now."""
    durable: bool = False
    """Whether the server keeps the command beyond any restore: it may be retired."""
    hold: Hold = Hold.LOGIN
    """Of HELD: why the command waits."""


class ProbeResult(msgspec.Struct, frozen=True):
    """What a probe of a source found before its first use."""

    product: str
    """What answers there, e.g. `Prometheus 2.42.0`."""
    fills: frozenset[Collection]
    counts: dict[Collection, int] = {}
    clock_offset_ms: int | None = None
    remarks: tuple[Problem, ...] = ()
    """Things worth knowing that do not stop its use."""
    unread: dict[Collection, int] = {}
    """How many of the rows could not be read, where the probe read them all."""
    strange: tuple[StrangeWord, ...] = ()
    """The words of those rows that this program does not know."""
