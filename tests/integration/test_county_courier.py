"""What a courier bundle asks is done once, whichever way and however often it comes."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.courier import delivery
from desktop.county_server.courier.offices import Offices
from desktop.county_server.db import command_log
from desktop.county_server.quotas import Quotas
from desktop.county_server.scope import ANYBODY, Account, Accounts
from desktop.wire.courier import BundleError, Direction, Fault, PrivateKeys, PublicKeys
from desktop.wire.level1 import Command, Commands, Incident, Phrase
from support.county_rows import incident
from support.courier_county import RULES, CourierCounty, close_all
from support.courier_office import (
    CLIENT,
    JUST_NOW,
    PICTURE,
    PICTURE_DIGEST,
    CourierOffice,
    attach,
    chunk,
    note,
)
from support.openings import forget_as_time_passes, open_session

DAY_S = 86_400


class County(CourierCounty):
    """A county with one paired office."""

    def __init__(self, path: Path, accounts: Accounts, quotas: Quotas | None) -> None:
        self.later_s = 0.0
        super().__init__(path, accounts, quotas, lambda: time.time() + self.later_s)
        own = self.offices.own().public
        self.office = CourierOffice(self.identity, own, account=self.account)
        self.offices.pair(self.office.pairing, self.account)

    def wait_a_day(self) -> None:
        self.later_s += DAY_S

    def take(self, bundle: bytes) -> delivery.Delivered:
        return self.deliveries.take(bundle)

    def statuses(self, bundle: bytes) -> list[str]:
        return [each.status for each in self.office.results(self.take(bundle).receipt)]

    def send(self, *commands: object) -> list[str]:
        """What the network answers to the same commands."""
        fence = open_session(self.database, CLIENT)
        asked = Commands(self.database.epoch, fence, CLIENT, commands)  # type: ignore[arg-type]
        return [each.status for each in do_commands(self.database, asked, ANYBODY, RULES).results]

    def fault(self, bundle: bytes) -> Fault:
        """Why a bundle is refused; nothing may have been written by then."""
        before = self.database.head, self.database.path.with_name("county.db-wal").stat().st_size
        with pytest.raises(BundleError) as refused:
            self.take(bundle)
        after = self.database.head, self.database.path.with_name("county.db-wal").stat().st_size
        assert after == before
        return refused.value.fault


Make = Callable[..., County]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    def build(accounts: Accounts | None = None, quotas: Quotas | None = None) -> County:
        return County(tmp_path / "county.db", accounts or {}, quotas)

    with close_all(build) as building:
        yield building


@pytest.fixture
def county(make: Make) -> County:
    return make()


def test_a_bundle_taken_twice_changes_nothing_and_is_answered_alike(county: County) -> None:
    bundle = county.office.bundle(note(1), note(2, "已处置"))
    first = county.take(bundle)
    head = county.database.head
    second = county.take(bundle)
    assert county.database.head == head
    assert county.timeline() == ["已到现场", "已处置"]
    assert county.office.results(first.receipt) == county.office.results(second.receipt)
    assert (first.answered, first.waiting) == (2, 0)
    assert county.office.read(first.receipt).of == county.office.read(second.receipt).of


def test_what_came_by_the_network_before_or_after_is_done_once(county: County) -> None:
    assert county.send(note(1)) == ["accepted"]
    assert county.statuses(county.office.bundle(note(1), note(2, "二"))) == ["accepted"] * 2
    assert county.send(note(2, "二"), note(3, "三")) == ["accepted"] * 2
    assert county.timeline() == ["已到现场", "二", "三"]


def test_a_bundle_and_the_network_race_and_each_command_is_done_once(county: County) -> None:
    commands = [note(number, f"第 {number} 条") for number in range(1, 41)]
    bundles = [county.office.bundle(*commands[at : at + 20]) for at in (0, 20)]

    def by_network() -> None:
        fence = open_session(county.database, CLIENT)
        for at in range(0, 40, 5):
            asked = Commands(county.database.epoch, fence, CLIENT, tuple(commands[at : at + 5]))
            do_commands(county.database, asked, ANYBODY, RULES)

    works: list[Callable[[], object]] = [by_network]
    works += [lambda each=each: county.take(each) for each in (*bundles, bundles[0])]  # type: ignore[misc]
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()
    assert sorted(county.timeline()) == sorted(f"第 {number} 条" for number in range(1, 41))


def test_a_command_whose_earlier_one_has_not_come_waits_and_is_not_answered(
    county: County,
) -> None:
    first, second = note(1), note(2, "后来", after=note(1).key)
    early, late = county.office.bundle(first), county.office.bundle(second)
    found = county.take(late)
    assert (found.answered, found.waiting) == (0, 1)
    assert county.office.results(found.receipt) == []
    assert county.timeline() == []
    assert county.statuses(early) == ["accepted"]
    assert county.statuses(late) == ["accepted"]
    assert county.timeline() == ["已到现场", "后来"]


def test_a_key_used_otherwise_spoils_only_its_own_command(county: County) -> None:
    county.send(note(2, "别人的"))
    found = county.office.results(county.take(county.office.bundle(note(1), note(2))).receipt)
    assert [each.status for each in found] == ["accepted", "rejected"]
    assert found[1].durable
    assert county.timeline() == ["别人的", "已到现场"]


def test_a_conflict_carries_the_countys_row_unless_all_would_be_too_much(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = county.office.bundle(note(3, kind="dispatch", base=0, body={"unit": "城管一队"}))
    county.database.put("incidents", [incident("i1", title="路灯又亮了", version=7)])
    (whole,) = county.office.results(county.take(bundle).receipt)
    monkeypatch.setattr(delivery, "MOST_WITH_ROWS", 10)
    (bare,) = county.office.results(county.take(bundle).receipt)
    assert (whole.status, bare.status) == ("conflict", "conflict")
    assert isinstance(whole.row, msgspec.Raw)
    assert bare.row is msgspec.UNSET


def test_a_bundle_of_years_ago_does_nothing_again_once_its_keys_are_forgotten(
    county: County,
) -> None:
    bundle = county.office.bundle(note(1))
    assert county.statuses(bundle) == ["accepted"]
    county.later_s = 399 * DAY_S
    assert county.statuses(bundle) == ["accepted"]
    county.later_s = 401 * DAY_S
    forget_as_time_passes(county.database, county.wait_a_day)
    taken = county.take(bundle)
    (held,) = county.office.results(taken.receipt)
    assert (held.status, taken.held) == ("held", 1)
    assert isinstance(held.reason, Phrase)
    assert "180 天" in held.reason.zh
    assert "180 days" in held.reason.en
    assert county.timeline() == ["已到现场"]


@pytest.mark.parametrize("wrong", ["at", "clock"])
def test_of_two_times_of_a_command_the_older_says_whether_it_may_be_forgotten(
    county: County, wrong: str
) -> None:
    times = {"at": JUST_NOW, "clock": JUST_NOW, wrong: JUST_NOW - timedelta(days=181)}
    assert county.statuses(county.office.bundle(note(1, **times))) == ["held"]
    assert county.timeline() == []


def test_an_old_command_holds_up_no_new_one_and_goes_by_the_network(county: County) -> None:
    old = note(1, "半年前", at=JUST_NOW - timedelta(days=200))
    assert county.statuses(county.office.bundle(old, note(2, "今天"))) == ["held", "accepted"]
    assert county.send(old) == ["accepted"]
    assert county.statuses(county.office.bundle(old)) == ["accepted"]
    assert county.timeline() == ["今天", "半年前"]


def test_what_was_given_after_a_held_command_waits_for_that_and_for_no_bundle(
    county: County,
) -> None:
    old = note(1, "半年前", at=JUST_NOW - timedelta(days=200))
    second = note(2, "今天", after=old.key)
    third = note(3, "后来", after=second.key)
    other = note(4, "另一条", after=note(9).key)
    found = county.take(county.office.bundle(old, second, third, other))
    assert [each.key for each in county.office.results(found.receipt)] == [old.key]
    assert (found.held, found.behind, found.waiting) == (1, 2, 1)


def by_a_later_session(county: County, *, later_s: float = 60) -> Command:
    """Let a note change the row under a session that the office's bundles know nothing of."""
    county.office.fence = open_session(county.database, CLIENT)
    fence = open_session(county.database, CLIENT)
    county.later_s += later_s
    return by_network(county, fence, note(5, "另一台电脑的"))


def by_network(county: County, fence: int, told: Command) -> Command:
    asked = Commands(county.database.epoch, fence, CLIENT, (told,))
    (result,) = do_commands(county.database, asked, ANYBODY, RULES).results
    assert result.status == "accepted"
    return told


def decision(county: County, **fields: object) -> bytes:
    """A bundle with a decision on the row as it was before."""
    body = {"unit": "城管一队"}
    return county.office.bundle(note(9, kind="dispatch", base=0, body=body, **fields))


def test_what_a_copy_of_the_disk_did_meanwhile_is_a_conflict(county: County) -> None:
    by_a_later_session(county)
    assert county.statuses(decision(county)) == ["conflict"]


def test_what_the_same_disk_did_by_the_network_meanwhile_is_none(county: County) -> None:
    told = by_a_later_session(county)
    assert county.statuses(decision(county, after=told.key)) == ["accepted"]


def test_what_a_copy_did_is_a_conflict_also_once_it_has_opened_another_session(
    county: County,
) -> None:
    by_a_later_session(county)
    county.later_s += 60
    open_session(county.database, CLIENT)
    assert county.statuses(decision(county)) == ["conflict"]


def test_what_a_copy_had_carried_is_a_conflict_also_once_it_has_opened_another_session(
    county: County,
) -> None:
    own = county.office.fence = open_session(county.database, CLIENT)
    county.office.fence = open_session(county.database, CLIENT)
    assert county.statuses(county.office.bundle(note(5))) == ["accepted"]
    county.later_s += 60
    open_session(county.database, CLIENT)
    county.office.fence = own
    assert county.statuses(decision(county)) == ["conflict"]


def test_what_was_done_before_the_later_session_began_is_no_conflict(county: County) -> None:
    county.office.fence = open_session(county.database, CLIENT)
    assert county.statuses(county.office.bundle(note(5))) == ["accepted"]
    by_network(county, county.office.fence, note(6, "二"))
    open_session(county.database, CLIENT)
    assert county.statuses(decision(county)) == ["accepted"]


@pytest.mark.parametrize(("later_s", "status"), [(0, "accepted"), (60, "conflict")])
def test_where_an_older_file_does_not_tell_the_session_the_time_does(
    county: County, later_s: float, status: str
) -> None:
    by_a_later_session(county, later_s=later_s)
    with county.database.transaction() as transaction:
        transaction.connection.execute("ALTER TABLE makers DROP COLUMN fence")
        command_log.prepare(transaction.connection)
    assert county.statuses(decision(county)) == [status]


def test_the_newest_session_s_own_changes_are_no_conflict(county: County) -> None:
    by_a_later_session(county)
    county.office.fence += 1
    assert county.statuses(decision(county)) == ["accepted"]


def test_a_file_comes_with_its_command(county: County) -> None:
    found = county.take(county.office.bundle(attach(), files=(chunk(0, 300), chunk(300))))
    assert (found.files, found.parts) == (1, 0)
    served = county.attachments.find(PICTURE_DIGEST, ANYBODY)
    assert served is not None
    assert served.path.read_bytes() == PICTURE
    (row,) = county.database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    assert [each.here for each in row.files] == [True]
    assert county.take(county.office.bundle(files=(chunk(),))).files == 1


def test_parts_of_a_file_in_the_wrong_order_wait_for_the_first(county: County) -> None:
    first, second = (
        county.office.bundle(files=(chunk(0, 300),)),
        county.office.bundle(attach(), files=(chunk(300),)),
    )
    assert (county.take(second).files, county.take(second).parts) == (0, 1)
    arrived = county.office.read(county.take(first).receipt).files
    assert [(each.offset, each.size) for each in arrived] == [(300, len(PICTURE))]
    assert county.take(second).files == 1
    assert county.attachments.find(PICTURE_DIGEST, ANYBODY) is not None


def test_a_file_that_is_not_taken_leaves_the_commands_to_be_done(make: Make) -> None:
    county = make({"d" * 64: Account("东桥镇")}, Quotas(files=10))
    found = county.take(county.office.bundle(note(1), files=(chunk(),)))
    assert (found.answered, found.files, found.parts) == (1, 0, 1)
    assert county.office.read(found.receipt).files[0].offset == 0


def test_strangers_bundles_are_refused_before_anything_is_written(county: County) -> None:
    office, own = county.office, county.offices.own().public
    good = office.bundle(note(1))
    assert county.fault(b"") is Fault.EMPTY
    assert county.fault(good[:-1]) is Fault.CUT
    assert county.fault(good[:-70] + b"\0" + good[-69:]) is Fault.DAMAGED
    elsewhere = CourierOffice("another-county", own)
    assert county.fault(elsewhere.bundle(note(1))) is Fault.OTHER_COUNTY
    drill = CourierOffice(office.county + "/drill", own)
    assert county.fault(drill.bundle(note(1))) is Fault.OTHER_COUNTY
    assert county.fault(CourierOffice(office.county, own, "x").bundle()) is Fault.UNKNOWN_OFFICE
    assert county.fault(CourierOffice(office.county, own).bundle()) is Fault.UNKNOWN_KEY
    assert county.fault(office.bundle(way=Direction.RECEIPT)) is Fault.OTHER_WAY
    office.county_keys = PrivateKeys().public
    assert county.fault(office.bundle(note(1))) is Fault.OTHER_RECEIVER
    assert county.timeline() == []


def test_a_revoked_office_is_refused_until_it_is_paired_with_new_keys(county: County) -> None:
    office = county.office
    before = office.bundle(note(1))
    county.offices.revoke(office.name)
    assert county.fault(before) is Fault.REVOKED
    with pytest.raises(BundleError):
        county.offices.pair(office.pairing, "")
    assert county.fault(before) is Fault.REVOKED
    office.keys = PrivateKeys()
    county.offices.pair(office.pairing, "")
    assert county.statuses(office.bundle(note(1))) == ["accepted"]
    assert county.fault(before) is Fault.UNKNOWN_KEY
    with pytest.raises(BundleError):
        county.offices.revoke("nobody")


def test_new_keys_stand_beside_the_old_ones_until_they_are_first_used(county: County) -> None:
    office = county.office
    old = office.keys
    underway, lost = office.bundle(note(1)), office.bundle(note(2, "二"))
    office.keys = PrivateKeys()
    county.offices.pair(office.pairing, "")
    office.keys, new = old, office.keys
    assert county.statuses(underway) == ["accepted"]
    office.keys = new
    assert county.statuses(office.bundle(note(3, "三"))) == ["accepted"]
    assert county.fault(lost) is Fault.UNKNOWN_KEY
    office.keys = old
    with pytest.raises(BundleError):
        county.offices.pair(office.pairing, "")


def test_an_office_to_which_no_receipt_can_be_sealed_has_nothing_done(county: County) -> None:
    office = county.office
    useless = msgspec.structs.replace(office.pairing, agreement=bytes(32))
    with pytest.raises(BundleError):
        county.offices.pair(useless, "")
    # One that was paired before such keys were refused.
    file = county.database.path.with_name("county.db.courier") / "offices.json"
    good, bad = (
        base64.b64encode(each).decode() for each in (office.keys.public.agreement, bytes(32))
    )
    file.write_text(file.read_text().replace(good, bad))
    ours = PublicKeys(office.keys.public.signing, bytes(32))
    header = county.office.bundle(note(1))
    sealed = header[:-64].replace(office.keys.public.id, ours.id)
    digest = hashlib.sha256(sealed).digest()
    signed = sealed + office.keys.sign(b"county-desk/courier/1 bundle" + digest)
    assert county.fault(signed) is Fault.UNUSABLE_KEY
    assert county.timeline() == []


def test_a_bundle_is_done_under_the_account_the_office_was_paired_for(make: Make) -> None:
    county = make({"d" * 64: Account("东桥镇", (), ("李娜",))})
    found = county.office.results(
        county.take(county.office.bundle(note(1, by="李娜"), note(2, by="别人"))).receipt
    )
    assert [each.status for each in found] == ["accepted", "rejected"], found
    county.office.account = "西桥镇"
    assert county.fault(county.office.bundle(note(3))) is Fault.OTHER_ACCOUNT


def test_an_account_that_is_gone_takes_its_offices_bundles_with_it(make: Make) -> None:
    county = make({"d" * 64: Account("东桥镇")})
    county.accounts["d" * 64] = Account("新账号")
    assert county.fault(county.office.bundle(note(1))) is Fault.OTHER_ACCOUNT


def test_the_countys_keys_and_offices_outlive_the_program_and_are_private(
    county: County,
) -> None:
    again = Offices(county.database.path)
    assert again.own().seed == county.offices.own().seed
    assert again.find(county.office.name) == county.offices.find(county.office.name)
    folder = county.database.path.with_name("county.db.courier")
    assert {each.stat().st_mode & 0o077 for each in (folder, *folder.iterdir())} == {0}
