"""How a command comes to its desk: the folder, the key, and what to say when there is none."""

from __future__ import annotations

import argparse
import errno
import getpass
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from desktop import bootstrap, paths
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.commands.options import complain
from desktop.commands.token_file import read_token, token_files
from desktop.domain.source import Problem
from desktop.storage.keys import login_file
from desktop.storage.keys.encryption_key import (
    KeyFile,
    KeyringKey,
    KeySource,
    NoKeyring,
    ThrowAwayKey,
)
from desktop.storage.keys.passphrases import PassphraseKey, has_passphrase
from desktop.storage.sqlite.folder_lock import FolderLock
from desktop.storage.sqlite.private_files import check_folder, secret_in

Readable = bootstrap.Desk | bootstrap.DeskBeside
AnyDesk = TypeVar("AnyDesk", bootstrap.Desk, Readable)
AskPassphrase = Callable[[bool, Callable[[str], bytes]], bytes | None]
"""Asks a person for the passphrase, for a new one when True; the key that the second makes of
it, which takes a while, or None when they gave up."""
Await = Callable[[Callable[[], bytes]], bytes]
"""Gets the key from a look-up that may take as long as a keyring takes to start."""


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
) -> bootstrap.Desk:
    """The desk of a profile, with its store open and nothing running yet; raises CannotOpen.

    `ask` is used where there is no keyring; without it the key goes into a private
    file, which is said on standard error and on the window. `wait` waits for the keyring
    beside a window; without it this thread does.
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
        return bootstrap.Desk(profile, folder, key, words, notices, scratch, lock, given)
    except (StoreError, OSError) as error:
        if lock is not None:
            lock.close()
        if scratch is not None:
            scratch.cleanup()
        raise CannotOpen(problem_of(error)) from error


def _lock(profile: Profile, folder: Path) -> FolderLock:
    """The folder for this process alone; raises StoreError where another program has it."""
    lock = FolderLock(folder)
    if not lock.take():
        raise StoreError(Problem("profile_open", {"profile": profile.place}))
    return lock


def with_folder(options: argparse.Namespace, work: Callable[[Path, bytes, Words], int]) -> int:
    """The exit status of work on the folder of `--profile`, of which nothing is opened; 2, with
    words, without its key."""
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(options.lang, profile)
    try:
        folder = desk_folder(profile, options)
        with closing(_lock(profile, folder)):
            key = folder_key(profile, options, folder, terminal_asker(words), [], is_locked=True)
            return work(folder, key, words)
    except (StoreError, OSError) as error:
        complain(str(words.problem(problem_of(error))))
        return 2


def desk_folder(profile: Profile, options: argparse.Namespace, *, make: bool = True) -> Path:
    """Where a profile's desk is kept, unless its key is thrown away."""
    return paths.desk_folder(profile.place, options.profile_dir, profile.account, make=make)


def read_given_logins(profile: Profile, options: argparse.Namespace) -> bootstrap.Secrets:
    """The logins in `--token-file`; raises StoreError for a file that cannot serve.

    A file is read again each time a login is needed: a renewed token is used by itself.
    """
    files = token_files(profile, options.token_file)
    return lambda source: read_token(files[source]) if source in files else None


def collect_logins(
    profile: Profile, options: argparse.Namespace, words: Words
) -> bootstrap.Secrets:
    """The logins of `--token-file`, of the desk's folder and of the keyring, with no desk open.

    Raises StoreError. Only where logins are kept in the folder is its key needed.
    """
    folder = desk_folder(profile, options, make=False)
    before = [read_given_logins(profile, options)]
    if login_file.are_kept(folder):
        key = folder_key(profile, options, folder, terminal_asker(words), [])
        before.append(lambda source: login_file.read(folder, key, source))
    return bootstrap.login_token(profile, before)


def read_profile_checked(file: Path) -> Profile | None:
    """The profile in a file; None, with its faults said, when it is wrong."""
    try:
        return bootstrap.load_profile(file)
    except ProfileError as error:
        complain(*error.faults)
        return None


def with_desk(options: argparse.Namespace, work: Callable[[bootstrap.Desk], int]) -> int:
    """The exit status of a script's work on the desk of `--profile`; 2, with words, without one."""

    def open_here(profile: Profile, words: Words) -> bootstrap.Desk:
        return open_desk(profile, options, words, terminal_asker(words))

    return _close_after(options, open_here, work)


def with_reading(options: argparse.Namespace, work: Callable[[Readable], int]) -> int:
    """The exit status of work that only reads: also beside the program that has the desk open."""

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
) -> bootstrap.DeskBeside:
    """What the desk that another program has open keeps; raises CannotOpen."""
    folder = desk_folder(profile, options)
    try:
        key = folder_key(profile, options, folder, ask, [])
        return bootstrap.DeskBeside(profile, folder, key, words)
    except (StoreError, OSError) as error:
        raise CannotOpen(problem_of(error)) from error


def _close_after(
    options: argparse.Namespace,
    open_here: Callable[[Profile, Words], AnyDesk],
    work: Callable[[AnyDesk], int],
) -> int:
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(options.lang, profile)
    try:
        desk = open_here(profile, words)
    except CannotOpen as error:
        complain(str(words.problem(error.problem)))
        return 2
    complain(*(str(words.problem(notice)) for notice in desk.notices))
    try:
        status = work(desk)
        clock = desk.board.clock_problem()
        if clock is not None and not desk.clock.is_told:
            # One that a server told is among the notices of the source that told it.
            complain(str(words.problem(clock)))
        return status
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return 2
    finally:
        desk.close()


def problem_of(error: StoreError | OSError) -> Problem:
    """What went wrong, the system's own refusals too: a full disk, a folder nobody may write."""
    if isinstance(error, StoreError):
        return error.problem
    file = os.fspath(error.filename) if isinstance(error.filename, str | os.PathLike) else "-"
    if error.errno == errno.ENOSPC:
        return Problem("disk_full", {"file": file})
    return Problem("store_unreachable", {"file": file, "reason": error.strerror or "-"})


def terminal_asker(words: Words) -> AskPassphrase | None:
    """Asks on the terminal, when a person sits at one."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    prompt = "口令: " if words.chinese else "Passphrase: "

    def ask(new: bool, take: Callable[[str], bytes]) -> bytes | None:
        first = getpass.getpass(prompt, sys.stderr)
        if new and getpass.getpass(prompt, sys.stderr) != first:
            return None
        return take(first) if first else None

    return ask


def folder_key(
    profile: Profile,
    options: argparse.Namespace,
    folder: Path,
    ask: AskPassphrase | None,
    notices: list[Problem],
    *,
    is_locked: bool = False,
    wait: Await | None = None,
) -> bytes:
    """The store's key by the chosen way; `auto` stays with the way the folder was made.

    Where the folder `is_locked` by this process, it may come to a stronger key.
    """
    check_folder(folder)
    choice = options.key
    if choice == "auto" and options.passphrase_file:
        choice = "passphrase"
    if choice == "auto":
        if KeyFile.exists_in(folder):
            choice = "file"
        elif has_passphrase(folder):
            choice = "passphrase"
    if choice in ("auto", "keyring"):
        try:
            look_up = partial(KeyringKey(profile.place).key, folder)
            return look_up() if wait is None else wait(look_up)
        except NoKeyring:
            if choice == "keyring":
                raise
            choice = "passphrase" if ask else "file"
    source: KeySource
    if choice == "passphrase":
        return _by_passphrase(options, folder, ask, is_locked)
    if choice == "file":
        source = KeyFile()
        notice = Problem("key_in_file", {"file": str(folder / KeyFile.NAME)})
        notices.append(notice)
    else:
        source = ThrowAwayKey()
    return source.key(folder)


def _by_passphrase(
    options: argparse.Namespace, folder: Path, ask: AskPassphrase | None, is_locked: bool
) -> bytes:
    def take(passphrase: str) -> bytes:
        return PassphraseKey(passphrase, may_strengthen=is_locked).key(folder)

    if options.passphrase_file:
        try:
            text = secret_in(options.passphrase_file, from_pipe=True).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            file = os.fspath(options.passphrase_file)
            raise StoreError(Problem("passphrase_file_unreadable", {"file": file})) from error
        return take(text)
    key = ask(not has_passphrase(folder), take) if ask else None
    if key is None:
        raise StoreError(Problem("passphrase_not_given"))
    return key
