"""With what a window is opened, of whatever posture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.profile import USUAL_SOUND, Sound
from desktop.application.wall_place import UNKNOWN_PLACE, WallPlace
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem

if TYPE_CHECKING:
    from desktop.application.courier.calls import Switchboard
    from desktop.application.courier.codes import NoNetwork
    from desktop.application.courier.stick import Stick
    from desktop.application.settings.bulletins import CountyBulletins
    from desktop.application.settings.desk import SettingsDesk
    from desktop.application.upkeep import Upkeep
    from desktop.diagnostics.crashes import CrashWatch
    from desktop.diagnostics.support.doctor import Doctor


class Opening(msgspec.Struct, frozen=True):
    """The settings with which a window is opened."""

    board: Board
    words: Words
    resources: Path
    title: Text
    """The county's name."""
    layout_file: Path
    posture: str
    """`desk`, `wall` or `township`."""
    language: str
    theme: str
    demo: bool
    start: Callable[[], None]
    """Called once after the first paint: starts the exchange with the sources."""
    close: Callable[[], None]
    """Called once when the window has been closed."""
    is_loaded: Callable[[], bool] = lambda: True
    """Whether the exchange has what it imports: the rest of the window waits for that a while."""
    notices: tuple[Problem, ...] = ()
    """Problems to show as the window opens."""
    timezone: str = ""
    """The county's time zone, in which all times are shown; empty means this computer's."""
    sound: Sound = USUAL_SOUND
    """What is heard, and when."""
    wall: WallPlace = UNKNOWN_PLACE
    """The room a wall hangs in."""
    stick: Stick | None = None
    """What carries commands on a stick; None where the profile has no county, or several."""
    no_network: Callable[[], NoNetwork | None] = lambda: None
    """Returns the ways of an office without network and stick, or None as for the stick."""
    switchboard: Callable[[], Switchboard | None] = lambda: None
    """Returns what takes reports by telephone, or None as for the stick; called when wanted."""
    upkeep: Callable[[], Upkeep] | None = None
    """Returns what backs the desk up and finds its log, called when wanted; None for a picture."""
    township: str = ""
    """The id of the township whose office this is; empty until its clerk picks it."""
    tour: bool = False
    """Whether the guided tour begins by itself, until it was left once."""
    of_profile: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What the profile says of settings that an officer can switch in the window."""
    single_keys: bool = True
    """Whether commands of a single letter are on where the officer has not switched them."""
    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Keys of the profile by the name of their action."""
    settings: Callable[[], SettingsDesk] | None = None
    """Returns what the settings window works with, called when wanted; None for a picture."""
    keep: Callable[[], None] | None = None
    """Runs once the window is painted, off the GUI thread: it keeps what is good."""
    restart: Callable[[], None] | None = None
    """Has the program begin anew after the window has been closed; None where it cannot."""
    can_return: Callable[[], bool] = lambda: True
    """Whether what begins anew comes up with nobody there, as a wall has to."""
    front: tuple[str, ...] | None = None
    """The socket on which later starts of the same profile call this one; None for a picture."""
    bundle: Path | None = None
    """A courier bundle that was opened with the program, to be carried on in its window."""
    answer: Callable[[bytes], bytes] | None = None
    """Does what a later start hands over, as it cannot open the profile; on a thread of its own."""
    doctor: Callable[[], Doctor] | None = None
    """Makes what checks this computer; None for a picture."""
    bulletins: Callable[[], CountyBulletins | None] | None = None
    """Returns what the county publishes, or None as for the stick; None for a picture."""
    crashes: Callable[[], CrashWatch] | None = None
    """Makes what keeps crashes for the next start; None for a picture."""
