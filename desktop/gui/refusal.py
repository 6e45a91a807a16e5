"""A small window that says why nothing is opened: a start from a menu leaves no other trace."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout

from desktop.application.i18n import ProblemText
from desktop.application.profile import USUAL_LOOK, Look
from desktop.gui.qt_application import application_before_desk
from desktop.gui.widgets.accessible import Paragraph

TITLE = ("县域指挥台没有打开", "County Desk was not opened")
CLOSE = ("关闭", "Close")
"""Shown before any translation is loaded, so both languages are here."""
WIDTH = 480


class RefusalWindow(QDialog):
    """What happened, what it means and what to do, each in a paragraph, and a button.

    Enter and Esc close it, too.
    """

    def __init__(self, text: ProblemText, *, chinese: bool) -> None:
        super().__init__()
        self.setWindowTitle(TITLE[not chinese])
        self.setAccessibleDescription(str(text))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        self.labels = [Paragraph(said) for said in (text.happened, text.meaning, text.todo)]
        for label in self.labels:
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        strong = self.labels[0].font()
        strong.setBold(True)
        self.labels[0].setFont(strong)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setText(CLOSE[not chinese])
        self.close_button.setDefault(True)
        self.close_button.setFocus()
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.setFixedSize(WIDTH, column.totalHeightForWidth(WIDTH))


def show_refusal(text: ProblemText, *, chinese: bool, status: int, look: Look = USUAL_LOOK) -> None:
    """Show the window until it is closed; runs before any desk's loop.

    Where there is no screen for it the program ends with this status.
    """
    app = application_before_desk(look, status)
    window = RefusalWindow(text, chinese=chinese)
    window.show()
    app.exec()
    window.deleteLater()
