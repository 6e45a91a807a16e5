"""The `[wall]` table of a profile: what is read, and how exactly a fault is named."""

from __future__ import annotations

import pytest

from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.wall_place import UNKNOWN_PLACE, Shift, Viewing
from desktop.domain.localized_text import Text
from unit.test_profile import GOOD, MANIFESTS


def fault(table: str) -> str:
    with pytest.raises(ProfileError) as caught:
        parse_profile(GOOD + table, "desk.toml", MANIFESTS)
    (said,) = caught.value.faults
    return said


def test_a_profile_says_how_far_away_the_wall_is_read_and_who_is_on_duty():
    table = """
[wall]
distance_m = 6
height_m = 1.6
shifts = [{ begins = "08:30", title = { zh = "白班", en = "Day shift" } },
          { begins = "20:30", title = "夜班" }]
"""
    place = parse_profile(GOOD + table, "desk.toml", MANIFESTS).wall
    assert place.viewing == Viewing(6.0, 1.6)
    day, night = Shift("08:30", Text("白班", "Day shift")), Shift("20:30", Text("夜班", ""))
    assert place.shifts == (day, night)


def test_a_profile_may_say_nothing_of_its_wall():
    assert parse_profile(GOOD, "desk.toml", MANIFESTS).wall == UNKNOWN_PLACE


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("distance_m = 6", "belong together"),
        ("height_m = 1.6", "belong together"),
        ('distance_m = "six"\nheight_m = 1.6', "distance_m must be metres from 0.3 to 100"),
        ("distance_m = nan\nheight_m = 1.6", "distance_m must be metres"),
        ("distance_m = 6\nheight_m = true", "height_m must be metres from 0.1 to 30"),
        ("distance_m = 20\nheight_m = 1.6", "at most 7 times height_m"),
        ("diagonal_m = 1.4", "unknown key 'diagonal_m'"),
        ('shifts = "08:30"', "shifts must be a list"),
        ('shifts = [{ begins = "8:30", title = "白班" }]', "shifts must be a list"),
        ('shifts = [{ begins = "08:30", title = { de = "Tag" } }]', "shifts must be a list"),
        (
            'shifts = [{ begins = "08:30", title = "a" }, { begins = "08:30", title = "b" }]',
            "two shifts begin at the same time",
        ),
    ],
)
def test_a_fault_in_it_is_named_with_its_line(line: str, said: str):
    words = fault(f"\n[wall]\n{line}\n")
    assert said in words
    assert words.startswith(f"desk.toml:{GOOD.count(chr(10)) + 3}:") or "height_m = true" in line


def test_a_wall_that_is_no_table_is_named():
    with pytest.raises(ProfileError, match=r"\[wall\] must be a table"):
        parse_profile(f"wall = 6\n{GOOD}", "desk.toml", MANIFESTS)
