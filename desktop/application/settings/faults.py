"""Faults of a profile, as they are told one by one."""

from __future__ import annotations

import re

import msgspec

FAULT = re.compile(r"(?::(\d+)(?::\d+)?)?: (.*)", re.DOTALL)


class Fault(msgspec.Struct, frozen=True):
    """A fault of a profile: its line, and why in English, as `Words.reason` translates."""

    line: int
    reason: str


def read_fault(told: str, file: str) -> Fault:
    """Return a fault of this file from its words, `FILE:LINE: words` or `FILE: words`."""
    found = FAULT.fullmatch(told.removeprefix(file))
    return Fault(1, told) if found is None else Fault(int(found[1] or 1), found[2])
