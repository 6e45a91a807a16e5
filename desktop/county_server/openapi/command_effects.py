"""What each command makes of its row, and from which stages: said with its schema."""

from __future__ import annotations

from desktop.county_server.stages import TABLE, WHILE_OPEN


def _says(zh: str, en: str) -> tuple[str, str]:
    return zh, en


EFFECTS: dict[str, tuple[str, str]] = {
    "create": _says(
        "recorded_at 是服务器的现在，经过里第一条的 kind 是 `intake`",
        "its `recorded_at` is the server's now, and the first entry of its timeline is of kind"
        " `intake`",
    ),
    "acknowledge": _says(
        "首次确认写入 acknowledged_at 和 acknowledged_by，"
        "再次确认照样 accepted、什么也不改；"
        "事件的阶段不变；告警由 `unacknowledged` 变为 `acknowledged`，"
        "由 `returned_unacknowledged` 变为 `normal`",
        "the first one sets `acknowledged_at` and `acknowledged_by`, a later one is accepted and"
        " changes nothing; the stage stays; an alarm goes from `unacknowledged` to `acknowledged`"
        " and from `returned_unacknowledged` to `normal`",
    ),
    "note": _says(
        "阶段不变，任何阶段都可以；只在经过里添一条",
        "from any stage, which stays; only the timeline gets an entry",
    ),
    "dispatch": _says("`lead_unit` 变为 `unit`", "`lead_unit` becomes `unit`"),
    "feedback": _says(
        "未办结的 `handle` 时限得到 done_at",
        "the running deadline `handle` gets its `done_at`",
    ),
    "verify": _says(
        "以上是 `passed` 为 true；为 false 时变为 `handling`，"
        "`handle` 时限重新计时。反馈人自己核查的，答 rejected",
        "that is with `passed` true; with false it goes to `handling`, and the deadline `handle`"
        " runs again. Who fed the case back does not verify it: `rejected`",
    ),
    "close": _says("", ""),
    "escalate": _says(
        "`level` 变为所给的等级；不比现在严重的，答 rejected",
        "`level` becomes the one given; one that is not worse is `rejected`",
    ),
    "extend": _says(
        "未办结的 `handle` 时限变为 `due_at`；没有这样的时限或不更晚的，答 rejected",
        "the running deadline `handle` becomes `due_at`; without one, or to no later moment:"
        " `rejected`",
    ),
    "defer": _says("`until` 已过的，答 rejected", "with an `until` that is over: `rejected`"),
    "return": _says("", ""),
    "void": _says(
        "未办结的 `handle` 时限得到 done_at",
        "the running deadline `handle` gets its `done_at`",
    ),
    "shelve": _says(
        "`state` 变为 `shelved`，写入 shelved_until 和 shelved_by；"
        "到时自行变回 `unacknowledged`，已恢复的变为 `returned_unacknowledged`；"
        "`suppressed` 与 `out_of_service` 的，答 rejected",
        "`state` becomes `shelved`, with `shelved_until` and `shelved_by`; when the time is over"
        " it is `unacknowledged` again, `returned_unacknowledged` where it was cleared; of one"
        " that is `suppressed` or `out_of_service`: `rejected`",
    ),
    "unshelve": _says(
        "`state` 变为 `acknowledged`，已恢复的变为 `normal`；没有搁置的照样 accepted、什么也不改",
        "`state` becomes `acknowledged`, `normal` where it was cleared; of one that is not shelved"
        " it is accepted and changes nothing",
    ),
    "attach": _says(
        "阶段不变，任何阶段都可以；`files` 添一条，文件到齐之前 here 为 false",
        "from any stage, which stays; `files` gets an entry, whose `here` is false until all of"
        " the file has come",
    ),
}
"""What a command does besides leading to another stage."""


def lawful(kind: str) -> tuple[str, str]:
    """From which stages the command may be given and to which it leads; empty when any will do."""
    if kind in WHILE_OPEN:
        return (
            "除 `closed` 和 `void` 外任何阶段都可以，阶段不变",
            "From any stage but `closed` and `void`, which stays",
        )
    ways = TABLE.get(kind, {})
    if not ways:
        return "", ""
    (end,) = {path[-1] for path in ways.values()}
    if kind == "create":
        return f"新事件的阶段是 `{end}`", f"The new incident is at stage `{end}`"
    starts = [f"`{stage}`" for stage in ways]
    zh, en = "、".join(starts), ", ".join(starts)
    return (
        f"只能从阶段 {zh} 到 `{end}`，其他阶段答 rejected",
        f"From stage {en} to `{end}`, `rejected` from any other",
    )


def effect_of(kind: str) -> tuple[str, str]:
    """All that a command does to its row, in Chinese and in English."""
    (way_zh, way_en), (does_zh, does_en) = lawful(kind), EFFECTS[kind]
    zh = "；".join(each for each in (way_zh, does_zh) if each)
    en = "; ".join(each for each in (way_en, does_en) if each)
    return f"{zh}。", f"{en[:1].upper()}{en[1:]}."
