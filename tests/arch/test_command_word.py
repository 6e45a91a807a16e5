"""What an officer submits is a command: an order is a work order (工单), or a sort order."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.command import CommandKind
from support.checkout import ROOT, committed_files, name, sources

KINDS = "|".join(kind.value for kind in CommandKind)

ENDS = "sent|stored|submitted|refused|accepted|answered|withdrawn|held"
SENDS = r"giv(?:es?|en|ing)|submit\w*|send\w*|sent|stor(?:es?|ed)|withdr[ae]w\w*|cancel\w*"
REFUSED = (
    # Several of them: what is sorted has one order.
    r"(?<!work )\b[Oo]rders\b",
    # One of them: what is sorted stands *in* an order, or in the order *of* something.
    r"(?<!in )\b(?:[Aa]n|[Ee]ach|[Ee]very|[Nn]o|[Aa]nother|[Yy]our) order\b(?! (?:in|of|check)\b)",
    rf"\b(?:{SENDS}) (?:the|this|one|his) order\b(?! (?:in|of)\b)",
    rf"\border (?:is|was|has been) (?:{ENDS})\b",
    r"\border,? (?:edited|on the row)\b",
    # What somebody does.
    r"(?<![-\w])[Oo]rdered\b(?! by\b)",
    r"(?<!the )(?<!in )(?<!which )(?<!own )\b[Oo]rder (?:it|something|nothing|them|anything|an?)\b",
    r"^Order (?:the|this|that)\b",
    # On the command line.
    rf"county-desk order\b|\border (?:--\w|KIND\b|(?:{KINDS})\b)",
    # All there is of a heading or a button.
    r"(?:^|>)Order(?:$|<)",
)
REFUSED_TEXT = re.compile("|".join(REFUSED).replace(" ", r"\s"), re.MULTILINE)
"""Also across the end of a line."""
REFUSED_NAME = re.compile(r"(?:\w*_|^)[Oo]rders(?:_\w*|$)|Orders|^Order$")
REFUSED_FUNCTION = re.compile(r"^_*(?:(?:give|submit|cancel|withdraw|store)_(?:an?_|the_)?)?order$")
REFUSED_ATTRIBUTE = re.compile(r"^_*ordered$")

DOCUMENTS = (".md", ".toml", ".json", ".ts", ".sql")


def test_no_text_of_the_product_calls_a_command_an_order() -> None:
    documents = [p for p in committed_files() if p.suffix in DOCUMENTS and not _is_tests(p)]
    assert [found for path in documents for found in _in_text(path)] == []


def test_no_comment_text_or_name_in_the_code_calls_a_command_an_order() -> None:
    code = [path for path in sources("desktop", "packaging", "tests") if path != Path(__file__)]
    assert [found for path in code for found in _in_code(path)] == []


def test_no_file_is_named_for_orders() -> None:
    assert [name(path) for path in committed_files() if re.search("orders", path.name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Nothing has been ordered from this computer.",
        "What you just ordered was not stored.",
        "One program at a time uses its data, so that no order is doubled or lost.",
        "Orders and changes go on.",
        "Data and orders waiting to be sent are safe.",
        "Why a command waits stands in `order --sync`.",
        "`order acknowledge` finds alarms by itself.",
        "| `county-desk order KIND TARGET` |",
        "Order something; durable on return.",
        "Order the note; the draft goes.",
        "The same order on the row as the county has it now.",
        "The officer gives the order once.",
        "The order is stored before it is sent.",
        "        <source>Order</source>",
        "An officer submits an order.",
        "A draft is kept, so that no\norder is lost.",
    ],
)
def test_an_order_that_is_a_command_is_found(text: str) -> None:
    assert REFUSED_TEXT.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "12345 work orders to assign; work order ends in 7",
        "Commands without a final answer, in the order to offer them.",
        "Collections by name, in the order a snapshot gives what is not critical.",
        "Every rule tried on one server, in an order in which the first cause fails first.",
        "They come in no order; in order to be read, they are sorted, each in its own order.",
        "Send this one last; the order on one row is kept.",
        "SELECT key FROM rows ORDER BY key",
        "A byte order mark, a border, a reordered list, a commit-ordered sequence.",
        "What is closed is ordered by time alone.",
        "%n more source(s) not in order",
        "The newest order may come in again; this order is the one of the clicks.",
        "One thread gives that order without a lock.",
        "order = 3",
    ],
)
def test_an_order_of_another_kind_is_none(text: str) -> None:
    assert REFUSED_TEXT.search(text) is None


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("class Orders: ...", ["Orders"]),
        ("class Order: ...", ["Order"]),
        ("def f(orders): ...", ["orders"]),
        ("self._orders.submit()", ["_orders"]),
        ("from desktop.conformance.orders import PATH", ["orders"]),
        ("def _order(desk): ...", ["_order"]),
        ("def give_order(desk): ...", ["give_order"]),
        ("self._ordered.add(key)", ["_ordered"]),
        ("ordered = sorted(rows)", []),
        ("def in_order(rows): ...", []),
        ("def send_order(records): ...", []),
        ("def set_order(order): ...", []),
        ("from collections import OrderedDict", []),
    ],
)
def test_a_name_that_makes_a_command_an_order_is_found(code: str, found: list[str]) -> None:
    assert list(_refused_names(ast.parse(code))) == found


def _is_tests(path: Path) -> bool:
    return path.is_relative_to(ROOT / "tests")


def _in_text(path: Path) -> Iterator[str]:
    """The refused words of a document, with their lines."""
    return _found(name(path), path.read_text(encoding="utf-8"), 1)


def _found(where: str, text: str, line: int) -> Iterator[str]:
    flush = re.sub(r"\n[ \t#>*-]+", "\n", text)
    for found in REFUSED_TEXT.finditer(flush):
        around = flush[max(0, found.start() - 30) : found.end() + 30]
        yield f"{where}:{line + flush[: found.start()].count(chr(10))}: {around!r}"


def _in_code(path: Path) -> Iterator[str]:
    """The refused words of its comments and strings, and its refused names."""
    source = path.read_text(encoding="utf-8")
    if "order" not in source.lower():
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING, FSTRING_MIDDLE):
            yield from _found(name(path), token.string.strip("\"'# "), token.start[0])
    for refused in _refused_names(ast.parse(source)):
        yield f"{name(path)}: the name {refused}"


FSTRING_MIDDLE = getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)
"""What stands between the braces' holes, where Python reads such a string in parts (from 3.12)."""


def _refused_names(code: ast.AST) -> Iterator[str]:
    for node in ast.walk(code):
        for each in _names(node):
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            is_attribute = isinstance(node, ast.Attribute)
            if (
                REFUSED_NAME.search(each)
                or (is_function and REFUSED_FUNCTION.search(each))
                or (is_attribute and REFUSED_ATTRIBUTE.search(each))
            ):
                yield each


def _names(node: ast.AST) -> list[str]:
    """The names that this node brings or uses."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Name():
            return [node.id]
        case ast.Attribute():
            return [node.attr]
        case ast.arg():
            return [node.arg]
        case ast.alias():
            return [*node.name.split("."), *([node.asname] if node.asname else [])]
        case ast.ImportFrom():
            return (node.module or "").split(".")
        case _:
            return []
