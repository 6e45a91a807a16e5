"""Where a case can stand, after GB/T 30428."""

from __future__ import annotations

from desktop.protocol.word import OpenWord


class Stage(OpenWord):
    """Where a case stands; the side steps stay in the ledger."""

    COLLECTED = "collected"  # 信息采集
    FILED = "filed"  # 立案
    DISPATCHED = "dispatched"  # 派遣
    HANDLING = "handling"  # 处理
    FED_BACK = "fed_back"  # 反馈
    VERIFYING = "verifying"  # 核查
    CLOSED = "closed"  # 结案
    RETURNED = "returned"  # 回退
    DEFERRED = "deferred"  # 缓办
    VOID = "void"  # 作废
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Whether someone still has to do something; an unknown stage counts as open."""
        return self not in CLOSED_STAGES


CLOSED_STAGES = frozenset({Stage.CLOSED, Stage.VOID})
OPEN_STAGES = tuple(stage for stage in Stage if stage.is_open)
"""Open stages in their order, the unknown one last."""
LIFE_CYCLE = (
    Stage.FILED,
    Stage.DISPATCHED,
    Stage.HANDLING,
    Stage.FED_BACK,
    Stage.VERIFYING,
    Stage.CLOSED,
)
"""The main line, in order."""
