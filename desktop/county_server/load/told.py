"""Remarks on faults and oddities in a county's files, in both languages, with their places."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

MOST_TOLD = 20
"""Most lines per file, of faults and of oddities; one more line counts those left out."""
MOST_SHOWN = 60
"""Most characters shown of a text from a file."""

TYPES = {
    "str": ("文字", "text"),
    "int": ("整数", "a whole number"),
    "float": ("数字", "a number"),
    "bool": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
    "null": ("空值", "null"),
    "datetime": ("时间", "a time"),
    "date": ("日期", "a date"),
    "time": ("钟点", "a time of day"),
}
EXAMPLE = "2026-05-01T08:00:00+08:00"


class Told(msgspec.Struct, frozen=True):
    """One remark; its text is `PLACE: 中文 / English`."""

    place: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.place}: {self.zh} / {self.en}"


class LoadError(Exception):
    """The files cannot be served; `lines` are `FILE:LINE:COLUMN: PATH: fault`."""

    def __init__(self, lines: list[str], *, passes: bool = False) -> None:
        """With `passes` the fault may be gone a moment later."""
        super().__init__("\n".join(lines))
        self.lines, self.passes = lines, passes


def some(remarks: list[Told], name: str) -> list[str]:
    """Return the first of a file's remarks as lines, with the number of those left out."""
    lines = [str(each) for each in remarks[:MOST_TOLD]]
    more = len(remarks) - MOST_TOLD
    return lines + ([str(Told(name, f"另有 {more} 处", f"and {more} more"))] if more > 0 else [])


def show(text: object) -> str:
    """Shorten a text from a file for display, with control characters escaped."""
    whole = str(text)
    cut = whole[:MOST_SHOWN] + ("…" if len(whole) > MOST_SHOWN else "")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def _expectation(found: re.Match[str]) -> tuple[str, str]:
    (zh, en), (zh_got, en_got) = _types(found[1]), _types(found[2])
    return f"应为{zh}，却是{zh_got}", f"expected {en}, got {en_got}"


def _types(words: str) -> tuple[str, str]:
    names = [TYPES.get(word, (word, word)) for word in words.split(" | ")]
    return "或".join(zh for zh, _ in names), " or ".join(en for _, en in names)


def _limit_of(found: re.Match[str]) -> tuple[str, str]:
    zh = "不大于" if found[1] == "<=" else "不小于"
    en = "at most" if found[1] == "<=" else "at least"
    return f"应{zh} {found[2]}", f"must be {en} {found[2]}"


def _length(found: re.Match[str]) -> tuple[str, str]:
    if found[1] == ">=":
        return f"不能少于 {found[2]} 个字", f"must have at least {found[2]} characters"
    return f"不能多于 {found[2]} 个字", f"must have at most {found[2]} characters"


RULES: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, str]]], ...] = (
    (r"Expected `([^`]+)`, got `([^`]+)`", _expectation),
    (
        r"Object missing required field `([^`]+)`",
        lambda found: (f"缺少必填的 {found[1]}", f"the required field {found[1]} is missing"),
    ),
    (
        r"Invalid RFC3339 encoded datetime",
        lambda _: (f"不是时间，应写成 {EXAMPLE}", f"not a time: write it as {EXAMPLE}"),
    ),
    (
        r"Expected `datetime` with a timezone component",
        lambda _: (f"时间没有时区，应写成 {EXAMPLE}", f"a time without its zone: write {EXAMPLE}"),
    ),
    (r"Expected `(?:int|float)` (<=|>=) ([-0-9.e+]+)", _limit_of),
    (r"Expected `str` of length (<=|>=) (\d+)", _length),
    (
        r"Expected `array` of length (\d+).*",
        lambda found: (f"应有 {found[1]} 项", f"must have {found[1]} items"),
    ),
    (r"Expected `str` matching regex .*", lambda _: ("格式不对", "not of the form it must have")),
    (
        r"Invalid enum value (.*)",
        lambda found: (f"不认识的词 {show(found[1])}", f"unknown word {show(found[1])}"),
    ),
    (r"Invalid UTF-8.*", lambda _: ("含有残缺的字符", "half a character")),
    (
        r"JSON is malformed: (.*)",
        lambda found: (f"不是 JSON：{found[1]}", f"not JSON: {found[1]}"),
    ),
)

JSON_FAULTS = {
    "Expecting value": "这里应有一个值",
    "Expecting property name enclosed in double quotes": "字段名要用双引号",
    "Expecting ',' delimiter": "缺少逗号",
    "Expecting ':' delimiter": "缺少冒号",
    "Extra data": "后面还有多余的内容",
    "Unterminated string starting at": "文字没有用双引号结束",
    "Invalid control character at": "文字里有换行等控制字符",
    "Invalid \\escape": "反斜杠后面的字符不对",
    "Invalid \\uXXXX escape": "\\u 后面应有四位十六进制数",
    "Illegal trailing comma before end of object": "最后一项后面多了逗号",
    "Illegal trailing comma before end of array": "最后一项后面多了逗号",
}
WIDE = frozenset("，：；“”‘’｛｝［］【】（）")
"""Marks that Chinese keyboards write in place of JSON's own."""


def json_fault(text: str, at: int, message: str) -> tuple[str, str]:
    """Describe a JSON syntax error in Chinese and English, with what was probably meant."""
    zh, en = f"不是 JSON：{JSON_FAULTS.get(message, message)}", f"not JSON: {message}"
    around = text[max(0, at - 1) : at + 1]
    wide = next((mark for mark in reversed(around) if mark in WIDE), None)
    if wide is not None:
        return f"{zh}；{wide} 是全角标点，请改用半角", f"{en}; {wide} is a full-width mark"
    if message == "Extra data" and text[at : at + 1] in "{[":
        return f"{zh}；每行一个对象？请放进一个列表 [ ]", f"{en}; put all objects into one list [ ]"
    return zh, en


def in_words(message: str) -> tuple[str, str]:
    """Translate a decoder's error message into Chinese and plain English."""
    for pattern, words in RULES:
        if (found := re.fullmatch(pattern, message)) is not None:
            return words(found)
    return f"不合要求（{show(message)}）", show(message[:1].lower() + message[1:])
