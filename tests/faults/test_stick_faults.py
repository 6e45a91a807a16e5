"""Sticks among several computers, and pairings that one side has lost: nothing lost or doubled."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import permutations
from pathlib import Path

import pytest

from desktop.commands.courier.desk import ANOTHERS
from desktop.domain.command import CommandState
from desktop.domain.courier import BundleRefused
from desktop.domain.instant import DAY
from desktop.wire import courier
from desktop.wire.courier import BundleError, Direction, Fault
from support.builders import NOW
from support.courier_county import CourierCounty
from support.stick_desk import StickDesk

ACCEPTED, STORED = CommandState.ACCEPTED, CommandState.STORED


class Stick:
    """The one stick, the county that takes what is on it, and the PCs that it goes to."""

    def __init__(self, folder: Path, county: CourierCounty, stack: ExitStack) -> None:
        self.county, self.place = county, folder / "stick"
        self._folder, self._stack = folder, stack
        self.place.mkdir()

    def pc(self, office: str, county: CourierCounty | None = None) -> StickDesk:
        made = StickDesk(self._folder / f"pc-{office}", county or self.county, office)
        return self._stack.enter_context(closing(made))

    def at_the_county(self) -> list[Fault]:
        """Have every bundle taken and its receipt written; return why others were refused."""
        refused: list[Fault] = []
        for file in sorted(self.place.glob("*.cdb")):
            header = courier.read_header(file.read_bytes())
            if header.direction is not Direction.UP:
                continue
            try:
                receipt = self.county.deliveries.take(file.read_bytes()).receipt
            except BundleError as error:
                refused.append(error.fault)
            else:
                (self.place / courier.name_receipt(header)).write_bytes(receipt)
        return refused

    def files(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in self.place.iterdir()}


def a_county(folder: Path) -> CourierCounty:
    return CourierCounty(folder / "county.db", {}, time_s=lambda: NOW / 1000)


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Stick]:
    with ExitStack() as stack:
        county = stack.enter_context(closing(a_county(tmp_path)))
        yield Stick(tmp_path, county, stack)


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_two_pcs_with_one_stick_each_find_their_own_and_leave_the_others(
    stick: Stick, order: tuple[int, ...]
) -> None:
    east, west = stick.pc("东桥"), stick.pc("西桥")
    keys = {east: east.append("东桥的"), west: west.append("西桥的")}
    acts: list[Callable[[], object]] = [
        lambda: east.write(stick.place),
        lambda: west.write(stick.place),
        lambda: (stick.at_the_county(), east.read(stick.place)),
        lambda: (stick.at_the_county(), west.read(stick.place)),
    ]
    for act in (*order, 0, 1):
        before = stick.files()
        acts[act]()
        after = stick.files()
        bundles = {name: content for name, content in before.items() if "receipt" not in name}
        assert bundles.items() <= after.items(), "no bundle is overwritten or gone"
        assert before.keys() <= after.keys()
    assert stick.at_the_county() == []
    for pc, key in keys.items():
        found = pc.read(stick.place)
        assert (len(found.read), found.refused, len(found.others)) == (2, (), 2)
        assert pc.state(key) is ACCEPTED
    assert sorted(stick.county.timeline()) == ["东桥的", "西桥的"]


def test_two_offices_of_one_name_overwrite_nothing_of_each_other(
    stick: Stick, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with closing(a_county(elsewhere)) as other:
        ours = stick.pc("东桥")
        theirs = StickDesk(elsewhere / "pc", other, "东桥")
        with closing(theirs):
            first, second = ours.write(stick.place), theirs.write(stick.place)
            assert first.file != second.file
            content = first.file.read_bytes()
            theirs.append("不能丢")
            with pytest.raises(BundleRefused) as refused:
                theirs.courier.export(first.file)
            assert refused.value.why == ANOTHERS
            assert first.file.read_bytes() == content
            (record,) = theirs.stores.outbox.recent(1)
            assert not record.offered, "it can still be withdrawn"
            assert stick.at_the_county() == [Fault.OTHER_COUNTY]
            assert len(ours.read(stick.place).read) == 1
            assert theirs.read(stick.place).read == ()


def test_a_clock_wrong_by_a_year_overwrites_no_bundle_and_answers_count(stick: Stick) -> None:
    pc = stick.pc("东桥")
    pc.write(stick.place)
    pc.computer.advance(-365 * DAY)
    key = pc.append("时钟错了一年")
    for _ in range(2):
        pc.write(stick.place)
        pc.computer.advance(-1_000)
    assert len(stick.files()) == 3
    assert stick.at_the_county() == []
    assert pc.read(stick.place).refused == ()
    assert pc.state(key) is ACCEPTED
    assert stick.county.timeline() == ["时钟错了一年"]


def test_a_county_that_lost_its_pairings_refuses_in_words_and_pairs_again(stick: Stick) -> None:
    pc = stick.pc("东桥")
    key = pc.append("办一次")
    pc.write(stick.place)
    assert stick.at_the_county() == []
    shutil.rmtree(stick.county.offices.file.parent)
    pc.write(stick.place)
    assert stick.at_the_county() == [Fault.UNKNOWN_OFFICE] * 2
    pc.pair()
    assert stick.at_the_county() == [Fault.UNKNOWN_KEY] * 2
    found = pc.read(stick.place)
    assert [_words(each.error) for each in found.refused] == [Fault.UNKNOWN_KEY.words[1]]
    assert pc.state(key) is STORED
    pc.write(stick.place)
    stick.at_the_county()
    assert len(pc.read(stick.place).read) == 1
    assert pc.state(key) is ACCEPTED
    assert stick.county.timeline() == ["办一次"]


def test_an_office_that_lost_its_keys_pairs_again_and_nothing_is_done_twice(stick: Stick) -> None:
    pc = stick.pc("东桥")
    key = pc.append("办一次")
    pc.write(stick.place)
    assert stick.at_the_county() == []
    pc.secrets.clear()
    with pytest.raises(BundleRefused):
        pc.read(stick.place)
    pc.pair()
    found = pc.read(stick.place)
    assert [_words(each.error) for each in found.refused] == [Fault.OTHER_RECEIVER.words[1]]
    assert pc.state(key) is STORED
    pc.write(stick.place)
    # What the old keys signed is refused once the new ones were used.
    assert stick.at_the_county() in ([], [Fault.UNKNOWN_KEY])
    assert len(pc.read(stick.place).read) == 1
    assert pc.state(key) is ACCEPTED
    assert stick.county.timeline() == ["办一次"]


def _words(error: Exception) -> str:
    assert isinstance(error, BundleRefused)
    return error.why.en
