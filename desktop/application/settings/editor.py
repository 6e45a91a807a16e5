"""The editor of one profile: what stands in its file now, and each change written at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from desktop.application.ports import Manifest, StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.settings.central import CountySettings
from desktop.application.settings.document import Edit, edit_text
from desktop.application.settings.faults import Fault, read_fault
from desktop.application.settings.profile_file import ProfileFile
from desktop.domain.source import Problem

FIRST_TEXT = "version = 1\n"
"""What a profile that is made anew begins with."""


class Refused(Exception):
    """A change that the profile could not be used with; nothing was written."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults


class Snapshot(msgspec.Struct, frozen=True):
    """What stands in a profile's file at one moment."""

    file: str
    text: str = ""
    table: dict[str, Any] = {}
    """The whole file as TOML gives it; empty where it is none."""
    profile: Profile | None = None
    """What it says, where it has no fault."""
    faults: tuple[Fault, ...] = ()
    is_toml: bool = True
    unwritable: Problem | None = None
    """Why nothing can be changed now."""
    county: CountySettings | None = None
    """What the county says beside the file, if anything."""

    def value(self, table: str, name: str) -> Any:
        """Return what the file says of a setting, or None."""
        found = self.table.get(table)
        return found.get(name) if isinstance(found, dict) else None

    @property
    def sources(self) -> tuple[dict[str, Any], ...]:
        """The tables of its sources, whole ones and others."""
        found = self.table.get("source")
        return tuple(s for s in found if isinstance(s, dict)) if isinstance(found, list) else ()

    @property
    def sources_of_county(self) -> tuple[dict[str, Any], ...]:
        """The tables of sources that the county adds."""
        own = {each.get("id") for each in self.sources}
        told = () if self.county is None else self.county.layer.sources
        return tuple(each for each in told if each.get("id") not in own)


class ProfileEditor:
    """Reads and changes one profile's file; one caller at a time, on any thread."""

    def __init__(
        self,
        file: ProfileFile,
        manifests: Mapping[str, Manifest],
        county: Callable[[], CountySettings | None] = lambda: None,
    ) -> None:
        """`county` returns what the county says, each time the file is read."""
        self.manifests = manifests
        self._file, self._county = file, county
        self.snapshot = Snapshot(str(file.path))
        """The file as it was last read or written; replaced whole."""

    def read(self) -> Snapshot:
        """Read the file anew; one that cannot be read is told by the snapshot's `unwritable`."""
        try:
            text = self._file.read()
        except StoreError as error:
            self.snapshot = Snapshot(str(self._file.path), is_toml=False, unwritable=error.problem)
            return self.snapshot
        self.snapshot = msgspec.structs.replace(self.snapshot, county=self._county())
        return self._take(text)

    def is_changed(self) -> bool:
        """Whether somebody else has changed the file since."""
        return self._file.is_changed()

    def change(self, edit: Edit, *, over: bool = False) -> Snapshot:
        """Write the file with a change; raises Refused and StoreError, and then nothing is written.

        A change may leave faults that were there, and add none. Where the file was changed by
        somebody else, only `over` that: the change is then made in the text as it was read here.
        """
        before = self.snapshot
        text = self._edit(edit)
        known = {fault.reason for fault in before.faults}
        new = tuple(each for each in self._judge(text).faults if each.reason not in known)
        if new:
            raise Refused(new)
        self._file.write(text, over=over)
        return self._take(text)

    def replace(self, text: str, base: str | None = None, *, over: bool = False) -> Snapshot:
        """Write another text in place of the file's, faults and all; raises StoreError.

        Not where the file was changed since it said `base`, unless it is to be written `over`. The
        file as it was stays beside it.
        """
        if base not in (None, self.snapshot.text) and not over:
            raise StoreError(
                Problem("settings_changed", {"file": self.snapshot.file, "reason": ""})
            )
        self._file.write(text, over=over, keeps=True)
        return self._take(text)

    def try_change(self, edit: Edit) -> Snapshot:
        """Return what the file would be with a change; raises Refused where it cannot be made."""
        return self._judge(self._edit(edit))

    def find_faults(self, text: str) -> tuple[Fault, ...]:
        """Return the faults of another text for this file."""
        return self._judge(text).faults

    def read_good(self) -> str | None:
        """Return the last text that a desk opened with, or None."""
        return self._file.read_good()

    def _edit(self, edit: Edit) -> str:
        try:
            return edit_text(self.snapshot.text or FIRST_TEXT, edit)
        except ValueError as error:
            raise Refused((Fault(1, str(error)),)) from error

    def _take(self, text: str) -> Snapshot:
        judged = self._judge(text)
        self.snapshot = msgspec.structs.replace(
            judged, unwritable=self._file.why_unwritable(), county=self.snapshot.county
        )
        return self.snapshot

    def _judge(self, text: str) -> Snapshot:
        file = str(self._file.path)
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError):
            table = None
        profile: Profile | None = None
        faults: tuple[Fault, ...] = ()
        try:
            profile = parse_profile(text, file, self.manifests)
        except ProfileError as error:
            faults = tuple(read_fault(fault, file) for fault in error.faults)
        return Snapshot(file, text, table or {}, profile, faults, is_toml=table is not None)
