"""Link estimation: how good a source's line is, and how much to ask of it at once."""

from __future__ import annotations

from collections import deque
from threading import Lock

from desktop.application.ports import PullPlan
from desktop.domain.clock import Clock
from desktop.domain.instant import Instant
from desktop.domain.link import LinkState, LinkTier, RequestStats, TrafficClass

REMEMBERED = 9
"""Number of measurements kept; their median counts, so that an outlier changes nothing."""
LONGEST_MEMORY_S = 3600.0
"""Older measurements say nothing of the line now."""
LEAST_TELLING_BYTES = 4096
LEAST_TELLING_MS = 100.0
SURE_BYTES = 32 * 1024
"""A body this long measures the line's width however fast it came."""
SHORTEST_BODY_MS = 5.0
SMALL_BYTES = 4096
SILENCES = 2
"""After so many requests in a row without an answer, earlier measurements no longer hold."""

RISES_AT = {LinkTier.THUMBNAILS: 512_000.0, LinkTier.ORIGINALS: 4_000_000.0}
FALLS_BELOW = {tier: bits * 0.6 for tier, bits in RISES_AT.items()}
"""A line that swings about a threshold must not swing its tier with it."""
SLOWEST_MS = {LinkTier.THUMBNAILS: 2_000.0, LinkTier.ORIGINALS: 1_000.0}

PAGE_S, PIECE_S = 2.0, 4.0
PAGE_BYTES = (4 * 1024, 64 * 1024)
PIECE_BYTES = (16 * 1024, 1024 * 1024)
UNKNOWN_BITS_PER_S = 128_000.0
"""Width assumed of a line not yet measured: low enough for a bad one."""

FIRST_UPLOAD_BYTES = 32 * 1024
"""On a line that carried none yet, four seconds at 64 kbit/s; with less a piece is mostly head and
delay."""
UPLOAD_BYTES = (16 * 1024, 2 * 1024 * 1024)
UPLOAD_DELAYS = 8
"""So many delays of the line a piece may take: the wait for its answer is then a ninth of it."""
UPLOAD_S = (1.0, 5.0)
"""What a command may have to wait for, the line's own delay aside."""
MOST_TIMES_LARGER = 4
"""How many times as large the next piece may be: one answer may have come from a buffer."""


class UploadPace:
    """Size of the next piece; it begins anew after a piece that broke off, for what is under way
    when a line is cut has to be sent again.

    Used by the thread that sends; `begin_anew` by any.
    """

    def __init__(self) -> None:
        self.piece_bytes = FIRST_UPLOAD_BYTES

    def note_sent(self, size: int, took_s: float, delay_s: float | None) -> None:
        """Learn from a piece of that size, which took so long until it was answered.

        `delay_s` is the line's as measured by small requests.
        """
        least_s, most_s = UPLOAD_S
        aim_s = min(max(UPLOAD_DELAYS * (delay_s or 0.0), least_s), most_s)
        is_full = size >= self.piece_bytes
        if is_full or took_s > aim_s:  # The short end of a file tells of delay alone.
            rate = size / max(took_s, 0.001)
            wanted = max(rate * aim_s, min(FIRST_UPLOAD_BYTES, rate * most_s))
            larger = min(wanted, MOST_TIMES_LARGER * self.piece_bytes)
            self.piece_bytes = _within(larger, UPLOAD_BYTES)

    def begin_anew(self) -> None:
        """Go on with small pieces: the last broke off, or this is another line."""
        self.piece_bytes = FIRST_UPLOAD_BYTES


class LinkEstimator:
    """Estimator of one line, fed by the threads that make requests; read from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._bits: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._delays: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._silences = 0
        self._tier = LinkTier.TEXT
        self._measured_at: Instant | None = None
        self.uploads = UploadPace()

    def add_request(self, traffic: RequestStats) -> None:
        """Take one finished or broken-off request into account."""
        if traffic.kind is TrafficClass.HINTS:
            return  # A quiet stream is normal and measures nothing.
        bits, delay = bits_per_s(traffic), delay_ms(traffic)
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._silences = self._silences + 1 if traffic.delay_ms is None else 0
            if self._silences >= SILENCES:
                self._bits.clear()
                self._delays.clear()
                self._tier = LinkTier.TEXT
            if bits is not None:
                self._bits.append((now_s, bits))
            if delay is not None:
                self._delays.append((now_s, delay))
            if bits is not None or delay is not None:
                self._measured_at = self._clock.now()
            self._tier = next_tier(self._tier, *self._note_measured(now_s))

    def forget(self) -> None:
        """Drop all measurements: the computer is on another network."""
        with self._lock:
            self._bits.clear()
            self._delays.clear()
            self._tier, self._measured_at, self._silences = LinkTier.TEXT, None, 0
        self.uploads.begin_anew()

    def state(self) -> LinkState:
        """Return the state of the line by the latest measurements."""
        with self._lock:
            bits, delay = self._note_measured(self._clock.monotonic_s())
            known = bits is not None or delay is not None
            return LinkState(
                bits_per_s=bits,
                delay_ms=delay,
                tier=next_tier(self._tier, bits, delay),
                measured_at=self._measured_at if known else None,
            )

    def _note_measured(self, now_s: float) -> tuple[float | None, float | None]:
        return _middle(self._bits, now_s), _middle(self._delays, now_s)


def bits_per_s(traffic: RequestStats) -> float | None:
    """Return the line's width that a request shows; None when its body was too short."""
    telling = traffic.received >= LEAST_TELLING_BYTES and traffic.body_ms >= LEAST_TELLING_MS
    if traffic.delay_ms is None or not (telling or traffic.received >= SURE_BYTES):
        return None
    return traffic.received * 8000 / max(traffic.body_ms, SHORTEST_BODY_MS)


def delay_ms(traffic: RequestStats) -> float | None:
    """Return the line's delay that a small request on an open connection shows, else None."""
    if traffic.fresh or traffic.delay_ms is None or traffic.sent > SMALL_BYTES:
        return None
    return traffic.delay_ms


def next_tier(tier: LinkTier, bits: float | None, delay: float | None) -> LinkTier:
    """The tier after a measurement: rises at once, and falls only well below where it rose."""
    best = LinkTier.TEXT
    for step in (LinkTier.THUMBNAILS, LinkTier.ORIGINALS):
        held = _rank(tier) >= _rank(step)
        needed = FALLS_BELOW[step] if held else RISES_AT[step]
        too_slow = delay is not None and delay > SLOWEST_MS[step] * (1.5 if held else 1.0)
        if bits is None or bits < needed or too_slow:
            break
        best = step
    return best


def pull_plan(link: LinkState, *, bulk_left: int | None = None) -> PullPlan:
    """Return how much to ask for at once; `bulk_left` is what the day has left for snapshots."""
    rate = UNKNOWN_BITS_PER_S if link.bits_per_s is None else link.bits_per_s
    spent = bulk_left is not None and bulk_left < PIECE_BYTES[0]
    piece = _within(rate / 8 * PIECE_S, PIECE_BYTES)
    if bulk_left is not None and not spent:
        piece = min(piece, bulk_left)
    return PullPlan(
        page_bytes=_within(rate / 8 * PAGE_S, PAGE_BYTES),
        piece_bytes=piece,
        lean=link.weak,
        allow_snapshot=not spent,
    )


def _middle(measured: deque[tuple[float, float]], now_s: float) -> float | None:
    fresh = sorted(value for at_s, value in measured if now_s - at_s <= LONGEST_MEMORY_S)
    if not fresh:
        return None
    middle = len(fresh) // 2
    return fresh[middle] if len(fresh) % 2 else (fresh[middle - 1] + fresh[middle]) / 2


def _rank(tier: LinkTier) -> int:
    return _RANKS[tier]


_RANKS = {tier: rank for rank, tier in enumerate(LinkTier)}


def _within(wanted: float, bounds: tuple[int, int]) -> int:
    least, most = bounds
    return int(min(max(wanted, least), most))
