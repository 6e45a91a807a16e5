"""Tests act by what others may use: what they still read of the inside can only become less."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from desktop.application.sync.worker_state import WorkerState
from support.checkout import name, sources, tree

READS: dict[str, int] = {}
"""Reads of somebody else's private attributes, by folder of tests: none, and none to come."""

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


def private_names(module: ast.AST) -> list[str]:
    """Each private name that is imported, or given as text to what reads or patches by it."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("attr", "object")):
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            is_own = ast.unparse(node.args[0]) == "self"
            found += [text for text in texts if isinstance(text, str) and not is_own]
    last = [each.rpartition(".")[2] for each in found]
    return [each for each in last if each.startswith("_") and not each.startswith("__")]


def folder_of(path: Path) -> str:
    """The folder of tests a file is in; `tests` for those above all."""
    folder, _, rest = name(path).removeprefix("tests/").partition("/")
    return folder if rest else "tests"


def test_the_tests_read_no_more_of_the_inside_than_they_did_and_the_number_follows_them_down():
    found: Counter[str] = Counter()
    for path in sources("tests"):
        found[folder_of(path)] += len(private_reads(tree(path)))
    assert {folder: count for folder, count in found.items() if count} == READS, (
        "act by a port, a signal or a widget's name instead; where there are fewer now, say so here"
    )


def test_no_test_imports_or_patches_a_private_name():
    found = {name(path): private_names(tree(path)) for path in sources("tests")}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_private_name_is_told_by_whom_it_is_named():
    module = ast.parse(
        "from one import two, _three; patch.object(desk, '_four'); setattr(self, '_five', 6);"
        "monkeypatch.setattr('desk.seven._eight', 9); setattr(desk, 'ten', '__eleven__')"
    )
    assert sorted(private_names(module)) == ["_eight", "_four", "_three"]


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
