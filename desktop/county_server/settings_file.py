"""The file in which a county writes the settings of its desks: TOML, named as in a profile."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.protocol.central_settings import BY_PLACE, FORM, find_faults
from desktop.protocol.limits import BULLETIN_CHARS
from desktop.wire.bulletins import SettingsGroup

OF_A_GROUP = ("fixed", "postures", "townships", "source")


class SettingsWrong(Exception):
    """Settings that no desk would take; every fault found."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_settings(text: str) -> tuple[str, tuple[SettingsGroup, ...]]:
    """Return who wrote a file of settings, and its groups; raises SettingsWrong."""
    if len(text) > BULLETIN_CHARS:
        raise SettingsWrong([f"longer than {BULLETIN_CHARS} characters"])
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsWrong([f"is not TOML: {error}"]) from error
    by, others = table.pop("by", ""), table.pop("group", [])
    if not isinstance(by, str) or not _are_tables(others):
        raise SettingsWrong(["by is a name, and groups stand as [[group]] tables"])
    first = [table] if table else []
    groups, faults = list[SettingsGroup](), list[str]()
    for number, each in enumerate((*first, *others)):
        name = "" if each is table else f"[[group]] {number + 1 - len(first)}: "
        try:
            group = _read_group(each)
        except msgspec.ValidationError as error:
            faults.append(f"{name}{error}")
            continue
        found = find_faults(group.settings, group.fixed, group.sources)
        faults += [f"{name}{fault}" for fault in found]
        groups.append(group)
    if faults:
        raise SettingsWrong(faults)
    return by, tuple(groups)


def _read_group(table: Mapping[str, Any]) -> SettingsGroup:
    settings = {name: value for name, value in table.items() if name not in OF_A_GROUP}
    named = [f"{of}.{name}" for of, values in settings.items() if isinstance(values, dict)
             for name in values]  # fmt: skip
    forms = [BY_PLACE[place].form for place in named if place in BY_PLACE]
    told = {
        "settings": settings,
        "fixed": table.get("fixed", []),
        "sources": table.get("source", []),
        "postures": table.get("postures", []),
        "townships": table.get("townships", []),
        "form": min(FORM, max(forms, default=1)),
    }
    return msgspec.convert(told, SettingsGroup)


def _are_tables(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)
