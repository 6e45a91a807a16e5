"""Opening a command's desk and its folder, and what to say when there is none."""

from __future__ import annotations

import argparse
import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from desktop import bootstrap, paths, source_logins
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import POSTURES, Profile, ProfileError, drop_outdated
from desktop.commands.folder_key import AskPassphrase, Await, folder_key, terminal_asker
from desktop.commands.options import complain
from desktop.domain.source import Problem
from desktop.storage.keys import login_file
from desktop.storage.outbox.store import FILE as OUTBOX_FILE
from desktop.storage.sqlite.data_format import refuse_newer
from desktop.storage.sqlite.folder_lock import RESTORE_READY, FolderLock, is_half_restored, sweep

if TYPE_CHECKING:
    from desktop.desk_beside import DeskBeside

Readable: TypeAlias = "bootstrap.Desk | DeskBeside"
AnyDesk = TypeVar("AnyDesk", bootstrap.Desk, "Readable")

SWITCHED = {"language": "zh_CN", "theme": "light", "single_keys": "on"}
"""What counts of these where neither an officer nor a profile says anything."""
LAYOUT = "layout.ini"
"""The file in a desk's folder that keeps how the officer arranged its window."""
MOST_BYTES = 1_000_000
CHOSEN = re.compile(r"^\[chosen\]\n((?:(?!\[).*\n?)*)", re.MULTILINE)
"""The lines of one part of that file, which end at the next that begins with a bracket."""
CHOICE = re.compile(r'^([^=\n]+)="?([^"\\\n]+)"?$', re.MULTILINE)
CRASHES = "crashes"
"""The folder of crash reports in that of a desk."""


class CannotOpen(Exception):
    """Why there is no desk to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def open_desk(
    profile: Profile,
    options: argparse.Namespace,
    words: Words,
    ask: AskPassphrase | None = None,
    wait: Await | None = None,
    *,
    connects: bool = False,
) -> bootstrap.Desk:
    """Open the store of a profile's desk, with nothing running yet; raises CannotOpen.

    `ask` is used where there is no keyring; without it the key goes into a private file, which is
    said on standard error and on the window. `wait` waits for the keyring beside a window; without
    it this thread does. A desk that `connects` begins to as its files are opened.
    """
    notices: list[Problem] = []
    scratch, lock = None, None
    try:
        if options.key == "throw-away":
            scratch = tempfile.TemporaryDirectory(prefix="county-desk-")
            folder = Path(scratch.name)
        else:
            folder = desk_folder(profile, options)
        lock = _lock(profile, folder)
        given = read_given_logins(profile, options)
        key = folder_key(profile, options, folder, ask, notices, is_locked=True, wait=wait)
        notices += finish_restore(profile, folder, key)
        counts = connects and options.command in POSTURES
        laid = lay_central(profile, options, folder, key, notices, counts=counts)
        words.language = choose_language(options, laid)
        with uncounting(profile, folder, key, counts=counts):
            return bootstrap.Desk(
                laid, folder, key, words, notices, scratch, lock, given, connects=connects
            )
    except (StoreError, OSError) as error:
        if lock is not None:
            lock.close()
        if scratch is not None:
            scratch.cleanup()
        raise CannotOpen(problem_of(error)) from error


def lay_central(
    profile: Profile,
    options: argparse.Namespace,
    folder: Path,
    key: bytes,
    notices: list[Problem],
    *,
    counts: bool,
) -> Profile:
    """Return the profile with its county's settings under it, where any were ever kept."""
    if not login_file.are_kept(folder):
        return profile
    from desktop.commands.settings.central import lay_kept

    posture = options.command if options.command in POSTURES else profile.posture
    return lay_kept(profile, posture, folder, key, notices, counts=counts)


@contextmanager
def uncounting(profile: Profile, folder: Path, key: bytes, *, counts: bool) -> Iterator[None]:
    """Where the files cannot be opened, blame no settings of the county for it."""
    try:
        yield
    except (StoreError, OSError):
        if counts:
            from desktop.commands.settings.central import uncount

            uncount(profile, folder, key)
        raise


def _lock(profile: Profile, folder: Path) -> FolderLock:
    """Lock the folder for this process alone; raises StoreError where another program has it."""
    refuse_newer(folder)
    lock = FolderLock(folder)
    if not lock.take():
        raise StoreError(Problem("profile_open", {"profile": profile.place}))
    return lock


def with_folder(
    options: argparse.Namespace,
    work: Callable[[Path, bytes, Words], int],
    profile: Profile | None = None,
) -> int:
    """Run work on the folder of `--profile`, of which nothing is opened; returns its exit status.

    Without the folder's key 2 (`status_of`), with the reason on standard error. A `profile` given
    stands for one that is not in its file yet.
    """
    profile = profile or read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(choose_language(options, profile))
    try:
        folder = desk_folder(profile, options)
        with closing(_lock(profile, folder)):
            key = folder_key(profile, options, folder, terminal_asker(words), [], is_locked=True)
            complain(*(str(words.problem(p)) for p in finish_restore(profile, folder, key)))
            return work(folder, key, words)
    except (StoreError, OSError) as error:
        return _refuse(problem_of(error), words)


def finish_restore(profile: Profile, folder: Path, key: bytes) -> list[Problem]:
    """Put a backup in place that was made ready in a locked folder; returns what to say of it.

    Raises StoreError for one that stays half in place: the desk would be neither.
    """
    sweep(folder)
    if not (folder / RESTORE_READY).is_dir():
        return []
    from desktop.commands.backup import describe_restore
    from desktop.storage.backup.restoring import finish

    try:
        done = finish(folder, key)
    except StoreError as error:
        if is_half_restored(folder):
            raise
        return [error.problem]
    return [] if done is None else [describe_restore(done, profile.timezone)]


def desk_folder(profile: Profile, options: argparse.Namespace, *, make: bool = True) -> Path:
    """Return the folder of a profile's desk, unless its key is thrown away."""
    return paths.desk_folder(profile.place, options.profile_dir, profile.account, make=make)


def is_new(folder: Path) -> bool:
    """Whether nothing of a desk has been kept in this folder yet, so that any key will do."""
    return not (folder / OUTBOX_FILE).exists()


def read_given_logins(profile: Profile, options: argparse.Namespace) -> source_logins.Secrets:
    """Return a reader of the logins in `--token-file`; raises StoreError for an unusable file.

    A file is read again each time a login is needed: a renewed token is used by itself.
    """
    if not options.token_file:
        return lambda _source: None
    from desktop.commands.token_file import read_token, token_files

    files = token_files(profile, options.token_file)
    return lambda source: read_token(files[source]) if source in files else None


def collect_logins(
    profile: Profile, options: argparse.Namespace, words: Words
) -> source_logins.Secrets:
    """Return a reader of the logins of `--token-file`, the desk's folder and the keyring.

    No desk is opened. Raises StoreError. Only where logins are kept in the folder is its key
    needed.
    """
    folder = desk_folder(profile, options, make=False)
    before = [read_given_logins(profile, options)]
    if login_file.are_kept(folder):
        key = folder_key(profile, options, folder, terminal_asker(words), [])
        before.append(lambda source: login_file.read(folder, key, source))
    return source_logins.login_token(profile, before)


def read_profile_checked(file: Path) -> Profile | None:
    """Read a profile; None when it is wrong, with its faults on standard error.

    Ends the program for one of a newer program, with words and a status of their own.
    """
    try:
        return bootstrap.load_profile(file)
    except ProfileError as error:
        from desktop.commands.refusal import refuse_profile

        status = refuse_profile(error, file)
        if error.is_newer:
            raise SystemExit(status) from None
        return None


def read_switched(profile: Profile) -> dict[str, str]:
    """Return what a profile's own file says of settings that an officer can switch."""
    own = profile.table.get("desk", {})
    return {name: own.get(name, default) for name, default in SWITCHED.items()}


def read_layout(folder: Path) -> dict[str, str]:
    """Return what was chosen in the window of this folder's desk, of all times, without Qt."""
    try:
        with (folder / LAYOUT).open(encoding="utf-8") as file:
            found = CHOSEN.search(file.read(MOST_BYTES))
    except (OSError, ValueError):
        return {}
    return dict(CHOICE.findall(found[1])) if found else {}


def read_choices(profile: Profile, options: argparse.Namespace) -> dict[str, str]:
    """Return what counts of the choices in this desk's window; nothing for a picture."""
    if options.command == "shot" or options.key == "throw-away":
        return {}
    folder = desk_folder(profile, options, make=False)
    return drop_outdated(read_layout(folder), read_switched(profile))


def choose_language(options: argparse.Namespace, profile: Profile | None = None) -> str:
    """Return the language asked for, else the one last chosen in the desk's window, else its
    profile's, else the system's."""
    if options.lang or profile is None:
        return options.lang or bootstrap.system_language()
    return read_choices(profile, options).get("language") or profile.language


def with_desk(
    options: argparse.Namespace,
    work: Callable[[bootstrap.Desk], int],
    beside: Callable[[Profile], int | None] = lambda _profile: None,
) -> int:
    """Run a script's work on the desk of `--profile`; returns its exit status.

    Where another program has the desk open, `beside` may have the work done by that one and return
    its status. Without a desk 2 (see `status_of`), with the reason on standard error.
    """

    def open_here(profile: Profile, words: Words) -> bootstrap.Desk:
        return open_desk(profile, options, words, terminal_asker(words))

    return _close_after(options, open_here, work, beside)


def with_reading(options: argparse.Namespace, work: Callable[[Readable], int]) -> int:
    """Run work that only reads, also beside the program that has the desk open; as `with_desk`."""

    def open_here(profile: Profile, words: Words) -> Readable:
        ask = terminal_asker(words)
        try:
            return open_desk(profile, options, words, ask)
        except CannotOpen as error:
            if error.problem.code != "profile_open":
                raise
        return read_desk(profile, options, words, ask)

    return _close_after(options, open_here, work)


def read_desk(
    profile: Profile, options: argparse.Namespace, words: Words, ask: AskPassphrase | None
) -> DeskBeside:
    """Open for reading what another program's open desk keeps; raises CannotOpen."""
    from desktop.desk_beside import DeskBeside

    folder = desk_folder(profile, options)
    try:
        key = folder_key(profile, options, folder, ask, [])
        laid = lay_central(profile, options, folder, key, [], counts=False)
        words.language = choose_language(options, laid)
        return DeskBeside(laid, folder, key, words)
    except (StoreError, OSError) as error:
        raise CannotOpen(problem_of(error)) from error


def _close_after(
    options: argparse.Namespace,
    open_here: Callable[[Profile, Words], AnyDesk],
    work: Callable[[AnyDesk], int],
    beside: Callable[[Profile], int | None] = lambda _profile: None,
) -> int:
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(choose_language(options, profile))
    try:
        desk = open_here(profile, words)
    except CannotOpen as error:
        if error.problem.code == "profile_open" and (status := beside(profile)) is not None:
            return status
        return _refuse(error.problem, words)
    complain(*(str(words.problem(notice)) for notice in desk.notices))
    try:
        status = work(desk)
        clock = desk.board.clock_problem()
        if clock is not None and not desk.clock.is_told:
            # One found by a server's time is among the notices of its source.
            complain(str(words.problem(clock)))
        return status
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return 2
    finally:
        desk.close()


def _refuse(problem: Problem, words: Words) -> int:
    """Say on standard error why nothing is opened; returns the exit status."""
    from desktop.commands.refusal import status_of

    complain(str(words.problem(problem)))
    return status_of(problem)


def problem_of(error: StoreError | OSError) -> Problem:
    """Return an error's problem, the system's own too: a full disk, an unwritable folder."""
    if isinstance(error, StoreError):
        return error.problem
    file = os.fspath(error.filename) if isinstance(error.filename, str | os.PathLike) else "-"
    if error.errno == errno.ENOSPC:
        return Problem("disk_full", {"file": file})
    return Problem("store_unreachable", {"file": file, "reason": error.strerror or "-"})
