"""Warnings by the Common Alerting Protocol, through feeds; `client` holds its connector."""

from __future__ import annotations

from desktop.connectors.cap.manifest import MANIFEST

__all__ = ["MANIFEST"]
