"""A desk is heard when something grave begins to call, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.profile import Sound
from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.instant import DAY, HOUR
from desktop.domain.levels import EventLevel
from desktop.domain.source import Row, SourceStatus
from desktop.gui.bars import call_bell
from desktop.gui.bars.call_bell import CallBell
from support.builders import NOW, FakeClock, a_deadline, an_alarm, an_incident
from support.sample_board import SampleCounty, a_status, empty_county
from support.stage import a_stage, settle, taken_in

HEARD = a_status(last_good_at=NOW)
UNHEARD = a_status(last_good_at=None)
GRAVE = an_incident(id="grave", level=EventLevel.MAJOR)
ALARM = an_alarm(id="high", priority=AlarmPriority.HIGH)
RETURNED = msgspec.structs.replace(ALARM, state=AlarmState.RETURNED_UNACKNOWLEDGED)
ACKNOWLEDGED = msgspec.structs.replace(ALARM, state=AlarmState.ACKNOWLEDGED)
CAUSE = an_alarm(id="cause", asset="other", priority=AlarmPriority.HIGH)
FOLLOWER = msgspec.structs.replace(ALARM, cause="cause")


class Ears:
    """A bell at a desk of this county, and how often it has been heard."""

    def __init__(self, county: SampleCounty, monkeypatch: pytest.MonkeyPatch) -> None:
        self.county, self.count = county, 0
        monkeypatch.setattr(QApplication, "beep", self._hear)

    def _hear(self) -> None:
        self.count += 1

    @contextmanager
    def listen(self) -> Iterator[None]:
        with a_stage(self.county) as stage:
            self.screen = msgspec.structs.replace(stage, sound=Sound("grave", ("00:00", "23:59")))
            parent = QObject()
            self.bell = CallBell(self.screen, parent)
            settle(self.screen)
            yield

    def hear(self, *rows: Row) -> int:
        """Return how often it is heard in all, once these have come."""
        self.county.tell(*rows)
        self.bell.look()
        settle(self.screen)
        return self.count


@pytest.fixture
def ears(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Ears:
    return Ears(empty_county(FakeClock(), HEARD), monkeypatch)


def test_a_desk_is_heard_once_for_each_grave_matter_that_newly_calls(ears: Ears) -> None:
    ears.county.tell(an_incident(id="before", level=EventLevel.MAJOR))
    with ears.listen():
        assert ears.count == 0, "what called before the start is on the screen"
        for row, count in (
            (an_incident(id="lesser", level=EventLevel.LARGER), 0),
            (an_incident(id="seen", level=EventLevel.MAJOR, acknowledged_at=NOW), 0),
            (GRAVE, 1),
            (ALARM, 2),
            (ACKNOWLEDGED, 2),
            (an_alarm(id="low", priority=AlarmPriority.LOW), 2),
        ):
            assert ears.hear(row) == count, row


def test_no_number_of_lesser_incidents_hides_a_graver_one(ears: Ears) -> None:
    soon, late = (a_deadline(due_at=NOW + span) for span in (HOUR, DAY))
    with ears.listen():
        lesser = [
            an_incident(id=f"{n}", number=f"{n}", level=EventLevel.LARGER, deadlines=(soon,))
            for n in range(30)
        ]
        assert ears.hear(*lesser) == 0
        worst = an_incident(id="worst", level=EventLevel.ESPECIALLY_MAJOR, deadlines=(late,))
        assert ears.hear(worst) == 1


def test_an_acknowledgement_among_many_is_no_news(ears: Ears) -> None:
    many = [an_incident(id=f"{n}", number=f"{n}", level=EventLevel.MAJOR) for n in range(30)]
    ears.county.tell(*many)
    with ears.listen():
        seen = msgspec.structs.replace(many[0], acknowledged_at=NOW, version=2)
        assert ears.hear(seen) == 0


def test_what_a_source_gives_at_first_is_no_news_and_what_others_bring_meanwhile_is(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_status(id="monitor", last_good_at=NOW)
    ears = Ears(empty_county(FakeClock(), UNHEARD, other), monkeypatch)
    with ears.listen():
        assert ears.hear(GRAVE) == 0, "a part of all it has"
        assert ears.hear(an_alarm(source="monitor", priority=AlarmPriority.HIGH)) == 1
        ears.county.set_sources(HEARD, other)
        assert ears.hear(an_incident(id="rest", number="2", level=EventLevel.MAJOR)) == 1
        assert ears.hear(an_incident(id="new", number="3", level=EventLevel.MAJOR)) == 2


def test_an_alarm_that_comes_and_goes_is_heard_again_only_once_it_was_acknowledged(
    ears: Ears,
) -> None:
    with ears.listen():
        for version, row in enumerate((ALARM, RETURNED, ALARM, RETURNED, ALARM), 1):
            assert ears.hear(msgspec.structs.replace(row, version=version)) == 1
        assert ears.hear(msgspec.structs.replace(ACKNOWLEDGED, version=6)) == 1
        assert ears.hear(msgspec.structs.replace(ALARM, version=7)) == 2


def test_the_same_condition_under_another_number_is_no_other_matter(ears: Ears) -> None:
    first = msgspec.structs.replace(RETURNED, asset="A1")
    with ears.listen():
        assert ears.hear(msgspec.structs.replace(first, state=AlarmState.UNACKNOWLEDGED)) == 1
        assert ears.hear(msgspec.structs.replace(first, version=2)) == 1
        again = msgspec.structs.replace(ALARM, id="again", asset="A1", raised_at=NOW)
        assert ears.hear(again) == 1


def test_what_follows_from_an_alarm_is_heard_as_itself_and_not_again_without_it(ears: Ears) -> None:
    with ears.listen():
        assert ears.hear(msgspec.structs.replace(CAUSE, priority=AlarmPriority.LOW)) == 0
        assert ears.hear(FOLLOWER) == 1, "though its cause is a lesser one"
        gone = msgspec.structs.replace(CAUSE, state=AlarmState.NORMAL, version=2)
        assert ears.hear(gone) == 1


def test_a_cascade_is_heard_once(ears: Ears) -> None:
    with ears.listen():
        assert ears.hear(CAUSE) == 1
        assert ears.hear(FOLLOWER) == 1, "its cause was heard"
        gone = msgspec.structs.replace(CAUSE, state=AlarmState.NORMAL, version=2)
        assert ears.hear(gone) == 1, "it was on the screen all along"


@pytest.mark.parametrize("statuses", [(HEARD,), (UNHEARD, HEARD)])
def test_it_looks_by_itself_when_something_changed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, statuses: tuple[SourceStatus, ...]
) -> None:
    monkeypatch.setattr(call_bell, "PAUSE_MS", 0)
    county = empty_county(FakeClock(), statuses[0])
    ears = Ears(county, monkeypatch)
    with ears.listen():
        pause = ears.bell.findChild(QTimer)
        assert isinstance(pause, QTimer)
        for status in statuses[1:]:
            county.set_sources(status)
            taken_in(qtbot, ears.screen)
            qtbot.waitUntil(lambda: not pause.isActive())
            settle(ears.screen)
        county.tell(GRAVE)
        qtbot.waitUntil(lambda: ears.count == 1)
