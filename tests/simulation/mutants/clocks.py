"""Clocks: the desk's, the county's, and whoever tells the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop.application.board import Board
from desktop.connectors.county import commands as county_commands
from desktop.connectors.http.client import HttpClient
from desktop.county_server.commands import timing
from desktop.domain import clock
from desktop.domain.clock import CorrectedClock
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("clock correction left out", "click_by_new_clock", "glance")
def _uncorrected() -> Iterator[None]:
    """What a server says of the time is not followed."""
    with swapped(CorrectedClock, "follow", nothing):
        yield


@mutant("deadlines judged by the desk's clock")
def _own_clock() -> Iterator[None]:
    """Screens go by this computer's clock, right or wrong."""

    def now(before: Any, self: Board) -> int:
        return int(getattr(self._clock, "inner", self._clock).now())

    with swapped(Board, "now", now):
        yield


@mutant("a wrong clock is not told with commands", "click_by_new_clock")
def _untold_clock() -> Iterator[None]:
    """What this computer's clock read at the click stays here."""
    with swapped(county_commands, "_clock_of", nothing):
        yield


@mutant("a jump of the clock goes unnoticed", "click_by_new_clock")
def _no_jumps() -> Iterator[None]:
    """The offset of before is added to whatever the clock shows now."""
    with swapped(CorrectedClock, "_compare", nothing):
        yield


@mutant("anybody's date sets the clock", "portal")
def _any_date() -> Iterator[None]:
    """The date of an answer that nobody vouches for is believed."""
    with swapped(HttpClient, "_tells_time", lambda *_: True):
        yield


@mutant("a click may be given before the last contact", "click_by_new_clock")
def _before_contact() -> Iterator[None]:
    """A clock set back while the program was closed dates commands."""
    with swapped_everywhere(clock, "click_time", lambda _, of, heard_at: of.now()):
        yield


@mutant("a command counts from when it arrives")
def _arrival_counts() -> Iterator[None]:
    """When it was given is not asked: what waited for a network is late."""

    def judge(before: Any, command: Any, offset_ms: int, received_at: Any, earliest: Any) -> Any:
        before(command, offset_ms, received_at, earliest)
        return timing.Timing(received_at, received_at, received_at)

    with swapped_everywhere(timing, "judge", judge):
        yield
