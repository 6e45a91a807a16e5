"""Running all checks side by side: one that raises or hangs is a finding, and stops no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec

from desktop.diagnostics.doctor.finding import Finding, fail, unknown

ENDS_WITHIN_S = 2.0
"""For all checks together, which run at once."""

Look = Callable[[], Finding | Iterable[Finding]]


class Check(msgspec.Struct, frozen=True):
    """One thing to look at."""

    name: str
    look: Look
    cancel: Callable[[], None] = lambda: None
    """Called on one that does not end in time."""


def run_checks(checks: Sequence[Check], within_s: float = ENDS_WITHIN_S) -> list[Finding]:
    """Return what they found, in their order; it takes at most about `within_s`.

    A check that is late goes on by itself, on a thread that delays no exit.
    """
    ends_s = time.monotonic() + within_s
    running = [_Running(check) for check in checks]
    found: list[Finding] = []
    for each in running:
        found += each.result(max(0.0, ends_s - time.monotonic()), within_s)
    return found


class _Running:
    """A check on a thread of its own."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._found: list[Finding] = []
        self._is_over = threading.Event()
        thread = threading.Thread(target=self._run, name=f"doctor {check.name}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # The system gives no more threads.
            self._fail(error)

    def _run(self) -> None:
        try:
            found = self._check.look()
            self._found = [found] if isinstance(found, Finding) else list(found)
            self._is_over.set()
        except BaseException as error:  # noqa: BLE001 - whatever a check dies of is its finding
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        self._found = [fail(self._check.name, "check_failed", kind=type(error).__name__)]
        self._is_over.set()

    def result(self, wait_s: float, within_s: float) -> list[Finding]:
        """Return what it found, waiting at most that long."""
        if self._is_over.wait(wait_s):
            return self._found
        threading.Thread(target=self._check.cancel, name="doctor cancel", daemon=True).start()
        return [unknown(self._check.name, "check_late", seconds=f"{within_s:g}")]
