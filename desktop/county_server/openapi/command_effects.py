"""The effect of each command on its row, and the stages it may start from, for its schema."""

from __future__ import annotations

from desktop.protocol.commands import CommandKind
from desktop.protocol.lifecycle import FIRST_STAGE
from desktop.protocol.stages import OPEN_STAGES


def lawful(kind: str) -> tuple[str, str]:
    """Describe the stages a command may start from and leads to; empty when any stage will do."""
    row = CommandKind(kind).row
    if row.allowed_from == OPEN_STAGES:
        return (
            "除 `closed` 和 `void` 外任何阶段都可以，阶段不变",
            "From any stage but `closed` and `void`, which stays",
        )
    if kind == CommandKind.CREATE:
        return f"新事件的阶段是 `{FIRST_STAGE}`", f"The new incident is at stage `{FIRST_STAGE}`"
    if not row.allowed_from:
        return "", ""
    starts = [f"`{stage}`" for stage in row.allowed_from]
    zh, en = "、".join(starts), ", ".join(starts)
    if row.leads_to is None:
        return (
            f"只能从阶段 {zh}，阶段不变，其他阶段答 rejected",
            f"From stage {en}, which stays, `rejected` from any other",
        )
    return (
        f"只能从阶段 {zh} 到 `{row.leads_to}`，其他阶段答 rejected",
        f"From stage {en} to `{row.leads_to}`, `rejected` from any other",
    )


def effect_of(kind: str) -> tuple[str, str]:
    """Describe all that a command does to its row, in Chinese and in English."""
    (way_zh, way_en), (does_zh, does_en) = lawful(kind), CommandKind(kind).row.effect
    zh = "；".join(each for each in (way_zh, does_zh) if each)
    en = "; ".join(each for each in (way_en, does_en) if each)
    return f"{zh}。", f"{en[:1].upper()}{en[1:]}."
