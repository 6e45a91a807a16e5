"""The list of mutants, and how one takes a rule out of the running program.

Whatever a mutant changes must be there: a name that is gone fails loudly when it is entered.
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

Mutant = Callable[[], AbstractContextManager[None]]
MUTANTS: dict[str, Mutant] = {}
"""By their names in plain words."""
HINTS: dict[str, tuple[str, ...]] = {}
"""Acts of the catalogue, by name, in which some mutants show: without them they take long."""
WITHOUT: dict[str, tuple[str, ...]] = {}
"""Acts that may not happen under some: where a second line of defence is off with the first, what
needs the second alone would show in its stead."""
WORDS: dict[str, tuple[str, ...]] = {}
"""What must be said against some, each by a part of it: other words may blame an aftermath."""
CALLS: Counter[str] = Counter()
"""How often what each changed was called while it was at work."""
BROKEN: list[str] = []
"""Mistakes of mutants themselves: what such a one is blamed for proves nothing."""
PRODUCT = ("desktop.", "simulation.server")
HERE = str(Path(__file__).parent)


class _AtWork:
    name = ""
    watched = False
    """Whether what mutants would change is only counted."""


def mutant(
    name: str, *shows_in: str, without: tuple[str, ...] = (), says: tuple[str, ...] = ()
) -> Callable[[Callable[[], Iterator[None]]], Mutant]:
    """Put a generator into the list under that name, as a context manager.

    With `says` it is dead once a fault is found that has one of these in it.
    """

    def put(made: Callable[[], Iterator[None]]) -> Mutant:
        if name in MUTANTS:
            raise ValueError(f"two mutants are called {name}")
        entered = contextmanager(made)

        @contextmanager
        def at_work() -> Iterator[None]:
            _AtWork.name = name
            try:
                with entered():
                    yield
            finally:
                _AtWork.name = ""

        at_work.__doc__ = made.__doc__
        MUTANTS[name], HINTS[name], WITHOUT[name] = at_work, shows_in, without
        WORDS[name] = says
        return at_work

    return put


@contextmanager
def watching() -> Iterator[None]:
    """Have mutants count the calls of what they would change, and leave it as it is."""
    _AtWork.watched = True
    try:
        yield
    finally:
        _AtWork.watched = False


def counted(before: Any, by: Callable[..., Any]) -> Callable[..., Any]:
    """A function in the place of another, which it is given first; each call is counted."""
    name, watched = _AtWork.name, _AtWork.watched

    def instead(*given: Any, **named: Any) -> Any:
        CALLS[name] += 1
        if watched:
            return before(*given, **named)
        try:
            return by(before, *given, **named)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            if last.filename.startswith(HERE):
                BROKEN.append(f"{type(error).__name__}: {error} at {last.name}:{last.lineno}")
            raise

    instead.first = _first(before)  # type: ignore[attr-defined]
    return instead


def _first(function: Any) -> Any:
    """The product's own function under what other mutants have put in its place."""
    return getattr(function, "first", function)


def swapped(where: Any, name: str, by: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Have a function or method be another one there, and nowhere else."""
    return patch.object(where, name, counted(getattr(where, name), by))


@contextmanager
def swapped_everywhere(where: ModuleType, name: str, by: Callable[..., Any]) -> Iterator[None]:
    """Have a function be another one in every module of the product that has imported it, and
    in the simulation's server, which stands before the product's own.
    """
    before = _first(getattr(where, name))
    with ExitStack() as stack:
        for module in [m for n, m in sys.modules.items() if n.startswith(PRODUCT)]:
            for known in [n for n, v in vars(module).items() if _first(v) is before]:
                stack.enter_context(swapped(module, known, by))
        yield


def read_as(where: type, name: str, by: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Have a property be read otherwise; `by` gets what it was read as and the object."""
    reads = vars(where)[name].fget
    instead = counted(reads, lambda before, self: by(before(self), self))
    return patch.object(where, name, property(instead))


def nothing(*_: Any, **__: Any) -> None:
    """What is no longer done."""
