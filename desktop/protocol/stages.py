"""The stages of a case, after GB/T 30428."""

from __future__ import annotations

from desktop.protocol.word import OpenWord


class Stage(OpenWord):
    """The stage of a case; side steps stay recorded in its timeline."""

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
        """Whether a case at this stage still needs work; an unknown stage counts as open."""
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
"""The main stages, in order."""
