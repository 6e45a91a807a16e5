"""Prometheus with its Alertmanager: assets, trends, alarms."""

from __future__ import annotations

from desktop.application.ports import Connector, SourceSettings
from desktop.connectors.prometheus.manifest import MANIFEST
from desktop.connectors.services import Services

__all__ = ["MANIFEST", "build"]


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.prometheus.client import PrometheusConnector

    return PrometheusConnector(settings, services)
