"""Every vocabulary of the county API: its words, their meanings, and the fields that use it.

A reader keeps and shows a word it does not know, and treats it as none of those it knows.
"""

from __future__ import annotations

import msgspec

from desktop.protocol.commands import CommandKind

Meaning = tuple[str, str]
"""In Chinese and in English."""


class Vocabulary(msgspec.Struct, frozen=True):
    """The words one field may hold."""

    zh: str
    en: str
    words: dict[str, Meaning]
    is_open: bool = True
    """Whether a county or a newer server may use further words."""


VOCABULARIES: dict[str, Vocabulary] = {
    "Collection": Vocabulary(
        "行的种类",
        "kinds of row",
        {
            "townships": ("乡镇", "townships"),
            "lines": ("地图线条", "lines on the map"),
            "incidents": ("事件", "incidents"),
            "assets": ("设施", "infrastructure"),
            "queues": ("服务队列", "service queues"),
            "warnings": ("预警", "warnings"),
            "alarms": ("告警", "alarms"),
            "trends": ("读数序列", "series of readings"),
            "forms": ("报表样式", "forms of report tables"),
            "reports": ("报表", "report tables"),
            "contacts": ("通讯录", "contacts"),
            "plans": ("预案", "emergency plans"),
        },
    ),
    "EventLevel": Vocabulary(
        "事件等级（突发事件应对法第三条）",
        "how bad an event is (Emergency Response Law, art. 3)",
        {
            "especially_major": ("特别重大", "especially major"),
            "major": ("重大", "major"),
            "larger": ("较大", "larger"),
            "ordinary": ("一般", "ordinary"),
            "none": ("未定级：普通城市管理事项", "no level: an ordinary city matter"),
            "unknown": ("等级不明", "the county does not know it"),
        },
    ),
    "Stage": Vocabulary(
        "办理阶段（GB/T 30428）；不认识的阶段按未办结对待",
        "where a case stands (GB/T 30428); a stage nobody knows counts as open",
        {
            "collected": ("信息采集", "collected"),
            "filed": ("立案", "filed"),
            "dispatched": ("派遣", "dispatched"),
            "handling": ("处理", "being handled"),
            "fed_back": ("反馈", "fed back"),
            "verifying": ("核查", "being verified"),
            "closed": ("结案", "closed"),
            "returned": ("回退", "returned"),
            "deferred": ("缓办", "deferred"),
            "void": ("作废", "void"),
            "unknown": ("阶段不明", "the county does not know it"),
        },
    ),
    "DeadlineKind": Vocabulary(
        "时限种类",
        "what a deadline is for",
        {
            "first_phone": ("电话初报", "first report by phone"),
            "first_written": ("书面初报", "first report in writing"),
            "continued": ("续报", "continued report"),
            "final": ("终报", "final report"),
            "handle": ("处置时限", "the handling itself"),
            "unknown": ("时限种类不明", "the county does not know it"),
        },
    ),
    "TimelineKind": Vocabulary(
        "经过的种类：指令名，或下列其一",
        "what an entry of a timeline tells: a command's name, or one of the others here",
        {
            "intake": ("接报", "intake"),
            "handle": ("处理", "handling"),
            **{
                kind.value: kind.row.in_timeline
                for kind in CommandKind
                if kind.row.in_timeline is not None
            },
        },
    ),
    "AssetKind": Vocabulary(
        "设施种类；县里可自定，见 `resources/county/asset_kinds.toml`",
        "kinds of infrastructure; a county adds its own, see `resources/county/asset_kinds.toml`",
        {
            "water_supply": ("供水", "water supply"),
            "pump_station": ("泵站", "pumping"),
            "power": ("供电", "power"),
            "telecom": ("通信", "telecom"),
            "camera": ("视频", "cameras"),
            "road": ("道路", "roads"),
            "bridge": ("桥梁", "bridges"),
            "gas": ("燃气", "gas"),
            "reservoir": ("水库", "reservoirs"),
            "rain_gauge": ("雨量", "rain gauges"),
            "sanitation": ("环卫", "sanitation"),
            "gateway": ("网关", "gateways"),
            "hydrology": ("水文", "hydrology"),
            "host": ("主机", "hosts"),
        },
    ),
    "AssetState": Vocabulary(
        "设施状态，最坏的在前",
        "condition of an asset, worst first",
        {
            "failed": ("故障", "failed"),
            "degraded": ("降级", "degraded"),
            "unknown": ("状态不明：既不算好也不算坏", "not known: neither good nor bad"),
            "out_of_service": ("停用", "out of service"),
            "normal": ("正常", "normal"),
        },
    ),
    "QueueKind": Vocabulary(
        "队列种类",
        "where people wait",
        {
            "counter": ("窗口", "counters of a hall"),
            "hotline": ("12345 话务", "hotline desks"),
            "online": ("网上办", "online matters"),
            "unknown": ("种类不明", "the county does not know it"),
        },
    ),
    "WarningLevel": Vocabulary(
        "预警级别（第六十三条的四色）",
        "the four legal colours of a warning (art. 63)",
        {
            "red": ("一级红色", "first, red"),
            "orange": ("二级橙色", "second, orange"),
            "yellow": ("三级黄色", "third, yellow"),
            "blue": ("四级蓝色", "fourth, blue"),
            "unknown": ("级别不明：不当作较轻的级别", "not known: never taken for a milder one"),
        },
    ),
    "WarningStatus": Vocabulary(
        "预警性质（CAP 1.2）；除 actual 外屏幕都会写明",
        "what a warning is meant as (CAP 1.2); the screen says so of all but actual",
        {
            "actual": ("实际预警", "actual"),
            "exercise": ("演练", "an exercise"),
            "test": ("测试", "a test"),
            "system": ("系统消息", "a message of the system"),
            "draft": ("草稿", "a draft"),
        },
    ),
    "AlarmPriority": Vocabulary(
        "告警优先级",
        "how fast somebody must act",
        {
            "high": ("高", "high"),
            "medium": ("中", "medium"),
            "low": ("低", "low"),
            "unknown": ("优先级不明", "not known"),
        },
    ),
    "AlarmState": Vocabulary(
        "告警状态（ISA-18.2）；不认识的状态按仍需有人看对待",
        "states of an alarm (ISA-18.2); one nobody knows still asks for somebody's eyes",
        {
            "unacknowledged": ("未确认", "unacknowledged"),
            "acknowledged": ("已确认", "acknowledged"),
            "returned_unacknowledged": (
                "已恢复、未确认",
                "returned to normal, unacknowledged",
            ),
            "normal": ("正常", "normal"),
            "shelved": ("搁置", "shelved"),
            "suppressed": ("抑制", "suppressed by design"),
            "out_of_service": ("停用", "out of service"),
            "unknown": ("状态不明", "not known"),
        },
    ),
    "LineKind": Vocabulary(
        "线条种类",
        "what a line on the map is",
        {
            "road": ("道路", "a road"),
            "national_road": ("国道", "a national road"),
            "river": ("河流", "a river"),
            "rail": ("铁路", "a railway"),
        },
    ),
    "TrendKind": Vocabulary(
        "读数属于什么",
        "what the readings belong to",
        {"asset": ("设施", "an asset"), "queue": ("队列", "a queue")},
        is_open=False,
    ),
    "PhoneKind": Vocabulary(
        "电话种类",
        "where a telephone rings",
        {
            "duty": ("值班电话，昼夜有人", "the duty desk's, answered day and night"),
            "office": ("办公电话", "an office's"),
            "mobile": ("手机", "a mobile one"),
            "satellite": ("卫星电话", "a satellite one"),
            "unknown": ("不明", "not known"),
        },
    ),
    "FormKind": Vocabulary(
        "报表种类",
        "what a form is for",
        {
            "daily": ("日报", "a daily report"),
            "disaster": ("灾情报表", "a disaster table"),
            "unknown": ("种类不明", "not known"),
        },
    ),
    "Period": Vocabulary(
        "报告期种类",
        "what one report of a form is about",
        {
            "day": ("一天", "a day"),
            "event": ("一次灾害：事件的 id 或名称", "an event: an incident's id or a name"),
            "unknown": ("不明", "not known"),
        },
    ),
    "FieldType": Vocabulary(
        "报表一栏填什么；不认识的按文字对待",
        "what a field of a form takes; one nobody knows takes any text",
        {
            "count": ("从 0 起的整数", "a whole number from 0"),
            "decimal": ("小数", "a decimal"),
            "text": ("文字", "a text"),
            "choice": ("choices 中的一个代码", "a code of its choices"),
            "yes_no": ("`yes` 或 `no`", "`yes` or `no`"),
            "unknown": ("不明", "not known"),
        },
    ),
    "CommandKind": Vocabulary(
        "指令",
        "commands",
        {kind.value: kind.row.meaning for kind in CommandKind},
    ),
    "Outcome": Vocabulary(
        "一条指令的回执",
        "what became of a command",
        {
            "received": (
                (
                    "已收到并落盘，尚未决定：值守端以后按键询问或用同一个键再交，答当时的样子；"
                    "最终会变成 accepted、rejected 或 conflict。同一对象上后面的指令等着它"
                ),
                (
                    "written down and not yet decided: a desk asks again by its key, or offers"
                    " it again"
                    " under it, and is told what it then is, in the end accepted, rejected or"
                    " conflict; what comes after it on the same row waits"
                ),
            ),
            "accepted": ("已照办，终局", "done; final"),
            "rejected": ("不办，理由见 reason，终局", "not done, `reason` says why; final"),
            "conflict": (
                "该行自 base 以来被他人改过：未办，row 是现在的样子，由值班员再定，终局",
                (
                    "others have changed the row since `base`: not done, `row` is the row as it is,"
                    " and the officer decides anew; final"
                ),
            ),
            "held": (
                (
                    "此刻不能办也没有记下（须另行登录、超出配额）：reason 说明原因，"
                    "以后用同一个键再交一次"
                ),
                (
                    "cannot be done now and was not written down (another login is needed, a"
                    " quota is"
                    " used up): `reason` says why, and it is offered again under the same key"
                ),
            ),
        },
        is_open=False,
    ),
}

FIELDS: dict[tuple[str, str], str] = {
    ("Line", "kind"): "LineKind",
    ("Deadline", "kind"): "DeadlineKind",
    ("TimelineEntry", "kind"): "TimelineKind",
    ("Incident", "level"): "EventLevel",
    ("Incident", "stage"): "Stage",
    ("Asset", "kind"): "AssetKind",
    ("Asset", "state"): "AssetState",
    ("Queue", "kind"): "QueueKind",
    ("Warning", "level"): "WarningLevel",
    ("Warning", "status"): "WarningStatus",
    ("Alarm", "priority"): "AlarmPriority",
    ("Alarm", "state"): "AlarmState",
    ("Trend", "kind"): "TrendKind",
    ("Form", "kind"): "FormKind",
    ("Form", "period"): "Period",
    ("FormField", "type"): "FieldType",
    ("Phone", "kind"): "PhoneKind",
    ("CommandResult", "status"): "Outcome",
}
"""The vocabulary of a field, by wire type and field."""
