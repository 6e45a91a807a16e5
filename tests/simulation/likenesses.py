"""What looks like something it is not: another product's answers, old ones, another's words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop.domain.command import Collection, CommandKind, Key
from simulation.desk_acts import change_login, given_without_network, refresh, second_desk

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play
    from simulation.server import Server

DAY_S = 86_400.0
POST = "POST /v1/commands"
MOST_DESKS = 4
SMALL_BUDGET = 1_000_000


def look_alike(play: Play, desk: Desk) -> None:
    """Another product's server answers at the county's address, in forms like the county's."""
    if desk.opened is None or desk.is_busy:
        return
    weather = play.world.weather
    with weather.being(("look-alike",), 0.8):
        for _ in range(1 + int(play.dice.random() * 3)):
            play.officers[desk.name].click()
        play.world.time.wait(5 + play.dice.random() * 60)


def press_on_both(play: Play, desk: Desk) -> None:
    """Two computers begun from one image make the same key: what is given goes under it twice."""
    world = play.world
    if desk.opened is None or desk.is_busy or _is_of_copies(play, desk):
        return
    second_desk(play, desk)
    others = [
        each
        for each in world.desks
        if each is not desk and each.opened is not None and not _is_of_copies(play, each)
    ]
    if not others:
        return
    key = f"{play.dice.getrandbits(128):032x}"
    source = play.dice.choice(list(desk.sources))
    for each in (desk, play.dice.choice(others)):
        play.officers[each.name].note(Key(source, Collection.INCIDENTS, "i1"), key)


def _is_of_copies(play: Play, desk: Desk) -> bool:
    return bool(desk.twin_of) or any(each.twin_of == desk.name for each in play.world.desks)


def refuse_first(play: Play, desk: Desk) -> None:
    """A firewall refuses one command for a while, and none of those after it on its row."""
    world, weather = play.world, play.world.weather
    if desk.opened is None or desk.is_busy or weather.poison:
        return
    with weather.being((), 0.0):
        target = Key(play.dice.choice(list(desk.sources)), Collection.INCIDENTS, "i1")
        note = partial(play.officers[desk.name].click, target, CommandKind.NOTE)
        given = given_without_network(play, desk, 2 + int(play.dice.random() * 3), note)
        if given:
            weather.poison = {given[0]: play.dice.choice(("firewall 403", "firewall 422"))}
        refresh(play, desk)
        world.time.wait(60 + play.dice.random() * 120)
        weather.poison = {}


def outlive_keys(play: Play, desk: Desk) -> None:
    """The county's answer is lost, and the desk asks again much later, or years later."""
    server = _of(play, desk)
    if desk.opened is None or desk.is_busy or server is None:
        return
    world, weather = play.world, play.world.weather
    with weather.being((), 0.0):
        weather.planned.appendleft((POST, "answer lost"))
        play.officers[desk.name].click(
            Key(next(iter(desk.sources)), Collection.INCIDENTS, "i1"), CommandKind.NOTE
        )
        world.time.wait(8)
        network = desk.network or 1
        play.move(desk, 0)
        if play.dice.random() < 0.5:
            world.time.wait(120 + play.dice.random() * 200)
        else:
            play.pass_time(play.dice.choice((100, 401, 410)) * DAY_S)
        weather.planned.clear()
        play.move(desk, network)
        refresh(play, desk)
        world.time.wait(20)


def echo_after_restore(play: Play, desk: Desk) -> None:
    """A county that lost what it accepted, and somebody who says again what it said before."""
    server = _of(play, desk)
    if desk.opened is None or desk.is_busy or server is None:
        return
    weather = play.world.weather
    with weather.being((), 0.0):
        number = server.back_up()
        for _ in range(2):
            play.officers[desk.name].click(
                Key(next(iter(desk.sources)), Collection.INCIDENTS, "i1"), CommandKind.NOTE
            )
            play.world.time.wait(3)
        weather.planned.extend([(POST, "answer of before")] * 3)
        server.put_back(number, accept_loss=True)
        refresh(play, desk)
        play.world.time.wait(20)
        weather.planned.clear()


def spend_day(play: Play, desk: Desk) -> None:
    """A desk that may use few bytes a day, and more pictures than they are enough for."""
    if not desk.close():
        return
    desk.daily_bytes = SMALL_BUDGET
    desk.open()
    officer, source = play.officers[desk.name], next(iter(desk.sources))
    for _ in range(4):
        if desk.opened is not None:
            size = 300_000 + int(play.dice.random() * 150_000)
            officer.attach(Key(source, Collection.INCIDENTS, "i1"), size)
    play.world.time.wait(30 + play.dice.random() * 60)
    play.world.look("check")


def borrow_file(play: Play, desk: Desk) -> None:
    """A file of another desk is looked at here, and then another login is used."""
    world, source = play.world, next(iter(desk.sources))
    if not desk.logins or desk.opened is None or desk.is_busy or len(world.desks) >= MOST_DESKS:
        return
    with world.weather.being((), 0.0):
        before = len(world.history.events)
        second_desk(play, desk)
        world.time.wait(10)
        play.officers[world.desks[-1].name].attach(Key(source, Collection.INCIDENTS, "i1"), 5_000)
        given = [e for e in world.history.events[before:] if e["what"] == "click done"]
        world.time.wait(10)
        refresh(play, desk)
        world.time.wait(10)
        if given and given[-1]["files"]:
            play.officers[desk.name].want_file(given[-1]["files"][0])
        world.time.wait(20)
        change_login(play, desk)
        refresh(play, desk)
        world.time.wait(20)
        world.look("check")


def hang_up(play: Play, desk: Desk) -> None:
    """The county ends a connection, and for the next command no other one comes about."""
    world, weather = play.world, play.world.weather
    if desk.opened is None or desk.is_busy or weather.is_down:
        return
    with weather.being((), 0.0):
        refresh(play, desk)
        world.time.wait(10)
        weather.planned.appendleft(("GET /v1/changes", "closed after"))
        refresh(play, desk)
        world.time.wait(10)
        weather.planned.clear()
        weather.set(("refused", "no answer to connecting", "no name"), 1.0)
        play.officers[desk.name].click()
        world.time.wait(5 + play.dice.random() * 20)


def _of(play: Play, desk: Desk) -> Server | None:
    """The server that the desk's first source reaches, if it runs."""
    server = play.world.server_at(next(iter(desk.sources.values())), desk)
    return server if server is not None and server.database is not None else None
