"""The kinds of backend this installation has: each a package with `MANIFEST` and `build`.

Our own are the packages of this folder that have a manifest. Third parties' are named by an entry
point, which is looked for only when a profile asks for a kind that is not ours: reading what is
installed takes longer than a window may wait for its first paint.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from desktop import connectors
from desktop.application.ports import Connector, Manifest, SourceSettings
from desktop.connectors.services import Services

ENTRY_POINTS = "county_desk.connectors"
"""The group in which an installed package names its kinds: `kind = "package.of.it"`."""


class Kind(Protocol):
    """A connector's package."""

    MANIFEST: Manifest

    def build(self, settings: SourceSettings, services: Services) -> Connector:
        """Build a connector for one source, not connected yet."""


class Manifests(Mapping[str, Manifest]):
    """The manifest of every kind; third parties' are looked for when a kind is not ours."""

    def __getitem__(self, kind: str) -> Manifest:
        return kind_named(kind).MANIFEST

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*our_kinds(), *_others())))

    def __len__(self) -> int:
        return len({*our_kinds(), *_others()})


def kind_named(kind: str) -> Kind:
    """Return the package of a kind; raises KeyError when there is none."""
    ours = _ours()
    return ours[kind] if kind in ours else cast(Kind, _others()[kind].load())


def our_kinds() -> tuple[str, ...]:
    """Return the kinds that come with the program, by name."""
    return tuple(_ours())


def _ours() -> dict[str, Kind]:
    return _in_folders(tuple(connectors.__path__))


@cache
def _in_folders(folders: tuple[str, ...]) -> dict[str, Kind]:
    names = [found.name for found in pkgutil.iter_modules(folders) if found.ispkg]
    packages = {name: import_module(f"{connectors.__name__}.{name}") for name in sorted(names)}
    return {n: cast(Kind, found) for n, found in packages.items() if hasattr(found, "MANIFEST")}


def _others() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
