"""The infrastructure pane: matrix, list and trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QAbstractItemModelTester

from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.instant import HOUR
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.panes.infrastructure.asset_list import AssetList, AssetModel
from desktop.gui.panes.infrastructure.matrix import ROW_PX, Matrix, MatrixModel
from desktop.gui.panes.infrastructure.matrix_cells import contrast, paint_state
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
        for unfolded in (True, False, True):
            matrix.unfold(unfolded)
        assets.show(data.assets)
        assets.show(data.assets[:3])
        assert (matrix.rowCount(), matrix.columnCount()) == (19, 12)
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


@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
)
def test_what_a_click_on_a_head_lists_a_key_lists_too(
    qtbot: QtBot, held: Qt.KeyboardModifier
) -> None:
    with a_stage(one_failed()) as screen, shown(InfrastructurePane(screen), screen) as pane:
        matrix, table = pane.matrix, pane.matrix.table
        matrix.setFocus()
        matrix.setCurrentIndex(table.place_of("T01", "pump_station"))
        qtbot.keyClick(matrix, Qt.Key.Key_Return, held)
        by_key = pane.scope.text()
        pane.close_list()
        across = held is Qt.KeyboardModifier.ControlModifier
        header = matrix.horizontalHeader() if across else matrix.verticalHeader()
        header.sectionClicked.emit(table.kinds.index("pump_station") if across else 0)
        assert pane.scope.text() == by_key
        tip = table.headerData(0, header.orientation(), Qt.ItemDataRole.ToolTipRole)
        assert ("Ctrl+Enter" if across else "Shift+Enter") in str(tip)


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
        assert pane.head.is_hatched
        assert "failing since" in pane.head.age.toolTip()
        assert "1 h ago" in pane.head.age.toolTip()


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


def county_of_townships(*states: AssetState) -> SampleCounty:
    """A township for each state, named by its number, with a pumping station in that state."""
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    for number, state in enumerate(states):
        id = f"T{number}"
        county.tell(a_township(id=id), an_asset(id=f"A{number}", township=id, state=state))
    return county


NORMAL, FAILED = AssetState.NORMAL, AssetState.FAILED


def stand_on_fold(matrix: Matrix) -> None:
    fold = matrix.table.fold_row
    assert fold is not None
    matrix.setFocus()
    matrix.setCurrentIndex(matrix.table.index(fold, 0))


def test_townships_where_all_is_normal_are_counted_in_one_row(qtbot: QtBot) -> None:
    county = county_of_townships(NORMAL, FAILED, NORMAL, NORMAL)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        table = pane.matrix.table
        assert table.townships == ("T1",)
        assert table.index(1, 0).data() == "3 townships normal"
        assert pane.matrix.columnSpan(1, 0) == table.columnCount()


@pytest.mark.parametrize("state", [s for s in AssetState if s is not NORMAL])
def test_a_township_with_anything_but_normal_is_never_folded_away(
    qtbot: QtBot, state: AssetState
) -> None:
    county = county_of_townships(NORMAL, NORMAL, state)
    county.tell(a_township(id="T9"))
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.matrix.table.townships == ("T2", "T9")


def test_the_fold_does_not_call_normal_what_was_not_heard_of_lately(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW))
    for number in range(2):
        id = f"T{number}"
        county.tell(a_township(id=id), an_asset(id=f"A{number}", township=id))
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        assert pane.matrix.table.say_fold() == "2 townships normal"
        screen.feed.ticked.emit(NOW + HOUR)
        assert pane.matrix.table.say_fold() == "2 townships normal when last heard"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Right])
def test_the_fold_opens_by_key_and_the_left_arrow_closes_it(qtbot: QtBot, key: Qt.Key) -> None:
    county = county_of_townships(NORMAL, FAILED, NORMAL)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        stand_on_fold(pane.matrix)
        qtbot.keyClick(pane.matrix, key)
        table = pane.matrix.table
        assert table.townships == ("T1", "T0", "T2")
        rows = [table.township_at(row) for row in range(table.rowCount())]
        assert rows == ["T1", None, "T0", "T2"]
        assert table.place_of("T2", "pump_station").row() == 3
        qtbot.keyClick(pane.matrix, Qt.Key.Key_Left)
        assert table.townships == ("T1",)
        assert table.is_fold(pane.matrix.currentIndex())


def test_the_fold_opens_by_a_click_and_stays_open_after_a_refresh(qtbot: QtBot) -> None:
    county = county_of_townships(NORMAL, FAILED, NORMAL)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        matrix, table = pane.matrix, pane.matrix.table
        fold = matrix.visualRect(table.index(1, 0)).center()
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=fold)
        assert table.unfolded
        pane.reload()
        settle(screen)
        assert table.townships == ("T1", "T0", "T2")
        last = matrix.visualRect(table.place_of("T2", "pump_station")).center()
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=last)
        assert names(pane) == ["A2"]


def test_the_row_of_the_fold_tells_a_screen_reader_what_it_is_and_what_enter_does(
    qtbot: QtBot,
) -> None:
    county = county_of_townships(NORMAL, NORMAL)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        table = pane.matrix.table
        role = Qt.ItemDataRole.AccessibleTextRole
        assert table.index(0, 0).data(role) == "2 townships normal · Enter shows them"
        table.unfold(True)
        assert table.index(0, 0).data(role) == "2 townships normal · Enter folds them"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_normal_is_a_small_dot_that_is_seen_and_no_such_asset_is_blank(
    qtbot: QtBot, theme: str
) -> None:
    county = county_of_townships(NORMAL)
    county.tell(a_township(id="T1"), an_asset(id="B", township="T1", kind="bridge"))
    with a_stage(county, theme=theme) as screen, shown(InfrastructurePane(screen), screen) as pane:
        matrix, table = pane.matrix, pane.matrix.table
        table.unfold(True)
        screen.theme.apply()

        def inked(kind: str) -> list[float]:
            """The contrast of each pixel of a cell that is not its ground."""
            cell = matrix.visualRect(table.place_of("T0", kind))
            image = matrix.viewport().grab(cell).toImage()
            ground = image.pixelColor(0, 0)
            pixels = [(x, y) for x in range(image.width()) for y in range(image.height())]
            colors = [image.pixelColor(*at) for at in pixels]
            return [contrast(color, ground) for color in colors if color.rgb() != ground.rgb()]

        dot = inked("pump_station")
        assert max(dot) >= 3
        assert len(dot) <= 36
        assert inked("bridge") == []


@pytest.mark.parametrize("height", [120, 200, 310])
def test_rows_stay_high_enough_to_hit_and_the_rest_is_scrolled(qtbot: QtBot, height: int) -> None:
    with (
        a_stage(sample_county(FakeClock(), 20)) as screen,
        shown(InfrastructurePane(screen), screen, 790, height) as pane,
    ):
        table = pane.matrix.table
        table.unfold(True)
        heights = {pane.matrix.rowHeight(row) for row in range(table.rowCount())}
        assert min(heights) >= max(16, ROW_PX[0])
        assert max(heights) <= ROW_PX[1]


def test_a_filter_says_nothing_of_cells_without_that_state(qtbot: QtBot) -> None:
    county = county_of_townships(FAILED)
    degraded = an_asset(id="B", township="T0", kind="bridge", state=AssetState.DEGRADED)
    county.tell(degraded)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        pane.chips.choose("failed")
        matrix = pane.matrix
        cell = matrix.visualRect(matrix.table.place_of("T0", "bridge"))
        image = matrix.viewport().grab(cell).toImage()
        colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
        assert len(colors) == 1
