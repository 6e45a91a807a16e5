"""Who is let in as the operator's file of accounts says now: read anew when it changes."""

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
"""How long an account that was taken out may still be let in."""

_State = tuple[int, ...]


class Roster:
    """The accounts of a county. Thread-safe."""

    def __init__(self, accounts: Accounts, file: Path | None, time_s: Callable[[], float]) -> None:
        """Those of the `file`, looked at with each use; without one these, for good."""
        self._file, self._time_s = file, time_s
        self._lock = threading.Lock()
        self._accounts = accounts
        self._owners = owners_of(accounts)
        self._looked_at_s: float | None = None
        self._state: _State | None = None
        """Of the file as it was read last, well or not."""

    def accounts(self) -> Accounts:
        """Those let in now. A file that is wrong or gone changes nothing, and is logged once."""
        with self._lock:
            self._look()
            return self._accounts

    def owners(self) -> Mapping[str, frozenset[str]]:
        """Whose each name is, as `duties.owners_of` tells."""
        with self._lock:
            self._look()
            return self._owners

    def has(self, account: Account) -> bool:
        """Whether that account, as it stands, is still let in."""
        accounts = self.accounts()
        return not accounts or account in accounts.values()

    def _look(self) -> None:
        now_s = self._time_s()
        # A clock that was set back puts no look off.
        if self._file is None or (
            self._looked_at_s is not None and abs(now_s - self._looked_at_s) < LOOK_EVERY_S
        ):
            return
        self._looked_at_s = now_s
        # Before it is read: what is written meanwhile is another state, and read next time.
        state = _state(self._file)
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


def _state(file: Path) -> _State:
    """What tells one content of a file from another; empty without a file."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode
