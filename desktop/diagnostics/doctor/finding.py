"""What one check found."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from desktop.domain.source import Problem


class Verdict(StrEnum):
    """How a check came out."""

    FINE = "fine"
    LOOK = "look"  # it works, but not as it should
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Finding(msgspec.Struct, frozen=True):
    """One check's result; its words are in `resources/i18n/doctor.toml`, else a problem's."""

    check: str
    verdict: Verdict
    code: str
    details: Mapping[str, str] = {}


def fine(check: str, code: str, **details: object) -> Finding:
    """Return that all is well."""
    return _find(check, Verdict.FINE, code, details)


def look(check: str, code: str, **details: object) -> Finding:
    """Return that it works, but somebody should look at it."""
    return _find(check, Verdict.LOOK, code, details)


def fail(check: str, code: str, **details: object) -> Finding:
    """Return that something does not work."""
    return _find(check, Verdict.BROKEN, code, details)


def unknown(check: str, code: str, **details: object) -> Finding:
    """Return that it could not be told."""
    return _find(check, Verdict.UNKNOWN, code, details)


def of_problem(check: str, verdict: Verdict, problem: Problem, **details: object) -> Finding:
    """Return a problem that another part of the program has words for."""
    return _find(check, verdict, problem.code, {**problem.details, **details})


def _find(check: str, verdict: Verdict, code: str, details: Mapping[str, object]) -> Finding:
    return Finding(check, verdict, code, {name: str(value) for name, value in details.items()})
