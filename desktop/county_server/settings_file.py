"""The file in which a county writes the settings of its desks: TOML, named as in a profile."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from desktop.protocol.central_settings import BY_PLACE, find_crowd, find_faults
from desktop.protocol.limits import BULLETIN_CHARS
from desktop.protocol.toml_fault import find_fault
from desktop.wire.bulletins import CentralSettings, SettingsGroup, write_text

OF_A_GROUP = ("fixed", "postures", "townships", "source")


class SettingsWrong(Exception):
    """Settings that no desk would take; every fault found."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_file(file: Path) -> tuple[str, tuple[SettingsGroup, ...]]:
    """Return what `read_settings` does of a file's text; raises SettingsWrong, OSError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsWrong(["not UTF-8"]) from None
    return read_settings(text)


def read_settings(text: str) -> tuple[str, tuple[SettingsGroup, ...]]:
    """Return who wrote a file of settings, and its groups; raises SettingsWrong."""
    if len(text) > BULLETIN_CHARS:
        raise SettingsWrong([f"longer than {BULLETIN_CHARS} characters"])
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        fault = find_fault(error, text)
        raise SettingsWrong([f"line {fault.line}: {fault.reason}"]) from error
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
        found = [*find_faults(group.settings, group.fixed, group.sources), *_find_changed(group)]
        faults += [f"{name}{fault}" for fault in dict.fromkeys(found)]
        groups.append(group)
    faults += find_crowd(group.sources for group in groups)
    if faults:
        raise SettingsWrong(faults)
    parts = tuple(part for group in groups for part in _split(group))
    _check_whole(by, parts)
    return by, parts


def _check_whole(by: str, groups: tuple[SettingsGroup, ...]) -> None:
    """Raise SettingsWrong where they are too many or too long, whatever their number will be."""
    try:
        write_text(CentralSettings(2**53, datetime.now(UTC), by, groups))
    except msgspec.ValidationError as error:
        raise SettingsWrong([str(error)]) from error


def _read_group(table: Mapping[str, Any]) -> SettingsGroup:
    settings = {name: value for name, value in table.items() if name not in OF_A_GROUP}
    told = {
        "settings": settings,
        "fixed": table.get("fixed", []),
        "sources": table.get("source", []),
        "postures": table.get("postures", []),
        "townships": table.get("townships", []),
    }
    return msgspec.convert(told, SettingsGroup)


def _split(group: SettingsGroup) -> Iterator[SettingsGroup]:
    """Yield a group for each form of its settings, so that older desks keep those they know."""
    forms = {BY_PLACE[f"{table}.{name}"].form for table in group.settings
             for name in group.settings[table]}  # fmt: skip
    for form in sorted(forms | {1} if group.sources or not forms else forms):
        yield msgspec.structs.replace(
            group,
            settings=_select(group.settings, form),
            fixed=tuple(place for place in group.fixed if BY_PLACE[place].form == form),
            sources=group.sources if form == 1 else (),
            form=form,
        )


def _select(settings: Mapping[str, Mapping[str, Any]], form: int) -> dict[str, dict[str, Any]]:
    return {
        table: chosen
        for table, values in settings.items()
        if (chosen := {n: v for n, v in values.items() if BY_PLACE[f"{table}.{n}"].form == form})
    }


def _find_changed(group: SettingsGroup) -> Iterator[str]:
    """Yield which values JSON cannot tell as TOML does: nan, days and times of day."""
    named = [(f"{table}.{name}", value) for table, values in group.settings.items()
             for name, value in values.items()]  # fmt: skip
    named += [(f"source.{name}", value) for each in group.sources for name, value in each.items()]
    for place, value in named:
        if msgspec.json.decode(msgspec.json.encode(value)) != value:
            yield f"{place} has a value of another type"


def _are_tables(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(each, dict) for each in found)
