"""A connector is built when its lane first turns to it, and closed with it."""

from __future__ import annotations

import threading

from desktop.application.sync.late_connector import LateConnector
from desktop.domain.link import RequestStats, TrafficClass
from support.scripted_connector import ScriptedConnector

USED = RequestStats(TrafficClass.CHANGES, 1, 2, None, 0.0, fresh=True)


def a_late_one() -> tuple[LateConnector, ScriptedConnector, list[RequestStats]]:
    real, heard = ScriptedConnector(), list[RequestStats]()
    return LateConnector(lambda: real, heard.append), real, heard


def test_nothing_is_built_to_be_closed() -> None:
    late, real, _ = a_late_one()
    late.close()
    assert late.built is None
    assert not real.closed.is_set()


def test_it_is_built_once_and_its_traffic_is_heard() -> None:
    made: list[ScriptedConnector] = []

    def build() -> ScriptedConnector:
        made.append(ScriptedConnector())
        return made[0]

    heard: list[RequestStats] = []
    late = LateConnector(build, heard.append)
    assert late.get() is late.get() is late.built
    assert len(made) == 1
    late.get().on_traffic(USED)
    assert heard == [USED]


def test_closing_ends_a_wait_also_when_it_comes_before_the_wait() -> None:
    late, real, _ = a_late_one()
    late.get()
    late.close()
    assert real.closed.is_set()
    late, real, _ = a_late_one()
    late.close()
    assert late.get().wait_for_hint(60.0) is False
    assert real.closed.is_set()


def test_closing_does_not_wait_for_a_connector_that_is_still_being_built() -> None:
    building, may_end = threading.Event(), threading.Event()
    real = ScriptedConnector()

    def build() -> ScriptedConnector:
        building.set()
        may_end.wait(20)
        return real

    late = LateConnector(build, lambda _used: None)
    thread = threading.Thread(target=late.get)
    thread.start()
    assert building.wait(10)
    late.close()
    may_end.set()
    thread.join(10)
    assert real.closed.is_set()
