"""Plays the plan of a round with real programs, heals it and brings the evidence."""

from __future__ import annotations

import re
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import msgspec

from faults.real import healing
from faults.real.county import TOKENS, County, CountyFailed
from faults.real.evidence import Evidence, Given, Sync, Withdrawn
from faults.real.judge import FINAL
from faults.real.line import WELL, Line
from faults.real.office import Office, ProgramFailed, Said
from faults.real.plan import TARGETS, Plan, Step
from faults.real.programs import Hung, Programs

ROWS = re.compile(r" rows=(\d+)")
ASKS_STATES = "/v1/commands?keys="
BODIES: dict[str, tuple[str, ...]] = {
    "note": ("text={}",),
    "acknowledge": (),
    "create": ("title={}", "level=ordinary"),
    "dispatch": ("unit=县水务局", "text={}"),
    "escalate": ("level=especially_major", "text={}"),
    "feedback": ("text={}",),
}
NEVER_SAID = ("Traceback", "internal_error", "程序自身出错", "program itself")


class Tally(msgspec.Struct):
    """What was done in a round, for the summary."""

    commands: int = 0
    kills: int = 0
    restores: int = 0
    clones: int = 0
    syncs: int = 0
    forked: int = 0
    fresh: int = 0


class Templates:
    """Counties made once and copied for each round: making one takes a second."""

    def __init__(self, folder: Path, programs: Programs) -> None:
        self._folder = folder
        for name, seed in (("home", 1), ("other", 2)):
            made = County(folder / name, programs, seed, accounts=False)
            made.start()
            made.end(signal.SIGTERM)

    def copy(self, name: str, folder: Path) -> None:
        """A county's data as it was made."""
        shutil.copytree(self._folder / name / "data", folder / "data")


class Round:
    """One round; a context that ends every program and line of its own."""

    def __init__(self, plan: Plan, folder: Path, programs: Programs, templates: Templates) -> None:
        self.plan, self.folder, self.programs = plan, folder, programs
        self.tally = Tally()
        self.seen = Evidence(plan.seed, plan.theme, {}, [], None)
        self.desks: list[Office] = []
        self._stack = ExitStack()
        names = ["home", *(["other"] if any(s.do == "move" for s in plan.steps) else [])]
        self.counties: dict[str, County] = {}
        for number, name in enumerate(names, 1):
            (folder / name).mkdir(parents=True)
            templates.copy(name, folder / name)
            accounts = plan.accounts
            self.counties[name] = County(folder / name, programs, number, accounts=accounts)
        self.at = "home"
        self.step = 0

    def __enter__(self) -> Self:
        for county in self.counties.values():
            county.start()
            self._stack.callback(county.end)
        self.targets = self.home.open_incidents()[:TARGETS]
        for _ in range(self.plan.desks):
            self._new_desk()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def home(self) -> County:
        """The county the desks belong to."""
        return self.counties["home"]

    def play(self) -> Evidence:
        """All steps, then the healing; what was seen."""
        try:
            for number, step in enumerate(self.plan.steps):
                self.step = number
                for desk in self.desks:
                    desk.line.step = number
                self._do(step)
            healing.heal(self)
            healing.look(self)
        except (Hung, CountyFailed, ProgramFailed) as failed:
            self.seen.broken.append(f"step {self.step}: {failed}")
        return self.seen

    def _new_desk(self) -> Office:
        line = Line()
        self._stack.callback(line.close)
        line.there = self.counties[self.at].address
        name = f"desk{len(self.desks)}"
        desk = Office(self.folder / name, name, self.programs, line)
        self.desks.append(desk)
        if self.plan.accounts:
            desk.log_in("zhang", TOKENS["zhang"])
        return desk

    def point_lines(self) -> None:
        """Let every line lead to the county of the moment, if that is up."""
        for desk in self.desks:
            desk.line.there = self.counties[self.at].address

    def _do(self, step: Step) -> None:
        desk = self.desks[step.desk] if step.desk < len(self.desks) else self.desks[0]
        self._doings[step.do](desk, step)

    @property
    def _doings(self) -> dict[str, Callable[[Office, Step], object]]:
        return {
            "give": self._give,
            "sync": self.sync,
            "withdraw": lambda desk, _: self._ask_outbox(desk, "--cancel"),
            "hurry": lambda desk, _: self._ask_outbox(desk, "--first"),
            "ghosts": lambda desk, _: desk.line.release_ghosts(),
            "county start": self._start_again,
            "backup": self._copy_away,
            "restore": self._set_back,
            "copy back": self._set_back,
            "image": lambda desk, step: desk.image(step.name),
            "rollback": self._roll_back,
            "clone": self._clone,
            "move": self._move,
            "login": self._log_in,
            "unplug": lambda desk, _: desk.plug(in_profile=False),
            "plug": lambda desk, _: desk.plug(in_profile=True),
            "clock": self._set_clock,
            "lose": lambda desk, step: desk.lose(step.name),
        }

    def _start_again(self, _desk: Office, _step: Step) -> None:
        if self.home.address is None:
            self.home.start()
        self.point_lines()

    def _roll_back(self, desk: Office, step: Step) -> None:
        self.tally.clones += 1
        desk.roll_back(step.name)
        desk.excused.add("copy")

    def _move(self, _desk: Office, step: Step) -> None:
        self.at = step.name
        self.point_lines()
        for each in self.desks:
            each.line.life += 1
            each.excused.add("server")

    def _set_clock(self, desk: Office, step: Step) -> None:
        desk.clock_s = step.size

    def _log_in(self, desk: Office, step: Step) -> None:
        desk.log_in(step.name, TOKENS[step.name])
        desk.excused.add("account")

    def _copy_away(self, _desk: Office, step: Step) -> None:
        shutil.rmtree(self.home.folder / step.name, ignore_errors=True)
        if step.name == "copy":
            self.home.copy(step.name)
            self.home.start()
            self.point_lines()
        else:
            self.home.backup(step.name)

    def _set_back(self, _desk: Office, step: Step) -> None:
        self.tally.restores += 1
        (self.home.restore if step.do == "restore" else self.home.copy_back)(step.name)
        self.home.start()
        self.point_lines()
        for desk in self.desks:
            desk.line.life += 1
            desk.excused.add("copy")

    def _clone(self, desk: Office, _step: Step) -> None:
        self.tally.clones += 1
        twin = self._new_desk()
        twin.clone_from(desk)
        for each in (desk, twin):
            each.excused.add("copy")

    def _give(self, desk: Office, step: Step) -> None:
        mark = f"mk-{self.plan.seed}-{self.step}-"
        target = "-" if step.kind == "create" else self._target(desk, step.target)
        words = [word.format(mark) for word in BODIES.get(step.kind, ())]
        if step.kind == "attach":
            file = self.folder / f"{mark}.bin"
            file.write_bytes((mark * 400).encode())
            words = [f"file={file}"]
        said = desk.run("command", step.kind, target, *words, kill_ms=step.kill_ms)
        self._look_at(desk, said)
        key = said.out.split(" ", 1)[0] if said.out.endswith("\n") else ""
        if said.exit >= 0 and not key:
            return  # Refused in words, as where the row is not here: nothing was given.
        self.tally.commands += 1
        self.tally.kills += said.exit < 0
        row = f"new-{key}" if step.kind == "create" else target
        given = Given(mark, step.kind, row, desk.name, key, desk.login, self.step)
        given.at_ms = time.time_ns() // 1_000_000
        self.seen.given[mark] = given
        desk.clicks.append(mark)

    def _ask_outbox(self, desk: Office, word: str) -> None:
        """Withdraw or hurry the newest command that waits; it may be too late for either."""
        waiting = [r for r in desk.outbox() if r["state"] not in FINAL]
        if not waiting:
            return
        key = waiting[-1]["key"]
        said = desk.run("outbox", word, key)
        self._look_at(desk, said)
        if said.exit == 0 and word == "--cancel":
            self.seen.withdrawn.append(Withdrawn(desk.name, key, desk.line.life))

    def _target(self, desk: Office, number: int) -> str:
        if number < TARGETS:
            return self.targets[number % len(self.targets)]
        made = [self.seen.given[mark] for mark in desk.clicks]
        reports = [given.target for given in made if given.kind == "create" and given.key]
        return reports[-1] if reports else self.targets[0]

    def sync(self, desk: Office, step: Step, exchange: int = 0) -> Sync:
        """One exchange of a desk under the step's misfortune."""
        self.tally.syncs += 1
        before = self.home.keys()
        first = len(desk.line.log)
        desk.line.set(step.fault)
        timer = None
        if step.county_kill_ms >= 0:
            self.tally.kills += 1
            timer = threading.Timer(step.county_kill_ms / 1000, self._kill_county)
            timer.start()
        said = desk.run("sync", "--once", kill_ms=step.kill_ms, fresh=step.fresh)
        if timer is not None:
            timer.join()
        desk.line.set(WELL)
        self._look_at(desk, said)
        self.tally.kills += said.exit < 0
        seen = Sync(desk.name, self.step, said.exit, said.out, said.err, step.fault.kind, exchange)
        seen.is_plugged = desk.is_plugged
        passed = [each for each in desk.line.log[first:] if ASKS_STATES not in each.path]
        seen.carried = sum(each.up + each.down for each in passed)
        found = ROWS.search(said.out)
        seen.rows = int(found[1]) if found else 0
        if said.exit >= 0:
            records = desk.outbox()
            seen.unfinished = [r for r in records if r["state"] not in FINAL]
            done = self.home.keys() - before
            stored = [r["key"] for r in seen.unfinished if r["state"] == "stored"]
            seen.stored_but_done = [key for key in stored if key in done]
        self.seen.syncs.append(seen)
        return seen

    def _kill_county(self) -> None:
        self.home.end()
        self.point_lines()

    def _look_at(self, desk: Office, said: Said) -> None:
        text = said.out + said.err
        if any(word in text for word in NEVER_SAID):
            self.seen.broken.append(f"{desk.name} step {self.step}: {text[-1500:]}")


def release(given: dict[str, Given], record: dict[str, Any]) -> None:
    """Remember that the officer sent a held command all the same."""
    for each in given.values():
        if record["key"] == each.key or (not each.key and each.mark in str(record["body"])):
            each.released = True
