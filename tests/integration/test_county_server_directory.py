"""The directory at the county: for who reads it, for each office its own, for no older desk."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from desktop.county_server.db.checksums import read_buckets, read_sums
from desktop.county_server.db.database import Database
from desktop.county_server.feed.changes import read_changes
from desktop.county_server.feed.patches import read_few, read_patch
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.protocol.checksum import BUCKETS, MODULUS
from desktop.wire import level1
from desktop.wire.level1 import COLLECTIONS, FIRST_TABLES
from desktop.wire.level2 import Frames, decode_patch
from support.county_rows import Copy, incident, snapshot_of, sum_of

DIRECTORY = {"contacts", "plans"}
NORTH = Account("north", ("north",))
PHONES = (level1.Phone("0000-0010110", "duty"),)


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident("i1", township="north"), incident("i2", township="south")])
    found.put(
        "contacts",
        [
            level1.Contact("duty", "县防指", phones=PHONES),
            level1.Contact("n", "北乡", township="north", position=1, phones=PHONES),
            level1.Contact("s", "南乡", township="south", position=2, phones=PHONES),
        ],
    )
    found.put("plans", [level1.Plan("flood", "防汛"), level1.Plan("own", "本乡", township="south")])
    yield found
    found.close()


def reader(account: Account) -> Account:
    return account.reading(len(COLLECTIONS))


def named(copy: Copy) -> set[str]:
    return {f"{collection}/{row}" for collection, row in copy if collection in DIRECTORY}


def test_a_township_gets_the_countys_and_its_own(database: Database) -> None:
    copy, _ = snapshot_of(database, reader(NORTH))
    assert named(copy) == {"contacts/duty", "contacts/n", "plans/flood"}
    copy, _ = snapshot_of(database, reader(ANYBODY))
    assert len(named(copy)) == 5


@pytest.mark.parametrize("account", [ANYBODY, NORTH])
def test_a_reader_of_the_first_collections_is_given_nothing_else(
    database: Database, account: Account
) -> None:
    copy, token = snapshot_of(database, account)
    assert not named(copy)
    database.put("contacts", [level1.Contact("new", "新", phones=PHONES)])
    database.delete("plans", ["flood"])
    database.put("incidents", [incident("i1", township="north", number="2")])
    page = read_changes(database, token, 65_536, account)
    assert page is not None
    assert [change.collection for change in page.changes] == ["incidents"]
    copy["incidents", "i1"] = {"id": "i1", "version": 1}
    assert page.sum == sum_of(copy)
    packed = read_patch(database, token, 65_536, account, Frames())
    assert packed is not None
    patch = decode_patch(packed.data, Frames(), 1 << 20)
    assert (dict(patch.puts), patch.drops) == ({}, ())
    assert {each.collection for each in patch.patches} == {"incidents"}
    assert f"{patch.sum:016x}" == page.sum


@pytest.mark.parametrize("account", [ANYBODY, NORTH, reader(ANYBODY), reader(NORTH)])
def test_the_sums_are_those_of_the_rows_given(database: Database, account: Account) -> None:
    copy, _ = snapshot_of(database, account)
    sums = read_sums(database, account).sums
    assert f"{sum(int(each, 16) for each in sums) % MODULUS:016x}" == sum_of(copy)
    database.delete("contacts", ["duty"])
    later, _ = snapshot_of(database, account)
    whole = read_buckets(database, account, range(BUCKETS))
    assert {(each.collection, each.id) for each in whole.changes} == set(later)
    assert whole.sum == sum_of(later)


def test_a_token_keeps_to_the_reader_it_was_given_to(database: Database) -> None:
    _, narrow = snapshot_of(database, NORTH)
    _, wide = snapshot_of(database, reader(NORTH))
    database.put("contacts", [level1.Contact("n", "北乡", "值班", township="north", phones=PHONES)])
    assert read_changes(database, narrow, 65_536, reader(NORTH)) is None
    for asked in (NORTH, reader(NORTH)):  # A request says nothing but the token.
        page = read_changes(database, wide, 65_536, asked)
        assert page is not None
        assert [(each.collection, each.id) for each in page.changes] == [("contacts", "n")]
    with pytest.raises(ApiError):
        read_changes(database, wide, 65_536, ANYBODY)
    with pytest.raises(ApiError):
        read_changes(database, wide + "z", 65_536, NORTH)


def test_the_few_changes_of_an_answer_keep_to_the_reader_too(database: Database) -> None:
    for account in (NORTH, reader(NORTH)):
        _, token = snapshot_of(database, account)
        database.put("incidents", [incident("i1", township="north", number=token)])
        database.put("contacts", [level1.Contact("n", "北乡", token, "", "north", 1, PHONES)])
        few = read_few(database, token, NORTH)
        assert few is not None
        assert few.patch is not None
        changed = {each.collection for each in few.patch.patches}
        assert ("contacts" in changed) == (account.tables > FIRST_TABLES)
        later, _ = snapshot_of(database, account)
        assert f"{few.patch.sum:016x}" == sum_of(later)


def test_an_account_is_named_by_its_townships_and_by_what_it_reads() -> None:
    assert ANYBODY.scope == "all"
    assert reader(NORTH).scope.startswith(NORTH.scope)
    assert len({ANYBODY.scope, NORTH.scope, reader(ANYBODY).scope, reader(NORTH).scope}) == 4
    assert NORTH.as_reader(reader(NORTH).scope) == reader(NORTH)
    assert NORTH.as_reader(reader(ANYBODY).scope) == NORTH
    assert ANYBODY.reading(0).tables == FIRST_TABLES
    assert ANYBODY.reading(99) == reader(ANYBODY)
    assert msgspec.structs.asdict(ANYBODY)["tables"] == FIRST_TABLES
