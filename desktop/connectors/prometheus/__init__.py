"""Prometheus with its Alertmanager: assets, trends, alarms; `client` holds its connector."""

from __future__ import annotations

from desktop.connectors.prometheus.manifest import MANIFEST

__all__ = ["MANIFEST"]
