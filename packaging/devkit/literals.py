"""The texts for translation that stand in Python sources, read from the syntax tree.

lupdate's own reading of Python loses `translate(…, n=n)` and `len(…)` as a count and
mistakes plurals for plain texts, silently. So the tree is read here, and lupdate is
given a stand-in file of canonical calls and does what it does well: merging.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_MARKERS = {"tr", "translate", "QT_TRANSLATE_NOOP"}
_OWNERS = {"QCoreApplication", "QApplication", "QGuiApplication", "QtCore"}
"""Whose `translate` it is; a painter and a string have one of their own."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One text: its context, itself, what tells it from a twin, and whether it counts."""

    context: str
    source: str
    comment: str
    plural: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A call whose text is not a literal, so that no translation would ever be found."""

    path: Path
    line: int


def read(paths: Iterable[Path]) -> tuple[list[Literal], list[Unreadable]]:
    """Every distinct text in order of appearance, and the calls that cannot be read."""
    found: dict[Literal, None] = {}
    unreadable = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        # Texts marked beforehand are rightly looked up by a variable.
        marked_before = "QT_TRANSLATE_NOOP" in text
        for call, owner, function in _calls(ast.parse(text, str(path))):
            literal = _literal(call, owner)
            if literal is not None:
                found[literal] = None
            elif not marked_before and function not in _MARKERS:
                unreadable.append(Unreadable(path, call.lineno))
    return list(found), unreadable


def stand_in(literals: Iterable[Literal]) -> str:
    """A Python file in which lupdate finds exactly these texts."""
    lines = ["from PySide6.QtCore import QCoreApplication"]
    for item in literals:
        words = [_quoted(item.context), _quoted(item.source)]
        if item.comment or item.plural:
            words.append(_quoted(item.comment) if item.comment else "None")
        if item.plural:
            words.append("1")
        lines.append(f"QCoreApplication.translate({', '.join(words)})")
    return "\n".join(lines) + "\n"


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Each marker call with the class and the function it stands in."""
    pending: list[tuple[ast.AST, str, str]] = [(tree, "", "")]
    while pending:
        node, owner, function = pending.pop()
        if isinstance(node, ast.ClassDef):
            owner = node.name
        elif isinstance(node, ast.FunctionDef):
            function = node.name
        elif isinstance(node, ast.Call) and _name(node.func) in _MARKERS:
            yield node, owner, function
        children = list(ast.iter_child_nodes(node))
        pending.extend((child, owner, function) for child in reversed(children))


def _name(func: ast.expr) -> str:
    if isinstance(func, ast.Attribute):
        ours = func.attr != "translate" or ast.unparse(func.value).split(".")[-1] in _OWNERS
        return func.attr if ours else ""
    return func.id if isinstance(func, ast.Name) else ""


def _literal(call: ast.Call, owner: str) -> Literal | None:
    """The text of a call, or None when it is put together as the program runs."""
    names = ["context", "sourceText", "disambiguation", "n"]
    given: dict[str, ast.expr] = {}
    if _name(call.func) == "tr":
        given["context"] = ast.Constant(owner)
        names = names[1:]
    given.update(zip(names, call.args, strict=False))
    given.update({word.arg: word.value for word in call.keywords if word.arg})
    texts = [given.get(name, ast.Constant("")) for name in ("context", "sourceText")]
    comment = given.get("disambiguation", ast.Constant(""))
    values = [item.value for item in (*texts, comment) if isinstance(item, ast.Constant)]
    if len(values) != 3 or not all(isinstance(value, str) and value for value in values[:2]):
        return None
    return Literal(str(values[0]), str(values[1]), str(values[2] or ""), "n" in given)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
