"""Warnings by the Common Alerting Protocol, through RSS or Atom feeds or single messages."""

from __future__ import annotations

from desktop.connectors.cap.client import CapConnector
from desktop.connectors.cap.levels import LevelTable, read_levels
from desktop.connectors.cap.manifest import MANIFEST

__all__ = ["MANIFEST", "CapConnector", "LevelTable", "read_levels"]
