"""Every bound on what strangers send stands in one table, with its reason."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from desktop.protocol import limits
from support.checkout import ROOT

TABLE = ROOT / "desktop" / "protocol" / "limits.py"
BOUND = re.compile(r"(MAX|MOST|LARGEST)_[A-Z_]+|[A-Z_]+_BYTES|[A-Z_]+_CHARS")
OTHERS = {
    "MAX_COMMANDS": "of a request of ours",
    "TAG_CHARS": "of a tag of ours",
    "NAME_BYTES": "the form of a frame",
    "MOST_KEY": "what a JSON number holds",
    "MOST_VERSION": "what a JSON number holds",
    "MOST_NUMBER": "what a JSON number holds",
    "MOST_ITEMS": "what a count of level 1 holds",
    "MOST_PARTS": "the form of a frame",
    "MOST_PLACES": "the form of a column",
    "MOST_DIGITS": "of a number a hint tells",
    "MOST_NAMED": "of the alarms an answer names",
    "MOST_EARLIER": "of our own openings",
    "MOST_TRIED": "of our own openings",
    "MAX_REDIRECTS": "steps, not bytes",
    "MAX_EMPTY_PAGES": "steps, not bytes",
    "MAX_AWAY": "steps, not bytes",
    "MAX_FAILURES": "steps, not bytes",
    "PROBE_BYTES": "what a probe asks for",
    "UNASKED_BYTES": "what a plan asks for",
    "CHUNK_BYTES": "read at once, of as much as may be",
    "SLICE_BYTES": "written at once",
    "REASON_CHARS": "of our own words",
}
"""Numbers in the readers that bound nothing a stranger sends, or are the form itself."""


def bounds_in(text: str) -> set[str]:
    """Names of bounds that a module sets to a number of its own."""
    found: set[str] = set()
    for node in ast.parse(text).body:
        if not isinstance(node, ast.Assign):
            continue
        parts = [each for target in node.targets for each in ast.walk(target)]
        names = {each.id for each in parts if isinstance(each, ast.Name)}
        if any(isinstance(each, ast.Constant) for each in ast.walk(node.value)):
            found |= {name for name in names if BOUND.fullmatch(name)}
    return found


def test_each_bound_has_its_reason():
    body = ast.parse(TABLE.read_text(encoding="utf-8")).body
    told = {
        node.targets[0].id
        for node, after in pairwise(body)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and len(str(after.value.value)) > 20
    }
    names = {name for name, value in vars(limits).items() if isinstance(value, int)}
    assert names - told == {"KILOBYTE", "MEGABYTE"}


def test_no_reader_has_a_bound_of_its_own():
    own: dict[str, set[str]] = {}
    for folder in ("connectors", "wire"):
        for path in sorted((ROOT / "desktop" / folder).rglob("*.py")):
            if found := bounds_in(path.read_text(encoding="utf-8")) - OTHERS.keys():
                own[path.name] = found
    assert own == {}


def test_a_bound_of_its_own_would_be_found():
    assert bounds_in("MOST_ROWS = 5\nTAIL_BYTES = 3 * KB\nSMALL = 3\nMAX_X = limits.X\n") == {
        "MOST_ROWS",
        "TAIL_BYTES",
    }
