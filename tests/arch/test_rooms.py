"""Rooms stay small and are named for what they hold."""

from __future__ import annotations

import ast
from pathlib import Path

from support.checkout import name, sources, tree

FILE_LINES = 440
FUNCTION_LINES = 44
"""About 400 and 40: a tenth over is still about."""

LONG_FILES: dict[str, str] = {
    "tests/support/sample_board.py": "one sample county, whose rows refer to one another",
}
"""Files over the limit, each with its reason."""

LONG_FUNCTIONS: dict[str, str] = {
    "desktop/demo/incident_writer.py:write": "one list of fields, filled in order",
    "tests/support/show.py:main": "a list of options and one window",
}
"""Functions over the limit as `file:function`, each with its reason."""

GRAB_BAGS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "stuff"}
GRAB_BAG_CLASSES = ("Manager", "Helper", "Util", "Utils", "Base")


def test_a_file_stays_within_its_lines_or_is_listed_with_a_reason():
    long = {name(path) for path in _all() if len(_lines(path)) > FILE_LINES}
    assert long == set(LONG_FILES), "list what is over the limit, unlist what no longer is"


def test_a_function_stays_within_its_lines_or_is_listed_with_a_reason():
    long = {
        f"{name(path)}:{node.name}"
        for path in _all()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _length(path, node) > FUNCTION_LINES
    }
    assert long == set(LONG_FUNCTIONS), "list what is over the limit, unlist what no longer is"


def test_no_module_is_a_grab_bag():
    words = {name(path): {*path.parent.parts, path.stem} for path in _all()}
    assert [path for path, parts in words.items() if parts & GRAB_BAGS] == []


def test_no_class_is_a_grab_bag():
    found = [
        f"{name(path)}:{node.name}"
        for path in _all()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(GRAB_BAG_CLASSES)
    ]
    assert found == []


def test_a_long_function_is_measured_without_its_docstring_and_blank_lines(tmp_path):
    path = tmp_path / "long.py"
    path.write_text('def f():\n    """One.\n\n    Two.\n    """\n\n    a = 1\n    return a\n')
    [node] = ast.parse(path.read_text()).body
    assert isinstance(node, ast.FunctionDef)
    assert _length(path, node) == 3


def _all() -> list[Path]:
    return sources("desktop", "tests", "packaging")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _length(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines that say something: neither the docstring nor blank ones."""
    lines = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    text = _lines(path)
    return sum(1 for number in lines if text[number - 1].strip())
