"""What befalls a county and the line to it, and what its operator does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.server import Server

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

DAY_S = 86_400.0


def _server(play: Play) -> Server:
    return play.dice.choice(list(play.world.servers.values()))


def _running(play: Play) -> Server | None:
    server = _server(play)
    return server if server.database is not None else None


def mass_deletion(play: Play, desk: Desk) -> None:
    """Most rows go at once."""
    server = _running(play)
    if server is not None:
        play.lives[server.name].delete_many()


def flood(play: Play, desk: Desk) -> None:
    """Hundreds of rows come, and perhaps go again."""
    server = _running(play)
    if server is not None and play.dice.random() < 0.3:
        play.lives[server.name].flood(50 + int(play.dice.random() * 120))
        play.world.time.wait(30)
        if server.database is not None and play.dice.random() < 0.7:
            play.lives[server.name].ebb()


def restart_server(play: Play, desk: Desk) -> None:
    """The server is restarted, with an outage of a while."""
    server = _running(play)
    if server is not None:
        server.kill() if play.dice.random() < 0.5 else server.stop()
        play.world.time.after(play.dice.random() ** 2 * 200, server.start)


def back_up(play: Play, desk: Desk) -> None:
    """The county makes its backup."""
    server = _running(play)
    if server is not None:
        server.back_up()


def restore(play: Play, desk: Desk) -> None:
    """The county is restored from any of its backups, as it should be done."""
    server = _running(play)
    if server is not None and (kept := server.kept_backups()):
        number = play.dice.choice(kept)
        server.put_back(number, accept_loss=play.dice.random() < 0.5)


def copy_back(play: Play, desk: Desk) -> None:
    """The county's file is copied back from a backup, and nobody says so."""
    server = _running(play)
    if server is not None and (kept := server.kept_backups()):
        number = play.dice.choice(kept)
        server.copy_back(
            number, accept_loss=play.dice.random() < 0.7, with_promise=play.dice.random() < 0.8
        )


def begin_epoch(play: Play, desk: Desk) -> None:
    """The operator has all desks begin anew."""
    server = _running(play)
    if server is not None and server.database is not None:
        server.say("epoch begun", epoch=server.database.begin_epoch())


def mark_durable(play: Play, desk: Desk) -> None:
    """A replica has all there is."""
    server = _running(play)
    if server is not None and server.database is not None:
        server.database.mark_durable()
        server.say("marked durable")


def pause(play: Play, desk: Desk) -> None:
    """The county asks for patience, for a while."""
    server = _running(play)
    if server is not None:
        server.pause(play.dice.choice((0, 5, 60, 7200)))
        play.world.time.after(10 + play.dice.random() * 200, lambda: server.pause(None))


def set_server_clock(play: Play, desk: Desk) -> None:
    """The county's clock jumps, and is set right later."""
    server = _server(play)
    server.off_s = (play.dice.random() - 0.5) * play.dice.choice((10.0, 7200.0, 2 * DAY_S))
    server.say("server clock", off_ms=round(server.off_s * 1000))

    def mend() -> None:
        server.off_s = 0.0
        server.say("server clock", off_ms=0)

    play.world.time.after(30 + play.dice.random() * 300, mend)


def move_url(play: Play, desk: Desk) -> None:
    """The address leads to another county, or to a drill on a copy of this one."""
    world = play.world
    host = play.dice.choice(list(world.hosts))
    if play.moved:
        return
    first = world.servers[world.hosts[host]]
    if first.database is None:
        return
    name = f"s{len(world.servers) + 1}"
    as_drill = play.dice.random() < 0.5
    other_host = f"{name}.example"
    if as_drill:
        world.add_drill(name, other_host, first)
        play.lives[name] = type(play.lives[first.name])(world.servers[name], play.dice)
    else:
        play.add_server(name, other_host, level=first.level, with_logins=bool(first.logins))
    world.servers[name].has_streams = first.has_streams
    world.servers[name].serve_anew()
    play.moved[host] = first.name
    world.hosts[host] = name
    world.say("url moved", host=host, server=name)
    if play.dice.random() < 0.3:
        world.time.wait(40)
        accept_server(play, desk)


def move_back(play: Play, desk: Desk) -> None:
    """The address leads to the right county again."""
    for host, name in play.moved.items():
        play.world.hosts[host] = name
        play.world.say("url moved", host=host, server=name)
    play.moved.clear()


def accept_server(play: Play, desk: Desk) -> None:
    """The officer goes on with whoever answers, and looks at his screens."""
    if play.officers[desk.name].accept_server(play.dice.choice(list(desk.sources))):
        play.world.look("check")


def narrow(play: Play, desk: Desk) -> None:
    """An account may see other townships than before, or nothing any more."""
    server = _running(play)
    if server is None or not server.logins:
        return
    logins = dict(server.logins)
    login = play.dice.choice(list(logins))
    logins[login] = play.dice.choice(((), ("t1",), ("t2", "t3"), None))
    if any(townships is not None for townships in logins.values()):
        # Accounts that name nobody are refused by a county, which keeps those of before.
        server.set_accounts(logins)


def remove_files(play: Play, desk: Desk) -> None:
    """Files of the county are lost from its disk."""
    server = _running(play)
    if server is None:
        return
    folder = server.path.with_name(server.path.name + ".files")
    gone = [f for f in sorted(folder.glob("??/*")) if play.dice.random() < 0.5]
    for file in gone:
        file.unlink()
    server.say("files removed", digests=[file.name for file in gone])


def ghost(play: Play, desk: Desk) -> None:
    """A request that was given up long ago arrives."""
    play.world.weather.deliver_ghost()


def lose_answer(play: Play, desk: Desk) -> None:
    """The next commands are done and the answer is lost."""
    kind = play.dice.choice(("answer lost", "answer reset", "cut", "request late"))
    play.world.weather.planned.append(("POST /v1/commands", kind))
    play.officers[desk.name].click()


def line_down(play: Play, desk: Desk) -> None:
    """Nothing gets through to anybody for a while."""
    weather = play.world.weather
    weather.is_down = True
    play.world.say("line", down=True)

    def up() -> None:
        weather.is_down = False
        play.world.say("line", down=False)

    play.world.time.after(play.dice.random() ** 2 * 900, up)


def days_pass(play: Play, desk: Desk) -> None:
    """Days go by in which nothing is asked."""
    play.pass_time((0.5 + play.dice.random() * 20) * DAY_S)


def years_pass(play: Play, desk: Desk) -> None:
    """A desk lay in a drawer for longer than keys are kept."""
    if play.dice.random() < 0.3:
        play.pass_time((395 + play.dice.random() * 10) * DAY_S)
