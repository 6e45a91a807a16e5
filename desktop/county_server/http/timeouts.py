"""Timeouts of a connection's requests: thin lines are slow, but never silent for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum, auto

HEAD_S = 30.0
"""From the first byte of a request, or of the connection, to the end of its head. A desk's head is
about 300 bytes: one that takes longer comes from somebody who holds connections open."""
BODY_STEP_S, LEAST_BODY_BYTES = 60.0, 512
"""Least bytes of a body in each step, or it is cut; a line of 2.4 kbit/s brings 18 KB."""
WHOLE_S = 300.0
"""For all of a body that is read as a whole; a million bytes take half of it at 64 kbit/s."""
REST_S = 60.0
"""How long the rest of a body may take after the answer was sent early."""
STALL_S = 300.0
"""How long a reader may accept no bytes; 48 KB take 160 s at 2.4 kbit/s."""


class Phase(Enum):
    """The phase of a connection's request."""

    REST = auto()
    HEAD = auto()
    BODY = auto()
    ANSWERED = auto()
    """The rest of a body comes after its request was answered."""


class Patience:
    """Ends one connection that takes too long; every method runs on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
        self._loop, self._end = loop, end
        self._phase = Phase.REST
        self._timer: asyncio.TimerHandle | None = None
        self._whole: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._came = 0
        self._held_back = False

    def look(self, phase: Phase, came: int, *, held_back: bool, in_pieces: bool = False) -> None:
        """Note the connection's phase after `came` more bytes; `held_back`: reading is paused.

        `in_pieces`: the body is kept piece by piece, so it may take any time.

        A head has one timeout for all of it, however its bytes are spread.
        """
        self._came += came
        self._held_back = held_back
        if phase is self._phase:
            return
        self._phase, self._came = phase, came
        self._stop()
        match phase:
            case Phase.HEAD:
                self._timer = self._loop.call_later(HEAD_S, self._end)
            case Phase.BODY:
                self._timer = self._loop.call_later(BODY_STEP_S, self._step)
                if not in_pieces:
                    self._whole = self._loop.call_later(WHOLE_S, self._end)
            case Phase.ANSWERED:
                self._timer = self._loop.call_later(REST_S, self._end)

    def _step(self) -> None:
        if self._came < LEAST_BODY_BYTES and not self._held_back:
            self._end()
            return
        self._came = 0
        self._timer = self._loop.call_later(BODY_STEP_S, self._step)

    def note_stall(self) -> None:
        """Start the timeout of a reader that accepts no bytes."""
        if self._stalled is None:
            self._stalled = self._loop.call_later(STALL_S, self._end)

    def note_progress(self) -> None:
        """Stop that timeout: the reader accepts bytes again."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def close(self) -> None:
        """Stop every timeout. Idempotent."""
        self.note_progress()
        self._stop()

    def _stop(self) -> None:
        for timer in (self._timer, self._whole):
            if timer is not None:
                timer.cancel()
        self._timer = self._whole = None
