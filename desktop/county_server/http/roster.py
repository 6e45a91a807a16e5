"""The accounts that may log in, from the operator's file, which is read anew when it changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from desktop.county_server.commands.duties import owners_of
from desktop.county_server.http.account_file import AccountsError, read_accounts
from desktop.county_server.scope import Account, Accounts

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How long an account may still log in after it was removed from the file."""

FileState = tuple[int, ...]


class Roster:
    """The accounts of a county. Thread-safe."""

    def __init__(self, accounts: Accounts, file: Path | None, time_s: Callable[[], float]) -> None:
        """Accounts come from `file`, checked when used; without one they are `accounts`."""
        self._file, self._time_s = file, time_s
        self._lock = threading.Lock()
        self._accounts = accounts
        self._owners = owners_of(accounts)
        self._looked_at_s: float | None = None
        self._state: FileState | None = None
        """State of the file when it was last read, whether or not that succeeded."""

    def accounts(self) -> Accounts:
        """Return the present accounts; a bad or missing file changes nothing and is logged once."""
        with self._lock:
            self._look()
            return self._accounts

    def owners(self) -> Mapping[str, frozenset[str]]:
        """Return the owners of names, in the form of `duties.owners_of`."""
        with self._lock:
            self._look()
            return self._owners

    def has(self, account: Account) -> bool:
        """Whether that account, unchanged, may still log in."""
        accounts = self.accounts()
        return not accounts or account in accounts.values()

    def _look(self) -> None:
        now_s = self._time_s()
        # A clock that was set back delays no check.
        if self._file is None or (
            self._looked_at_s is not None and abs(now_s - self._looked_at_s) < LOOK_EVERY_S
        ):
            return
        self._looked_at_s = now_s
        # Taken before reading: a change made meanwhile gives another state and is read next time.
        state = file_state(self._file)
        if state == self._state:
            return
        self._state = state
        try:
            self._accounts = read_accounts(self._file)
        except (AccountsError, OSError) as error:
            log.warning(
                "账号文件未能读取，沿用原有账号 / the accounts stay as they were: %s", error
            )
            return
        self._owners = owners_of(self._accounts)


def file_state(file: Path) -> FileState:
    """Return the file's status, which changes with its content; empty without a file."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
