"""What an officer does while something else is under way, and what he meets by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.desk_acts import (
    change_login,
    click,
    delay,
    dismiss,
    give_up,
    hurry,
    refresh,
    release,
    resend,
    withdraw,
)

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

UNKNOWN_TOWNSHIP = "t9"
POISON_S = 1800.0
"""By then everything but the poison has gone out, if it does not wait for the poison."""
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


def glance(play: Play, desk: Desk) -> None:
    """Somebody looks at all screens in the middle of everything."""
    play.world.look("check")


def look_at_scope(play: Play, desk: Desk) -> None:
    """Another login, the snapshot under it cut short, and a look at what is on screen then."""
    if not desk.logins or desk.opened is None or desk.is_busy:
        return
    weather = play.world.weather
    change_login(play, desk)
    weather.planned.appendleft(("GET /v1/snapshot", "cut"))
    refresh(play, desk)
    play.world.time.wait(4 + play.dice.random() * 20)
    play.world.look("check")
    weather.planned.clear()


def poison(play: Play, desk: Desk) -> None:
    """A firewall that lets one command never pass: all others go out all the same."""
    world, weather = play.world, play.world.weather
    if desk.opened is None or desk.is_busy or weather.poison:
        return
    kinds, share = weather.kinds, weather.share
    weather.set((), 0.0)
    network, desk.network = desk.network or 1, 0
    officer, before = play.officers[desk.name], len(world.history.events)
    for _ in range(3 + int(play.dice.random() * 6)):
        officer.click()
    given = [
        event["key"]
        for event in world.history.events[before:]
        if event["what"] == "click done" and event["desk"] == desk.name
    ]
    if given:
        weather.poison = {given[0]: play.dice.choice(POISONS)}
        for _ in range(int(play.dice.random() * 8)):
            # Others break at first, too, and are innocent.
            weather.planned.append(("POST /v1/commands", "request reset"))
        world.say("poisoned", desk=desk.name, key=given[0])
    desk.network = network
    officer.refresh()
    world.time.wait(POISON_S)
    if given:
        world.say("poison over", desk=desk.name, key=given[0], others=given[1:])
    weather.poison = {}
    weather.planned.clear()
    weather.set(kinds, share)
