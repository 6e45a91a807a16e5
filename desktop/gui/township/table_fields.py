"""The entries of a report table: a row for each field with its value and where that came from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.application.reads.report_drafts import DraftField, Origin, ReportDraft
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.theme import restyle
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.composing import is_composing
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.label import PlainLabel
from desktop.protocol.fields import LONGEST_LINE
from desktop.protocol.report_forms import NO, YES, FieldType

translate = QCoreApplication.translate

FIELD_PX, NUMBER_PX, TITLE_PX, VALUE_PX = 36, 160, 200, 280
SHARES = (3, 5, 2)
"""Of the width: titles, values, and where these came from."""
NUMBERS = frozenset({FieldType.COUNT, FieldType.DECIMAL})


class FieldRow(QWidget):
    """The entry of one field: a line of text, or a button for each choice."""

    typed = Signal(str)
    """What the clerk entered."""

    def __init__(self, screen: UiContext, field: DraftField) -> None:
        super().__init__()
        self._screen, self.field = screen, field
        self.line: QLineEdit | None = None
        self.buttons: dict[str, QPushButton] = {}
        if choices := self._choices():
            flow = FlowLayout(self)
            for code in choices:
                button = self.buttons[code] = QPushButton()
                button.setCheckable(True)
                button.setMinimumHeight(FIELD_PX)
                button.clicked.connect(partial(self._choose, code))
                flow.addWidget(button)
        else:
            row = QHBoxLayout(self)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            self.line = QLineEdit()
            self.line.setMaxLength(LONGEST_LINE)
            self.line.setMinimumHeight(FIELD_PX)
            self.line.textEdited.connect(self.typed)
            row.addWidget(self.line)
            if field.field.type in NUMBERS:
                self.line.setFixedWidth(NUMBER_PX)
                self.line.setAlignment(Qt.AlignmentFlag.AlignRight)
                row.addStretch(1)
        self.setFocusProxy(self.line or next(iter(self.buttons.values())))

    def _choices(self) -> dict[str, Text]:
        if self.field.field.type is FieldType.YES_NO:
            return {YES: Text("是", "Yes"), NO: Text("否", "No")}
        return {choice.code: choice.title for choice in self.field.field.choices}

    def _choose(self, code: str) -> None:
        self.typed.emit(code)

    def show_field(self, field: DraftField) -> None:
        """Show this value; what is being typed stays."""
        self.field = field
        line = self.line
        if line is not None and line.text() != field.value and not is_composing(line):
            line.setText(field.value)
        for code, button in self.buttons.items():
            button.setChecked(code == field.value)

    def say(self, name: str) -> None:
        """Set its texts in the current language."""
        if self.line is not None:
            self.line.setAccessibleName(name)
        for code, button in self.buttons.items():
            said = formatting.in_one_line(self._screen.words.text(self._choices()[code]), 40)
            button.setText(said.replace("&", "&&"))
            button.setAccessibleName(f"{name}: {said}")

    def mark(self, wrong: bool) -> None:
        """Mark the entry that has a fault."""
        for widget in (self.line, *self.buttons.values()):
            if widget is not None:
                restyle(widget, "wrong", wrong)


class TableFields(Retranslated, QWidget):
    """All fields of one draft under their headings."""

    typed = Signal(str, str)
    """The id of a field, and what the clerk entered in it."""

    def __init__(self, screen: UiContext, draft: ReportDraft) -> None:
        super().__init__()
        self._screen, self._draft = screen, draft
        self.rows: dict[str, FieldRow] = {}
        self._titles: dict[str, PlainLabel] = {}
        self.origins: dict[str, PlainLabel] = {}
        """Where each value came from, in words, by the id of its field."""
        self._headings: list[tuple[PlainLabel, Text]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, TITLE_PX)
        self._grid.setColumnMinimumWidth(1, VALUE_PX)
        for column, share in enumerate(SHARES):
            self._grid.setColumnStretch(column, share)
        by_id = {each.field.id: each for each in draft.fields}
        for heading, fields in draft.form.sections():
            self._add_heading(heading)
            for field in fields:
                self._add(by_id[field.id])
        self.show_draft(draft)
        self.retranslate()

    def show_draft(self, draft: ReportDraft) -> None:
        """Show the values of this draft of the same form."""
        self._draft = draft
        for field in draft.fields:
            self.rows[field.field.id].show_field(field)
            self._say_origin(field)

    def mark(self, problems: dict[str, str]) -> None:
        """Mark the fields that cannot be submitted, and go to the first of them."""
        for name, row in self.rows.items():
            row.mark(name in problems)
        first = next((row for name, row in self.rows.items() if name in problems), None)
        if first is not None:
            first.setFocus()

    def _add_heading(self, heading: Text) -> None:
        if not heading:
            return
        label = PlainLabel(self._screen, "strong", "second")
        label.setContentsMargins(0, 12, 0, 0)
        self._headings.append((label, heading))
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 3)

    def _add(self, field: DraftField) -> None:
        name, place = field.field.id, self._grid.rowCount()
        title = self._titles[name] = PlainLabel(self._screen, "body", elide=False)
        title.setWordWrap(True)
        origin = self.origins[name] = PlainLabel(self._screen, "second", "second", elide=False)
        origin.setWordWrap(True)
        row = self.rows[name] = FieldRow(self._screen, field)
        row.typed.connect(partial(self.typed.emit, name))
        self._grid.addWidget(title, place, 0)
        self._grid.addWidget(row, place, 1)
        self._grid.addWidget(origin, place, 2)

    def _say_origin(self, field: DraftField) -> None:
        """Say where a value came from, and what the last report said where that is another."""
        words = self._screen.words
        said = words.term("report_origin", field.origin)
        if field.origin is Origin.TYPED and field.last and field.last != field.value.strip():
            last = translate("Township", "last time {value}").format(value=field.last)
            said = f"{said} · {last}"
        if field.origin is Origin.NOTHING and field.field.required:
            said = words.term("bad_field", "missing")
        ink = "orange_text" if field.origin is Origin.NOTHING and field.field.required else "second"
        self.origins[field.field.id].set_text(formatting.in_one_line(said, 60), ink)

    def retranslate(self) -> None:
        words = self._screen.words
        for label, heading in self._headings:
            label.set_text(words.text(heading))
        for field in self._draft.fields:
            name, unit = words.text(field.field.title), words.text(field.field.unit)
            star = " *" if field.field.required else ""
            title = self._titles[field.field.id]
            title.set_text(
                (f"{name}（{unit}）" if unit and words.chinese else self._with(name, unit)) + star
            )
            set_tip(title, words.text(field.field.note))
            self.rows[field.field.id].say(name)
            self._say_origin(field)

    def _with(self, name: str, unit: str) -> str:
        return f"{name} ({unit})" if unit else name
