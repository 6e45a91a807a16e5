"""What a county publishes for its desks, as a desk knows it: central settings, newer programs."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text


class SettingsGroup(msgspec.Struct, frozen=True):
    """Settings for some desks; what a later group says of a setting counts before."""

    settings: dict[str, dict[str, Any]] = {}
    fixed: tuple[str, ...] = ()
    sources: tuple[dict[str, Any], ...] = ()
    postures: tuple[str, ...] = ()
    townships: tuple[str, ...] = ()
    form: int = 1


class CentralSettings(msgspec.Struct, frozen=True):
    """What desks start with, as one county published it at one time."""

    version: int
    made_at: Instant
    by: str = ""
    groups: tuple[SettingsGroup, ...] = ()


class Package(msgspec.Struct, frozen=True):
    """One file of a newer program."""

    kind: str
    name: str
    size: int
    digest: str


class ProgramUpdate(msgspec.Struct, frozen=True):
    """A newer program that the county offers; one without `program` takes the last offer back."""

    version: int
    program: str = ""
    begins_at: Instant | None = None
    words: Text = Text()
    packages: tuple[Package, ...] = ()


class Published(msgspec.Struct, frozen=True):
    """All that a county says now, each part proven to be its own."""

    tag: str
    """By which it is asked for again."""
    settings: CentralSettings | None = None
    update: ProgramUpdate | None = None


class BulletinRefused(Exception):
    """Something of what came is not used: not this county's, or not readable.

    `reason` says why in English, `rest` is what counts of it all the same, and what `is_signed` is
    the county's own.
    """

    def __init__(
        self, reason: str, rest: Published | None = None, *, is_signed: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.rest, self.is_signed = reason, rest or Published(""), is_signed
