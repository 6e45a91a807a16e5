"""A warning level's plate on a button."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton

from desktop.domain.levels import WarningLevel
from desktop.gui.symbols import paint_warning
from desktop.gui.theme import Theme, Tokens

SIDE_PX = 18


def put_plate(button: QPushButton, level: WarningLevel | None, theme: Theme) -> None:
    """Show a level's plate on a button, or none."""
    ratio = button.devicePixelRatioF()
    button.setIcon(QIcon() if level is None else _plate(level, theme.name, theme.tokens, ratio))


@cache
def _plate(level: WarningLevel, _theme: str, tokens: Tokens, ratio: float) -> QIcon:
    """Return the plate as a picture, painted once for each theme and size."""
    picture = QPixmap(round(SIDE_PX * ratio), round(SIDE_PX * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        paint_warning(painter, QRectF(0, 0, SIDE_PX, SIDE_PX), level, tokens)
    return QIcon(picture)
