"""Every mutant takes something out of the program that a schedule uses, and gives it back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from desktop.county_server.commands import executor
from simulation import mutants, run_mutants, seams, server
from simulation.carried.acts import EVERY_ACT
from simulation.mutants import CALLS, HINTS, MUTANTS, registry
from simulation.play import play

MOST_SCHEDULES = 120
BY_CHANCE = 4
LEAST = 60


@pytest.fixture(scope="module")
def known() -> Iterator[dict[int, dict[str, int]]]:
    """What all names stand for while no mutant is at work, by how many modules there are."""
    with seams.laid():
        yield {}


@pytest.fixture(autouse=True)
def _seams(known: dict[int, dict[str, int]]) -> Iterator[None]:
    yield
    CALLS.clear()
    mutants.BROKEN.clear()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_changes_the_program_and_leaves_it_as_it_was(
    name: str, known: dict[int, dict[str, int]]
) -> None:
    before = known.get(len(sys.modules))
    if before is None:
        before = dict(_names())
        assert not _differ(before), "without a mutant nothing does"
    with MUTANTS[name]():
        assert _differ(before)
    assert dict(_names()) == before
    known[len(sys.modules)] = before


@pytest.mark.timeout(300)
def test_each_mutant_changes_what_schedules_call() -> None:
    with ExitStack() as stack:
        stack.enter_context(registry.watching())
        for mutant in MUTANTS.values():
            stack.enter_context(mutant())
        uncalled = set(MUTANTS)
        for seed in range(MOST_SCHEDULES):
            if not (uncalled := {name for name in MUTANTS if not CALLS[name]}):
                break
            # What was not met by chance is met where it is known to show.
            hinted = HINTS[sorted(uncalled)[seed % len(uncalled)]] if seed >= BY_CHANCE else ()
            acts = dict.fromkeys(EVERY_ACT)
            play(seed, theme=tuple(act for act in acts if act.__name__ in hinted))
    assert not uncalled


def test_a_name_that_is_gone_fails_loudly() -> None:
    @registry.mutant("of a rule that is no more")
    def gone() -> Iterator[None]:
        with registry.swapped(registry, "no_such_rule", registry.nothing):
            yield

    try:
        with pytest.raises(AttributeError, match="no_such_rule"), gone():
            pass
    finally:
        del MUTANTS["of a rule that is no more"]


def test_what_is_swapped_everywhere_is_swapped_where_the_simulation_calls_it() -> None:
    before = server.do_commands
    with registry.swapped_everywhere(executor, "do_commands", registry.nothing):
        assert server.do_commands is not before
    assert server.do_commands is before


def test_a_mistake_of_a_mutant_is_told_from_one_of_the_program() -> None:
    def wrong(before: Any) -> Any:
        return before

    with registry.swapped(registry, "nothing", wrong), pytest.raises(TypeError):
        registry.nothing("more than it takes")
    assert mutants.BROKEN


def test_every_hint_is_an_act_of_the_catalogue() -> None:
    acts = {act.__name__ for act in EVERY_ACT}
    assert {hint for hints in HINTS.values() for hint in hints} <= acts


def test_a_mutant_dies_by_the_words_that_are_due_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "the stage of a row"

    @registry.mutant(name, says=("with stage",))
    def harmless() -> Iterator[None]:
        """Changes nothing."""
        yield

    said = iter((["C: with title"], ["C: with title", "C: with stage"]))
    monkeypatch.setattr(run_mutants, "violations", lambda _: next(said))
    try:
        told = run_mutants.outlive(name, 11, 1), run_mutants.outlive(name, 11, 1)
    finally:
        del MUTANTS[name]
    assert [each.said for each in told] == ["", "seed 11: C: with stage"]
    assert told[0].aside == "seed 11: C: with title"


def test_there_are_mutants_enough_each_with_a_word_on_its_shortcut() -> None:
    assert len(MUTANTS) >= LEAST
    assert all(mutant.__doc__ for mutant in MUTANTS.values())


def _differ(before: dict[str, int]) -> bool:
    """Whether anything has changed; the first such name is enough, for all of them are many."""
    return any(before.get(each) != what for each, what in _names())


def _names() -> Iterator[tuple[str, int]]:
    """What each name of the product and of Python stands for: in modules, classes, tables."""
    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith(("desktop.", "builtins")):
            for name, value in list(vars(module).items()):
                if name == "__builtins__":  # The same table in each module, looked at as its own.
                    continue
                yield f"{module_name}.{name}", id(value)
                for each, number in _in_table(value):
                    yield f"{module_name}.{name}: {each}", number
                if isinstance(value, type) and value.__module__ == module_name:
                    for each, what in list(vars(value).items()):
                        yield f"{module_name}.{name}.{each}", id(what)


def _in_table(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for key, each in list(value.items()):
            yield str(key), id(each)
            yield from ((f"{key} {name}", number) for name, number in _in_table(each))
