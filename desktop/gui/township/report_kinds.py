"""What can be reported: a new case, or a table for each form of the county."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from desktop.domain.geo import Township
from desktop.domain.report import Form
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.township.table_page import TablePage
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.focus import find_stops, holds_keyboard

translate = QCoreApplication.translate

BUTTON_PX = 40
CASE = ""
"""The kind that is no form: a new case."""


class KindStack(QWidget):
    """The kinds, of which one is in front: none of the others makes it higher."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def add(self, kind: QWidget) -> None:
        """Put a kind behind the one in front."""
        kind.hide()
        self._kinds.append(kind)
        self._column.addWidget(kind)

    def remove(self, kind: QWidget) -> None:
        """Remove a kind for good."""
        self._kinds.remove(kind)
        self._column.removeWidget(kind)
        kind.hide()
        kind.deleteLater()

    def show_kind(self, kind: QWidget) -> None:
        """Bring a kind to the front, with the keyboard if another of them had it."""
        others = [each for each in self._kinds if each is not kind]
        held = any(holds_keyboard(other) for other in others)
        kind.show()
        if held:
            next(iter(find_stops(kind)), kind).setFocus()
        for other in others:
            other.hide()


class ReportKinds(Retranslated, QWidget):
    """A button for each kind; `stack` shows the kind that is chosen."""

    submitted = Signal(object)
    """The `CommandRecord` of a table that was handed over."""
    feedback_asked = Signal()
    """The clerk wants to feed back on an assignment."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, case: QWidget) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self._township: Township | None = None
        self.forms: dict[str, Form] = {}
        self.tables: dict[str, TablePage] = {}
        self.stack = KindStack()
        self._case, self._is_small = case, False
        self.stack.add(case)
        self.stack.show_kind(case)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self.feedback = QPushButton()
        self.feedback.setMinimumHeight(BUTTON_PX)
        self.feedback.clicked.connect(self.feedback_asked)
        self._row = FlowLayout(self)
        self._add(CASE)
        self._row.addWidget(self.feedback)
        self.buttons[CASE].setChecked(True)
        self.retranslate()

    def serve(self, township: Township) -> None:
        """Offer the forms that the county takes, for this township."""
        self._township = township
        board = self._screen.board
        self._screen.reader.ask(lambda: board.reports.forms(), self._offer, slot="forms")  # noqa: PLW0108 - loads what it needs there

    def fold(self, is_small: bool) -> None:
        """Suit a small window, or a larger one again."""
        self._is_small = is_small
        for table in self.tables.values():
            table.fold(is_small)

    def _offer(self, forms: tuple[Form, ...]) -> None:
        """Take a county's forms; a table begun by an older edition stays until it is left."""
        self.forms = {form.form: form for form in forms}
        for name in self.forms:
            if name not in self.buttons:
                self._add(name)
        for name, button in self.buttons.items():
            button.setVisible(name == CASE or name in self.forms)
        self.retranslate()

    def _add(self, name: str) -> None:
        button = self.buttons[name] = QPushButton()
        button.setCheckable(True)
        button.setAutoExclusive(True)  # One of several, also to a reader of the screen.
        button.setMinimumHeight(BUTTON_PX)
        button.clicked.connect(partial(self.choose, name))
        self._group.addButton(button)
        self._row.addWidget(button)

    def choose(self, name: str) -> None:
        """Show a kind: a new case, or the table of this form."""
        self.buttons[name].setChecked(True)
        if name == CASE:
            self.stack.show_kind(self._case)
            return
        form = self.forms[name]
        table = self.tables.get(name)
        if table is None or table.form != form:
            table = self._build(form)
        else:
            table.begin()
        self.stack.show_kind(table)

    def _build(self, form: Form) -> TablePage:
        assert self._township is not None
        old = self.tables.pop(form.form, None)
        if old is not None:
            self.stack.remove(old)
        table = TablePage(self._screen, self._submitter, form, self._township)
        table.submitted.connect(self.submitted)
        table.fold(self._is_small)
        self.tables[form.form] = table
        self.stack.add(table)
        return table

    def keep(self) -> None:
        """Store what was typed in every table."""
        for table in self.tables.values():
            table.keep()

    def retranslate(self) -> None:
        words = self._screen.words
        self.buttons[CASE].setText(translate("Township", "A new event"))
        self.feedback.setText(translate("Township", "Feedback on an assignment"))
        for name, form in self.forms.items():
            title = formatting.in_one_line(words.text(form.title), 40)
            self.buttons[name].setText(title.replace("&", "&&"))
