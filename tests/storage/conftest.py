"""The tests of the core run as where Qt is missing."""

from __future__ import annotations

from support.without_qt import surroundings

__all__ = ["surroundings"]
