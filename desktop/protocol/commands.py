"""The table of commands: one row for each kind, which defines everything about that kind.

The forms' fields, the bodies on the wire, the server's checks, the buttons under an incident,
the API's document and the table of stages in `serving.md` are all drawn from these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

import msgspec

from desktop.protocol.collection import Collection as Collection  # noqa: PLC0414 - from here
from desktop.protocol.fields import (
    ADDRESS,
    CATEGORY,
    CHANNEL,
    DUE_AT,
    EDITION,
    FILE,
    FORM,
    LEVEL,
    MINUTES,
    OCCURRED_AT,
    OWN_TOWNSHIP,
    PASSED,
    PERIOD,
    PLACE,
    REASON,
    SUMMARY,
    TEXT,
    TITLE,
    TOWNSHIP,
    UNIT,
    UNTIL,
    VALUES,
    WORSE_LEVEL,
    Field,
    Words,
    validate_fields,
)  # fmt: skip
from desktop.protocol.fields import FieldKind as FieldKind  # noqa: PLC0414 - for new rows
from desktop.protocol.fields import InvalidField as InvalidField  # noqa: PLC0414 - known from here
from desktop.protocol.stages import OPEN_STAGES, Stage


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table of commands: the properties of one kind."""

    on: tuple[Collection, ...]
    """The collections whose rows take the command."""
    fields: tuple[Field, ...] = ()
    """The fields of the command's body, in the order of the form."""
    allowed_from: tuple[Stage, ...] = ()
    """The stages the command may start from (GB/T 30428); empty where the stage does not matter."""
    leads_to: Stage | None = None
    """The stage of the case afterwards; None leaves it as it is."""
    failing_leads_to: Stage | None = None
    """The stage of the case afterwards when the field `passed` is false."""
    checks_version: bool = False
    """Whether a command on a row that changed since the officer saw it is answered with a conflict.

    A note and a file append, an acknowledgement and a shelf are idempotent, a new incident
    has nothing before it.
    """
    number: int | None = None
    """The kind's permanent number at level 2; a kind without one is sent as its word."""
    meaning: Words
    """The command's name in the API's document."""
    effect: Words = ("", "")
    """The command's effects besides leading to another stage."""
    in_timeline: Words | None = None
    """The name of the timeline entry that the command leaves; None where it leaves none."""
    example: dict[str, Any] = {}
    """An example of the command's body on the wire."""


ON_INCIDENTS = (Collection.INCIDENTS,)
ON_ALARMS = (Collection.ALARMS,)
BEFORE_DISPATCH = (Stage.COLLECTED, Stage.FILED, Stage.RETURNED, Stage.DEFERRED)
AT_WORK = (Stage.DISPATCHED, Stage.HANDLING)


class CommandKind(StrEnum):
    """The kinds of command; each member holds its word on the wire and its row of the table."""

    _value_: str
    row: Row

    def __new__(cls, word: str, row: Row | None = None) -> Self:
        assert row is not None  # Looking a member up by its word does not come here.
        member = str.__new__(cls, word)
        member._value_, member.row = word, row
        return member

    CREATE = (
        "create",
        Row(
            on=ON_INCIDENTS,
            number=0,
            fields=(
                *(TITLE, LEVEL, CATEGORY, CHANNEL, TOWNSHIP),
                *(OCCURRED_AT, ADDRESS, PLACE, SUMMARY),
            ),
            meaning=("接报：新建事件", "a new incident"),
            effect=(
                "recorded_at 是服务器的现在，经过里第一条的 kind 是 `intake`",
                (
                    "its `recorded_at` is the server's now, and the first entry of its "
                    "timeline is of kind `intake`"
                ),
            ),
            example={
                "title": "西河乡河堤渗水",
                "level": "ordinary",
                "category": "river_level",
                "channel": "patrol",
                "township": "xihe",
                "occurred_at": "2026-05-01T09:35:00+08:00",
                "address": "西河大堤 3 号桩",
                "place": {"lon": 118.1408, "lat": 31.8837},
                "summary": "渗水约 2 平方米，清水",
            },
        ),
    )
    ACKNOWLEDGE = (
        "acknowledge",
        Row(
            on=(Collection.INCIDENTS, Collection.ALARMS),
            number=1,
            meaning=("确认：已看到", "seen"),
            in_timeline=("确认", "acknowledged"),
            effect=(
                (
                    "首次确认写入 acknowledged_at 和 acknowledged_by，再次确认照样 accepted、什"
                    "么也不改；事件的阶段不变；告警由 `unacknowledged` 变为 `acknowledged`，由 "
                    "`returned_unacknowledged` 变为 `normal`"
                ),
                (
                    "the first one sets `acknowledged_at` and `acknowledged_by`, a later one "
                    "is accepted and changes nothing; the stage stays; an alarm goes from "
                    "`unacknowledged` to `acknowledged` and from `returned_unacknowledged` to "
                    "`normal`"
                ),
            ),
        ),
    )
    NOTE = (
        "note",
        Row(
            on=ON_INCIDENTS,
            number=2,
            fields=(REASON,),
            meaning=("备注", "a remark"),
            in_timeline=("备注", "a remark"),
            effect=(
                "阶段不变，任何阶段都可以；只在经过里添一条",
                "from any stage, which stays; only the timeline gets an entry",
            ),
            example={"text": "已电话核实，双向中断"},
        ),
    )
    DISPATCH = (
        "dispatch",
        Row(
            on=ON_INCIDENTS,
            number=3,
            fields=(UNIT, TEXT),
            allowed_from=BEFORE_DISPATCH,
            leads_to=Stage.DISPATCHED,
            checks_version=True,
            meaning=("派遣", "who is to handle it"),
            in_timeline=("派遣", "dispatched"),
            effect=("`lead_unit` 变为 `unit`", "`lead_unit` becomes `unit`"),
            example={"unit": "县交通局", "text": "请带铲车"},
        ),
    )
    FEEDBACK = (
        "feedback",
        Row(
            on=ON_INCIDENTS,
            number=4,
            fields=(REASON,),
            allowed_from=AT_WORK,
            leads_to=Stage.FED_BACK,
            checks_version=True,
            meaning=("反馈", "what the handling came to"),
            in_timeline=("反馈", "fed back"),
            effect=(
                "未办结的 `handle` 时限得到 done_at",
                "the running deadline `handle` gets its `done_at`",
            ),
            example={"text": "已抢通一条车道"},
        ),
    )
    VERIFY = (
        "verify",
        Row(
            on=ON_INCIDENTS,
            number=5,
            fields=(PASSED, TEXT),
            allowed_from=(Stage.FED_BACK,),
            leads_to=Stage.VERIFYING,
            failing_leads_to=Stage.HANDLING,
            checks_version=True,
            meaning=("核查", "whether the handling holds"),
            in_timeline=("核查", "verified"),
            effect=(
                (
                    "以上是 `passed` 为 true；为 false 时变为 `handling`，`handle` 时限重新计"
                    "时。反馈人自己核查的，答 rejected"
                ),
                (
                    "that is with `passed` true; with false it goes to `handling`, and the "
                    "deadline `handle` runs again. Who fed the case back does not verify it: "
                    "`rejected`"
                ),
            ),
            example={"passed": True, "text": "现场核实"},
        ),
    )
    CLOSE = (
        "close",
        Row(
            on=ON_INCIDENTS,
            number=6,
            fields=(TEXT,),
            allowed_from=(Stage.VERIFYING,),
            leads_to=Stage.CLOSED,
            checks_version=True,
            meaning=("结案", "the end of a verified case"),
            in_timeline=("结案", "closed"),
            example={"text": "恢复通行"},
        ),
    )
    ESCALATE = (
        "escalate",
        Row(
            on=ON_INCIDENTS,
            number=7,
            fields=(WORSE_LEVEL, REASON),
            allowed_from=OPEN_STAGES,
            checks_version=True,
            meaning=("升级", "a worse level"),
            in_timeline=("升级", "escalated"),
            effect=(
                "`level` 变为所给的等级；不比现在严重的，答 rejected",
                "`level` becomes the one given; one that is not worse is `rejected`",
            ),
            example={"level": "major", "text": "发现有人被困"},
        ),
    )
    EXTEND = (
        "extend",
        Row(
            on=ON_INCIDENTS,
            number=8,
            fields=(DUE_AT, REASON),
            allowed_from=OPEN_STAGES,
            checks_version=True,
            meaning=("延期", "a later handling deadline"),
            in_timeline=("延期", "deadline extended"),
            effect=(
                "未办结的 `handle` 时限变为 `due_at`；没有这样的时限或不更晚的，答 rejected",
                (
                    "the running deadline `handle` becomes `due_at`; without one, or to no "
                    "later moment: `rejected`"
                ),
            ),
            example={"due_at": "2026-05-01T18:00:00+08:00", "text": "等待大型机械"},
        ),
    )
    DEFER = (
        "defer",
        Row(
            on=ON_INCIDENTS,
            number=9,
            fields=(UNTIL, REASON),
            allowed_from=(Stage.FILED, *AT_WORK),
            leads_to=Stage.DEFERRED,
            checks_version=True,
            meaning=("缓办", "put off until a moment"),
            in_timeline=("缓办", "deferred"),
            effect=("`until` 已过的，答 rejected", "with an `until` that is over: `rejected`"),
            example={"until": "2026-05-03T08:00:00+08:00", "text": "待雨停"},
        ),
    )
    RETURN = (
        "return",
        Row(
            on=ON_INCIDENTS,
            number=10,
            fields=(REASON,),
            allowed_from=AT_WORK,
            leads_to=Stage.RETURNED,
            checks_version=True,
            meaning=("回退", "given back by its unit"),
            in_timeline=("回退", "returned"),
            example={"text": "不属本单位管辖"},
        ),
    )
    VOID = (
        "void",
        Row(
            on=ON_INCIDENTS,
            number=11,
            fields=(REASON,),
            allowed_from=BEFORE_DISPATCH,
            leads_to=Stage.VOID,
            checks_version=True,
            meaning=("作废", "not a case after all"),
            in_timeline=("作废", "void"),
            effect=(
                "未办结的 `handle` 时限得到 done_at",
                "the running deadline `handle` gets its `done_at`",
            ),
            example={"text": "与 SJ-2026-004120 重复"},
        ),
    )
    SHELVE = (
        "shelve",
        Row(
            on=ON_ALARMS,
            number=12,
            fields=(MINUTES, REASON),
            meaning=("搁置告警", "an alarm put aside for a time"),
            effect=(
                (
                    "`state` 变为 `shelved`，写入 shelved_until 和 shelved_by；到时自行变回 "
                    "`unacknowledged`，已恢复的变为 `returned_unacknowledged`；`suppressed` 与 "
                    "`out_of_service` 的，答 rejected"
                ),
                (
                    "`state` becomes `shelved`, with `shelved_until` and `shelved_by`; when "
                    "the time is over it is `unacknowledged` again, `returned_unacknowledged` "
                    "where it was cleared; of one that is `suppressed` or `out_of_service`: "
                    "`rejected`"
                ),
            ),
            example={"minutes": 60, "text": "传感器检修"},
        ),
    )
    UNSHELVE = (
        "unshelve",
        Row(
            on=ON_ALARMS,
            number=13,
            meaning=("取消搁置", "an alarm taken back before its time"),
            effect=(
                (
                    "`state` 变为 `acknowledged`，已恢复的变为 `normal`；没有搁置的照样 "
                    "accepted、什么也不改"
                ),
                (
                    "`state` becomes `acknowledged`, `normal` where it was cleared; of one "
                    "that is not shelved it is accepted and changes nothing"
                ),
            ),
        ),
    )
    ATTACH = (
        "attach",
        Row(
            on=ON_INCIDENTS,
            number=14,
            fields=(FILE,),
            meaning=("附件", "a file of the incident"),
            in_timeline=("附件", "a file"),
            effect=(
                "阶段不变，任何阶段都可以；`files` 添一条，文件到齐之前 here 为 false",
                (
                    "from any stage, which stays; `files` gets an entry, whose `here` is false "
                    "until all of the file has come"
                ),
            ),
            example={
                "file": {
                    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "name": "现场.jpg",
                    "size": 183402,
                    "media_type": "image/jpeg",
                }
            },
        ),
    )
    TAKE_UP = (
        "take_up",
        Row(
            on=ON_INCIDENTS,
            number=16,
            allowed_from=(Stage.DISPATCHED,),
            leads_to=Stage.HANDLING,
            checks_version=True,
            meaning=("签收：承办单位接下", "its unit takes the case on"),
            in_timeline=("签收", "taken up"),
        ),
    )
    REPORT = (
        "report",
        Row(
            on=(Collection.REPORTS,),
            number=15,
            fields=(FORM, EDITION, OWN_TOWNSHIP, PERIOD, VALUES),
            checks_version=True,
            meaning=("报送报表", "a report table"),
            in_timeline=("报送", "a report upwards"),
            effect=(
                (
                    "target 是 `{form}/{township}/{period}`：没有这一行就新建，已有的按更正办，"
                    "改了哪些写入经过；值按所填的那一版检查，较早的版也收；报告期在未来的，"
                    "答 rejected"
                ),
                (
                    "its `target` is `{form}/{township}/{period}`: a new row where there is none,"
                    " else a correction, whose changes its timeline tells; the values are checked"
                    " by the edition named, also an older one; for a period that lies in the"
                    " future: `rejected`"
                ),
            ),
            example={
                "form": "daily",
                "edition": 1,
                "township": "shimen",
                "period": "2026-05-01",
                "values": [{"field": "moved", "value": "36"}],
            },
        ),
    )


def validate_body(kind: CommandKind, body: Mapping[str, Any]) -> dict[str, Any]:
    """Check a body and return it as stored: without empty optional fields, otherwise unchanged.

    Raises InvalidField for the first field that is missing, unknown or not of its kind.
    """
    return validate_fields(kind.row.fields, body)
