"""Colours, fonts and their change at run time: one set of tokens for desk, wall and print."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop.gui.style_sheet import ROLES, SHEET

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "sans-serif",
)

PIXELS = {"body": 14, "second": 12, "title": 20, "number": 14, "strong": 14, "key": 12}
"""Text sizes of a desk by role; a wall passes its own."""

LARGE_PIXELS = {"body": 18, "second": 15, "title": 26, "number": 18, "strong": 18, "key": 14}
"""Text sizes of a township office, whose clerk need not see well."""


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
    faint="#79838A",
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

    def __init__(
        self,
        name: str = "light",
        parent: QObject | None = None,
        pixels: Mapping[str, int] = PIXELS,
    ) -> None:
        super().__init__(parent)
        self.name = name if name in THEMES else "light"
        self._pixels = pixels

    @property
    def tokens(self) -> Tokens:
        """The colours of the theme in force."""
        return THEMES[self.name]

    def set_name(self, name: str) -> None:
        """Change to `light`, `dark` or `wall` at once, everywhere."""
        if name in THEMES and name != self.name:
            self.name = name
            self._color_anew()
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
        return QFont(_font(role, px or self._pixels[role]))

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
        """Give the application the style sheet, which is the same in every theme."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setStyleSheet(SHEET)

    def _color_anew(self) -> None:
        """Have each widget take its colours from the palette, before those with colours of their
        own hear of the change: polished later, they would be given back the ones of before.

        A style sheet set anew would do that several times for a widget that is inside others.
        """
        app = QApplication.instance()
        if not isinstance(app, QApplication) or app.styleSheet() != SHEET:
            self.apply()
            return
        app.setPalette(self._palette())
        style = app.style()
        for widget in app.allWidgets():
            if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                style.polish(widget)

    def _palette(self) -> QPalette:
        palette = QPalette()
        for token, role in ROLES.items():
            palette.setColor(role, self.color(token))
        for role, token in (
            (QPalette.ColorRole.AlternateBase, "panel"),
            (QPalette.ColorRole.Button, "raised"),
            (QPalette.ColorRole.ToolTipBase, "raised"),
            (QPalette.ColorRole.ToolTipText, "text"),
        ):
            palette.setColor(role, self.color(token))
        for role in (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(role, self.color("text"))
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette


class ResizedTheme(Theme):
    """Another theme's colours with text sizes of its own, for one part of its window."""

    def __init__(self, of: Theme, pixels: Mapping[str, int]) -> None:
        super().__init__(of.name, of, pixels)
        self._of = of
        of.changed.connect(self._follow)

    def set_name(self, name: str) -> None:
        self._of.set_name(name)

    def _follow(self) -> None:
        self.name = self._of.name
        self.changed.emit()


def dress(posture: str, theme: str, parent: QObject) -> Theme:
    """Return the theme of a posture: a wall is always dark, an office's letters are large."""
    pixels = LARGE_PIXELS if posture == "township" else PIXELS
    return Theme("wall" if posture == "wall" else theme, parent, pixels)


@cache
def _font(role: str, px: int) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(px)
    if role in ("title", "strong"):
        font.setWeight(QFont.Weight.DemiBold)
    # Every role carries tabular figures: clocks and counts must not dance beside words.
    # WORKAROUND: PySide 6.8 cannot make a tag of a text; there they are as the font has them.
    with suppress(TypeError):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that a widget's style reads; restyled only if it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            return  # It is styled when it is first shown.
        widget.style().unpolish(widget)
        widget.style().polish(widget)
