"""A connector is built when its lane first turns to it, and closed with its stand-in."""

from __future__ import annotations

from desktop.connectors.deferred import DeferredConnector
from desktop.domain.source import SyncState
from fakes.scripted_connector import ScriptedConnector


def a_deferred_one() -> tuple[DeferredConnector, ScriptedConnector, list[ScriptedConnector]]:
    real = ScriptedConnector()
    built: list[ScriptedConnector] = []

    def build() -> ScriptedConnector:
        built.append(real)
        return real

    return DeferredConnector(real.settings, real.manifest, build), real, built


def test_nothing_is_built_to_be_asked_for_its_clock_or_closed() -> None:
    deferred, _, built = a_deferred_one()
    assert deferred.clock_offset_ms() is None
    assert deferred.account() == ""
    assert deferred.offered() is None
    deferred.close()
    assert built == []


def test_it_is_built_once_and_does_as_the_real_one_does() -> None:
    deferred, real, built = a_deferred_one()
    real.offset_ms, real.login = 40, "wang"
    assert deferred.probe() == real.found
    assert list(deferred.pull(SyncState("county"))) == []
    assert deferred.send([]) == []
    assert deferred.clock_offset_ms() == 40
    assert deferred.account() == "wang"
    assert built == [real]


def test_closing_ends_a_wait_also_when_it_comes_before_the_wait() -> None:
    deferred, real, _ = a_deferred_one()
    deferred.probe()
    deferred.close()
    assert real.closed.is_set()
    late, real, _ = a_deferred_one()
    late.close()
    assert late.wait_for_hint(60.0) is False
    assert real.closed.is_set()
