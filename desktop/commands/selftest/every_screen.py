"""Every screen of one window, painted on a county of this computer: `selftest` and `dev.py shots`.

It gives commands, so it refuses a profile with any other county.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain

import msgspec

from desktop import bootstrap, paths
from desktop.application.logins import is_here
from desktop.application.ports import IncidentFilter
from desktop.application.profile import Profile
from desktop.commands.courier.desk import CourierDesk
from desktop.commands.courier.pairing import keep_pairing, load_pairing
from desktop.commands.desk_window import make_opening
from desktop.commands.opening import choose_language, open_desk
from desktop.commands.options import complain
from desktop.commands.settings.desk import ProfileDesk
from desktop.connectors.county.courier import end_pairing
from desktop.domain.command import CommandKind
from desktop.gui.app import Session
from desktop.gui.opening import Opening
from desktop.gui.qt_application import application
from desktop.gui.township.no_network.sheet import NUMBER
from desktop.gui.views.desk import desk_views
from desktop.gui.views.drawing import Drawer, Keep, draw_windows, keep_in
from desktop.gui.views.first import first_windows
from desktop.gui.views.sheets import sheet_views
from desktop.gui.views.township import office_views
from desktop.gui.views.view import View
from desktop.gui.views.wall import wall_views
from desktop.protocol.lifecycle import ALLOWED_FROM
from desktop.wire import courier
from desktop.wire.courier import Pairing, PrivateKeys

FIRST = "first"
"""The windows of a first start."""
TOWNSHIP = "liulin"
"""The office of the fictional county that is drawn where the profile names none."""


def draw(options: argparse.Namespace) -> int:
    """Paint them all, into files where `pictures` names a folder; 1 when any went wrong.

    The options are those of a desk, and `draw` (which of `selftest.WINDOWS`), `theme`, `size` and
    `pictures`.
    """
    profile = bootstrap.load_profile(options.profile)
    if not all(is_here(each.address) for each in profile.sources):
        complain("only a county of this computer is drawn: commands are given to it")
        return 2
    options.key, options.command = "throw-away", options.draw
    app = application([])
    if options.draw == FIRST:
        words = bootstrap.words_in(choose_language(options, profile))
        desk = ProfileDesk(options.profile, options)
        drawn = draw_windows(first_windows(words, paths.resources(), desk), _keeper(options))
        print(drawn)
        return 0
    status = _draw_desk(profile, options)
    del app  # It has to outlive every window.
    return status


def _draw_desk(profile: Profile, options: argparse.Namespace) -> int:
    words = bootstrap.words_in(choose_language(options, profile))
    desk = open_desk(profile, options, words)
    is_cut_off = threading.Event()
    desk.engine.keep_back(lambda _key: is_cut_off.is_set())

    def cut_off(is_so: bool) -> None:
        (is_cut_off.set if is_so else is_cut_off.clear)()

    with closing(Session(_opening(desk, options), keep_layout=False)) as session:
        drawer = Drawer(session, desk.engine.is_settled, _keeper(options))
        drawer.open(*options.size)
        _give_a_command(desk)
        if options.draw == "township":
            _pair(desk)
            session.remembered.choose(NUMBER, "7")
        drawer.draw(_views(options.draw, session, cut_off))
    print(drawer.drawn)
    complain(*drawer.faults)
    return 1 if drawer.faults else 0


def _views(posture: str, session: Session, cut_off: Callable[[bool], None]) -> Iterator[View]:
    if posture == "township":
        return office_views(session.window, cut_off)
    if posture == "wall":
        return wall_views(session.window, session.screen.board)
    tour = ("tour-beside", session.tour.begin)
    return chain(desk_views(session.window), sheet_views(session.window), (tour,))


def _opening(desk: bootstrap.Desk, options: argparse.Namespace) -> Opening:
    """Return what the window is opened on: as for an officer, but calling no other window."""
    opening = make_opening(desk, options, options.profile, options.theme, demo=False)
    return msgspec.structs.replace(
        opening,
        front=None,
        crashes=None,
        township=desk.profile.township or TOWNSHIP,
        settings=partial(ProfileDesk, options.profile, options, desk),
    )


def _keeper(options: argparse.Namespace) -> Keep:
    width, height = options.size
    look = f"{options.lang}-{options.theme}-{width}x{height}"
    return keep_in(options.pictures, options.draw, look)


def _pair(desk: bootstrap.Desk) -> None:
    """Pair the office with a county of its own making: what is drawn goes to none."""
    county = desk.profile.counties[0]
    told = courier.read_pairing(CourierDesk(desk, county).begin_pairing(TOWNSHIP)[0])
    own = PrivateKeys().public
    names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
    begun = load_pairing(desk, county)
    assert begun is not None
    line = courier.write_pairing(Pairing("county", *names))
    keep_pairing(desk, county, end_pairing(begun, line))


def _give_a_command(desk: bootstrap.Desk) -> None:
    """See that the outbox has something in it to show, and one that the county refuses."""
    first = desk.board.incident_numbers(IncidentFilter(), 2)
    for row in desk.board.incident_rows(first):
        desk.board.commands.note(row.key, "已电话核实现场情况。")
    seen = desk.board.incident_rows(desk.board.incident_numbers(IncidentFilter(), 50)[2:])
    row = next(row for row in seen if row.stage in ALLOWED_FROM[CommandKind.FEEDBACK])
    # Decided on a version the county does not have: it answers with a conflict.
    body = {"text": "水位回落，留守观察。"}
    desk.board.commands.submit(CommandKind.FEEDBACK, row.key, body, base=row.version + 1)
