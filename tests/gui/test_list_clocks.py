"""The times left in the list are painted as they run, each alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from support.builders import NOW, FakeClock, a_deadline, an_incident
from support.events import come_to_rest
from support.open_desk import open_desk
from support.sample_board import sample_county


def test_only_times_left_that_are_said_otherwise_are_painted_anew(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 0)
    for number, due_at in enumerate((NOW + 10 * MINUTE + 9 * SECOND, NOW + 3 * DAY + HOUR)):
        deadline = a_deadline(due_at=due_at)
        county.tell(an_incident(id=f"D{number}", number=f"SJ-D{number}", deadlines=(deadline,)))
    with open_desk(qtbot, county, tmp_path) as desk:
        view = desk.panes["incidents"].view
        view.viewport().grab()
        painted = []
        paint = view.painter.paint
        view.painter.paint = lambda painter, dirty, *more: (
            painted.append(dirty),
            paint(painter, dirty, *more),
        )
        clock.advance(SECOND)
        view.repaint_clocks()
        QApplication.processEvents()
        [dirty] = painted
        assert dirty.bottom() < view.row_px, "the other deadline is days off"
        assert dirty.width() < view.painter.clock_px() / 3, "of the one, its seconds alone"


def test_the_clocks_of_the_list_are_at_each_moment_as_if_it_were_painted_whole(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 0)
    dues = (7 * SECOND, MINUTE, 59 * MINUTE, HOUR + 30 * SECOND, -MINUTE, -HOUR + 9 * SECOND, DAY)
    for number, due in enumerate(dues):
        deadline = a_deadline(due_at=NOW + due, prealarm_ms=30 * SECOND)
        county.tell(an_incident(id=f"D{number}", number=f"SJ-D{number}", deadlines=(deadline,)))
    with open_desk(qtbot, county, tmp_path) as desk:
        view = desk.panes["incidents"].view
        for step_s in (1, 1, 5, 1, 1, 9, 12, 1, 30, 1, 60):
            clock.advance(step_s * SECOND)
            view.repaint_clocks()
            come_to_rest()
            place = QRect(view.viewport().mapTo(desk, QPoint(0, 0)), view.viewport().size())
            stands = desk.screen().grabWindow(desk.winId()).toImage().copy(place)
            whole = view.viewport().grab().toImage().convertToFormat(stands.format())
            assert stands == whole, (clock.now() - NOW) // SECOND
