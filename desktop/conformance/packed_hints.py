"""The pages that a packed stream of hints has brought."""

from __future__ import annotations

import time

from desktop.conformance.line import Endless
from desktop.wire.level2 import Frames, Hint, HintReader

HEARD_WITHIN_S = 3.0


def hear_pages(stream: Endless, number: int, frames: Frames) -> list[bytes]:
    """Return the pages up to the hint with that number, or those that came in time.

    WireError when it is no such stream.
    """
    until_s = time.monotonic() + HEARD_WITHIN_S
    while True:
        left_s = until_s - time.monotonic()
        body = stream.hear(max(0.01, left_s))
        hints: list[Hint] = list(HintReader(frames).read(body))
        if left_s <= 0 or any(hint.number >= number for hint in hints):
            return [hint.page for hint in hints if hint.page]
