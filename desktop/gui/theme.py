"""Colours, fonts and their change at run time: one set of tokens for desk, wall and print."""

from __future__ import annotations

from functools import cache

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "sans-serif",
)

PIXELS = {"body": 14, "second": 12, "title": 20, "number": 14, "strong": 14, "key": 12}
"""Text sizes of a desk by role; a wall passes its own."""


class Tokens(msgspec.Struct, frozen=True):
    """The colours of one theme as `#RRGGBB`; saturated ones are only for what is abnormal."""

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    second: str
    faint: str
    pick: str
    pick_ground: str
    red: str
    orange: str
    orange_text: str
    yellow: str
    land: str
    water: str
    road: str
    edge: str


LIGHT = Tokens(
    ground="#E9ECED",
    panel="#F6F7F7",
    raised="#FFFFFF",
    line="#D3D8DA",
    text="#1C2327",
    second="#566067",
    faint="#879197",
    pick="#2B5D84",
    pick_ground="#DCE6ED",
    red="#C4122F",
    orange="#D25C08",
    orange_text="#A64804",
    yellow="#A67C00",
    land="#EEF0EE",
    water="#CBD8DE",
    road="#C9CDCB",
    edge="#AEB6B8",
)
DARK = Tokens(
    ground="#101416",
    panel="#171C1F",
    raised="#1E2428",
    line="#2B3338",
    text="#E4E9EB",
    second="#9BA6AC",
    faint="#6C777D",
    pick="#7FB2D6",
    pick_ground="#1B2E3B",
    red="#FF5A6E",
    orange="#FF9A3D",
    orange_text="#FF9A3D",
    yellow="#E6C04A",
    land="#1A2023",
    water="#20313A",
    road="#30383C",
    edge="#3E494F",
)
WALL = DARK

THEMES = {"light": LIGHT, "dark": DARK, "wall": WALL}


class Theme(QObject):
    """The tokens in force, and their colours and fonts by role."""

    changed = Signal()

    def __init__(self, name: str = "light", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = name if name in THEMES else "light"

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in force."""
        return THEMES[self.name]

    def set_name(self, name: str) -> None:
        """Change to `light`, `dark` or `wall` at once, everywhere."""
        if name in THEMES and name != self.name:
            self.name = name
            self.apply()
            self.changed.emit()

    def toggle(self) -> None:
        """Change from dark to light, else to dark."""
        self.set_name("light" if self.name == "dark" else "dark")

    def color(self, role: str) -> QColor:
        """Return the colour of a token by its name."""
        return QColor(getattr(self.tokens, role))

    def font(self, role: str, px: int | None = None) -> QFont:
        """Return the font of a role: body, second, title, strong, key, or number (tabular
        figures)."""
        return QFont(_font(role, px or PIXELS[role]))

    def apply(self) -> None:
        """Give the application this theme's palette, font and the little style sheet."""
        self.apply_colors()
        self.apply_style()

    def apply_colors(self) -> None:
        """Give the application the palette and the font, and no style sheet for now."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setFont(self.font("body"))
            # Under a style sheet Qt polishes every widget anew for the palette, and then once more.
            app.setStyleSheet("")
            app.setPalette(self._palette())

    def apply_style(self) -> None:
        """Give the application the style sheet that belongs to the palette."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setStyleSheet(_style(self.tokens))

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in (
            (QPalette.ColorRole.Window, "panel"),
            (QPalette.ColorRole.Base, "raised"),
            (QPalette.ColorRole.AlternateBase, "panel"),
            (QPalette.ColorRole.Button, "raised"),
            (QPalette.ColorRole.WindowText, "text"),
            (QPalette.ColorRole.Text, "text"),
            (QPalette.ColorRole.ButtonText, "text"),
            (QPalette.ColorRole.PlaceholderText, "second"),
            (QPalette.ColorRole.Highlight, "pick_ground"),
            (QPalette.ColorRole.HighlightedText, "text"),
            (QPalette.ColorRole.ToolTipBase, "raised"),
            (QPalette.ColorRole.ToolTipText, "text"),
            (QPalette.ColorRole.Link, "pick"),
            (QPalette.ColorRole.Mid, "line"),
        ):
            palette.setColor(role, self.color(token))
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette


@cache
def _font(role: str, px: int) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(px)
    if role in ("title", "strong"):
        font.setWeight(QFont.Weight.DemiBold)
    # Every role carries tabular figures: clocks and counts must not dance beside words.
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _style(tokens: Tokens) -> str:
    """Build the few rules a palette cannot express; widgets are chosen by class or object name."""
    return f"""
QMainWindow, QMainWindow::separator {{ background: {tokens.ground}; }}
QMainWindow::separator {{ width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {tokens.pick}; }}
QToolTip {{ background: {tokens.raised}; color: {tokens.text};
  border: 1px solid {tokens.line}; padding: 4px 8px; }}
QPushButton, QToolButton {{ background: {tokens.raised}; color: {tokens.text};
  border: 1px solid {tokens.line}; border-radius: 3px; padding: 2px 8px; min-height: 20px; }}
QPushButton[chip="true"] {{ background: transparent; color: {tokens.second};
  border-color: transparent; padding: 2px 6px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {tokens.second}; }}
QPushButton:checked, QToolButton:checked {{ background: {tokens.pick_ground};
  border-color: {tokens.pick}; color: {tokens.pick}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {tokens.faint}; }}
QPushButton[main="true"] {{ border-color: {tokens.pick}; color: {tokens.pick}; }}
QPushButton[keyed="true"] {{ text-align: left; }}
QPushButton[quiet="true"], QToolButton[quiet="true"] {{ background: transparent;
  border-color: transparent; color: {tokens.second}; padding: 2px 4px; }}
QPushButton[quiet="true"]:hover, QToolButton[quiet="true"]:hover {{ color: {tokens.text};
  border-color: {tokens.line}; }}
QPushButton[link="true"] {{ text-align: left; padding: 1px 0; min-height: 20px;
  color: {tokens.pick}; border-color: transparent; }}
QPushButton[strong="true"] {{ color: {tokens.text}; }}
QPushButton[wrong="true"] {{ border-color: {tokens.orange}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {tokens.pick}; padding: 1px 7px; }}
QPushButton[chip="true"]:focus {{ padding: 1px 5px; }}
QPushButton[quiet="true"]:focus, QToolButton[quiet="true"]:focus {{
  border: 2px solid {tokens.pick}; padding: 1px 3px; }}
QPushButton[link="true"]:focus {{ border: 2px solid {tokens.pick}; padding: 0; }}
QPushButton[tone="orange"] {{ color: {tokens.orange_text}; }}
{_style_of_fields(tokens)}{_style_of_lists(tokens)}"""


def _style_of_fields(tokens: Tokens) -> str:
    """Build the rules of sheets and of the fields on them."""
    return f"""
#sheet {{ background: {tokens.raised}; border: 1px solid {tokens.edge}; }}
#sheet QScrollArea, #sheet QScrollArea > QWidget > QWidget {{ background: {tokens.raised}; }}
#clocks {{ background: {tokens.raised}; border: 1px solid {tokens.line}; }}
QLineEdit, QPlainTextEdit {{ background: {tokens.raised}; color: {tokens.text};
  border: 1px solid {tokens.line}; border-radius: 3px; padding: 2px 8px;
  selection-background-color: {tokens.pick}; selection-color: {tokens.raised}; }}
QDateTimeEdit, QSpinBox {{ background: {tokens.raised}; color: {tokens.text};
  border: 1px solid {tokens.line}; border-radius: 3px; padding: 0;
  min-height: 26px; max-height: 26px; }}
QDateTimeEdit:focus, QSpinBox:focus {{ border-color: {tokens.pick}; }}
QDateTimeEdit::up-button, QDateTimeEdit::down-button, QSpinBox::up-button,
QSpinBox::down-button {{ width: 0; height: 0; border: none; }}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {tokens.pick}; padding: 1px 7px; }}
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{
  border: 2px solid {tokens.orange}; padding: 1px 7px; }}
QDateTimeEdit QLineEdit, QSpinBox QLineEdit {{ border: none; padding: 0 8px; }}
QDateTimeEdit[wrong="true"], QSpinBox[wrong="true"] {{ border: 2px solid {tokens.orange}; }}
"""


def _style_of_lists(tokens: Tokens) -> str:
    """Build the rules of menus, lists and scroll areas."""
    return f"""
QProgressBar {{ background: {tokens.ground}; border: none; }}
QProgressBar::chunk {{ background: {tokens.second}; }}
#choices {{ background: {tokens.raised}; border: 1px solid {tokens.edge}; }}
#choices::item {{ min-height: 28px; max-height: 28px; padding: 0 8px; }}
#choices::item:selected {{ background: {tokens.pick_ground}; color: {tokens.text};
  border-left: 3px solid {tokens.pick}; padding-left: 5px; }}
QMenu {{ background: {tokens.raised}; border: 1px solid {tokens.edge}; padding: 4px 0; }}
QMenu::item {{ padding: 6px 24px; }}
QMenu::item:selected {{ background: {tokens.pick_ground}; color: {tokens.text}; }}
QAbstractItemView {{ background: {tokens.panel}; border: none; outline: none; }}
QHeaderView::section {{ background: {tokens.raised}; color: {tokens.second}; border: none;
  border-bottom: 1px solid {tokens.line}; padding: 4px 4px; }}
#sheet QListView {{ background: {tokens.raised}; }}
#sheet QTableView {{ background: {tokens.raised};
  selection-background-color: {tokens.pick_ground}; selection-color: {tokens.text}; }}
#sheet QTableView::item {{ border-bottom: 1px solid {tokens.line}; padding: 0 4px; }}
#sheet QTableView::item:selected {{ background: {tokens.pick_ground}; }}
QTabBar {{ background: {tokens.ground}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: {tokens.ground}; color: {tokens.second}; padding: 4px 12px;
  min-height: 20px; border: none; border-bottom: 2px solid {tokens.line}; }}
QTabBar::tab:hover {{ color: {tokens.text}; }}
QTabBar::tab:selected {{ background: {tokens.panel}; color: {tokens.text};
  border-bottom-color: {tokens.pick}; }}
QTabBar::tab:selected:focus {{ background: {tokens.pick_ground}; }}
QScrollArea {{ background: {tokens.panel}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 8px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 8px; margin: 0; }}
QScrollBar::handle {{ background: {tokens.edge}; border-radius: 3px;
  min-height: 32px; min-width: 32px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
#sheet QListWidget::item {{ min-height: 28px; padding: 0 4px; }}
QLineEdit, QPlainTextEdit {{ placeholder-text-color: {tokens.second}; }}
"""


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that a widget's style reads; restyled only if it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            return  # It is styled when it is first shown.
        widget.style().unpolish(widget)
        widget.style().polish(widget)
