"""County data for the way back: what changed since an office's token, or else a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.county_server.db.database import Database
from desktop.county_server.feed.changes import MOST_BYTES
from desktop.county_server.feed.patches import read_patch
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account, read_token
from desktop.county_server.snapshots.compact import write_snapshot
from desktop.protocol.limits import COURIER_BYTES, SECTION_BYTES
from desktop.wire.courier import CountyData
from desktop.wire.level2 import Frames, decode_patch

MOST_OF_DATA = COURIER_BYTES // 2
"""Half a bundle; a larger snapshot stays behind, as the answers matter more."""
LEVEL = 9
"""How strongly a snapshot is compressed: on a stick bytes are cheap."""
FRAMES = Frames()


def gather_data(
    database: Database, reader: Account, collections: Sequence[str], since: str
) -> CountyData | None:
    """Return what the reader may see that is newer than its token; None when it is too much."""
    made_at = int(database.time_s() * 1000)
    token = read_token(since)
    is_its_own = token is not None and token.scope == reader.scope
    changes = _changes(database, reader, since) if is_its_own else None
    snapshot = b"" if changes is not None else _snapshot(database, reader, made_at)
    if len(snapshot) > MOST_OF_DATA:
        return None
    return CountyData(
        made_at=made_at,
        epoch=database.epoch,
        account=reader.name,
        townships=reader.townships,
        collections=tuple(filter(reader.reads, collections)),
        since=since,
        changes=changes or (),
        snapshot=snapshot,
    )


def _changes(database: Database, account: Account, since: str) -> tuple[bytes, ...] | None:
    """Return the pages after a token; None where only a snapshot helps."""
    pages: list[bytes] = []
    token, more = since, True
    while more:
        try:
            packed = read_patch(database, token, MOST_BYTES, account, FRAMES)
        except ApiError:
            return None
        if packed is None:
            break
        pages.append(packed.data)
        if sum(map(len, pages)) > MOST_OF_DATA:
            return None
        token = decode_patch(packed.data, FRAMES, SECTION_BYTES).token
        more = packed.more
    return tuple(pages)


def _snapshot(database: Database, account: Account, now_ms: int) -> bytes:
    written = bytearray()
    with database.reading() as connection:
        write_snapshot(connection, account, now_ms, LEVEL, written.extend)
    return bytes(written)
