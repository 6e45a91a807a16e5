"""Repair of diverged rows: found by the checksums of 256 buckets and fetched again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.county.level1 import read_changes
from desktop.connectors.county.level2 import read_patch
from desktop.connectors.county.mapping import COLLECTION_OF
from desktop.connectors.county.openings import LATER, TABLES
from desktop.connectors.county.session import (
    MOST_UNPACKED,
    CountySession,
    is_compact,
    not_county_api,
    undecodable,
)
from desktop.domain.command import Collection
from desktop.domain.source import Batch, Problem, Row, UnreadableItem
from desktop.protocol.checksum import BUCKETS, MODULUS, UNCOUNTED, bucket, weight
from desktop.wire import level1
from desktop.wire.level1 import MAGIC
from desktop.wire.level2 import WireError, decode_patch

BUCKETS_AT_ONCE = 8
ROUNDS = 3
"""Comparisons before giving up for now: the server's rows may change between two answers."""


class _Content(msgspec.Struct, frozen=True):
    """The rows of some buckets, with the token and checksum of that moment."""

    rows: tuple[Row, ...]
    keys: tuple[int, ...]
    bad_items: tuple[UnreadableItem, ...]
    more_bad: dict[Collection, int]
    token: str
    sum: int


class _RawBuckets(msgspec.Struct):
    """`level1.BucketRows` with each change undecoded."""

    magic: str
    token: level1.Id
    sum: level1.Sum
    changes: list[msgspec.Raw] = []


def repair(county: CountySession, sums: Sequence[int]) -> Iterator[Batch]:
    """Yield batches with the whole content of the buckets that differ; the last has the checksum.

    If the last has none, the server's rows changed all the time: the result is not verified.
    """
    if not county.ensure_session().sums:
        raise SourceError(Problem("no_sums", {"source": county.source}))
    ours = list(sums)
    for _ in range(ROUNDS):
        told = _sums(county)
        theirs = [int(each, 16) for each in told.sums]
        differing = [n for n in range(BUCKETS) if ours[n] != theirs[n]]
        if not differing:
            yield Batch(county.source, sum=sum(theirs) % MODULUS)
            return
        steady = True
        for start in range(0, len(differing), BUCKETS_AT_ONCE):
            numbers = differing[start : start + BUCKETS_AT_ONCE]
            content = _content(county, numbers)
            steady = steady and content.token == told.token
            _replace(ours, numbers, content)
            last = start + BUCKETS_AT_ONCE >= len(differing)
            yield _batch(county, numbers, content, tell_sum=last and steady)
        if steady:
            return


def _tables(county: CountySession) -> str:
    """Return the parameter by which sums count all that this desk reads, if there is more."""
    session = county.session
    more = session is not None and not LATER.isdisjoint(session.collections)
    return f"tables={TABLES}" if more else ""


def _sums(county: CountySession) -> level1.Sums:
    asked = "v1/sums" + (f"?{_tables(county)}" if _tables(county) else "")
    reply = county.http.get(asked, accept="", headers={"Accept-Encoding": "gzip"})
    told = reply.decode(level1.Sums)
    if told.magic != MAGIC:
        raise not_county_api(reply.url, told.magic)
    if len(told.sums) != BUCKETS:
        details = {"address": reply.url, "reason": f"{len(told.sums)} sums", "excerpt": ""}
        raise SourceError(Problem("wrong_shape", details))
    return told


def _content(county: CountySession, numbers: Sequence[int]) -> _Content:
    asked = "v1/buckets?n=" + ",".join(map(str, numbers))
    if _tables(county):
        asked += f"&{_tables(county)}"
    if county.compact and county.frames.use:
        asked += f"&d={county.frames.use}"
    reply = county.get(asked)
    if is_compact(reply):
        try:
            patch = decode_patch(reply.body, county.frames, MOST_UNPACKED)
        except WireError as error:
            raise undecodable(reply.url, error, reply.body) from None
        found = read_patch(county.source, patch)
        if patch.sum is None:
            details = {"address": reply.url, "reason": "no sum", "excerpt": ""}
            raise SourceError(Problem("wrong_shape", details))
        return _Content(
            found.rows, found.keys, found.bad_items, found.more_bad, patch.token, patch.sum
        )
    told = reply.decode(_RawBuckets)
    if told.magic != MAGIC:
        raise not_county_api(reply.url, told.magic)
    read = read_changes(county.source, told.changes)
    return _Content(read.rows, (), read.bad_items, read.more_bad, told.token, int(told.sum, 16))


def _replace(ours: list[int], numbers: Sequence[int], content: _Content) -> None:
    """Update our checksums to what they will be once the batch is applied."""
    for number in numbers:
        ours[number] = 0
    names = [(COLLECTION_OF[type(r)], r.id, getattr(r, "version", 0)) for r in content.rows]
    names += [
        (item.collection, item.id, item.version)
        for item in content.bad_items
        if not item.field and item.id and item.version is not None
    ]
    for collection, id, version in names:
        if collection not in UNCOUNTED:
            number = bucket(collection, id)
            ours[number] = (ours[number] + weight(collection, id, version)) % MODULUS


def _batch(
    county: CountySession, numbers: Sequence[int], content: _Content, *, tell_sum: bool
) -> Batch:
    # An unreadable row without an id may be stored from a readable answer: no bucket is then
    # surely whole.
    whole = not content.more_bad and all(item.field or item.id for item in content.bad_items)
    return Batch(
        source=county.source,
        puts=content.rows,
        row_keys=content.keys,
        bad_items=content.bad_items,
        more_bad=content.more_bad,
        buckets=frozenset(numbers) if whole else frozenset(),
        sum=content.sum if tell_sum and whole else None,
    )
