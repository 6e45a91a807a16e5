"""What happens in a round, drawn from its seed: the same seed, the same plan."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

from faults.real.line import PORTALS, WELL, Fault

THEMES = (
    "line", "kills", "county kills", "restore", "copied back", "rolled back", "clone",
    "moved", "login", "lost files", "clock", "mixed",
)  # fmt: skip
WEIGHTS = (3, 3, 2, 4, 3, 4, 3, 2, 2, 2, 2, 4)
CLOCKS_S = (-5 * 365 * 86_400, -2 * 86_400, -3_600, -90, 600, 86_400, 400 * 86_400)
"""By how much a desk's own clock may be wrong."""
KINDS = ("note", "acknowledge", "create", "attach", "dispatch", "escalate", "feedback")
KIND_WEIGHTS = (10, 2, 3, 3, 2, 2, 2)
LINE_KINDS = ("lose", "lose", "cut", "truncate", "double", "ghost", "slow", "portal", "refuse",
              "reset")  # fmt: skip
TARGETS = 3
ACCOUNTS = ("zhang", "li")


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is done, by or to one desk or the county."""

    do: str
    desk: int = 0
    kind: str = ""
    target: int = 0
    """Which of the round's incidents; `TARGETS` is the newest that this desk reported."""
    name: str = ""
    fault: Fault = WELL
    kill_ms: int = -1
    """The desk's program is killed so long after its start."""
    county_kill_ms: int = -1
    size: int = 0
    """Seconds by which a clock is wrong."""
    fresh: bool = False
    """Whether it is a Python of its own rather than a fork."""


class Plan(msgspec.Struct, frozen=True):
    """A round before it is played."""

    seed: int
    theme: str
    desks: int
    accounts: bool
    steps: tuple[Step, ...]
    decision: str
    """What the officers do about held commands in the end: `send` or `drop`."""


class _Draw:
    """The dice and the steps so far."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"round {seed}")
        self.desks = self.dice.choice((1, 2, 2, 2, 3))
        self.steps: list[Step] = []

    def add(self, do: str, **more: object) -> None:
        self.steps.append(Step(do, **more))  # type: ignore[arg-type]

    def any_desk(self) -> int:
        return self.dice.randrange(self.desks)

    def give(self, desk: int | None = None, *, risky: bool = False) -> None:
        kind = self.dice.choices(KINDS, KIND_WEIGHTS)[0]
        target = self.dice.randrange(TARGETS + 1 if kind in ("note", "attach") else TARGETS)
        kill = self.dice.randrange(20, 400) if risky and self.dice.random() < 0.4 else -1
        who = self.any_desk() if desk is None else desk
        self.add("give", desk=who, kind=kind, target=target, kill_ms=kill)
        if self.dice.random() < 0.12:
            self.add(self.dice.choice(("withdraw", "hurry")), desk=who)

    def sync(self, desk: int | None = None, *, bad: float = 0.0, kills: float = 0.0) -> None:
        who = self.any_desk() if desk is None else desk
        kill = self.dice.randrange(20, 600) if self.dice.random() < kills else -1
        fault = self.fault() if self.dice.random() < bad else WELL
        self.add("sync", desk=who, fault=fault, kill_ms=kill, fresh=self.dice.random() < 0.02)

    def fault(self) -> Fault:
        kind = self.dice.choice(LINE_KINDS)
        commands = self.dice.random() < 0.6
        at = 0 if commands else self.dice.randrange(4)
        size = {"cut": self.dice.randrange(1, 700), "truncate": self.dice.randrange(1, 900)}.get(
            kind, self.dice.randrange(20, 200)
        )
        portal = self.dice.choice(sorted(PORTALS))
        return Fault(kind, at, commands, size, portal, self.dice.random() < 0.3)

    def some(self, least: int, most: int, what: Callable[[], None]) -> None:
        for _ in range(self.dice.randint(least, most)):
            what()

    def all_sync(self) -> None:
        for desk in range(self.desks):
            self.sync(desk)


def draw(seed: int, theme: str | None = None) -> Plan:
    """The plan of a round; a theme may be asked for."""
    of = _Draw(seed)
    chosen = theme or of.dice.choices(THEMES, WEIGHTS)[0]
    of.all_sync()
    if of.dice.random() < 0.5:
        of.give()
        of.sync(bad=0.3)
    parts = [chosen]
    if chosen == "mixed":
        parts = of.dice.sample(
            [each for each in THEMES if each not in ("mixed", "login", "clock")], 2
        )
    for part in parts:
        _PARTS[part](of)
    of.some(0, 2, of.give)
    of.sync(bad=0.2)
    decision = of.dice.choice(("send", "drop"))
    return Plan(seed, chosen, of.desks, "login" in parts, tuple(of.steps), decision)


def _line(of: _Draw) -> None:
    for _ in range(of.dice.randint(2, 4)):
        of.some(1, 2, of.give)
        of.sync(bad=0.9)
        if of.dice.random() < 0.5:
            of.add("ghosts")


def _kills(of: _Draw) -> None:
    for _ in range(of.dice.randint(3, 5)):
        of.some(1, 2, lambda: of.give(risky=True))
        of.sync(bad=0.2, kills=0.8)


def _county_kills(of: _Draw) -> None:
    for _ in range(of.dice.randint(1, 3)):
        of.some(1, 2, of.give)
        kill = of.dice.randrange(0, 300)
        of.add("sync", desk=of.any_desk(), county_kill_ms=kill)
        of.some(0, 1, of.sync)
        of.add("county start")


def _restore(of: _Draw) -> None:
    of.add("backup", name="first")
    _busy(of)
    if of.dice.random() < 0.3:
        of.add("backup", name="second")
        _busy(of)
    of.add("restore", name="first")
    if of.dice.random() < 0.3:
        _busy(of)
        of.add("restore", name="first")


def _copied_back(of: _Draw) -> None:
    of.add("backup", name="copy")
    _busy(of)
    of.add("copy back", name="copy")
    if of.dice.random() < 0.4:
        # What the county says to the first opening, that it lost its past, is not heard.
        deaf = of.any_desk()
        of.add("sync", desk=deaf, fault=Fault("lose", lasting=True))
        of.some(0, 2, lambda: of.give(deaf))
    if of.dice.random() < 0.5:
        # It grows past the tokens that the desks hold before they ask again.
        other = of.any_desk()
        of.some(1, 4, lambda: of.give(other))
        of.sync(other)


def _rolled_back(of: _Draw) -> None:
    desk = of.any_desk()
    of.give(desk)
    of.add("image", desk=desk, name="old")
    of.some(0, 2, lambda: of.give(desk))
    of.sync(desk, bad=0.3)
    of.some(0, 2, of.give)
    of.sync(bad=0.2)
    of.add("rollback", desk=desk, name="old")
    of.some(0, 2, lambda: of.give(desk))
    of.sync(desk, bad=0.3)


def _clone(of: _Draw) -> None:
    desk = of.any_desk()
    of.give(desk)
    if of.dice.random() < 0.5:
        of.sync(desk, bad=0.5)
    of.add("clone", desk=desk)
    of.desks += 1
    twin = of.desks - 1
    for each in of.dice.sample((desk, twin, desk, twin), 4):
        of.some(0, 1, lambda each=each: of.give(each))  # type: ignore[misc]
        of.sync(each, bad=0.2)


def _moved(of: _Draw) -> None:
    of.some(1, 2, of.give)
    if of.dice.random() < 0.3:
        _unplugged(of)
        return
    of.add("move", name="other")
    for _ in range(of.dice.randint(1, 3)):
        of.some(0, 1, of.give)
        of.sync(bad=0.2)
    of.add("move", name="home")


def _unplugged(of: _Draw) -> None:
    """The source goes out of the profile with commands waiting, and comes back."""
    desk = of.any_desk()
    of.give(desk)
    of.add("unplug", desk=desk)
    of.sync(desk)
    of.add("plug", desk=desk)


def _clock(of: _Draw) -> None:
    of.add("clock", desk=of.any_desk(), size=of.dice.choice(CLOCKS_S))
    for _ in range(of.dice.randint(1, 3)):
        of.some(1, 2, of.give)
        of.sync(bad=0.4)


def _login(of: _Draw) -> None:
    desk = of.any_desk()
    of.give(desk)
    of.sync(desk, bad=0.4)
    of.give(desk)
    of.add("login", desk=desk, name="li")
    of.some(1, 2, lambda: of.give(desk))
    of.sync(desk, bad=0.4)
    of.some(0, 1, lambda: of.give(desk))
    of.add("login", desk=desk, name="zhang")
    of.sync(desk, bad=0.3)


def _lost_files(of: _Draw) -> None:
    desk = of.any_desk()
    of.add("give", desk=desk, kind="attach", target=of.dice.randrange(TARGETS))
    of.some(0, 1, lambda: of.give(desk))
    of.sync(desk, bad=0.3)
    of.add("lose", desk=desk, name=of.dice.choice(("cache.db", "cache.db", "files.db")))
    of.sync(desk, bad=0.2)


def _busy(of: _Draw) -> None:
    of.some(1, 3, of.give)
    of.sync(bad=0.3)
    of.some(0, 1, of.give)
    of.sync(bad=0.3, kills=0.1)


_PARTS: dict[str, Callable[[_Draw], None]] = {
    "line": _line,
    "kills": _kills,
    "county kills": _county_kills,
    "restore": _restore,
    "copied back": _copied_back,
    "rolled back": _rolled_back,
    "clone": _clone,
    "moved": _moved,
    "login": _login,
    "clock": _clock,
    "lost files": _lost_files,
}
