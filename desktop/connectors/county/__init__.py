"""The native county API, level 1 and level 2, as a source."""

from __future__ import annotations

from desktop.application.ports import Connector, SourceSettings
from desktop.connectors.county.manifest import MANIFEST
from desktop.connectors.services import Services

__all__ = ["MANIFEST", "build"]


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.county.client import CountyConnector

    return CountyConnector(settings, services)
