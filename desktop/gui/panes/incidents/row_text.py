"""Texts of the incident list laid out once: a title in one or two lines, words in several inks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QStaticText, QTextLayout, QTextOption

from desktop.gui import formatting
from desktop.gui.theme import Theme

Ink = tuple[str, str]
"""A font's role and a colour's name."""
SEPARATOR = " · "


class Written(NamedTuple):
    """A text with its ink and its position within its row."""

    ink: Ink
    x: float
    y: int
    text: QStaticText


class RowText:
    """Lays out plain text in the list's fonts, elided to its room."""

    def __init__(self, theme: Theme) -> None:
        self._fonts = {role: theme.font(role) for role in ("body", "second", "number", "strong")}
        self._fonts["grave"] = theme.font("second")
        self._fonts["grave"].setWeight(QFont.Weight.DemiBold)
        self._metrics = {role: QFontMetrics(font) for role, font in self._fonts.items()}

    def font(self, role: str) -> QFont:
        """Return the font of a role."""
        return self._fonts[role]

    def width(self, role: str, text: str) -> int:
        """Return how wide a short text is."""
        return self._metrics[role].horizontalAdvance(text)

    def wrap(self, role: str, text: str, width: int) -> list[str]:
        """Break a text into what fits in the first line and the rest, if there is any."""
        line = formatting.in_one_line(text)
        if self.width(role, line) <= width:
            return [line]
        layout = QTextLayout(line, self._fonts[role])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        first = layout.createLine()
        first.setLineWidth(width)
        # Qt counts in units of UTF-16.
        units = line.encode("utf-16-le")
        cut = 2 * first.textLength()
        layout.endLayout()
        return [units[:cut].decode("utf-16-le").rstrip(), units[cut:].decode("utf-16-le")]

    def write(
        self, ink: Ink, x: float, y: int, text: str, width: int, *, to_the_right: bool = False
    ) -> Written:
        """Lay out one elided line."""
        laid = QStaticText(formatting.elide(text, self._metrics[ink[0]], width))
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.prepare(font=self._fonts[ink[0]])
        return Written(ink, x + (width - laid.size().width() if to_the_right else 0), y, laid)

    def write_parts(
        self, parts: Sequence[tuple[str, Ink]], x: int, y: int, width: int
    ) -> list[Written]:
        """Lay out words of several inks in one line, with dots between them."""
        runs: list[tuple[str, Ink]] = []
        for said, ink in parts:
            if not said:
                continue
            if runs and runs[-1][1] == ink:
                runs[-1] = runs[-1][0] + SEPARATOR + said, ink
            else:
                runs.append(((SEPARATOR if runs else "") + said, ink))
        written: list[Written] = []
        left = x
        for said, ink in runs:
            if left - x >= width:
                break
            written.append(self.write(ink, left, y, said, width - (left - x)))
            left += self.width(ink[0], said)
        return written
