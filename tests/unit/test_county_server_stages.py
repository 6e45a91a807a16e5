"""The server's table of stages is the desk's, and no walk through it leaves the lawful graph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.county_server import stages
from desktop.county_server.stages import CHECKS_BASE, TABLE, WHILE_OPEN, next_stage
from desktop.domain import steps
from desktop.domain.command import CommandKind
from desktop.domain.incident import NEXT_STEPS, Stage
from desktop.domain.levels import EventLevel
from desktop.paths import resources
from desktop.wire import orders
from desktop.wire.level1 import MAX_TEXT

STEPS = sorted(set(TABLE) - {"create"} | WHILE_OPEN)


@pytest.mark.parametrize("step", sorted(set(TABLE) - {"create"}))
def test_every_hop_of_every_step_is_a_lawful_next_stage(step: str):
    for start, path in TABLE[step].items():
        for here, there in zip((start, *path), path, strict=False):
            assert Stage(there) in NEXT_STEPS[Stage(here)], (step, here, there)


@given(st.lists(st.sampled_from(STEPS), max_size=60))
def test_a_random_walk_never_leaves_the_lawful_graph(walk: list[str]):
    stage = Stage.FILED
    for step in walk:
        after = next_stage(step, stage)
        if after is None or after == stage:
            continue
        assert Stage(after) in _reachable(stage)
        assert stage.is_open
        stage = Stage(after)


def _reachable(stage: Stage) -> set[Stage]:
    """The next stages, and those behind one that a report may pass over."""
    near = set(NEXT_STEPS.get(stage, ()))
    return near | {far for each in near for far in NEXT_STEPS.get(each, ())}


def test_every_stage_but_the_last_ones_leads_on_to_an_end():
    for stage in NEXT_STEPS:
        seen, frontier = {stage.value}, [stage.value]
        while frontier:
            here = frontier.pop()
            for step in TABLE:
                there = next_stage(step, here)
                if there is not None and there not in seen:
                    seen.add(there)
                    frontier.append(there)
        assert seen & {"closed", "void"}, stage


def test_the_server_and_the_desk_agree_on_what_is_possible_from_where():
    for kind in CommandKind:
        for stage in Stage:
            if kind not in steps.FROM:
                continue
            assert (next_stage(kind, stage) is not None) == steps.possible(kind, stage)


def test_the_server_and_the_desk_agree_on_where_a_command_leads():
    for kind, stage in steps.LEADS_TO.items():
        assert {path[-1] for path in TABLE[kind].values()} == {stage}
    assert {path[-1] for path in TABLE["refute"].values()} == {Stage.HANDLING}


def test_the_server_and_the_desk_agree_on_which_commands_can_conflict():
    assert CHECKS_BASE == steps.CHECKS_BASE


def test_an_unknown_stage_counts_as_open():
    assert next_stage("extend", "queued") == "queued"
    assert next_stage("dispatch", "queued") is None


def test_every_stage_has_its_words():
    assert set(stages.NAMES) == set(Stage) - {Stage.UNKNOWN}


def test_the_bodies_of_the_wire_are_the_fields_of_the_desk():
    assert set(orders.ORDERS) == set(CommandKind)
    for kind, fields in steps.FIELDS.items():
        body = orders.ORDERS[kind]
        assert body.__struct_fields__ == tuple(field.name for field in fields)
        optional = len(body.__struct_defaults__)
        required = body.__struct_fields__[: len(body.__struct_fields__) - optional]
        assert required == tuple(field.name for field in fields if field.required)
        assert all(field.name in orders.NAMES for field in fields)


def test_the_limits_of_the_wire_are_those_of_the_desk():
    assert orders.LONGEST_SHELF_MINUTES == steps.LONGEST_SHELF_MINUTES
    assert steps.MOST_TEXT == MAX_TEXT
    assert {*orders.LEVELS, "none", "unknown"} == set(EventLevel)


def test_the_written_table_of_stages_is_the_servers():
    text = (resources() / "county-api" / "serving.md").read_text(encoding="utf-8")
    rows = text.partition("| command | from | to |\n| --- | --- | --- |\n")[2].partition("\n\n")[0]
    written = {tuple(each.strip("| ").split(" | ")) for each in rows.splitlines()}
    names = {"verify": "verify, `passed` true", "refute": "verify, `passed` false"}
    assert written == {
        (names.get(step, step), stage, path[-1])
        for step, paths in TABLE.items()
        for stage, path in paths.items()
        if stage
    }
