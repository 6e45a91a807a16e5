"""Waiting for the screens without a beat: looked at again as soon as they have come to rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QTimer
from pytestqt.exceptions import TimeoutError as TookTooLong

BEAT_MS = 10
"""Looked at this often besides: what changes without an event is seen as well."""


def wait_until(holds: Callable[[], bool | None], *, timeout: int = 5000) -> None:
    """Run the event loop until this holds, as `QtBot.waitUntil` does but for its pauses.

    It holds when it answers with true, or with nothing and no failed assertion.
    """
    look = _Look(holds)
    if look.once():
        return
    loop, beat, end = QEventLoop(), QTimer(interval=BEAT_MS), QTimer(singleShot=True)
    look.ends = loop.quit
    end.timeout.connect(loop.quit)
    dispatcher = QAbstractEventDispatcher.instance()
    dispatcher.aboutToBlock.connect(look.again)
    try:
        beat.start()
        end.start(timeout)
        loop.exec()
    finally:
        dispatcher.aboutToBlock.disconnect(look.again)
        beat.stop()
        end.stop()
    if look.broke is not None:
        raise look.broke
    if not look.held and not look.once():
        raise TookTooLong(f"it did not hold within {timeout} ms") from look.missed


class _Look:
    """One question asked again and again, never within itself."""

    def __init__(self, holds: Callable[[], bool | None]) -> None:
        self._holds = holds
        self._looking = False
        self.held = False
        self.missed: AssertionError | None = None
        self.broke: BaseException | None = None
        self.ends: Callable[[], None] = lambda: None

    def once(self) -> bool:
        try:
            answer = self._holds()
        except AssertionError as error:
            self.missed = error
            return False
        if answer not in (None, True, False):
            raise ValueError(f"what is waited for answers with true or false, not with {answer!r}")
        self.held = answer is None or answer
        return self.held

    def again(self) -> None:
        """Look while the event loop has nothing to do; what breaks is told by who waits."""
        if self._looking or self.held or self.broke is not None:
            return
        self._looking = True
        try:
            if self.once():
                self.ends()
        except BaseException as error:  # noqa: BLE001 - an exception cannot pass through Qt
            self.broke = error
            self.ends()
        finally:
            self._looking = False
