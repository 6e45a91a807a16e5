"""What a kind of backend is and can do, and what one source of a profile sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.domain.command import Collection, CommandKind
from desktop.domain.localized_text import Text


class Setting(msgspec.Struct, frozen=True):
    """One setting a source of some kind takes in a profile."""

    name: str
    type: str
    """`text`, `url`, `urls`, `file`, `number`, `flag`, `fingerprint`; lists `texts`, `hosts`."""
    title: Text
    required: bool = False
    default: Any = None


SETTINGS = (
    Setting(
        "ca_file",
        "file",
        Text("自建证书机构的证书文件（PEM）", "Certificate file of a private authority (PEM)"),
        default="",
    ),
)
"""Settings that every kind of source takes besides those of its login and proxy."""


class Manifest(msgspec.Struct, frozen=True):
    """What a kind of backend is and can do; one constant per connector package."""

    kind: str
    title: Text
    fills: frozenset[Collection]
    accepts: frozenset[tuple[Collection, CommandKind]]
    settings: tuple[Setting, ...]
    expected_period_s: float
    """How often new data may be expected when the profile says nothing."""
    greets: bool = False
    """Whether each pull begins with a greeting that fails at once at a wrong address: such a source
    is not probed before its first pull, which on a thin line would cost seconds."""
    needs: dict[Collection, str] = {}
    """Collections filled only when the profile gives that setting."""

    def with_settings(self, values: Mapping[str, Any]) -> Manifest:
        """Return the manifest without what the settings leave unfilled: it must not look calm."""
        lacking = {collection for collection, name in self.needs.items() if not values.get(name)}
        return msgspec.structs.replace(
            self,
            fills=self.fills - lacking,
            accepts=frozenset(each for each in self.accepts if each[0] not in lacking),
        )

    def address(self, values: Mapping[str, Any]) -> str:
        """Return the address of a source: its first of type `url`, or the first of `urls`."""
        for setting in self.settings:
            if setting.type == "url":
                return str(values.get(setting.name) or "")
            if setting.type == "urls":
                return str(next(iter(values.get(setting.name) or ()), ""))
        return ""


class SourceSettings(msgspec.Struct, frozen=True):
    """One `[[source]]` table of a profile, already checked against its manifest."""

    id: str
    kind: str
    title: Text
    expected_period_s: float
    values: dict[str, Any]
    """The manifest's own settings by name and those of every kind, defaults filled in."""
    address: str = ""
    """Its address, by its manifest: the login goes to the host and port of this one."""

    @property
    def ca_file(self) -> str:
        """The certificate file of a private authority; empty without one."""
        return str(self.values.get("ca_file") or "")
