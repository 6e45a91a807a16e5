"""Paint the rows of the incident list: level, title, stage and the time left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QStaticText

from desktop.application.ports import IncidentRow
from desktop.domain.instant import DAY, HOUR, SECOND, Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.model import Column, IncidentModel
from desktop.gui.panes.incidents.row_text import Ink, RowText, Written

EDGE_PX = 12
MARK_PX = 13
MARK_COLUMN_PX = EDGE_PX + MARK_PX + 11
LINE_PX = 18
"""From a line of a title to the next one, and to the line below it."""
TOP_PX = 4
KEPT_LINES = 300
"""How many laid-out rows are kept: a few screens of them; scrolling lays out only new ones."""

LONGEST_MS = (HOUR - 1, DAY - 1)
"""Times overdue that take most room to say, with seconds and without."""

Span = tuple[int, int]
"""Left edge and width of a column; no width when it is hidden."""
Spans = tuple[Span, ...]

SECONDARY: Ink = ("second", "second")
LEVEL_INKS: dict[EventLevel, Ink] = {
    EventLevel.ESPECIALLY_MAJOR: ("grave", "red"),
    EventLevel.MAJOR: ("grave", "red"),
    EventLevel.LARGER: ("grave", "orange_text"),
}


class Line:
    """One incident laid out for the present widths and language; only its time left still
    changes."""

    __slots__ = ("clock", "mark_y", "minute", "row", "second", "texts")

    def __init__(self, row: IncidentRow, texts: list[Written], mark_y: int) -> None:
        self.row, self.texts, self.mark_y = row, texts, mark_y
        self.clock: list[Written] = []
        """The time left, without its seconds if it says them, and how near its end is."""
        self.minute: object = None
        """What that depends on."""
        self.second: int | None = None


class IncidentPainter:
    """A painter that uses the snapshot alone; a row not yet loaded is a quiet grey bar.

    Texts are laid out once and kept as long as their row, the widths and the language stay the
    same, marks and colours as long as the theme does. A frame is painted ink by ink.
    """

    def __init__(self, screen: UiContext, model: IncidentModel) -> None:
        self._screen, self._model = screen, model
        self._write = RowText(screen.theme)
        self._lines: dict[int, Line] = {}
        self._spans: Spans = ()
        self._stamp: object = None
        self._colors: dict[str, QColor] = {}
        self._marks: dict[EventLevel, QPixmap] = {}
        self._look: object = None
        self._seconds: dict[tuple[str, int], QStaticText] = {}
        self._second_px = max(self._write.width(role, "00") for role in ("number", "strong"))
        self.title_lines = 1
        """How many lines a title may take."""

    @property
    def row_px(self) -> int:
        """How high a row is."""
        return TOP_PX + LINE_PX * self.title_lines + 22

    def clock_px(self) -> int:
        """Return how wide the column of times left must be."""
        overdue = (formatting.countdown(0, by, self._screen.words) for by in LONGEST_MS)
        return max(self._write.width("strong", said) for said in overdue) + EDGE_PX + 4

    def paint(
        self,
        painter: QPainter,
        dirty: QRect,
        rows: Iterable[tuple[int, int]],
        spans: Spans,
        picked: Collection[int],
    ) -> None:
        """Paint rows, each given with its top edge, where they meet the dirty rectangle."""
        self._keep_up(spans, painter)
        now = self._screen.board.now()
        right = spans[Column.DUE][0] + spans[Column.DUE][1]
        title_x, title_width = spans[Column.TITLE]
        clock_only = dirty.left() >= spans[Column.DUE][0]
        second_x, second_y = self._second_at()
        written: defaultdict[Ink, list[tuple[float, int, QStaticText]]] = defaultdict(list)
        ground, hairline, height = self._color("pick_ground"), self._color("line"), self.row_px
        mark_x = spans[Column.LEVEL][0] + EDGE_PX
        for row, top in rows:
            if row in picked:
                painter.fillRect(0, top, right, height, ground)
                painter.fillRect(spans[Column.LEVEL][0], top, 3, height, self._color("pick"))
            painter.fillRect(0, top + height - 1, right, 1, hairline)
            incident = self._model.line_or_ask(row)
            if incident is None:
                bar = QRect(title_x, top + 15, min(title_width - 24, 180), 12)
                painter.fillRect(bar, self._color("ground"))
                continue
            line = self.line(incident)
            self._wind(line, now)
            if line.second is not None:
                ink = line.clock[0].ink
                written[ink].append((second_x, top + second_y, self._second(ink, line.second)))
            if dirty.left() >= second_x:
                continue
            for ink, x, y, text in (*line.texts, *line.clock):
                if x + text.size().width() > dirty.left():
                    written[ink].append((x, top + y, text))
            if not clock_only:
                painter.drawPixmap(mark_x, top + line.mark_y, self._mark(incident.level))
        for (role, color), texts in written.items():
            painter.setFont(self._write.font(role))
            painter.setPen(self._color(color))
            for x, y, text in texts:
                painter.drawStaticText(QPointF(x, y), text)

    def find_stale(self, incident: IncidentRow, now: Instant) -> QRect:
        """Return where in its row the time left is not painted as it is said now."""
        line = self._lines.get(incident.row)
        minute, second = _read_clock(incident, now)
        if line is None or (minute, second) == (line.minute, line.second):
            return QRect()
        if minute != line.minute:
            left, width = self._spans[Column.DUE]
            return QRect(left, 0, width, self.row_px)
        return QRect(*self._second_at(), self._second_px, LINE_PX)

    def line(self, row: IncidentRow) -> Line:
        """Return a row laid out as it is painted."""
        line = self._lines.get(row.row)
        if line is None or line.row is not row:
            if len(self._lines) >= KEPT_LINES:
                self._lines.clear()
            line = self._lines[row.row] = self._lay_out(row)
        return line

    def _keep_up(self, spans: Spans, painter: QPainter) -> None:
        """Drop what was made for other widths, language or names, and for another theme."""
        words, model = self._screen.words, self._model
        is_later = words.is_later()
        stamp = (spans, self.title_lines, words.language, is_later, model.township_names)
        if stamp != self._stamp:
            self._stamp, self._spans = stamp, spans
            self._lines.clear()
        look = (self._screen.theme.name, painter.device().devicePixelRatioF())
        if look != self._look:
            self._look = look
            self._colors.clear()
            self._marks.clear()

    def _color(self, name: str) -> QColor:
        found = self._colors.get(name)
        if found is None:
            found = self._colors[name] = self._screen.theme.color(name)
        return found

    def _mark(self, level: EventLevel) -> QPixmap:
        """Return a level's mark as a picture, drawn once for a theme and a screen."""
        found = self._marks.get(level)
        if found is None:
            ratio = self._look[1] if isinstance(self._look, tuple) else 1.0
            found = QPixmap(round(MARK_PX * ratio), round(MARK_PX * ratio))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            with QPainter(found) as painter:
                box = QRectF(0, 0, MARK_PX, MARK_PX)
                symbols.paint_level(painter, box, level, self._screen.theme.tokens)
            self._marks[level] = found
        return found

    def _lay_out(self, row: IncidentRow) -> Line:
        """Lay out title and stage, with the second line under each."""
        write, said = self._write, self._screen.words.text(row.title)
        left, width = self._spans[Column.TITLE]
        room = width - EDGE_PX
        title: Ink = ("body" if row.acknowledged else "strong", "text")
        lines = write.wrap(title[0], said, room) if self.title_lines > 1 else [said]
        # A short title stands in the middle of a row that has room for a long one.
        top = TOP_PX + LINE_PX * (self.title_lines - len(lines)) // 2
        texts = [
            write.write(title, left, top + LINE_PX * n, line, room) for n, line in enumerate(lines)
        ]
        below = top + LINE_PX * len(lines)
        texts += write.write_parts(self._parts(row), left, below, self._room_below(row))
        left, width = self._spans[Column.STAGE]
        if width:
            texts += self._stage(row, left, width)
        return Line(row, texts, top + 4)

    def _room_below(self, row: IncidentRow) -> int:
        """Return the room for the line below the title: it goes on below the time left, up to the
        word there."""
        (left, width), (due_left, due_width) = self._spans[Column.TITLE], self._spans[Column.DUE]
        if self._spans[Column.STAGE][1]:
            return width - EDGE_PX
        room = due_left + due_width - EDGE_PX - left
        if row.due_at is None or not row.stage.is_open:
            return room
        term = self._screen.words.term
        words = [term("urgency", urgency) for urgency in ("overdue", "soon")]
        return room - EDGE_PX - max(self._write.width("second", word) for word in words)

    def _parts(self, row: IncidentRow) -> list[tuple[str, Ink]]:
        """Return what stands below the title, the most urgent first."""
        words = self._screen.words
        graded = row.level not in symbols.HOLLOW or row.level is EventLevel.UNKNOWN
        level = words.term("event_level", row.level) if graded else ""
        parts = [(level, LEVEL_INKS.get(row.level, SECONDARY))]
        if not row.acknowledged:
            parts.append((formatting.translate("IncidentModel", "unacknowledged"), SECONDARY))
        has_column = self._spans[Column.STAGE][1] > 0
        if not has_column:
            parts.append((self._state(row), self._state_ink(row)))
        parts.append((self._model.township(row.township), SECONDARY))
        if not has_column:
            parts.append((words.term("stage", row.stage), SECONDARY))
        parts.append((words.text(row.lead_unit), SECONDARY))
        return parts

    def _stage(self, row: IncidentRow, left: int, width: int) -> list[Written]:
        said = self._screen.words.term("stage", row.stage)
        first, second = self._clock_tops()
        texts = [self._write.write(("body", "second"), left, first, said, width - 8)]
        if row.pending is not None:
            texts.append(
                self._write.write(self._state_ink(row), left, second, self._state(row), width)
            )
        return texts

    def _state(self, row: IncidentRow) -> str:
        """Return the state of this desk's newest command on it."""
        if row.pending is None:
            return ""
        return formatting.command_state(row.pending, self._screen.words)

    def _state_ink(self, row: IncidentRow) -> Ink:
        asks = row.pending is not None and row.pending.needs_officer
        return ("second", "orange_text" if asks else "pick")

    def _clock_tops(self) -> tuple[int, int]:
        """Return where the two lines of a column begin that has no long text."""
        top = TOP_PX + LINE_PX * (self.title_lines - 1) // 2
        return top, top + LINE_PX

    def _clock(self, row: IncidentRow, now: Instant) -> tuple[str, ...]:
        """Return the time left in words, and how near its end is."""
        words = self._screen.words
        if row.due_at is None or not row.stage.is_open:
            return ()
        said = formatting.countdown(row.due_at, now, words)
        if now >= row.due_at:
            return said, words.term("urgency", "overdue")
        if now >= row.due_at - row.prealarm_ms:
            return said, words.term("urgency", "soon")
        return (said,)

    def _wind(self, line: Line, now: Instant) -> None:
        """Update a row's time left; within a minute only its seconds are others."""
        row = line.row
        minute, line.second = _read_clock(row, now)
        if minute == line.minute:
            return
        line.minute, line.clock = minute, []
        if row.due_at is None or minute is None:
            return
        said, *urgency = self._clock(row, now)
        overdue = now >= row.due_at
        color = "red" if overdue else "orange_text" if urgency else "text"
        time: Ink = ("strong" if overdue else "number", color)
        left, width = self._spans[Column.DUE]
        room, (first, second) = width - EDGE_PX, self._clock_tops()
        parts = [(time, first, said, room)]
        if line.second is not None:
            parts = [(time, first, said[:-2], room - self._second_px)]
        parts += [(("second", color), second, word, room) for word in urgency]
        line.clock = [
            self._write.write(ink, left, y, text, width, to_the_right=True)
            for ink, y, text, width in parts
        ]

    def _second_at(self) -> tuple[int, int]:
        """Return where in a row the seconds stand, in all rows the same place."""
        left, width = self._spans[Column.DUE]
        return left + width - EDGE_PX - self._second_px, self._clock_tops()[0]

    def _second(self, ink: Ink, second: int) -> QStaticText:
        """Return the two figures of a second, laid out once for all rows."""
        found = self._seconds.get((ink[0], second))
        if found is None:
            found = self._write.write(ink, 0, 0, f"{second:02}", self._second_px).text
            self._seconds[ink[0], second] = found
        return found


def _read_clock(row: IncidentRow, now: Instant) -> tuple[object, int | None]:
    """Return what is another once a row's time left is said otherwise but for its seconds, and
    these if it says any."""
    if row.due_at is None or not row.stage.is_open:
        return None, None
    left = row.due_at - now
    urgency = (left < 0, left <= 0, left <= row.prealarm_ms)
    unit, length = formatting.step_of_length(abs(left))
    if unit > SECOND:
        return (urgency, unit, length), None
    return (urgency, unit, length // 60), length % 60
