"""One schedule: everything that happens to a county and its officers, from one seed."""

from __future__ import annotations

from random import Random
from unittest.mock import patch

import msgspec

from desktop.application import orders
from desktop.application.refused_reports import is_refused
from desktop.domain.command import Collection, CommandKind, CommandRecord, Hold, Key, Receipt
from desktop.domain.steps import new_incident_id
from desktop.wire import level1
from sim.county import County
from sim.disk import Crash, Disk, Image
from sim.invariants import Violation, check_end, check_exchange, watch_cache
from sim.machine import SOURCE, Given, Machine, Parts
from sim.network import Weather

START_S = 1_795_392_000.0
DAY_S = 86_400.0
HEALING_ROUNDS = 14
COMMANDS = "v1/commands"
COMPACT_SHARE = 0.1
"""Schedules in which both ends speak level 2."""
FULL = ("i1", "i2", "i3")


class Copied(msgspec.Struct, frozen=True):
    """A copy of a machine's disk, with what its officer could rely on then."""

    image: Image
    owed: dict[str, Given]


class World:
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
        self.weather.between = self._county_lives
        self.strayed = False
        """Whether a test made rows differ behind the token: then only the sums can tell."""
        self.machines: list[Machine] = []
        self._parts = parts or Parts()
        self._count = 0
        self._copies: list[tuple[int, Copied]] = []
        for name in FULL:
            self.county.put("incidents", self._incident(name))
        self.county.put("alarms", level1.Alarm("a1", "失电", self.county.now))
        self.backup = self.county.back_up()
        self._add_machine(Disk("desk-1"))

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
            act = _EXCHANGE if roll < 0.4 else _GIVE if roll < 0.62 else dice.choice(acts)
            self._perform(act, self._machine())
        self._heal()

    # The officers' and the county's doings.

    def _machine(self) -> Machine:
        machines = self.machines
        return machines[int(self.dice.random() * len(machines))]

    def _perform(self, act: str, machine: Machine) -> None:
        self.now_s += 1 + self.dice.random() * 40
        if self.trace is not None:
            self.say(f"{self.now_s - START_S:.0f} s {machine.name}: {act.removeprefix('_')}")
        try:
            getattr(self, act)(machine)
        except Crash as crash:
            self.say(f"  killed: {crash}")
            machine.start()
        check_exchange(self, machine)

    def _exchange(self, machine: Machine) -> None:
        machine.exchange()
        if self.trace is not None:
            self.say(f"  {machine.problem or 'went through'}")

    def _give(self, machine: Machine, wanted: str = "") -> None:
        self._count += 1
        mark = f"m{self._count}"
        key = self._new_key()
        roll = self.dice.random()
        rows = machine.disk.cache.rows
        names = [name for (collection, name) in rows if collection is Collection.INCIDENTS]
        names += [each.target for each in machine.clicks[-2:] if each.target.startswith("new-")]
        body: dict[str, str] = {"text": mark}
        if roll < 0.1 or not names:
            kind, name = CommandKind.CREATE, new_incident_id(key)
            body = {"title": mark}
        else:
            name = wanted or names[int(self.dice.random() ** 2 * len(names))]
            kind = CommandKind.NOTE
            if roll > 0.8:
                kind = CommandKind.DISPATCH if roll < 0.92 else CommandKind.ACKNOWLEDGE
                body = {"unit": "u", "text": mark} if roll < 0.92 else {}
        given = Given(key, mark if body else "", name)
        if self.trace is not None:
            self.say(f"  {kind.value} {mark} on {name} {key[:6]}")
        machine.give(kind, Key(SOURCE, Collection.INCIDENTS, name), body, given)

    def _county_lives(self, _machine: Machine | None = None) -> None:
        roll = self.dice.random()
        name = self.dice.choice(("i1", "i2", "i3", "i4", "i5", "i6"))
        known = self.county.state.rows.get(("incidents", name))
        if known is None or known.row is None:
            self.county.put("incidents", self._incident(name))
        elif roll < 0.25:
            self.county.delete("incidents", name)
        else:
            assert isinstance(known.row, level1.Incident)
            self._count += 1
            row = msgspec.structs.replace(known.row, summary=f"s{self._count}")
            self.county.put("incidents", row)

    def _mass_deletion(self, _machine: Machine) -> None:
        for collection, name in list(self.county.state.rows):
            if collection == "incidents" and self.dice.random() < 0.8:
                self.county.delete(collection, name)
        for name in ("i7", "i8", "i9"):
            self.county.put("incidents", self._incident(name))

    def _crash_soon(self, machine: Machine) -> None:
        machine.disk.crash_in = int(self.dice.random() * 8)
        self._exchange(machine)

    def _crash_at_click(self, machine: Machine) -> None:
        machine.disk.crash_in = int(self.dice.random() * 2)
        self._give(machine)

    def _kill(self, machine: Machine) -> None:
        machine.start()

    def _lose_power(self, machine: Machine) -> None:
        machine.disk.lose_power(int(self.dice.random() * 6))
        machine.start()

    def _check_point(self, machine: Machine) -> None:
        machine.disk.check_point()

    def _lose_cache(self, machine: Machine) -> None:
        machine.disk.lose_cache()
        machine.start()

    def _copy_disk(self, machine: Machine) -> None:
        copied = Copied(machine.disk.image(), machine.owed.copy())
        self._copies.append((self.machines.index(machine), copied))

    def _roll_back(self, _machine: Machine) -> None:
        if not self._copies:
            return
        number, copied = self.dice.choice(self._copies)
        machine = self.machines[number]
        here, there = machine.disk.outbox.entries, copied.image.outbox.entries
        # What the copy brings back, and what only a twin still has, no clicks here can order.
        machine.unordered |= there.keys() - here.keys()
        for other in self.machines:
            if other is not machine:
                machine.unordered |= other.disk.outbox.entries.keys() - there.keys()
        machine.disk.roll_back(copied.image)
        machine.owed = copied.owed.copy()
        machine.tampered = True
        machine.start()

    def _set_up_again(self, machine: Machine) -> None:
        """A desk breaks down while it sends, and is set up again from an older image."""
        self._give(machine)
        self.weather.planned.append((COMMANDS, "request late"))
        self._exchange(machine)
        self._roll_back(machine)
        if machine.clicks:
            self._give(machine, machine.clicks[-1].target)

    def _restored_meanwhile(self, machine: Machine) -> None:
        """The county is restored while an answer is kept back on the way."""
        self._give(machine)
        self.weather.planned.append((COMMANDS, "response lost"))
        self._exchange(machine)
        self._restore(machine)
        self.weather.planned += [(COMMANDS, "other epoch"), (COMMANDS, "answer of before alone")]
        self._exchange(machine)

    def _two_on_one(self, machine: Machine) -> None:
        """Two clicks on one row leave together."""
        for _ in range(2):
            self._give(machine, "i1" if machine.disk.cache.rows else "")
        self._exchange(machine)

    def _clone(self, machine: Machine) -> None:
        if len(self.machines) > 2:
            return
        disk = Disk(machine.disk.outbox.client)
        disk.roll_back(machine.disk.image())
        twin = self._add_machine(disk)
        twin.owed, twin.clicks = machine.owed.copy(), machine.clicks.copy()
        twin.unordered = machine.unordered.copy()
        twin.dismissed = machine.dismissed.copy()
        twin.tampered = machine.tampered = True

    def _second_desk(self, _machine: Machine) -> None:
        if len(self.machines) < 3:
            self._add_machine(Disk(f"desk-{len(self.machines) + 1}"))

    def _add_machine(self, disk: Disk) -> Machine:
        name = f"machine {len(self.machines) + 1}"
        machine = Machine(name, disk, self.weather, lambda: self.now_s, self._parts)
        watch_cache(self, machine)
        self.machines.append(machine)
        return machine

    def _back_up(self, _machine: Machine) -> None:
        self.backup = self.county.back_up()

    def _restore(self, _machine: Machine) -> None:
        self.county.restore(self.backup)
        self.say(f"  now {self.county.state.epoch}")

    def _forget(self, _machine: Machine) -> None:
        self.county.forget()

    def _ghost(self, _machine: Machine) -> None:
        self.weather.deliver_ghost()

    def _clock_jumps(self, machine: Machine) -> None:
        machine.hand.wrong_by_ms = int((self.dice.random() - 0.5) * 2 * DAY_S * 1000)

    def _days_pass(self, _machine: Machine) -> None:
        self.now_s += (1 + int(self.dice.random() * 30)) * DAY_S

    def _login_expires(self, _machine: Machine) -> None:
        self.weather.login_expired = not self.weather.login_expired

    def _some_are_held(self, _machine: Machine) -> None:
        self.county.held_kind = "" if self.county.held_kind else self.dice.choice(HELD_KINDS)

    def _firewall(self, machine: Machine) -> None:
        if machine.clicks:
            self.weather.firewalled.add(self.dice.choice(machine.clicks[-3:]).key.encode())

    def _unreadable(self, machine: Machine) -> None:
        if machine.clicks:
            self.weather.unreadable.add(self.dice.choice(machine.clicks[-3:]).key.encode())

    def _cancel(self, machine: Machine) -> None:
        if machine.clicks and machine.board.cancel(machine.clicks[-1].key):
            for record in machine.records():
                if record.receipt is Receipt.CANCELLED:
                    machine.unordered.add(record.command.key)

    def _hurry(self, machine: Machine) -> None:
        waiting = machine.outbox.unfinished()
        if waiting:
            key = self.dice.choice(waiting).command.key
            machine.board.prioritise(key)

    def _answer_refusal(self, machine: Machine) -> None:
        """The officer edits what was refused or in conflict, and orders it anew."""
        refused = next((r for r in machine.board.attention() if _may_be_edited(r)), None)
        if refused is None:
            return
        self._count += 1
        given = Given(self._new_key(), f"m{self._count}", refused.command.target.id)
        with patch.object(orders, "mint_key", lambda: given.key):
            body = {**refused.command.body, "text": given.mark}
            fresh = machine.board.rebase(refused.command.key, body)
        machine.dismissed[refused.command.key] = refused.receipt.value
        if fresh.command.key == given.key:
            machine.clicks.append(given)
            machine.owed[given.key] = given

    def _new_key(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"

    def _dismiss(self, machine: Machine) -> None:
        for record in machine.outbox.attention()[:1]:
            machine.dismissed[record.command.key] = record.receipt.value
            machine.board.dismiss(record.command.key)

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
        if weather.firewalled:
            self._settle(past_poison=True)
            weather.firewalled.clear()
        self._settle(past_poison=False)
        while weather.ghosts:
            weather.deliver_ghost()
        for machine in self.machines:
            self._perform(_EXCHANGE, machine)
        check_end(self)

    def _settle(self, *, past_poison: bool) -> None:
        for _ in range(HEALING_ROUNDS):
            through = True
            for machine in self.machines:
                self._perform(_EXCHANGE, machine)
                through = through and not machine.problem
            if all(self._is_settled(machine, past_poison) for machine in self.machines) and (
                through or past_poison
            ):
                return
        waiting = [
            f"{machine.name} {record.command.key[:6]} {record.receipt.value} {machine.problem}"
            for machine in self.machines
            for record in machine.outbox.unfinished()
        ]
        raise Violation("T", f"not settled after {HEALING_ROUNDS} rounds: {waiting}")

    def _is_settled(self, machine: Machine, past_poison: bool) -> bool:
        # What is on a refused report waits for its officer, who may be away: it must only be told.
        unfinished = [
            record
            for record in machine.outbox.unfinished()
            if not (
                record.hold is Hold.REPORT and is_refused(machine.outbox, record.command.target)
            )
        ]
        if not past_poison:
            return not unfinished
        stopped = {
            record.command.target
            for record in unfinished
            if any(
                mark.decode() in record.command.key + record.command.target.id
                for mark in self.weather.firewalled
            )
        }
        return all(record.command.target in stopped for record in unfinished)

    def _incident(self, name: str) -> level1.Incident:
        return level1.Incident(name, "落石", self.county.now)


def _may_be_edited(record: CommandRecord) -> bool:
    answered = record.receipt in (Receipt.REJECTED, Receipt.CONFLICT)
    return answered and record.command.kind in (CommandKind.NOTE, CommandKind.DISPATCH)


_EXCHANGE, _GIVE = "_exchange", "_give"
ACTS = (
    "_county_lives", "_county_lives", "_mass_deletion", "_crash_soon", "_crash_soon",
    "_crash_at_click", "_kill", "_lose_power", "_check_point", "_lose_cache", "_copy_disk",
    "_copy_disk", "_roll_back", "_clone", "_second_desk", "_back_up", "_restore", "_restore",
    "_forget", "_ghost", "_ghost", "_ghost", "_clock_jumps", "_days_pass", "_login_expires",
    "_some_are_held", "_firewall", "_unreadable", "_cancel", "_hurry", "_dismiss",
    "_answer_refusal", "_answer_refusal",
)  # fmt: skip
"""Everything that may happen besides clicks and exchanges; each schedule has a few of them."""
HELD_KINDS = ("note", "dispatch", "create")
THEMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("_copy_disk", "_set_up_again", "_ghost", "_ghost"), ("request late",)),
    (("_back_up", "_restore", "_restore", "_ghost"), ("response lost", "request late")),
    (("_restored_meanwhile", "_restore"), ("response lost", "answer of before alone")),
    (("_some_are_held", "_two_on_one", "_two_on_one"), ("busy",)),
    (("_restore", "_lose_cache", "_lose_power", "_crash_soon"), ("response lost",)),
    (("_firewall", "_unreadable", "_some_are_held"), ("refused by a firewall",)),
    (("_clone", "_copy_disk", "_roll_back", "_second_desk"), ("doubled",)),
    (("_cancel", "_cancel", "_hurry", "_crash_soon"), ("request late", "response lost")),
    (("_county_lives", "_answer_refusal", "_restore"), ("response lost", "request late")),
    (("_mass_deletion", "_county_lives", "_forget"), ("row changed meanwhile", "cut")),
)
"""Acts and accidents that are dangerous together."""
