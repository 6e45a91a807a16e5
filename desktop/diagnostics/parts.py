"""The libraries this installation runs on, and the licence of each."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import msgspec

PROGRAM = "county-desk"
EXTRAS = ("server", "excel", "codes")
"""Optional parts of the program; of one that is not installed nothing is listed."""

UNNAMED = "OSI Approved"
"""Says that there is a licence, and not which."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


class Part(msgspec.Struct, frozen=True):
    """A library as it is installed here."""

    name: str
    version: str
    licence: str
    """In a word, as its own metadata says; empty where they say none."""


def list_parts(program: str = PROGRAM) -> tuple[Part, ...]:
    """Return the program, then the libraries that it needs and has, by name; Python's own not."""
    found: dict[str, Part] = {}
    waiting = _requirements(program, EXTRAS)
    while waiting:
        name = waiting.pop()
        if name not in found and name != program:
            try:
                found[name] = _describe(distribution(name))
            except PackageNotFoundError:
                continue  # Another system's, or of an optional part.
            waiting += _requirements(name)
    libraries = sorted(found.values(), key=lambda part: part.name.lower())
    return (_describe(distribution(program)), *libraries)


def _requirements(name: str, extras: tuple[str, ...] = ()) -> list[str]:
    lines = distribution(name).requires or []
    needed = []
    for line in lines:
        extra = EXTRA.search(line)
        match = NAME.match(line)
        if match and (extra is None or extra[1] in extras):
            needed.append(re.sub(r"[-_.]+", "-", match[0]).lower())
    return needed


def _describe(found: Distribution) -> Part:
    about = found.metadata
    exact, loose, classes = (
        [str(each) for each in about.get_all(name) or []]
        for name in ("License-Expression", "License", "Classifier")
    )
    told = loose[0].strip() if loose else ""
    classes = [each for each in classes if each.startswith("License ::")]
    named = ", ".join(dict.fromkeys(each.rpartition(":: ")[2] for each in classes))
    short = told if "\n" not in told and len(told) < 80 else ""
    word = exact[0] if exact else short or named
    return Part(about["Name"], found.version, "" if word == UNNAMED else word)
