"""What the offline engine may rely on from the outbox, whichever store it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import OutboxStore
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.incident import Stage
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import TOO_OLD, Again
from desktop.domain.source import CommandResult
from support.builders import NOW, FakeClock, a_command, an_alarm, an_incident
from support.stores import OUTBOXES


@pytest.fixture(params=OUTBOXES)
def outbox(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OutboxStore]:
    opened = OUTBOXES[request.param](tmp_path, FakeClock())
    yield opened
    opened.close()


def a_target(id: str = "I1", collection: Collection = Collection.INCIDENTS) -> Key:
    return Key("county", collection, id)


def keys(records: list[CommandRecord]) -> list[str]:
    return [record.command.key for record in records]


def given(outbox: OutboxStore, *names: str, target: Key | None = None) -> None:
    for name in names:
        outbox.append(a_command(key=name, target=target or a_target(name)), NOW)


ANSWERS = [CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT]


def test_a_command_comes_back_as_it_was_given(outbox):
    command = a_command(kind=CommandKind.NOTE, body={"text": "已派人 🚒", "n": [1, None]})
    record = outbox.append(command, NOW)
    assert (record.command, record.state, record.seen) == (command, CommandState.STORED, False)
    assert (
        outbox.list_unfinished() == outbox.recent(5) == outbox.on_target(command.target) == [record]
    )


def test_the_same_key_twice_is_one_command_and_the_first_stands(outbox):
    first = outbox.append(a_command(key="k", by="a"), NOW)
    outbox.set_state("k", CommandState.SENT, Text(), NOW)
    again = outbox.append(a_command(key="k", by="b"), NOW + 1)
    assert (again.seq, again.command, again.state) == (first.seq, first.command, CommandState.SENT)
    assert len(outbox.recent(9)) == 1


def test_the_time_that_surely_was_is_kept_for_the_next_run(outbox):
    assert outbox.last_time() == 0
    outbox.keep_time(NOW)
    outbox.keep_time(NOW - 1)
    assert outbox.last_time() == NOW - 1, "the last word counts: an earlier one may have been wrong"


def test_lists_know_source_target_and_order(outbox):
    other = Key("other", Collection.ALARMS, "M1")
    for key, target in (("1", None), ("2", other), ("3", None)):
        outbox.append(a_command(key=key, **({"target": target} if target else {})), NOW)
    assert [r.command.key for r in outbox.list_unfinished()] == ["1", "2", "3"]
    assert [r.command.key for r in outbox.list_unfinished("other")] == ["2"]
    assert [r.command.key for r in outbox.recent(2)] == ["3", "2"]
    assert [r.command.key for r in outbox.on_target(other)] == ["2"]
    outbox.set_state("1", CommandState.ACCEPTED, Text(), NOW)
    outbox.set_state("3", CommandState.HELD, Text(), NOW)
    assert [r.command.key for r in outbox.list_unfinished()] == ["2", "3"]


@pytest.mark.parametrize("final", ANSWERS)
@pytest.mark.parametrize("lesser", [r for r in CommandState if not r.is_final])
def test_a_final_answer_is_never_replaced_by_a_lesser_one(outbox, final, lesser):
    outbox.append(a_command(key="k"), NOW)
    answered = outbox.set_state("k", final, Text("因由"), NOW)
    assert outbox.set_state("k", lesser, Text(), NOW + 1) == answered
    assert outbox.recent(1) == [answered]


def test_what_was_received_is_not_merely_sent_again(outbox):
    outbox.append(a_command(key="k"), NOW)
    for state in (
        CommandState.SENT,
        CommandState.RECEIVED,
        CommandState.SENT,
        CommandState.STORED,
    ):
        record = outbox.set_state("k", state, Text(), NOW)
    assert record.state is CommandState.RECEIVED
    assert outbox.set_state("k", CommandState.HELD, Text(), NOW).state is CommandState.HELD
    assert outbox.set_state("k", CommandState.STORED, Text(), NOW).state is CommandState.STORED


def test_every_outcome_asks_for_attention_until_it_was_seen(outbox):
    for at, state in enumerate(CommandState):
        outbox.append(a_command(key=state.value), NOW)
        outbox.set_state(state.value, state, Text("因由"), NOW + at)
    found = [r.state for r in outbox.attention()]
    assert found == [
        CommandState.HELD,
        CommandState.CONFLICT,
        CommandState.REJECTED,
        CommandState.ACCEPTED,
    ]
    assert outbox.needing_officer() == 3
    outbox.mark_seen("rejected")
    assert outbox.needing_officer() == 2
    assert CommandState.REJECTED not in [r.state for r in outbox.attention()]
    assert len(outbox.recent(99)) == len(CommandState)
    assert outbox.record("cancelled").state is CommandState.STORED, "only `cancel` takes back"


def test_another_answer_after_a_server_was_restored_is_shown_again(outbox):
    outbox.append(a_command(key="k"), NOW)
    outbox.set_state("k", CommandState.ACCEPTED, Text(), NOW)
    outbox.mark_seen("k")
    outbox.set_state("k", CommandState.ACCEPTED, Text(), NOW + 1)
    assert outbox.attention() == []
    changed = outbox.set_state("k", CommandState.CONFLICT, Text("已改"), NOW + 2)
    assert outbox.attention() == [changed]


def test_an_answer_to_an_unknown_key_is_refused(outbox):
    with pytest.raises(KeyError):
        outbox.set_state("never given", CommandState.ACCEPTED, Text(), NOW)


def test_a_draft_goes_with_the_note_on_its_target_and_with_nothing_else(outbox):
    for id in ("I1", "I2"):
        outbox.keep_draft(a_target(id), id, NOW)
    outbox.append(a_command(kind=CommandKind.ACKNOWLEDGE, target=a_target()), NOW)
    assert outbox.draft(a_target()) == "I1"
    outbox.append(a_command(kind=CommandKind.NOTE, target=a_target(), body={"text": "I1"}), NOW)
    assert (outbox.draft(a_target()), outbox.draft(a_target("I2"))) == ("", "I2")


def test_higher_priority_goes_first_but_never_before_its_own_target(outbox):
    """O: order per target."""
    for name, target in (("a1", "a"), ("b1", "b"), ("a2", "a"), ("c1", "c"), ("a3", "a")):
        given(outbox, name, target=a_target(target))
    outbox.set_priority("a2", 5)
    assert keys(outbox.list_unfinished()) == ["a1", "a2", "b1", "c1", "a3"]
    outbox.set_priority("c1", 9)
    assert keys(outbox.list_unfinished()) == ["c1", "a1", "a2", "b1", "a3"]
    assert outbox.record("a2").priority == 5
    assert outbox.record("a1").priority == 0, "lent, not given"
    outbox.set_state("a2", CommandState.ACCEPTED, Text(), NOW)
    assert keys(outbox.list_unfinished()) == ["c1", "a1", "b1", "a3"]


def test_a_finished_command_keeps_its_place(outbox):
    given(outbox, "k")
    outbox.set_state("k", CommandState.REJECTED, Text(), NOW)
    outbox.set_priority("k", 3)
    assert outbox.record("k").priority == 0


def test_only_what_has_not_left_can_be_cancelled(outbox):
    given(outbox, "stored", "offered", "held", "sent", "answered")
    outbox.offering(["offered", "never given"], NOW)
    outbox.set_state("held", CommandState.HELD, Text(), NOW)
    outbox.set_state("sent", CommandState.SENT, Text(), NOW)
    outbox.set_state("answered", CommandState.ACCEPTED, Text(), NOW)
    names = ("stored", "offered", "held", "sent", "answered", "never given")
    assert [outbox.cancel(name, NOW + 1) for name in names] == [True, False, True, *[False] * 3]
    assert keys(outbox.list_unfinished()) == ["offered", "sent"]
    assert keys(outbox.attention()) == ["answered"], "who cancels knows it already"
    record = outbox.record("stored")
    assert (record.state, record.changed_at) == (CommandState.CANCELLED, NOW + 1)
    assert not outbox.cancel("stored", NOW + 2)
    outbox.offering(["stored"], NOW)
    assert not outbox.record("stored").offered


def test_since_when_it_may_have_left_stays_until_the_officer_decides_anew(outbox):
    given(outbox, "k", "answered unasked", "never left")
    outbox.offering(["k"], NOW + 1)
    outbox.offering(["k"], NOW + 2)
    outbox.set_state("answered unasked", CommandState.ACCEPTED, Text(), NOW + 3)
    outbox.offer_again("county", NOW + 4)
    for hold, left_at in ((Hold.REPORT, NOW + 1), (Hold.EXPIRED, NOW + 6)):
        outbox.hold(["k", "never left"], hold, Text("因由"), NOW + 5)
        assert outbox.record("k").left_at == NOW + 1
        for name in ("k", "never left"):
            assert outbox.release(name, NOW + 6)
        assert outbox.record("k").left_at == left_at
    assert outbox.record("answered unasked").left_at == NOW + 3
    assert outbox.record("never left").left_at is None


def test_what_is_held_after_it_left_cannot_be_cancelled(outbox):
    given(outbox, "k")
    outbox.offering(["k"], NOW)
    outbox.set_state("k", CommandState.HELD, Text(), NOW)
    outbox.set_state("k", CommandState.STORED, Text(), NOW)
    assert outbox.record("k").offered
    assert not outbox.cancel("k", NOW)


@pytest.mark.parametrize("state", ANSWERS)
def test_an_answer_to_what_was_cancelled_is_the_truth_and_is_shown(outbox, state):
    """V: a disk rolled back may have cancelled what had left."""
    given(outbox, "k")
    outbox.cancel("k", NOW)
    for lesser in (
        CommandState.STORED,
        CommandState.SENT,
        CommandState.RECEIVED,
        CommandState.HELD,
    ):
        assert outbox.set_state("k", lesser, Text(), NOW).state is CommandState.CANCELLED
    outbox.set_state("k", state, Text(), NOW)
    assert [r.state for r in outbox.attention()] == [state]


def test_a_new_epoch_queues_every_answered_command_that_is_not_retired(outbox):
    """D: under its own key, so that none is done twice."""
    given(outbox, "accepted", "rejected", "conflict", "retired", "received", "stored", "cancelled")
    outbox.append(a_command(key="elsewhere", target=Key("z", Collection.ALARMS, "1")), NOW)
    for name in ("accepted", "rejected", "conflict", "received"):
        outbox.set_state(name, CommandState(name), Text("因由"), NOW)
    for name in ("retired", "elsewhere"):
        outbox.set_state(name, CommandState.ACCEPTED, Text(), NOW)
    outbox.retire(["retired"])
    outbox.cancel("cancelled", NOW)
    before = outbox.record("accepted")
    assert outbox.offer_again("county", NOW + 1) == 3
    assert keys(outbox.list_unfinished("county")) == ["accepted", "rejected", "received", "stored"]
    again = outbox.record("accepted")
    assert (again.state, again.reason, again.changed_at) == (CommandState.SENT, Text(), NOW + 1)
    assert (again.command, again.seq, again.offered) == (before.command, before.seq, True)
    assert not outbox.cancel("accepted", NOW)
    assert outbox.offer_again("county", NOW + 2) == 0
    assert outbox.record("elsewhere").state is CommandState.ACCEPTED


def test_a_refused_command_given_anew_stays_refused_in_a_new_epoch(outbox):
    """D: the county that went back may take it now, and would do both."""
    given(outbox, "first")
    outbox.set_state("first", CommandState.REJECTED, Text("因由"), NOW)
    outbox.append(a_command(key="edited"), NOW, replaces="first")
    outbox.set_state("edited", CommandState.ACCEPTED, Text(), NOW)
    assert outbox.offer_again("county", NOW + 1) == 1
    assert keys(outbox.list_unfinished("county")) == ["edited"]
    assert outbox.record("first").state is CommandState.REJECTED


def test_a_server_that_went_back_is_offered_what_it_may_still_know_and_no_other(outbox):
    """D: older ones keep their answer; retired ones go out as far as it was set back."""
    given(outbox, "old", "retired", "since", "young")
    for at, name in enumerate(("old", "retired", "since", "young"), NOW + 1):
        outbox.offering([name], at)
        outbox.set_state(name, CommandState.ACCEPTED, Text(), at)
        outbox.mark_seen(name)
    outbox.retire(["retired", "since"])
    again = Again(not_before=NOW + 2, retired_since=NOW + 3)
    assert outbox.offer_again("county", NOW + 9, again) == 2
    assert keys(outbox.list_unfinished("county")) == ["since", "young"]
    assert [(r.command.key, r.state, r.reason) for r in outbox.attention()] == [
        ("old", CommandState.ACCEPTED, TOO_OLD)
    ]
    assert outbox.offer_again("county", NOW + 9, again) == 0
    outbox.set_state("since", CommandState.ACCEPTED, Text(), NOW + 10)
    assert keys(outbox.attention()) == ["old"], "the same answer as before it was retired"


@pytest.mark.parametrize(
    "on_the_way", [[], [CommandState.SENT, CommandState.RECEIVED], [CommandState.HELD]]
)
def test_the_same_answer_in_a_new_epoch_is_not_shown_again_once_seen(outbox, on_the_way):
    given(outbox, "seen", "unseen", "other", "reworded")
    for name in ("seen", "unseen", "other", "reworded"):
        outbox.set_state(name, CommandState.REJECTED, Text("因由"), NOW)
        if name != "unseen":
            outbox.mark_seen(name)
    outbox.offer_again("county", NOW + 1)
    assert outbox.attention() == []
    for state in on_the_way:
        outbox.set_state("seen", state, Text(), NOW + 2)
    for name in ("seen", "unseen"):
        outbox.set_state(name, CommandState.REJECTED, Text("因由"), NOW + 3)
    outbox.set_state("other", CommandState.ACCEPTED, Text(), NOW + 4)
    outbox.set_state("reworded", CommandState.REJECTED, Text("另有因由"), NOW + 5)
    assert keys(outbox.attention()) == ["reworded", "other", "unseen"]


def test_only_answered_commands_are_retired(outbox):
    given(outbox, "a", "b", "c", "d")
    for name, state in (
        ("a", CommandState.ACCEPTED),
        ("b", CommandState.REJECTED),
        ("c", CommandState.SENT),
    ):
        outbox.set_state(name, state, Text(), NOW)
    outbox.cancel("d", NOW)
    assert outbox.to_retire("county", 9) == ["a", "b"]
    assert outbox.to_retire("county", 1) == ["a"]
    assert outbox.to_retire("other", 9) == []
    outbox.retire(["a", "c", "d", "never given"])
    assert outbox.to_retire("county", 9) == ["b"]
    assert [outbox.record(name).retired for name in "abcd"] == [True, False, False, False]
    assert len(outbox.recent(9)) == 4, "retired is not gone"


def test_many_answers_are_written_together_and_a_strangers_is_passed_over(outbox):
    given(outbox, "a", "b", "c")
    theirs = an_incident(version=9)
    outbox.answer_all(
        [
            CommandResult("a", CommandState.ACCEPTED, durable=True),
            CommandResult("never given", CommandState.ACCEPTED),
            CommandResult("b", CommandState.CONFLICT, Text("已改"), theirs),
            CommandResult("c", CommandState.RECEIVED, durable=True),
        ],
        NOW + 1,
    )
    found = [outbox.record(name) for name in "abc"]
    assert [r.state for r in found] == [
        CommandState.ACCEPTED,
        CommandState.CONFLICT,
        CommandState.RECEIVED,
    ]
    assert [r.retired for r in found] == [True, False, False]
    assert found[1].reason == Text("已改")
    assert outbox.conflict_rows("b") == (None, theirs)


def test_a_durable_word_that_is_not_believed_retires_nothing(outbox):
    given(outbox, "k")
    outbox.set_state("k", CommandState.ACCEPTED, Text(), NOW)
    outbox.answer_all([CommandResult("k", CommandState.RECEIVED, durable=True)], NOW)
    assert not outbox.record("k").retired


@pytest.mark.parametrize("row", [an_incident(), an_alarm()])
def test_a_conflict_has_the_row_as_it_was_seen_and_as_it_is(outbox, row):
    theirs = an_incident(stage=Stage.CLOSED, version=9)
    outbox.append(a_command(key="k"), NOW, basis=row)
    assert outbox.conflict_rows("k") == (row, None)
    outbox.set_state("k", CommandState.CONFLICT, Text(), NOW, theirs)
    assert outbox.conflict_rows("k") == (row, theirs)
    outbox.retire(["k"])
    assert outbox.conflict_rows("k") == (row, theirs)
    assert outbox.conflict_rows("never given") == (None, None)


def test_a_later_conflict_shows_the_later_row_and_asks_again_only_if_it_says_otherwise(outbox):
    given(outbox, "k")
    first, second = an_incident(version=8), an_incident(version=9)
    outbox.set_state("k", CommandState.CONFLICT, Text(), NOW, first)
    outbox.mark_seen("k")
    outbox.set_state("k", CommandState.CONFLICT, Text(), NOW, second)
    assert outbox.conflict_rows("k") == (None, second)
    assert outbox.attention() == []


def test_a_command_that_replaces_another_marks_it_seen(outbox):
    given(outbox, "old")
    outbox.set_state("old", CommandState.CONFLICT, Text(), NOW)
    record = outbox.append(a_command(key="new", target=a_target("old")), NOW, replaces="old")
    assert record.replaces == "old"
    assert outbox.attention() == []
    assert outbox.record("old").seen
    assert keys(outbox.on_target(a_target("old"))) == ["old", "new"]
    assert outbox.record("never given") is None
