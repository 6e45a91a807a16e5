"""One schedule: a set-up, accidents and clicks by the dice, then the time after the last fault."""

from __future__ import annotations

from random import Random

from desktop.application.ports import StoreError
from simulation.acts import ACTS, THEMES, Act
from simulation.carried.acts import POST_ACTS, QUIET
from simulation.carried.post import Post
from simulation.county_life import TOWNSHIPS, CountyLife
from simulation.desk import Desk
from simulation.desk_acts import click
from simulation.disk import Image
from simulation.history import History
from simulation.network import Link
from simulation.officer import Officer
from simulation.weather import KINDS
from simulation.world import World

NAMES = ("王芳", "李强", "张敏", "陈涛", "刘洋")
LINKS = ((0.01, 2_000_000.0), (0.08, 250_000.0), (0.3, 8_000.0))
YEAR_S = 365 * 86_400.0
HOST = "c{}.example"
MOST_DESKS = 4
CHECKS = 0.12
"""How often everything is looked at while things go wrong."""
SILENCE_S = 100.0
"""So long after the last fault three exchanges of a quiet source are over."""
LATER_S = 2 * 86_400.0
"""All waits for which a desk keeps something back are over by then."""


class Play:
    """Plays one seed on a world of its own."""

    def __init__(
        self,
        seed: int,
        *,
        trace: bool = False,
        theme: tuple[Act, ...] = (),
        without: tuple[str, ...] = (),
    ) -> None:
        """Besides what the dice say, the acts of `theme` happen, where there is one, and those
        called as in `without` do not."""
        self.theme, self.without = theme, without
        self.world = World(seed, trace=trace)
        self.dice = self.world.dice
        self.officers: dict[str, Officer] = {}
        self.lives: dict[str, CountyLife] = {}
        self.copies: list[tuple[str, int, Image]] = []
        """Disk images by desk and number."""
        self.moved: dict[str, str] = {}
        """Hosts whose address leads to another server than at first, and to which at first."""
        self.post = self.world.post = Post(self)
        self.post.is_open |= any(act in POST_ACTS for act in theme)

    def run(self) -> History:
        """The whole schedule."""
        try:
            self._set_up()
            self.post.begin(POST_ACTS, QUIET)
            self._go_wrong()
            self.heal()
            return self.world.history
        finally:
            self.world.close()

    # The parts of a schedule.

    def _set_up(self) -> None:
        dice, world = self.dice, self.world
        world.scheme = "https" if dice.random() < 0.3 else "http"
        level = 1 if dice.random() < 0.3 else 2
        with_logins = dice.random() < 0.5
        hosts = [HOST.format(1)] + ([HOST.format(2)] if dice.random() < 0.2 else [])
        for number, host in enumerate(hosts, start=1):
            self.add_server(f"s{number}", host, level=level, with_logins=with_logins)
        sources = dict(zip(("county", "county2"), hosts, strict=False))
        for number in range(1 + int(dice.random() ** 2 * 3)):
            desk = self.add_desk(NAMES[number], sources)
            if with_logins:
                desk.logins = dict.fromkeys(sources, f"login{1 + number % 2}")
            desk.open()
        world.weather.between = self.live

    def add_server(
        self, name: str, host: str, *, level: int, with_logins: bool, drill: bool = False
    ) -> None:
        """A county with its first day's rows."""
        world = self.world
        server = world.add_server(name, host, level=level, drill=drill)
        server.has_streams = self.dice.random() < 0.6
        server.serve_anew()
        self.lives[name] = CountyLife(server, Random(world.seed ^ len(world.servers)))
        self.lives[name].fill()
        if with_logins:
            server.set_accounts({"login1": (), "login2": TOWNSHIPS[:2], "login3": ()})

    def add_desk(self, officer: str, sources: dict[str, str], image: Image | None = None) -> Desk:
        """A desk with an officer at it, not yet started."""
        world, dice = self.world, self.dice
        desk = world.add_desk(f"d{len(world.desks) + 1}", officer, sources, image)
        desk.link = Link(*LINKS[int(dice.random() ** 2 * len(LINKS))])
        if dice.random() < 0.25:
            scale = dice.choice((90.0, 3600.0, 2 * 86_400.0, 3 * YEAR_S))
            desk.clock.off_s = round((dice.random() - 0.5) * 2 * scale, 3)
        if dice.random() < 0.12:
            desk.daily_bytes = dice.choice((1_000_000, 1_050_000))
        self.officers[desk.name] = Officer(desk, dice)
        return desk

    def _go_wrong(self) -> None:
        dice = self.dice
        theme, kinds = dice.choice(THEMES) if dice.random() < 0.5 else ((), ())
        acts = [
            *self.theme,
            *self.theme,
            *theme,
            *(dice.choice(ACTS) for _ in range(int(dice.random() * 6) + (not theme))),
        ]
        count = int(dice.random() * 5) + (not kinds)
        kinds = (*kinds, *(dice.choice(KINDS) for _ in range(count)))
        self.world.weather.set(kinds, dice.choice((0.06, 0.2, 0.45)))
        for _ in range(5 + int(dice.random() ** 2 * 30)):
            self.world.time.wait(dice.expovariate(1 / 18.0))
            if dice.random() < CHECKS:
                self.world.look("check")
            roll = dice.random()
            desk = self.some_desk()
            if roll < 0.4:
                self.perform(click, desk)
            elif roll < 0.52:
                self.live()
            else:
                self.perform(dice.choice(acts), desk)

    def perform(self, act: Act, desk: Desk) -> None:
        """Have one thing of the catalogue happen, and count it."""
        if act.__name__ in self.without:
            return
        self.world.history.reach("act: " + act.__name__)
        try:
            act(self, desk)
        except StoreError as error:
            self.world.say("read failed", desk=desk.name, problem=error.problem.code)
            if error.problem.code == "store_damaged" and desk.close():
                desk.reopen()

    def live(self) -> None:
        """Something happens at one of the counties."""
        names = [n for n, s in self.world.servers.items() if s.database is not None]
        if names:
            self.lives[self.dice.choice(names)].live()

    def some_desk(self) -> Desk:
        """Any of the desks."""
        return self.dice.choice(self.world.desks)

    # After the accidents.

    def heal(self) -> None:
        """End all faults; then look once it should be silent, and once all waits are over."""
        world = self.world
        self._end_faults()
        world.say("faults over")
        for desk in world.desks:
            if desk.opened is not None:
                desk.opened.engine.sync_now()
        world.time.wait(SILENCE_S)
        world.look("silence")
        self.pass_time(LATER_S)
        world.time.wait(SILENCE_S)
        world.look("end")

    def _end_faults(self) -> None:
        world = self.world
        world.weather.clear_up()
        for host, name in self.moved.items():
            world.hosts[host] = name
            world.say("url moved", host=host, server=name)
        self.moved.clear()
        for server in world.servers.values():
            server.off_s = 0.0
            if server.paused is not None:
                server.pause(None)
            if server.hesitates:
                server.hesitate("")
            server.start()
            server.start(accept_loss=True)
            if None in server.logins.values():
                server.set_accounts({n: () if t is None else t for n, t in server.logins.items()})
        for desk in world.desks:
            if desk.disk.is_at_fault:
                desk.disk.mend()
                world.say("disk fault", desk=desk.name, fault="mended")
            desk.disk.dies_in = None
            desk.network = desk.network or 1
            if desk.is_asleep:
                self.wake(desk)
            if desk.disk.is_damaged:
                desk.close()
            desk.reopen()
        while world.weather.ghosts:
            world.weather.deliver_ghost()
        self.post.settle()

    def pass_time(self, seconds: float) -> None:
        """Let time go by in which no desk asks anything: exchanges of an idle day are alike."""
        world = self.world
        world.say("time passed", seconds=seconds)
        askers, world.time.askers = world.time.askers, []
        try:
            world.time.wait(seconds)
        finally:
            world.time.askers = askers

    def sleep(self, desk: Desk, seconds: float) -> None:
        """Close a desk's lid for so long."""
        if desk.is_busy or desk.opened is None or desk.is_asleep:
            return
        desk.is_asleep = True
        desk.look_at_clocks(0.0)
        self.world.say("slept", desk=desk.name)
        self.world.time.after(seconds, lambda: self.wake(desk))

    def wake(self, desk: Desk) -> None:
        """Open it again; the program notices by its clocks."""
        if not desk.is_asleep:
            return
        desk.is_asleep = False
        self.world.say("woke", desk=desk.name)
        desk.look_at_clocks(5.0)

    def move(self, desk: Desk, network: int) -> None:
        """Stand on another network, or on none (0)."""
        desk.look_at_clocks(5.0)
        desk.network = network
        self.world.say("network changed", desk=desk.name, network=network)
        desk.look_at_clocks(5.0)


def play(
    seed: int,
    *,
    trace: bool = False,
    theme: tuple[Act, ...] = (),
    without: tuple[str, ...] = (),
) -> History:
    """The history of one seed; the seams must be laid."""
    return Play(seed, trace=trace, theme=theme, without=without).run()
