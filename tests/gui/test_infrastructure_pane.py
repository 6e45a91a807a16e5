"""The infrastructure pane: matrix, list and trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QAbstractItemModelTester

from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.instant import HOUR
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.panes.infrastructure.asset_list import AssetList, AssetModel
from desktop.gui.panes.infrastructure.matrix import MatrixModel, contrast, paint_state
from desktop.gui.panes.infrastructure.pane import InfrastructurePane
from desktop.gui.theme import Theme
from support.builders import NOW, FakeClock, a_township, a_trend, an_asset
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PUMP = Key("county", Collection.ASSETS, "A0001")


def county_with(*assets: Asset, last_good_at: int | None = NOW) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=last_good_at))
    county.tell(a_township(), *assets)
    return county


def one_failed() -> SampleCounty:
    failed = an_asset(id="A0002", state=AssetState.FAILED, kind="power", since_at=NOW - HOUR)
    return county_with(an_asset(), failed)


def names(pane: InfrastructurePane) -> list[str]:
    return [asset.id for asset in pane.assets.table.rows]


def test_the_models_keep_qts_rules(qtbot: QtBot) -> None:
    county = sample_county(FakeClock())
    with a_stage(county) as screen:
        matrix, assets = MatrixModel(screen.words), AssetModel(screen)
        testers = [QAbstractItemModelTester(model) for model in (matrix, assets)]
        data = county.board.infrastructure()
        for only in (None, AssetState.FAILED, AssetState.UNKNOWN, None):
            matrix.show(data, only)
        assets.show(data.assets)
        assets.show(data.assets[:3])
        assert (matrix.rowCount(), matrix.columnCount()) == (18, 12)
        assert all(tester.model() is not None for tester in testers)


def test_the_summary_counts_what_is_not_normal(qtbot: QtBot) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.head.summary.text() == "2 · Failed 1 · Degraded 0 · Unknown 0"


def test_before_a_cell_is_opened_the_list_shows_what_is_not_normal(qtbot: QtBot) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert names(pane) == ["A0002"]


def test_arrows_and_enter_open_a_cell_beside_the_matrix(qtbot: QtBot) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        pane.matrix.setFocus()
        pane.matrix.setCurrentIndex(pane.matrix.table.index(0, 0))
        qtbot.keyClick(pane.matrix, Qt.Key.Key_Right)
        qtbot.keyClick(pane.matrix, Qt.Key.Key_Return)
        assert pane.matrix.table.kinds == ("power", "pump_station")
        assert names(pane) == ["A0001"]
        assert "Shimen" in pane.scope.text()


def test_choosing_an_asset_picks_it_and_draws_its_trend(qtbot: QtBot) -> None:
    county = one_failed()
    county.tell(a_trend())
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        pane.open_cell("T01", "pump_station")
        with qtbot.waitSignal(pane.picked) as told:
            assert pane.assets.choose(PUMP)
        assert told.args == [PUMP]
        settle(screen)
        assert pane.chart.isVisible()
        assert pane.chart.title.text() == "Shimen pumping station"


def test_a_refresh_keeps_the_open_cell_the_chosen_asset_and_the_current_cell(
    qtbot: QtBot,
) -> None:
    county = one_failed()
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        pane.open_cell("T01", "pump_station")
        pane.assets.choose(PUMP)
        pane.matrix.setCurrentIndex(pane.matrix.table.index(0, 1))
        county.tell(an_asset(id="A0", kind="bridge", version=2))
        pane.reload()
        settle(screen)
        assert pane.assets.current is not None
        assert pane.assets.current.id == "A0001"
        where = pane.matrix.table.where(pane.matrix.currentIndex())
        assert where == ("T01", "pump_station")


def test_the_row_focus_came_to_is_followed_where_it_moves_and_is_not_chosen_by_that(
    qtbot: QtBot,
) -> None:
    first, second = an_asset(id="A0001"), an_asset(id="A0002")
    with a_stage(county_with(first, second)) as screen:
        view = AssetList(screen)
        qtbot.addWidget(view)
        chosen: list[Asset] = []
        view.chosen.connect(chosen.append)
        view.show_rows((first, second))
        QCoreApplication.sendEvent(
            view, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason)
        )
        assert view.current == first
        view.show_rows((second, first))
        assert (view.current, view.currentIndex().row()) == (first, 1)
        assert chosen == []


def test_an_asset_shown_from_elsewhere_opens_its_cell(qtbot: QtBot) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.show_key(PUMP)
        assert names(pane) == ["A0001"]
        assert not pane.show_key(Key("county", Collection.ASSETS, "gone"))


def test_a_filter_keeps_the_townships_where_the_state_occurs(qtbot: QtBot) -> None:
    county = one_failed()
    county.tell(a_township(id="T02"), an_asset(id="A3", township="T02"))
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.matrix.table.townships == ("T01", "T02")
        pane.chips.choose("failed")
        assert pane.matrix.table.townships == ("T01",)


def test_a_filter_that_leaves_nothing_says_that_it_filtered(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(an_asset())) as screen,
        shown(InfrastructurePane(screen), screen) as pane,
    ):
        pane.chips.choose("failed")
        assert pane.empty.title.text() == "Filtered out"
        pane.chips.choose("all")
        assert not pane.is_empty


def test_assets_of_an_unlisted_township_stand_in_a_row_of_their_own(qtbot: QtBot) -> None:
    lost = an_asset(id="A9", township="nowhere", state=AssetState.FAILED)
    with a_stage(county_with(lost)) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.matrix.table.townships == ("T01", "")
        pane.open_cell("", lost.kind)
        assert names(pane) == ["A9"]


def test_before_the_first_answer_it_says_that_it_waits(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None))
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.empty.title.text() == "Not yet loaded"


def test_a_source_that_was_never_reached_cannot_look_like_all_normal(qtbot: QtBot) -> None:
    problem = Problem("unreachable", {"host": "county.example"})
    status = a_status(last_good_at=None, failing_since=NOW, problem=problem)
    with (
        a_stage(empty_county(FakeClock(), status)) as screen,
        shown(InfrastructurePane(screen), screen) as pane,
    ):
        assert pane.empty.title.text() == "Never received from County platform"


def test_an_answer_without_assets_is_called_that(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.empty.title.text() == "No assets"


def test_a_failing_source_leaves_the_cells_and_says_since_when(qtbot: QtBot) -> None:
    county = one_failed()
    county.set_sources(
        a_status(last_good_at=NOW, failing_since=NOW, problem=Problem("unreachable", {}))
    )
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        screen.feed.ticked.emit(NOW + HOUR)
        assert not pane.is_empty
        assert "failing since" in pane.head.age.toolTip()
        assert "1 h ago" in pane.head.age.text()


def test_a_page_without_assets_says_which_it_would_name(qtbot: QtBot) -> None:
    with a_stage(county_with(an_asset())) as screen, shown(InfrastructurePane(screen), screen) as p:
        table = p.snapshot().as_printed_table()
        assert (table.rows, table.none) == ([], "Not normal, worst first · 0")


def test_the_csv_has_its_data_time_and_runs_nothing(qtbot: QtBot) -> None:
    evil = an_asset(state=AssetState.FAILED, name=Text("=1+1", '=HYPERLINK("x")'))
    with a_stage(county_with(evil)) as screen, shown(InfrastructurePane(screen), screen) as pane:
        first, _, row = pane.snapshot().as_csv().splitlines()[:3]
        assert "data 00:00:00" in first
        assert "'=HYPERLINK" in row


def test_colour_is_never_alone_and_its_mark_reads_on_it(qtbot: QtBot) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    for name in ("light", "dark"):
        theme = Theme(name)
        for state, token in ((AssetState.FAILED, "red"), (AssetState.DEGRADED, "orange")):
            image = QImage(20, 12, QImage.Format.Format_RGB32)
            with QPainter(image) as painter:
                paint_state(painter, QRectF(0, 0, 20, 12), state, 1, theme)
            fill = theme.color(token)
            best = max(contrast(image.pixelColor(x, y), fill) for x in range(20) for y in range(12))
            assert best >= 3.5


def test_a_change_of_language_reaches_heads_chips_and_cells(qtbot: QtBot) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        screen.words.language = "zh_CN"
        QCoreApplication.sendEvent(pane, QEvent(QEvent.Type.LanguageChange))
        assert "故障 1" in pane.head.summary.text()
        vertical = Qt.Orientation.Vertical
        assert pane.matrix.table.headerData(0, vertical) == "石门乡"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("width", "height"), [(790, 200), (1160, 310)])
def test_every_township_fits_with_its_name_at_a_readable_height(
    qtbot: QtBot, language: str, width: int, height: int
) -> None:
    county = sample_county(FakeClock(), 20)
    with a_stage(county, language) as screen, shown(InfrastructurePane(screen), screen) as pane:
        pane.resize(width, height)
        settle(screen)
        matrix, table = pane.matrix, pane.matrix.table
        assert len(table.townships) == 18

        def last() -> QRect:
            return matrix.visualRect(table.index(table.rowCount() - 1, 0))

        qtbot.waitUntil(lambda: last().bottom() <= matrix.viewport().height())
        assert last().height() >= 10
        places = [table.place_of(township, "gas") for township in table.townships]
        assert [table.where(place)[0] for place in places] == list(table.townships)


def test_a_folded_matrix_keeps_the_current_cell_and_opens_a_township_by_its_name(
    qtbot: QtBot,
) -> None:
    county = sample_county(FakeClock(), 20)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        settle(screen)
        matrix, table = pane.matrix, pane.matrix.table
        township = table.townships[-1]
        pane.resize(790, 400)
        matrix.setCurrentIndex(table.place_of(township, "gas"))
        pane.resize(790, 200)
        assert table.folded
        assert table.where(matrix.currentIndex()) == (township, "gas")
        names = table.index(table.rowCount() - 1, len(table.kinds))
        assert names.data() == table.name(township)
        opened = []
        matrix.opened.connect(lambda *where: opened.append(where))
        matrix.clicked.emit(names)
        assert opened == [(township, None)]
