"""What stands on the map: buttons to zoom, the scale, and the review number (审图号)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QWidget

from desktop.gui.context import UiContext
from desktop.gui.theme import Theme
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

EDGE_PX, GAP_PX = 8, 4
LEAST_PX = 28
"""Least side of a button."""


class ScaleBar(QWidget):
    """A scale bar: the length of a round number of kilometres on the map."""

    def __init__(self, screen: UiContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._screen = screen
        self._px_per_km = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(148, 20)

    def show_scale(self, px_per_km: float) -> None:
        """Fit the bar to this scale."""
        if px_per_km != self._px_per_km:
            self._px_per_km = px_per_km
            words = self._screen.theme.font("second")
            text = QFontMetrics(words).horizontalAdvance(self._say())
            self.resize(round(self.length_km * px_per_km) + 8 + text + 2, self.height())
            self.update()

    @property
    def length_km(self) -> float:
        """Return the longest round length that fits."""
        lengths = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05)
        return next((k for k in lengths if k * self._px_per_km <= 96), 0.05)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._px_per_km <= 0:
            return
        painter = QPainter(self)
        theme = self._screen.theme
        painter.fillRect(self.rect(), _pale(theme))
        width, base = round(self.length_km * self._px_per_km), 13
        painter.setPen(QPen(theme.color("second"), 1))
        painter.drawPolyline(
            [QPoint(0, base - 4), QPoint(0, base), QPoint(width, base), QPoint(width, base - 4)]
        )
        painter.setFont(theme.font("second"))
        painter.drawText(width + 8, base + 1, self._say())

    def _say(self) -> str:
        length = self.length_km
        return f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"


class ReviewNumber(PlainLabel):
    """The number under which the map was reviewed: whole, on a pale ground of its own."""

    def __init__(self, screen: UiContext, parent: QWidget) -> None:
        super().__init__(screen, "second", "second", elide=False)
        self._theme = screen.theme
        self.setParent(parent)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), _pale(self._theme))
        super().paintEvent(event)


def _pale(theme: Theme) -> QColor:
    """Return what keeps the map from running into words on it."""
    color = theme.color("land")
    color.setAlphaF(0.85)
    return color


class Furniture:
    """The controls on a map; at any size none lies on another, and the review number is whole."""

    def __init__(
        self, screen: UiContext, on: QWidget, zoom: Callable[[float | None], None]
    ) -> None:
        """`zoom` is called with a factor, or None for the whole county."""
        self._on = on
        self.zooms = [self._add_zoom(factor, zoom) for factor in (1.5, 1 / 1.5, None)]
        self.bar = ScaleBar(screen, on)
        self.review = ReviewNumber(screen, on)

    def retranslate(self) -> None:
        """Set all texts again in the current language."""
        for button, (text, tip) in zip(
            self.zooms,
            (
                ("+", translate("MapPane", "Closer (+)")),
                ("−", translate("MapPane", "Further away (−)")),
                (translate("MapPane", "County"), translate("MapPane", "The whole county (0)")),
            ),
            strict=True,
        ):
            button.setText(text)
            set_tip(button, tip)
            button.setAccessibleName(tip)
        self.review.set_text(translate("MapPane", "Review no.: county's own sketch"))

    def list_areas(self) -> list[QRectF]:
        """Return what the controls cover, which no label may."""
        fixed = [*self.zooms, self.bar, self.review]
        return [QRectF(widget.geometry()) for widget in fixed if not widget.isHidden()]

    def place(self, px_per_km: float) -> None:
        """Put the buttons at the lower right, scale and review number at the lower left.

        Where there is no room beside one another the buttons go above, in a row, and the scale,
        which is the first to be done without, goes.
        """
        width, height = self._on.width(), self._on.height()
        self._place_review(width, height)
        review = self.review.geometry()
        self.bar.show_scale(px_per_km)
        self.bar.move(review.left(), review.top() - self.bar.height() - GAP_PX)
        for button in self.zooms:
            button.resize(max(LEAST_PX, button.sizeHint().width()), LEAST_PX - 2)
        self._stack(width, height, review)
        taken = [button.geometry() for button in self.zooms]
        covered = any(self.bar.geometry().intersects(each) for each in taken)
        self.bar.setVisible(not covered and self.bar.geometry().top() >= 0)

    def _place_review(self, width: int, height: int) -> None:
        room = max(1, width - 2 * EDGE_PX - 4)
        wanted = self.review.fontMetrics().horizontalAdvance(self.review.text()) + 2
        self.review.setFixedWidth(min(room, wanted))
        self.review.setFixedHeight(max(1, self.review.heightForWidth(self.review.width())))
        self.review.move(EDGE_PX + 4, height - self.review.height() - EDGE_PX)

    def _stack(self, width: int, height: int, review: QRect) -> None:
        """Put the buttons one below the other, above the review number if it reaches so far; in a
        row at the top where that is too high."""
        widest = max(button.width() for button in self.zooms)
        beside = review.right() + GAP_PX < width - widest - EDGE_PX
        bottom = height - EDGE_PX if beside else review.top() - GAP_PX
        step = LEAST_PX - 2 + GAP_PX
        if bottom - len(self.zooms) * step >= 0:
            for number, button in enumerate(reversed(self.zooms)):
                top = bottom - (number + 1) * step + GAP_PX
                button.move(width - button.width() - EDGE_PX, top)
                button.show()
            return
        right, fits = width - EDGE_PX, review.top() >= EDGE_PX + step
        for button in reversed(self.zooms):
            button.move(right - button.width(), EDGE_PX)
            right = button.x() - GAP_PX
            button.setVisible(fits and button.x() >= 0)

    def _add_zoom(self, factor: float | None, zoom: Callable[[float | None], None]) -> QToolButton:
        button = QToolButton(self._on)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: zoom(factor))
        return button
