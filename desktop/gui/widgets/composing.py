"""Text being composed with an input method: its keys come first, and nothing of it is lost."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QTransform, QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop.gui.widgets.focus import holds_keyboard

COMPOSED = "composed"
"""Name of the property of a field that holds the text being composed in it."""
ENDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
HELD = (
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr),
    Qt.Key.Key_CapsLock,
)
"""Keys that do nothing by themselves."""
KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
LEAVING = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.FocusAboutToChange)
"""What a window is told before Qt has the input method commit: some drop the text instead."""


def is_composing(field: QWidget) -> bool:
    """Whether text is being composed in a field: it is not yet part of the field's own text."""
    return bool(field.property(COMPOSED))


def finish_composing(within: QWidget) -> None:
    """Make what is being composed in this widget part of its field's text, as it stands.

    To be called before that text is read for good, replaced or hidden.
    """
    field = QApplication.focusWidget()
    if field is not None and is_composing(field) and holds_keyboard(within):
        _end(field, str(field.property(COMPOSED)))


def _end(field: QWidget, text: str) -> None:
    """Put this text in the place of what is being composed, and let the input method begin anew.

    It is not asked to commit: some drop the text instead.
    """
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(field, event)
    QGuiApplication.inputMethod().reset()


class Composing(QObject):
    """Follows the field with the keyboard: knows what is composed in it, and where it is.

    Input methods differ in the keys they leave to the program while text is being composed. Of
    those Enter and Tab, alone or held with another key, end the composition and Esc drops it, and
    do nothing else; before any other key does what it does, as before a click and before another
    window gets the keyboard, the composition is ended.

    WORKAROUND: Qt learns of the field's own moves and of none of what is around it, such as the
    content of a scroll area: the candidates would stay behind.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._field: QWidget | None = None
        self._watched: list[QObject] = []
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        field, kind = self._field, event.type()
        if field is None or not isValid(field):
            return False
        if kind == QEvent.Type.Move:
            self._tell_place(field)
        elif watched is field and isinstance(event, QInputMethodEvent):
            field.setProperty(COMPOSED, event.preeditString())
        elif not is_composing(field):
            pass
        elif watched is field and kind in KEYS and isinstance(event, QKeyEvent):
            return _take(field, event)
        elif isinstance(watched, QWindow) and kind in LEAVING:
            finish_composing(field)
        return False

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        for each in filter(isValid, self._watched):
            each.removeEventFilter(self)
        if self._field is not None and isValid(self._field):
            self._field.setProperty(COMPOSED, "")
        self._watched, self._field = [], None
        if now is None or not now.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            return
        self._field = now
        around: QWidget | None = now
        while around is not None:
            self._watched.append(around)
            around = None if around.isWindow() else around.parentWidget()
        self._watched.append(now.window().windowHandle())
        for each in self._watched:
            each.installEventFilter(self)

    def _tell_place(self, field: QWidget) -> None:
        place = field.mapTo(field.window(), QPoint(0, 0))
        method = QGuiApplication.inputMethod()
        method.setInputItemTransform(QTransform.fromTranslate(place.x(), place.y()))
        method.update(Qt.InputMethodQuery.ImCursorRectangle)


def _take(field: QWidget, event: QKeyEvent) -> bool:
    """End or drop the composition; whether the key does nothing else."""
    key = Qt.Key(event.key())
    if key in HELD:
        return False
    alone = key in ENDING or key == Qt.Key.Key_Escape
    if alone and event.type() == QEvent.Type.ShortcutOverride:
        event.accept()
    elif key == Qt.Key.Key_Escape:
        _end(field, "")
    else:
        finish_composing(field)
    return alone
