"""C: whatever epochs a county goes through, the stored rows, numbers and sums become its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.source import Batch, Row, RowPatch
from desktop.protocol.checksum import BUCKETS, MODULUS, bucket, weight
from desktop.storage.cache.store import open_cache
from desktop.storage.sqlite.database import connect
from desktop.storage.sqlite.row_codec import COLLECTIONS
from support.builders import FakeClock, a_batch, a_line, a_township, an_asset, an_incident

KEY = bytes(range(32))
EVERYTHING = frozenset(Collection) - {Collection.TRENDS}
Name = tuple[Collection, str]
BUILDERS: dict[str, Callable[..., Any]] = {
    "I1": an_incident, "I2": an_incident, "I3": an_incident, "I4": an_incident,
    "A1": an_asset, "A2": an_asset, "T1": a_township, "L1": a_line,
}  # fmt: skip
NAMED = {Collection.INCIDENTS: "number", Collection.ASSETS: "unit"}
"""A field that a patch may change."""


class County:
    """What a county holds, and the batches a desk gets from it."""

    def __init__(self) -> None:
        self.rows: dict[Name, tuple[Row, int]] = {}
        self.epoch = 0
        self.numbered = True
        """Whether it tells its rows' numbers, as level 2 does."""
        self._given = self._written = self._epochs = 0
        self.backups = [self._state()]

    def _state(self) -> tuple[dict[Name, tuple[Row, int]], int]:
        return dict(self.rows), self._given

    def write(self, id: str) -> None:
        """Add or change a row; what it says now was never said under that version before."""
        self._written += 1
        built = BUILDERS[id](id=id)
        name = (COLLECTIONS[type(built)], id)
        known, number = self.rows.get(name, (None, 0))
        if known is None:
            self._given += 1
            number = self._given
        version = 1 if known is None else known.version + 1
        changes = {NAMED[name[0]]: f"{self._written}"} if name[0] in NAMED else {}
        row = msgspec.structs.replace(built, version=version, **changes)
        self.rows[name] = (row, number)

    def take_out(self, id: str) -> None:
        """Delete a row if it is there."""
        self.rows = {name: kept for name, kept in self.rows.items() if name[1] != id}

    def back_up(self) -> None:
        """Keep what there is now for a later restore."""
        self.backups.append(self._state())

    def restore(self, which: int, *, announced: bool) -> None:
        """Go back; an epoch that nobody announces keeps its name."""
        rows, self._given = self.backups[which % len(self.backups)]
        self.rows = dict(rows)
        if announced:
            self._epochs += 1
            self.epoch = self._epochs

    def sums(self) -> list[int]:
        """Its 256 sums."""
        found = [0] * BUCKETS
        for (collection, id), (row, _) in self.rows.items():
            at = bucket(collection.value, id)
            found[at] = (found[at] + weight(collection.value, id, row.version)) % MODULUS
        return found

    def batch(self, names: Iterable[Name], **more: Any) -> Batch:
        """An answer with these rows in full."""
        kept = [self.rows[name] for name in names]
        numbers = tuple(number for _, number in kept) if self.numbered else ()
        more = {"sum": sum(self.sums()) % MODULUS, **more}
        rows = (row for row, _ in kept)
        return a_batch(*rows, row_keys=numbers, epoch=f"e{self.epoch}", **more)

    def page(self, names: Iterable[Name]) -> Batch:
        """Rows shown before the whole list, incidents with the list's fields only."""
        batch = self.batch([name for name in names if name in self.rows], sum=None)
        puts = tuple(
            msgspec.structs.replace(row, whole=False) if isinstance(row, Incident) else row
            for row in batch.puts
        )
        return msgspec.structs.replace(batch, puts=puts)

    def whole(self) -> Batch:
        """All there is."""
        return self.batch(self.rows, complete=EVERYTHING, token=self.token())

    def repair(self, theirs: tuple[int, ...]) -> Batch:
        """What mends rows with those sums."""
        differ = frozenset(at for at, ours in enumerate(self.sums()) if ours != theirs[at])
        names = [name for name in self.rows if bucket(name[0].value, name[1]) in differ]
        return self.batch(names, buckets=differ)

    def token(self) -> str:
        """Where a desk that has everything goes on."""
        return f"e{self.epoch}"


class Desk:
    """A real cache, and what it holds as a test may look at it."""

    def __init__(self, folder: Path) -> None:
        self.cache = open_cache(folder, KEY, FakeClock(), {})
        self._file = connect(folder / "cache.db", KEY, durable=False, read_only=True)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self.cache.close()

    def stored(self) -> dict[Name, tuple[int, int | None]]:
        """Version and number of each row as written down."""
        found = self._file.execute(
            "SELECT 'incidents', id, version, row_key FROM incident"
            " UNION ALL SELECT collection, id, version, row_key FROM thing"
        )
        return {(Collection(kind), id): (version, key) for kind, id, version, key in found}

    def rows(self) -> dict[Name, Row]:
        """What is shown."""
        return {(c, row.id): row for c in EVERYTHING for row in self.cache.rows(c)}

    def check_sums(self) -> None:
        """The sums kept are those of the rows as stored."""
        expected = [0] * BUCKETS
        for (collection, id), (version, _) in self.stored().items():
            at = bucket(collection.value, id)
            expected[at] = (expected[at] + weight(collection.value, id, version)) % MODULUS
        assert list(self.cache.sums("county")) == expected

    def check_agrees(self, county: County, *, contents: bool = True) -> None:
        """Versions, numbers, sums and what is shown are the county's."""
        versions = {name: version for name, (version, _) in self.stored().items()}
        assert versions == {name: row.version for name, (row, _) in county.rows.items()}
        assert list(self.cache.sums("county")) == county.sums()
        assert not self.cache.sync_state("county").diverged
        if contents:
            assert self.rows() == {name: row for name, (row, _) in county.rows.items()}
        if county.numbered:
            numbers = {name: key for name, (_, key) in self.stored().items()}
            assert numbers == {name: number for name, (_, number) in county.rows.items()}


class Story:
    """One desk and one county through everything that may happen to them."""

    def __init__(self, folder: Path) -> None:
        self.county, self.desk = County(), Desk(folder)

    def take(self, step: str, name: str, number: int) -> None:
        """Let one thing happen."""
        county, cache = self.county, self.desk.cache
        match step:
            case "write":
                county.write(name)
            case "delete":
                county.take_out(name)
            case "back up":
                county.back_up()
            case "restore":
                county.restore(number, announced=True)
            case "put back":
                county.restore(number, announced=False)
                before = self.desk.rows()
                cache.outdate("county")
                assert self.desk.rows() == before
                assert cache.sync_state("county").token is None
            case "page":
                self._apply(county.page(list(county.rows)[: number + 1]))
            case "snapshot":
                self._apply(county.whole())
                self.desk.check_agrees(county)
            case "page and snapshot":
                early, whole = county.batch(county.rows, sum=None), county.whole()
                self._apply(early)
                self._apply(msgspec.structs.replace(whole, puts=early.puts))
                self.desk.check_agrees(county)
            case "repair":
                if cache.sync_state("county").epoch != county.token():
                    # Sums of another life may agree by chance: they mend nothing, but tell.
                    self._apply(county.repair(cache.sums("county")))
                self._apply(county.repair(cache.sums("county")))
                self.desk.check_agrees(county, contents=False)
            case "patch":
                self._patch(name)

    def _apply(self, batch: Batch) -> None:
        self.desk.cache.apply(batch)
        assert self.desk.cache.sync_state("county").epoch == batch.epoch

    def _patch(self, id: str) -> None:
        """Bring a change of one row, if the desk has everything as it was before."""
        county = self.county
        name = next((n for n in county.rows if n[1] == id and n[0] in NAMED), None)
        stored = self.desk.rows()
        agrees = stored == {n: row for n, (row, _) in county.rows.items()}
        token = self.desk.cache.sync_state("county").token
        if name is None or not agrees or not county.numbered or token != county.token():
            return
        county.write(id)
        row, number = county.rows[name]
        change = {NAMED[name[0]]: getattr(row, NAMED[name[0]])}
        patch = RowPatch(name[0], number, row.version, change)
        self._apply(county.batch((), patches=(patch,), token=token))
        self.desk.check_agrees(county)


STEPS = (
    "write", "write", "write", "delete", "back up", "restore", "put back",
    "page", "snapshot", "page and snapshot", "repair", "patch", "patch",
)  # fmt: skip
END = tuple(
    (step, "I1", -1) for step in ("snapshot", "back up", "restore", "repair", "snapshot", "patch")
)
steps = st.tuples(st.sampled_from(STEPS), st.sampled_from(sorted(BUILDERS)), st.integers(0, 5))


@settings(max_examples=120)
@given(st.lists(steps, min_size=1, max_size=24), st.booleans())
def test_rows_numbers_and_sums_become_the_countys_through_any_epochs(story, numbered):
    with tempfile.TemporaryDirectory() as folder:
        told = Story(Path(folder))
        told.county.numbered = numbered
        with closing(told.desk):
            for step in (*story, *END):
                told.take(*step)
                told.desk.check_sums()
