"""The outbox's rules, whatever comes in whatever order: nothing lost, order kept, all seen."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import outbox_rules as rules
from desktop.domain.command import Collection, CommandRecord, Hold, Key, Receipt
from desktop.domain.outbox_rules import Entry
from desktop.domain.source import Binding
from desktop.domain.text import Text
from fakes.builders import NOW, a_command
from sim.memory_outbox import asks_for_eyes

ANSWERS = (Receipt.ACCEPTED, Receipt.REJECTED, Receipt.CONFLICT)
NEWS = tuple(receipt for receipt in Receipt if receipt is not Receipt.CANCELLED)


def record(seq: int, target: str, priority: int = 0) -> CommandRecord:
    command = a_command(key=f"{seq:032x}", target=Key("county", Collection.INCIDENTS, target))
    return CommandRecord(seq, command, Receipt.STORED, NOW, priority=priority)


QUEUES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(-2, 2)), max_size=20).map(
    lambda given: [record(seq, *each) for seq, each in enumerate(given, 1)]
)
EVENTS = st.lists(
    st.one_of(
        st.sampled_from(NEWS),
        st.sampled_from(["offered", "withdrawn", "again", "retired", "seen"]),
    ),
    max_size=12,
)


def after(entry: Entry, event: Receipt | str) -> Entry:
    """The entry after one thing that may happen to it."""
    if isinstance(event, Receipt):
        return rules.answered(entry, event, Text(event.value), NOW)
    match event:
        case "offered":
            return rules.offered(entry, NOW)
        case "withdrawn":
            return rules.withdrawn(entry, NOW) or entry
        case "again":
            return rules.queued_again(entry, NOW)
        case "retired":
            return rules.retired(entry)
    seen = msgspec.structs.replace(entry.record, seen=True)
    return msgspec.structs.replace(entry, record=seen)


def kept() -> Entry:
    return rules.kept(1, a_command(), NOW)


@given(QUEUES, st.randoms())
def test_O_every_command_is_offered_once_and_in_order_on_its_target(queue, dice):
    mixed = queue.copy()
    dice.shuffle(mixed)
    ordered = rules.in_order(mixed)
    assert sorted(r.seq for r in ordered) == [r.seq for r in queue]
    for target in "abc":
        on_it = [r.seq for r in ordered if r.command.target.id == target]
        assert on_it == sorted(on_it)


@given(QUEUES)
def test_a_hurried_command_is_kept_back_by_its_own_target_alone(queue):
    ordered = rules.in_order(queue)
    for place, hurried in enumerate(ordered):
        for before in ordered[:place]:
            lent = [
                r.priority
                for r in queue
                if r.command.target == before.command.target and r.seq >= before.seq
            ]
            assert before.command.target == hurried.command.target or max(lent) >= hurried.priority


@given(EVENTS)
def test_L_a_command_whose_bytes_may_have_left_is_never_withdrawn(events):
    entry, left = kept(), False
    for event in events:
        left = left or (event == "offered" and not entry.record.receipt.is_final)
        changed = after(entry, event)
        if event == "withdrawn" and changed is not entry:
            assert not left
            assert changed.record.receipt is Receipt.CANCELLED
        entry = changed


@given(EVENTS)
def test_L_a_final_answer_gives_way_to_another_answer_or_a_new_epoch_only(events):
    entry = kept()
    for event in events:
        before, entry = entry, after(entry, event)
        if before.record.receipt.is_final and entry.record.receipt is not before.record.receipt:
            assert event == "again" or entry.record.receipt in ANSWERS


@given(EVENTS)
def test_L_what_is_retired_is_never_offered_again_and_nothing_unanswered_is_retired(events):
    entry = kept()
    for event in events:
        before, entry = entry, after(entry, event)
        if entry.record.retired and not before.record.retired:
            assert before.record.receipt in ANSWERS
        if event == "again" and before.record.retired:
            assert entry is before


@given(EVENTS)
def test_V_every_refusal_conflict_and_hold_asks_for_eyes_until_it_was_seen(events):
    entry, dismissed = kept(), set[Receipt]()
    for event in events:
        if event == "seen":
            dismissed.add(entry.record.receipt)
        entry = after(entry, event)
        receipt = entry.record.receipt
        if receipt in (Receipt.REJECTED, Receipt.CONFLICT, Receipt.HELD):
            assert asks_for_eyes(entry.record) or receipt in dismissed


@given(EVENTS)
def test_L_a_new_epoch_queues_whatever_a_restored_server_may_have_forgotten(events):
    entry = kept()
    for event in events:
        entry = after(entry, event)
    again = rules.queued_again(entry, NOW)
    forgotten = entry.record.receipt in (Receipt.ACCEPTED, Receipt.REJECTED, Receipt.RECEIVED)
    if forgotten and not entry.record.retired:
        assert (again.record.receipt, again.record.offered) == (Receipt.SENT, True)
        assert rules.withdrawn(again, NOW) is None
    else:
        assert again is entry


FOR_A_WHILE = st.sampled_from([hold for hold in Hold if hold and not hold.wants_decision])


@given(st.sampled_from([Hold.COPY, Hold.EXPIRED]), st.lists(FOR_A_WHILE, max_size=4))
def test_no_hold_that_ends_by_itself_replaces_one_that_the_officer_ends(hold, later):
    entry = known = rules.held(kept(), hold, Text("核实"), NOW)
    for each in later:
        entry = rules.held(entry, each, Text(each.value), NOW)
        if each is not Hold.ANSWER:
            entry = rules.answered(entry, Receipt.HELD, Text("登录过期"), NOW, hold=each)
    if Hold.ANSWER not in later:
        assert entry is known
    assert rules.held(known, Hold.ANSWER, Text("平台的话"), NOW).record.hold is Hold.ANSWER


def held(hold: Hold, *, account: str = "", offered: bool = False) -> Entry:
    """A command kept back, of which something may have left or not."""
    entry = rules.kept(1, a_command(account=account), NOW - 2)
    told = {"receipt": Receipt.HELD, "hold": hold, "offered": offered}
    return msgspec.structs.replace(entry, record=msgspec.structs.replace(entry.record, **told))


def test_a_command_of_nobody_is_the_officers_when_he_says_so_and_no_other_is():
    binding = Binding(account="wang")
    taken = rules.claimed(held(Hold.ACCOUNT), binding, NOW)
    assert taken is not None
    assert (taken.record.command.account, taken.record.receipt) == ("wang", Receipt.STORED)
    assert rules.claimed(held(Hold.ACCOUNT, account="li"), binding, NOW) is None
    assert rules.claimed(held(Hold.COPY), binding, NOW) is None


def test_only_what_is_held_is_released_and_only_what_may_have_left_is_given_up():
    assert rules.released(kept(), NOW) is None
    assert rules.given_up(kept(), NOW) is None
    assert rules.given_up(held(Hold.COPY), NOW) is None
    ended = rules.given_up(held(Hold.COPY, offered=True), NOW)
    assert ended is not None
    assert (ended.record.receipt, ended.record.hold) == (Receipt.GIVEN_UP, Hold.NONE)


def test_where_nobody_wrote_down_when_a_command_left_its_age_runs_from_when_it_was_given():
    known = held(Hold.COPY, offered=True).record
    assert known.left_at is None
    assert rules.is_too_old(known, NOW - 1)
    assert not rules.is_too_old(known, NOW - 2)
