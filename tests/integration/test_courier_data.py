"""County data on a receipt: applied as the network's, no fresher than it is, never backwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.application.courier.county_data import Unfit, apply_data
from desktop.application.ports import PullPlan, SourceError
from desktop.application.sync.exchange import Exchange
from desktop.application.sync.status_keeper import find_unconfirmed
from desktop.connectors.county import courier
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.courier import county_data
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account, Accounts
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, Key
from desktop.domain.courier import CarriedData
from desktop.domain.incident import FileRef
from desktop.wire.level1 import Contact, Phone
from support.builders import SOURCE
from support.county_rows import asset, incident
from support.courier_both import Both, note
from support.courier_county import close_all
from support.sample_board import a_status
from support.sources import services, source_settings

HOUR_MS = 3_600_000


class Desk:
    """The desk of `Both`, with its cache and what it gets of the county's data."""

    def __init__(self, both: Both) -> None:
        self.both, self.cache, self.close = both, both.stores.cache, both.close

    def fetch(self) -> CarriedData:
        """What a receipt brings that was asked for the rows that are here."""
        self.both.export(self.cache.sync_state(SOURCE).token or "")
        data = self.both.data_of(self.both.deliver()[0])
        assert data is not None
        return data

    def apply(self, data: CarriedData) -> Exchange | Unfit:
        return apply_data(self.both.context(), self.both.carry(data), data)

    def titles(self) -> dict[str, str]:
        found = {}
        for number in ("i1", "i2", "i3"):
            row = self.cache.incident(Key(SOURCE, Collection.INCIDENTS, number))
            if row is not None:
                found[number] = row.title.zh
        return found

    def wait(self) -> None:
        self.both.computer.advance(HOUR_MS)


Make = Callable[..., Desk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    def build(accounts: Accounts | None = None) -> Desk:
        return Desk(Both(tmp_path, accounts or {}))

    with close_all(build) as building:
        yield building


@pytest.fixture
def desk(make: Make) -> Desk:
    return make()


def test_a_desk_without_rows_gets_a_snapshot_and_then_only_changes(desk: Desk) -> None:
    county = desk.both.county
    county.put("incidents", [incident("i2"), incident("i3")])
    county.put("assets", [asset("a1")])
    first = desk.fetch()
    assert (bool(first.snapshot), first.pages) == (True, ())
    assert isinstance(desk.apply(first), Exchange)
    assert set(desk.titles()) == {"i1", "i2", "i3"}
    desk.wait()
    county.put("incidents", [incident("i1", title="已改", version=5)])
    county.delete("incidents", ["i3"])
    second = desk.fetch()
    assert (second.snapshot, len(second.pages)) == (b"", 1)
    done = desk.apply(second)
    assert isinstance(done, Exchange)
    assert desk.titles() == {"i1": "已改", "i2": "路灯不亮"}
    state = desk.cache.sync_state(SOURCE)
    assert not state.diverged
    assert state.last_good_at == second.made_at


def test_a_stick_brings_the_directory_once_the_office_reads_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones = (Phone("0000-0010110", "duty"),)
    desk.both.county.put("contacts", [Contact("c1", "县防指", phones=phones)])
    with monkeypatch.context() as before:
        before.setattr(courier, "TABLES", 0)
        older = desk.fetch()
        assert Collection.CONTACTS.value not in older.collections
        assert isinstance(desk.apply(older), Exchange)
        assert desk.cache.rows(Collection.CONTACTS) == []
    desk.wait()
    now = desk.fetch()
    assert now.snapshot, "its token is of an office that read fewer collections"
    assert isinstance(desk.apply(now), Exchange)
    assert [row.id for row in desk.cache.rows(Collection.CONTACTS)] == ["c1"]
    desk.wait()
    desk.both.county.put("contacts", [Contact("c2", "县防指", phones=phones)])
    later = desk.fetch()
    assert (later.snapshot, len(later.pages)) == (b"", 1)
    assert isinstance(desk.apply(later), Exchange)
    assert len(desk.cache.rows(Collection.CONTACTS)) == 2


def test_the_data_is_as_old_as_it_is(desk: Desk) -> None:
    data = desk.fetch()
    for _ in range(48):
        desk.wait()
    assert isinstance(desk.apply(data), Exchange)
    assert desk.cache.sync_state(SOURCE).last_good_at == data.made_at


def test_nothing_new_is_news_too(desk: Desk) -> None:
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    desk.wait()
    desk.wait()
    data = desk.fetch()
    assert (data.snapshot, data.pages) == (b"", ())
    done = desk.apply(data)
    assert isinstance(done, Exchange)
    assert done.rows == 0


def test_older_data_and_data_that_does_not_follow_is_left_alone(desk: Desk) -> None:
    county = desk.both.county
    old = desk.fetch()
    desk.wait()
    county.put("incidents", [incident("i1", title="新", version=5)])
    new = desk.fetch()
    assert isinstance(desk.apply(new), Exchange)
    assert desk.apply(old) is Unfit.OLDER
    assert desk.apply(new) is Unfit.OLDER
    desk.wait()
    county.put("incidents", [incident("i1", title="更新", version=6)])
    skipped = desk.fetch()
    desk.wait()
    county.put("incidents", [incident("i2")])
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    assert desk.apply(skipped) is Unfit.OLDER
    desk.wait()
    follows_nothing = msgspec.structs.replace(
        desk.fetch(), since="another", made_at=desk.both.clock.now() + HOUR_MS
    )
    assert desk.apply(follows_nothing) is Unfit.GAP
    other_epoch = msgspec.structs.replace(
        desk.fetch(), epoch="restored", made_at=desk.both.clock.now() + HOUR_MS
    )
    assert desk.apply(other_epoch) is Unfit.EPOCH
    assert desk.titles()["i1"] == "更新"


def test_which_data_is_newer_is_the_countys_to_say_whatever_the_desks_clock_says(
    desk: Desk,
) -> None:
    county, a_year_ms = desk.both.county, 365 * 24 * HOUR_MS
    old = desk.fetch()
    desk.wait()
    county.put("incidents", [incident("i1", title="新", version=5)])
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    desk.cache.mark_good(SOURCE, old.made_at - a_year_ms, 0, None)
    assert desk.apply(old) is Unfit.GAP
    assert desk.titles() == {"i1": "新"}
    county.put("incidents", [incident("i1", title="更新", version=6)])
    newer = desk.fetch()
    desk.cache.mark_good(SOURCE, newer.made_at + a_year_ms, 0, None)
    assert isinstance(desk.apply(newer), Exchange)
    assert desk.titles() == {"i1": "更新"}


def test_that_nothing_changed_makes_no_rows_older_than_they_are(desk: Desk) -> None:
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    desk.wait()
    nothing = desk.fetch()
    assert isinstance(desk.apply(nothing), Exchange)
    desk.cache.mark_good(SOURCE, nothing.made_at + 1, 0, None)
    assert desk.apply(nothing) is Unfit.OLDER
    assert desk.cache.sync_state(SOURCE).last_good_at == nothing.made_at + 1


def test_another_accounts_data_replaces_nothing(make: Make) -> None:
    desk = make({"d" * 64: Account("东桥镇")})
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    before = desk.cache.sync_state(SOURCE)
    desk.wait()
    desk.both.county.put("incidents", [incident("i1", title="改", version=5)])
    data = desk.fetch()
    desk.both.outbox.bind(SOURCE, msgspec.structs.replace(desk.both.binding, account="西桥镇"))
    assert desk.apply(data) is Unfit.ACCOUNT
    assert desk.cache.sync_state(SOURCE) == before
    assert desk.titles() == {"i1": "路灯不亮"}


def test_a_township_gets_its_own_rows_alone(make: Make) -> None:
    desk = make({"d" * 64: Account("东桥镇", ("east",))})
    desk.both.county.put(
        "incidents", [incident("i2", township="east"), incident("i3", township="west")]
    )
    data = desk.fetch()
    assert data.townships == ("east",)
    assert isinstance(desk.apply(data), Exchange)
    assert "i2" in desk.titles()
    assert "i3" not in desk.titles()


def test_commands_under_way_are_not_offered_to_a_stick(desk: Desk) -> None:
    data = desk.fetch()
    command = note()
    desk.both.append(command)
    desk.wait()
    assert isinstance(desk.apply(data), Exchange)
    record = desk.both.outbox.record(command.key)
    assert record is not None
    assert not record.offered


def test_the_network_goes_on_where_the_stick_left_off(desk: Desk) -> None:
    county = desk.both.county
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    county.put("incidents", [incident("i2", title="网上来的")])
    with CountyServer(county, Settings(), plain=True) as server:
        settings = source_settings("county", url=server.base_url)
        connector = CountyConnector(settings, services(client="d1"))
        try:
            batches = list(connector.pull(desk.cache.sync_state(SOURCE), PullPlan()))
        finally:
            connector.close()
    assert [bool(batch.complete) for batch in batches] == [False]
    for batch in batches:
        desk.cache.apply(batch)
    assert desk.titles()["i2"] == "网上来的"
    assert not desk.cache.sync_state(SOURCE).diverged


def test_a_token_the_county_does_not_know_gets_a_snapshot(desk: Desk) -> None:
    desk.both.export("an-old.token")
    data = desk.both.data_of(desk.both.deliver()[0])
    assert data is not None
    assert data.snapshot
    assert data.since == "an-old.token"


def test_who_asks_for_no_data_gets_none(desk: Desk) -> None:
    desk.both.export(None)
    assert desk.both.data_of(desk.both.deliver()[0]) is None


def test_a_county_too_large_for_a_bundle_sends_the_answers_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    desk.both.county.put("incidents", [incident("i2")])
    monkeypatch.setattr(county_data, "MOST_OF_DATA", 10)
    desk.both.append(note())
    desk.both.export(desk.cache.sync_state(SOURCE).token)
    found = desk.both.keep(desk.both.deliver()[0])
    assert (found.answers, found.data) == (1, None)


def test_pages_that_cannot_be_read_change_nothing(desk: Desk) -> None:
    assert isinstance(desk.apply(desk.fetch()), Exchange)
    before = desk.cache.sync_state(SOURCE)
    desk.wait()
    desk.both.county.put("incidents", [incident("i1", title="改", version=5)])
    good = desk.fetch()
    for pages in ((b"rubbish",), (*good.pages, *good.pages)):
        with pytest.raises(SourceError):
            desk.apply(msgspec.structs.replace(good, pages=pages))
        assert desk.cache.sync_state(SOURCE) == before
    cut = msgspec.structs.replace(good, snapshot=b"\x28\xb5\x2f\xfdrubbish")
    with pytest.raises(SourceError):
        desk.apply(cut)
    assert desk.cache.sync_state(SOURCE) == before


def test_the_stick_answers_nothing_else(desk: Desk) -> None:
    source = desk.both.carry(desk.fetch())
    for ask in (source.probe, lambda: source.send([]), lambda: source.states([])):
        with pytest.raises(SourceError):
            ask()
    with pytest.raises(SourceError):
        source.upload(FileRef("d" * 64, "a", "b", 1), 0, b"x")
    assert source.clock_offset_ms() == 0


def left_to_the_next_start(both: Both) -> frozenset[str]:
    """What a program started now lays over its rows."""
    heard_at = both.stores.cache.sync_state(SOURCE).last_good_at
    return find_unconfirmed(a_status(id=SOURCE, last_good_at=heard_at), both.outbox)


def test_what_an_answer_changed_stays_on_screen_until_rows_show_it(desk: Desk) -> None:
    """The row that is here is from before; with the county's data on the receipt it is not."""
    both = desk.both
    first = note("一")
    both.append(first)
    both.export()
    receipt = both.deliver()[0]
    both.keep(receipt)
    assert both.memory.unconfirmed == left_to_the_next_start(both) == {first.key}
    both.computer.advance(1_000)
    second = note("二")
    both.append(second)
    both.export("")
    both.keep(both.deliver()[0])
    assert both.memory.unconfirmed == frozenset()
    both.keep(receipt)
    assert both.memory.unconfirmed == frozenset(), "a receipt read again says nothing new"
    assert left_to_the_next_start(both) == frozenset()
