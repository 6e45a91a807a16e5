"""What a reader of the screen is told of widgets that paint themselves: a role, a name, rows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QLoggingCategory, QObject, QRect, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleInterface,
    QHideEvent,
)
from PySide6.QtWidgets import (
    QAccessibleWidget,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from desktop.gui import formatting

LOOK_MS, MOST_LOOKS = 250, 40
SPOKEN = 4
"""So many announcements of a window can be asked for at a time."""


def give_roles() -> None:
    """Let widgets with an `accessible_role` have it, and be asked for a name or value they tell by
    `accessible_name()` and `accessible_value()`.

    Without this a painted list, map or chart is an area without meaning to a reader.
    """
    QAccessible.installFactory(_face)
    # WORKAROUND: Qt complains to the log of each text of a label that can be selected.
    QLoggingCategory.setFilterRules("qt.accessibility.atspi.warning=false")


def set_tip(widget: QWidget, text: str) -> None:
    """Show backend text in a tooltip, as it is; a reader of the screen is told it without tags."""
    widget.setToolTip(formatting.plain_tip(text))
    widget.setAccessibleDescription(formatting.in_one_line(text.replace("\n", " · ")))


def announce(widget: QWidget, text: str) -> None:
    """Have a text said to a reader of the screen, wherever the keyboard is; nothing without one."""
    if not text or not QAccessible.isActive():
        return
    window = widget.window()
    spoken = next((each for each in window.children() if isinstance(each, _Announcer)), None)
    spoken = spoken or _Announcer(window)
    spoken.say(text)


def announce_once_read(widget: QWidget, tell: Callable[[], str]) -> QTimer:
    """Have what is told then said as soon as a reader of the screen is there, as one is a moment
    after a program's start. The timer returned looks for one, some seconds or until stopped."""
    timer, looks = QTimer(widget), iter(range(MOST_LOOKS))
    timer.setInterval(LOOK_MS)

    def look() -> None:
        if QAccessible.isActive() or next(looks, None) is None:
            timer.stop()
            announce(widget, tell())

    timer.timeout.connect(look)
    timer.start()
    return timer


class _Announcer(QObject):
    """What was announced last in a window, each text a notification that appears.

    On Linux readers before Orca 45 pass over Qt's own event for announcements, and later ones
    would say both: there a notification appears, which all of them say.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._parts: list[_Notification] = []

    def say(self, text: str) -> None:
        """Say a text after those before."""
        if not sys.platform.startswith("linux"):
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, text))
            return
        # A reader asks for the text a moment later: that must not be another one by then.
        part = self._parts.pop(0) if len(self._parts) >= SPOKEN else _Notification(self._window)
        self._parts.append(part)
        part.setAccessibleName(text)
        part.hide()
        part.show()


class _Notification(QWidget):
    """A text that is said and not seen."""

    accessible_role = QAccessible.Role.Notification

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(1, 1)

    def hideEvent(self, event: QHideEvent) -> None:
        """Go for good with a window that is hidden: shown again, it would be said once more."""
        super().hideEvent(event)
        if not (event.spontaneous() or self.isHidden()):
            self.hide()


class ReadingArea(QScrollArea):
    """A scroll area that takes the keyboard, to be read from end to end."""

    accessible_role = QAccessible.Role.Document

    def __init__(self, say_name: Callable[[], str] | None = None) -> None:
        super().__init__()
        if say_name is not None:
            self.accessible_name = say_name


class Paragraph(QLabel):
    """A plain text of a window that tells the same as its description, or announces it.

    A reader says the labels of a dialog by itself, of Chinese only some: so they are none.
    """

    accessible_role = QAccessible.Role.Paragraph

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def accessible_name(self) -> str:
        """Return the text shown."""
        return self.text()


class SpokenRows:
    """Rows of a painted widget for readers of the screen: parts of it that paint nothing.

    There are none until a reader is there. A part is never taken away, as a reader may hold it.
    """

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._rows: list[_Row] = []

    def tell(self, rows: Sequence[tuple[str, QRect]]) -> None:
        """Tell these rows, each with its place, from now on."""
        if not QAccessible.isActive():
            return
        for _ in range(len(self._rows), len(rows)):
            self._rows.append(_Row(self._widget))
        for part, (text, place) in zip(self._rows, rows, strict=False):
            part.setAccessibleName(text)
            part.setGeometry(place)
        for number, part in enumerate(self._rows):
            part.setVisible(number < len(rows))


class _Row(QWidget):
    """One row; clicks go to what is painted under it."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class _Face(QAccessibleWidget):
    """The role and value of one painted widget; its name is the widget's own, else what it says."""

    def text(self, kind: QAccessible.Text) -> str:
        said: str = super().text(kind)
        tell = None
        if kind is QAccessible.Text.Value:
            tell = getattr(self.object(), "accessible_value", None)
        elif kind is QAccessible.Text.Name and not said:
            tell = getattr(self.object(), "accessible_name", None)
        return said if tell is None else str(tell())


class _SecretFace(QAccessibleWidget):
    """A field for a secret: what it is and not what is typed.

    WORKAROUND: Qt tells readers each letter of a password as it is, and Orca says it aloud; it
    tells none of what is no text.
    """

    def state(self) -> QAccessible.State:
        told = super().state()
        told.passwordEdit = told.editable = True
        return told


def _face(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    role = getattr(thing, "accessible_role", None)
    if isinstance(thing, QLineEdit) and thing.echoMode() is QLineEdit.EchoMode.Password:
        return _SecretFace(thing, QAccessible.Role.EditableText)
    if isinstance(thing, QStackedWidget):
        role = QAccessible.Role.Client  # Qt's own would be read out as a "layered pane".
    if not isinstance(role, QAccessible.Role) or not isinstance(thing, QWidget):
        return None
    return _Face(thing, role)
