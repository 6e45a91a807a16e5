"""An office's year: outages, accidents and work as they come, at rates that are stated.

Rates, for one township office with a desk on duty day and night (two in a third of offices):

    line            up exponential, mean 9 h; down log-normal, median 25 min, sigma 1.3; one in a
                    hundred outages lasts 1 to 6 days
    line while up   one request in 250 meets an accident: most are lost, late, cut or reset, one in
                    ten meets a portal or a proxy of somebody else's
    commands        a Poisson stream, 3 a day, of all kinds; a tenth with second thoughts; half as
                    many again in the hour after an outage of more than two hours
    county          6 changes a day seen from this office; a backup each night at two; a restart a
                    fortnight; a correct restore and half as many unannounced ones each 400 days;
                    a planned pause of some minutes a month
    desk            closed and opened each third day; killed each 20 days, power lost each 60, at a
                    random step; cache lost each 300 days, files each 400; disk full each 200 days;
                    set back to an image each 500 days, cloned each 700; asleep or moved to
                    another network each 15 days
    beside          in three offices of ten something is written to a stick, a page or the radio
                    each 9 days, half of the time lost, late, twice or spoilt on the way
    people          another officer or login each 40 days; a clock set wrong each 90 days, up to
                    years, and right again within two days; an account narrowed or widened each
                    250 days; the address leads elsewhere for some hours each 500 days

Between two of these nothing is asked: exchanges of a quiet hour are alike, so time is passed over
them and each desk asks once when the next thing has happened. For the
same reason nobody listens to the stream of hints: its heartbeats are two thousand a day. These
two things are left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from simulation import county_acts, desk_acts
from simulation.acts import Act
from simulation.carried.acts import BESIDE
from simulation.desk import Desk
from simulation.disk import Image
from simulation.history import History
from simulation.network import Link
from simulation.play import Play

HOUR_S, DAY_S = 3600.0, 86_400.0
YEAR_S = 365 * DAY_S
UP_MEAN_S, DOWN_MEDIAN_S, DOWN_SIGMA = 9 * HOUR_S, 25 * 60.0, 1.3
LONG_SHARE, LONG_S = 0.01, (1 * DAY_S, 6 * DAY_S)
ACCIDENT_SHARE = 0.004
USUAL = ("request lost", "request late", "answer lost", "answer reset", "cut", "stalled", "slow",
         "request reset", "closed after")  # fmt: skip
STRANGE = ("portal page", "portal 204", "portal 302", "busy 503", "gateway 502", "firewall 403",
           "cut unnoticed", "answer of before", "doubled", "headers lost")  # fmt: skip
AWAKE_S = 3.0
"""So long after each thing the desks have their turns before time is passed over."""
CARRIED_EACH_S, CARRIED_SLOW = 9 * DAY_S, 20.0
OTHERS = 0.2
"""The share of what happens that desks ask after that have nothing to do with it."""
LOOKS = 6
"""So many times in a year everything is looked at."""
RATES: tuple[tuple[Act, float], ...] = (
    (desk_acts.stop_and_start, 3.0),
    (desk_acts.crash_soon, 25.0),
    (desk_acts.crash_at_click, 100.0),
    (desk_acts.lose_power, 60.0),
    (desk_acts.lose_cache, 300.0),
    (desk_acts.lose_files, 400.0),
    (desk_acts.fill_disk, 200.0),
    (desk_acts.copy_disk, 90.0),
    (desk_acts.roll_back, 500.0),
    (desk_acts.clone, 700.0),
    (desk_acts.sleep, 15.0),
    (desk_acts.move, 15.0),
    (desk_acts.change_login, 80.0),
    (desk_acts.change_officer, 80.0),
    (desk_acts.attach, 4.0),
    (desk_acts.report, 4.0),
    (desk_acts.burst, 10.0),
    (desk_acts.withdraw, 6.0),
    (desk_acts.resend, 3.0),
    (desk_acts.release, 5.0),
    (desk_acts.give_up, 40.0),
    (desk_acts.dismiss, 2.0),
    (desk_acts.hurry, 10.0),
    (desk_acts.delay, 20.0),
    (desk_acts.want_file, 10.0),
    (desk_acts.draft, 5.0),
    (county_acts.restart_server, 14.0),
    (county_acts.restore, 400.0),
    (county_acts.copy_back, 800.0),
    (county_acts.pause, 30.0),
    (county_acts.narrow, 250.0),
    (county_acts.mass_deletion, 180.0),
    (county_acts.ghost, 10.0),
)
"""What befalls an office and how many days lie between two of it, on average."""
COMMANDS_A_DAY, CHANGES_A_DAY = 3.0, 6.0


class OfficeYear(Play):
    """Plays a year of one office."""

    _has_news = False
    """Whether something has happened, since the desks last had their turns, that they ask after."""

    def run(self, days: float = 365.0) -> History:
        """The whole year, judged by what was looked at on the way and at its end."""
        try:
            self._set_up()
            self._ends_s = self.world.time.now_s + days * DAY_S
            self._plan()
            self._go_through()
            self.heal()
            return self.world.history
        finally:
            self.world.close()

    def _set_up(self) -> None:
        dice, world = self.dice, self.world
        world.scheme = "https" if dice.random() < 0.5 else "http"
        with_logins = dice.random() < 0.7
        level = 1 if dice.random() < 0.2 else 2
        self.add_server("s1", "c1.example", level=level, with_logins=with_logins)
        for number in range(2 if dice.random() < 0.33 else 1):
            desk = self.add_desk(("王芳", "李强")[number], {"county": "c1.example"})
            desk.clock.off_s = (dice.random() - 0.5) * 20
            desk.link = Link(0.05 + dice.random() * 0.2, 8000.0 * 10 ** (dice.random() * 2))
            desk.daily_bytes = 20_000_000 if dice.random() < 0.5 else None
            if with_logins:
                desk.logins = {"county": "login1"}
            desk.open()
        world.weather.between = self.live
        world.weather.set((*USUAL * 9, *STRANGE), ACCIDENT_SHARE)

    def add_desk(self, officer: str, sources: dict[str, str], image: Image | None = None) -> Desk:
        desk = super().add_desk(officer, sources, image)
        desk.listens = False
        return desk

    # What is planned; each thing plans its next time by itself.

    def _plan(self) -> None:
        for act, days in RATES:
            self._each(days * DAY_S, lambda act=act: self.perform(act, self.some_desk()))
        self._each(DAY_S / COMMANDS_A_DAY, self._click)
        self._each(DAY_S / CHANGES_A_DAY, self.live)
        self._each(90 * DAY_S, self._set_clock_wrong)
        self._each(500 * DAY_S, self._lead_elsewhere)
        self._nightly()
        self._lose_line()
        self.post.slow = CARRIED_SLOW
        self.post.begin(BESIDE, BESIDE, CARRIED_EACH_S)

    def _each(self, mean_s: float, act: Callable[[], None]) -> None:
        def again() -> None:
            act()
            self._each(mean_s, act)

        self.world.time.after(self.dice.expovariate(1 / mean_s), again)

    def _click(self) -> None:
        self.perform(desk_acts.click, self.some_desk())

    def _nightly(self) -> None:
        server = self.world.servers["s1"]
        if server.database is not None:
            server.back_up()
            server.forget_backups(keep=14)
        self.world.time.after(DAY_S, self._nightly)

    def _set_clock_wrong(self) -> None:
        desk = self.some_desk()
        self.perform(desk_acts.set_clock, desk)
        self.world.time.after(self.dice.random() * 2 * DAY_S, lambda: self._set_clock_right(desk))

    def _set_clock_right(self, desk: Desk) -> None:
        desk.clock.off_s = 0.0
        self.world.say("clock set", desk=desk.name, clock_off_ms=0)

    def _lead_elsewhere(self) -> None:
        desk = self.some_desk()
        self.perform(county_acts.move_url, desk)
        back_s = self.dice.random() * 12 * HOUR_S
        self.world.time.after(back_s, lambda: self.perform(county_acts.move_back, desk))

    def _lose_line(self) -> None:
        dice, world = self.dice, self.world

        def down() -> None:
            lasts_s = DOWN_MEDIAN_S * math.exp(DOWN_SIGMA * dice.gauss(0.0, 1.0))
            if dice.random() < LONG_SHARE:
                lasts_s = LONG_S[0] + dice.random() * (LONG_S[1] - LONG_S[0])
            world.weather.is_down = True
            world.say("line", down=True, lasts_s=round(lasts_s))
            world.time.after(lasts_s, lambda: up(lasts_s))

        def up(lasted_s: float) -> None:
            world.weather.is_down = False
            world.say("line", down=False)
            self._have_ask()
            if lasted_s > 2 * HOUR_S:
                for _ in range(int(lasted_s / DAY_S * COMMANDS_A_DAY / 2)):
                    world.time.after(dice.random() * HOUR_S, self._click)
            self._lose_line()

        world.time.after(dice.expovariate(1 / UP_MEAN_S), down)

    # How time goes by.

    def _go_through(self) -> None:
        """From one thing to the next; the desks are awake only for a while after each."""
        world = self.world
        look_every_s = (self._ends_s - world.time.now_s) / LOOKS
        look_at_s = world.time.now_s + look_every_s
        while (next_s := world.time.next_alarm_s()) is not None and next_s < self._ends_s:
            self._stir()
            if world.time.now_s >= look_at_s:
                look_at_s += look_every_s
                world.look("check")

    def _stir(self) -> None:
        """Have one thing happen, and let those ask who come to hear of it."""
        time = self.world.time
        time.askers, self._has_news = [], False
        try:
            time.run_alarm()
            while self._has_news and time.askers:
                self._has_news = False
                time.wait(AWAKE_S)
        finally:
            time.askers = [desk.asks for desk in self.world.desks]

    def perform(self, act: Act, desk: Desk) -> None:
        super().perform(act, desk)
        if act in BESIDE:
            # What happens beside the network leaves the chance of all else as it is.
            self._call_up(desk)
            self._has_news = True
        else:
            self._have_ask(desk)

    def _have_ask(self, first: Desk | None = None) -> None:
        """Have this desk ask after what has just happened, and some of the others."""
        for desk in self.world.desks:
            if desk is first or self.dice.random() < OTHERS:
                self._call_up(desk)
        self._has_news = True

    def _call_up(self, desk: Desk) -> None:
        askers = self.world.time.askers
        if desk.asks not in askers:
            askers.append(desk.asks)

    def _end_faults(self) -> None:
        self.world.time.forget_alarms()
        super()._end_faults()


def play_year(seed: int, days: float = 365.0, *, trace: bool = False) -> History:
    """The history of one office's year; the seams must be laid."""
    return OfficeYear(seed, trace=trace).run(days)
