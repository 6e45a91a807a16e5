"""QR codes on the screen, one after the other, turned by hand or by themselves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QHideEvent, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.thumbnail import decode

translate = QCoreApplication.translate

TURN_MS = 4_000
LEAST_PX = 232
"""A code as low as this is seen whole in a small window, too."""
NEXT = (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_PageDown)
BEFORE = (Qt.Key.Key_Left, Qt.Key.Key_Backspace, Qt.Key.Key_PageUp)


class CodePicture(QWidget):
    """One code, black on white in any theme, each module of whole pixels."""

    accessible_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setMinimumSize(LEAST_PX, LEAST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_png(self, png: bytes) -> None:
        """Show this picture."""
        self._image = decode(png) or QImage()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_PX, LEAST_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        place = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        with QPainter(self) as painter:
            painter.fillRect(place, Qt.GlobalColor.white)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)


class CodesView(Retranslated, QWidget):
    """A sequence of codes with its place in it."""

    accessible_role = QAccessible.Role.Grouping

    def __init__(self, screen: UiContext, say_how: Callable[[], str]) -> None:
        """`say_how` returns what is to be done with the codes."""
        super().__init__()
        self._say_how = say_how
        self._pictures: tuple[bytes, ...] = ()
        self.place = 0
        self.picture = CodePicture()
        self.where, self.hint = make_label(screen, "title"), make_label(screen, "second")
        self.before, self.next = make_button(self.go_back), make_button(self.go_on, main=True)
        self.turning = make_button(self.toggle_turning)
        self.turning.setCheckable(True)
        self._timer = QTimer(self, interval=TURN_MS)
        self._timer.timeout.connect(self.go_on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        beside = QVBoxLayout()
        beside.setSpacing(8)
        for part in (self.where, self.next, self.before, self.turning, self.hint):
            beside.addWidget(part)
        beside.addStretch(1)
        self.beside = beside
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.picture, 3)
        row.addLayout(beside, 2)

    def show_codes(self, pictures: tuple[bytes, ...]) -> None:
        """Show these codes, from the first."""
        self._pictures, self.place = pictures, 0
        self._show()
        if self.isVisible():
            self.setFocus()

    def go_on(self) -> None:
        """Show the next code; after the last one the first."""
        self._go(self.place + 1)

    def go_back(self) -> None:
        """Show the code before; before the first one the last."""
        self._go(self.place - 1)

    def _go(self, place: int) -> None:
        if self._pictures:
            self.place = place % len(self._pictures)
            self._show()

    def toggle_turning(self) -> None:
        """Let the codes turn by themselves, or no longer."""
        if self._timer.isActive():
            self._timer.stop()
        else:
            self._timer.start()
        self._say()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in NEXT:
            self.go_on()
        elif Qt.Key(event.key()) in BEFORE:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._say()
        super().hideEvent(event)

    def _show(self) -> None:
        self.picture.show_png(self._pictures[self.place])
        self._say()

    def retranslate(self) -> None:
        self._say()

    def _say(self) -> None:
        count = len(self._pictures)
        pattern = translate("Codes", "Code {n} of {count}")
        self.where.set_text(pattern.format(n=self.place + 1, count=count))
        self.setAccessibleName(self.where.text())
        self.picture.setAccessibleName(self.where.text())
        self.next.setText(translate("Codes", "The next code →"))
        self.before.setText(translate("Codes", "← The code before"))
        self.turning.setText(translate("Codes", "Turn by itself, every 4 seconds"))
        self.turning.setChecked(self._timer.isActive())
        for button in (self.next, self.before, self.turning):
            button.setVisible(count > 1)
        self.hint.set_text(self._say_how())
