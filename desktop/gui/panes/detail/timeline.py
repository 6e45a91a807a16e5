"""The timeline of an incident, newest first, with this desk's own commands and their states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.application.export.columns import Column, Columns
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.dating import find_entry
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.folded import BoundedText
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

ASIDE_CHARS = 24
SHOWN_ENTRIES = 100
"""How many of the newest timeline entries are shown; a longer timeline gives the number left
out."""


class TimelineLine(NamedTuple):
    """One entry in words."""

    at: Instant
    time: str
    said: str
    aside: str
    """Who did it, or the state of this desk's command."""
    color: str = "second"
    """The colour of what stands aside."""
    stands: bool = True
    """Whether it was not taken back."""


def timeline_lines(screen: UiContext, detail: IncidentDetail) -> list[TimelineLine]:
    """Return what was done and what this desk has submitted, newest first."""
    words, now = screen.words, screen.board.now()
    lines = []
    timeline = detail.incident.timeline
    told = find_entry(detail.commands, timeline)
    for entry, record in zip(timeline, told, strict=True):
        kind = words.term("timeline", entry.kind)
        text = words.text(entry.text)
        said = f"{kind} · {text}" if text and text != kind else kind
        state = "" if record is None else formatting.record_state(record, words)
        aside = " · ".join(filter(None, (state, entry.by)))
        time = formatting.moment(entry.happened_at, now)
        lines.append(TimelineLine(entry.happened_at, time, said, aside))
    keys = {record.command.key for record in told if record is not None}
    lines += [_own(screen, r, now) for r in detail.commands if r.command.key not in keys]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def timeline_columns() -> Columns[TimelineLine]:
    """Return the columns of the lines, in the language in force."""
    return (
        Column("at", lambda x: formatting.date_time(x.at), lambda: translate("Timeline", "Time")),
        Column("what", lambda x: x.said, lambda: translate("Timeline", "What was done")),
        Column("by", lambda x: x.aside or None, lambda: translate("Timeline", "By, or its state")),
        Column("stands", lambda x: None if x.stands else translate("Timeline", "taken back"),
               lambda: translate("Timeline", "Taken back")),
    )  # fmt: skip


def _own(screen: UiContext, record: CommandRecord, now: Instant) -> TimelineLine:
    words, command = screen.words, record.command
    said = words.term("command", command.kind)
    body = body_words(screen, command)
    if body:
        said = f"{said} · {body}"
    if record.reason:
        said = f"{said}\n{words.text(record.reason)}"
    color = "orange_text" if record.state.needs_officer else "pick"
    state = formatting.record_state(record, words)
    stands = record.state is not CommandState.CANCELLED
    time = formatting.moment(command.at, now)
    return TimelineLine(command.at, time, said, state, color, stands)


class Timeline(QWidget):
    """Lines of time, what was done, and by whom; its rows are made once and filled again."""

    def __init__(self, screen: UiContext, unfolded: set[str] | None = None) -> None:
        super().__init__()
        self._screen = screen
        self._unfolded = unfolded if unfolded is not None else set()
        self._rows: list[_Row] = []
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(1, 1)

    def tell(self, lines: Sequence[TimelineLine]) -> None:
        """Show these lines, the newest hundred of them."""
        shown = list(lines[:SHOWN_ENTRIES])
        if len(lines) > SHOWN_ENTRIES:
            left_out = translate("DetailPane", "and {n} earlier").format(
                n=len(lines) - SHOWN_ENTRIES
            )
            shown.append(TimelineLine(0, "", left_out, ""))
        self.make_rows(len(shown))
        for row, line in zip(self._rows, shown, strict=False):
            row.tell(line)
        for row in self._rows[len(shown) :]:
            row.hide()
        self.setVisible(bool(shown))

    def make_rows(self, count: int) -> None:
        """Have at least so many rows."""
        for number in range(len(self._rows), count):
            self._rows.append(_Row(self._screen, self._unfolded, self._layout, number))


class _Row:
    """The widgets of one line."""

    def __init__(
        self, screen: UiContext, unfolded: set[str], grid: QGridLayout, number: int
    ) -> None:
        top = Qt.AlignmentFlag.AlignTop
        self._when = PlainLabel(screen, "second", "second", elide=False)
        self._when.setContentsMargins(0, 2, 0, 0)
        self._who = PlainLabel(screen, "second", "second", elide=False)
        self._who.setContentsMargins(0, 2, 0, 0)
        grid.addWidget(self._when, number, 0, top)
        self._what = BoundedText(screen, unfolded, lambda each: grid.addWidget(each, number, 1))
        grid.addWidget(self._who, number, 2, top | Qt.AlignmentFlag.AlignRight)

    def tell(self, line: TimelineLine) -> None:
        self._when.set_text(line.time)
        self._what.set_text(line.said)
        aside = formatting.in_one_line(line.aside, ASIDE_CHARS)
        self._who.set_text(aside, line.color, formatting.in_one_line(line.aside))
        set_tip(self._who, line.aside if len(line.aside) > ASIDE_CHARS else "")
        for label in (self._when, self._who):
            label.show()

    def hide(self) -> None:
        self._what.hide()
        for label in (self._when, self._who):
            label.set_text("")
            label.hide()
