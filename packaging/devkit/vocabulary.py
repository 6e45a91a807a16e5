"""The words of the code: functions are verbs, and names that were given up do not come back.

`vocabulary.toml` beside this file holds the names that were given up with what took their place,
and the names that are let pass. One that is let pass without need fails too.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from devkit.place import ROOT

TABLE = Path(__file__).with_name("vocabulary.toml")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Breach(NamedTuple):
    """A name that is not to be: where it is defined, and why not."""

    place: str
    line: int
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: {self.name} {self.why}"


def check() -> int:
    """1 when a name breaks the vocabulary, or one is let pass without need; each is printed."""
    breaches, needless = judge(ROOT / "desktop", tomllib.loads(TABLE.read_text(encoding="utf-8")))
    for breach in breaches:
        print(breach)
    for place, name in needless:
        print(f"{TABLE.name}: {place} no longer needs its exemption for {name}")
    return int(bool(breaches or needless))


def judge(folder: Path, table: dict[str, Any]) -> tuple[list[Breach], list[tuple[str, str]]]:
    """The names in a folder's modules that the table does not let pass, and its needless passes."""
    words = Words(table["retired"], frozenset(table["irregular"].split()))
    found = [
        breach
        for path in sorted(folder.rglob("*.py"))
        for breach in words.find(path.relative_to(folder), ast.parse(path.read_bytes()))
    ]
    passes = {(place, name) for place, names in table["exempt"].items() for name in names}
    needed = {(breach.place, breach.name) for breach in found}
    return [each for each in found if (each.place, each.name) not in passes], sorted(
        passes - needed
    )


@dataclass(frozen=True)
class Words:
    """What names are measured by."""

    retired: dict[str, dict[str, str]]
    """By area, the first folder of `desktop`, the names given up and what took their place.

    Those under "everywhere" hold for functions too: an area's are for modules and classes.
    """
    irregular: frozenset[str]
    """Participles that do not end in -ed."""

    def find(self, place: Path, tree: ast.Module) -> Iterator[Breach]:
        """The breaches of one module of `desktop`."""
        everywhere, area = self.retired["everywhere"], self.retired.get(place.parts[0], {})
        where = place.as_posix()
        stem = place.stem if place.stem != "__init__" else place.parent.name
        if new := {**everywhere, **area}.get(stem):
            yield Breach(where, 1, stem, f"was given up for {new}")
        for node in ast.walk(tree):
            if not isinstance(node, Definition):
                continue
            bare = node.name.lstrip("_")
            given_up = {**everywhere, **area} if isinstance(node, ast.ClassDef) else everywhere
            if new := given_up.get(bare):
                yield Breach(where, node.lineno, node.name, f"was given up for {new}")
            elif self.is_participle(node):
                yield Breach(where, node.lineno, node.name, "is a participle: functions are verbs")

    def is_participle(self, node: Definition) -> bool:
        """Whether it is a function, not a property, whose name begins with a past participle."""
        if isinstance(node, ast.ClassDef) or any(map(_is_property, node.decorator_list)):
            return False
        first = node.name.lstrip("_").partition("_")[0]
        return first in self.irregular or re.search(r"..(?<!e)ed$", first) is not None


def _is_property(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).partition("(")[0].endswith("property")
