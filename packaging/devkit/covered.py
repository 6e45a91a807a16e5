"""Which statements of the files that must be fully covered the tests of the core do not run."""

from __future__ import annotations

import ast
import runpy
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # Not this folder, but the one above.

from devkit.place import ROOT

MUST_BE = ("desktop/protocol", "desktop/domain", "desktop/application/sync/exchange_planner.py")
"""What both ends agree on, the rules (those of the outbox among them), the exchange's planner."""

IN_ITS_OWN_PROCESS = ("desktop/protocol/process_memory.py",)
"""What it does to a process cannot be taken back, so its test gives it one."""

TESTS = ("tests/unit", "tests/integration", "tests/storage", "tests/contract")


def watched() -> list[Path]:
    """Every file that must be fully covered; one that is gone from the list's places fails."""
    found: list[Path] = []
    for each in MUST_BE:
        place = ROOT / each
        if not place.exists():
            raise SystemExit(f"{each} is to be fully covered, and there is no such thing")
        found += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    aside = [ROOT / each for each in IN_ITS_OWN_PROCESS]
    if strangers := [str(each) for each in aside if each not in found]:
        raise SystemExit(f"set aside, and not among what must be covered: {strangers}")
    return [each for each in found if each not in aside]


class Watch:
    """Keeps the lines that run in some files, on every thread, from `begin` to `end`."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.lines: dict[str, set[int]] = {str(path): set() for path in paths}

    def begin(self) -> None:
        threading.settrace(self._enter)
        sys.settrace(self._enter)

    def go_on(self) -> None:
        """Begin anew with each test: an error in the midst of a trace, as of a stack that is
        full, ends it without a word."""
        if sys.gettrace() is None:
            self.begin()

    def end(self) -> None:
        sys.settrace(None)
        threading.settrace(None)

    def _enter(self, frame: FrameType, event: str, told: Any) -> Any:
        if frame.f_code.co_filename not in self.lines:
            return None
        return self._line(frame, event, told)

    def _line(self, frame: FrameType, _event: str, _told: Any) -> Any:
        self.lines[frame.f_code.co_filename].add(frame.f_lineno)
        return self._line


def not_run(source: str, lines: set[int]) -> list[int]:
    """First lines of the statements of which nothing ran."""
    return [
        first
        for first, last in _statements(ast.parse(source).body)
        if not lines.intersection(range(first, last + 1))
    ]


def _statements(body: Sequence[ast.stmt]) -> Iterator[tuple[int, int]]:
    """First and last line of each statement's own part: of a compound one, of its head."""
    for node in body:
        if _says_nothing(node):
            continue
        bodies = [part for part in _bodies(node) if part]
        first = min((each.lineno for each in getattr(node, "decorator_list", ())), default=0)
        first = first or node.lineno
        if not isinstance(node, ast.Try):
            last = node.end_lineno or node.lineno
            yield first, max(first, bodies[0][0].lineno - 1) if bodies else last
        for part in bodies:
            yield from _statements(part)


def _bodies(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, ())
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body


def _says_nothing(node: ast.stmt) -> bool:
    """Whether there is nothing to run, or by its own words nothing that can come to be run."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return True
        case ast.Global() | ast.Nonlocal():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="AssertionError"))):
            return True
    return False


def told(lines: Mapping[str, set[int]]) -> list[str]:
    """One line for each statement that did not run, as an editor finds it."""
    return [
        f"{Path(name).relative_to(ROOT)}:{first}: no test of the core comes here"
        for name, ran in lines.items()
        for first in not_run(Path(name).read_text(encoding="utf-8"), ran)
    ]


def main(words: Sequence[str]) -> int:
    """Run the tests of the core watched; 1 when a statement was not run, or what pytest says."""
    watch = Watch(watched())
    plugin = ModuleType("watch_of_lines", "PYTEST_DONT_REWRITE")
    plugin.__dict__["pytest_runtest_setup"] = watch.go_on
    sys.modules[plugin.__name__] = plugin
    alone = ("-q", "-p", "no:xdist", "-p", plugin.__name__, "--timeout", "0")
    sys.argv[1:] = [*alone, *(words or TESTS)]
    watch.begin()
    try:
        runpy.run_module("pytest", run_name="__main__")
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        watch.end()
    missed = told(watch.lines)
    print(*missed, sep="\n")
    print(f"{len(watch.lines)} files to be fully covered, {len(missed)} statements not run")
    return status or int(bool(missed))


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT)]
    sys.exit(main(sys.argv[1:]))
