"""The tests of the core run as where Qt is missing; a county that publishes, and a desk of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.publishing import DeskOfCounty, PublishingCounty, a_publishing_county
from support.without_qt import surroundings

__all__ = ["surroundings"]


@pytest.fixture
def county(tmp_path: Path) -> Iterator[PublishingCounty]:
    with a_publishing_county(tmp_path / "county") as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, county: PublishingCounty) -> DeskOfCounty:
    return DeskOfCounty(tmp_path / "desk", county.profile())
