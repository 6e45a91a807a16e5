"""Connectors of every kind, set up against whatever address a test serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.application.ports import Connector, Manifest, SourceSettings
from desktop.connectors import cap, county, prometheus
from desktop.connectors.cap.client import CapConnector
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.prometheus.client import PrometheusConnector
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.command import Collection, Command, CommandKind, CommandRecord, Key, Receipt
from desktop.domain.source import Batch, SyncState

KINDS: dict[str, tuple[Manifest, Callable[..., Connector]]] = {
    "county": (county.MANIFEST, CountyConnector),
    "prometheus": (prometheus.MANIFEST, PrometheusConnector),
    "cap": (cap.MANIFEST, CapConnector),
}


def source_settings(kind: str, **values: Any) -> SourceSettings:
    """Settings as a profile would give them, defaults filled in; the id is the kind."""
    manifest = KINDS[kind][0]
    filled = {setting.name: setting.default for setting in manifest.settings} | values
    return SourceSettings(kind, kind, manifest.title, manifest.expected_period_s, filled)


def connect(kind: str, url: str, clock: Clock | None = None, **values: Any) -> Connector:
    """A connector of that kind for a server at `url`, without a login."""
    where: dict[str, Any] = {"feeds": [f"{url}/feed.xml"]} if kind == "cap" else {"url": url}
    build = KINDS[kind][1]
    return build(
        source_settings(kind, **(where | values)), lambda _name: None, clock or SystemClock()
    )


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
    return CommandRecord(seq, command, Receipt.STORED, command.at)
