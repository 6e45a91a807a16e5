"""The versions of what the program stands on, against those it was made for."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from importlib.util import find_spec

from desktop.diagnostics.doctor.finding import Finding, fail, fine, unknown

OURS = "county-desk"
MODULES = {"pyside6-essentials": "PySide6", "apsw-sqlite3mc": "apsw"}
"""Modules whose name is not that of their package."""
_WANTED = re.compile(r"([A-Za-z0-9._-]+)\s*([^;]*)(?:;(.*))?")
_BOUND = re.compile(r"(>=|<)\s*([0-9.]+)")


def read_versions() -> dict[str, str]:
    """Return the versions that matter, by name; those that cannot be told are left out."""
    named = {"program": OURS, "qt": "PySide6-Essentials", "database": "apsw-sqlite3mc"}
    told = {"python": platform.python_version()}
    for name, package in named.items():
        version = _version_of(package)
        if version:
            told[name] = version
    return told


def check_versions(requires: Sequence[str] | None = None) -> Finding:
    """Return whether every package is there, in a version the program was made for."""
    try:
        wanted = metadata.requires(OURS) if requires is None else requires
    except metadata.PackageNotFoundError:
        return unknown("versions", "not_told")
    for package, text in _needs(wanted or ()):
        version = _version_of(package)
        if not version and not _is_there(package):
            return fail("versions", "absent", package=package)
        if version and not _is_within(version, text):
            return fail("versions", "unfit", package=package, version=version, wanted=text)
    return fine("versions", "fit", **{"qt": "-", "program": "-", **read_versions()})


def _needs(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield package and bounds of what is needed on this system without any extra."""
    for line in wanted:
        found = _WANTED.fullmatch(line)
        marker = (found[3] or "") if found else ""
        is_here = "sys_platform" not in marker or f"'{sys.platform}'" in marker.replace('"', "'")
        if found and "extra" not in marker and is_here:
            yield found[1], found[2].strip(" ()")


def _version_of(package: str, version: Callable[[str], str] = metadata.version) -> str:
    names = (package, package.removesuffix("-Essentials"), package.partition("-")[0])
    for name in names:
        try:
            return version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _is_there(package: str) -> bool:
    name = package.lower()
    return find_spec(MODULES.get(name, name.replace("-", "_"))) is not None


def _is_within(version: str, text: str) -> bool:
    at = _numbers(version)
    for sign, bound in _BOUND.findall(text):
        is_above = at >= _numbers(bound)
        if is_above != (sign == ">="):
            return False
    return True


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)[:3]]
