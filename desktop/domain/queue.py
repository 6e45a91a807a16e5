"""Service queues (服务队列): hall counters, hotline desks and online matters."""

from __future__ import annotations

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.protocol.word import OpenWord


class QueueKind(OpenWord):
    """Where people wait."""

    COUNTER = "counter"  # 窗口
    HOTLINE = "hotline"  # 12345 话务
    ONLINE = "online"  # 网上办
    UNKNOWN = "unknown"


class ServiceQueue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One queue as last received from its source; None is "not reported", never zero."""

    source: str
    id: str
    name: Text
    kind: QueueKind
    site: Text
    """Hall, desk or site."""
    township: str
    waiting: int | None = None
    longest_wait_s: int | None = None
    average_wait_s: int | None = None
    served_today: int | None = None
    counters_open: int | None = None
    counters_total: int | None = None
    waiting_limit: int | None = None
    wait_limit_s: int | None = None
    observed_at: Instant | None = None
    version: int = 0

    @property
    def congested(self) -> bool:
        """Whether waiting or wait has passed this queue's own threshold."""
        over_count = (
            self.waiting is not None
            and self.waiting_limit is not None
            and self.waiting >= self.waiting_limit
        )
        over_wait = (
            self.longest_wait_s is not None
            and self.wait_limit_s is not None
            and self.longest_wait_s >= self.wait_limit_s
        )
        return over_count or over_wait
