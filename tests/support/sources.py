"""Connectors of every kind, set up against whatever address a test serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desktop.application.ports import Connector, Installation, SourceSettings
from desktop.connectors.county.openings import Unkept
from desktop.connectors.kinds import kind_named
from desktop.connectors.services import Services
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
)
from desktop.domain.source import Batch, SyncState


def services(
    secrets: Callable[[str], str | None] = lambda _name: None,
    clock: Clock | None = None,
    *,
    client: str = "",
    installation: Installation | None = None,
    dictionaries: Mapping[str, bytes] | None = None,
    login: Callable[[], str] = lambda: "",
) -> Services:
    """What a connector is given by a test; an installation named `client` keeps nothing."""
    return Services(
        clock or SystemClock(),
        secrets,
        installation or Unkept(client),
        fingerprint=lambda _settings: login(),
        dictionaries=lambda: dictionaries or {},
    )


def source_settings(kind: str, **values: Any) -> SourceSettings:
    """Settings as a profile would give them, defaults filled in; the id is the kind."""
    manifest = kind_named(kind).MANIFEST
    filled = {setting.name: setting.default for setting in manifest.settings} | values
    return SourceSettings(
        kind, kind, manifest.title, manifest.expected_period_s, filled, manifest.address(filled)
    )


def addressed(kind: str, url: str, *, every: bool = False) -> dict[str, Any]:
    """The settings that lead a source of that kind to a server at `url`: those it must have,
    or `every` one that is an address."""
    ways = {"url": url, "urls": [f"{url}/feed.xml"]}
    settings = [each for each in kind_named(kind).MANIFEST.settings if each.type in ways]
    return {each.name: ways[each.type] for each in settings if every or each.required}


def connect(kind: str, url: str, clock: Clock | None = None, **values: Any) -> Connector:
    """A connector of that kind for a server at `url`, without a login."""
    settings = source_settings(kind, **(addressed(kind, url) | values))
    return kind_named(kind).build(settings, services(clock=clock))


def pull_all(connector: Connector, state: SyncState | None = None) -> list[Batch]:
    """All batches of one pull."""
    return list(connector.pull(state or SyncState(connector.settings.id)))


def record(
    seq: int,
    target: str,
    *,
    collection: Collection = Collection.INCIDENTS,
    kind: CommandKind = CommandKind.ACKNOWLEDGE,
    source: str = "county",
    text: str = "",
) -> CommandRecord:
    """A stored command whose key is its number."""
    command = Command(
        key=f"{seq:032x}",
        kind=kind,
        target=Key(source, collection, target),
        at=1_795_348_800_000,
        by="张",
        body={"text": text} if text else {},
    )
    return CommandRecord(seq, command, CommandState.STORED, command.at)
