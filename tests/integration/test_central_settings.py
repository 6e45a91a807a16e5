"""Settings from the county: signed, taken or refused whole, under the profile, and left again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.commands.central import read_county
from desktop.domain.viewing import Viewing
from support.publishing import DeskOfCounty, PublishingCounty, a_publishing_county

DARK = """\
by = "信息中心"
fixed = ["desk.day_begins"]
[desk]
day_begins = "08:00"
theme = "dark"
timezone = "Asia/Urumqi"
[[group]]
postures = ["wall"]
[group.wall]
distance_m = 6.0
height_m = 1.6
"""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[PublishingCounty]:
    with a_publishing_county(tmp_path / "county") as found:
        yield found


@pytest.fixture
def desk(tmp_path: Path, county: PublishingCounty) -> DeskOfCounty:
    return DeskOfCounty(tmp_path / "desk", county.profile())


def test_a_desk_starts_with_what_the_county_says_under_its_own_profile(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    assert county.publish(DARK) == 0
    with desk.start() as opened:
        said, _kept = desk.look(opened)
        assert "next start" in said[0]
        assert opened.profile.day_begins == "00:00"
        assert desk.look(opened)[0] == []
    with desk.start() as opened:
        profile = opened.profile
        assert (profile.day_begins, profile.theme, profile.timezone) == (
            *("08:00", "light"), "Asia/Urumqi",
        )  # fmt: skip
        told = read_county(opened, "")
        assert told is not None
        assert told.settings.by == "信息中心"
        assert {name for (_, name), each in told.layer.given.items() if each.fixed} == {
            "day_begins"
        }
    with desk.start("wall") as opened:
        assert opened.profile.wall.viewing == Viewing(6.0, 1.6)
