"""Bytes sent and received by one client, counted at its connections, before TLS."""

from __future__ import annotations

from desktop.domain.clock import Clock
from desktop.domain.instant import SECOND
from desktop.domain.link import RequestStats, TrafficClass


class ByteCounter:
    """Counter of one request after another; written by the client's own thread, read by any."""

    def __init__(self, clock: Clock) -> None:
        self.sent = 0
        self.received = 0
        self.fresh = False
        """Whether the last attempt needed a new connection."""
        self.heard = False
        """Whether any bytes were received in the last attempt."""
        self.left = False
        """Whether bytes of the request, in any attempt, may have left this computer."""
        self.left_before = False
        """Whether bytes of an attempt before the last may have."""
        self._clock = clock
        self._told_sent = 0
        self._told_received = 0
        self._fresh = False
        self._asked_s = 0.0
        self._first_s: float | None = None
        self._last_s = 0.0

    def begin(self) -> None:
        """Start counting a request."""
        self._fresh = self.left = False
        self.prepare()
        self.attempt()

    def prepare(self) -> None:
        """Note that an attempt begins, of which nothing has left yet."""
        self.left_before = self.left

    def attempt(self) -> None:
        """Start counting an attempt: the request, or its repetition, is about to be sent."""
        self.fresh = self.heard = False
        self._first_s = None
        self._asked_s = self._clock.monotonic_s()

    def note_fresh(self) -> None:
        """Note that a new connection is being made for the request."""
        self.fresh = self._fresh = True

    def note_leaving(self) -> None:
        """Note that bytes of the request are about to go out on an open connection."""
        self.left = True

    def note_sent(self, count: int) -> None:
        """Count bytes handed to the connection."""
        self.sent += count
        # A fresh connection's delay holds its handshakes, so it runs from before them.
        if not self.fresh:
            self._asked_s = self._clock.monotonic_s()

    def note_received(self, count: int) -> None:
        """Count bytes received from the connection."""
        self.received += count
        self.heard = True
        self._last_s = self._clock.monotonic_s()
        if self._first_s is None:
            self._first_s = self._last_s

    def traffic(self, kind: TrafficClass) -> RequestStats:
        """Return the bytes used since the last call, with the times of the last attempt."""
        first_s = self._first_s
        told = RequestStats(
            kind=kind,
            sent=self.sent - self._told_sent,
            received=self.received - self._told_received,
            delay_ms=None if first_s is None else (first_s - self._asked_s) * SECOND,
            body_ms=0.0 if first_s is None else (self._last_s - first_s) * SECOND,
            fresh=self._fresh,
        )
        self._told_sent, self._told_received = self.sent, self.received
        return told
