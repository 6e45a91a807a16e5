"""What must not stand anywhere in the product, its tests or its tooling."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.checkout import committed_files, name, sources, tree

Look = Callable[[ast.AST], bool]
KINDS = (ast.Call, ast.keyword, ast.Assign, ast.ClassDef)
"""Of the nodes that a rule may look at."""


def calls(*names: str) -> Look:
    """A call of a function or method of one of these names."""
    ends = {one.rpartition(".")[2] for one in names}

    def look(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        last = getattr(node.func, "attr", getattr(node.func, "id", None))
        if last not in ends:
            return False
        called = ast.unparse(node.func)
        return any(called == one or called.endswith(f".{one}") for one in names)

    return look


def sets(word: str, value: bool) -> Look:
    """A keyword argument or attribute given exactly this value."""

    def look(node: ast.AST) -> bool:
        if isinstance(node, ast.keyword):
            given = node.value if node.arg == word else None
        elif isinstance(node, ast.Assign):
            targets = [getattr(one, "attr", None) for one in node.targets]
            given = node.value if word in targets else None
        else:
            return False
        return isinstance(given, ast.Constant) and given.value is value

    return look


def subclasses(parent: str) -> Look:
    """A class that inherits from this one, however it was imported."""

    def look(node: ast.AST) -> bool:
        if not isinstance(node, ast.ClassDef):
            return False
        return parent in {getattr(one, "attr", getattr(one, "id", None)) for one in node.bases}

    return look


EVERYWHERE = ("desktop", "tests", "packaging")
TESTS = tuple(
    f"tests/{kind}" for kind in ("arch", "unit", "integration", "contract", "storage", "gui", "e2e")
)
RULES: list[tuple[str, tuple[str, ...], Look, str]] = [
    ("a nested event loop", ("desktop",), calls("processEvents", "QEventLoop"), "processEvents()"),
    (
        "a thread killed",
        ("desktop/gui", "desktop/application"),
        calls("terminate"),
        "thread.terminate()",
    ),
    ("a QThread subclass", EVERYWHERE, subclasses("QThread"), "class A(QThread): ..."),
    ("unverified TLS", EVERYWHERE, sets("verify", False), "get(url, verify=False)"),
    ("unverified TLS, set", EVERYWHERE, sets("verify", False), "session.verify = False"),
    ("a shell", EVERYWHERE, sets("shell", True), "run('ls', shell=True)"),
    ("a sleeping test", TESTS, calls("sleep"), "time.sleep(1)"),
    ("a sleeping GUI test", ("tests/gui",), calls("qtbot.wait"), "qtbot.wait(100)"),
    ("an expected failure", ("tests",), calls("xfail"), "pytest.mark.xfail(reason='x')"),
]
IDS = [rule[0] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_it_stands_nowhere(rule):
    _, folders, look, _ = rule
    assert list(_found(look, sources(*folders))) == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_it_would_be_seen(rule):
    _, _, look, planted = rule
    assert any(look(node) for node in ast.walk(ast.parse(planted)) if isinstance(node, KINDS))


def test_no_note_to_self_stands_without_an_issue():
    note = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|XX" r"X)\b(?!.*#\d+)")
    assert list(_matching(note, sources(*EVERYWHERE))) == []


def test_no_package_host_and_no_home_of_a_single_machine_is_written_down():
    host = r"py" r"pi\.(org|python)|python" r"hosted\.org|(extra-)?index-" r"url|find-" r"links"
    home = r"/ro" r"ot/|/ho" r"me/[a-z]|/wo" r"rk/|[A-Z]:\\Use" r"rs\\|/U" r"sers/[a-z]"
    texts = [path for path in committed_files() if path.suffix not in {".png", ".qm", ".ico"}]
    assert list(_matching(re.compile(f"{host}|{home}"), texts)) == []


def _found(look: Look, paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for node in _looked_at(path):
            if look(node):
                yield f"{name(path)}:{getattr(node, 'lineno', 0)}"


@functools.cache
def _looked_at(path: Path) -> list[ast.AST]:
    """The nodes of a file that any rule looks at, told apart once for all rules."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, KINDS)]


def _matching(pattern: re.Pattern[str], paths: list[Path]) -> Iterator[str]:
    for path in paths:
        text = path.read_bytes().decode("utf-8", "replace")
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                yield f"{name(path)}:{number}: {line.strip()[:80]}"
