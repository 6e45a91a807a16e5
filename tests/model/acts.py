"""What officers do at their desks, and what happens to a county by itself."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from unittest.mock import patch

import msgspec

from desktop.application.commands import answering, command_service
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.protocol.checksum import MODULUS, weight
from desktop.protocol.lifecycle import new_incident_id
from desktop.wire import level1
from model.disk import Disk, Image, Kept
from model.invariants import watch_cache
from model.machine import SOURCE, Given, Machine, Parts

if TYPE_CHECKING:
    from model.county import County
    from model.network import Weather
    from model.rows import State
    from model.watch import Watch

DAY_S = 86_400.0
COMMANDS = "v1/commands"


class Copied(msgspec.Struct, frozen=True):
    """A copy of a machine's disk, with what its officer could rely on then."""

    image: Image
    owed: dict[str, Given]


class Acts:
    """The half of a world that acts; each act is one method, drawn by its name."""

    dice: Random
    county: County
    weather: Weather
    machines: list[Machine]
    backup: State
    now_s: float
    trace: list[str] | None
    strayed: bool
    watch: Watch
    _parts: Parts
    _count: int
    copies: list[tuple[int, Copied]]

    def say(self, what: str) -> None:
        """Add a line to the trace, when one is wanted."""
        if self.trace is not None:
            self.trace.append(what)

    def _incident(self, name: str) -> level1.Incident:
        return level1.Incident(name, "落石", self.county.now)

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
                body = {"unit": mark, "text": mark} if roll < 0.92 else {}
        given = Given(key, mark if body else "", name)
        if self.trace is not None:
            self.say(f"  {kind.value} {mark} on {name} {key[:6]}")
        target = Key(SOURCE, Collection.INCIDENTS, name)
        self.watch.clicking(machine, given.key, kind, target, body)
        machine.give(kind, target, body, given)
        self.watch.clicked(machine, given.key, target)

    def county_lives(self, _machine: Machine | None = None) -> None:
        roll = self.dice.random()
        name = self.dice.choice(("i1", "i2", "i3", "i4", "i5", "i6"))
        known = self.county.state.rows.get(("incidents", name))
        if known is None or known.row is None:
            self.county.put("incidents", self._incident(name))
        elif roll < 0.25:
            self.county.delete("incidents", name)
        else:
            assert isinstance(known.row, level1.Incident)
            self._county_writes(name)

    def _county_reports(self, name: str) -> None:
        known = self.county.state.rows.get(("incidents", name))
        if known is None or known.row is None:
            self.county.put("incidents", self._incident(name))

    def _county_writes(self, name: str) -> None:
        """Somebody at the county works on an incident."""
        row = self.county.state.rows["incidents", name].row
        assert isinstance(row, level1.Incident)
        self._count += 1
        changes: dict[str, object] = {"summary": f"s{self._count}"}
        if self.dice.random() < 0.4:
            changes["lead_unit"] = f"u{self._count}"
        if self.dice.random() < 0.2:
            due = level1.Deadline("handle", self.county.now)
            changes |= {"deadlines": (due,), "stage": self.dice.choice(("filed", "handling"))}
        self.county.put("incidents", msgspec.structs.replace(row, **changes))

    def _mass_deletion(self, _machine: Machine) -> None:
        for collection, name in list(self.county.state.rows):
            if collection == "incidents" and self.dice.random() < 0.8:
                self.county.delete(collection, name)
        for name in ("i7", "i8", "i9"):
            self._county_reports(name)

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
        self.copies.append((self.machines.index(machine), copied))

    def roll_back(self, _machine: Machine) -> None:
        if not self.copies:
            return
        number, copied = self.dice.choice(self.copies)
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
        self.roll_back(machine)
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

    def clone(self, machine: Machine) -> None:
        if len(self.machines) > 2:
            return
        disk = Disk(machine.disk.outbox.client)
        disk.roll_back(machine.disk.image())
        twin = self.add_machine(disk)
        twin.owed, twin.clicks = machine.owed.copy(), machine.clicks.copy()
        twin.unordered = machine.unordered.copy()
        twin.dismissed = machine.dismissed.copy()
        twin.tampered = machine.tampered = True

    def _second_desk(self, _machine: Machine) -> None:
        if len(self.machines) < 3:
            self.add_machine(Disk(f"desk-{len(self.machines) + 1}"))

    def add_machine(self, disk: Disk) -> Machine:
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
        if machine.clicks and machine.board.commands.cancel(machine.clicks[-1].key):
            for record in machine.records():
                if record.state is CommandState.CANCELLED:
                    machine.unordered.add(record.command.key)

    def _hurry(self, machine: Machine) -> None:
        waiting = machine.outbox.list_unfinished()
        if waiting:
            key = self.dice.choice(waiting).command.key
            machine.board.commands.prioritise(key)

    def _answer_refusal(self, machine: Machine) -> None:
        """The officer edits what was refused or in conflict, and submits it anew."""
        refused = next((r for r in machine.board.attention() if _may_be_edited(r, machine)), None)
        if refused is not None:
            for _ in range(1 + (self.dice.random() < 0.3)):
                self._give_anew(machine, refused)

    def _give_anew(self, machine: Machine, refused: CommandRecord) -> None:
        self._count += 1
        mark, key, command = f"m{self._count}", self._new_key(), refused.command
        creates = command.kind is CommandKind.CREATE
        target = new_incident_id(key) if creates else command.target.id
        given = Given(key, mark, target)
        body = {"title": mark} if creates else {**command.body, "text": mark}
        keys = [key]
        self.watch.clicking(machine, key, command.kind, command.target, body, answers=refused)

        def mint() -> str:
            return keys.pop() if keys else self._new_key()

        with (
            patch.object(command_service, "mint_key", mint),
            patch.object(answering, "mint_key", mint),
        ):
            fresh = machine.board.answering.rebase(command.key, body)
        machine.dismissed[command.key] = refused.state.value
        if creates:
            self.watch.taken_along(machine, command.target)
        if fresh.command.key != key:
            self.watch.forget(key)
        else:
            self.say(f"  {command.key[:6]} anew as {key[:6]} {mark}")
            machine.clicks.append(given)
            machine.owed[key] = given

    def _decide(self, machine: Machine) -> None:
        """An officer answers whatever waits for a decision: once and for all."""
        for record in machine.outbox.list_unfinished():
            key, target = record.command.key, record.command.target
            known = machine.outbox.on_target(target)
            report = next((r for r in known if r.command.kind is CommandKind.CREATE), None)
            if record.hold.wants_decision:
                machine.board.commands.release(key)
                machine.unordered.add(key)  # It kept back nobody while it waited.
            elif record.hold is not Hold.REPORT or report is None:
                continue
            elif _may_be_edited(report, machine) and self.dice.random() < 0.5:
                self._give_anew(machine, report)
            elif not machine.board.commands.cancel(key):
                machine.board.commands.give_up(key)

    def _stray(self, machine: Machine) -> None:
        """A row of the cache is spoilt behind the token's back."""
        cache = machine.disk.cache
        names = [name for name, kept in cache.rows.items() if not kept.is_old]
        if not names or cache.token is None:
            return
        name = self.dice.choice(names)
        rows = cache.rows.copy()
        known = rows.pop(name)
        total = cache.sum - weight(*name, known.row.version)
        if self.dice.random() < 0.5 and known.row.version > 1:
            old = msgspec.structs.replace(known.row, version=known.row.version - 1)
            rows[name] = Kept(old, known.number)
            total += weight(*name, old.version)
        self.strayed = True
        machine.disk.cache = msgspec.structs.replace(cache, rows=rows, sum=total % MODULUS)

    def _swallow(self, machine: Machine) -> None:
        """Whatever names one of the latest commands gets no answer at all."""
        if self.weather.swallowed:
            return
        for _ in range(3):
            self._give(machine)
        self.weather.swallowed.add(self.dice.choice(machine.clicks[-3:]).key.encode())

    def _withdraw_report(self, machine: Machine) -> None:
        """A new incident with a note on it is withdrawn before it could leave."""
        key = self._new_key()
        self._count += 1
        target = Key(SOURCE, Collection.INCIDENTS, new_incident_id(key))
        given = Given(key, f"m{self._count}", target.id)
        machine.give(CommandKind.CREATE, target, {"title": given.mark}, given)
        self._give(machine, target.id)
        if self.dice.random() < 0.3:
            self._exchange(machine)
        if machine.board.commands.cancel(key):
            machine.unordered.add(key)
            self.watch.withdrawn(machine, target)

    def _portal(self, machine: Machine) -> None:
        """Somebody on the way answers as a county would, without being ours."""
        if self.dice.random() < 0.7:
            machine.start()
        self._give(machine)
        self.weather.impostor = self.dice.choice(IMPOSTORS)
        self.say(f"  {self.weather.impostor}")
        try:
            self._exchange(machine)
        finally:
            self.weather.impostor = ""

    def _new_key(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"

    def _dismiss(self, machine: Machine) -> None:
        for record in machine.outbox.attention()[:1]:
            machine.dismissed[record.command.key] = record.state.value
            machine.board.commands.dismiss(record.command.key)


def _may_be_edited(record: CommandRecord, machine: Machine) -> bool:
    if record.command.kind is CommandKind.CREATE and machine.tampered:
        return False  # Two officers who have it would each report what is on it as well.
    answered = record.state in (CommandState.REJECTED, CommandState.CONFLICT)
    return answered and record.command.kind is not CommandKind.ACKNOWLEDGE


EXCHANGE, GIVE = "_exchange", "_give"
ACTS = (
    "county_lives", "county_lives", "_mass_deletion", "_crash_soon", "_crash_soon",
    "_crash_at_click", "_kill", "_lose_power", "_check_point", "_lose_cache", "_copy_disk",
    "_copy_disk", "roll_back", "clone", "_second_desk", "_back_up", "_restore", "_restore",
    "_forget", "_ghost", "_ghost", "_ghost", "_clock_jumps", "_days_pass", "_login_expires",
    "_some_are_held", "_firewall", "_unreadable", "_cancel", "_hurry", "_dismiss",
    "_answer_refusal", "_answer_refusal", "_stray", "_swallow", "_withdraw_report", "_portal",
)  # fmt: skip
"""Everything that may happen besides clicks and exchanges; each schedule has a few of them."""
IMPOSTORS = ("answers of before", "another service")
HELD_KINDS = ("note", "dispatch", "create")
THEMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("_copy_disk", "_set_up_again", "_ghost", "_ghost"), ("request late",)),
    (("_back_up", "_restore", "_restore", "_ghost"), ("response lost", "request late")),
    (("_restored_meanwhile", "_restore"), ("response lost", "answer of before alone")),
    (("_some_are_held", "_two_on_one", "_two_on_one"), ("busy",)),
    (("_restore", "_lose_cache", "_lose_power", "_crash_soon"), ("response lost",)),
    (("_firewall", "_unreadable", "_some_are_held"), ("refused by a firewall",)),
    (("clone", "_copy_disk", "roll_back", "_second_desk"), ("doubled",)),
    (("_cancel", "_cancel", "_hurry", "_crash_soon"), ("request late", "response lost")),
    (("county_lives", "_answer_refusal", "_restore"), ("response lost", "request late")),
    (("_mass_deletion", "county_lives", "_forget"), ("row changed meanwhile", "cut")),
    (("_swallow", "_hurry", "_hurry"), ("response lost",)),
    (("_portal", "_second_desk", "county_lives"), ("busy",)),
    (("_withdraw_report", "_answer_refusal", "_unreadable"), ("request lost",)),
    (("_second_desk", "county_lives", "_answer_refusal"), ("row changed meanwhile",)),
)
"""Acts and accidents that are dangerous together."""
