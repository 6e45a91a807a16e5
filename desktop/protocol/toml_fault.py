"""Why a text is no TOML: where, at which key, and what may stand there."""

from __future__ import annotations

import re
from typing import NamedTuple

PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
KEY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*[=＝]")
LONG_TEXT = re.compile(
    r"""#[^\n]*|"{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|("{3}|'{3})"""
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""",
    re.DOTALL,
)
"""Remarks and whole texts, or else the quotes that begin a text of many lines without an end."""
FULL_WIDTH = dict(zip("“”‘’＝，［］｛｝＃", "\"\"''=,[]{}#", strict=True))
"""What a Chinese input method gives for signs of TOML."""

RULES = (
    (
        re.compile("Invalid value"),
        "a value is a text in quotes, a number, true, false, a [list] or a { table }",
    ),
    (re.compile("Expected '='"), "a key is followed by = and its value"),
    (re.compile("Expected ']]'"), "the closing ]] is missing"),
    (re.compile("Expected ']'"), "the closing ] is missing"),
    (re.compile("Expected newline"), "nothing but a # remark may follow the value"),
    (
        re.compile(r"Expected |Unterminated|(Illegal|Found invalid) character '\\n'"),
        "the closing quotation mark is missing",
    ),
    (re.compile("Illegal|Found invalid"), "a control character stands here"),
    (re.compile("Invalid statement"), "a line is key = value, a [table] or a # remark"),
    (re.compile("Invalid initial"), "a key is of letters, digits, - and _, or in quotes"),
    (re.compile("Unclosed array"), "the entries of [ ] are parted by commas, and ] ends them"),
    (
        re.compile("Unclosed inline"),
        "the entries of { } are parted by commas, and } ends them on the same line",
    ),
    (re.compile("Cannot overwrite|Duplicate"), "this key stands twice"),
    (re.compile("Cannot"), "this table stands twice"),
    (
        re.compile("Unescaped|Invalid hex|Escaped"),
        r"a \ in a text is written \\, or the text stands in single quotes",
    ),
    (re.compile("Invalid date"), "there is no such date or time"),
    (re.compile("Exceeds the limit"), "the number is too long"),
    (re.compile("maximum recursion"), "lists stand in lists too deep"),
)
"""How Python's messages begin, and what they mean to who wrote the text."""


class TomlFault(NamedTuple):
    """A fault of a text that is no TOML."""

    line: int
    column: int
    """0 where the line alone is known."""
    reason: str
    """Why, in English."""

    def at(self) -> str:
        """Return the place as `LINE:COLUMN`, or the line alone."""
        return f"{self.line}:{self.column}" if self.column else f"{self.line}"


def find_fault(error: Exception, text: str) -> TomlFault:
    """Return what Python's error says of a text."""
    found = PLACE.fullmatch(str(error))
    if found is None:
        return TomlFault(1, 0, f"is not TOML: {_explain(str(error))}")
    if found[2] is None:  # At the end of the text.
        number, column = text.count("\n", 0, _find_last(text)) + 1, 0
    else:
        number, column = int(found[2]), int(found[3])
    line = [*text.replace("\r\n", "\n").split("\n"), ""][number - 1]
    why = _explain(found[1], line[column - 1 :] if column else "")
    key = KEY.match(line)
    # Where a line is wrong from its very beginning, what stands further up has not ended.
    names_key = key is not None and (not column or column > key.start(1) + 1)
    reason = f"is not TOML at {key[1]}: {why}" if key and names_key else f"is not TOML: {why}"
    return TomlFault(number, column, reason)


def _find_last(text: str) -> int:
    """Return where the text begins that has no end, or else where all of it ends."""
    begun = (found.start(1) for found in LONG_TEXT.finditer(text) if found[1])
    return next(begun, len(text.rstrip()))


def _explain(message: str, rest: str = "") -> str:
    """Return what a message means, before the `rest` of its line."""
    if rest[:1] in FULL_WIDTH:
        return f"{rest[0]} is full-width: write {FULL_WIDTH[rest[0]]}"
    return next((words for begin, words in RULES if begin.match(message)), message)
