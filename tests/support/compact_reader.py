"""A reader of level 2: what it holds after a snapshot and the patches that follow."""

from __future__ import annotations

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.feed.patches import read_patch
from desktop.county_server.feed.projection import WHOLE, Projection
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.snapshots.compact import write_snapshot
from desktop.protocol.checksum import MODULUS, UNCOUNTED, weight
from desktop.wire.level1 import SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import Frames, Keyed, Page, SnapshotDecoder, apply_patch, decode_patch

PLAIN = Frames()
MOST = 1 << 26


class CompactReader:
    """Takes a snapshot and follows patches as a desk does. `rows` are by their dense key."""

    def __init__(self, database: Database, account: Account = ANYBODY) -> None:
        self._database = database
        self._account = account
        self.rows: dict[int, tuple[str, msgspec.Struct]] = {}
        self.pages: list[Page] = []
        self.token = ""

    def take_snapshot(self) -> None:
        """Begin anew from the rows as they are."""
        pieces: list[bytes] = []
        now_ms = round(self._database.time_s() * 1000)
        with self._database.reading() as connection:
            write_snapshot(connection, self._account, now_ms, 3, pieces.append)
        self.read_snapshot(b"".join(pieces))

    def read_snapshot(self, content: bytes) -> None:
        """Begin anew from a snapshot's bytes."""
        found = SnapshotDecoder(MOST).feed(content)
        head, trailer = found[0], found[-1]
        assert isinstance(head, SnapshotHead)
        assert isinstance(trailer, SnapshotTrailer)
        self.pages = [each for each in found if isinstance(each, Page)]
        self.rows = {}
        for page in self.pages:
            self._put(page.collection, page.rows)
        assert trailer.rows == len(self.rows) == sum(head.totals.values())
        assert trailer.sum == f"{self.sum():016x}"
        self.token = head.token

    def follow(self, max_bytes: int, wanted: Projection = WHOLE, pages: int = 10**6) -> int:
        """Apply so many pages at most, until there is nothing new; the bytes they took."""
        taken = 0
        for _ in range(pages):
            packed = read_patch(self._database, self.token, max_bytes, self._account, PLAIN, wanted)
            if packed is None:
                break
            taken += len(packed.data)
            self.apply(packed.data, wanted)
            if not packed.more:
                break
        return taken

    def apply(self, data: bytes, wanted: Projection = WHOLE) -> None:
        """Apply one page; its sum, if any, must agree."""
        patch = decode_patch(data, PLAIN)
        assert self.token != patch.token
        for collection, rows in patch.puts.items():
            self._put(collection, rows)
        for each in patch.patches:
            collection, row = self.rows[each.key]
            assert collection == each.collection
            self.rows[each.key] = (collection, apply_patch(row, each))
        for key in patch.drops:
            self.rows.pop(key, None)
        self.token = patch.token
        if patch.more or not wanted.is_whole:
            assert patch.sum is None
        else:
            assert patch.sum == self.sum()

    def _put(self, collection: str, rows: tuple[Keyed, ...]) -> None:
        for each in rows:
            assert self.rows.get(each.key, (collection,))[0] == collection
            self.rows[each.key] = (collection, each.row)

    def sum(self) -> int:
        """The sum over the rows it holds."""
        total = 0
        for collection, row in self.rows.values():
            if collection not in UNCOUNTED:
                total += weight(collection, row.id, row.version)  # type: ignore[attr-defined]
        return total % MODULUS
