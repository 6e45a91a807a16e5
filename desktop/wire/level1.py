"""Level 1 of the county API: plain JSON any integrator can write.

Every type here is one object of the OpenAPI document. Times are RFC 3339 with an
offset; naive ones are refused. Field names are the wire's. Unknown fields are
ignored, unknown words of an enumeration are kept as they come, so that an older
desk can talk to a newer county.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from desktop.protocol.limits import ENTRIES, OUTLINES, PARTS, READINGS
from desktop.wire.directory_rows import Contact as Contact  # noqa: PLC0414
from desktop.wire.directory_rows import Phone as Phone  # noqa: PLC0414
from desktop.wire.directory_rows import Plan as Plan  # noqa: PLC0414
from desktop.wire.directory_rows import PlanSection as PlanSection  # noqa: PLC0414
from desktop.wire.directory_rows import PlanStep as PlanStep  # noqa: PLC0414
from desktop.wire.parts import MAX_TEXT as MAX_TEXT  # noqa: PLC0414
from desktop.wire.parts import AnyPhrase as AnyPhrase  # noqa: PLC0414
from desktop.wire.parts import Count, Outline, Version
from desktop.wire.parts import Digest as Digest  # noqa: PLC0414
from desktop.wire.parts import Id as Id  # noqa: PLC0414
from desktop.wire.parts import MaybeDigest as MaybeDigest  # noqa: PLC0414
from desktop.wire.parts import Moment as Moment  # noqa: PLC0414
from desktop.wire.parts import Phrase as Phrase  # noqa: PLC0414
from desktop.wire.parts import Point as Point  # noqa: PLC0414
from desktop.wire.parts import Sum as Sum  # noqa: PLC0414
from desktop.wire.parts import TimelineEntry as TimelineEntry  # noqa: PLC0414
from desktop.wire.parts import Word as Word  # noqa: PLC0414
from desktop.wire.report_rows import FieldValue as FieldValue  # noqa: PLC0414
from desktop.wire.report_rows import Form as Form  # noqa: PLC0414
from desktop.wire.report_rows import FormChoice as FormChoice  # noqa: PLC0414
from desktop.wire.report_rows import FormField as FormField  # noqa: PLC0414
from desktop.wire.report_rows import ReportTable as ReportTable  # noqa: PLC0414

MAGIC = "county-desk/1"
"""Carried by every answer; a 200 without it comes from something else, such as a captive portal."""

DRILL = "/drill"
"""Suffix of a server's name for a drill, which counts as another server than its original."""
MAX_COMMANDS = 20
TAG_CHARS = 6
"""First characters of a session's nonce, which are stored as the opening's tag."""


class Township(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    name: AnyPhrase
    outline: Outline = ()
    seat: Point | None = None
    version: Version = 0


class Line(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    kind: Word
    name: AnyPhrase = ""
    line: Outline = ()
    version: Version = 0


class Deadline(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    kind: Word
    due_at: Moment
    prealarm_s: Count = 900
    done_at: Moment | None = None


class File(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A file of an incident, named by the SHA-256 of its content."""

    digest: Digest
    name: Word
    media_type: Word = "application/octet-stream"
    size: Annotated[int, Meta(ge=0, le=2**40)] = 0
    thumbnail: MaybeDigest = ""
    at: Moment | None = None
    by: Word = ""
    here: bool = True
    """False while the county has not yet got all of it."""


class Incident(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    title: AnyPhrase
    recorded_at: Moment
    number: Word = ""
    level: Word = "none"
    stage: Word = "filed"
    category: Word = ""
    channel: Word = ""
    township: Word = ""
    occurred_at: Moment | None = None
    version: Version = 0
    address: AnyPhrase = ""
    place: Point | None = None
    summary: AnyPhrase = ""
    lead_unit: AnyPhrase = ""
    co_units: Annotated[tuple[AnyPhrase, ...], Meta(max_length=PARTS)] = ()
    deadlines: Annotated[tuple[Deadline, ...], Meta(max_length=PARTS)] = ()
    timeline: Annotated[tuple[TimelineEntry, ...], Meta(max_length=ENTRIES)] = ()
    assets: Annotated[tuple[Id, ...], Meta(max_length=PARTS)] = ()
    acknowledged_at: Moment | None = None
    acknowledged_by: Word = ""
    files: Annotated[tuple[File, ...], Meta(max_length=PARTS)] = ()


class Asset(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    name: AnyPhrase
    kind: Word
    state: Word = "unknown"
    township: Word = ""
    version: Version = 0
    place: Point | None = None
    since_at: Moment | None = None
    observed_at: Moment | None = None
    metric: AnyPhrase = ""
    value: float | None = None
    unit: Word = ""
    low: float | None = None
    high: float | None = None
    depends_on: Annotated[tuple[Id, ...], Meta(max_length=PARTS)] = ()
    note: AnyPhrase = ""


class Queue(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    name: AnyPhrase
    kind: Word = "counter"
    site: AnyPhrase = ""
    township: Word = ""
    waiting: Count | None = None
    longest_wait_s: Count | None = None
    average_wait_s: Count | None = None
    served_today: Count | None = None
    counters_open: Count | None = None
    counters_total: Count | None = None
    waiting_limit: Count | None = None
    wait_limit_s: Count | None = None
    observed_at: Moment | None = None
    version: Version = 0


class Warning(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    headline: AnyPhrase
    issued_at: Moment
    category: Word = ""
    level: Word = "unknown"
    issuer: AnyPhrase = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    lifted_at: Moment | None = None
    area: AnyPhrase = ""
    rings: Annotated[tuple[Outline, ...], Meta(max_length=OUTLINES)] = ()
    townships: Annotated[tuple[Id, ...], Meta(max_length=PARTS)] = ()
    description: AnyPhrase = ""
    instruction: AnyPhrase = ""
    status: Word = "actual"
    version: Version = 0


class Alarm(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    id: Id
    title: AnyPhrase
    raised_at: Moment
    priority: Word = "unknown"
    state: Word = "unacknowledged"
    township: Word = ""
    asset: Word = ""
    cause: Word = ""
    cleared_at: Moment | None = None
    acknowledged_at: Moment | None = None
    acknowledged_by: Word = ""
    detail: AnyPhrase = ""
    version: Version = 0
    shelved_until: Moment | None = None
    shelved_by: Word = ""


class Trend(msgspec.Struct, frozen=True, gc=False):
    """Readings at a steady step, oldest first; null is a gap. `id` is an asset's or a queue's."""

    id: Id
    kind: Literal["asset", "queue"]
    start_at: Moment
    step_s: Annotated[int, Meta(ge=1, le=86_400)]
    values: Annotated[tuple[float | None, ...], Meta(max_length=READINGS)]
    unit: Word = ""


COLLECTIONS: dict[str, type[msgspec.Struct]] = {
    "townships": Township,
    "lines": Line,
    "incidents": Incident,
    "assets": Asset,
    "queues": Queue,
    "warnings": Warning,
    "alarms": Alarm,
    "trends": Trend,
    "forms": Form,
    "reports": ReportTable,
    "contacts": Contact,
    "plans": Plan,
}
"""Collections by name, in the order of level 2's tables."""
FIRST_TABLES = 10
"""Collections, the first of these, that every client reads."""


class SessionRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """`POST /v1/session`."""

    nonce: Annotated[str, Meta(min_length=8, max_length=64)]
    client: Annotated[str, Meta(min_length=1, max_length=64)]
    """The installation's random name."""
    dictionaries: tuple[Word, ...] = ()
    """Level 2 dictionaries of the client, by the first 8 hexadecimal digits of their SHA-256."""
    fence: Annotated[int, Meta(ge=0, le=2**53)] = 0
    """The last fence this installation was given; 0 before the first."""
    tried: tuple[Word, ...] = ()
    """Tags (the first 6 characters of their nonces) of the openings sent since then, the one that
    gave the fence first: the client may not know that one of the others arrived."""
    server: Word = ""
    """Name of the server that gave the fence, with `/drill` appended for a drill: another server
    does not judge by the fence."""
    tables: Annotated[int, Meta(ge=0, le=2**31)] = 0
    """How many collections the client reads, in the order of level 2's tables; the first ten it
    always does. It is given no rows and no sums of others."""
    earlier: tuple[Word, ...] = ()
    """Tags of openings sent before the one that gave the fence, whose sessions the client does not
    know: where one of them is the newest, the server lost its past since."""


class Session(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer that opens a session, with the server's description; `nonce` is echoed."""

    magic: str
    nonce: str
    epoch: Id
    fence: Annotated[int, Meta(ge=0, le=2**53)]
    county: AnyPhrase
    collections: tuple[str, ...]
    townships: tuple[str, ...]
    """Townships this account may see; empty means all."""
    snapshot: str
    """Path of the newest snapshot of this account's scope, `/v1/snapshot/{scope}/{id}`."""
    expected_period_s: Annotated[float, Meta(gt=0)]
    retention_s: Annotated[int, Meta(ge=0)]
    server_time: Moment
    account: Word = ""
    drill: bool = False
    file_limit: Annotated[int, Meta(ge=0)] = 0
    """Bytes of the largest file taken; 0 when the server takes none."""
    sums: bool = False
    """Whether changes and snapshots carry sums and `GET /v1/sums` answers."""
    dictionary: Word = ""
    """The one of the client's dictionaries the server will use for small level 2 frames."""
    server: Word = ""
    """The server's identity, made once with its data and kept through every restore."""
    behind: bool = False
    """Whether this client has proof (its fence) that the server lost some of its past."""
    keys_kept_s: Annotated[int, Meta(ge=0)] = 0
    """How long the keys of commands are kept; 0 when not given, then 180 days."""
    set_back_to: Moment | None = None
    """Set when the data was restored from a backup older than the durable mark: commands since
    then are lost, even those reported as durable, and should be sent again."""
    since: bool = False
    """Whether `POST /v1/commands` takes `since` at level 2: its answer then brings changes."""


class SnapshotHead(msgspec.Struct, frozen=True):
    """First line of a snapshot (`application/x-ndjson`, one JSON object a line)."""

    magic: str
    epoch: Id
    token: Id
    """The token from which changes continue; valid only once the trailer has come."""
    totals: dict[str, int]


class SnapshotPage(msgspec.Struct, frozen=True):
    """Each further line but the last: some rows of one collection, most critical first."""

    collection: str
    rows: tuple[msgspec.Raw, ...]


class SnapshotTrailer(msgspec.Struct, frozen=True):
    """Last line: without it the snapshot was cut and must not be taken as whole."""

    end: Literal[True]
    rows: int
    sum: Sum | None = None


class Change(msgspec.Struct, frozen=True):
    """One row put or deleted; `row` is present for a put."""

    collection: str
    id: Id
    row: msgspec.Raw | UnsetType = UNSET


class Changes(msgspec.Struct, frozen=True):
    """200 of `GET /v1/changes`; 204 is nothing new, 410 too old, 409 another epoch."""

    magic: str
    token: Id
    more: bool
    changes: tuple[Change, ...]
    server_time: Moment
    sum: Sum | None = None
    """Checksum of the whole scope as of `token`; only with the last page."""


class Sums(msgspec.Struct, frozen=True):
    """`GET /v1/sums`: the 256 bucket sums of the account's scope as of `token`."""

    magic: str
    token: Id
    sums: tuple[Sum, ...]


class BucketRows(msgspec.Struct, frozen=True):
    """`GET /v1/buckets?n=3,77`: every row of these buckets as of `token`."""

    magic: str
    token: Id
    buckets: tuple[int, ...]
    changes: tuple[Change, ...]
    sum: Sum
    """Over the whole scope as of `token`."""


class FileOffer(msgspec.Struct, frozen=True):
    """`POST /v1/attachments`: a file that a client is about to upload."""

    digest: Digest
    size: Annotated[int, Meta(ge=1, le=2**40)]
    media_type: Word = "application/octet-stream"


class FileState(msgspec.Struct, frozen=True):
    """How much of a file the server has, from its start."""

    magic: str
    digest: Digest
    size: int
    offset: int


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    key: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    seq: Annotated[int, Meta(ge=1, le=2**53)]
    kind: Word
    target: Id
    collection: Word
    at: Moment
    by: Word
    after: str | None = None
    base: Version | None = None
    body: dict[str, Any] = {}
    clock: Moment | None = None
    """The desk's own clock at the click, uncorrected: the click was at `clock` + `offset_ms`.
    Left out when that clock is right to the minute, and when it has been set since: then the
    click was at `at`. Not part of the command's content: like `seq` and `after` it only
    describes the delivery, and the first request that is done counts."""


class Commands(msgspec.Struct, frozen=True, omit_defaults=True):
    """`POST /v1/commands`."""

    epoch: Id
    fence: Annotated[int, Meta(ge=0, le=2**53)]
    client: Annotated[str, Meta(min_length=1, max_length=64)]
    commands: Annotated[tuple[Command, ...], Meta(min_length=1, max_length=MAX_COMMANDS)]
    offset_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0
    """The server's clock minus the desk's, as measured by the desk when it opened this session."""


class CommandResult(msgspec.Struct, frozen=True, omit_defaults=True):
    key: str
    status: Literal["received", "accepted", "rejected", "conflict", "held"]
    reason: AnyPhrase = ""
    version: int | None = None
    row: msgspec.Raw | UnsetType = UNSET
    """For a conflict: the row as it is now."""
    durable: bool = False
    """Whether no restore can lose the command any more: the client may forget it."""


class CommandResults(msgspec.Struct, frozen=True):
    magic: str
    epoch: Id
    results: tuple[CommandResult, ...]


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457, `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str = ""
    offset: int | None = None
    """For a piece of a file that does not fit: where the next one must begin."""
