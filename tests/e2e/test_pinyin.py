"""Pinyin typed into the real program through the input methods of Chinese desktops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from desktop.domain.command import Key
from support.duty_officer import SEEN_WITHIN_S, DutyOfficer
from support.http_desk import HttpDesk
from support.input_method import InputMethod, missing_parts, real_input_method
from support.program import County, until, write_profile

pytestmark = [
    pytest.mark.real,
    # Of two displays with an input method each, one now and then gets none.
    pytest.mark.long,
    pytest.mark.skipif(
        bool(missing_parts("ibus") or missing_parts("fcitx")),
        reason="IBus or Fcitx 5 with pinyin is not installed",
    ),
]
PERIOD_S = 2
SCALE = 1.25
"""Of the window under Fcitx, whose bus lets one overhear where candidates are to appear."""


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with County(tmp_path, "--speed", "0", "--incidents", "120") as running:
        yield running


@pytest.fixture(params=["ibus", "fcitx"])
def method(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[InputMethod]:
    folder = tmp_path / "input"
    folder.mkdir()
    with real_input_method(request.param, folder) as running:
        yield running


@pytest.fixture
def officer(county: County, method: InputMethod, tmp_path: Path) -> Iterator[DutyOfficer]:
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    scaled = {"QT_SCALE_FACTOR": str(SCALE)} if method.name == "fcitx" else {}
    desk = DutyOfficer({**method.environment, **scaled}, profile, tmp_path / "desk")
    try:
        desk.wait_for_incidents()
        yield desk
    finally:
        desk.close()


HANZI = "[\u4e00-\u9fff]"
CHOSEN = f"电工yidaochang{HANZI}+"


def incidents(county: County) -> dict[str, dict[str, Any]]:
    """Every incident by its id, as the county holds it."""
    asked = "SELECT body FROM rows WHERE collection = 'incidents'"
    rows = [msgspec.json.decode(body) for (body,) in county.ask(asked)]
    return {row["id"]: row for row in rows}


def in_chinese(text: Any) -> str:
    return str(text if isinstance(text, str) else text.get("zh"))


def told(row: dict[str, Any]) -> list[str]:
    """What an incident's timeline says."""
    return [in_chinese(entry["text"]) for entry in row["timeline"]]


def acknowledge_elsewhere(county: County, incident: str) -> None:
    """Acknowledge an incident from another desk."""
    desk = HttpDesk(SimpleNamespace(base_url=county.url))
    try:
        desk.give("acknowledge", incident)
    finally:
        desk.close()
    assert county.row("incidents", incident)["acknowledged_at"]


def search_in_chinese(officer: DutyOfficer, method: InputMethod) -> None:
    """Find by pinyin what is about tap water, and pick the first."""
    officer.press("slash")
    officer.wait_until_idle()
    method.take_up()
    officer.type("zilaishui")
    officer.press("Return")  # Ends the composition: the letters stay, and so does the keyboard.
    officer.wait_until_idle()
    caret = method.caret()
    if caret is not None:
        officer.press("Down")
        officer.click(*caret)  # Where candidates would appear: that must be in the field.
    officer.press("ctrl+a")
    officer.type("zilaishui ")
    officer.wait_until_idle()
    officer.press("Down", "j")
    officer.wait_until_idle()


def begin_note_in_chinese(officer: DutyOfficer) -> Key:
    """Write a note by words, by letters kept with Enter and by the second candidate; Esc drops
    letters that are commands elsewhere."""
    officer.press("m")
    officer.wait_until_idle()
    officer.type("diangong ")
    officer.type("yidaochang")
    officer.press("Return")
    until(officer.begun, SEEN_WITHIN_S, "a note begun")
    target = officer.begun()
    assert target is not None
    until(lambda: officer.draft(target) == "电工yidaochang", SEEN_WITHIN_S, "letters kept by Enter")
    officer.type("ajknfp")
    officer.press("Escape")
    officer.type("daochang")
    officer.press("2")
    until(lambda: re.fullmatch(CHOSEN, officer.draft(target)), SEEN_WITHIN_S, "the second choice")
    return target


def report_in_chinese(officer: DutyOfficer) -> None:
    """Report an incident: title and summary in Chinese, the township by its initials."""
    officer.press("n")
    officer.wait_until_idle()
    officer.type("diangong daochang ")
    officer.press(*["shift+Tab"] * 4)
    officer.type("diangong ")
    officer.press(*["Tab"] * 5, "space", "Tab", "Tab", "Tab")
    officer.type("xh")
    officer.press("Return")  # Initials, which the list below the field understands.
    officer.press("ctrl+Return")


def test_pinyin_typed_into_search_note_and_report_is_chinese_at_the_county(
    county: County, officer: DutyOfficer, method: InputMethod
) -> None:
    search_in_chinese(officer, method)
    target = begin_note_in_chinese(officer)
    assert "自来水" in in_chinese(county.row("incidents", target.id)["title"])

    officer.type("jixu")
    acknowledge_elsewhere(county, target.id)
    until(lambda: officer.knows_acknowledged(target), SEEN_WITHIN_S, "the other desk's command")
    officer.wait_until_idle()
    officer.press("Return")
    until(lambda: officer.draft(target).endswith("jixu"), SEEN_WITHIN_S, "what was being composed")
    officer.type("daochang")
    officer.press("ctrl+Return")
    officer.wait_until_idle()
    assert officer.receipts() == []
    officer.press("ctrl+Return")
    until(lambda: county.commands() == 2, SEEN_WITHIN_S, "the note at the county")
    said = told(county.row("incidents", target.id))[-1]
    assert re.fullmatch(f"{CHOSEN}jixu(daochang|{HANZI}+)", said), said

    report_in_chinese(officer)
    until(lambda: county.commands() == 3, SEEN_WITHIN_S, "the report at the county")
    [new] = [r for r in incidents(county).values() if in_chinese(r["title"]).startswith("电工")]
    assert re.fullmatch(f"电工{HANZI}+", in_chinese(new["title"]))
    assert in_chinese(new["summary"]) == "电工"
    assert new["township"] == "xihe"
