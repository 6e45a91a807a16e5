"""The native county API, both its levels, as a source; `client` holds its connector."""

from __future__ import annotations

from desktop.connectors.county.manifest import MANIFEST

__all__ = ["MANIFEST"]
