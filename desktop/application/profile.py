"""Profiles: which sources one desk shows, and how; what is wrong with one is said by the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.application.budget.byte_budget import NO_LIMIT, Allowance, within_hours
from desktop.application.ports import SourceSettings
from desktop.application.wall_place import UNKNOWN_PLACE, WallPlace
from desktop.domain.localized_text import Text

THEMES = ("light", "dark")
POSTURES = ("desk", "wall", "township")
TEXT_SIZES = ("100", "125", "150", "175", "200")
TABLES = ("desk", "sound", "keys", "link", "wall", "frames", "source")
SOURCE_FIELDS = ("id", "kind", "title", "expected_period_s")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
NO_SOURCE = "no [[source]]: the pane would have nothing to show; one has id, kind and url"


OVER = "over_"
"""Begins the name under which is kept what the profile said as something else was chosen."""
ALL, GRAVE = "all", "grave"
SIGNALS = (ALL, GRAVE)


class ProfileError(Exception):
    """A profile that cannot be used, or `is_newer`; its faults, each as `FILE:LINE: words`."""

    def __init__(self, faults: list[str], *, is_newer: bool = False) -> None:
        super().__init__("\n".join(faults))
        self.faults, self.is_newer = faults, is_newer


class Sound(msgspec.Struct, frozen=True):
    """When something new is heard; what is grave always is."""

    signals: str = ALL
    """`all`, or `grave` for nothing else at any time."""
    quiet_hours: tuple[str, str] | None = None
    """Local times between which only grave matters are heard."""

    def lets(self, local: str, *, is_grave: bool) -> bool:
        """Whether something new is to be heard at a local time such as `03:15`."""
        if is_grave:
            return True
        is_quiet = self.quiet_hours is not None and within_hours(local, self.quiet_hours)
        return self.signals == ALL and not is_quiet


USUAL_SOUND = Sound()


class Profile(msgspec.Struct, frozen=True):
    """One desk's set-up."""

    name: str
    """Names the desk's folder: the file's stem, or `[desk] name`."""
    title: Text
    sources: tuple[SourceSettings, ...]
    language: str = "zh_CN"
    theme: str = "light"
    officer: str = ""
    posture: str = "desk"
    """What opens when no command says so: the desk, the wall or the township office."""
    township: str = ""
    """Id of the township whose office this is; empty until its clerk picks it."""
    timezone: str = "Asia/Shanghai"
    day_begins: str = "00:00"
    """Local time at which a duty day begins, for "today" figures."""
    account: str = ""
    """Account of the desk's user, where several share a computer; empty where none do."""
    link: Allowance = NO_LIMIT
    sound: Sound = USUAL_SOUND
    wall: WallPlace = UNKNOWN_PLACE
    frames: dict[str, Any] = {}
    """The table `[frames]`, checked: `frame_line.read_line` reads it."""
    text_size: str = "100"
    """How large everything is drawn, in per cent; a wall goes by its seats."""
    single_keys: str = "on"
    """Whether commands of a single letter are on, until the officer switches them."""
    keys: dict[str, str] = {}
    """Other keys than the usual ones by the name of their action; empty for none."""
    table: dict[str, Any] = {}
    """The whole of its file as TOML gives it."""

    @property
    def counties(self) -> tuple[str, ...]:
        """Ids of the sources that are a county's platform, in the profile's order."""
        return tuple(each.id for each in self.sources if each.kind == "county")

    @property
    def only_county(self) -> str | None:
        """Id of the county's platform; None where there is none, or several."""
        return self.counties[0] if len(self.counties) == 1 else None

    @property
    def place(self) -> str:
        """Name of the desk's folder and of its secrets: no two accounts share it."""
        return f"{self.name}@{self.account}" if self.account else self.name


def drop_outdated(found: Mapping[str, str], of_profile: Mapping[str, str]) -> dict[str, str]:
    """Return the choices of a window but those made before the profile said something else."""
    outdated = {n for n, said in of_profile.items() if found.get(OVER + n, said) != said}
    return {n: v for n, v in found.items() if n not in outdated and not n.startswith(OVER)}


class Look(msgspec.Struct, frozen=True):
    """How a window is drawn before there is a desk."""

    posture: str = "desk"
    theme: str = "light"


USUAL_LOOK = Look()


class Faults:
    """The faults of one profile's text, with their lines."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.found: list[str] = []
        """Each as `FILE:LINE: words`."""
        self._lines = text.split("\n")

    def add(self, table: str, index: int, name: str, words: str) -> None:
        """Note a fault of a key in a table, of the `index`-th such table; in none if empty."""
        self.found.append(f"{self.file}:{self._line(table, index, name)}: {words}")

    def read_text(self, table: str, index: int, name: str, value: Any) -> Text:
        """Return the text that a value says, in one language or both; of a faulty one, none."""
        if isinstance(value, str):
            return Text(value, "")
        if (
            isinstance(value, dict)
            and set(value) <= {"zh", "en"}
            and all(isinstance(v, str) for v in value.values())
        ):
            return Text(value.get("zh", ""), value.get("en", ""))
        self.add(table, index, name, f'{name} must be text or {{ zh = "…", en = "…" }}')
        return Text()

    def _line(self, table: str, index: int, name: str) -> int:
        """The line of a key, or of its table's head when the key is not written."""
        heads = {name: f"[{name}]" for name in TABLES} | {"source": "[[source]]"}
        start, met = 0, -1
        if table:
            for number, line in enumerate(self._lines):
                if line.split("#")[0].strip().replace(" ", "") == heads[table]:
                    met += 1
                    if met == index:
                        start = number
                        break
        key = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[.=]|\s*\[+\s*{re.escape(name)}\b")
        for number in range(start, len(self._lines)):
            line = self._lines[number]
            if number > start and table and line.lstrip().startswith("["):
                break
            if key.match(line):
                return number + 1
        return start + 1
