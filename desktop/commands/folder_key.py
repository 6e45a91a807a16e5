"""The key of a desk's folder, by whichever way it is kept, and who is asked for it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.domain.source import Problem
from desktop.storage.keys.encryption_key import (
    KeyFile,
    KeyringKey,
    KeySource,
    NoKeyring,
    ThrowAwayKey,
)
from desktop.storage.keys.passphrases import PassphraseKey, has_passphrase
from desktop.storage.sqlite.data_format import refuse_newer
from desktop.storage.sqlite.private_files import check_folder, secret_in

AskPassphrase = Callable[[bool, Callable[[str], bytes]], bytes | None]
"""Asks a person for the passphrase, for a new one when True. Returns the key that the second
argument makes of it, which takes a while, or None when the person gave up."""
Await = Callable[[Callable[[], bytes]], bytes]
"""Waits for the look-up of a key, which may take as long as a keyring takes to start."""


def terminal_asker(words: Words) -> AskPassphrase | None:
    """Return what asks on the terminal, when a person sits at one; else None."""
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
    """Return the store's key by the chosen way; `auto` stays with the way the folder was made.

    Where the folder `is_locked` by this process, it may change to a stronger key.
    """
    refuse_newer(folder)
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
        return take(read_passphrase(options.passphrase_file))
    key = ask(not has_passphrase(folder), take) if ask else None
    if key is None:
        raise StoreError(Problem("passphrase_not_given"))
    return key


def read_passphrase(file: Path) -> str:
    """Return the passphrase in a file, or from a pipe; raises StoreError."""
    try:
        return secret_in(file, from_pipe=True).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            Problem("passphrase_file_unreadable", {"file": os.fspath(file)})
        ) from error
