"""Paint the rows of the incident list: level, title, stage and the time left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText

from desktop.application.ports import IncidentRow
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.model import Column, IncidentModel

ROW_PX = 44
EDGE_PX = 12
MARK_PX = 13
FIRST_LINE = 4
SECOND_LINE = 22
KEPT_LINES = 300
"""How many laid-out rows are kept: a few screens of them; scrolling lays out only new ones."""

Span = tuple[int, int]
"""Left edge and width of a column; no width when it is hidden."""
Spans = tuple[Span, ...]
Ink = tuple[str, str]
"""A font's role and a colour's name."""
Written = tuple[Ink, float, int, QStaticText]
"""A text with its ink and its position within its row."""

LEVEL_INKS: dict[EventLevel, Ink] = {
    EventLevel.ESPECIALLY_MAJOR: ("grave", "red"),
    EventLevel.MAJOR: ("grave", "red"),
    EventLevel.LARGER: ("grave", "orange_text"),
}


class Line:
    """One incident laid out for the present widths and language; only its time left still
    changes."""

    __slots__ = ("clock", "clock_said", "row", "texts")

    def __init__(self, row: IncidentRow, texts: list[Written]) -> None:
        self.row, self.texts = row, texts
        self.clock: list[Written] = []
        self.clock_said: tuple[str, ...] = ()


class IncidentPainter:
    """A painter that uses the snapshot alone; a row not yet loaded is a quiet grey bar.

    Texts are laid out once and kept as long as their row, the widths, the language and the theme
    stay the same. A frame is painted ink by ink.
    """

    def __init__(self, screen: UiContext, model: IncidentModel) -> None:
        self._screen, self._model = screen, model
        self._fonts = {
            role: screen.theme.font(role) for role in ("body", "second", "number", "strong")
        }
        self._fonts["grave"] = screen.theme.font("second")
        self._fonts["grave"].setWeight(QFont.Weight.DemiBold)
        self._metrics = {role: QFontMetrics(font) for role, font in self._fonts.items()}
        self._lines: dict[int, Line] = {}
        self._spans: Spans = ()
        self._stamp: object = None
        self.stage_in_line = False
        """Whether the stage is in the second line, because its column is hidden."""

    def paint(
        self,
        painter: QPainter,
        dirty: QRect,
        rows: Iterable[tuple[int, int]],
        spans: Spans,
        picked: Collection[int],
    ) -> None:
        """Paint rows, each given with its top edge, where they meet the dirty rectangle."""
        self._keep_up(spans)
        theme = self._screen.theme
        now = self._screen.board.now()
        right = spans[Column.DUE][0] + spans[Column.DUE][1]
        title_x, title_width = spans[Column.TITLE]
        clock_only = dirty.left() >= spans[Column.DUE][0]
        shapes: list[tuple[int, EventLevel]] = []
        written: defaultdict[Ink, list[tuple[float, int, QStaticText]]] = defaultdict(list)
        ground, hairline = theme.color("pick_ground"), theme.color("line")
        for row, top in rows:
            if row in picked:
                painter.fillRect(0, top, right, ROW_PX, ground)
                painter.fillRect(spans[Column.LEVEL][0], top, 3, ROW_PX, theme.color("pick"))
            painter.fillRect(0, top + ROW_PX - 1, right, 1, hairline)
            incident = self._model.line_or_ask(row)
            if incident is None:
                painter.fillRect(
                    title_x, top + 15, min(title_width - 24, 180), 12, theme.color("ground")
                )
                continue
            line = self._line(incident)
            self._wind(line, now)
            for ink, x, y, text in line.clock if clock_only else (*line.texts, *line.clock):
                written[ink].append((x, top + y, text))
            shapes.append((top, incident.level))
        if not clock_only:
            self._paint_shapes(painter, shapes)
        for (role, color), texts in written.items():
            painter.setFont(self._fonts[role])
            painter.setPen(theme.color(color))
            for x, y, text in texts:
                painter.drawStaticText(QPointF(x, y), text)

    def _keep_up(self, spans: Spans) -> None:
        """Drop every layout that was made for other widths, language or names."""
        words, model = self._screen.words, self._model
        stamp = (spans, self.stage_in_line, words.language, model.township_names)
        if stamp != self._stamp:
            self._stamp, self._spans = stamp, spans
            self._lines.clear()

    def _line(self, row: IncidentRow) -> Line:
        line = self._lines.get(row.row)
        if line is None or line.row is not row:
            if len(self._lines) >= KEPT_LINES:
                self._lines.clear()
            line = self._lines[row.row] = Line(row, [*self._level(row), *self._case(row)])
        return line

    def _paint_shapes(self, painter: QPainter, shapes: list[tuple[int, EventLevel]]) -> None:
        tokens, x = self._screen.theme.tokens, self._spans[Column.LEVEL][0] + EDGE_PX
        for top, level in shapes:
            symbols.paint_level(painter, QRectF(x, top + 8, MARK_PX, MARK_PX), level, tokens)

    def _level(self, row: IncidentRow) -> list[Written]:
        words, (left, width) = self._screen.words, self._spans[Column.LEVEL]
        said = words.term("event_level", row.level) if row.level is not EventLevel.NONE else "—"
        ink = LEVEL_INKS.get(row.level, ("second", "second"))
        indent = EDGE_PX + 20
        return [self._write(ink, left + indent, FIRST_LINE, said, width - indent)]

    def _case(self, row: IncidentRow) -> list[Written]:
        """Lay out title and stage, with the second line under each."""
        words, (left, width) = self._screen.words, self._spans[Column.TITLE]
        parts = [self._model.township(row.township), words.text(row.lead_unit)]
        stage = words.term("stage", row.stage)
        state = (
            "" if row.pending is None else formatting.command_state(row.pending, self._screen.words)
        )
        if self.stage_in_line:
            parts[:0] = [state, stage]
        if not row.acknowledged:
            parts.insert(0, formatting.translate("IncidentModel", "unseen"))
        title = ("body" if row.acknowledged else "strong", "text")
        said = " · ".join(part for part in parts if part)
        room = width - EDGE_PX
        texts = [
            self._write(title, left, FIRST_LINE, words.text(row.title), room),
            self._write(("second", "second"), left, SECOND_LINE, said, room),
        ]
        left, width = self._spans[Column.STAGE]
        if width:
            texts.append(self._write(("body", "second"), left, FIRST_LINE, stage, width - 8))
        if width and row.pending is not None:
            ink = ("second", "orange_text" if row.pending.needs_officer else "pick")
            texts.append(self._write(ink, left, SECOND_LINE, state, width))
        return texts

    def _wind(self, line: Line, now: Instant) -> None:
        """Update a row's time left."""
        row, words = line.row, self._screen.words
        if row.due_at is None or not row.stage.is_open:
            return
        overdue = now >= row.due_at
        soon = not overdue and now >= row.due_at - row.prealarm_ms
        said = [formatting.countdown(row.due_at, now, words)]
        if overdue or soon:
            said.append(words.term("urgency", "overdue" if overdue else "soon"))
        if (*said,) == line.clock_said:
            return
        line.clock_said = (*said,)
        color = "red" if overdue else "orange_text" if soon else "text"
        roles = ("strong" if overdue else "number", "second")
        left, width = self._spans[Column.DUE]
        line.clock = [
            self._write((role, color), left, y, text, width - EDGE_PX, to_the_right=True)
            for role, y, text in zip(roles, (FIRST_LINE, SECOND_LINE), said, strict=False)
        ]

    def _write(
        self, ink: Ink, x: int, y: int, text: str, width: int, *, to_the_right: bool = False
    ) -> Written:
        """Lay out one elided line of plain text, once."""
        metrics = self._metrics[ink[0]]
        laid = QStaticText(formatting.elide(text, metrics, width))
        laid.setTextFormat(Qt.TextFormat.PlainText)
        laid.prepare(font=self._fonts[ink[0]])
        return ink, x + (width - laid.size().width() if to_the_right else 0), y, laid
