"""A county put back to a backup, as an office finds out by stick alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import msgspec
import pytest

from desktop.application.courier.county_data import DataTaken
from desktop.application.courier.receipts import OTHER_EPOCH
from desktop.county_server.db import backups
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.courier import BundleRefused
from desktop.wire import courier
from desktop.wire.courier import Direction, PrivateKeys
from support.builders import SOURCE
from support.county_rows import incident
from support.courier_both import Both, note
from support.courier_county import close_all

ACCEPTED, SENT = CommandState.ACCEPTED, CommandState.SENT


class Office:
    """An office that only the stick reaches, and its county with its backups."""

    def __init__(self, folder: Path) -> None:
        self.both = Both(folder, {})
        self.close = self.both.close
        self._folder, self._numbers = folder, count()

    def write(self, text: str) -> str:
        command = note(text)
        self.both.append(command)
        return command.key

    def state(self, key: str) -> CommandState:
        record = self.both.outbox.record(key)
        assert record is not None
        return record.state

    def fetch(self) -> bytes:
        """Carry what waits to the county and its receipt back; nothing of it is read yet."""
        self.both.computer.advance(1_000)
        self.both.export(self.both.stores.cache.sync_state(SOURCE).token or "")
        return self.both.deliver()[0]

    def leave_out(self, receipt: bytes, *names: str) -> bytes:
        """A receipt as from a county that does not tell these."""
        both, header = self.both, courier.read_header(receipt)
        own, office = both.offices.own(), PrivateKeys(both.pairing.seeds[-1])
        told = courier.decode_receipt(courier.unseal(receipt, header, own.public, office))
        empty = {name: type(getattr(told, name))() for name in names}
        body = courier.encode_body(msgspec.structs.replace(told, **empty))
        of = (header.county, header.office, header.number)
        return courier.seal(Direction.RECEIPT, of, body, own, office.public)

    def back_up(self) -> Path:
        place = self._folder / f"backup-{next(self._numbers)}"
        backups.save(self.both.county.path, place)
        return place

    def restore(self, place: Path, *, accept_loss: bool = False) -> None:
        self.both.county.restore(place / backups.DATABASE, accept_loss=accept_loss)

    @property
    def epoch(self) -> str:
        """The one the office has met."""
        return self.both.outbox.binding(SOURCE).epoch

    def title(self) -> str:
        row = self.both.stores.cache.incident(Key(SOURCE, Collection.INCIDENTS, "i1"))
        assert row is not None
        return row.title.zh


Make = Callable[..., Office]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with close_all(Office) as building:
        yield building(tmp_path)


def refuse(office: Office, receipt: bytes) -> None:
    """Check that a receipt is refused as one from before, and that nothing changes by it."""
    before = office.both.outbox.recent(10), office.both.stores.cache.sync_state(SOURCE)
    with pytest.raises(BundleRefused) as refused:
        office.both.keep(receipt)
    assert refused.value.why == OTHER_EPOCH
    assert (office.both.outbox.recent(10), office.both.stores.cache.sync_state(SOURCE)) == before


def test_what_a_restored_county_lost_goes_again_by_stick_alone(office: Office) -> None:
    old = office.back_up()
    lost = office.write("丢失的")
    office.both.keep(office.fetch())
    assert office.state(lost) is ACCEPTED
    office.restore(old)
    later = office.write("后来的")
    found = office.both.keep(office.fetch())
    assert found.went_back
    assert office.epoch == office.both.county.epoch
    assert (office.state(lost), office.state(later)) == (SENT, ACCEPTED)
    assert [each.code for each in office.both.memory.notices] == ["server_went_back"]
    again = office.both.keep(office.fetch())
    assert (again.answers, again.went_back) == (1, False)
    assert office.state(lost) is ACCEPTED
    assert sorted(office.both.timeline()) == ["丢失的", "后来的"]


def test_rows_of_a_restored_county_come_by_stick_alone(office: Office) -> None:
    old = office.back_up()
    office.both.county.put("incidents", [incident("i1", title="恢复前", version=9)])
    assert isinstance(office.both.keep(office.fetch()).data, DataTaken)
    assert office.title() == "恢复前"
    office.restore(old)
    found = office.both.keep(office.fetch())
    assert found.data is not None
    assert (found.data.unfit, found.data.problem) == (None, None)
    assert office.title() == "路灯不亮"
    state = office.both.stores.cache.sync_state(SOURCE)
    assert (state.epoch, state.diverged) == (office.both.county.epoch, False)
    office.both.county.put("incidents", [incident("i1", title="恢复后", version=10)])
    assert office.both.keep(office.fetch()).data is not None
    assert office.title() == "恢复后"


def test_a_receipt_from_before_the_restore_says_nothing_after_it(office: Office) -> None:
    old = office.back_up()
    key = office.write("办过又丢失的")
    before = office.fetch()
    office.restore(old)
    office.both.keep(office.fetch())
    assert office.state(key) is ACCEPTED
    refuse(office, before)
    assert office.epoch == office.both.county.epoch


def test_receipts_of_two_restores_are_told_apart_in_either_order(office: Office) -> None:
    old = office.back_up()
    first = office.fetch()
    office.restore(old)
    second = office.fetch()
    office.restore(old)
    third = office.fetch()
    office.both.keep(second)
    office.both.keep(third)
    assert office.epoch == office.both.county.epoch
    for late in (second, first):
        refuse(office, late)


def test_a_receipt_that_skips_a_restore_is_taken_and_the_skipped_one_no_more(
    office: Office,
) -> None:
    old = office.back_up()
    office.restore(old)
    second = office.fetch()
    office.restore(old)
    office.both.keep(office.fetch())
    refuse(office, second)
    assert not office.both.keep(office.fetch()).went_back


def test_what_was_told_to_be_kept_for_good_and_is_lost_goes_again_too(office: Office) -> None:
    old = office.back_up()
    key = office.write("说过永久保存")
    office.fetch()
    office.back_up()
    office.both.keep(office.fetch())
    record = office.both.outbox.record(key)
    assert record is not None
    assert record.retired
    office.restore(old, accept_loss=True)
    assert office.both.keep(office.fetch()).went_back
    assert office.state(key) is SENT
    office.both.keep(office.fetch())
    assert office.both.timeline() == ["说过永久保存"]


def test_a_county_remembers_the_epochs_that_a_restore_ended(office: Office) -> None:
    county, names = office.both.county, [office.both.county.epoch]
    old = office.back_up()
    for _ in range(2):
        office.restore(old)
        names.append(county.epoch)
    assert county.earlier_epochs == tuple(names[:-1])


@pytest.mark.parametrize("untold", [("echo",), ("earlier",)])
def test_either_proof_is_enough_to_follow_a_restored_county(
    office: Office, untold: tuple[str, ...]
) -> None:
    office.restore(office.back_up())
    assert office.both.keep(office.leave_out(office.fetch(), *untold)).went_back


def test_a_county_that_proves_nothing_is_believed_within_its_epoch_alone(office: Office) -> None:
    """One of an older version."""
    key = office.write("一")
    assert office.both.keep(office.leave_out(office.fetch(), "echo", "earlier")).answers == 1
    assert office.state(key) is ACCEPTED
    office.restore(office.back_up())
    refuse(office, office.leave_out(office.fetch(), "echo", "earlier"))


def test_a_bundle_replayed_after_a_server_restore_is_done_once_and_tells_of_it(
    office: Office,
) -> None:
    old = office.back_up()
    key = office.write("只办一次")
    office.both.keep(office.fetch())
    replayed = list(office.both.stick)
    office.restore(old)
    assert office.both.timeline() == []
    receipts = [office.both.deliveries.take(each).receipt for each in (*replayed, *replayed)]
    assert office.both.timeline() == ["只办一次"]
    assert office.both.keep(receipts[0]).went_back
    assert office.state(key) is ACCEPTED
    assert not office.both.keep(receipts[1]).went_back
    office.both.keep(office.fetch())
    assert office.both.timeline() == ["只办一次"]
