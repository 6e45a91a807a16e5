"""The tests of the core run as where Qt is missing, and reach for nothing outside themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.nothing_outside import nothing_outside
from support.without_qt import surroundings

__all__ = ["surroundings"]


@pytest.fixture(scope="module", autouse=True)
def neither_disk_nor_network(own_folders: None) -> Iterator[None]:
    """Refuse writing, databases on disk, network sockets and programs, fixtures of a file too."""
    with nothing_outside():
        yield
