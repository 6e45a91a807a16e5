"""A desk's side of the courier, on real encrypted stores, against a real county's database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.application.courier import export as exporting
from desktop.application.courier.export import export
from desktop.application.courier.receipts import OTHER_EPOCH, take_receipt
from desktop.connectors.county.courier import (
    begin_pairing,
    county_fingerprint,
    end_pairing,
)
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.scope import ANYBODY, Account, Accounts
from desktop.domain.command import CommandKind, CommandState, Hold
from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, CommandResult
from desktop.protocol.lifecycle import NEW_INCIDENT
from desktop.protocol.limits import REQUEST_BYTES
from desktop.wire import courier
from desktop.wire.courier import Direction, Fault, Pairing, PrivateKeys
from desktop.wire.level1 import Commands
from support.builders import NOW, SOURCE
from support.county_rows import incident
from support.courier_both import Both, note
from support.courier_county import RULES, close_all
from support.openings import open_session

Make = Callable[..., Both]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    def build(accounts: Accounts | None = None) -> Both:
        return Both(tmp_path, accounts or {})

    with close_all(build) as building:
        yield building


@pytest.fixture
def both(make: Make) -> Both:
    return make()


def test_what_is_on_the_stick_has_not_arrived_and_cannot_be_withdrawn(both: Both) -> None:
    command = note()
    both.append(command)
    done = both.export()
    assert (done.commands, done.left, done.bundles) == (1, 0, 1)
    record = both.outbox.record(command.key)
    assert record is not None
    assert (record.state, record.offered) == (CommandState.STORED, True)
    assert f"courier bundle {done.number}" in record.reason.en
    assert "尚未到县平台" in record.reason.zh
    assert not both.outbox.cancel(command.key, NOW)
    assert [each.command.key for each in both.outbox.list_unfinished(SOURCE)] == [command.key]


def test_a_receipt_answers_as_the_network_does_and_twice_is_as_once(both: Both) -> None:
    both.append(note(), note("已处置"), note("不存在", "gone"))
    both.export()
    (receipt,) = both.deliver()
    found = both.keep(receipt)
    assert (found.answers, found.files) == (3, 0)
    accepted, rejected = CommandState.ACCEPTED, CommandState.REJECTED
    assert both.states() == [accepted, accepted, rejected]
    assert both.keep(receipt).answers == 3
    assert both.states() == [accepted, accepted, rejected]
    both.export()
    assert both.deliver() != []
    assert both.timeline() == ["已到现场", "已处置"]


def test_the_network_may_have_been_first_and_bundles_come_in_any_order(both: Both) -> None:
    both.append(note("一"))
    both.export()
    first = list(both.stick)
    both.append(note("二"))
    both.export()
    second = list(both.stick)
    (record, _) = both.outbox.list_unfinished(SOURCE)
    ((_, request),) = both.box().encode([record], 0)
    asked = msgspec.json.decode(request, type=Commands)
    fence = open_session(both.county, asked.client)
    by_network = msgspec.structs.replace(asked, epoch=both.county.epoch, fence=fence)
    assert do_commands(both.county, by_network, ANYBODY, RULES).results[0].status == "accepted"
    both.stick = [*second, *first]
    for receipt in both.deliver():
        both.keep(receipt)
    assert both.states() == [CommandState.ACCEPTED] * 2
    assert both.timeline() == ["一", "二"]


def test_many_commands_on_one_row_stay_in_the_order_of_their_clicks(both: Both) -> None:
    both.append(*(note(f"第 {number} 条") for number in range(45)))
    assert both.export().commands == 45
    body = courier.unseal(
        both.stick[0],
        courier.read_header(both.stick[0]),
        PrivateKeys(both.pairing.seeds[0]).public,
        both.offices.own(),
    )
    chain = [each for asked in courier.decode_delivery(body).commands() for each in asked.commands]
    assert [each.after for each in chain] == [None, *(each.key for each in chain[:-1])]
    both.deliver()
    assert both.timeline() == [f"第 {number} 条" for number in range(45)]


def test_files_go_along_in_as_many_bundles_as_they_need(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "COURIER_BYTES", 3_200_000)
    chance = random.Random(7)
    big, small = chance.randbytes(2_500_000), chance.randbytes(900_000)
    refs = [both.attach(big), both.attach(small)]
    done = both.export()
    assert (done.bundles, done.files, done.commands) == (2, 2, 2)
    assert [courier.read_header(each).number for each in both.stick] == [
        done.number,
        done.number + 1,
    ]
    receipts = both.deliver()
    both.keep(receipts[0])
    assert [each.ref.digest for each in both.files.uploads(SOURCE)] != []
    assert both.keep(receipts[1]).files == 2
    assert both.files.uploads(SOURCE) == []
    for ref, body in zip(refs, (big, small), strict=True):
        served = both.attachments.find(ref.digest, ANYBODY)
        assert served is not None
        assert served.path.read_bytes() == body


def test_a_file_of_which_part_has_arrived_goes_on_from_there(both: Both) -> None:
    ref = both.attach(b"abcdef")
    both.files.mark_sent(SOURCE, ref.digest, 4)
    both.export()
    header = courier.read_header(both.stick[0])
    own = PrivateKeys(both.pairing.seeds[0]).public
    told = courier.decode_delivery(courier.unseal(both.stick[0], header, own, both.offices.own()))
    assert [(each.offset, each.data) for each in told.files] == [(4, b"ef")]


def test_only_what_the_network_would_send_goes_onto_the_stick(make: Make) -> None:
    both = make({"d" * 64: Account("东桥镇")})
    ours = note("本账号", account="东桥镇", server=both.binding.server)
    others = note("别人的", account="西桥镇")
    drill = note("演练", account="东桥镇", server="another")
    wants = note("等人定", account="东桥镇")
    both.append(ours, others, drill, wants)
    both.outbox.hold([wants.key], Hold.COPY, Text("副本", "A copy"), NOW)
    done = both.export()
    assert (done.commands, done.left) == (1, 3)
    (receipt,) = both.deliver()
    both.keep(receipt)
    assert both.timeline() == ["本账号"]


def test_what_stands_on_a_report_that_stays_stays_with_it(make: Make) -> None:
    both = make({"d" * 64: Account("东桥镇")})
    made = f"{NEW_INCIDENT}{'a' * 32}"
    report = note(target=made, account="西桥镇", key="a" * 32)
    both.append(
        msgspec.structs.replace(report, kind=CommandKind.CREATE, body={"title": "新"}),
        note("在其上", made, account="东桥镇"),
    )
    assert both.export().commands == 0


def test_a_command_the_wire_cannot_carry_holds_up_no_other(both: Both) -> None:
    both.append(note("太长的署名", by="x" * 200), note("正常"))
    done = both.export()
    assert (done.commands, done.left) == (1, 1)
    both.deliver()
    assert both.timeline() == ["正常"]


def test_more_commands_than_a_bundle_holds_stay_for_the_next(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.append(*(note(f"{number}") for number in range(30)))
    requests = both.box().encode(both.outbox.list_unfinished(SOURCE), 0)
    monkeypatch.setattr(exporting, "MOST_OF_COMMANDS", len(requests[0][1]) + 10)
    done = both.export()
    assert (done.commands, done.left) == (20, 10)


def test_a_request_larger_than_the_county_takes_goes_as_several(both: Both) -> None:
    long = "长" * (REQUEST_BYTES // 3 // 19)
    both.county.put("incidents", [incident("i2")])
    both.append(*(note(f"{number} {long}", f"i{1 + number % 2}") for number in range(20)))
    requests = both.box().encode(both.outbox.list_unfinished(SOURCE), 0)
    assert len(requests) == 2
    assert all(len(request) <= REQUEST_BYTES for _, request in requests)
    assert both.export().commands == 20
    assert both.keep(both.deliver()[0]).answers == 20
    assert both.states() == [CommandState.ACCEPTED] * 20


def test_nothing_to_carry_still_makes_a_bundle_that_the_county_answers(both: Both) -> None:
    assert (both.export().commands, len(both.stick)) == (0, 1)
    (receipt,) = both.deliver()
    assert both.keep(receipt).answers == 0


def refused(call: Callable[..., object], *given: Any) -> str:
    with pytest.raises(BundleRefused) as why:
        call(*given)
    return why.value.why.en


def test_a_receipt_that_is_not_ours_or_not_whole_changes_nothing(both: Both) -> None:
    both.append(note())
    both.export()
    (receipt,) = both.deliver()
    before = both.outbox.recent(10)
    assert refused(both.keep, b"") == Fault.EMPTY.words[1]
    assert refused(both.keep, receipt[:-1]) == Fault.CUT.words[1]
    assert refused(both.keep, both.stick[0]) == Fault.OTHER_WAY.words[1]
    spoilt = receipt[:-80] + bytes([receipt[-80] ^ 1]) + receipt[-79:]
    assert refused(both.keep, spoilt) == Fault.DAMAGED.words[1]
    county, own = both.offices.own(), both.pairing
    public = PrivateKeys(own.seeds[0]).public
    for names, keys, fault in (
        (("elsewhere", own.office, 1), public, Fault.OTHER_COUNTY),
        ((own.county, "西桥", 1), public, Fault.OTHER_OFFICE),
        ((own.county, own.office, 1), PrivateKeys().public, Fault.OTHER_RECEIVER),
    ):
        other = courier.seal(Direction.RECEIPT, names, b"", county, keys)
        assert refused(both.keep, other) == fault.words[1]
    forged = courier.seal(
        Direction.RECEIPT, (own.county, own.office, 1), b"", PrivateKeys(), public
    )
    assert refused(both.keep, forged) == Fault.UNKNOWN_KEY.words[1]
    assert both.outbox.recent(10) == before


def test_a_receipt_of_another_epoch_is_no_answer(both: Both) -> None:
    both.append(note())
    both.export()
    (receipt,) = both.deliver()
    both.outbox.bind(SOURCE, msgspec.structs.replace(both.binding, epoch="restored"))
    assert refused(both.keep, receipt) == OTHER_EPOCH.en
    assert both.states() == [CommandState.STORED]


def test_a_receipt_of_another_epoch_marks_no_file_as_delivered(both: Both) -> None:
    ref = both.attach(b"abcdef")
    both.stick = []
    both.export()
    header = courier.read_header(both.stick[0])
    own = PrivateKeys(both.pairing.seeds[0]).public
    told = courier.decode_delivery(courier.unseal(both.stick[0], header, own, both.offices.own()))
    names = (header.county, header.office, header.number)
    bare = courier.encode_body(msgspec.structs.replace(told, requests=()))
    keys = PrivateKeys(both.pairing.seeds[0]), both.offices.own().public
    both.stick = [courier.seal(Direction.UP, names, bare, *keys)]
    (receipt,) = both.deliver()
    both.outbox.bind(SOURCE, msgspec.structs.replace(both.binding, epoch="restored"))
    assert refused(both.keep, receipt) == OTHER_EPOCH.en
    assert [each.ref for each in both.files.uploads(SOURCE)] == [ref]
    both.outbox.bind(SOURCE, both.binding)
    assert both.keep(receipt).files == 1
    assert both.files.uploads(SOURCE) == []


def test_a_county_that_has_less_of_a_file_than_it_had_is_sent_it_from_there(both: Both) -> None:
    ref = both.attach(b"abcdef")
    both.files.mark_sent(SOURCE, ref.digest, 4)
    both.export()
    found = both.keep(both.deliver()[0])
    assert found.files == 0
    assert [each.offset for each in both.files.uploads(SOURCE)] == [0]
    both.export()
    assert both.keep(both.deliver()[0]).files == 1
    assert both.files.uploads(SOURCE) == []


def test_keys_of_others_in_a_receipt_touch_no_other_source(both: Both) -> None:
    both.append(note())
    both.export()
    (receipt,) = both.deliver()
    box = both.box()
    both.outbox.bind("another", both.binding)
    done = take_receipt(both.context("another"), box, receipt)
    assert done.answers == 0
    assert both.states() == [CommandState.STORED]


def test_new_keys_sign_only_once_the_county_has_them(both: Both) -> None:
    both.append(note())
    both.export()
    (old_receipt,) = both.deliver()
    begun = begin_pairing(both.pairing, "东桥", both.binding.server)
    both.pairing = begun
    both.export()
    assert both.deliver()
    both.pairing = both.finish(begin_pairing(begun, "东桥", both.binding.server))
    assert len(both.pairing.seeds) == 2
    both.export()
    assert both.deliver()
    assert both.keep(old_receipt).answers == 1
    assert begin_pairing(both.pairing, "西桥", both.binding.server).line == ""


def test_a_replayed_end_of_a_pairing_ends_no_newer_one(both: Both) -> None:
    begun = begin_pairing(both.pairing, "东桥", both.binding.server)
    assert refused(end_pairing, begun, both.pairing.line) == Fault.OTHER_KEYS.words[1]
    both.pairing = begun
    both.append(note())
    both.export()
    assert both.keep(both.deliver()[0]).answers == 1
    both.pairing = both.finish(begun)
    assert end_pairing(both.pairing, both.pairing.line) == both.pairing


def test_a_pairing_line_that_is_not_for_this_office_is_refused(both: Both) -> None:
    own = both.offices.own().public
    keys = (own.signing, own.agreement)

    def line(side: Any, county: str, office: str, receiver: bytes = b"") -> str:
        return courier.write_pairing(Pairing(side, county, office, *keys, receiver))

    county, office = both.binding.server, "东桥"
    for told, fault in (
        ("nonsense", Fault.NO_PAIRING),
        (line("office", county, office), Fault.OTHER_WAY),
        (line("county", "elsewhere", office), Fault.OTHER_COUNTY),
        (line("county", county, "西桥"), Fault.OTHER_OFFICE),
        (line("county", county, office), Fault.OTHER_KEYS),
        (line("county", county, office, bytes(8)), Fault.OTHER_KEYS),
    ):
        assert refused(county_fingerprint, both.pairing, told) == fault.words[1]
    both.outbox.bind(SOURCE, Binding(server="elsewhere"))
    assert refused(both.box) == Fault.OTHER_COUNTY.words[1]


def test_a_stick_that_takes_nothing_leaves_the_commands_waiting(both: Both) -> None:
    both.append(note())

    def write(place: int, content: bytes) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        export(both.outbox, both.files, both.clock, SOURCE, both.box(), write)
    (record,) = both.outbox.list_unfinished(SOURCE)
    assert (record.state, record.offered, record.reason) == (CommandState.STORED, True, Text())
    assert both.export().commands == 1


def test_a_conflict_comes_back_with_the_countys_row(both: Both) -> None:
    both.append(
        msgspec.structs.replace(
            note(), kind=CommandKind.DISPATCH, base=0, body={"unit": "城管一队"}
        )
    )
    both.county.put("incidents", [incident("i1", title="已改", version=9)])
    both.export()
    (receipt,) = both.deliver()
    both.keep(receipt)
    (record,) = both.outbox.recent(1)
    assert record.state is CommandState.CONFLICT
    _, theirs = both.outbox.conflict_rows(record.command.key)
    assert theirs is not None


def test_what_a_backup_holds_is_retired_by_the_receipt(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.append(note())
    both.export()
    (receipt,) = both.deliver()
    retired: list[str] = []
    monkeypatch.setattr(both.outbox, "retire", retired.extend)
    durable = courier.decode_receipt(
        courier.unseal(
            receipt,
            courier.read_header(receipt),
            both.offices.own().public,
            PrivateKeys(both.pairing.seeds[0]),
        )
    )
    (answer,) = durable.results()
    (result,) = answer.results
    told = msgspec.structs.replace(answer, results=(msgspec.structs.replace(result, durable=True),))
    body = courier.encode_body(
        msgspec.structs.replace(durable, answers=(msgspec.json.encode(told),))
    )
    names = (both.binding.server, "东桥", 1)
    own = PrivateKeys(both.pairing.seeds[0]).public
    both.keep(courier.seal(Direction.RECEIPT, names, body, both.offices.own(), own))
    assert retired == [result.key]


def test_a_held_command_is_carried_too_once_its_account_is_known(both: Both) -> None:
    both.append(note())
    (record,) = both.outbox.list_unfinished(SOURCE)
    held = CommandResult(record.command.key, CommandState.HELD, Text("登录", "Login"))
    both.outbox.answer_all([held], NOW)
    assert both.export().commands == 1
    (record,) = both.outbox.list_unfinished(SOURCE)
    assert record.reason == Text("登录", "Login")
    (receipt,) = both.deliver()
    both.keep(receipt)
    assert both.states() == [CommandState.ACCEPTED]
