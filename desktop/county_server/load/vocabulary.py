"""The words of the county API and what people write for them, for reading and suggestions."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from desktop.wire.vocabularies import VOCABULARIES

COLOURS = ("red", "orange", "yellow", "blue")
ROMAN = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ")
NUMERALS = ("一", "二", "三", "四")


def _number_words(number: int, *ends: str) -> tuple[str, ...]:
    """Return the ways to write the step of that number: 1, I, Ⅰ, 一, each with each of the ends."""
    digits = (str(number + 1), ROMAN[number], NUMERALS[number])
    return tuple(digit + end for digit in digits for end in ends)


SPOKEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "incidents.level": {
        "especially_major": ("特别重大", "特大", *_number_words(0, "", "级")),
        "major": ("重大", *_number_words(1, "", "级")),
        "larger": ("较大", *_number_words(2, "", "级")),
        "ordinary": ("一般", *_number_words(3, "", "级")),
        "none": ("不分级", "无", "未定级", "普通"),
        "unknown": ("等级不明", "未知"),
    },
    "incidents.stage": {
        "collected": ("待立案", "已采集", "采集", "待受理"),
        "filed": ("待派遣", "已立案", "立案", "已受理", "受理"),
        "dispatched": ("已派遣", "派遣", "已派单", "派单", "已交办", "待处理"),
        "handling": ("处理中", "处置中", "办理中", "处理", "处置"),
        "fed_back": ("已反馈", "反馈", "已处理", "已处置"),
        "verifying": ("待核查", "核查中", "核查"),
        "closed": ("已结案", "结案", "办结", "已办结", "已关闭", "完成", "已完成"),
        "returned": ("已回退", "回退", "退回", "已退回"),
        "deferred": ("缓办", "延期", "缓办中"),
        "void": ("作废", "已作废", "撤销", "已撤销"),
        "unknown": ("状态不明", "未知"),
    },
    "deadlines.kind": {
        "first_phone": ("初报 电话", "电话初报", "初报电话"),
        "first_written": ("初报 书面", "书面初报", "初报书面"),
        "continued": ("续报",),
        "final": ("终报",),
        "handle": ("处置时限", "办理时限", "办结时限", "截止时间", "要求完成时间"),
    },
    "assets.state": {
        "failed": ("故障", "损坏", "中断", "离线"),
        "degraded": ("降级", "异常", "预警", "隐患", "带病运行"),
        "out_of_service": ("停用", "停运", "检修", "停机"),
        "normal": ("正常", "完好", "运行", "在线", "良好"),
        "unknown": ("未知", "不明"),
    },
    "queues.kind": {
        "counter": ("窗口", "大厅", "柜台"),
        "hotline": ("话务", "热线", "12345", "电话"),
        "online": ("网上办", "网上", "线上", "网办"),
    },
    "warnings.level": {
        "red": ("红色", "红", "红色预警", *_number_words(0, "级")),
        "orange": ("橙色", "橙", "橙色预警", *_number_words(1, "级")),
        "yellow": ("黄色", "黄", "黄色预警", *_number_words(2, "级")),
        "blue": ("蓝色", "蓝", "蓝色预警", *_number_words(3, "级")),
        "unknown": ("级别不明", "未知"),
    },
    "warnings.status": {
        "actual": ("实况", "正式", "有效", "实际"),
        "exercise": ("演练",),
        "test": ("测试",),
        "system": ("系统",),
        "draft": ("草稿",),
    },
    "alarms.priority": {
        "high": ("高", "紧急", "严重"),
        "medium": ("中", "重要"),
        "low": ("低", "次要", "提示"),
        "unknown": ("优先级不明", "未知"),
    },
    "alarms.state": {
        "unacknowledged": ("未确认",),
        "acknowledged": ("已确认",),
        "returned_unacknowledged": ("已恢复未确认", "恢复未确认"),
        "normal": ("正常", "已恢复", "已消除"),
        "shelved": ("已搁置", "搁置"),
        "suppressed": ("已抑制", "抑制", "屏蔽"),
        "out_of_service": ("停用",),
        "unknown": ("状态不明", "未知"),
    },
}
"""By collection and field: what people write for a code besides its own name."""

FIELDS = {
    "incidents.level": "EventLevel",
    "incidents.stage": "Stage",
    "deadlines.kind": "DeadlineKind",
    "assets.kind": "AssetKind",
    "assets.state": "AssetState",
    "queues.kind": "QueueKind",
    "warnings.level": "WarningLevel",
    "warnings.status": "WarningStatus",
    "alarms.priority": "AlarmPriority",
    "alarms.state": "AlarmState",
}
OWN = frozenset({"assets.kind"})
"""Fields for which a county may have words of its own, so that none is odd."""


def _names(vocabulary: str, code: str) -> tuple[str, ...]:
    """Return the Chinese and English names of a code, without the explanation behind them."""
    zh, en = VOCABULARIES[vocabulary].words[code]
    return re.split("[（：；，]", zh)[0], en


WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    field: {
        code: (*_names(vocabulary, code), *SPOKEN.get(field, {}).get(code, ()))
        for code in VOCABULARIES[vocabulary].words
    }
    for field, vocabulary in FIELDS.items()
}
"""By collection and field: each code with the words people write for it."""


def alike(text: str) -> str:
    """Normalize a text for comparison: without differences of width, case, spaces and marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


_CODES = {
    field: {alike(word): code for code, words in codes.items() for word in (code, *words)}
    for field, codes in WORDS.items()
}


def code_of(field: str, word: str) -> str | None:
    """Return the code that a word in that field (`incidents.level`) means; None when unclear."""
    return _CODES.get(field, {}).get(alike(word))


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the one of these texts that is most similar to the word; None when none is near."""
    names = {alike(each): each for each in known}
    found = difflib.get_close_matches(alike(word), names, n=1, cutoff=0.72)
    return names[found[0]] if found else None
