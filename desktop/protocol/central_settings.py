"""What a county may set for all its desks: each setting with its type, and who has the last word.

Not in it, and so never set from afar: addresses and logins of any kind, proxies, what names a desk
or a person, and ways that belong to one computer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from desktop.protocol.limits import SETTINGS_SOURCES

FORM = 2
"""The newest form of central settings that this program knows; a new setting makes a new form."""
PLACE = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


class CentralSetting(NamedTuple):
    """One setting that a county may give a value."""

    table: str
    name: str
    kind: str
    """`text`, `whole`, `number`, `both` (text in two languages) or `list`."""
    may_be_fixed: bool = True
    """False for what a person needs for eyes, ears and hands: the county only says where it
    begins."""
    form: int = 1

    @property
    def place(self) -> str:
        """Its name among all: `link.daily_bytes`."""
        return f"{self.table}.{self.name}"


CENTRAL = (
    CentralSetting("desk", "title", "both"),
    CentralSetting("desk", "timezone", "text"),
    CentralSetting("desk", "day_begins", "text"),
    CentralSetting("desk", "language", "text", may_be_fixed=False),
    CentralSetting("desk", "theme", "text", may_be_fixed=False),
    CentralSetting("desk", "text_size", "text", may_be_fixed=False),
    CentralSetting("desk", "single_keys", "text", may_be_fixed=False),
    CentralSetting("sound", "signals", "text", may_be_fixed=False, form=2),
    CentralSetting("sound", "quiet_hours", "list", form=2),
    CentralSetting("link", "daily_bytes", "whole"),
    CentralSetting("link", "originals_hours", "list"),
    CentralSetting("link", "max_file_bytes", "whole"),
    CentralSetting("wall", "distance_m", "number"),
    CentralSetting("wall", "height_m", "number"),
    CentralSetting("wall", "shifts", "list"),
)
TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "whole": (int,),
    "number": (int, float),
    "both": (str, dict),
    "list": (list,),
}
SOURCE_KINDS = ("cap",)
"""Kinds of sources that a county may add: those that anybody may read without a login."""
SOURCE_SETTINGS = ("id", "kind", "title", "expected_period_s", "feeds")
"""What may be said of one; its login is none, and no token goes there."""
BY_PLACE = {each.place: each for each in CENTRAL}


def find_faults(
    settings: Mapping[str, Any], fixed: tuple[str, ...], sources: tuple[Any, ...]
) -> Iterator[str]:
    """Yield why a group's names and types cannot be used, in English; its values are for a desk."""
    for table, values in settings.items():
        for name, value in values.items():
            yield from _value_faults(f"{table}.{name}", value)
    for place in fixed:
        table, _, name = place.partition(".")
        known = BY_PLACE.get(place)
        if known is None or name not in settings.get(table, {}):
            yield f"{place} is fixed, but is not set here"
        elif not known.may_be_fixed:
            yield f"{place} is a person's own: the county may only say where it begins"
    for source in sources:
        yield from _source_faults(source)


def find_crowd(groups: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Yield why the sources of all groups cannot be used together."""
    if sum(map(len, groups)) > SETTINGS_SOURCES:
        yield f"more than {SETTINGS_SOURCES} sources together"


def _value_faults(place: str, value: Any) -> Iterator[str]:
    known = BY_PLACE.get(place)
    if known is None:
        yield f"{place} is not for a county to set"
    elif isinstance(value, bool) or not isinstance(value, TYPES[known.kind]):
        yield f"{place} has a value of another type"


def _source_faults(source: Any) -> Iterator[str]:
    if not isinstance(source, dict) or source.get("kind") not in SOURCE_KINDS:
        yield f"a county may add sources of the kind {', '.join(SOURCE_KINDS)} only"
        return
    for name in source:
        if name not in SOURCE_SETTINGS:
            yield f"{name} of a source is not for a county to set"
