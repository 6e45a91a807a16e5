"""Looking up in the township office: by words or initials, offline, never calmly empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.domain.asset import AssetState
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR
from desktop.domain.localized_text import Text
from desktop.gui.township.look_up_page import LookUpPage
from desktop.gui.township.window import TownshipWindow
from support.builders import NOW, FakeClock, a_township, a_warning, an_asset, an_incident
from support.open_desk import calm, open_office
from support.sample_board import SampleCounty, a_status, empty_county


def county_of(*puts: object, last_good_at: int | None = NOW) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=last_good_at, expected_period_ms=HOUR))
    county.tell(a_township(), *puts)
    return county


def opened(qtbot: QtBot, window: TownshipWindow) -> LookUpPage:
    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    page = window.pages["look_up"]
    assert isinstance(page, LookUpPage)
    qtbot.waitUntil(lambda: page.found is not None)
    return page


def look(qtbot: QtBot, window: TownshipWindow, text: str) -> list[str]:
    page = opened(qtbot, window)
    if page.search.text() != text:
        before = page.found
        page.search.selectAll()
        page.search.insert(text)  # QTest has no keys for Chinese.
        qtbot.waitUntil(lambda: page.found is not before)
    calm(qtbot, window)
    return [page.model.name(row) for row in page.model.rows]


def some_things() -> SampleCounty:
    return county_of(
        an_incident(id="open", title=Text("河堤渗水")),
        an_incident(id="ended", title=Text("树木倒伏"), stage=Stage.CLOSED),
        an_incident(id="far", title=Text("外乡渗水"), township="T02"),
        an_asset(id="pump", name=Text("石门泵站"), township="T01", state=AssetState.FAILED),
        an_asset(id="far", name=Text("外乡泵站"), township="T02"),
        a_warning(id="w", headline=Text("暴雨橙色预警"), townships=("T01",)),
        a_warning(id="elsewhere", headline=Text("大风预警"), townships=("T02",)),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["暴雨橙色预警", "石门泵站", "河堤渗水", "树木倒伏"]),
        ("渗水", ["河堤渗水"]),
        ("smbz", ["石门泵站"]),
        ("泵站 石门", ["石门泵站"]),
        ("树木", ["树木倒伏"]),
        ("暴雨", ["暴雨橙色预警"]),
        ("没有这个", []),
    ],
)
def test_words_and_initials_find_what_is_of_the_township(
    qtbot: QtBot, tmp_path: Path, text: str, found: list[str]
) -> None:
    with open_office(qtbot, some_things(), tmp_path, "T01") as window:
        assert look(qtbot, window, text) == found


def test_the_picked_row_is_told_whole_beside_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, some_things(), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        look(qtbot, window, "泵站")
        assert "石门泵站" in page.card.text
        assert "故障" in page.card.text
        look(qtbot, window, "河堤")
        qtbot.waitUntil(lambda: "河堤渗水" in page.card.text)
        assert "县水务局" in page.card.text


def test_nothing_found_is_no_calm_none_before_the_first_answer(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_office(qtbot, county_of(last_good_at=None), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        calm(qtbot, window)
        assert page.empty.isVisible()
        assert page.empty.title.text() == "从未收到内容"


def test_esc_empties_the_field(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, some_things(), tmp_path, "T01") as window:
        page = opened(qtbot, window)
        look(qtbot, window, "渗水")
        qtbot.keyClick(page.search, Qt.Key.Key_Escape)
        assert page.search.text() == ""
