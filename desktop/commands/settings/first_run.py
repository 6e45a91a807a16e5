"""The settings in a window of their own: a first start, a profile with faults, `settings`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from desktop import bootstrap, paths
from desktop.application.ports import StoreError
from desktop.application.profile import ProfileError
from desktop.application.settings.document import set_value
from desktop.application.settings.editor import Refused
from desktop.commands.opening import choose_language
from desktop.commands.screen import PAUSE_S, TRIES
from desktop.commands.settings.desk import ProfileDesk
from desktop.gui import single_instance
from desktop.gui.qt_application import application
from desktop.gui.settings.window import ask_settings
from desktop.storage.sqlite.folder_lock import FolderLock


def ask_first(file: Path, options: argparse.Namespace, *, greets: bool) -> tuple[str, ProfileDesk]:
    """Show the settings of this file until the window is closed.

    Returns what is wanted then, `demo`, `desk` or nothing, and the desk of the settings, which may
    hold secrets for a desk to keep. What opens then is in the language chosen in the window; a
    desk's is written into its profile, so that later starts are in it, too, and a new profile says
    the window's in any case. Where another start shows the window already, that one comes to the
    front, with the bundle that this start was given, and nothing is wanted.
    """
    desk = ProfileDesk(file, options)
    is_new, profile = not paths.is_there(file), None
    with suppress(ProfileError):
        profile = bootstrap.load_profile(file)
    words = bootstrap.words_in(choose_language(options, profile))
    begun = words.language
    places = paths.front_places(file)
    with _be_first(places, options.bundle) as is_first:
        if not is_first:
            print("已打开的窗口移到了前面。" if words.chinese else "The open window came forward.")
            return "", desk
        app, resources = application([]), paths.resources()
        take = partial(setattr, options, "bundle")
        wanted = ask_settings(app, words, resources, desk, places, take, greets=greets)
    if words.language != begun or wanted == "demo":
        options.lang = words.language
    if wanted == "desk":
        own = desk.editor.read().profile
        is_silent = is_new and own is not None and "language" not in own.table.get("desk", {})
        if words.language != (own.language if own and is_silent else begun):
            with suppress(StoreError, Refused):
                desk.editor.change(set_value("desk", "language", words.language))
    return wanted, desk


@contextmanager
def _be_first(places: Sequence[str], bundle: Path | None) -> Iterator[bool]:
    """Yield whether this start is to show the window, else another's came to the front.

    Two clicks start two programs before either can be called: one that is about to open is waited
    for. Where the login has no private folder for a lock, and where the other hangs, each shows
    its own. The system lets go of the lock of a program that is killed.
    """
    if not places or not Path(places[0]).is_absolute():
        yield not single_instance.call(places, bundle)
        return
    lock = FolderLock(Path(places[0]).with_suffix(".first"))
    try:
        yield _take(lock, places, bundle)
    finally:
        lock.close()


def _take(lock: FolderLock, places: Sequence[str], bundle: Path | None) -> bool:
    """Return whether the lock is taken, or cannot be; false where the other's window was called."""
    try:
        for _ in range(TRIES):
            if lock.take():
                return True
            if single_instance.call(places, bundle):
                return False
            time.sleep(PAUSE_S)
    except StoreError:
        return True
    return True
