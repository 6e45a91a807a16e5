"""What a reader of the screen is told of widgets that paint themselves: a role, and a value."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QScrollArea, QWidget


def give_roles() -> None:
    """Let widgets with an `accessible_role` have it, and with an `accessible_value()` tell it.

    Without this a painted list, map or chart is an area without meaning to a reader.
    """
    QAccessible.installFactory(_face)


class ReadingArea(QScrollArea):
    """A scroll area that takes the keyboard, to be read from end to end."""

    accessible_role = QAccessible.Role.Document


class _Face(QAccessibleWidget):
    """The role and value of one painted widget; its name is the widget's own."""

    def text(self, kind: QAccessible.Text) -> str:
        tell = getattr(self.object(), "accessible_value", None)
        if kind is QAccessible.Text.Value and tell is not None:
            return str(tell())
        return super().text(kind)


def _face(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    role = getattr(thing, "accessible_role", None)
    if not isinstance(role, QAccessible.Role) or not isinstance(thing, QWidget):
        return None
    return _Face(thing, role)
