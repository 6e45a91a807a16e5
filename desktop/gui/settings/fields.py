"""Fields of the settings window: each holds a text, and tells when a person has changed it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop.application.settings.forms import LINES
from desktop.domain.localized_text import Text
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.field_parts import Chip, mark_parts, stack_parts
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.text_field import TextField

translate = QCoreApplication.translate

MOST_CHARS = 4096
LINES_PX = 88


class Field(QWidget):
    """One value as text."""

    committed = Signal(str)
    """A person has changed the text and is done with it."""
    touched = Signal()
    """A person is changing it."""

    def text(self) -> str:
        """Return the text."""
        raise NotImplementedError

    @property
    def is_typed(self) -> bool:
        """Whether a person has changed the text and is not done with it."""
        return False

    def put(self, text: str) -> None:
        """Show this text, as nobody's change."""
        raise NotImplementedError

    def name(self, text: str) -> None:
        """Set its name for screen readers."""
        raise NotImplementedError

    def commit(self) -> None:
        """Be done with what a person is typing, if anything."""

    def mark(self, wrong: bool) -> None:
        """Mark a field whose text cannot be used."""
        mark_parts(self, wrong)


class _Line(QLineEdit):
    """A line whose Esc first brings back what stood in it."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = ""
        self.setMaxLength(MOST_CHARS)

    def put(self, text: str) -> None:
        """Show this text, or as much of it as a line can hold."""
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
        self.kept = self.text()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text() != self.kept
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self.kept:
            self.setText(self.kept)
            return
        super().keyPressEvent(event)


class LineField(Field):
    """One line of text, committed by Enter or by going elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.line = _Line()
        self.line.editingFinished.connect(self.commit)
        self.line.textEdited.connect(lambda _text: self.touched.emit())
        self._arrange()

    def _arrange(self) -> None:
        stack_parts(self, self.line)

    def text(self) -> str:
        return self.line.text().strip()

    @property
    def is_typed(self) -> bool:
        return self.line.text() != self.line.kept

    def put(self, text: str) -> None:
        self.line.put(text)

    def name(self, text: str) -> None:
        self.line.setAccessibleName(text)

    def commit(self) -> None:
        if self.is_typed:
            self.line.kept = self.line.text()
            self.committed.emit(self.text())


class FileField(LineField):
    """The path of a file: typed, or chosen among what is there."""

    def _arrange(self) -> None:
        self.button = QPushButton()
        self.button.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    def name(self, text: str) -> None:
        super().name(text)
        self.button.setText(translate("Settings", "Choose …"))
        self.button.setAccessibleName(f"{self.button.text()} {text}")

    def _choose(self) -> None:
        from desktop.gui.widgets.file_choice import choose_file

        title = self.line.accessibleName().removesuffix(" *")
        choose_file(self, title, self._take, Path(self.text()).parent)

    def _take(self, file: Path) -> None:
        self.line.setText(str(file))
        self.touched.emit()
        self.commit()


class SecretField(LineField):
    """A line that shows nothing of what is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)

    def text(self) -> str:
        return self.line.text()


class BothField(Field):
    """A text in Chinese and one in English, as two lines of one text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = (_Line(), _Line())
        for line, name in zip(self.lines, ("中文", "English"), strict=True):
            line.setPlaceholderText(name)
            line.editingFinished.connect(self.commit)
            line.textEdited.connect(lambda _text: self.touched.emit())
        stack_parts(self, *self.lines)

    def text(self) -> str:
        return "\n".join(line.text().strip() for line in self.lines)

    @property
    def is_typed(self) -> bool:
        return any(line.text() != line.kept for line in self.lines)

    def put(self, text: str) -> None:
        for line, part in zip(self.lines, text.partition("\n")[::2], strict=True):
            line.put(part)

    def name(self, text: str) -> None:
        for line in self.lines:
            line.setAccessibleName(f"{text} {line.placeholderText()}")

    def commit(self) -> None:
        if self.is_typed:
            for line in self.lines:
                line.kept = line.text()
            self.committed.emit(self.text())


class _Lines(TextField):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class LinesField(Field):
    """Several lines, committed by going elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.box = _Lines()
        self.box.setFixedHeight(LINES_PX)
        self._kept = ""
        self.box.left.connect(self.commit)
        self.box.textChanged.connect(self._tell)
        stack_parts(self, self.box)

    def text(self) -> str:
        return self.box.toPlainText().strip()

    @property
    def is_typed(self) -> bool:
        return self.box.toPlainText() != self._kept

    def put(self, text: str) -> None:
        self._kept = text
        if self.box.toPlainText() != text:
            self.box.setPlainText(text)
        self._kept = self.box.toPlainText()  # Spaces of some kinds come back as plain ones.

    def name(self, text: str) -> None:
        self.box.setAccessibleName(text)

    def _tell(self) -> None:
        if self.box.toPlainText() != self._kept:
            self.touched.emit()

    def commit(self) -> None:
        if self.is_typed:
            self._kept = self.box.toPlainText()
            self.committed.emit(self.text())


class ChoiceField(Field):
    """One of a few chips."""

    def __init__(self, screen: SettingsScreen, choices: Sequence[tuple[str, Text]]) -> None:
        super().__init__()
        self._screen, self._choices = screen, choices
        self._group = QButtonGroup(self)
        self.chips: dict[str, QPushButton] = {}
        row = FlowLayout(self, 4)
        for code, _name in choices:
            chip = self.chips[code] = Chip()
            chip.clicked.connect(lambda _=False, code=code: self.committed.emit(code))
            self._group.addButton(chip)
            row.addWidget(chip)
        self.setFocusProxy(next(iter(self.chips.values())))

    def text(self) -> str:
        return next((code for code, chip in self.chips.items() if chip.isChecked()), "")

    def put(self, text: str) -> None:
        self._group.setExclusive(False)
        for code, chip in self.chips.items():
            chip.setChecked(code == text)
        self._group.setExclusive(True)

    def name(self, text: str) -> None:
        for code, name in self._choices:
            said = self._screen.say(name)
            self.chips[code].setText(said)
            self.chips[code].setAccessibleName(f"{text} {said}")


def make_field(
    screen: SettingsScreen, form: str, choices: Sequence[tuple[str, Text]] = ()
) -> Field:
    """Return an empty field for values of this form."""
    if choices:
        return ChoiceField(screen, choices)
    if form in LINES:
        return LinesField()
    kinds = {"both": BothField, "file": FileField}
    return kinds.get(form, LineField)()
