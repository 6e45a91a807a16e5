"""Limits on the requests, sessions and files of one account, so that others are not starved."""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Callable

import msgspec

from desktop.county_server.problems import ApiError
from desktop.county_server.scope import Account

FULL_RETRY_S = 3_600
"""Retry-After where only a decision by people, or a day's time, makes room."""


class Quotas(msgspec.Struct, frozen=True):
    """The limits of each account; where there are no accounts, only files are limited."""

    commands_per_minute: int = 600
    """A desk that was cut off for a day sends its hundreds at once."""
    command_bytes_per_day: int = 100_000_000
    """Bytes of requests with commands: the log keeps each for 400 days. A command has about 300."""
    sessions_per_minute: int = 120
    streams: int = 200
    """Hint streams open at once, of the 500 that the server holds for all."""
    clients: int = 500
    """Computers that have opened sessions under one account, each forgotten after 400 days."""
    files: int = 50_000_000_000
    """Bytes of all the files an account has uploaded or offered."""
    loose_files: int = 2_000_000_000
    """Of those, bytes of files that no row names: under way, or waiting for their command."""
    loose_count: int = 500
    """Number of files that no row names."""


class Meter:
    """A rate limiter per account. Thread-safe."""

    def __init__(self, most: int, time_s: Callable[[], float], *, in_s: float = 60.0) -> None:
        self._most, self._time_s, self._in_s = float(most), time_s, in_s
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def wait_s(self, account: Account, count: int = 1) -> int:
        """Count `count` uses; return 0, or the time to wait without counting them.

        More than the whole limit at once is let through when none of it is used.
        """
        if not account.name:
            return 0
        now_s, rate = self._time_s(), self._most / self._in_s
        with self._lock:
            left, at_s = self._left.get(account.name, (self._most, now_s))
            # A clock that was set back changes nothing.
            left = min(self._most, left + max(0.0, now_s - at_s) * rate)
            wanted = min(float(count), self._most)
            if left < wanted:
                self._left[account.name] = left, now_s
                return max(1, math.ceil((wanted - left) / rate))
            self._left[account.name] = left - wanted, now_s
            return 0


def check_pace(meter: Meter, account: Account, count: int, what: tuple[str, str]) -> None:
    """Count uses of a limiter; ApiError 429 with the time to wait when there were too many."""
    wait_s = meter.wait_s(account, count)
    if wait_s:
        zh, en = what
        detail = f"本账号{zh}过多，请稍候 / This account {en}: wait a while"
        raise ApiError(429, "quota", detail, {"Retry-After": str(wait_s)})


def check_clients(
    connection: sqlite3.Connection, client: str, account: Account, quotas: Quotas
) -> None:
    """Check for a new client; ApiError 429 when the account has as many computers as it may."""
    if not account.name:
        return
    asked = "SELECT count(*), coalesce(max(client=?), 0) FROM clients WHERE account=?"
    count, is_known = connection.execute(asked, (client, account.name)).fetchone()
    if count >= quotas.clients and not is_known:
        detail = (
            f"本账号已有 {count} 台电脑登记，不能再加，请联系县平台管理员 / "
            f"This account has {count} computers already: ask the county's operator"
        )
        raise ApiError(429, "quota", detail, {"Retry-After": str(FULL_RETRY_S)})


def check_files(
    connection: sqlite3.Connection, size: int, account: Account, quotas: Quotas
) -> None:
    """Check a file's size; ApiError 507 when the account may not have that much more here.

    A single file without a row is taken however large it is: it would never fit otherwise.
    """
    loose, count, total = _usage_of(connection, account)
    if (
        total + size > quotas.files
        or (loose and loose + size > quotas.loose_files)
        or count >= quotas.loose_count
    ):
        detail = (
            "本账号存放的附件已达上限，请稍后再传，或联系县平台管理员 / "
            "This account has as many files here as it may: bring it later, or ask the county"
        )
        raise ApiError(507, "files-quota", detail, {"Retry-After": str(FULL_RETRY_S)})


def _usage_of(connection: sqlite3.Connection, account: Account) -> tuple[int, int, int]:
    """Return bytes and number of files that no row names, and all bytes; offers count in full."""
    coming, offers = connection.execute(
        "SELECT coalesce(sum(size), 0), count(*) FROM uploads WHERE account=?", (account.name,)
    ).fetchone()
    here, loose, count = connection.execute(
        "SELECT coalesce(sum(size), 0), coalesce(sum(size * loose), 0), coalesce(sum(loose), 0)"
        " FROM (SELECT files.size AS size, NOT EXISTS(SELECT 1 FROM named"
        " WHERE named.digest=files.digest) AS loose"
        " FROM holders JOIN files USING(digest) WHERE holders.account=?)",
        (account.name,),
    ).fetchone()
    return coming + loose, offers + count, coming + here
