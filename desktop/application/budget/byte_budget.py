"""The meter: bytes by class and county day, against the day's budget."""

from __future__ import annotations

import logging
from datetime import datetime
from threading import Lock
from zoneinfo import ZoneInfo

import msgspec

from desktop.application.budget.link_estimator import PIECE_BYTES
from desktop.application.ports import Cache, StoreError
from desktop.application.reads.read_models import Usage
from desktop.domain.clock import Clock
from desktop.domain.instant import Instant
from desktop.domain.link import ByteCount, RequestStats, TrafficClass
from desktop.domain.source import Problem

log = logging.getLogger(__name__)

BUDGET_SPENT = Problem("budget_spent")
WRITTEN_EVERY_S = 30.0


class Allowance(msgspec.Struct, frozen=True):
    """What a profile's `[link]` table allows."""

    daily_bytes: int | None = None
    """Bytes of one county day, both ways, all sources; None without a limit."""
    originals_hours: tuple[str, str] | None = None
    """Local times between which originals are fetched unasked, over midnight too."""
    max_file_bytes: int | None = None
    """Largest file an officer may attach here, where it is less than the source takes."""


NO_LIMIT = Allowance()


class ByteBudget:
    """Counter of bytes, at once in memory and gathered on disk; calls may come from any thread."""

    def __init__(
        self, cache: Cache, clock: Clock, timezone: str, allowance: Allowance = NO_LIMIT
    ) -> None:
        self._cache, self._clock, self._zone = cache, clock, ZoneInfo(timezone)
        self.allowance = allowance
        self._lock = Lock()
        self._day = self._day_of(clock.now())
        self._spent: dict[TrafficClass, ByteCount] = dict(cache.traffic(self._day))
        self._only_words = cache.is_only_words(self._day)
        self._is_read = True
        """Whether `_spent` includes what was written of this day before."""
        self._unwritten: dict[str, dict[TrafficClass, ByteCount]] = {}
        self._written_s = clock.monotonic_s()

    def count_request(self, traffic: RequestStats) -> None:
        """Count one request."""
        with self._lock:
            self._turn_day()
            unwritten = self._unwritten.setdefault(self._day, {})
            for counted in (self._spent, unwritten):
                before = counted.get(traffic.kind, ByteCount())
                counted[traffic.kind] = ByteCount(
                    before.sent + traffic.sent, before.received + traffic.received
                )

    def bulk_left(self) -> int | None:
        """Bytes the day still has for snapshots and files; None without a limit."""
        budget = self.allowance.daily_bytes
        if budget is None:
            return None
        with self._lock:
            self._turn_day()
            return max(0, budget - sum(each.total for each in self._spent.values()))

    @property
    def over(self) -> bool:
        """Whether the day's bytes are spent, down to less than the smallest piece."""
        return is_spent(self.bulk_left())

    @property
    def only_words(self) -> bool:
        """Whether files wait, both ways, until the county's day ends."""
        with self._lock:
            self._turn_day()
            return self._only_words

    def set_only_words(self, on: bool) -> None:
        """Let only words go until the county's day ends, also after a restart; or files, too.

        Where the disk takes nothing now it holds for this run.
        """
        with self._lock:
            self._turn_day()
            self._only_words, day = on, self._day
        try:
            self._cache.set_only_words(day, on)
        except StoreError as error:
            log.info("the choice of words was not kept", extra={"code": error.problem.code})

    def usage(self) -> Usage:
        """Today's bytes."""
        over, originals_now = self.over, self.in_original_hours()
        with self._lock:
            return Usage(
                day=self._day,
                budget=self.allowance.daily_bytes,
                spent=dict(self._spent),
                over=over,
                originals_hours=self.allowance.originals_hours,
                originals_now=originals_now,
                only_words=self._only_words,
            )

    def in_original_hours(self) -> bool:
        """Whether it is the time of day at which originals are fetched unasked."""
        hours = self.allowance.originals_hours
        return hours is not None and within_hours(self._local(self._clock.now()), hours)

    def write(self, *, at_once: bool = False) -> None:
        """Write the counts, at most every 30 s; what the disk refuses stays counted in memory."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            if not self._unwritten or (not at_once and now_s - self._written_s < WRITTEN_EVERY_S):
                return
            gathered, self._unwritten, self._written_s = self._unwritten, {}, now_s
        for day in sorted(gathered):
            try:
                self._cache.add_traffic(day, gathered[day])
            except StoreError:
                with self._lock:
                    kept = self._unwritten.setdefault(day, {})
                    for kind, spent in gathered[day].items():
                        more = kept.get(kind, ByteCount())
                        kept[kind] = ByteCount(
                            more.sent + spent.sent, more.received + spent.received
                        )

    def _turn_day(self) -> None:
        """Count on the present day, also while the cache is closed or cannot be read.

        A connection that reports its bytes may outlive the cache by a moment.
        """
        day = self._day_of(self._clock.now())
        if day == self._day and self._is_read:
            return
        self._day = day
        try:
            # A clock put back finds what that day had spent, written or not.
            self._spent = dict(self._cache.traffic(day))
            self._only_words = self._cache.is_only_words(day)
            self._is_read = True
        except StoreError:
            self._spent, self._only_words, self._is_read = {}, False, False
        for kind, spent in self._unwritten.get(day, {}).items():
            before = self._spent.get(kind, ByteCount())
            self._spent[kind] = ByteCount(
                before.sent + spent.sent, before.received + spent.received
            )

    def _local(self, now: Instant) -> str:
        return datetime.fromtimestamp(now / 1000, self._zone).strftime("%H:%M")

    def _day_of(self, now: Instant) -> str:
        return datetime.fromtimestamp(now / 1000, self._zone).date().isoformat()


def is_spent(bulk_left: int | None) -> bool:
    """Whether so few bytes are left that no piece of anything fits."""
    return bulk_left is not None and bulk_left < PIECE_BYTES[0]


def within_hours(local: str, hours: tuple[str, str]) -> bool:
    """Whether a local time such as `23:10` lies between two others, over midnight too."""
    begins, ends = hours
    if begins <= ends:
        return begins <= local < ends
    return local >= begins or local < ends
