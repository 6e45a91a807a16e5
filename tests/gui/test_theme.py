"""The tokens can be read on every ground, and another theme leaves nothing of the one before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTabBar,
    QTableWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.domain.levels import WarningLevel
from desktop.gui.panes.map.drawing import PICKED_WASH, WASH
from desktop.gui.qt_application import application
from desktop.gui.style_sheet import ROLES, SHEET
from desktop.gui.symbols import warning_color
from desktop.gui.theme import DARK, LIGHT, Theme, Tokens
from desktop.gui.upkeep.parts import ChoiceBox
from desktop.gui.widgets.label import PlainLabel
from support.builders import FakeClock
from support.events import come_to_rest
from support.open_desk import open_desk
from support.painted import contrast
from support.sample_board import sample_county

READABLE, SEEN = 4.5, 3.0


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "pick_ground"])
@pytest.mark.parametrize("ink", ["text", "second", "pick", "red", "orange_text"])
def test_every_ink_is_readable_on_every_ground(tokens: Tokens, ground: str, ink: str) -> None:
    inks = QColor(getattr(tokens, ink)), QColor(getattr(tokens, ground))
    assert contrast(*inks) >= READABLE


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "pick_ground"])
@pytest.mark.parametrize("mark", ["red", "orange", "yellow", "second"])
def test_every_mark_is_told_from_every_ground(tokens: Tokens, ground: str, mark: str) -> None:
    assert contrast(QColor(getattr(tokens, mark)), QColor(getattr(tokens, ground))) >= SEEN


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("level", WarningLevel)
def test_names_of_places_are_readable_in_the_area_of_a_picked_warning(
    tokens: Tokens, level: WarningLevel
) -> None:
    wash = warning_color(tokens, level)
    wash.setAlphaF(PICKED_WASH)
    area = QImage(1, 1, QImage.Format.Format_RGB32)
    area.fill(QColor(tokens.panel))
    with QPainter(area) as painter:
        painter.fillRect(area.rect(), wash)
    assert contrast(QColor(tokens.second), area.pixelColor(0, 0)) >= READABLE
    assert PICKED_WASH > WASH


class Parts(QWidget):
    """One of every kind of widget that the style sheet knows, the last of them in `folded`."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sheet")
        self.folded = QWidget()
        table, rows, bar, tabs = QTableWidget(30, 3), QListWidget(), QProgressBar(), QTabBar()
        rows.addItems(["1", "2"])
        bar.setValue(50)
        tabs.addTab("1")
        tabs.addTab("2")
        self._stack(self, QLineEdit("1"), QSpinBox(), table, bar, *self._buttons(), self.folded)
        self._stack(self.folded, QPlainTextEdit("1"), QToolButton(), rows, tabs, *self._buttons())
        self.resize(300, 1200)

    def _stack(self, parent: QWidget, *widgets: QWidget) -> None:
        column = QVBoxLayout(parent)
        for widget in widgets:
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            column.addWidget(widget)

    def _buttons(self) -> list[QPushButton]:
        buttons = []
        for name in ("plain", "chip", "main", "quiet", "link", "wrong"):
            buttons.append(button := QPushButton(name))
            button.setProperty(name, True)
            button.setCheckable(name == "chip")
            button.setChecked(name == "chip")
            button.setEnabled(name != "plain")
        return buttons


class Heard(QObject):
    """What events came to a widget and the widgets in it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = Counter[QEvent.Type]()
        for each in (widget, *widget.findChildren(QWidget)):
            each.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count[event.type()] += 1
        return False


def shown(qtbot: QtBot, theme: Theme) -> Parts:
    theme.apply()
    parts = Parts()
    qtbot.addWidget(parts)
    parts.show()
    qtbot.waitExposed(parts)
    return parts


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize(("before", "after"), [("light", "dark"), ("dark", "light")])
def test_nothing_keeps_a_colour_of_the_theme_before(qtbot: QtBot, before: str, after: str) -> None:
    application([])
    fresh = picture(shown(qtbot, Theme(after)))
    theme = Theme(before)
    parts = shown(qtbot, theme)
    assert picture(parts) != fresh
    theme.toggle()
    assert picture(parts) == fresh


@pytest.mark.parametrize(
    "make",
    [QLineEdit, QPlainTextEdit, QSpinBox, QDateTimeEdit, ChoiceBox],
    ids=lambda c: c.__name__,
)
def test_a_field_that_nobody_can_change_looks_so(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    application([])
    Theme("light").apply()
    field = make()
    field.setEnabled(False)
    qtbot.addWidget(field)
    field.show()
    qtbot.waitExposed(field)
    shown = picture(field)
    assert shown.pixelColor(shown.width() - 40, shown.height() // 2) == QColor(LIGHT.panel)


def test_a_box_of_qts_own_dialogs_keeps_its_arrow(qtbot: QtBot) -> None:
    application([])
    Theme("light").apply()
    box = QComboBox()
    qtbot.addWidget(box)
    box.resize(200, 30)
    box.show()
    qtbot.waitExposed(box)
    right = picture(box).copy(180, 8, 12, 14)
    inks = {right.pixel(x, y) for x in range(right.width()) for y in range(right.height())}
    assert len(inks) > 1


def test_what_was_hidden_has_the_new_colours_when_it_is_shown(qtbot: QtBot) -> None:
    application([])
    fresh = picture(shown(qtbot, Theme("dark")))
    theme = Theme("light")
    parts = shown(qtbot, theme)
    parts.folded.hide()
    theme.toggle()
    parts.folded.show()
    qtbot.waitUntil(lambda: picture(parts) == fresh)


def test_no_label_of_the_desk_keeps_a_colour_of_the_theme_left(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.run_action("outbox")
        desk.run_action("back")
        theme = desk.screen_context.theme
        labels = desk.findChildren(PlainLabel)
        before = {label: label.palette().windowText().color() for label in labels}
        theme.toggle()
        come_to_rest()
        change = {
            QColor(getattr(LIGHT, name)).rgb(): QColor(getattr(DARK, name)).rgb()
            for name in LIGHT.__struct_fields__
        }
        for label, color in before.items():
            now = label.palette().windowText().color().rgb()
            assert now == change[color.rgb()], label.text()


def test_another_theme_lays_nothing_out_anew(qtbot: QtBot) -> None:
    application([])
    theme = Theme("light")
    parts = shown(qtbot, theme)
    heard = Heard(parts)
    theme.toggle()
    picture(parts)
    assert heard.count[QEvent.Type.PaletteChange]
    assert not heard.count[QEvent.Type.StyleChange]
    assert not heard.count[QEvent.Type.LayoutRequest]


def test_every_token_of_the_style_sheet_has_a_role_of_its_own() -> None:
    assert len(set(ROLES.values())) == len(ROLES)
    assert set(re.findall(r"palette\(.*?\)", SHEET)) == {
        "palette(" + re.sub(r"(?<!^)(?=[A-Z])", "-", role.name).lower() + ")"
        for role in ROLES.values()
    }
    assert "#" not in re.sub(r"#[a-z]+[ :]", "", SHEET), "a colour stands in no theme"


def test_a_main_button_that_is_disabled_does_not_look_like_one_to_press(qtbot: QtBot) -> None:
    Theme().apply()
    button = QPushButton("报给县里")
    qtbot.addWidget(button)
    button.setProperty("main", True)
    button.resize(160, 40)
    button.show()
    enabled = button.grab().toImage()
    button.setEnabled(False)
    assert button.grab().toImage() != enabled
