"""A limit on guessing login tokens: by address, and without delaying those let in before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from desktop.county_server.http.connection_limits import neighbourhood

FREE_TRIES = 10
"""Different wrong tokens from one address before it has to wait: people mistype, too."""
MOST_WAIT_S = 300
"""Longest wait; it also holds for a right but short token that is first tried from there
meanwhile."""
FORGOTTEN_S = 3_600.0
"""Time without a wrong token after which an address is forgiven."""
MOST_ADDRESSES, MOST_TOKENS = 4_096, 512
"""How many are kept; those unused for longest are dropped first."""


class _Address(msgspec.Struct):
    """The tokens tried from one address."""

    right: OrderedDict[str, None]
    wrong: OrderedDict[str, None]
    failures: int = 0
    failed_at_s: float = 0.0
    until_s: float = 0.0


class Lockout:
    """Counts wrong tokens by address. Thread-safe."""

    def __init__(self, time_s: Callable[[], float]) -> None:
        self._time_s = time_s
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Address] = OrderedDict()

    def wait_s(self, address: str, token: str, *, is_right: bool, is_long: bool = False) -> int:
        """Count a try; return how long the client must wait, or 0 when the token may be judged now.

        `token` is its hash. A token let in from there before is let in again whatever its
        neighbours do; one already found wrong is refused again without counting as a guess: a
        desk whose login was revoked tries it all day. A right token that `is_long`, which
        nobody can guess, is let in at once: guessing behind the same address delays nobody.
        While an address waits, a right token that is short and new there is treated like a
        wrong one.
        """
        now_s = self._time_s()
        with self._lock:
            known = self._of(neighbourhood(address), now_s)
            if is_right and (is_long or token in known.right):
                _note(known.right, token)
                return 0
            if token in known.wrong and not is_right:
                return 0
            if now_s < known.until_s:
                return max(1, round(known.until_s - now_s + 0.5))
            if is_right:
                _note(known.right, token)
            else:
                _note(known.wrong, token)
                known.failures, known.failed_at_s = known.failures + 1, now_s
                if known.failures >= FREE_TRIES:
                    doubled = min(known.failures - FREE_TRIES, 16)
                    known.until_s = now_s + min(2**doubled, MOST_WAIT_S)
            return 0

    def _of(self, name: str, now_s: float) -> _Address:
        known = self._known.setdefault(name, _Address(OrderedDict(), OrderedDict()))
        self._known.move_to_end(name)
        if len(self._known) > MOST_ADDRESSES:
            self._known.popitem(last=False)
        # A clock that was set back locks nobody out.
        is_old = now_s - known.failed_at_s > FORGOTTEN_S
        if known.failures and (is_old or known.failed_at_s > now_s):
            known.failures, known.until_s = 0, 0.0
            known.wrong.clear()
        return known


def _note(tokens: OrderedDict[str, None], token: str) -> None:
    tokens[token] = None
    tokens.move_to_end(token)
    if len(tokens) > MOST_TOKENS:
        tokens.popitem(last=False)
