"""What befalls a desk, its disk, its clock and its officer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.domain.command import Collection, Key

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

DAY_S = 86_400.0
YEAR_S = 365 * DAY_S


def click(play: Play, desk: Desk) -> None:
    """The officer gives a command."""
    play.officers[desk.name].click()


def withdraw(play: Play, desk: Desk) -> None:
    """The officer takes something back."""
    play.officers[desk.name].withdraw()


def withdraw_at_once(play: Play, desk: Desk) -> None:
    """A click, and second thoughts before anything can have left."""
    officer = play.officers[desk.name]
    network, desk.network = desk.network, 0
    officer.click()
    officer.withdraw()
    desk.network = network


def release(play: Play, desk: Desk) -> None:
    """The officer sends what is held all the same."""
    play.officers[desk.name].release()


def give_up(play: Play, desk: Desk) -> None:
    """The officer asks no more about what is held."""
    play.officers[desk.name].give_up()


def resend(play: Play, desk: Desk) -> None:
    """The officer answers what came back."""
    play.officers[desk.name].resend()


def dismiss(play: Play, desk: Desk) -> None:
    """The officer has seen an outcome."""
    play.officers[desk.name].dismiss()


def hurry(play: Play, desk: Desk) -> None:
    """The officer wants one first."""
    play.officers[desk.name].hurry()


def delay(play: Play, desk: Desk) -> None:
    """The officer wants one last."""
    play.officers[desk.name].delay()


def report(play: Play, desk: Desk) -> None:
    """A new incident is reported."""
    play.officers[desk.name].report()


def tabulate(play: Play, desk: Desk) -> None:
    """A report table is given, and perhaps corrected at once."""
    officer = play.officers[desk.name]
    officer.tabulate()
    while play.dice.random() < 0.4:
        officer.tabulate()


def draft(play: Play, desk: Desk) -> None:
    """A note is begun."""
    play.officers[desk.name].draft()


def refresh(play: Play, desk: Desk) -> None:
    """The officer asks for news."""
    play.officers[desk.name].refresh()


def want_file(play: Play, desk: Desk) -> None:
    """The officer asks for a file."""
    play.officers[desk.name].want_file()


def attach(play: Play, desk: Desk) -> None:
    """A file is attached to an incident."""
    source = play.dice.choice(list(desk.sources))
    if desk.opened is not None:
        play.officers[desk.name].attach(Key(source, Collection.INCIDENTS, "i1"))


def burst(play: Play, desk: Desk) -> None:
    """Several clicks on the same row, faster than any answer."""
    officer = play.officers[desk.name]
    source = play.dice.choice(list(desk.sources))
    for _ in range(2 + int(play.dice.random() * 4)):
        officer.click(Key(source, Collection.INCIDENTS, "i1"))


def queue_up(play: Play, desk: Desk) -> None:
    """A long time without a network, and very many clicks."""
    network, desk.network = desk.network, 0
    officer = play.officers[desk.name]
    most = 500 if play.dice.random() < 0.04 else 45
    for _ in range(int(play.dice.random() * most)):
        officer.click()
    desk.network = network
    refresh(play, desk)


def stop_and_start(play: Play, desk: Desk) -> None:
    """The window is closed, and opened a while later."""
    if desk.close():
        play.world.time.after(play.dice.random() * 120, desk.reopen)


def kill(play: Play, desk: Desk) -> None:
    """The program is killed now."""
    desk.kill()


def crash_soon(play: Play, desk: Desk) -> None:
    """The program is killed at one of its next steps."""
    if desk.opened is not None:
        desk.disk.dies_in = int(play.dice.random() ** 2 * 60)
        play.officers[desk.name].refresh()


def crash_at_click(play: Play, desk: Desk) -> None:
    """The program is killed while it keeps a click."""
    if desk.opened is not None and not desk.is_busy:
        desk.disk.dies_in = int(play.dice.random() * 8)
        play.officers[desk.name].click()


def lose_power(play: Play, desk: Desk) -> None:
    """Power goes at one of the next steps: what was not synced is gone."""
    if desk.opened is not None:
        desk.disk.loses_power = True
        desk.disk.dies_in = int(play.dice.random() ** 2 * 60)
        play.officers[desk.name].click()


def fill_disk(play: Play, desk: Desk) -> None:
    """The disk is full, for a while."""
    desk.disk.full_in = int(play.dice.random() ** 2 * 30)
    say_fault(play, desk, "full")
    play.world.time.after(20 + play.dice.random() * 200, lambda: mend(play, desk))


def break_sync(play: Play, desk: Desk) -> None:
    """Nothing can be synced, for a while."""
    desk.disk.no_sync = True
    say_fault(play, desk, "no sync")
    play.world.time.after(10 + play.dice.random() * 100, lambda: mend(play, desk))


def mend(play: Play, desk: Desk) -> None:
    desk.disk.mend()
    say_fault(play, desk, "mended")


def say_fault(play: Play, desk: Desk, fault: str) -> None:
    play.world.say("disk fault", desk=desk.name, fault=fault)


def lose_cache(play: Play, desk: Desk) -> None:
    """Somebody deletes the cache while the program is closed."""
    _lose(play, desk, "cache.db")


def lose_files(play: Play, desk: Desk) -> None:
    """Somebody deletes the files while the program is closed."""
    _lose(play, desk, "files.db")


def spoil_cache(play: Play, desk: Desk) -> None:
    """The cache is damaged while the program is closed."""
    if desk.close():
        image = desk.disk.image()
        body = bytearray(image["cache.db"])
        for place in range(0, len(body), 4096):
            if play.dice.random() < 0.2:
                body[place + 100 : place + 130] = bytes(30)
        image["cache.db"] = bytes(body)
        desk.disk.put(image)
        play.world.say("disk lost", desk=desk.name, file="cache.db", damaged=True)
        desk.open()


def _lose(play: Play, desk: Desk, file: str) -> None:
    if desk.close():
        image = desk.disk.image()
        desk.disk.put({n: b for n, b in image.items() if not n.startswith(file)})
        play.world.say("disk lost", desk=desk.name, file=file, damaged=False)
        desk.open()


def copy_disk(play: Play, desk: Desk) -> None:
    """An image of the disk is made."""
    if desk.opened is not None and not desk.is_busy:
        number = len(play.copies)
        play.copies.append((desk.name, number, desk.disk.image()))
        play.world.say("disk copied", desk=desk.name, copy=number)


def roll_back(play: Play, desk: Desk) -> None:
    """The disk is set back to an image of before."""
    mine = [each for each in play.copies if each[0] == desk.name]
    if mine and desk.close():
        _, number, image = play.dice.choice(mine)
        desk.disk.put(image)
        play.world.say("disk put back", desk=desk.name, copy=number)
        desk.open()


def clone(play: Play, desk: Desk) -> None:
    """A second computer is set up from an image of this one, of now or of before."""
    if len(play.world.desks) >= 4:
        return
    mine = [each for each in play.copies if each[0] == desk.name]
    copy_disk(play, desk)
    mine += [each for each in play.copies[-1:] if each[0] == desk.name]
    if not mine:
        return
    _, number, image = play.dice.choice(mine)
    officer = desk.officer if play.dice.random() < 0.5 else "赵丽"
    twin = play.add_desk(officer, dict(desk.sources), image)
    twin.twin_of, twin.logins = desk.name, dict(desk.logins)
    play.world.say("disk cloned", desk=twin.name, of=desk.name, copy=number)
    twin.open()


def second_desk(play: Play, desk: Desk) -> None:
    """Another desk is set up."""
    if len(play.world.desks) < 4:
        other = play.add_desk("孙悦", dict(desk.sources))
        other.logins = dict(desk.logins)
        other.open()


def change_login(play: Play, desk: Desk) -> None:
    """Another login is kept for a source, while the program runs."""
    if not desk.logins:
        return
    source = play.dice.choice(list(desk.sources))
    desk.logins[source] = play.dice.choice(("login1", "login2", "login3"))
    play.world.say(
        "login changed", desk=desk.name, source=source, login=desk.logins[source],
        officer=desk.officer,
    )  # fmt: skip
    if play.dice.random() < 0.6:
        refresh(play, desk)


def change_officer(play: Play, desk: Desk) -> None:
    """Another officer sits down: he closes the program, logs in and opens it again."""
    if not desk.close():
        return
    desk.officer = play.dice.choice(("周杰", "吴静"))
    if desk.logins:
        login = play.dice.choice(("login1", "login2", "login3"))
        desk.logins = dict.fromkeys(desk.logins, login)
        play.world.say(
            "login changed", desk=desk.name, source="", login=login, officer=desk.officer
        )
    desk.open()
    play.officers[desk.name].click()


def set_clock(play: Play, desk: Desk) -> None:
    """Somebody sets the computer's clock, right or wrong."""
    scale = play.dice.choice((0.0, 60.0, 7200.0, 3 * DAY_S, 4 * YEAR_S))
    desk.clock.off_s = round((play.dice.random() - 0.5) * 2 * scale, 3)
    play.world.say("clock set", desk=desk.name, clock_off_ms=round(desk.clock.off_s * 1000))


def sleep(play: Play, desk: Desk) -> None:
    """The lid is closed for a while."""
    play.sleep(desk, play.dice.choice((30.0, 900.0, 8 * 3600.0)) * (0.5 + play.dice.random()))


def move(play: Play, desk: Desk) -> None:
    """The computer stands on another network."""
    play.move(desk, desk.network + 1 if desk.network else 1)


def lose_network(play: Play, desk: Desk) -> None:
    """The cable is out for a while."""
    play.move(desk, 0)
    number = 1 + int(play.dice.random() * 2)
    play.world.time.after(play.dice.random() * 300, lambda: play.move(desk, number))


def given_without_network(
    play: Play, desk: Desk, count: int, click: Callable[[], object]
) -> list[str]:
    """Click so often while nothing can leave; the keys of what came of it."""
    network, desk.network = desk.network or 1, 0
    before = len(play.world.history.events)
    for _ in range(count):
        click()
    desk.network = network
    return [
        event["key"]
        for event in play.world.history.events[before:]
        if event["what"] == "click done" and event["desk"] == desk.name
    ]
