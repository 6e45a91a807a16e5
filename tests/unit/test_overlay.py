"""What rows will look like once the commands given on them are done."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import overlay
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
)
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.protocol.lifecycle import ALLOWED_FROM, RESULTING_STAGE, is_allowed
from support.builders import NOW, a_command, an_alarm, an_incident

DIGEST = "ab" * 32


def command_of(kind: CommandKind, **body: Any) -> Command:
    return a_command(kind=kind, body=body)


def after(stage: Stage, *commands: Command):
    return overlay.apply_commands(an_incident(stage=stage), commands)


def test_a_case_is_walked_through_to_its_end_before_the_county_has_answered():
    closed = after(
        Stage.FILED,
        command_of(CommandKind.DISPATCH, unit="县水务局"),
        command_of(CommandKind.FEEDBACK, text="已修复"),
        command_of(CommandKind.VERIFY, passed=True),
        command_of(CommandKind.CLOSE),
    )
    assert closed.stage is Stage.CLOSED
    assert closed.lead_unit == Text("县水务局")


def test_a_verification_that_did_not_pass_sends_it_back_to_be_handled():
    assert (
        after(Stage.FED_BACK, command_of(CommandKind.VERIFY, passed=False)).stage is Stage.HANDLING
    )


def test_a_step_its_stage_no_longer_allows_changes_nothing_on_screen():
    assert after(Stage.CLOSED, command_of(CommandKind.DISPATCH, unit="x")) == an_incident(
        stage=Stage.CLOSED
    )


def test_an_extension_moves_the_handling_deadline_and_no_other():
    moved = after(Stage.HANDLING, command_of(CommandKind.EXTEND, due_at=NOW + 9 * HOUR, text="雨"))
    assert moved.due_at == NOW + 9 * HOUR


def test_an_escalation_shows_the_new_level():
    raised = after(Stage.HANDLING, command_of(CommandKind.ESCALATE, level="major", text="x"))
    assert raised.level is EventLevel.MAJOR


def test_a_file_is_named_once_and_as_still_under_way():
    told = {"digest": DIGEST, "name": "现场.jpg", "media_type": "image/jpeg", "size": 9}
    attach = command_of(CommandKind.ATTACH, file=told)
    (file,) = after(Stage.HANDLING, attach, attach).files
    assert (file.digest, file.name, file.here) == (DIGEST, "现场.jpg", False)


def test_a_note_leaves_the_row_alone_and_its_words_in_an_entry():
    note = command_of(CommandKind.NOTE, text="泵车到场")
    assert after(Stage.HANDLING, note) == an_incident()
    assert overlay.entry(note).text == Text("泵车到场")


def test_a_new_incident_holds_what_was_told_of_it():
    command = command_of(
        CommandKind.CREATE, title="路灯不亮", level="ordinary", place=[110.0, 29.5], township="T01"
    )
    made = overlay.new_incident(command)
    assert (made.title, made.level, made.stage) == (
        Text("路灯不亮"),
        EventLevel.ORDINARY,
        Stage.COLLECTED,
    )
    assert made.place is not None
    assert made.number == ""


@pytest.mark.parametrize(
    ("before", "kind", "state"),
    [
        (AlarmState.UNACKNOWLEDGED, CommandKind.ACKNOWLEDGE, AlarmState.ACKNOWLEDGED),
        (AlarmState.RETURNED_UNACKNOWLEDGED, CommandKind.ACKNOWLEDGE, AlarmState.NORMAL),
        (AlarmState.ACKNOWLEDGED, CommandKind.SHELVE, AlarmState.SHELVED),
        (AlarmState.SHELVED, CommandKind.UNSHELVE, AlarmState.UNACKNOWLEDGED),
        (AlarmState.NORMAL, CommandKind.UNSHELVE, AlarmState.NORMAL),
    ],
)
def test_an_alarm_takes_the_state_it_will_have(before, kind, state):
    command = a_command(
        kind=kind, target=Key("county", Collection.ALARMS, "M0001"), body={"minutes": 30}
    )
    found = overlay.alarm_over(an_alarm(state=before), [command])
    assert found.state is state
    assert (found.shelved_until == NOW + 30 * MINUTE) is (kind is CommandKind.SHELVE)


@pytest.mark.parametrize(
    ("raised_at", "seen"),
    [
        (NOW - HOUR, True),
        (NOW + 5 * SECOND, True),
        (NOW + 6 * SECOND, False),
        (NOW + HOUR, False),
        (NOW + HOUR + MINUTE, True),
    ],
    ids=["before", "clocks apart", "after", "just now", "an end sent as a beginning"],
)
def test_an_acknowledgement_lies_over_no_firing_that_began_after_it_was_given(
    raised_at: int, *, seen: bool
):
    command = a_command(at=NOW, kind=CommandKind.ACKNOWLEDGE)
    found = overlay.row_over(an_alarm(raised_at=raised_at), [command], NOW + HOUR)
    assert isinstance(found, Alarm)
    assert (found.state is AlarmState.ACKNOWLEDGED) is seen
    assert (found.acknowledged_at is not None) is seen


def record(state: CommandState, changed_at: int) -> CommandRecord:
    return CommandRecord(1, a_command(), state, changed_at)


def test_an_accepted_command_lies_over_its_row_until_a_later_pull_has_told_the_outcome():
    accepted = record(CommandState.ACCEPTED, NOW)
    assert overlay.is_pending(accepted, {accepted.command.key})
    assert not overlay.is_pending(accepted, set())


@pytest.mark.parametrize("state", [r for r in CommandState if r is not CommandState.ACCEPTED])
def test_only_what_is_unfinished_lies_over_a_row(state: CommandState):
    known = record(state, NOW)
    assert overlay.is_pending(known, {known.command.key}) is not state.is_final


@given(
    st.sampled_from(list(Stage)),
    st.lists(st.sampled_from([k for k in CommandKind if k in ALLOWED_FROM]), max_size=8),
)
def test_every_stage_shown_is_one_a_lawful_step_leads_to(stage: Stage, kinds: list[CommandKind]):
    bodies = {"unit": "x", "text": "y", "passed": True, "level": "major", "due_at": 1, "until": 1}
    incident = an_incident(stage=stage)
    for kind in kinds:
        before = incident.stage
        incident = overlay.apply_commands(incident, [a_command(kind=kind, body=bodies)])
        lawful = is_allowed(kind, before) and kind in RESULTING_STAGE
        assert incident.stage is (RESULTING_STAGE[kind] if lawful else before)
    assert msgspec.structs.replace(incident, stage=stage).id == "I0001"
