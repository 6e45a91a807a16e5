"""No command leads a case off the lawful graph of GB/T 30428, and every case can be ended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.county_server.openapi.stage_table import HEAD, stage_table
from desktop.county_server.rules import incident_rules
from desktop.paths import resources
from desktop.protocol.commands import Collection, CommandKind
from desktop.protocol.lifecycle import ALLOWED_FROM, FIRST_STAGE, is_allowed, resulting_stage
from desktop.protocol.stages import CLOSED_STAGES, OPEN_STAGES, Stage

NEXT_STAGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.COLLECTED: (Stage.FILED, Stage.VOID),
    Stage.FILED: (Stage.DISPATCHED, Stage.DEFERRED, Stage.VOID),
    Stage.DISPATCHED: (Stage.HANDLING, Stage.RETURNED),
    Stage.HANDLING: (Stage.FED_BACK, Stage.RETURNED, Stage.DEFERRED),
    Stage.FED_BACK: (Stage.VERIFYING,),
    Stage.VERIFYING: (Stage.CLOSED, Stage.HANDLING),
    Stage.RETURNED: (Stage.DISPATCHED, Stage.VOID),
    Stage.DEFERRED: (Stage.DISPATCHED, Stage.VOID),
}
"""The stages that may lawfully follow each stage; whoever handled does not verify."""


def reachable(stage: Stage) -> set[Stage]:
    """The next stages, and those behind one that a report may pass over."""
    near = set(NEXT_STAGES.get(stage, ()))
    return near | {far for each in near for far in NEXT_STAGES.get(each, ())}


def after(kind: CommandKind, stage: Stage) -> set[Stage]:
    """Where the command can lead from that stage; nothing where it may not be given."""
    if not is_allowed(kind, stage):
        return set()
    return {resulting_stage(kind, stage, passed=passed) for passed in (True, False)}


@pytest.mark.parametrize("kind", list(ALLOWED_FROM))
def test_every_command_leads_to_a_stage_that_may_lawfully_follow(kind: CommandKind) -> None:
    for stage in ALLOWED_FROM[kind]:
        assert after(kind, stage) <= {stage} | reachable(stage), stage


@given(st.lists(st.sampled_from(list(CommandKind)), max_size=60))
def test_no_case_that_ended_is_opened_again_by_any_walk_of_commands(walk: list[CommandKind]):
    stage = FIRST_STAGE
    for kind in walk:
        if not is_allowed(kind, stage):
            continue
        there = resulting_stage(kind, stage)
        assert there == stage or stage.is_open
        stage = there


def test_every_open_stage_leads_on_to_an_end():
    for stage in NEXT_STAGES:
        seen, frontier = {stage}, [stage]
        while frontier:
            here = frontier.pop()
            found = {there for kind in CommandKind for there in after(kind, here)} - seen
            seen |= found
            frontier.extend(found)
        assert seen & CLOSED_STAGES, stage


def test_only_incidents_have_stages():
    for kind in ALLOWED_FROM:
        assert kind.row.on == (Collection.INCIDENTS,)


def test_a_command_that_leads_on_says_from_where_and_checks_the_version():
    for kind in CommandKind:
        row = kind.row
        assert (row.leads_to is None) or row.allowed_from, kind
        assert (row.failing_leads_to is None) or row.leads_to, kind
        corrects = kind is CommandKind.REPORT
        assert row.checks_version == (bool(row.allowed_from) or corrects), kind


def test_a_stage_nobody_knows_counts_as_open():
    queued = Stage("queued")
    assert is_allowed(CommandKind.EXTEND, queued)
    assert resulting_stage(CommandKind.EXTEND, queued).value == "queued"
    assert not is_allowed(CommandKind.DISPATCH, queued)
    assert set(OPEN_STAGES) == set(Stage) - CLOSED_STAGES


def test_every_stage_has_its_words_in_a_refusal():
    assert set(incident_rules.STAGE_NAMES) == set(Stage) - {Stage.UNKNOWN}


def test_the_numbers_of_level_2_are_given_once_and_without_a_gap():
    numbers = [kind.row.number for kind in CommandKind if kind.row.number is not None]
    assert sorted(numbers) == list(range(len(numbers)))


def test_the_written_table_of_stages_is_drawn_from_the_commands():
    text = (resources() / "county-api" / "serving.md").read_text(encoding="utf-8")
    rows = text.partition(HEAD)[2].partition("\n\n")[0]
    assert HEAD + rows + "\n" == stage_table()
