"""The outbox's rules, whatever comes in whatever order: nothing lost, order kept, all seen."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import outbox_state as rules
from desktop.domain.command import Collection, CommandRecord, CommandState, Hold, Key
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import Entry
from desktop.domain.source import Binding
from model.memory_outbox import asks_for_eyes
from support.builders import NOW, a_command

ANSWERS = (CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT)
NEWS = tuple(state for state in CommandState if state is not CommandState.CANCELLED)


def record(seq: int, target: str, priority: int = 0) -> CommandRecord:
    command = a_command(key=f"{seq:032x}", target=Key("county", Collection.INCIDENTS, target))
    return CommandRecord(seq, command, CommandState.STORED, NOW, priority=priority)


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


def after(entry: Entry, event: CommandState | str) -> Entry:
    """The entry after one thing that may happen to it."""
    if isinstance(event, CommandState):
        return rules.apply_answer(entry, event, Text(event.value), NOW)
    match event:
        case "offered":
            return rules.mark_offered(entry, NOW)
        case "withdrawn":
            return rules.withdraw(entry, NOW) or entry
        case "again":
            return rules.requeue(entry, NOW)
        case "retired":
            return rules.retire(entry)
    seen = msgspec.structs.replace(entry.record, seen=True)
    return msgspec.structs.replace(entry, record=seen)


def kept() -> Entry:
    return rules.new_entry(1, a_command(), NOW)


SHORT = Text("席位时钟示 08:10，已按")
WHOLE = Text("席位时钟示 08:10，已按县平台时间校正", "the desk's clock read 08:10: corrected")


def answered(entry: Entry, reason: Text, state: CommandState = CommandState.ACCEPTED) -> Entry:
    return rules.apply_answer(entry, state, reason, NOW)


def test_an_answer_that_was_seen_asks_for_no_eyes_when_it_comes_again_in_more_words():
    seen = after(answered(kept(), SHORT), "seen")
    fuller = answered(seen, WHOLE)
    assert (fuller.record.reason, fuller.record.seen) == (WHOLE, True)
    assert not answered(answered(kept(), SHORT), WHOLE).record.seen


def test_an_answer_cut_short_does_not_take_the_place_of_the_whole_one():
    seen = after(answered(kept(), WHOLE), "seen")
    assert answered(seen, SHORT) is seen


def test_an_answer_in_other_words_asks_for_eyes_again():
    seen = after(answered(kept(), SHORT), "seen")
    assert not answered(seen, Text("已被他人先办")).record.seen
    assert not answered(seen, WHOLE, CommandState.REJECTED).record.seen
    assert not answered(after(answered(kept(), Text()), "seen"), WHOLE).record.seen


@given(QUEUES, st.randoms())
def test_O_every_command_is_offered_once_and_in_order_on_its_target(queue, dice):
    mixed = queue.copy()
    dice.shuffle(mixed)
    ordered = rules.send_order(mixed)
    assert sorted(r.seq for r in ordered) == [r.seq for r in queue]
    for target in "abc":
        on_it = [r.seq for r in ordered if r.command.target.id == target]
        assert on_it == sorted(on_it)


@given(QUEUES)
def test_a_hurried_command_is_kept_back_by_its_own_target_alone(queue):
    ordered = rules.send_order(queue)
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
        left = left or (event == "offered" and not entry.record.state.is_final)
        changed = after(entry, event)
        if event == "withdrawn" and changed is not entry:
            assert not left
            assert changed.record.state is CommandState.CANCELLED
        entry = changed


@given(EVENTS)
def test_L_a_final_answer_gives_way_to_another_answer_or_a_new_epoch_only(events):
    entry = kept()
    for event in events:
        before, entry = entry, after(entry, event)
        if before.record.state.is_final and entry.record.state is not before.record.state:
            assert event == "again" or entry.record.state in ANSWERS


@given(EVENTS)
def test_L_what_is_retired_is_never_offered_again_and_nothing_unanswered_is_retired(events):
    entry = kept()
    for event in events:
        before, entry = entry, after(entry, event)
        if entry.record.retired and not before.record.retired:
            assert before.record.state in ANSWERS
        if event == "again" and before.record.retired:
            assert entry is before


@given(EVENTS)
def test_V_every_refusal_conflict_and_hold_asks_for_eyes_until_it_was_seen(events):
    entry, dismissed = kept(), set[CommandState]()
    for event in events:
        if event == "seen":
            dismissed.add(entry.record.state)
        entry = after(entry, event)
        state = entry.record.state
        if state in (CommandState.REJECTED, CommandState.CONFLICT, CommandState.HELD):
            assert asks_for_eyes(entry.record) or state in dismissed


@given(EVENTS)
def test_L_a_new_epoch_queues_whatever_a_restored_server_may_have_forgotten(events):
    entry = kept()
    for event in events:
        entry = after(entry, event)
    again = rules.requeue(entry, NOW)
    forgotten = entry.record.state in (
        CommandState.ACCEPTED,
        CommandState.REJECTED,
        CommandState.RECEIVED,
    )
    if forgotten and not entry.record.retired:
        assert (again.record.state, again.record.offered) == (CommandState.SENT, True)
        assert rules.withdraw(again, NOW) is None
    else:
        assert again is entry


FOR_A_WHILE = st.sampled_from([hold for hold in Hold if hold and not hold.wants_decision])


@given(st.sampled_from([Hold.COPY, Hold.EXPIRED]), st.lists(FOR_A_WHILE, max_size=4))
def test_no_hold_that_ends_by_itself_replaces_one_that_the_officer_ends(hold, later):
    entry = known = rules.hold_back(kept(), hold, Text("核实"), NOW)
    for each in later:
        entry = rules.hold_back(entry, each, Text(each.value), NOW)
        if each is not Hold.ANSWER:
            entry = rules.apply_answer(entry, CommandState.HELD, Text("登录过期"), NOW, hold=each)
    if Hold.ANSWER not in later:
        assert entry is known
    assert rules.hold_back(known, Hold.ANSWER, Text("平台的话"), NOW).record.hold is Hold.ANSWER


def held(hold: Hold, *, account: str = "", offered: bool = False) -> Entry:
    """A command kept back, of which something may have left or not."""
    entry = rules.new_entry(1, a_command(account=account), NOW - 2)
    told = {"state": CommandState.HELD, "hold": hold, "offered": offered}
    return msgspec.structs.replace(entry, record=msgspec.structs.replace(entry.record, **told))


def test_a_command_of_nobody_is_the_officers_when_he_says_so_and_no_other_is():
    binding = Binding(account="wang")
    taken = rules.claim(held(Hold.ACCOUNT), binding, NOW)
    assert taken is not None
    assert (taken.record.command.account, taken.record.state) == ("wang", CommandState.STORED)
    assert rules.claim(held(Hold.ACCOUNT, account="li"), binding, NOW) is None
    assert rules.claim(held(Hold.COPY), binding, NOW) is None


def test_only_what_is_held_is_released_and_only_what_may_have_left_is_given_up():
    assert rules.release(kept(), NOW) is None
    assert rules.give_up(kept(), NOW) is None
    assert rules.give_up(held(Hold.COPY), NOW) is None
    ended = rules.give_up(held(Hold.COPY, offered=True), NOW)
    assert ended is not None
    assert (ended.record.state, ended.record.hold) == (CommandState.GIVEN_UP, Hold.NONE)


def test_where_nobody_wrote_down_when_a_command_left_its_age_runs_from_when_it_was_given():
    known = held(Hold.COPY, offered=True).record
    assert known.left_at is None
    assert rules.is_too_old(known, NOW - 1)
    assert not rules.is_too_old(known, NOW - 2)
