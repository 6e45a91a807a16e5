"""The tasks of an office below one another, scrolled where a window is low."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.gui.township.task_button import TaskButton
from desktop.gui.widgets.following_scroll import FollowingScroll

COLUMN_PX, EDGE_PX = 264, 16


class TaskColumn(FollowingScroll):
    """The large buttons, and the small one of the whole county at the foot."""

    def __init__(self, tasks: tuple[TaskButton, ...], county: TaskButton) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(COLUMN_PX + EDGE_PX)
        # The window shows through: what covers all of it would keep it from its first paint.
        self.setObjectName("tasks")
        self.viewport().setAutoFillBackground(False)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(EDGE_PX, EDGE_PX, 0, EDGE_PX)
        column.setSpacing(12)
        for button in tasks:
            column.addWidget(button)
        column.addStretch(1)
        column.addWidget(county)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(COLUMN_PX + EDGE_PX, 0)
