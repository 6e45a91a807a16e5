"""Settings from the county under a desk's own profile: checked whole, laid under it, told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import msgspec

from desktop.application.ports import Manifest
from desktop.application.profile import Profile, ProfileError
from desktop.application.profile_reader import profile_of
from desktop.application.settings.faults import read_fault
from desktop.domain.bulletin import CentralSettings, SettingsGroup
from desktop.protocol.central_settings import FORM, find_crowd, find_faults

FILE = "county"


class Given(msgspec.Struct, frozen=True):
    """What the county says of one setting."""

    value: Any
    fixed: bool


class Layer(msgspec.Struct, frozen=True):
    """What the county says to one desk."""

    given: dict[tuple[str, str], Given] = {}
    """By table and name."""
    sources: tuple[dict[str, Any], ...] = ()


def layer_of(settings: CentralSettings, posture: str, township: str) -> Layer:
    """Return what the settings say to a desk of this posture and township."""
    given: dict[tuple[str, str], Given] = {}
    sources: dict[str, dict[str, Any]] = {}
    for group in settings.groups:
        if not _is_for(group, posture, township):
            continue
        for table, values in group.settings.items():
            for name, value in values.items():
                given[table, name] = Given(value, f"{table}.{name}" in group.fixed)
        sources |= {str(each.get("id")): each for each in group.sources}
    return Layer(given, tuple(sources.values()))


def _is_for(group: SettingsGroup, posture: str, township: str) -> bool:
    if group.form > FORM:
        return False
    of_posture = not group.postures or posture in group.postures
    return of_posture and (not group.townships or township in group.townships)


def lay_under(profile: Profile, layer: Layer, manifests: Mapping[str, Manifest]) -> Profile:
    """Return the profile with the county's settings under it; raises ProfileError.

    What the profile says itself counts, unless the county has fixed it. Its own sources stay as
    they are; others of the county come after them.
    """
    if not layer.given and not layer.sources:
        return profile
    table = deepcopy(profile.table)
    for (of, name), given in layer.given.items():
        values = table.setdefault(of, {})
        if given.fixed or name not in values:
            values[name] = given.value
    own = {each.get("id") for each in table["source"]}
    added = [_without_login(each) for each in layer.sources if each.get("id") not in own]
    table["source"] = [*table["source"], *added]
    read = profile_of(table, FILE, manifests)
    return msgspec.structs.replace(read, name=profile.name, table=profile.table)


def is_in_force(profile: Profile, layer: Layer, manifests: Mapping[str, Manifest]) -> bool:
    """Whether a profile that the county's settings were laid under already says the same."""
    bare = msgspec.structs.replace(
        profile_of(profile.table, FILE, manifests), name=profile.name, table=profile.table
    )
    return lay_under(bare, layer, manifests) == profile


def _without_login(source: Mapping[str, Any]) -> dict[str, Any]:
    return {**source, "login": "none"}


def find_central_faults(
    settings: CentralSettings, profile: Profile, manifests: Mapping[str, Manifest]
) -> Iterator[str]:
    """Yield why a desk cannot take these settings, in English as `Words.reason` translates.

    Each group is checked by the reader of profiles, alone, also those that are for other desks.
    Groups of a newer form are for newer programs, and are not looked at.
    """
    counties = set(profile.counties)
    yield from find_crowd(group.sources for group in settings.groups)
    for group in settings.groups:
        if group.form > FORM:
            continue
        wrong = list(find_faults(group.settings, group.fixed, group.sources))
        taken = [str(s.get("id")) for s in group.sources if s.get("id") in counties]
        wrong += [f"{each} is the county's own platform: it stays as it is" for each in taken]
        yield from wrong or find_layer_faults(profile, _read_alone(group), manifests)


def _read_alone(group: SettingsGroup) -> Layer:
    given = {
        (table, name): Given(value, fixed=True)
        for table, values in group.settings.items()
        for name, value in values.items()
    }
    return Layer(given, group.sources)


def find_layer_faults(
    profile: Profile, layer: Layer, manifests: Mapping[str, Manifest]
) -> Iterator[str]:
    """Yield why what is good alone cannot be laid under a profile, in English as above: values of
    several groups, or of one and the profile, may not go together."""
    try:
        lay_under(profile, layer, manifests)
    except ProfileError as error:
        yield from (read_fault(fault, FILE).reason for fault in error.faults)


class CountySettings(msgspec.Struct, frozen=True):
    """The county's settings as a window shows them: what they say here, since when, by whom."""

    settings: CentralSettings
    layer: Layer
    is_next: bool = False
    """Whether they count from the next start only."""
    before: Layer = Layer()
    """What they said here until then."""

    def find(self, table: str, name: str) -> Given | None:
        """Return what they say of a setting, or None."""
        return self.layer.given.get((table, name))

    def is_waiting(self, table: str, name: str) -> bool:
        """Whether what they say of a setting is new, and counts from the next start only."""
        return self.is_next and self.find(table, name) != self.before.given.get((table, name))

    def brings(self, source: Mapping[str, Any]) -> bool:
        """Whether they add this source, or change it, from the next start on only."""
        return self.is_next and source not in self.before.sources
