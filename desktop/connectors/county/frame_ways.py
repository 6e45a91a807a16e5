"""The ways frames leave a desk: a serial line, and a gateway that takes each one over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from desktop.application.ports import SourceError
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.request import Limits
from desktop.domain.clock import Clock
from desktop.protocol.serial_line import SerialLine
from desktop.wire.frames.line import LineReader, put_on_line

WRITE_TIMEOUT_S, LOOK_EVERY_S = 30.0, 0.5
MEDIA = "application/octet-stream"
TAKEN = (200, 201, 202, 204)
GATEWAY_LIMITS = Limits(deadline_s=60.0, max_bytes=65_536)


class Way(Protocol):
    """A way for frames; its owner closes it."""

    failure: SourceError | None
    """Why the last frame was not taken; None when it was, or when that is an OSError."""

    def send(self, frame: bytes) -> bool:
        """Send a frame; whether it may have left."""

    def listen(self, wait_s: float, is_cut: Callable[[], bool]) -> Iterator[bytes]:
        """Yield the frames that come back, until none has for that time or it `is_cut`."""

    def close(self) -> None:
        """Close the way."""


class SerialWay:
    """A serial line, such as a radio's or a satellite terminal's."""

    def __init__(self, device: str, speed: int) -> None:
        """Open the device; OSError where that is impossible."""
        self._line, self._reader = SerialLine(device, speed), LineReader()
        self.failure: SourceError | None = None

    def send(self, frame: bytes) -> bool:
        """Send a frame; whether it may have left. A line that takes nothing is an OSError."""
        self._line.write(put_on_line(frame), WRITE_TIMEOUT_S)
        return True

    def listen(self, wait_s: float, is_cut: Callable[[], bool]) -> Iterator[bytes]:
        """Yield the frames that come back, until nothing has come for that time or it `is_cut`."""
        last_s = time.monotonic() + wait_s
        while (left_s := last_s - time.monotonic()) > 0 and not is_cut():
            data = self._line.read(min(left_s, LOOK_EVERY_S))
            if data:
                last_s = time.monotonic() + wait_s
            yield from self._reader.feed(data)

    def close(self) -> None:
        """Close the device."""
        self._line.close()


class GatewayWay:
    """A gateway that takes one frame with each POST; the answers may hold frames for us."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._http = HttpClient(url, clock, limits=GATEWAY_LIMITS, lean=True)
        self._answers: list[bytes] = []
        self.failure: SourceError | None = None

    def send(self, frame: bytes) -> bool:
        """Send a frame; whether it may have left."""
        try:
            reply = self._http.post("", frame, content=MEDIA, accept=MEDIA, expect=TAKEN)
        except SourceError as error:
            self.failure = error
            return error.may_have_left
        self.failure = None
        self._answers += LineReader().feed(reply.body)
        return True

    def listen(self, _wait_s: float, _is_cut: Callable[[], bool]) -> Iterator[bytes]:
        """Yield the frames that came with the answers."""
        answers, self._answers = self._answers, []
        yield from answers

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
