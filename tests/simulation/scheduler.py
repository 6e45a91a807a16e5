"""Virtual time: what is due, in order, also while somebody waits for a line or a disk."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from simulation import handed

MOST_NESTED = 3
"""So deep may something begin while something else waits; deeper, time only goes by."""

Act = Callable[[], None]


class Alarm:
    """Something to be done at a time, unless it is called off."""

    def __init__(self, at_s: float, act: Act) -> None:
        self.at_s, self.act = at_s, act
        self.is_off = False

    def call_off(self) -> None:
        """Have it not be done."""
        self.is_off = True


class Scheduler:
    """One hand of one clock; everything that happens does so in the order of its time.

    `askers` say when they want their turn next, as (time, act) or None: what changes its mind
    all the time is not put in a queue. Whoever waits lets others have their turn meanwhile.
    """

    def __init__(self, start_s: float) -> None:
        self.now_s = self.start_s = start_s
        self.askers: list[Callable[[], tuple[float, Act] | None]] = []
        self._alarms: list[tuple[float, int, Alarm]] = []
        self._count = self._depth = 0
        self.turns = 0
        """How many things have happened."""

    @property
    def now_ms(self) -> int:
        """The same in milliseconds since 1970."""
        return round(self.now_s * 1000)

    def at(self, at_s: float, act: Act) -> Alarm:
        """Have something done at a time, or now when that is over."""
        self._count += 1
        alarm = Alarm(max(at_s, self.now_s), act)
        heapq.heappush(self._alarms, (alarm.at_s, self._count, alarm))
        return alarm

    def after(self, wait_s: float, act: Act) -> Alarm:
        """Have something done when so many seconds are over."""
        return self.at(self.now_s + wait_s, act)

    def run_until(self, until_s: float, on: Any = None) -> None:
        """Let everything happen that is due by then; a thread of its own waits at most so
        long, for the socket `on` if there is one."""
        if (thread := handed.running()) is not None:
            thread.park(until_s, on)
            return
        if self._depth < MOST_NESTED:
            self._depth += 1
            try:
                while (act := self._next(until_s)) is not None:
                    self.turns += 1
                    act()
            finally:
                self._depth -= 1
        self.now_s = max(self.now_s, until_s)

    def wait(self, wait_s: float) -> None:
        """Let time go by where something waits."""
        self.run_until(self.now_s + wait_s)

    def next_alarm_s(self) -> float | None:
        """When the next thing that was put down is due."""
        while self._alarms and self._alarms[0][2].is_off:
            heapq.heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    def run_alarm(self) -> None:
        """Have the next thing that was put down happen now."""
        if (at_s := self.next_alarm_s()) is not None:
            self.now_s = max(self.now_s, at_s)
            heapq.heappop(self._alarms)[2].act()

    def forget_alarms(self) -> None:
        """Nothing that was put down happens any more."""
        self._alarms.clear()

    def _next(self, until_s: float) -> Act | None:
        """The first thing due by then, time having come to it."""
        best = self.next_alarm_s()
        act: Act | None = None
        for asker in self.askers:
            asked = asker()
            if asked is not None and (best is None or asked[0] < best):
                best, act = asked
        if best is None or best > until_s:
            return None
        self.now_s = max(self.now_s, best)
        return heapq.heappop(self._alarms)[2].act if act is None else act
