"""Checks of what the desk keeps: its key, its files, who has them open, and how old they are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from desktop import bootstrap
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.commands.folder_key import read_passphrase
from desktop.commands.opening import Readable, problem_of
from desktop.desk_beside import DeskBeside
from desktop.diagnostics.doctor.checks import Check
from desktop.diagnostics.doctor.finding import (
    Finding,
    Verdict,
    fail,
    fine,
    look,
    of_problem,
    unknown,
)
from desktop.diagnostics.doctor.once import Once
from desktop.domain.freshness import Freshness
from desktop.domain.source import SourceStatus
from desktop.storage.cache.store import FILE as CACHE_FILE
from desktop.storage.files.store import FILE as FILES_FILE
from desktop.storage.keys.encryption_key import KeyFile, KeyringKey, NoKeyring, has_own_key
from desktop.storage.keys.keyring_state import KeyringState, find_keyring
from desktop.storage.keys.login_file import FILE as LOGINS_FILE
from desktop.storage.keys.passphrases import PassphraseKey, has_passphrase
from desktop.storage.keys.secret_service import Unsure
from desktop.storage.outbox.store import FILE as OUTBOX_FILE
from desktop.storage.sqlite.data_format import refuse_newer
from desktop.storage.sqlite.database import CHECK_FILE, key_fits
from desktop.storage.sqlite.folder_lock import FolderLock
from desktop.storage.sqlite.integrity import Integrity, read_through

KINDS = {OUTBOX_FILE: "outbox", CACHE_FILE: "cache", FILES_FILE: "files", LOGINS_FILE: "logins"}
READ_WITHIN_S = 1.2
KEYRING_WITHIN_S = 1.2
KEYRING_GONE = {
    KeyringState.ABSENT: "absent",
    KeyringState.NO_BUS: "no_bus",
    KeyringState.SILENT: "silent",
}
"""Codes of states in which nothing kept in the keyring can be read."""


class NoKey(Exception):
    """There is no key yet, or only a person can give it; `args` hold the code of why."""


UNSEEN = (NoKey, StoreError, OSError)
"""Why nothing that is kept can be looked at; the check of the key says more."""


def find_key(profile: Profile, folder: Path, passphrase_file: Path | None) -> bytes:
    """Return the key of a desk's folder without making one or asking anybody.

    Raises NoKey, StoreError for one that is lost, locked up or open to others, or of a newer
    program, and OSError for a folder that cannot be looked into.
    """
    refuse_newer(folder)
    if not (folder / CHECK_FILE).exists():
        raise NoKey("new")
    if KeyFile.exists_in(folder):
        return KeyFile().key(folder)
    if has_passphrase(folder):
        if passphrase_file is None:
            raise NoKey("passphrase")
        return PassphraseKey(read_passphrase(passphrase_file)).key(folder)
    try:
        found = KeyringKey(profile.place).find(KEYRING_WITHIN_S)
    except Unsure:
        raise NoKey("keyring_closed") from None
    if found is None:
        raise NoKey("not_in_keyring")
    return found


class Stores:
    """A desk's folder, looked at from outside, or by the desk that has it open."""

    def __init__(
        self,
        profile: Profile,
        folder: Path,
        words: Words,
        key: Callable[[], bytes],
        own: bootstrap.Desk | None = None,
    ) -> None:
        """`key` returns that of the folder, or raises as `find_key` does."""
        self.profile, self.folder = profile, folder
        self.key = Once(key)
        self._words, self._own = words, own
        self._integrity = Once(self._read_through)
        self._beside = Once(self._open)

    def checks(self) -> list[Check]:
        """Return the checks of the folder."""
        return [
            Check("key", self.check_key),
            Check("keyring", self.check_keyring),
            Check("database", self.check_database),
            Check("other", self.check_other),
            Check("clock", self.check_clock),
            Check("data", self.check_data),
            Check("speed", self.check_speed),
        ]

    def close(self) -> None:
        """Let go of what was opened for reading."""
        beside = self._beside.peek()
        if beside is not None:
            beside.close()

    def view(self) -> Readable:
        """Return the desk itself or a view of it; raises one of UNSEEN."""
        return self._own or self._beside()

    def view_by_now(self) -> Readable | None:
        """Return it without waiting; None where it is not, or not yet, to be had."""
        return self._own or self._beside.peek()

    def _open(self) -> DeskBeside:
        """Open it for reading; a damaged one is not, for that would leave a mark beside it."""
        for read in self._integrity().values():
            if read.problem is not None:
                raise StoreError(read.problem)
        return DeskBeside(self.profile, self.folder, self.key(), self._words)

    def check_keyring(self) -> Finding:
        """Return how the system's keyring is; it may be missing where nothing is kept in it."""
        try:
            return self._judge_keyring()
        except OSError as error:
            return unseen("keyring", Verdict.UNKNOWN, error)

    def _judge_keyring(self) -> Finding:
        found = find_keyring(KEYRING_WITHIN_S)
        match found.state:
            case KeyringState.OPEN:
                return fine("keyring", "open", program=found.name or "-")
            case KeyringState.OTHER:
                return unknown("keyring", "other", program=found.name)
        if has_own_key(self.folder):
            return fine("keyring", "not_needed")
        is_new = not (self.folder / CHECK_FILE).exists()
        if is_new and found.state is not KeyringState.LOCKED:
            return look("keyring", "not_here")
        if found.state is KeyringState.LOCKED:
            return look("keyring", "locked")
        return fail("keyring", KEYRING_GONE[found.state])

    def check_key(self) -> Finding:
        """Return whether the key of the folder is there, and is its own."""
        try:
            return self._judge_key(self.key())
        except NoKey as error:
            why = str(error)
            return (fail if why == "not_in_keyring" else unknown)("key", why)
        except NoKeyring:
            return fail("key", "no_keyring")
        except StoreError as error:
            return of_problem("key", Verdict.BROKEN, error.problem)
        except OSError as error:
            return unseen("key", Verdict.BROKEN, error)

    def _judge_key(self, key: bytes) -> Finding:
        if not key_fits(self.folder, key):
            return fail("key", "of_another")
        in_file = KeyFile.exists_in(self.folder)
        way = "file" if in_file else "by_passphrase" if has_passphrase(self.folder) else "keyring"
        return fine("key", way)

    def _read_through(self) -> dict[str, Integrity]:
        """Read each file that is there, the outbox first; raises as `find_key` does."""
        key, ends_s = self.key(), time.monotonic() + READ_WITHIN_S
        return {
            name: read_through(self.folder / name, key, kind, ends_s - time.monotonic())
            for name, kind in KINDS.items()
            if (self.folder / name).exists()
        }

    def check_database(self) -> list[Finding]:
        """Return whether each file of the folder is whole; one line where all are."""
        try:
            reads = self._integrity()
        except UNSEEN:
            return [unknown("database", "no_key")]
        found: list[Finding] = []
        for name, read in reads.items():
            if read.problem is not None:
                found.append(of_problem("database", Verdict.BROKEN, read.problem))
            elif read.is_older:
                found.append(look("database", "older", file=name))
        if not found:
            is_whole = all(read.is_whole for read in reads.values())
            found.append(fine("database", "whole" if is_whole else "begun", count=len(reads)))
        return found

    def check_other(self) -> Finding:
        """Return whether another program has the folder open."""
        if self._own is not None:
            return fine("other", "this_one")
        try:
            holder = FolderLock(self.folder).holder()
        except OSError as error:
            return unknown("other", "unreadable", kind=type(error).__name__)
        if holder is None:
            return fine("other", "none")
        owner = _owner(holder)
        if owner is not None and owner != os.geteuid():
            return fail("other", "of_another_user", process=holder)
        return fine("other", "open", process=holder or "-")

    def check_clock(self) -> Finding:
        """Return how far this computer's clock is from what the county last said."""
        try:
            desk = self.view()
        except UNSEEN:
            return unknown("clock", "not_told")
        if all(status.never_seen for status in desk.board.statuses()):
            return unknown("clock", "not_told")
        problem = desk.board.clock_problem()
        if problem is not None:
            return of_problem("clock", Verdict.BROKEN, problem)
        seconds = round(desk.clock.offset_ms / 1000, 1) or 0.0  # Never "-0.0".
        return fine("clock", "right", seconds=f"{seconds:+.1f}")

    def check_data(self) -> list[Finding]:
        """Return how old each source's data is."""
        try:
            board = self.view().board
        except UNSEEN:
            return [unknown("data", "not_told")]
        return [find_age(status, board.now()) for status in board.statuses()]

    def check_speed(self) -> list[Finding]:
        """Return how fast each source's line was; only a desk that is open has measured it."""
        if self._own is None:
            return [unknown("speed", "not_measured_here")]
        return [find_speed(status) for status in self._own.board.statuses()]


def unseen(check: str, verdict: Verdict, error: OSError) -> Finding:
    """Return that something in the folder cannot be looked at, and why."""
    return Finding(check, verdict, "unseen", problem_of(error).details)


def find_age(status: SourceStatus, now: int) -> Finding:
    """Return how old a source's data is."""
    if status.last_good_at is None:
        return look("data", "never", source=status.id)
    age_ms = max(0, now - status.last_good_at)
    fresh = status.freshness(now)
    if fresh is Freshness.STALE:
        return look("data", "old", source=status.id, age_ms=age_ms)
    return fine("data", "fresh", source=status.id, age_ms=age_ms)


def find_speed(status: SourceStatus) -> Finding:
    """Return the speed of a source's line as it was measured lately."""
    link = status.link
    if link.bits_per_s is None:
        return unknown("speed", "not_measured", source=status.id)
    kbit = round(link.bits_per_s / 1000)
    delay = "-" if link.delay_ms is None else f"{link.delay_ms:.0f}"
    judge, code = (look, "weak") if link.weak else (fine, "good")
    return judge("speed", code, source=status.id, kbit=kbit, delay=delay)


def _owner(process: str) -> int | None:
    """Return the number of the user whose process it is, where the system tells."""
    try:
        return os.stat(f"/proc/{int(process)}").st_uid  # noqa: PTH116
    except (OSError, ValueError):
        return None
