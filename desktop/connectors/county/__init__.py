"""The native county API, level 1 (plain JSON), as a source."""

from __future__ import annotations

from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.manifest import MANIFEST

__all__ = ["MANIFEST", "CountyConnector"]
