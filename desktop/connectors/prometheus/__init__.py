"""Prometheus with its Alertmanager as a source of assets, trends and alarms."""

from __future__ import annotations

from desktop.connectors.prometheus.client import PrometheusConnector
from desktop.connectors.prometheus.manifest import MANIFEST

__all__ = ["MANIFEST", "PrometheusConnector"]
