"""A backend's long text in a bounded room, with a button to see all of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

SHORT_CHARS = 240
SHORT_LINES = 6
"""Beyond either limit a text is folded, so that what is below it stays in sight."""
WHOLE_PX = 220
"""Greatest height of an unfolded text; it scrolls within."""
MOST_CHARS = 1_000_000


def shorten(text: str) -> str:
    """Return the beginning of a text that is too long for its neighbours, else all of it."""
    lines = text[: SHORT_CHARS + 1].splitlines()
    short = "\n".join(lines[:SHORT_LINES])[:SHORT_CHARS]
    return text if short == text.rstrip("\n") else short.rstrip() + "…"


def make_bounded_label(screen: UiContext, text: str, unfolded: set[str]) -> QWidget:
    """Build a label that wraps, or a folded text when it is too long for its neighbours."""
    return _label(screen, text) if shorten(text) == text else FoldedText(screen, text, unfolded)


def _label(screen: UiContext, text: str) -> PlainLabel:
    label = PlainLabel(screen, elide=False)
    label.setWordWrap(True)
    label.set_text(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class BoundedText:
    """A text in a bounded room that can be replaced: a label, or a folded text while it is long."""

    def __init__(
        self, screen: UiContext, unfolded: set[str], put: Callable[[QWidget], None]
    ) -> None:
        """`put` gives a widget its place; label and folded text are never shown together."""
        self._screen, self._unfolded, self._put = screen, unfolded, put
        self.label = _label(screen, "")
        self.folded: FoldedText | None = None
        put(self.label)

    def set_text(self, text: str) -> None:
        """Show this text; its widgets are made once and kept."""
        is_long = shorten(text) != text
        self.label.set_text("" if is_long else text)
        if is_long and self.folded is None:
            self.folded = FoldedText(self._screen, text, self._unfolded)
            self._put(self.folded)
        elif self.folded is not None:
            self.folded.set_text(text if is_long else "")
        self.label.setVisible(not is_long)
        if self.folded is not None:
            self.folded.setVisible(is_long)

    def hide(self) -> None:
        """Show nothing, and keep nothing that was shown."""
        self.label.set_text("")
        self.label.hide()
        if self.folded is not None:
            self.folded.set_text("")
            self.folded.hide()


class FoldedText(QWidget):
    """The beginning of a long text and a button that opens the rest."""

    def __init__(self, screen: UiContext, text: str, unfolded: set[str]) -> None:
        super().__init__()
        self._screen, self._text = screen, text
        self._open = unfolded
        """Texts the officer has unfolded; a refresh of what is shown leaves them so."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.label = _label(screen, shorten(text))
        self._column.addWidget(self.label)
        self.whole: QPlainTextEdit | None = None
        self.button = QPushButton()
        self.button.setProperty("quiet", True)
        self.button.setProperty("link", True)
        self.button.clicked.connect(self._turn)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._show()

    @property
    def is_open(self) -> bool:
        """Whether all of it is shown."""
        return self._text in self._open

    def set_text(self, text: str) -> None:
        """Show the beginning of another text."""
        if text != self._text:
            self._text = text
            self.label.set_text(shorten(text))
            if self.whole is not None:
                self.whole.setPlainText(formatting.in_lines(text, MOST_CHARS))
        self._show()

    def _turn(self) -> None:
        self._open ^= {self._text}
        self._show()

    def _show(self) -> None:
        if self.is_open and self.whole is None:
            self.whole = _reader(self._screen, self._text)
            self._column.insertWidget(1, self.whole)
        if self.whole is not None:
            self.whole.setVisible(self.is_open)
        self.label.setVisible(not self.is_open)
        count = len(self._text)
        self.button.setText(
            translate("Folded", "Show less")
            if self.is_open
            else translate("Folded", "Show all · %n character(s)", "", count)
        )


def _reader(screen: UiContext, text: str) -> QPlainTextEdit:
    reader = QPlainTextEdit()
    reader.setReadOnly(True)
    reader.setTabChangesFocus(True)
    reader.setFixedHeight(WHOLE_PX)
    reader.setFont(screen.theme.font("body"))
    palette = reader.palette()
    palette.setColor(QPalette.ColorRole.Base, QColor(screen.theme.tokens.raised))
    reader.setPalette(palette)
    reader.setPlainText(formatting.in_lines(text, MOST_CHARS))
    return reader
