"""Tests act by what others may use: what they still read of the inside can only become less."""

from __future__ import annotations

import ast
from collections import Counter

from desktop.application.sync.worker_state import WorkerState
from support.checkout import name, sources, tree

READS = {
    "integration": 26,
    "simulation": 27,
}
"""Reads of somebody else's private attributes, by folder of tests."""

PUBLIC_BY_CUSTOM = {"_exit", "_replace", "_asdict", "_fields"}
"""Of `os` and of named tuples, which have no other name for it."""


def private_reads(module: ast.AST) -> list[str]:
    """Each `x._y` where x is neither the object itself nor what it is made of."""
    return [
        ast.unparse(node)
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and node.attr not in PUBLIC_BY_CUSTOM
        and ast.unparse(node.value) not in ("self", "cls", "super()")
    ]


def test_the_tests_read_no_more_of_the_inside_than_they_did_and_the_number_follows_them_down():
    found: Counter[str] = Counter()
    for path in sources("tests"):
        folder, _, rest = name(path).removeprefix("tests/").partition("/")
        found[folder if rest else "tests"] += len(private_reads(tree(path)))
    assert {folder: count for folder, count in found.items() if count} == READS, (
        "act by a port, a signal or a widget's name instead; where there are fewer now, say so here"
    )


def test_a_read_of_the_inside_is_told_from_what_is_ones_own():
    module = ast.parse("self._a; cls._b; super()._c; os._exit(1); one.two; desk._docks._box")
    assert sorted(private_reads(module)) == ["desk._docks", "desk._docks._box"]


def test_what_a_worker_remembers_is_changed_by_its_own_methods_alone():
    state = WorkerState()
    parts = {"puzzles": vars(state.puzzles), "files": vars(state.files)}
    assert {each for each in vars(state) if not each.startswith("_")} == parts.keys()
    assert [each for part in parts.values() for each in part if not each.startswith("_")] == []
    reads = {name(path): private_reads(tree(path)) for path in sources("desktop/application/sync")}
    assert {path: found for path, found in reads.items() if found} == {}
