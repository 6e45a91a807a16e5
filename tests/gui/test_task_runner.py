"""Lanes and feed: answers arrive on the GUI thread, and nothing arrives after the end."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.changes import STATES, Changes
from desktop.domain.command import Collection
from desktop.domain.worker import WorkerDied
from desktop.gui.app import Session
from desktop.gui.change_feed import ChangeFeed
from desktop.gui.qt_application import application
from desktop.gui.task_runner import TaskRunner
from support.builders import FakeClock
from support.open_desk import an_opening
from support.sample_board import empty_county, sample_county


def test_work_runs_beside_the_gui_thread_and_answers_on_it(qtbot: QtBot) -> None:
    lane = TaskRunner()
    heard: list[tuple[int, int]] = []
    lane.ask(threading.get_ident, lambda ident: heard.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(heard))
    lane.close()
    ((worked, answered),) = heard
    assert worked != answered == threading.get_ident()


def test_only_the_newest_ask_of_a_slot_is_answered(qtbot: QtBot) -> None:
    lane = TaskRunner()
    gate, begun = threading.Event(), []
    heard: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        gate.wait(5)
        return number

    for number in range(5):
        lane.ask(lambda number=number: work(number), heard.append, slot="s")  # type: ignore[misc]
    gate.set()
    qtbot.waitUntil(lambda: not lane.pending)
    lane.close()
    assert heard == [4]
    assert len(begun) <= 2


def test_what_the_officer_asks_for_goes_before_what_waits(qtbot: QtBot) -> None:
    lane, begun, gate = TaskRunner(), threading.Event(), threading.Event()
    heard: list[str] = []
    lane.ask(lambda: (begun.set(), gate.wait(5)), lambda _: heard.append("under way"))
    assert begun.wait(5)
    for name, urgent in (("a", False), ("b", False), ("J", True), ("K", True), ("c", False)):
        lane.ask(lambda name=name: name, heard.append, urgent=urgent)  # type: ignore[misc]
    gate.set()
    qtbot.waitUntil(lambda: not lane.pending)
    lane.close()
    assert heard == ["under way", "J", "K", "a", "b", "c"]


@pytest.mark.expects_log("a question of the screen failed")
def test_a_failing_ask_is_logged_and_the_next_one_answered(qtbot: QtBot) -> None:
    lane = TaskRunner()
    heard: list[str] = []
    lane.ask(lambda: 1 / 0, lambda _: heard.append("never"))
    lane.ask(lambda: "well", heard.append)
    qtbot.waitUntil(lambda: not lane.pending)
    lane.close()
    assert heard == ["well"]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, MemoryError])
def test_an_ask_that_would_end_the_worker_is_answered_and_so_is_the_next(
    qtbot: QtBot, error: type[BaseException]
) -> None:
    def deadly() -> str:
        raise error

    lane = TaskRunner()
    heard: list[object] = []
    lane.ask(deadly, heard.append, heard.append)
    lane.ask(lambda: "well", heard.append)
    qtbot.waitUntil(lambda: not lane.pending)
    lane.close()
    assert [type(each) for each in heard] == [
        error if issubclass(error, Exception) else WorkerDied,
        str,
    ]


def test_where_no_thread_is_left_an_ask_fails_and_the_next_one_may_have_one(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    lane = TaskRunner()
    heard: list[object] = []
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", no_thread)
        lane.ask(lambda: "never", heard.append, lambda error: heard.append(type(error)))
    qtbot.waitUntil(lambda: not lane.pending)
    lane.ask(lambda: "well", heard.append)
    qtbot.waitUntil(lambda: not lane.pending)
    lane.close()
    assert heard == [RuntimeError, "well"]


def test_after_close_nobody_is_called(qtbot: QtBot) -> None:
    lane = TaskRunner()
    heard: list[int] = []
    lane.ask(lambda: 1, heard.append)
    lane.close()
    lane.ask(lambda: 2, heard.append)
    with qtbot.waitSignal(lane.idled, timeout=100, raising=False):
        pass
    assert heard == []


def test_a_lane_that_is_to_finish_does_what_was_queued_and_calls_nobody(qtbot: QtBot) -> None:
    lane = TaskRunner()
    gate, done, heard = threading.Event(), [], []
    lane.ask(lambda: gate.wait(5), heard.append)
    for number in range(3):
        lane.ask(lambda number=number: done.append(number), heard.append)  # type: ignore[misc]
    threading.Timer(0.05, gate.set).start()
    lane.close(finish=True)
    assert done == [0, 1, 2]
    with qtbot.waitSignal(lane.idled, timeout=100, raising=False):
        pass
    assert heard == []


def test_the_feed_gathers_a_flood_into_few_tellings(qtbot: QtBot) -> None:
    county = empty_county(FakeClock())
    feed = ChangeFeed(county.board)
    heard: list[Changes] = []
    feed.changed.connect(heard.append)
    for _ in range(500):
        county.board.listeners.announce(Changes.in_any_row([Collection.ALARMS]))
    county.board.listeners.announce(Changes.in_any_row([Collection.INCIDENTS]))
    wanted = {Collection.ALARMS, Collection.INCIDENTS}
    qtbot.waitUntil(lambda: set().union(*heard) == wanted)
    feed.close()
    assert len(heard) <= 2


def test_a_closed_feed_tells_nothing(qtbot: QtBot) -> None:
    county = empty_county(FakeClock())
    feed = ChangeFeed(county.board)
    heard: list[object] = []
    feed.changed.connect(heard.append)
    county.board.listeners.announce(STATES)
    feed.close()
    with qtbot.waitSignal(feed.changed, timeout=100, raising=False):
        pass
    assert heard == []


def test_closing_does_not_wait_for_a_read_that_hangs(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    application([])
    closed: list[bool] = []
    session = Session(an_opening(county, tmp_path, close=lambda: closed.append(True)))
    gate = threading.Event()
    with qtbot.waitExposed(session.window):
        session.window.show()
    session.reader.ask(lambda: gate.wait(60), lambda _: None)
    session.close()
    # Here the read still hangs: the close came back without it.
    assert not gate.is_set()
    assert closed == [True]
    gate.set()
    session.deleteLater()
