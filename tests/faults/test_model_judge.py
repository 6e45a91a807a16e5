"""The simulation's judge, on planted faults: each is found, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from desktop.connectors.county.mapping import ROWS
from desktop.domain.command import Collection
from desktop.wire import level1
from model import judge
from support.county_rows import MOMENT

I1 = "incidents", "i1"
WIRE = level1.Incident(
    "i1",
    level1.Phrase("落石", "Rockfall"),
    MOMENT,
    summary="路上",
    stage="handling",
    deadlines=(level1.Deadline("handle", MOMENT),),
    timeline=(level1.TimelineEntry("note", "看过", MOMENT, MOMENT, "officer"),),
    version=3,
)
BODY = msgspec.json.encode(WIRE)


def county() -> dict[judge.Name, judge.Plain]:
    return {I1: judge.county_row("incidents", BODY)}


def shown(**changes: Any) -> dict[judge.Name, judge.Plain]:
    read = judge.spread(ROWS[Collection.INCIDENTS]("county", WIRE))
    return {I1: {**read, **changes}}


def waiting(kind: str, seq: int = 1, target: str = "i1", **body: Any) -> judge.Plain:
    return {
        "seq": seq, "kind": kind, "collection": "incidents", "target": target, "body": body,
        "at": 7, "by": "officer",
    }  # fmt: skip


def letters(faults: Any) -> list[str]:
    return [fault.letter for fault in faults]


def test_a_row_read_by_the_product_is_the_row_the_judge_reads():
    assert not list(judge.judge_rows("desk", shown(), county(), ()))


def test_an_alarm_read_by_the_product_is_the_alarm_the_judge_reads():
    wire = level1.Alarm("a1", "失电", MOMENT, state="shelved", shelved_until=MOMENT)
    told = judge.county_row("alarms", msgspec.json.encode(wire))
    assert told == judge.spread(ROWS[Collection.ALARMS]("county", wire))


@pytest.mark.parametrize("field", sorted(judge.county_row("incidents", BODY)))
def test_any_field_of_a_row_that_differs_is_found(field: str):
    assert letters(judge.judge_rows("desk", shown(**{field: "另"}), county(), ())) == ["C"]


def test_a_row_missing_or_too_many_is_found():
    assert letters(judge.judge_rows("desk", {}, county(), ())) == ["C"]
    assert letters(judge.judge_rows("desk", shown(), {}, ())) == ["C"]


def test_what_waits_must_lie_over_its_row_and_what_does_not_must_not():
    acknowledged = shown(acknowledged_at=7, acknowledged_by="officer")
    ack = waiting("acknowledge")
    assert not list(judge.judge_rows("desk", acknowledged, county(), [ack]))
    assert letters(judge.judge_rows("desk", shown(), county(), [ack])) == ["C"]
    assert letters(judge.judge_rows("desk", acknowledged, county(), ())) == ["C"]


def test_a_dispatch_lies_over_a_filed_case_and_not_over_one_being_handled():
    row = county()[I1]
    late = judge.laid_over(row, [waiting("dispatch", unit="路政")])
    assert late == row
    sent = judge.laid_over({**row, "stage": "filed"}, [waiting("dispatch", unit="路政")])
    assert (sent["stage"], sent["lead_unit"]) == ("dispatched", {"zh": "路政", "en": ""})


def test_a_report_still_to_be_made_must_be_shown():
    made = waiting("create", target="new-1", title="塌方")
    assert letters(judge.judge_rows("desk", shown(), county(), [made])) == ["C"]


def kept(**changes: Any) -> judge.Plain:
    return {
        "key": "k1", "state": "accepted", "hold": "", "replaces": "", "theirs": None,
        "told": False, "in_attention": False, **changes,
    }  # fmt: skip


ASKED = {"kind": "note", "target": "i1", "body": {"text": "到了"}, "base": 2, "account": "A"}
SAID = {"status": "accepted", "row": None}


def log(done: Any = ASKED, *said: judge.Plain) -> judge.Plain:
    return {"said": list(said) or [SAID], "done": done}


def test_a_command_done_as_it_was_asked_and_told_is_well():
    assert not list(judge.judge_command("desk", kept(), ASKED, log()))


@pytest.mark.parametrize("field", sorted(ASKED))
def test_whatever_of_a_command_arrives_otherwise_is_found(field: str):
    other = {**ASKED, field: "另"}
    assert letters(judge.judge_command("desk", kept(), ASKED, log(other))) == ["B"]


def test_an_answer_nobody_gave_is_found():
    said = log(None, {"status": "rejected", "row": None})
    assert letters(judge.judge_command("desk", kept(), ASKED, said)) == ["L"]


@pytest.mark.parametrize("theirs", [None, {"id": "i1", "version": 4}])
def test_a_conflict_without_the_countys_own_row_is_found(theirs: Any):
    command = kept(state="conflict", theirs=theirs, in_attention=True)
    said = log(None, {"status": "conflict", "row": {"id": "i1", "version": 3}})
    assert letters(judge.judge_command("desk", command, ASKED, said)) == ["K"]


@pytest.mark.parametrize("state", ["rejected", "held"])
def test_an_outcome_or_hold_told_to_nobody_is_found(state: str):
    said = log(None, {"status": state, "row": None})
    hold = "login" if state == "held" else ""
    silent = kept(state=state, hold=hold)
    assert letters(judge.judge_command("desk", silent, ASKED, said)) == ["V"]
    for told in ({"told": True}, {"in_attention": True}):
        assert not list(judge.judge_command("desk", {**silent, **told}, ASKED, said))


def test_an_answered_command_that_still_names_a_hold_is_found():
    assert letters(judge.judge_command("desk", kept(hold="login"), ASKED, log())) == ["V"]


def test_one_command_given_anew_twice_is_found():
    first, second = kept(key="k2", replaces="k1"), kept(key="k3", replaces="k1")
    assert letters(judge.judge_answers("desk", [first, second])) == ["D"]
    second["state"] = "cancelled"
    assert not list(judge.judge_answers("desk", [first, second]))


def test_a_note_that_outlives_its_withdrawn_report_is_found():
    note = {"kind": "note", "final": False, "offered": False}
    assert letters(judge.judge_withdrawn("desk", "new-1", [note])) == ["V"]
    assert not list(judge.judge_withdrawn("desk", "new-1", [{**note, "offered": True}]))


def test_a_command_that_leaves_before_its_neighbour_on_the_row_is_found():
    first, second = (
        {"key": key, "seq": seq, "target": "i1", "final": False, "waits_for_officer": False}
        for key, seq in (("k1", 1), ("k2", 2))
    )
    assert letters(judge.judge_leaving("desk", ["k2"], [first, second])) == ["O"]
    assert not list(judge.judge_leaving("desk", ["k1", "k2"], [first, second]))
    for excuse in ({"final": True}, {"waits_for_officer": True}, {"target": "i2"}):
        assert not list(judge.judge_leaving("desk", ["k2"], [{**first, **excuse}, second]))


def test_a_conflict_missed_and_one_without_cause_are_found():
    done = {
        "kind": "dispatch", "collection": "incidents", "target": "i1", "base": 1, "version": 3,
        "client": "desk", "seq": 5, "status": "accepted",
    }  # fmt: skip
    own = {("incidents", "i1", 3): (2, "desk", 5), ("incidents", "i1", 2): (1, "desk", 4)}
    others = own | {("incidents", "i1", 2): (1, "another", 4)}
    conflict = {**done, "status": "conflict", "version": 2}
    assert not list(judge.judge_conflicts({"k": done}, own))
    assert letters(judge.judge_conflicts({"k": done}, others)) == ["K"]
    assert not list(judge.judge_conflicts({"k": conflict}, others))
    assert letters(judge.judge_conflicts({"k": conflict}, own)) == ["K"]


@pytest.mark.parametrize("noise", ["rows", "repairs", "commands", "bytes"])
def test_a_fourth_exchange_that_is_not_silent_is_found(noise: str):
    silent = {"rows": 0, "repairs": 0, "commands": 0, "bytes": 90}
    busy = {**silent, noise: 5_000}
    assert not list(judge.judge_silence("desk", [busy, busy, busy, silent]))
    assert letters(judge.judge_silence("desk", [silent, silent, silent, busy])) == ["Q"]


def test_rows_called_fresh_without_the_countys_word_are_found():
    whole, broken = {"whole": True, "unproven": False}, {"whole": False, "unproven": False}
    silence = {"whole": False, "unproven": True}
    assert not list(judge.judge_freshness("desk", whole, late=False))
    assert letters(judge.judge_freshness("desk", broken, late=False)) == ["F"]
    assert not list(judge.judge_freshness("desk", silence, late=False))
    assert letters(judge.judge_freshness("desk", silence, late=True)) == ["F"]


def test_what_was_accepted_and_vanishes_before_rows_tell_it_is_found():
    note = {"key": "k1", "kind": "create", "shown": False}
    assert letters(judge.judge_untold("desk", [note])) == ["C"]


def test_the_judge_reads_the_countys_json_by_itself():
    told = json.loads(BODY)
    assert "level" not in told
    assert judge.county_row("incidents", BODY)["level"] == "none"
