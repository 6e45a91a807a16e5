"""Commands that draw: desk, wall, township office, and a picture of each."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop import bootstrap, paths
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import POSTURES, THEMES, Look, Profile, ProfileError
from desktop.commands.folder_key import AskPassphrase, Await, terminal_asker
from desktop.commands.opening import (
    CannotOpen,
    choose_language,
    desk_folder,
    is_new,
    open_desk,
    read_choices,
    read_profile_checked,
)
from desktop.commands.options import add_desk_options, complain, read_file_name, size
from desktop.commands.text_size import enlarge
from desktop.domain.source import Problem
from desktop.storage.keys.keyring_timeout import QUESTIONS, NoAnswer, wait_for

if TYPE_CHECKING:
    from desktop.application.settings.desk import SettingsDesk
    from desktop.gui.opening import Opening

UNSEEN_S = 0.4
"""How long to wait without a window: most keyrings have answered by then."""
LOOK_UP = "the key of the desk"
TRIES, PAUSE_S = 30, 0.1
"""How often to ask for a folder that another program has, and how long to wait in between."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `desk`, `wall`, `township`, `shot` and `settings`."""
    command = parser.get_default("command")
    add_desk_options(parser, required=False)
    parser.add_argument(
        "--demo", action="store_true", help="start the fictional county and open on it"
    )
    if command in ("", "desk", "wall", "township"):
        parser.add_argument(
            "bundle", type=read_file_name, nargs="?", metavar="FILE",
            help="a courier bundle to carry on in the window",
        )  # fmt: skip
    else:
        parser.set_defaults(bundle=None)
    parser.add_argument("--theme", choices=THEMES, help="default: the profile's, else light")
    if command == "shot":
        parser.add_argument("--posture", choices=POSTURES, default="desk")
        parser.add_argument("--size", type=size, default=(1920, 1080), metavar="WxH")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--wait", type=float, default=60.0, metavar="S", help="for the pane to settle, at most"
        )


def main(options: argparse.Namespace) -> int:
    """Run the command; see `desktop.__main__.main` for the exit status."""
    if options.demo:
        return _on_demo(options)
    file = options.profile or paths.own_profile()
    draws = options.command != "shot" and not no_display()
    asks = draws and not is_kept_by_a_unit(options)
    is_given = options.profile is not None or paths.is_there(file)
    if asks and (options.command == "settings" or not is_given):
        return _ask_first(options, file, greets=options.command != "settings")
    if not is_given:
        complain(
            "没有指定来源：用 --profile FILE 打开一个配置，或用 --demo 试用虚构的云麓县。",
            f"平时要打开的配置可放在 {file}",
            "No sources given: open a profile with --profile FILE, or try the fictional county "
            "with --demo.",
            f"A profile to open every day may lie at {file}",
        )
        return 2
    try:
        profile, notice = bootstrap.load_profile(file), None
    except ProfileError as error:
        from desktop.commands.refusal import refuse_profile

        status = refuse_profile(error, file, shows=asks, language=options.lang)
        if not draws or error.is_newer:
            return status
        from desktop.commands.settings.profile_files import read_last_good

        found = read_last_good(file, error)
        if found is None:
            return _ask_first(options, file, greets=True) if asks else 2
        profile, notice = found
    if options.command != "shot" and not draws:
        # Nothing is drawn unasked: a picture of a county's own matters is nobody else's to find.
        words = bootstrap.words_in(choose_language(options, profile))
        complain(str(words.problem(Problem("no_display"))))
        return 2
    return _open(options, profile, file, notice=notice)


def _ask_first(options: argparse.Namespace, file: Path, *, greets: bool) -> int:
    """Show the settings in a window of their own, then open what is wanted."""
    from desktop.commands.settings.first_run import ask_first

    wanted, settings = ask_first(file, options, greets=greets)
    if wanted == "demo":
        return _on_demo(options)
    if wanted != "desk":
        return 0
    if options.command == "settings":
        options.command = ""
    profile = read_profile_checked(file)
    return 2 if profile is None else _open(options, profile, file, unkept=settings.unkept)


def no_display() -> bool:
    """Whether there is no screen a window could open on."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def is_kept_by_a_unit(options: argparse.Namespace) -> bool:
    """Whether a unit starts this wall again and again: it may neither ask nor call a window."""
    # Not by a missing terminal: a wall that a menu starts has none either.
    return options.command == "wall" and bool(os.environ.get("NOTIFY_SOCKET"))


def _open(
    options: argparse.Namespace,
    profile: Profile,
    file: Path,
    *,
    demo: bool = False,
    notice: Problem | None = None,
    unkept: Mapping[str, str] = {},
) -> int:
    """Open the store and then the window, or the picture, on the profile of a file.

    With a `notice` the profile is not what stands in the file. `unkept` are secrets typed before.
    """
    options.command = options.command or profile.posture
    if options.command == "shot" and no_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    theme = options.theme or read_choices(profile, options).get("theme")
    enlarge("100" if options.command == "wall" else profile.text_size)
    words = bootstrap.words_in(choose_language(options, profile))
    look = Look(options.command, theme or profile.theme)
    ask, wait = _asker(options, words, look), _waiter(options, words, look)
    try:
        desk = open_or_call(
            lambda: open_desk(profile, options, words, ask, wait, connects=True),
            lambda: _call(options, desk_folder(profile, options)),
        )
    except CannotOpen as error:
        return _refuse(error.problem, options, words, look)
    if desk is None:
        print("已打开的窗口移到了前面。" if words.chinese else "The open window came forward.")
        return 0
    enlarge("100" if options.command == "wall" else desk.profile.text_size)  # As the county says.
    for entry, secret in unkept.items():
        desk.keep_secret(entry, secret)
    desk.notices[:0] = [] if notice is None else [notice]
    from desktop.commands.desk_window import make_opening

    opening = make_opening(desk, options, file, theme, demo=demo)
    if options.command != "shot":
        return _run(opening, desk, options, file)
    from desktop.gui.shoot import shoot

    width, height = options.size
    return shoot(opening, options.out, width, height, desk.engine.is_settled, options.wait)


def _refuse(problem: Problem, options: argparse.Namespace, words: Words, look: Look) -> int:
    """Say why no desk opens, in a window where a person is there to read it; return the status."""
    from desktop.commands.refusal import refuse

    shows = not (options.command == "shot" or no_display() or is_kept_by_a_unit(options))
    return refuse(problem, words, shows=shows, look=look)


def _run(opening: Opening, desk: bootstrap.Desk, options: argparse.Namespace, file: Path) -> int:
    """Show the window until it is closed; where its settings want that, begin anew."""
    from desktop.gui.app import run

    def settings() -> SettingsDesk:
        from desktop.commands.settings.desk import ProfileDesk

        return ProfileDesk(file, options, desk, is_demo=opening.demo, posture=opening.posture)

    def keep() -> None:
        from desktop.commands.settings.profile_files import keep_last_good

        keep_last_good(file)

    wants: list[bool] = []
    opening = msgspec.structs.replace(
        opening,
        settings=settings,
        restart=None if opening.demo else lambda: wants.append(True),
        keep=None if opening.demo else keep,
    )
    status = run(opening, sys.argv[:1])
    if wants:
        from desktop.commands.restart import begin_anew

        return begin_anew(options.bundle)
    return status


def open_or_call(
    open_here: Callable[[], bootstrap.Desk],
    call: Callable[[], bool],
    pause: Callable[[float], None] = time.sleep,
) -> bootstrap.Desk | None:
    """Return the desk, or None once the window that has it open came to the front.

    A person who starts it twice wants to see it, not to read why not. A script lets go of the
    folder in a moment, and a window that is about to open can soon be called: either is waited
    for, about 3 s. Raises CannotOpen.
    """
    for _ in range(TRIES):
        try:
            return open_here()
        except CannotOpen as error:
            if error.problem.code != "profile_open":
                raise
        if call():
            return None
        pause(PAUSE_S)
    return open_here()


def _call(options: argparse.Namespace, folder: Path) -> bool:
    if options.command == "shot" or is_kept_by_a_unit(options):
        return False
    from desktop.gui.single_instance import call

    return call(paths.front_places(folder), options.bundle)


def _asker(options: argparse.Namespace, words: Words, look: Look) -> AskPassphrase | None:
    """Return what asks for the passphrase, or None on a wall, which never asks.

    A desk asks in a window; a picture, on the terminal.
    """
    if options.command == "wall":
        return None
    if options.command == "shot":
        return terminal_asker(words)

    def ask(new: bool, take: Callable[[str], bytes]) -> bytes | None:
        from desktop.gui.passphrase import ask_passphrase

        return ask_passphrase(words.chinese, new, take, look)

    return ask


def _waiter(options: argparse.Namespace, words: Words, look: Look) -> Await | None:
    """Return what waits for the keyring beside a window that says so; None for a picture."""
    if options.command == "shot":
        return None

    def wait(look_up: Callable[[], bytes]) -> bytes:
        answer = QUESTIONS.begin(LOOK_UP, look_up)
        try:
            return wait_for(answer, UNSEEN_S)
        except NoAnswer:
            from desktop.gui.keyring_window import wait_for_key

        key = wait_for_key(words.chinese, lambda is_cut: wait_for(answer, math.inf, is_cut), look)
        if key is None:
            raise StoreError(Problem("keyring_silent"))
        return key

    return wait


def _on_demo(options: argparse.Namespace) -> int:
    """Start the fictional county beside us and open on it; it ends with the window."""
    import tempfile

    from desktop.commands.demo import DemoRun

    with tempfile.TemporaryDirectory(prefix="county-desk-demo-") as scratch:
        folder = Path(scratch)
        if options.key == "auto" and options.profile_dir is None:
            options.key = "throw-away"
        try:
            demo = DemoRun(folder)
        except CannotOpen as error:
            words = bootstrap.words_in(options.lang)
            complain(str(words.problem(error.problem)))
            return 2
        try:
            print(
                f"演示县 demo county: {demo.url}（临时密钥，关闭即弃 throw-away key）", flush=True
            )
            profile = bootstrap.load_profile(demo.profile_file)
            if _may_choose_key(options) and is_new(desk_folder(profile, options)):
                # Nobody need think up a passphrase for made-up data.
                options.key = "file"
            if options.command != "shot" and no_display():
                from desktop.commands.pictures import draw_to_files

                return draw_to_files(options, demo.profile_file)
            return _open(options, profile, demo.profile_file, demo=True)
        finally:
            demo.close()


def _may_choose_key(options: argparse.Namespace) -> bool:
    return options.key == "auto" and not options.passphrase_file
