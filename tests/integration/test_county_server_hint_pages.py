"""Hints with pages: what changed since the hint before, read once for all who wait for it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.checksums import present_token
from desktop.county_server.db.database import Database
from desktop.county_server.feed import hint_pages
from desktop.county_server.feed.hint_pages import Follower, HintPages
from desktop.county_server.scope import Account
from desktop.wire.level1 import COLLECTIONS, Command, Commands, Contact, SessionRequest
from desktop.wire.level2 import (
    Frames,
    Hint,
    HintReader,
    Patch,
    decode_patch,
    name_asked,
)
from support.county_rows import incident

NORTH, SOUTH = Account("north", ("north",)), Account("south", ("south",))


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(Database()) as made:
        yield made


@pytest.fixture
def pages(database: Database) -> HintPages:
    return HintPages(database, Frames())


def told(follower: Follower, *, is_own: bool = False) -> tuple[int, Patch | None]:
    """The number and the page of the next event."""
    number, event = follower.tell(is_own=is_own)
    said, _, page = event.removeprefix(b"data: ").strip().partition(b" ")
    assert int(said) == number
    data = base64.b64decode(page + b"=" * (-len(page) % 4))
    return number, decode_patch(data, Frames()) if data else None


def token_now(database: Database, account: Account) -> str:
    with database.reading() as connection:
        return str(present_token(connection, account))


def test_each_page_goes_on_where_the_hint_before_ended(database: Database, pages: HintPages):
    follower = pages.follow(NORTH, token_now(database, NORTH), "")
    assert told(follower) == (database.head, None), "the first tells where the stream begins"
    for number in range(3):
        before = token_now(database, NORTH)
        database.put("incidents", [incident(f"i{number}", township="north")])
        head, patch = told(follower)
        assert patch is not None
        assert (head, patch.asked) == (database.head, name_asked(before))
        assert patch.token == token_now(database, NORTH)
        assert [each.row.id for each in patch.puts["incidents"]] == [f"i{number}"]


def test_what_is_not_seen_leaves_the_token_as_the_reader_has_it(
    database: Database, pages: HintPages
):
    follower = pages.follow(NORTH, token_now(database, NORTH), "")
    told(follower)
    before = token_now(database, NORTH)
    database.put("incidents", [incident("theirs", township="south")])
    assert told(follower)[1] is None
    database.put("incidents", [incident("ours", township="north")])
    _, patch = told(follower)
    assert patch is not None
    assert patch.asked == name_asked(before)
    assert [each.row.id for each in patch.puts["incidents"]] == ["ours"]


def test_a_large_page_stays_behind_and_the_next_is_of_what_the_reader_then_has(
    database: Database, pages: HintPages
):
    follower = pages.follow(NORTH, token_now(database, NORTH), "")
    told(follower)
    database.put("incidents", [incident(f"i{n}", township="north") for n in range(400)])
    assert told(follower)[1] is None
    before = token_now(database, NORTH)
    database.delete("incidents", ["i1"])
    _, patch = told(follower)
    assert patch is not None
    assert patch.asked == name_asked(before)
    assert len(patch.drops) == 1


def test_own_commands_alone_make_a_hint_without_a_page(database: Database, pages: HintPages):
    database.put("incidents", [incident("i1", township="north")])
    follower = pages.follow(NORTH, token_now(database, NORTH), "")
    told(follower)
    before = database.head
    asked = SessionRequest("n" * 16, "desk")
    fence = database.open_for(asked, NORTH, drill=False).fence
    now = datetime.fromtimestamp(database.time_s(), UTC)
    note = Command("5e" * 16, 1, "note", "i1", "incidents", now, "张伟", body={"text": "到场"})
    do_commands(database, Commands(database.epoch, fence, "desk", (note,)), NORTH)
    assert database.is_all_of(before, NORTH)
    assert not database.is_all_of(before, Account("north-too", ("north",)))
    assert told(follower, is_own=True) == (database.head, None)
    database.put("incidents", [incident("i2", township="south")])
    assert database.is_all_of(before, NORTH), "what it does not see is no matter"
    database.put("incidents", [incident("i3", township="north")])
    assert not database.is_all_of(before, NORTH)
    assert told(follower)[1] is not None


def test_streams_of_one_scope_and_token_share_one_page(
    database: Database, pages: HintPages, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    real = hint_pages.read_few

    def counted(database: Database, since: str, account: Account) -> object:
        read.append(account.name)
        return real(database, since, account)

    monkeypatch.setattr(hint_pages, "read_few", counted)
    followers = [
        pages.follow(each, token_now(database, each), "") for each in (NORTH, NORTH, SOUTH)
    ]
    for each in followers:
        told(each)
    database.put("incidents", [incident("i", township="north\nsouth")])
    assert len({follower.tell(is_own=False) for follower in followers[:2]}) == 1
    told(followers[2])
    assert read == ["north", "south"]


def test_a_reader_of_more_collections_is_told_of_them(database: Database, pages: HintPages):
    reader = NORTH.reading(len(COLLECTIONS))
    follower = pages.follow(NORTH, token_now(database, reader), "")
    told(follower)
    database.put("contacts", [Contact("c1", "县应急局", "值班室")])
    _, patch = told(follower)
    assert patch is not None
    assert list(patch.puts) == ["contacts"]
    assert patch.token == token_now(database, reader)


def test_a_token_that_is_none_of_ours_makes_hints_without_pages(
    database: Database, pages: HintPages
):
    follower = pages.follow(NORTH, "no token", "")
    assert told(follower) == (database.head, None)


def test_a_packed_stream_tells_the_same_and_a_heartbeat_tells_nothing_new(
    database: Database, pages: HintPages
):
    since, reader = token_now(database, NORTH), HintReader(Frames())
    lines = pages.follow(NORTH, since, "")
    packed = pages.follow(NORTH, since, "", packed=True)
    for number in range(3):
        database.put("incidents", [incident(f"i{number}", township="north")])
        head, expected = told(lines)
        _, event = packed.tell(is_own=False)
        (hint,) = reader.read(event)
        patch, now = decode_patch(hint.page, Frames()), expected and expected.server_time
        assert hint.number == head
        assert msgspec.structs.replace(patch, server_time=now) == expected
        assert list(reader.read(packed.beat())) == [Hint(hint.number)]
    database.put("incidents", [incident(f"many{n}", township="north") for n in range(300)])
    (hint,) = reader.read(packed.tell(is_own=False)[1])
    assert hint == Hint(database.head), "too much for a page"
