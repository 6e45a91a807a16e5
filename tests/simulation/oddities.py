"""What is rare and must come right all the same: odd answers, a locked disk, a hasty step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection, CommandKind, Key
from simulation.county_life import STAGES
from simulation.desk_acts import click, lose_cache, mend, refresh, say_fault
from simulation.server import ODD, Server

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

HASTY = (
    CommandKind.DISPATCH, CommandKind.FEEDBACK, CommandKind.VERIFY,
    CommandKind.CLOSE, CommandKind.RETURN, CommandKind.DEFER, CommandKind.VOID,
)  # fmt: skip


def foresee(play: Play, desk: Desk) -> None:
    """Steps that the stage may not allow, given without a network, and a look at them."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    if desk.opened is None or desk.is_busy or server is None or server.database is None:
        return
    verifies = play.dice.random() < 0.4
    stage = "fed_back" if verifies else play.dice.choice(STAGES)
    play.lives[server.name].bring_to("i1", stage)
    refresh(play, desk)
    play.world.time.wait(8)
    network, desk.network = desk.network or 1, 0
    for number in range(1 + int(play.dice.random() * 3)):
        target = Key(source, Collection.INCIDENTS, "i1")
        kind = CommandKind.VERIFY if verifies and not number else play.dice.choice(HASTY)
        play.officers[desk.name].click(target, kind)
    play.world.look("check")
    desk.network = network
    refresh(play, desk)


def attach_by_mistake(play: Play, desk: Desk) -> None:
    """A file is attached without a network, and taken back before anything can have left."""
    officer = play.officers[desk.name]
    network, desk.network = desk.network or 1, 0
    if desk.opened is not None:
        source = play.dice.choice(list(desk.sources))
        officer.attach(Key(source, Collection.INCIDENTS, "i1"))
    officer.withdraw(CommandKind.ATTACH)
    desk.network = network
    refresh(play, desk)


def lock_disk(play: Play, desk: Desk) -> None:
    """For a while the folder may only be read, perhaps from before the program is started."""
    closed = play.dice.random() < 0.5 and desk.close()
    desk.disk.is_read_only = True
    say_fault(play, desk, "read only")
    if closed:
        desk.open()
    click(play, desk)
    play.world.look("check")
    play.world.time.after(20 + play.dice.random() * 200, lambda: mend(play, desk))


def hesitate(play: Play, desk: Desk) -> None:
    """A county takes a while over some commands: it says so, in words that a desk may not know."""
    server = play.dice.choice(list(play.world.servers.values()))
    if server.hesitates:
        return
    server.hesitate(play.dice.choice(("held", "received", ODD, ODD)))
    for _ in range(1 + int(play.dice.random() * 4)):
        click(play, desk)
    wait_s = play.dice.choice((30.0, 600.0, 5000.0)) * (0.5 + play.dice.random())
    play.world.time.after(wait_s, lambda: server.hesitate(""))


def tide(play: Play, desk: Desk) -> None:
    """More rows than one answer takes come, and perhaps go again."""
    server = _server_of(play, desk)
    if server is None or play.dice.random() < 0.3:
        return
    life = play.lives[server.name]
    life.flood(26 + int(play.dice.random() * 24), 1800)
    if play.dice.random() < 0.5:
        life.change("i1")
    play.world.time.wait(45)
    if server.database is not None and play.dice.random() < 0.6:
        life.ebb()
        play.world.time.wait(10)


def lose_change(play: Play, desk: Desk) -> None:
    """A county's list of changes leaves one out; only its sums tell, with the next."""
    server = _server_of(play, desk)
    if server is not None:
        play.world.time.wait(35)
        life = play.lives[server.name]
        if server.database is not None:
            life.change_unheard("i2")
            life.change("i1")


def crash_at_rows(play: Play, desk: Desk) -> None:
    """The program is killed while it writes what has just come."""
    server = _server_of(play, desk)
    if server is None or desk.opened is None or desk.is_busy:
        return
    for name in ("i1", "i2", "i3"):
        play.lives[server.name].change(name)
    desk.disk.dies_writing = int(play.dice.random() * 16)
    refresh(play, desk)
    play.world.time.wait(5)
    desk.disk.dies_writing = None


def cut_short(play: Play, desk: Desk) -> None:
    """The cache is lost, and the snapshot that begins anew breaks off."""
    if desk.opened is None or desk.is_busy:
        return
    for _ in range(1 + int(play.dice.random() * 2)):
        kind = play.dice.choice(("cut", "cut unnoticed", "cut unnoticed"))
        play.world.weather.planned.append(("GET /v1/snapshot", kind))
    lose_cache(play, desk)
    play.world.time.wait(30)
    play.world.weather.planned.clear()


def set_back_file(play: Play, desk: Desk) -> None:
    """The county loses a file together with the command that has just brought it."""
    server = _server_of(play, desk)
    if server is None or desk.opened is None or desk.is_busy:
        return
    number = server.back_up()
    source = next(s for s, host in desk.sources.items() if play.world.hosts[host] == server.name)
    play.officers[desk.name].attach(Key(source, Collection.INCIDENTS, "i1"))
    play.world.time.wait(30)
    server.put_back(number, accept_loss=True)
    play.world.time.wait(30)


def portal(play: Play, desk: Desk) -> None:
    """For a while somebody on the way answers everything himself."""
    kind = play.dice.choice(("portal 204", "portal 204", "portal page", "broken 500"))
    with play.world.weather.being((kind,), 1.0):
        play.world.time.wait(40 + play.dice.random() ** 2 * 500)
        play.world.look("check")


def _server_of(play: Play, desk: Desk) -> Server | None:
    """A running county that one of the desk's addresses leads to."""
    source = play.dice.choice(list(desk.sources))
    server = play.world.server_at(desk.sources[source], desk)
    return None if server is None or server.database is None else server
