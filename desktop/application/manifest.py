"""What a kind of backend is and can do, and what one source of a profile sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.domain.command import Collection, CommandKind
from desktop.domain.text import Text


class Setting(msgspec.Struct, frozen=True):
    """One setting a source of some kind takes in a profile."""

    name: str
    type: str
    """`text`, `url`, `urls`, `number`, `flag`, `texts` or `hosts` (lists of text)."""
    title: Text
    required: bool = False
    default: Any = None


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
    """Whether each pull begins with a greeting that tells a wrong address at once: such a
    source is not probed before its first pull, which on a thin line would cost seconds."""
    needs: dict[Collection, str] = {}
    """Collections filled only when the profile gives that setting."""

    def given(self, values: Mapping[str, Any]) -> Manifest:
        """The manifest as it holds with these settings: a pane nobody fills must not look calm."""
        lacking = {collection for collection, name in self.needs.items() if not values.get(name)}
        return msgspec.structs.replace(
            self,
            fills=self.fills - lacking,
            accepts=frozenset(each for each in self.accepts if each[0] not in lacking),
        )


class SourceSettings(msgspec.Struct, frozen=True):
    """One `[[source]]` table of a profile, already checked against its manifest."""

    id: str
    kind: str
    title: Text
    expected_period_s: float
    values: dict[str, Any]
    """The manifest's own settings by name, defaults filled in."""
