"""The planner: in which order an exchange does things, whatever comes together."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.sync.exchange_planner import (
    PIECES_AT_MOST,
    ExchangeState,
    Step,
    next_group,
    next_step,
)
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import Collection, CommandRecord, CommandState, Key
from support.builders import NOW, a_command

MOMENTS = st.builds(
    ExchangeState,
    offerable=st.booleans(),
    pulled=st.booleans(),
    bulky=st.booleans(),
    over=st.booleans(),
    tight=st.booleans(),
    doubtful=st.booleans(),
    repaired=st.booleans(),
    retirable=st.booleans(),
    freight=st.booleans(),
    pieces=st.integers(0, PIECES_AT_MOST + 1),
)


@given(MOMENTS)
def test_commands_pre_empt_everything(moment: ExchangeState):
    step = next_step(moment)
    assert (step is Step.OFFER) is moment.offerable


@given(MOMENTS)
def test_nothing_but_commands_goes_before_the_rows_are_in(moment: ExchangeState):
    if not moment.pulled:
        assert next_step(moment) in (Step.OFFER, Step.PULL, Step.BREAK_OFF)


@given(MOMENTS)
def test_a_spent_day_moves_neither_snapshots_nor_repairs_nor_files(moment: ExchangeState):
    spent = msgspec.structs.replace(moment, over=True, tight=True)
    assert next_step(spent) not in (Step.REPAIR, Step.FREIGHT)
    if spent.bulky:
        assert next_step(spent) is not Step.PULL


@given(MOMENTS)
def test_changes_go_on_whatever_the_day_has_spent(moment: ExchangeState):
    waiting = msgspec.structs.replace(moment, offerable=False, pulled=False, bulky=False)
    assert next_step(waiting) is Step.PULL


@given(MOMENTS)
def test_files_move_only_when_nothing_else_is_to_be_done(moment: ExchangeState):
    if next_step(moment) is Step.FREIGHT:
        others = msgspec.structs.replace(moment, freight=False)
        assert next_step(others) is Step.END


@given(MOMENTS)
def test_an_exchange_comes_to_its_end(moment: ExchangeState):
    for _ in range(PIECES_AT_MOST + 6):
        step = next_step(moment)
        if step is Step.END:
            return
        done = {
            Step.OFFER: {"offerable": False},
            Step.PULL: {"pulled": True},
            Step.BREAK_OFF: {"bulky": False},
            Step.REPAIR: {"repaired": True},
            Step.RETIRE: {"retirable": False},
            Step.FREIGHT: {"pieces": moment.pieces + 1},
        }[step]
        moment = msgspec.structs.replace(moment, **done)
    raise AssertionError("it went on")


def record(seq: int, target: str) -> CommandRecord:
    command = a_command(key=f"{seq:032x}", target=Key("county", Collection.INCIDENTS, target))
    return CommandRecord(seq, command, CommandState.STORED, NOW)


QUEUES = st.lists(st.sampled_from("abcd"), max_size=30).map(
    lambda targets: [record(seq, target) for seq, target in enumerate(targets)]
)


@given(QUEUES, st.data())
def test_a_group_never_breaks_the_order_on_one_target(queue: list[CommandRecord], data):
    keys = [r.command.key for r in queue]
    suspects = data.draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    most = data.draw(st.integers(1, 20))
    tried: set[str] = set()
    offered: list[CommandRecord] = []
    while group := next_group(queue, tried=tried, suspects=suspects, most=most):
        assert len(group) <= most
        offered += group
        tried |= {r.command.key for r in group}
    assert sorted(r.seq for r in offered) == [r.seq for r in queue]
    for target in "abcd":
        on_it = [r.seq for r in offered if r.command.target.id == target]
        assert on_it == sorted(on_it)


@given(QUEUES, st.sets(st.sampled_from("abcd")))
def test_a_silent_target_keeps_back_its_own_commands_and_no_others(queue, silent):
    targets = {Key("county", Collection.INCIDENTS, name) for name in silent}
    group = next_group(queue, silent=targets, most=100)
    assert group == [r for r in queue if r.command.target not in targets]


@given(QUEUES.filter(bool), st.data())
def test_a_suspect_waits_behind_all_that_are_none_and_then_goes_alone(queue, data):
    suspect = data.draw(st.sampled_from(queue))
    target = suspect.command.target
    ahead = [r for r in queue if r.seq < suspect.seq or r.command.target != target]
    group = next_group(queue, suspects=[suspect.command.key], most=100)
    assert group == (ahead or [suspect])
    tried = {r.command.key for r in ahead}
    assert next_group(queue, tried=tried, suspects=[suspect.command.key]) == [suspect]


def test_suspects_take_turns_so_that_none_waits_behind_one_that_always_breaks():
    queue = [record(1, "a"), record(2, "b")]
    memory = WorkerState()
    offered = []
    for _ in range(4):
        group = next_group(queue, suspects=memory.suspects)
        offered.append([each.seq for each in group])
        for each in group:
            memory.send_failed([each.command.key])
    assert offered == [[1, 2], [1], [2], [1]]
