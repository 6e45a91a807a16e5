"""What an officer does while something else is under way, and what he meets by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection, CommandKind, Key
from simulation.desk_acts import (
    change_login,
    click,
    delay,
    dismiss,
    give_up,
    given_without_network,
    hurry,
    lose_files,
    refresh,
    release,
    resend,
    set_clock,
    want_file,
    withdraw,
)

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

STEPS = (CommandKind.ESCALATE, CommandKind.EXTEND, CommandKind.DISPATCH, CommandKind.CLOSE)
UNKNOWN_TOWNSHIP = "t9"
POISON_S = 1800.0
"""By then everything but the poison has gone out, if it does not wait for the poison."""
LATE = "i90"
"""An incident that comes after an officer had something to say of it."""
POISONS = ("request reset", "firewall 403", "request lost")


def meanwhile(play: Play, desk: Desk) -> None:
    """He clicks, and has second thoughts while his command is on the wire."""
    thoughts = (withdraw, withdraw, hurry, delay, release, give_up, resend, dismiss, click)
    click(play, desk)
    for _ in range(1 + int(play.dice.random() * 3)):
        thought = play.dice.choice(thoughts)
        play.world.time.after(
            play.dice.random() ** 2 * 5, lambda what=thought: play.perform(what, desk)
        )


def report_anew(play: Play, desk: Desk) -> None:
    """A report that the county refuses, with notes on it, and after a while its answer."""
    if desk.opened is None:
        return
    play.officers[desk.name].report(UNKNOWN_TOWNSHIP)
    for _ in range(1 + int(play.dice.random() * 2)):
        play.world.time.after(10 + play.dice.random() * 60, lambda: play.perform(resend, desk))


def answer_late(play: Play, desk: Desk) -> None:
    """A file is refused and dismissed, for another login the rows go, and then it is answered.

    What it was attached to was not there, and has come since.
    """
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    if desk.opened is None or desk.is_busy or server is None or server.database is None:
        return
    play.officers[desk.name].attach(Key(source, Collection.INCIDENTS, LATE))
    play.world.time.wait(20)
    if server.database is not None:
        server.database.mark_durable()
        server.say("marked durable")
    for _ in range(4):
        dismiss(play, desk)
    play.world.time.wait(4000)
    change_login(play, desk)
    if server.database is not None:
        play.lives[server.name].change(LATE)
    play.world.time.wait(60)
    for _ in range(4):
        resend(play, desk)


def glance(play: Play, desk: Desk) -> None:
    """Somebody looks at all screens in the middle of everything."""
    play.world.look("check")


def look_at_scope(play: Play, desk: Desk) -> None:
    """Another login, or the same with other rights, its snapshot cut short, and a look at once."""
    world, weather = play.world, play.world.weather
    if not desk.logins or desk.opened is None or desk.is_busy:
        return
    if play.dice.random() < 0.5:
        change_login(play, desk)
    else:
        _narrow(play, desk)
    weather.planned.appendleft(("GET /v1/snapshot", "cut"))
    refresh(play, desk)
    for _ in range(40):
        world.time.wait(0.25)
        last = world.history.of("exchange")[-1]
        if any(request["fate"] == "cut" for request in last["requests"]) and not desk.is_busy:
            break
    world.look("check")
    weather.planned.clear()


def _narrow(play: Play, desk: Desk) -> None:
    """The login in use may see other townships from now on."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    login = desk.logins.get(source, "")
    if server is not None and server.database is not None and login in server.logins:
        seen = play.dice.choice((("t1",), ("t2",), ("t2", "t3")))
        server.set_accounts({**server.logins, login: seen})


def click_by_new_clock(play: Play, desk: Desk) -> None:
    """The clock is set where no network is, perhaps while the program is closed; then he clicks."""
    if desk.opened is None or desk.is_busy:
        return
    network, desk.network = desk.network or 1, 0
    closed = play.dice.random() < 0.5 and desk.close()
    set_clock(play, desk)
    if closed:
        desk.reopen()
    for _ in range(1 + int(play.dice.random() * 3)):
        click(play, desk)
    desk.network = network
    refresh(play, desk)
    play.world.time.wait(10)


def clash(play: Play, desk: Desk) -> None:
    """A row changes while an officer without a network decides on it; he answers the conflict."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    if desk.opened is None or desk.is_busy or server is None or server.database is None:
        return
    network, desk.network = desk.network or 1, 0
    target = Key(source, Collection.INCIDENTS, "i1")
    steps = [kind for kind in desk.board.commands.steps(target) if kind in STEPS]
    if steps:
        play.officers[desk.name].click(target, play.dice.choice(steps))
        play.lives[server.name].change("i1")
    desk.network = network
    refresh(play, desk)
    for _ in range(2):
        play.world.time.after(8 + play.dice.random() * 20, lambda: play.perform(resend, desk))


def clash_tables(play: Play, desk: Desk) -> None:
    """Another office gives a report table while an officer without a network gives the same."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    if desk.opened is None or desk.is_busy or server is None or server.database is None:
        return
    network, desk.network = desk.network or 1, 0
    play.officers[desk.name].tabulate(source, "t1")
    play.lives[server.name].tabulate("t1")
    desk.network = network
    refresh(play, desk)
    play.world.time.after(8 + play.dice.random() * 20, lambda: play.perform(resend, desk))


def attach_large(play: Play, desk: Desk) -> None:
    """A file that takes many pieces, and what happens half-way."""
    if desk.opened is None:
        return
    source = play.dice.choice(list(desk.sources))
    target = Key(source, Collection.INCIDENTS, "i1")
    play.officers[desk.name].attach(target, 60_000 + int(play.dice.random() * 400_000))
    play.world.time.wait(play.dice.random() * 12)
    roll = play.dice.random()
    if roll < 0.3:
        desk.kill()
    elif roll < 0.6:
        play.move(desk, 0)
        play.pass_time(15 * 86_400.0)
        play.move(desk, 1)


def cached(play: Play, desk: Desk) -> None:
    """For a quarter of an hour a cache on the way answers everything as before."""
    world, weather = play.world, play.world.weather
    with weather.being(("answer of before",), 1.0):
        world.time.wait(650 + play.dice.random() * 400)
        world.look("check")


def reopen_and_look(play: Play, desk: Desk) -> None:
    """Without a network the program is closed and opened; what it says before it has asked."""
    if desk.opened is None or desk.is_busy:
        return
    play.move(desk, 0)
    refresh(play, desk)
    play.world.time.wait(10 + play.dice.random() * 120)
    play.world.look("check")
    if desk.close():
        desk.open()
        play.world.look("check")
    play.move(desk, 1)


def set_back(play: Play, desk: Desk) -> None:
    """The county loses what it has just accepted, or even promised to keep."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    if desk.opened is None or desk.is_busy or server is None or server.database is None:
        return
    number = server.back_up()
    for _ in range(3):
        play.officers[desk.name].click(Key(source, Collection.INCIDENTS, "i1"), CommandKind.NOTE)
    play.world.time.wait(20)
    if server.database is not None and play.dice.random() < 0.4:
        server.database.mark_durable()
        server.say("marked durable")
        play.world.time.wait(150)
    if play.dice.random() < 0.6:
        server.put_back(number, accept_loss=True)
    else:
        server.copy_back(number, accept_loss=True, with_promise=True)
    play.world.time.wait(30)


def withdraw_on_the_way(play: Play, desk: Desk) -> None:
    """He takes a click back while its bytes are on the line."""
    if desk.opened is None or desk.is_busy:
        return
    officer, late_s = play.officers[desk.name], play.dice.random() * 4 * desk.link.delay_s
    officer.click()
    for _ in range(2):
        play.world.time.after(late_s, lambda: play.perform(withdraw, desk))


def withdraw_report(play: Play, desk: Desk) -> None:
    """A report with more on it is taken back before anything can have left."""
    network, desk.network = desk.network or 1, 0
    officer = play.officers[desk.name]
    for _ in range(2):
        officer.report()
    officer.withdraw(CommandKind.CREATE)
    desk.network = network
    refresh(play, desk)


def leave_files(play: Play, desk: Desk) -> None:
    """A file is attached without a network, and another officer logs in before it can go out."""
    if not desk.logins or desk.opened is None or desk.is_busy:
        return
    network, desk.network = desk.network or 1, 0
    source = play.dice.choice(list(desk.sources))
    play.officers[desk.name].attach(Key(source, Collection.INCIDENTS, "i1"))
    change_login(play, desk)
    desk.network = network
    refresh(play, desk)


def spoil_files(play: Play, desk: Desk) -> None:
    """Files lost here come back through somebody who puts his own page in their place."""
    weather = play.world.weather
    lose_files(play, desk)
    with weather.being(("portal 206",), 0.4):
        want_file(play, desk)
        play.world.time.wait(60)


def poison(play: Play, desk: Desk) -> None:
    """A firewall that lets one command never pass: all others go out all the same."""
    world, weather = play.world, play.world.weather
    if desk.opened is None or desk.is_busy or desk.is_asleep or weather.poison:
        return
    with weather.being((), 0.0):
        officer = play.officers[desk.name]
        given = given_without_network(play, desk, 3 + int(play.dice.random() * 6), officer.click)
        if given:
            weather.poison = {given[0]: play.dice.choice(POISONS)}
            for _ in range(int(play.dice.random() * 8)):
                # Others break at first, too, and are innocent.
                weather.planned.append(("POST /v1/commands", "request reset"))
            world.say("poisoned", desk=desk.name, key=given[0])
        officer.refresh()
        world.time.wait(POISON_S)
        if given:
            world.say("poison over", desk=desk.name, key=given[0], others=given[1:])
        weather.poison = {}
        weather.planned.clear()
