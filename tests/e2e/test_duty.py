"""A duty officer's evening: a real window, a real county, and a network that goes and returns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.display import Display
from support.duty_officer import SEEN_WITHIN_S, DutyOfficer
from support.program import County, free_port, until, write_profile

NOTE = "电工已到场"
"""Short: each character takes the display a while."""
PERIOD_S = 2


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(1920, 1080) as running:
        yield running


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    words = ("--speed", "0", "--incidents", "120")
    with County(tmp_path, *words, port=free_port()) as running:
        yield running


def test_an_acknowledgement_and_a_note_survive_an_outage_and_arrive_once(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = DutyOfficer(display.environment(), profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        worst = officer.first()
        assert not county.row("incidents", worst.id).get("acknowledged_at")
        officer.press("j", "a")
        until(lambda: officer.receipts() == ["stored"], SEEN_WITHIN_S, "the acknowledgement held")

        county.stop()
        until(officer.fails, SEEN_WITHIN_S, "the desk knows that its source is down")
        assert worst.id in officer.held()
        officer.press("m")
        officer.write(NOTE, worst)
        officer.press("ctrl+Return")
        until(lambda: len(officer.receipts()) == 2, SEEN_WITHIN_S, "the note held")
        assert county.commands() == 0

        county.start()
        until(lambda: county.commands() == 2, SEEN_WITHIN_S, "both of them at the county")
        until(lambda: not officer.fails(), SEEN_WITHIN_S, "the desk knows that its source is back")
        assert officer.close() == 0
    finally:
        officer.close()
    row = county.row("incidents", worst.id)
    assert row["acknowledged_at"]
    told = [entry["text"] for entry in row["timeline"]]
    texts = [text if isinstance(text, str) else text.get("zh") for text in told]
    assert texts.count(NOTE) == 1
    assert county.commands() == 2


def test_a_note_begun_outlives_a_killed_desk_and_is_sent_by_the_next(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = DutyOfficer(display.environment(), profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        officer.press("j", "m")
        target = officer.first()
        officer.write(NOTE, target)
        officer.kill()
        kept = [file for file in officer.folder.rglob("*") if file.is_file()]
        assert not [file for file in kept if NOTE.encode() in file.read_bytes()]
        officer.open()
        officer.wait_for_incidents()
        officer.press("j", "m")

        def sent() -> bool:
            # An editor whose draft is still being read sends nothing; an empty one neither.
            officer.press("ctrl+Return")
            return county.commands() == 1

        until(sent, SEEN_WITHIN_S, "the note at the county")
        until(lambda: officer.draft(target) == "", SEEN_WITHIN_S, "the draft is gone")
        assert officer.close() == 0
    finally:
        officer.close()
    told = [entry["text"] for entry in county.row("incidents", target.id)["timeline"]]
    texts = [text if isinstance(text, str) else text.get("zh") for text in told]
    assert texts.count(NOTE) == 1


def test_a_slip_of_a_key_is_taken_back_before_the_county_has_it(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = DutyOfficer(display.environment(), profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        officer.press("j", "a")
        until(lambda: officer.receipts() == ["stored"], SEEN_WITHIN_S, "the acknowledgement held")
        officer.press("z")
        until(lambda: officer.receipts() == ["cancelled"], SEEN_WITHIN_S, "it was taken back")

        def given_again() -> bool:
            # On an incident that is still shown as acknowledged the key does nothing.
            officer.press("a")
            return len(officer.receipts()) == 2

        until(given_again, SEEN_WITHIN_S, "the second one")
        until(lambda: county.commands() == 1, SEEN_WITHIN_S, "the second one at the county")
        assert officer.receipts()[0] == "cancelled"
        assert officer.close() == 0
    finally:
        officer.close()
