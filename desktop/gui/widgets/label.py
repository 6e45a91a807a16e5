"""A label of plain text, elided to its room."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.gui import formatting
from desktop.gui.theme import Theme
from desktop.gui.widgets.accessible import set_tip

EDGE_PX = 2
"""How far a letter may reach beyond its width."""


class Themed(Protocol):
    """What has a theme: a window's context, whatever else is in it."""

    @property
    def theme(self) -> Theme:
        """Colours and fonts."""


class PlainLabel(QLabel):
    """A label of plain text in a role's font and a token's colour, elided to its room."""

    def __init__(
        self, screen: Themed, role: str = "body", color: str = "text", *, elide: bool = True
    ) -> None:
        super().__init__()
        self._themed, self._role, self._color, self._elide = screen, role, color, elide
        self._full = self._tip = self._spoken = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        screen.theme.changed.connect(self._dress)
        self._dress()

    def set_text(self, text: str, color: str | None = None, spoken: str = "") -> None:
        """Show a text, in another token's colour when given; readers of the screen are told
        `spoken` where that is given, and only when it changes."""
        if color is not None and color != self._color:
            self._color = color
            self._dress()
        if (text, spoken) == (self._full, self._spoken):
            return
        self._full, self._spoken = text, spoken
        line = formatting.in_one_line(text) if self._elide else formatting.in_lines(text)
        if self.accessibleName() != (name := spoken or line):
            self.setAccessibleName(name)
        advance = self.fontMetrics().horizontalAdvance
        if self._elide and (width := advance(line)) == advance(super().text()):
            # As wide as before, like an age a second later: nothing around it is laid out anew.
            self.update(self._place(width))
        else:
            super().setText(line)

    def show_whole(self, is_whole: bool) -> None:
        """Show as many lines as the text needs, or one that is cut where it is too long."""
        if is_whole == self._elide:
            self._elide = not is_whole
            self.setWordWrap(is_whole)
            text, self._full = self._full, ""
            self.set_text(text, spoken=self._spoken)
            self._tell_rest(formatting.in_one_line(text))

    def set_role(self, role: str) -> None:
        """Take another role's font."""
        if role != self._role:
            self._role = role
            self._dress()

    def text(self) -> str:
        return self._full

    def _place(self, width: int) -> QRect:
        """Return where a line of this width is painted, which may be less than all the room."""
        room, align = self.contentsRect(), self.alignment()
        if align & Qt.AlignmentFlag.AlignLeft and width + EDGE_PX < room.width():
            room.setWidth(width + EDGE_PX)
        return room

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._elide else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._elide:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        line = formatting.elide(self._full, self.fontMetrics(), self.contentsRect().width())
        painter.drawText(self.contentsRect(), int(self.alignment()), line)
        self._tell_rest(line)

    def _tell_rest(self, line: str) -> None:
        """Let a tip say what is cut off, unless there is another tip."""
        is_whole = line == formatting.in_one_line(self._full)
        tip = "" if is_whole else formatting.plain_tip(self._full)
        if tip != self._tip:
            own, self._tip = self._tip, tip
            if self.toolTip() == own:
                set_tip(self, "" if is_whole else self._full)

    def _dress(self) -> None:
        self.setFont(self._themed.theme.font(self._role))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._themed.theme.color(self._color))
        self.setPalette(palette)


class FieldLabel(PlainLabel):
    """The label of a field that has its words for a name: a reader, who says the labels of a dialog
    by itself, says them with the field alone."""

    accessible_role = QAccessible.Role.Paragraph
