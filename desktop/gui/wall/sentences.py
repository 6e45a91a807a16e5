"""What the wall's scenes paint, in one sentence a row, for readers of the screen."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.i18n import Words
from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import QueueLine
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.panes.queues.model import figure
from desktop.gui.panes.warnings import warning_text
from desktop.gui.wall.headline import join
from desktop.gui.wall.state import WallState, time_left

translate = QCoreApplication.translate

MOST_ROWS = 12


def describe_incidents(state: WallState, now: Instant, words: Words) -> list[str]:
    """Return the most urgent incidents."""
    return [_incident(row, state, now, words) for row in state.urgent[:MOST_ROWS]]


def _incident(row: IncidentRow, state: WallState, now: Instant, words: Words) -> str:
    graded = row.level is not EventLevel.NONE
    return join(
        words.term("event_level", row.level) if graded else "",
        formatting.in_one_line(words.text(row.title)),
        state.township_name(row.township, words),
        words.term("stage", row.stage),
        time_left(row.due_at, now, words)[0],
    )


def describe_queues(state: WallState, words: Words) -> list[str]:
    """Return the queues, the congested ones first."""
    return [_queue(line, words) for line in state.queues[:MOST_ROWS]]


def _queue(line: QueueLine, words: Words) -> str:
    queue = line.queue
    return join(
        formatting.in_one_line(words.text(queue.name)),
        translate("Wall", "congested") if queue.congested else "",
        f"{translate('Wall', 'waiting')} {figure(queue.waiting)}",
        f"{translate('Wall', 'longest wait')} {formatting.wait(queue.longest_wait_s)}",
    )


def describe_warnings(state: WallState, now: Instant, words: Words) -> list[str]:
    """Return the warnings in force, the gravest first."""
    return [
        warning_text.sentence(warning, state.townships, now, words, state.unread_ends)
        for warning in state.warnings[:MOST_ROWS]
    ]
