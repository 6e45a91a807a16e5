"""Warnings by the Common Alerting Protocol, through feeds."""

from __future__ import annotations

from desktop.application.ports import Connector, SourceSettings
from desktop.connectors.cap.manifest import MANIFEST
from desktop.connectors.services import Services

__all__ = ["MANIFEST", "build"]


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.cap.areas import read_areas
    from desktop.connectors.cap.client import CapConnector
    from desktop.connectors.cap.levels import read_levels

    return CapConnector(
        settings,
        services,
        levels=read_levels(services.table("cap_levels.toml")),
        areas=read_areas(services.table("townships.toml")),
    )
