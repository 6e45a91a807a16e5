"""A switch that shows or hides a layer of the map: on or off by shape, not by colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton

from desktop.gui.context import UiContext

TRACK = QSize(20, 12)
HIGH_PX = 24
EDGE_PX, GAP_PX = 4, 6


class LayerSwitch(QToolButton):
    """A word beside a track: filled with its knob at the right when on, empty at the left when
    off.

    Where there is no room for that, a box with the first letter: full when on, empty when off.
    """

    def __init__(self, screen: UiContext, name: str) -> None:
        super().__init__()
        self._theme = screen.theme
        self.setObjectName(name)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(self._theme.font("second"))
        self._short = False

    def shorten(self, short: bool) -> None:
        """Say the layer by the first letter of its name, or by the whole of it."""
        if short != self._short:
            self._short = short
            self.updateGeometry()
            self.update()

    def width_px(self, short: bool) -> int:
        """Return how wide it is."""
        text = self.fontMetrics().horizontalAdvance(self.text())
        return HIGH_PX if short else TRACK.width() + GAP_PX + text + 2 * EDGE_PX

    def sizeHint(self) -> QSize:
        return QSize(self.width_px(self._short), HIGH_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        ink = theme.color("text" if self.isChecked() or self.underMouse() else "second")
        if self._short:
            self._paint_box(painter, ink)
        else:
            self._paint_track(painter, ink)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("pick"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 3, 3)

    def _paint_track(self, painter: QPainter, ink: QColor) -> None:
        on, high = self.isChecked(), TRACK.height()
        top = (self.height() - high) / 2
        track = QRectF(EDGE_PX, top, TRACK.width(), high).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(ink if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(track, high / 2, high / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("panel") if on else ink)
        knob = track.right() - high / 2 + 0.5 if on else track.left() + high / 2 - 0.5
        painter.drawEllipse(QPointF(knob, track.center().y()), 3.5, 3.5)
        painter.setPen(ink)
        words = self.rect().adjusted(EDGE_PX + TRACK.width() + GAP_PX, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    def _paint_box(self, painter: QPainter, ink: QColor) -> None:
        on, box = self.isChecked(), QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(ink if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._theme.color("panel") if on else ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text()[:1])
