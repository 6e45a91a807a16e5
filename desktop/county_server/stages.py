"""The life of a case as a table: which command leads from which stage over which to which.

After GB/T 30428. A command may pass a stage nobody reported: feedback on a dispatched
case means that it was handled. Stages this server does not know count as open ones.
"""

from __future__ import annotations

CLOSED = frozenset({"closed", "void"})

TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "create": {"": ("filed",)},
    "dispatch": {
        "collected": ("filed", "dispatched"),
        "filed": ("dispatched",),
        "returned": ("dispatched",),
        "deferred": ("dispatched",),
    },
    "feedback": {"dispatched": ("handling", "fed_back"), "handling": ("fed_back",)},
    "verify": {"fed_back": ("verifying",)},
    "refute": {"fed_back": ("verifying", "handling")},
    "close": {"verifying": ("closed",)},
    "return": {"dispatched": ("returned",), "handling": ("returned",)},
    "defer": {
        "filed": ("deferred",),
        "dispatched": ("handling", "deferred"),
        "handling": ("deferred",),
    },
    "void": {
        "collected": ("void",),
        "filed": ("void",),
        "returned": ("void",),
        "deferred": ("void",),
    },
}
"""By step and stage: the stages passed, the last one where the case then stands.

`refute` is a verification that did not pass.
"""

WHILE_OPEN = frozenset({"escalate", "extend"})
"""Commands on any open case that leave it where it stands."""

CHECKS_BASE = frozenset(TABLE) - {"create", "refute"} | WHILE_OPEN
"""Commands that come back as a conflict when others have changed the row meanwhile."""

NAMES = {
    "collected": ("已采集", "collected"),
    "filed": ("已立案", "filed"),
    "dispatched": ("已派遣", "dispatched"),
    "handling": ("处理中", "being handled"),
    "fed_back": ("已反馈", "fed back"),
    "verifying": ("核查中", "being verified"),
    "closed": ("已结案", "closed"),
    "returned": ("已回退", "returned"),
    "deferred": ("缓办中", "deferred"),
    "void": ("已作废", "void"),
}


def next_stage(step: str, stage: str) -> str | None:
    """Where a case stands after the step, or None when it may not be taken from there."""
    if step in WHILE_OPEN:
        return None if stage in CLOSED else stage
    path = TABLE.get(step, {}).get(stage)
    return path[-1] if path else None
