"""The allow-list of the support bundle: what is not named here, and of this shape, stays behind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from desktop.diagnostics.crashes import CrashReport
from desktop.diagnostics.doctor.finding import Finding

HIDDEN = "…"
"""Stands for a value that stays behind."""

NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,3})?", re.ASCII)
LENGTH = re.compile(r"-?\d{1,13}", re.ASCII)
WORDS = re.compile(r"[A-Za-z0-9_ .,:;+×()<>=!%-]{1,80}|-", re.ASCII)
"""Words of the system, such as a package and its version."""
ZONE = re.compile(r"[A-Za-z]{1,20}(/[A-Za-z_]{1,20}){0,2}", re.ASCII)
LONG_NUMBER = re.compile(r"\d{7}", re.ASCII)
"""In words only a telephone number or an identity card has as many digits in a row."""
NUMBERS = {
    *(
        "count",
        "days",
        "delay",
        "errors",
        "fatal",
        "free_mb",
        "kbit",
        "least",
        "line",
        "mode",
        "ms",
        "process",
        "screens",
    ),
    *("seconds", "status"),
}
SYSTEM_WORDS = {
    *("county", "database", "family", "file_system", "here", "kind", "loaded", "name", "offset"),
    *("package", "program", "python", "qt", "running", "size", "version", "wanted"),
}
HOSTS = frozenset({"host", "address"})

LOG_FIELDS = {
    "at": re.compile(r"\d{4}-\d\d-\d\dT[0-9:+]{8,14}", re.ASCII),
    "level": re.compile(r"[A-Z]{4,8}", re.ASCII),
    "logger": re.compile(r"[a-z_0-9.]{1,80}", re.ASCII),
    "says": re.compile(r"[A-Za-z ,.:%'()\-_]{1,200}", re.ASCII),
    "code": re.compile(r"[A-Za-z_]{1,40}", re.ASCII),
    "count": NUMBER,
    "posture": re.compile(r"[a-z]{1,12}", re.ASCII),
    "error": re.compile(r"[A-Za-z_]{1,60}", re.ASCII),
}
ERROR = re.compile(r"[A-Za-z_ ]{1,60}", re.ASCII)
"""An exception's type, or the system's words for a fault."""
FRAME = re.compile(r"[A-Za-z0-9_<>.-]{1,60}:\d{1,6} [A-Za-z0-9_<>]{1,80}", re.ASCII)
"""`file.py:12 function`, without a folder: that would name the user."""


class Redaction:
    """Passes on what is allowed; sources are numbered in the profile's order."""

    def __init__(self, sources: Sequence[str], *, hosts: bool = False) -> None:
        """With `hosts` the names of servers are passed on, too."""
        self._numbers = {source: f"source-{n}" for n, source in enumerate(sources, 1)}
        self._hosts = hosts

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Return a finding without its words, which may hold anything."""
        details = {name: self._detail(name, value) for name, value in finding.details.items()}
        return {
            "check": finding.check,
            "result": str(finding.verdict),
            "code": finding.code,
            "details": details,
        }

    def _detail(self, name: str, value: str) -> str:
        if name == "source":
            return self._numbers.get(value, HIDDEN)
        if name in HOSTS and self._hosts:
            return _host(value)
        if name == "zone":
            return value if ZONE.fullmatch(value) else HIDDEN
        shape = NUMBER if name in NUMBERS else LENGTH if name.endswith("_ms") else WORDS
        if shape is WORDS and (name not in SYSTEM_WORDS or LONG_NUMBER.search(value)):
            return HIDDEN
        return value if shape.fullmatch(value) else HIDDEN

    def log_line(self, line: str) -> dict[str, Any] | None:
        """Return what is allowed of a line of the log; None for one that is none."""
        try:
            told = msgspec.json.decode(line)
        except msgspec.MsgspecError:
            return None
        return self.record(told) if isinstance(told, dict) else None

    def record(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return the allowed fields of a line of the log."""
        kept: dict[str, Any] = {
            name: told[name]
            for name, shape in LOG_FIELDS.items()
            if isinstance(told.get(name), str) and shape.fullmatch(told[name])
        }
        if "source" in told:
            kept["source"] = self._numbers.get(str(told["source"]), HIDDEN)
        frames = told.get("frames")
        if isinstance(frames, list):
            kept["frames"] = [each if is_frame(each) else HIDDEN for each in frames]
        return kept


def crash_record(report: CrashReport) -> dict[str, Any]:
    """Return what is allowed of a crash."""
    return {
        "error": report.error if ERROR.fullmatch(report.error) else HIDDEN,
        "frames": [each if is_frame(each) else HIDDEN for each in report.frames],
        "first_at": report.first_at,
        "last_at": report.last_at,
        "count": report.count,
        "version": report.version if WORDS.fullmatch(report.version) else HIDDEN,
        "is_fatal": report.is_fatal,
    }


def is_frame(text: object) -> bool:
    """Whether a text is a place in a program and nothing else."""
    return isinstance(text, str) and FRAME.fullmatch(text) is not None


def _host(value: str) -> str:
    """Return the host and port of an address or of a bare host."""
    try:
        parts = urlsplit(value if "//" in value else f"//{value}")
        host, port = parts.hostname or HIDDEN, parts.port
    except ValueError:
        return HIDDEN
    return f"{host}:{port}" if port else host
