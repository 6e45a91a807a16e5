"""Profiles read from TOML: whole, or refused with every fault and its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from desktop.application import proxies
from desktop.application.budget.byte_budget import NO_LIMIT, Allowance
from desktop.application.i18n import LANGUAGES
from desktop.application.ports import Manifest, SourceSettings
from desktop.application.profile import (
    NAME,
    NO_SOURCE,
    POSTURES,
    SIGNALS,
    TABLES,
    TEXT_SIZES,
    THEMES,
    USUAL_SOUND,
    Faults,
    Profile,
    ProfileError,
    Sound,
)
from desktop.application.profile_sources import SourceReader
from desktop.application.wall_place import UNKNOWN_PLACE, WallPlace, read_wall_place, wall_faults
from desktop.domain.instant import TIME_OF_DAY, is_time_zone

ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
SWITCH = ("on", "off")
VERSION = 1
"""The form of profiles that this program reads; a file may say that it needs a newer one."""
LEAST_DAILY_BYTES = 1_000_000
"""Less would not carry the polls of a day, which go on whatever the budget says."""


def read_profile(path: Path, manifests: Mapping[str, Manifest]) -> Profile:
    """The profile in a file; raises ProfileError that names every faulty line."""
    try:
        # Some editors put a byte order mark before UTF-8; TOML knows none.
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ProfileError([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise ProfileError([f"{path}: is not UTF-8 text (byte {error.start})"]) from error
    return parse_profile(text, str(path), manifests)


def parse_profile(text: str, file: str, manifests: Mapping[str, Manifest]) -> Profile:
    """The profile in a text; `file` stands in its faults."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # Also a number without end, and nesting.
        from desktop.protocol.toml_fault import find_fault  # Seldom needed.

        fault = find_fault(error, text)
        raise ProfileError([f"{file}:{fault.at()}: {fault.reason}"]) from error
    return profile_of(table, file, manifests, text)


def profile_of(
    table: dict[str, Any], file: str, manifests: Mapping[str, Manifest], text: str = ""
) -> Profile:
    """The profile that a file's parsed `text` says, or one put together; raises ProfileError."""
    faults = Faults(file, text)
    reader = _Reader(faults, manifests)
    reader.check_version(table.get("version", VERSION))
    profile = reader.profile(table)
    if faults.found:
        raise ProfileError(faults.found)
    return msgspec.structs.replace(profile, table=table)


class _Reader:
    """Checks the tables of one parsed profile, and notes every fault."""

    def __init__(self, faults: Faults, manifests: Mapping[str, Manifest]) -> None:
        self._faults, self._fault = faults, faults.add
        self._sources = SourceReader(faults, manifests)

    def profile(self, table: dict[str, Any]) -> Profile:
        for name in table:
            if name not in (*TABLES, "version"):
                words = f"unknown table or key {name!r}; known: {', '.join(TABLES)}"
                self._fault("", 0, name, words)
        desk = table.get("desk", {})
        if not isinstance(desk, dict):
            self._fault("", 0, "desk", "[desk] must be a table")
            desk = {}
        tables = table.get("source", [])
        if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
            self._fault("", 0, "source", "write each source as a [[source]] table")
            tables = []
        if not tables:
            self._fault("", 0, "source", NO_SOURCE)
        allowance = self._link(table.get("link", {}))
        keys = self._keys(table.get("keys", {}))
        sources = [self._sources.read(index, source) for index, source in enumerate(tables)]
        wall = self._wall(table.get("wall", {}))
        sound = self._sound(table.get("sound", {}))
        frames = self._frames(table.get("frames", {}))
        found = tuple(s for s in sources if s is not None)
        read = self._desk(desk, found, allowance, wall)
        return msgspec.structs.replace(read, keys=keys, frames=frames, sound=sound)

    def check_version(self, version: Any) -> None:
        """Find a fault in the version; raises ProfileError for a newer program's file."""
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            self._fault("", 0, "version", "version must be a whole number")
        elif version > VERSION:
            words = f"of version {version}: a newer program made it; this one reads up to {VERSION}"
            self._fault("", 0, "version", words)
            raise ProfileError(self._faults.found, is_newer=True)

    def _keys(self, table: Any) -> dict[str, str]:
        if not isinstance(table, dict):
            self._fault("", 0, "keys", "[keys] must be a table")
            return {}
        for name, key in table.items():
            if not isinstance(key, str):
                self._fault("keys", 0, name, f'{name} must be a key such as "Ctrl+J", or ""')
        return {name: key for name, key in table.items() if isinstance(key, str)}

    def _wall(self, table: Any) -> WallPlace:
        if not isinstance(table, dict):
            self._fault("", 0, "wall", "[wall] must be a table")
            return UNKNOWN_PLACE
        wrong = list(wall_faults(table))
        for name, words in wrong:
            self._fault("wall", 0, name, words)
        return UNKNOWN_PLACE if wrong else read_wall_place(table)

    def _frames(self, table: Any) -> dict[str, Any]:
        if not table:
            return {}
        if not isinstance(table, dict):
            self._fault("frames", 0, "frames", "[frames] must be a table")
            return {}
        from desktop.application.frame_line import line_faults  # Few profiles have it.

        wrong = list(line_faults(table))
        for name, words in wrong:
            self._fault("frames", 0, name, words)
        return {} if wrong else table

    def _link(self, table: Any) -> Allowance:
        if not isinstance(table, dict):
            self._fault("", 0, "link", "[link] must be a table")
            return NO_LIMIT
        out = [each.name for each in proxies.SETTINGS]
        known = (*Allowance.__struct_fields__, *out)
        given = {name: table[name] for name in out if name in table}
        wrong = list(proxies.proxy_faults(given))
        for name, words in wrong:
            self._fault("link", 0, name, words)
        self._sources.way_out = {} if wrong else given
        for name in table:
            if name not in known:
                self._fault("link", 0, name, f"unknown key {name!r}; known: {', '.join(known)}")
        return Allowance(
            daily_bytes=self._whole(table, "daily_bytes", LEAST_DAILY_BYTES),
            originals_hours=self._hours("link", table, "originals_hours"),
            max_file_bytes=self._whole(table, "max_file_bytes", 1),
        )

    def _sound(self, table: Any) -> Sound:
        if not isinstance(table, dict):
            self._fault("", 0, "sound", "[sound] must be a table")
            return USUAL_SOUND
        known = Sound.__struct_fields__
        for name in table:
            if name not in known:
                self._fault("sound", 0, name, f"unknown key {name!r}; known: {', '.join(known)}")
        signals = table.get("signals", USUAL_SOUND.signals)
        if signals not in SIGNALS:
            words = f"signals must be one of {', '.join(SIGNALS)}, not {signals!r}"
            self._fault("sound", 0, "signals", words)
        return Sound(signals, self._hours("sound", table, "quiet_hours"))

    def _hours(self, of: str, table: dict[str, Any], name: str) -> tuple[str, str] | None:
        hours = table.get(name)
        if hours is None:
            return None
        if (
            isinstance(hours, list)
            and len(hours) == 2
            and all(isinstance(hour, str) and TIME_OF_DAY.fullmatch(hour) for hour in hours)
            and hours[0] != hours[1]
        ):
            return hours[0], hours[1]
        words = f'{name} must be two different times such as ["22:00", "06:00"]'
        self._fault(of, 0, name, words)
        return None

    def _whole(self, table: dict[str, Any], name: str, least: int) -> int | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._fault("link", 0, name, f"{name} must be a whole number of at least {least}")
            return None
        return value

    def _desk(
        self,
        desk: dict[str, Any],
        sources: tuple[SourceSettings, ...],
        allowance: Allowance,
        wall: WallPlace,
    ) -> Profile:
        others = ("sources", "link", "sound", "wall", "frames", "keys", "table")
        known = [f for f in Profile.__struct_fields__ if f not in others]
        for name in desk:
            if name not in known:
                self._fault("desk", 0, name, f"unknown key {name!r}; known: {', '.join(known)}")
        given: dict[str, Any] = {
            name: desk[name] for name in known if name in desk and name not in ("title", "name")
        }
        for name, value in list(given.items()):
            if not isinstance(value, str):
                self._fault("desk", 0, name, f"{name} must be text")
                del given[name]
        self._one_of(given, "language", LANGUAGES)
        self._one_of(given, "theme", THEMES)
        self._one_of(given, "text_size", TEXT_SIZES)
        self._one_of(given, "posture", POSTURES)
        self._one_of(given, "single_keys", SWITCH)
        self._check_texts(given)
        stem = Path(self._faults.file).stem.lower()
        name = desk.get("name", re.sub(r"[^a-z0-9_-]", "-", stem) or "desk")
        if not isinstance(name, str) or not NAME.fullmatch(name.lstrip("-_") or "!"):
            self._fault("desk", 0, "name", "name must be lower-case letters, digits, - and _")
            name = "desk"
        title = self._faults.read_text("desk", 0, "title", desk.get("title", ""))
        own = (name.lstrip("-_"), title, sources)
        return Profile(*own, link=allowance, wall=wall, **given)

    def _check_texts(self, given: dict[str, Any]) -> None:
        """Tell the faults of texts of a form of their own; an account without it is left out."""
        if "timezone" in given and not is_time_zone(given["timezone"]):
            self._fault("desk", 0, "timezone", f"no such time zone: {given['timezone']}")
        if "day_begins" in given and not TIME_OF_DAY.fullmatch(given["day_begins"]):
            self._fault("desk", 0, "day_begins", "day_begins must be a time such as 08:30")
        if "account" in given and not ACCOUNT.fullmatch(given["account"] or "0"):
            words = "account must be lower-case letters, digits, ., - and _"
            self._fault("desk", 0, "account", words)
            given["account"] = ""

    def _one_of(self, given: dict[str, Any], name: str, allowed: tuple[str, ...]) -> None:
        if name in given and given[name] not in allowed:
            words = ", ".join(allowed)
            self._fault("desk", 0, name, f"{name} must be one of {words}, not {given[name]!r}")
