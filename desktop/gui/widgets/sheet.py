"""A sheet laid over the window: never modal, closed by Esc, returning the focus."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QScrollArea,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.focus import (
    FocusFrame,
    find_stops,
    give_keyboard,
    holds_keyboard,
    move_focus,
    return_keyboard,
)
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

TOP_PX, EDGE_PX = 44, 16
HEAD_PX = 32
"""What a sheet's head takes besides its line of text."""
MOST_PX = 640
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
SCROLLS = {
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}
"""Keys that scroll a sheet, once nothing in it took them."""


def find_laid(window: QWidget) -> Sheet | None:
    """Return the sheet that lies over a window."""
    return next((each for each in window.findChildren(Sheet) if each.isVisible()), None)


class Sheet(Retranslated, QFrame):
    """A raised panel over the window's upper part; the window below stays alive."""

    accessible_role = QAccessible.Role.Dialog

    def __init__(self, screen: UiContext, window: QWidget, width: int) -> None:
        super().__init__(window)
        self._screen, self._window, self._width = screen, window, width
        self._before: QWidget | None = None
        self._scrolled: QScrollArea | None = None
        self._content_px = 400
        self.setObjectName("sheet")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self.title = PlainLabel(screen, "strong")
        self.close_button = QPushButton("×")
        self.close_button.setProperty("quiet", True)
        self.close_button.clicked.connect(self.put_away)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(1, 1, 1, 8)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        FocusFrame(self, screen.theme)
        self.hide()

    def scrolling(self) -> QScrollArea:
        """Build a scroll area that fills the sheet's body."""
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolled = area
        self.body.addWidget(area, 1)
        return area

    def toggle(self) -> None:
        """Open or close the sheet."""
        if self.isVisible():
            self.put_away()
        else:
            self.lay()

    def lay(self) -> None:
        """Show the sheet, closing any other, and take the keyboard."""
        for other in self._window.findChildren(Sheet):
            if other is not self and other.isVisible():
                other.put_away()
        focused = QApplication.focusWidget() or self._window.focusWidget()
        self._before = None if self.isAncestorOf(focused) else focused
        self._fill_and_name()
        self._place()
        self.show()
        self.raise_()
        give_keyboard(self)

    def put_away(self) -> None:
        """Hide the sheet and give the keyboard back."""
        held = holds_keyboard(self)
        self.hide()
        if held:
            self._give_back()

    def _give_back(self) -> None:
        if not return_keyboard(self._before):
            self._window.setFocus()

    def refresh(self) -> None:
        """Update the content if the sheet is visible."""
        if self.isVisible():
            self._fill_and_name()

    def _fill_and_name(self) -> None:
        self.fill()
        self.setAccessibleName(self.title.text())
        self.close_button.setAccessibleName(translate("Sheet", "Close (Esc)"))

    def fill(self) -> None:
        """Update the content; called before the sheet is shown."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (NO_MODIFIER, KEYPAD)
            if plain and self._scrolled is not None and Qt.Key(event.key()) in SCROLLS:
                event.accept()  # Home means the head of what is read, not the whole county.
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = SCROLLS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif step is not None and self._scrolled is not None:
            self._scrolled.verticalScrollBar().triggerAction(step)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        # Only while it is seen: the window has events without end.
        self._window.installEventFilter(self)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._window.removeEventFilter(self)
        super().hideEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Keep Tab inside the sheet: what is under it is another matter."""
        return move_focus(find_stops(self), forwards)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        window = self._window.size()
        width = min(self._width, window.width() - 2 * EDGE_PX)
        height = min(self.sheet_height(), window.height() - TOP_PX - 32)
        free = window.width() - self._width_beside()
        self.setGeometry(max(EDGE_PX, (free - width) // 2), TOP_PX, width, height)

    def _width_beside(self) -> int:
        """Return how much of the window's right is of what is read beside the work, as a tour."""
        only, area = Qt.FindChildOption.FindDirectChildrenOnly, Qt.ToolBarArea.RightToolBarArea
        bars = self._window.findChildren(QToolBar, options=only)
        window = self._window
        return sum(
            bar.width()
            for bar in bars
            if isinstance(window, QMainWindow)
            and bar.isVisible()
            and window.toolBarArea(bar) == area
        )

    def fit(self, content_px: int) -> None:
        """Set the height for this content, within limits."""
        self._content_px = content_px
        self._place()

    def sheet_height(self) -> int:
        """Return the height the sheet wants."""
        return min(self.head_px + max(self._content_px, 120), MOST_PX)

    @property
    def head_px(self) -> int:
        """How high its head is."""
        return HEAD_PX + self.title.fontMetrics().height()

    def retranslate(self) -> None:
        if self.isVisible():
            self._fill_and_name()
