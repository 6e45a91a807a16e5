"""Each rule of the score sheet finds a violation that is planted, and lets the like of it pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.gui.theme import LIGHT
from desktop.gui.widgets.accessible import give_roles
from support import score_controls, score_room, score_sheet
from support.painted import Painted, picture_of


@contextmanager
def a_window(qtbot: QtBot, *inside: QWidget, spacing: int = 8) -> Iterator[QWidget]:
    """A white window with these widgets one above the other, active, and gone at the end."""
    window = QWidget()
    window.setStyleSheet("background: white; color: black;")
    column = QVBoxLayout(window)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(spacing)
    for widget in inside:
        column.addWidget(widget)
    window.resize(400, 300)
    with qtbot.waitActive(window):
        window.show()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()


def a_label(text: str, style: str) -> QLabel:
    label = QLabel(text)
    label.setStyleSheet(style)
    return label


class Square(QWidget):
    """One filled square of a colour."""

    def __init__(self, color: str, side: float = 12) -> None:
        super().__init__()
        self.color, self.side = color, side

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(QRectF(20, 4, self.side, self.side), QColor(self.color))


class Rows(QStyledItemDelegate):
    """Paints each row's text at a place of its own."""

    def __init__(self, lefts: list[int], rights: list[int] | None = None) -> None:
        super().__init__()
        self.lefts, self.rights = lefts, rights

    def paint(self, painter: QPainter, option: object, index: object) -> None:
        row = index.row()  # type: ignore[attr-defined]
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        align = Qt.AlignmentFlag.AlignVCenter
        if self.rights is None:
            rect.setLeft(rect.left() + self.lefts[row])
            align |= Qt.AlignmentFlag.AlignLeft
        else:
            rect.setRight(rect.left() + self.rights[row])
            align |= Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor("black"))
        painter.drawText(rect, align, index.data())  # type: ignore[attr-defined]


def a_list(texts: list[str], rows: Rows) -> QListWidget:
    listed = QListWidget()
    listed.addItems(texts)
    rows.setParent(listed)
    listed.setItemDelegate(rows)
    return listed


@pytest.mark.parametrize(
    ("style", "broken"),
    [
        ("color: #777777; font-size: 14px", True),
        ("color: #757575; font-size: 14px", False),
        ("color: #949494; font-size: 24px", False),
        ("color: #A0A0A0; font-size: 24px", True),
        ("color: rgba(0, 0, 0, 100); font-size: 14px", True),
    ],
)
def test_faint_text_is_found(qtbot: QtBot, style: str, broken: bool) -> None:
    with a_window(qtbot, a_label("Words", style)) as window:
        assert bool(score_sheet.faint_text(Painted(window))) is broken


def test_a_faint_placeholder_is_found(qtbot: QtBot) -> None:
    line = QLineEdit()
    line.setPlaceholderText("Search")
    line.setStyleSheet("placeholder-text-color: #999999")
    with a_window(qtbot, QPushButton("first"), line) as window:
        assert "Search" in score_sheet.faint_text(Painted(window))[0]


@pytest.mark.parametrize(("color", "broken"), [("#D9A060", True), ("#D25C08", False)])
def test_a_faint_mark_is_found(qtbot: QtBot, color: str, broken: bool) -> None:
    with a_window(qtbot, Square(color)) as window:
        assert bool(score_sheet.faint_marks(Painted(window))) is broken


@pytest.mark.parametrize(
    ("text", "weight", "broken"),
    [("12:40", 400, True), ("-08:15", 400, False), ("12:40", 700, False), ("late", 400, False)],
)
def test_colour_alone_is_found(qtbot: QtBot, text: str, weight: int, broken: bool) -> None:
    style = f"color: #C4122F; font-weight: {weight}"
    with a_window(qtbot, a_label(text, style)) as window:
        assert bool(score_sheet.colour_alone(Painted(window))) is broken


def test_red_is_found(qtbot: QtBot) -> None:
    with a_window(qtbot, Square(LIGHT.red)) as window:
        assert score_sheet.red(picture_of(window), LIGHT)
    with a_window(qtbot, Square(LIGHT.orange)) as window:
        assert not score_sheet.red(picture_of(window), LIGHT)


@pytest.mark.parametrize(("count", "broken"), [(6, False), (7, True)])
def test_a_seventh_hue_is_found(qtbot: QtBot, count: int, broken: bool) -> None:
    colors = [QColor.fromHsv(n * 51, 255, 255).name() for n in range(count)]
    with a_window(qtbot, *(Square(color) for color in colors)) as window:
        assert bool(score_sheet.too_many_hues(Painted(window))) is broken


def test_a_fourth_size_is_found(qtbot: QtBot) -> None:
    labels = [a_label("Words", f"font-size: {px}px") for px in (12, 14, 20, 24)]
    with a_window(qtbot, *labels) as window:
        assert score_sheet.too_many_sizes(Painted(window), 3)
        assert not score_sheet.too_many_sizes(Painted(window), 4)


@pytest.mark.parametrize(("last", "broken"), [(20, False), (23, True)])
def test_a_crooked_column_is_found(qtbot: QtBot, last: int, broken: bool) -> None:
    rows = Rows([20, 20, 20, last])
    with a_window(qtbot, a_list(["one", "three", "seven", "eleven"], rows)) as window:
        assert bool(score_sheet.crooked_columns(Painted(window))) is broken


def test_figures_that_do_not_end_at_one_edge_are_found(qtbot: QtBot) -> None:
    figures = ["8", "64", "120", "1024"]
    with a_window(qtbot, a_list(figures, Rows([20, 20, 20, 20]))) as window:
        assert score_sheet.crooked_figures(Painted(window))
    straight = Rows([], [200, 200, 200, 200])
    with a_window(qtbot, a_list(figures, straight)) as window:
        assert not score_sheet.crooked_figures(Painted(window))


def test_writing_that_stands_lower_than_its_neighbour_is_found(qtbot: QtBot) -> None:
    class Low(Rows):
        drop = 3

        def paint(self, painter: QPainter, option: object, index: object) -> None:
            super().paint(painter, option, index)
            rect = QRectF(option.rect).adjusted(200, self.drop, 0, self.drop)  # type: ignore[attr-defined]
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, "beside")

    rows = Low([20])
    with a_window(qtbot, a_list(["one"], rows)) as window:
        assert score_sheet.crooked_baselines(Painted(window))
        rows.drop = 0
        window.update()
        assert not score_sheet.crooked_baselines(Painted(window))


@pytest.mark.parametrize(("ink", "broken"), [("#8A8A8A", True), ("#5A5A5A", False)])
def test_a_faint_label_is_found(qtbot: QtBot, ink: str, broken: bool) -> None:
    label = a_label("Shimen", f"color: {ink}; font-size: 20px")
    with a_window(qtbot, label) as window:
        place = QRectF(label.geometry())
        assert bool(score_sheet.faint_labels(Painted(window), [place])) is broken


def test_what_flashes_is_found_and_a_small_mark_may(qtbot: QtBot) -> None:
    for side, broken in ((20, False), (80, True)):
        square = Square("#C4122F", side)
        with a_window(qtbot, square) as window:
            before = Painted(window)
            square.color = "#FFFFFF"
            square.update()
            assert bool(score_sheet.flashing(before, window)) is broken


def test_a_timer_that_could_flash_is_found(qtbot: QtBot) -> None:
    with a_window(qtbot, QPushButton("one")) as window:
        timer = QTimer(window)
        timer.start(100)
        assert score_controls.fast_timers(window)
        timer.start(1000)
        assert not score_controls.fast_timers(window)


def test_a_small_target_is_found(qtbot: QtBot) -> None:
    button, listed = QPushButton("one"), QListWidget()
    listed.addItem("row")
    listed.setStyleSheet("QListWidget::item { height: 18px }")
    button.setFixedSize(23, 40)
    with a_window(qtbot, button, listed) as window:
        assert len(score_controls.small_targets(window)) == 2
        button.setFixedSize(24, 24)
        listed.setStyleSheet("QListWidget::item { height: 24px }")
        assert score_controls.small_targets(window) == []


def test_a_control_without_a_name_or_a_role_is_found(qtbot: QtBot) -> None:
    stop = QWidget()
    stop.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    line, bar, listed = QLineEdit(), QProgressBar(), QListWidget()
    listed.addItem("")
    with a_window(qtbot, stop, line, bar, listed) as window:
        found = "\n".join(score_controls.unnamed(window))
        assert found.count("no name") == 4
        assert found.count("no role") == 1
        assert "nameless row" in found


def test_a_table_whose_cells_say_nothing_is_found(qtbot: QtBot) -> None:
    table = QTableWidget(2, 2)
    table.setAccessibleName("Assets")
    with a_window(qtbot, table) as window:
        assert "nameless row" in score_controls.unnamed(window)[0]
        for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
            table.setItem(row, column, QTableWidgetItem("normal"))
        assert score_controls.unnamed(window) == []


def test_a_painted_widget_that_tells_its_role_is_no_riddle(qtbot: QtBot) -> None:
    from PySide6.QtGui import QAccessible

    class Chart(QWidget):
        accessible_role = QAccessible.Role.Chart

        def accessible_value(self) -> str:
            return "64 of 50"

    give_roles()
    chart = Chart()
    chart.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    chart.setAccessibleName("Waiting")
    with a_window(qtbot, chart) as window:
        assert score_controls.unnamed(window) == []
        face = QAccessible.queryAccessibleInterface(chart)
        assert face.role() is QAccessible.Role.Chart
        assert face.text(QAccessible.Text.Value) == "64 of 50"
        assert face.text(QAccessible.Text.Name) == "Waiting"


def test_a_margin_or_spacing_off_the_grid_is_found(qtbot: QtBot) -> None:
    inner = QWidget()
    row = QHBoxLayout(inner)
    row.setContentsMargins(0, 3, 0, 0)
    with a_window(qtbot, inner) as window:
        assert score_controls.off_grid(window)
        row.setContentsMargins(0, 4, 0, 1)
        assert not score_controls.off_grid(window)
    with a_window(qtbot, QLabel("a"), QLabel("b"), spacing=6) as window:
        assert score_controls.off_grid(window)


def test_a_focus_that_cannot_be_seen_is_found(qtbot: QtBot) -> None:
    plain, ringed = QPushButton("one"), QPushButton("two")
    plain.setStyleSheet("border: 2px solid blue")
    ringed.setStyleSheet("QPushButton { border: 2px solid grey } :focus { border-color: blue }")
    with a_window(qtbot, plain, ringed) as window:
        (found,) = score_controls.unseen_focus(window)
        assert "'one'" in found


class Line(QWidget):
    """A line of text from this place on, with its tip."""

    def __init__(self, text: str, x: int = 0, y: int = 16, tip: str = "") -> None:
        super().__init__()
        self.text, self.x_px, self.y_px = text, x, y
        self.setFixedHeight(24)
        self.setToolTip(tip)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawText(self.x_px, self.y_px, self.text)


@pytest.mark.parametrize(("x", "y", "broken"), [(0, 16, False), (360, 16, True), (0, 5, True)])
def test_text_that_its_widget_cuts_off_is_found(qtbot: QtBot, x: int, y: int, broken: bool) -> None:
    with a_window(qtbot, Line("many words", x, y)) as window:
        assert bool(score_room.cut_text(Painted(window))) is broken


def test_what_a_scroll_area_cuts_below_is_cut_only_if_it_shows_no_bar(qtbot: QtBot) -> None:
    listed = a_list([f"row {number}" for number in range(40)], Rows([20] * 40))
    listed.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
    bar = listed.verticalScrollBar()
    with a_window(qtbot, listed) as window:
        qtbot.waitUntil(bar.isVisible)
        bar.setValue(8)
        assert score_room.cut_text(Painted(window)) == []
        listed.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        qtbot.waitUntil(lambda: not bar.isVisible())
        bar.setValue(8)
        assert score_room.cut_text(Painted(window))


@pytest.mark.parametrize(("px", "broken"), [(30, True), (140, False)])
def test_a_button_too_narrow_for_its_words_is_found(qtbot: QtBot, px: int, broken: bool) -> None:
    button = QPushButton("Acknowledge")
    button.setFixedWidth(px)
    with a_window(qtbot, button) as window:
        assert bool(score_room.cut_controls(Painted(window))) is broken


@pytest.mark.parametrize(
    ("tip", "broken"), [("", True), ("Rockfall", True), ("Rockfall on the road", False)]
)
def test_words_cut_short_that_no_tip_has_whole_are_found(
    qtbot: QtBot, tip: str, broken: bool
) -> None:
    with a_window(qtbot, Line("Rockfall on…", tip=tip)) as window:
        assert bool(score_room.lost_words(Painted(window))) is broken


def test_a_row_cut_short_needs_a_tip_of_its_own(qtbot: QtBot) -> None:
    listed = a_list(["Qingshi · Hand…"], Rows([20]))
    with a_window(qtbot, listed) as window:
        assert score_room.lost_words(Painted(window))
        listed.item(0).setToolTip("Handling · Qingshi")
        assert score_room.lost_words(Painted(window)) == []


def test_a_bar_over_the_words_of_others_is_found(qtbot: QtBot) -> None:
    with a_window(qtbot, a_label("below", "font-size: 14px")) as window:
        bar = QLabel("1 acknowledged", window)
        bar.setGeometry(8, 200, 200, 40)
        bar.show()
        assert score_room.overlapping(Painted(window)) == []
        bar.move(0, 130)
        assert "over 'below'" in score_room.overlapping(Painted(window))[0]


def test_words_over_words_are_found(qtbot: QtBot) -> None:
    class Twice(Line):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            with QPainter(self) as painter:
                painter.drawText(self.x_px + 20, self.y_px + 3, "others")

    with a_window(qtbot, Twice("many words")) as window:
        assert "'many words' and 'others'" in score_room.overlapping(Painted(window))[0]
