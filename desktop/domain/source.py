"""Sources: the backends behind the desk, the state of each and the data it gives."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from desktop.domain.alarm import Alarm
from desktop.domain.asset import Asset, Trend
from desktop.domain.command import Collection, CommandState, Hold
from desktop.domain.directory import Contact, Plan
from desktop.domain.freshness import Freshness, judge
from desktop.domain.geo import MapLine, Township
from desktop.domain.incident import Incident
from desktop.domain.instant import Instant
from desktop.domain.link import LinkState
from desktop.domain.localized_text import Text
from desktop.domain.queue import ServiceQueue
from desktop.domain.report import Form, Report
from desktop.domain.strange import StrangeWord
from desktop.domain.warning import Warning

Row = (
    Township | MapLine | Incident | Asset | ServiceQueue | Warning | Alarm | Trend
    | Form | Report | Contact | Plan
)  # fmt: skip

ROW_TYPES: dict[Collection, type[Row]] = {
    Collection.TOWNSHIPS: Township,
    Collection.LINES: MapLine,
    Collection.INCIDENTS: Incident,
    Collection.ASSETS: Asset,
    Collection.QUEUES: ServiceQueue,
    Collection.WARNINGS: Warning,
    Collection.ALARMS: Alarm,
    Collection.TRENDS: Trend,
    Collection.FORMS: Form,
    Collection.REPORTS: Report,
    Collection.CONTACTS: Contact,
    Collection.PLANS: Plan,
}


class Problem(msgspec.Struct, frozen=True):
    """A problem that can be shown in both languages.

    `code` names an entry of `resources/i18n/problems.toml`, which says what happened, what it means
    for the data on screen and what to do; `details` fills its blanks. Backend text inside `details`
    is data, shown as plain text.
    """

    code: str
    details: dict[str, str] = {}


class UnreadableItem(msgspec.Struct, frozen=True):
    """An item of a feed, or a field of one, that could not be read; the rest is kept."""

    collection: Collection
    where: str
    """An id or a path such as `$.rows[12].level`."""
    reason: str
    """Empty beyond the first few of a flood: such an item is only counted."""
    excerpt: str
    """At most 200 characters of what was received."""
    field: str = ""
    """The field that was left out or cut, such as `timeline[3].by`: the rest is stored as a row.
    Empty when the whole item is missing."""
    id: str = ""
    """Id of the row, if it could be read."""
    version: int | None = None
    """Version of a missing row, if it could be read: checksums need only it and the id."""
    row_key: int | None = None
    """The server's dense number of a missing row, if the server numbers rows."""


EXCERPT_CHARS = 200


class Tail(msgspec.Struct, frozen=True):
    """A list that only grew: keep the first `keep` stored elements, then append these."""

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
    """Bytes of an incomplete snapshot, kept so that its download resumes at the byte."""

    resource: str
    """Its path on the server."""
    tag: str
    """Its strong ETag: different bytes under the same path are another snapshot."""
    body: bytes
    """In a batch: the next piece. In a sync state: all pieces so far."""


class Progress(msgspec.Struct, frozen=True):
    """How much of a source's whole state has come so far."""

    rows: int
    of: int
    """Rows of the whole state, as the source announced them."""
    share: float
    """The share of the download that is over, 0 to 1."""
    left_s: int | None = None
    """Seconds to go at the rate so far; None while that is unknown."""


class Batch(msgspec.Struct, frozen=True):
    """What one answer of a source changes, applied in one transaction together with its token."""

    source: str
    puts: tuple[Row, ...] = ()
    """Rows to add or replace; a row older than the stored one (`version`) changes nothing, unless
    its `epoch` differs from the stored one's."""
    deletes: tuple[tuple[Collection, str], ...] = ()
    complete: frozenset[Collection] = frozenset()
    """Collections of which `puts` and `bad_items` are the whole list: rows of this source that are
    in neither are deleted, but none is while an item without an id may be any of them."""
    token: str | None = None
    """The token to continue from next time; None leaves the stored one as it is."""
    epoch: str | None = None
    bad_items: tuple[UnreadableItem, ...] = ()
    more_bad: dict[Collection, int] = {}
    """Unreadable items without an id, beyond those in `bad_items`."""
    reread: frozenset[Collection] = frozenset()
    """Collections read anew from their beginning: of their earlier unreadable items, only those in
    `bad_items` remain. Those in `complete` are too."""
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
    other stored rows of this source in them are deleted."""
    sum: int | None = None
    """The server's checksum over the scope after this batch. If it differs from the stored rows',
    the source is `diverged` and its held deletions keep waiting."""
    staged: Staged | None = None
    """A piece of a snapshot to keep with this batch; a batch with a token forgets all pieces."""
    account: str | None = None
    """The account these rows belong to; rows of another account are deleted first."""
    progress: Progress | None = None
    """For a piece of a snapshot: how much has come."""
    lags: bool = False
    """Whether it may date from before the effects of commands that were offered before it came."""
    is_proven: bool = True
    """Whether the answer surely comes from the source: any host in between can answer "nothing
    new"."""


class SyncState(msgspec.Struct, frozen=True):
    """What the store remembers of a source between pulls."""

    source: str
    token: str | None = None
    epoch: str | None = None
    last_good_at: Instant | None = None
    """When a pull last succeeded, new rows or none, on corrected time."""
    offset_ms: int = 0
    """Server clock minus ours at the last contact."""
    staged: Staged | None = None
    diverged: bool = False
    """Whether the stored rows were found to differ from the server's checksum."""
    quarantined_deletes: int = 0
    """Deletions that wait until the checksums agree: too many at once to be trusted unconfirmed."""
    account: str = ""
    offered: frozenset[Collection] | None = None
    """The collections the source said it gives; None before it said so."""

    @property
    def has_some(self) -> bool:
        """Whether rows were received, all or some: a token is kept together with rows."""
        return self.token is not None or self.staged is not None


class Binding(msgspec.Struct, frozen=True):
    """The server, account and epoch of data that a source's commands belong to.

    Kept in the outbox's file, because it must outlive a rebuilt cache.
    """

    server: str = ""
    """Identity of the server and whether it is a drill; empty before the first session."""
    account: str = ""
    login: str = ""
    """Fingerprint of the login token with which the server named `account`."""
    keys_kept_s: int = 0
    """How long the server keeps the keys of commands; 0 when it does not say."""
    set_back_to: Instant | None = None
    """The time up to which its command log is whole, if it lost commands it had called durable."""
    epoch: str = ""
    """The last epoch of its data for which the outbox has been checked."""
    fence: int = 0
    """The last fence given to this installation; 0 before the first."""
    copied: bool = False
    """Whether the disk was found copied and the county has not yet been asked what the other copy
    did with the commands withdrawn, given up or held here."""
    tried: tuple[str, ...] = ()
    """Tags of the openings sent since the one that gave `fence`, that one first: they tell an
    opening of ours whose answer was lost from one that another computer made."""
    earlier: tuple[str, ...] = ()
    """Tags of openings sent before that one whose answers were lost, or whose sessions the server
    lost; oldest first. They count where its data of then are put back."""

    @property
    def echo(self) -> str:
        """A short text that differs once another session was opened or another epoch was met."""
        known = f"{self.server}\n{self.epoch}\n{self.fence}"
        return hashlib.blake2b(known.encode(), digest_size=8).hexdigest()


class SourceStatus(msgspec.Struct, frozen=True):
    """The state of one source, as shown in the status strip."""

    id: str
    kind: str
    title: Text
    expected_period_ms: int
    last_good_at: Instant | None
    failing_since: Instant | None
    problem: Problem | None
    fills: frozenset[Collection]
    unread: dict[Collection, int] = {}
    """Items that could not be read, by collection: the rows shown are not all."""
    spoiled: dict[Collection, int] = {}
    """Fields that could not be read in rows that are shown, by collection."""
    uncompared: dict[Collection, int] = {}
    """How many of `unread` have no readable id or version: while there are any, the source's
    checksums cannot find a row that is missing or should have been deleted."""
    found: ProbeResult | None = None
    """What its probe found, if it was probed since the start."""
    link: LinkState = LinkState()
    quarantined_deletes: int = 0
    """Deletions not yet confirmed; shown on the source's line."""
    partial: bool = False
    """Whether some rows have been received, but never all: the rows shown are not all."""
    account: str = ""
    """The account of its last session; empty if it has none."""
    notices: tuple[Problem, ...] = ()
    """Events since the start that the officer must see once, such as a county set back."""
    caution: Problem | None = None
    """A lasting warning about the profile's settings, such as a login sent unencrypted: it stays on
    the source's line."""
    unconfirmed: frozenset[str] = frozenset()
    """Keys of commands offered since the last complete pull began: its rows do not contain them."""
    progress: Progress | None = None
    """How far the download of its whole state has come, while one is under way."""
    awaited: bool = False
    """Whether its first answer since the start is still due: neither heard nor failed yet."""
    is_older: bool = False
    """Whether the age reckoned from `last_good_at` is only a minimum, because this computer's clock
    was set back since."""

    @property
    def bad_items(self) -> int:
        """How many items of its answers could not be read."""
        return sum(self.unread.values())

    @property
    def never_seen(self) -> bool:
        """Whether nothing was ever received from it: its panes must not look calm."""
        return self.last_good_at is None

    def freshness(self, now: Instant) -> Freshness:
        """Judge how fresh its rows are at corrected time `now`."""
        if self.is_older:
            return Freshness.STALE
        fresh = judge(self.last_good_at, now, self.expected_period_ms)
        return Freshness.AGEING if fresh is Freshness.FRESH and self.problem else fresh


class CommandResult(msgspec.Struct, frozen=True):
    """A server's answer to one command; only an explicit per-key answer is one."""

    key: str
    state: CommandState
    """Never `stored`, `sent` or `cancelled`: those are set here."""
    reason: Text = Text()
    row: Row | None = None
    """In a conflict: the row as the server has it now."""
    durable: bool = False
    """Whether the server keeps the command beyond any restore: it may be retired."""
    hold: Hold = Hold.LOGIN
    """When HELD: why the command waits."""


class ProbeResult(msgspec.Struct, frozen=True):
    """What a probe of a source found before its first use."""

    product: str
    """The server's product, e.g. `Prometheus 2.42.0`."""
    fills: frozenset[Collection]
    counts: dict[Collection, int] = {}
    clock_offset_ms: int | None = None
    remarks: tuple[Problem, ...] = ()
    """Remarks for the officer that do not prevent its use."""
    unread: dict[Collection, int] = {}
    """How many of the rows could not be read, if the probe read them all."""
    strange: tuple[StrangeWord, ...] = ()
    """Words in those rows that this program does not recognise."""
    county: Text = Text()
    """The county's name, if the server tells it."""
