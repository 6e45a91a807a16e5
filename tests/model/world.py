"""One schedule: everything that happens to a county and its officers, from one seed."""

from __future__ import annotations

from random import Random

from desktop.wire import level1
from model.acts import ACTS, EXCHANGE, GIVE, THEMES, Acts, Copied
from model.county import County
from model.disk import Crash, Disk
from model.invariants import Violation, check_end, check_exchange
from model.machine import Machine, Parts
from model.network import Weather
from model.watch import Watch

START_S = 1_795_392_000.0
HEALING_ROUNDS = 14
COMPACT_SHARE = 0.1
"""Schedules in which both ends speak level 2."""
FULL = ("i1", "i2", "i3")


class World(Acts):
    """`run` plays the schedule and raises Violation when an invariant breaks."""

    def __init__(
        self,
        seed: int,
        *,
        trace: list[str] | None = None,
        county: type[County] = County,
        parts: Parts | None = None,
    ) -> None:
        self.dice = Random(seed)
        self.trace = trace
        self.now_s = START_S
        self.county = county(lambda: self.now_s, 1 + int(self.dice.random() * 4))
        self.county.compact = self.dice.random() < COMPACT_SHARE
        self.weather = Weather(self.dice, self.county, self.say)
        self.weather.between = self.county_lives
        self.watch = Watch(self)
        self.strayed = False
        """Whether a test made rows differ behind the token: then only the sums can tell."""
        self.machines: list[Machine] = []
        self._parts = parts or Parts()
        self._count = 0
        self.copies: list[tuple[int, Copied]] = []
        for name in FULL:
            self.county.put("incidents", self._incident(name))
        self.county.put("alarms", level1.Alarm("a1", "失电", self.county.now))
        self.backup = self.county.back_up()
        self.add_machine(Disk("desk-1"))

    def say(self, what: str) -> None:
        """Add a line to the trace, when one is wanted."""
        if self.trace is not None:
            self.trace.append(what)

    def run(self) -> None:
        """The whole schedule: accidents, then healing, then the invariants."""
        dice = self.dice
        acts, kinds = dice.choice(THEMES) if dice.random() < 0.5 else ((), ())
        self.weather.draw(kinds)
        acts = [*acts, *(dice.choice(ACTS) for _ in range(int(dice.random() * 6) + (not acts)))]
        for _ in range(5 + int(dice.random() ** 2 * 30)):
            roll = dice.random()
            act = EXCHANGE if roll < 0.4 else GIVE if roll < 0.62 else dice.choice(acts)
            self._perform(act, self._machine())
        self._heal()

    def _machine(self) -> Machine:
        machines = self.machines
        return machines[int(self.dice.random() * len(machines))]

    def _perform(self, act: str, machine: Machine) -> None:
        self.now_s += 1 + self.dice.random() * 40
        if self.trace is not None:
            self.say(f"{self.now_s - START_S:.0f} s {machine.name}: {act.removeprefix('_')}")
        self.watch.begin(machine)
        try:
            getattr(self, act)(machine)
        except Crash as crash:
            self.say(f"  killed: {crash}")
            machine.start()
        self.watch.end(machine)
        check_exchange(self, machine)

    def _exchange(self, machine: Machine) -> None:
        machine.exchange()
        if self.trace is not None:
            self.say(f"  {machine.problem or 'went through'}")

    # After the accidents.

    def _heal(self) -> None:
        self.say("healing")
        weather = self.weather
        weather.clear_up()
        weather.login_expired = False
        self.county.held_kind = ""
        self.county.kill_after = None
        for machine in self.machines:
            machine.disk.crash_in = None
            machine.hand.wrong_by_ms = 0
        if weather.firewalled or weather.swallowed:
            self._settle(past_poison=True)
            weather.firewalled.clear()
            weather.swallowed.clear()
        self._settle(past_poison=False)
        while weather.ghosts:
            weather.deliver_ghost()
        if self.strayed:  # Sums are told with changes only.
            self._county_reports("i1")
            self._county_writes("i1")
        for machine in self.machines:
            self._perform(EXCHANGE, machine)
            if machine.memory.unconfirmed:
                # A snapshot after a snapshot: what came since is asked for with the next poll.
                self._perform(EXCHANGE, machine)
        check_end(self)
        self.watch.judge_end()

    def _settle(self, *, past_poison: bool) -> None:
        for _ in range(HEALING_ROUNDS * (1 + past_poison)):
            through = True
            for machine in self.machines:
                self._perform(EXCHANGE, machine)
                through = through and not machine.problem
                self._decide(machine)
            if all(self._is_settled(machine, past_poison) for machine in self.machines) and (
                through or past_poison
            ):
                return
        waiting = [
            f"{machine.name} {record.command.key[:6]} {record.state.value} {machine.problem}"
            for machine in self.machines
            for record in machine.outbox.list_unfinished()
        ]
        raise Violation("T", f"not settled after {HEALING_ROUNDS} rounds: {waiting}")

    def _is_settled(self, machine: Machine, past_poison: bool) -> bool:
        unfinished = machine.outbox.list_unfinished()
        if not past_poison:
            return not unfinished
        stopped = {
            record.command.target
            for record in unfinished
            if any(
                mark.decode() in record.command.key + record.command.target.id
                for mark in self.weather.firewalled | self.weather.swallowed
            )
        }
        return all(record.command.target in stopped for record in unfinished)
