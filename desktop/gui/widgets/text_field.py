"""A field of several lines of plain text."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QPlainTextEdit


class TextField(QPlainTextEdit):
    """A field of several lines in which Tab goes on to what follows it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def inputMethodQuery(self, query: Qt.InputMethodQuery, *argument: Any) -> Any:
        """Answer an input method; WORKAROUND: Qt forgets the room its style leaves around text."""
        answer = super().inputMethodQuery(query, *argument)
        if isinstance(answer, QRect | QRectF):
            return answer.translated(self.viewport().pos())
        return answer
