"""Checks of what Qt told of itself from a process of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from desktop.diagnostics.doctor.finding import Finding, fail, fine, look, unknown

SLOW_MS = 300
REASON_CHARS = 200
LIBRARY = "libxcb-cursor"
"""What Qt's plugin for X lacks most often, and names as it fails."""
AWAY = "could not connect to display"
"""Said before the library, which Qt names then, too."""
DAEMONS = frozenset({"ibus-daemon", "fcitx", "fcitx5"})


class QtFacts(msgspec.Struct, frozen=True):
    """What the process told before it ended or was ended."""

    told: Mapping[str, Mapping[str, Any]]
    complaint: str = ""
    """What it wrote to standard error."""
    is_late: bool = False
    has_display: bool = True


def read_facts(out: bytes, complaint: bytes, *, is_late: bool, has_display: bool) -> QtFacts:
    """Return what the lines of the process tell; a line cut short is left out."""
    told: dict[str, Mapping[str, Any]] = {}
    for line in out.splitlines():
        try:
            told |= msgspec.json.decode(line, type=dict[str, dict[str, Any]])
        except msgspec.MsgspecError:
            continue
    text = complaint.decode("utf-8", "replace").strip()
    return QtFacts(told, text, is_late, has_display)


def _find_reason(text: str) -> str:
    """Return the line that names the plugin of which Qt complains, else the beginning."""
    named = (line for line in text.splitlines() if "plugin" in line)
    return " ".join(next(named, text).split())[:REASON_CHARS]


def check_qt(facts: QtFacts) -> Finding:
    """Return whether a window can be opened."""
    told = facts.told.get("platform")
    if told is None:
        if facts.is_late:
            return fail("qt", "late")
        if AWAY in facts.complaint:
            return fail("qt", "display")
        if LIBRARY in facts.complaint:
            return fail("qt", "library")
        return fail("qt", "fails", reason=_find_reason(facts.complaint) or "-")
    known = {name: told.get(name, "-") for name in ("name", "version", "size", "screens")}
    if not facts.has_display:
        return look("qt", "no_display", **known)
    return fine("qt", "runs", **known)


def check_fonts(facts: QtFacts) -> Finding:
    """Return whether Chinese can be read on the screen."""
    told = facts.told.get("fonts")
    if told is None and "input_method" in facts.told and not facts.is_late:
        return fail("fonts", "fatal")  # What is looked at after it was not reached.
    if told is None:
        return unknown("fonts", "no_qt")
    if told.get("missing"):
        return fail("fonts", "missing", count=told["missing"])
    return fine("fonts", "found", family=", ".join(map(str, told.get("families", ()))))


def check_rendering(facts: QtFacts) -> Finding:
    """Return whether what is painted can be seen, and soon."""
    told = facts.told.get("rendering")
    if told is None:
        return unknown("rendering", "no_qt")
    if not told.get("seen"):
        return fail("rendering", "blank")
    ms = int(told.get("ms", 0))
    return (look if ms > SLOW_MS else fine)("rendering", "slow" if ms > SLOW_MS else "fast", ms=ms)


def check_printer(facts: QtFacts) -> Finding:
    """Return whether something can be printed."""
    told = facts.told.get("printers")
    if told is None:
        return unknown("printer", "late" if facts.is_late else "no_qt")
    if not told.get("count"):
        return look("printer", "none")
    if not told.get("default"):
        return look("printer", "no_default", count=told["count"])
    return fine("printer", "found", count=told["count"])


def check_input_method(facts: QtFacts, programs: Collection[str]) -> Finding:
    """Return whether Chinese can be typed; `programs` are the names of those that run."""
    loaded = facts.told.get("input_method", {}).get("loaded")
    if loaded is None or not facts.has_display:
        return unknown("input_method", "no_qt" if facts.has_display else "no_display")
    running = sorted(DAEMONS.intersection(programs))
    if not facts.told["platform"].get("name", "").startswith("wayland"):
        if not set(loaded) - {"compose"}:
            if running:
                return look("input_method", "not_used", running=", ".join(running))
            return look("input_method", "not_set")
        if not running:
            return look("input_method", "not_running", loaded=", ".join(loaded))
    names = ", ".join([*loaded, *running]) or "wayland"
    return fine("input_method", "set", loaded=names)
