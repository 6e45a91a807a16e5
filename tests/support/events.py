"""The events that a widget gets, of one kind."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication


class Events(QObject):
    """Counts the events of one kind that a widget gets."""

    def __init__(self, widget: QObject, kind: QEvent.Type) -> None:
        super().__init__()
        self._kind = kind
        self.got: list[QEvent] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is self._kind:
            self.got.append(QPaintEvent(event) if isinstance(event, QPaintEvent) else event)
        return False


def come_to_rest() -> None:
    """Let everything be laid out and painted that was asked for."""
    for _ in range(10):
        QApplication.processEvents()
