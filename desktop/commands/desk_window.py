"""What the window of an opened desk works with."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import paths
from desktop.bootstrap import Desk
from desktop.commands.opening import CRASHES, LAYOUT, read_switched
from desktop.gui.opening import Opening

if TYPE_CHECKING:
    from desktop.application.courier.calls import Switchboard
    from desktop.application.courier.codes import NoNetwork
    from desktop.application.courier.stick import Stick
    from desktop.application.settings.bulletins import CountyBulletins
    from desktop.application.upkeep import Upkeep
    from desktop.diagnostics.crashes import CrashWatch
    from desktop.diagnostics.support.doctor import Doctor


def make_opening(
    desk: Desk, options: argparse.Namespace, file: Path, theme: str | None, *, demo: bool
) -> Opening:
    """Return what the window is opened on: the desk's board, its own profile's file, its folder."""
    posture = options.posture if options.command == "shot" else options.command
    return Opening(
        board=desk.board,
        words=desk.words,
        resources=paths.resources(),
        title=desk.profile.title,
        layout_file=desk.folder / LAYOUT,
        posture=posture,
        language=desk.words.language,
        theme=theme or desk.profile.theme,
        demo=demo,
        tour=demo and options.command == "desk",
        start=desk.start,
        is_loaded=desk.is_asking,
        close=desk.close,
        notices=tuple(n for n in desk.notices if not (demo and n.code == "key_in_file")),
        timezone=desk.profile.timezone,
        sound=desk.profile.sound,
        wall=desk.profile.wall,
        township=desk.profile.township,
        stick=_stick(desk) if posture == "township" else None,
        no_network=partial(_no_network, desk),
        switchboard=partial(_switchboard, desk),
        of_profile=read_switched(desk.profile),
        upkeep=partial(_upkeep, desk, file, throws_away=options.key == "throw-away"),
        single_keys=desk.profile.single_keys == "on",
        keys=desk.profile.keys,
        bundle=options.bundle,
        can_return=partial(_can_return, options),
        front=None if options.command == "shot" else tuple(paths.front_places(desk.folder)),
        answer=lambda request: _take_over(desk, request),
        doctor=None if options.command == "shot" else partial(_doctor, desk, file),
        crashes=None if options.command == "shot" else partial(_crash_watch, desk),
        bulletins=None if options.command == "shot" else partial(_bulletins, desk, posture),
    )


def _can_return(options: argparse.Namespace) -> bool:
    """Return whether the same words open the desk once more: what came by a pipe, or from a stick
    that is gone, came once."""
    file: Path | None = options.passphrase_file
    return file is None or file.is_file()


def _take_over(desk: Desk, request: bytes) -> bytes:
    """Do what a later start hands over; returns the answer for it."""
    from desktop.commands.courier.beside import take_over

    return take_over(desk, request)


def _crash_watch(desk: Desk) -> CrashWatch:
    from desktop.commands.own_program import own_version
    from desktop.diagnostics.crashes import CrashWatch

    return CrashWatch(desk.folder / CRASHES, own_version)


def _doctor(desk: Desk, file: Path) -> Doctor:
    from desktop.commands.doctor.examination import of_desk

    return of_desk(desk, file)


def _bulletins(desk: Desk, posture: str) -> CountyBulletins | None:
    from desktop.commands.settings.bulletins import find_bulletins

    return find_bulletins(desk, posture)


def _stick(desk: Desk) -> Stick | None:
    """Return what carries the desk's commands on a stick, if it has one county to go to."""
    from desktop.commands.courier.desk import CourierDesk

    county = desk.profile.only_county
    return None if county is None else CourierDesk(desk, county)


def _no_network(desk: Desk) -> NoNetwork | None:
    """Return the ways of an office without network and stick, if it has one county to go to."""
    from desktop.application.courier.codes import NoNetwork
    from desktop.commands.courier.desk import CourierDesk
    from desktop.commands.frames.desk import FramesDesk

    county = desk.profile.only_county
    if county is None:
        return None
    return NoNetwork(FramesDesk(desk, county), CourierDesk(desk, county))


def _switchboard(desk: Desk) -> Switchboard | None:
    """Return what takes reports by telephone, if the desk has one county to hand them to."""
    from desktop.commands.courier.switchboard import CountySwitchboard

    county = desk.profile.only_county
    return None if county is None else CountySwitchboard(desk, county)


def _upkeep(desk: Desk, profile: Path, *, throws_away: bool) -> Upkeep:
    from desktop.commands.upkeep_desk import UpkeepDesk

    return UpkeepDesk(desk, profile, throws_away=throws_away)
