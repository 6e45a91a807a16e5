"""A message as groups of digits to be read over a telephone, each with a check, and a check word.

A group is 23 bits as seven digits, and an eighth by Damm's rule over the group's number and those
seven: one wrong digit, two changed places, and most groups left out or read twice are found where
they are. The last 48 bits and the check word are the message's tag.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

import msgspec

from desktop.wire.frames.bits import BitReader, BitWriter
from desktop.wire.frames.fragments import (
    CLIENT_DIGITS,
    TAG_SIZE,
    VERSION,
    FrameType,
    Head,
    Keys,
    NotAuthentic,
)
from desktop.wire.level2.cursor import WireError

DIGITS_A_MINUTE = 200
"""The pace of somebody who reads digits to be written down."""
WORD_S = 1.0
"""For each place of the check word."""
GROUP_DIGITS, GROUP_BITS = 8, 23
"""Digits of a group with its check, and the bits that the others hold."""
TAG_IN_GROUPS = 6
"""Bytes of the tag in the groups; the others are the check word."""
CHECK_LETTERS = 2 * (TAG_SIZE - TAG_IN_GROUPS)
DIGITS_ZH = "洞幺两三四五六拐八勾"
"""As on the radio: no two sound alike."""
DIGITS_EN = ("zero", "one", "two", "tree", "four", "fife", "six", "seven", "ait", "niner")
PLACES_ZH = (
    *("北京", "上海", "天津", "重庆", "武汉", "成都", "西安", "长沙"),
    *("昆明", "沈阳", "海口", "拉萨", "青岛", "苏州", "大连", "厦门"),
)
PLACES_EN = (
    *("alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"),
    *("india", "juliett", "kilo", "lima", "mike", "november", "oscar", "papa"),
)
_ALSO = {"零": 0, "〇": 0, "一": 1, "二": 2, "七": 7, "九": 9, "three": 3, "five": 5, "eight": 8,
         "nine": 9}  # fmt: skip
_DIGITS = {word: str(digit) for words in (DIGITS_ZH, DIGITS_EN) for digit, word in enumerate(words)}
_DIGITS |= {word: str(digit) for word, digit in _ALSO.items()}
_SAID = re.compile("|".join([*map(re.escape, sorted(_DIGITS, key=len, reverse=True)), "[0-9]"]))
_LETTER = {
    word: place for words in (PLACES_ZH, PLACES_EN, "abcdefghijklmnop")
    for place, word in enumerate(words)
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_LETTER, key=len, reverse=True)))
_GROUP = re.compile("[0-9]{8}")
_TAG = b"county frames 1: spoken"
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class PhoneSheet(msgspec.Struct, frozen=True):
    """A message as it is read aloud."""

    groups: tuple[str, ...]
    """Eight digits each."""
    check: str
    """The check word: four letters from A to P, each said as a place."""

    @property
    def seconds(self) -> float:
        """How long it takes to read at the stated pace."""
        return GROUP_DIGITS * len(self.groups) * 60 / DIGITS_A_MINUTE + len(self.check) * WORD_S


class Heard(msgspec.Struct, frozen=True):
    """What was read: authentic, of an office that has a key here."""

    head: Head
    data: bytes
    key: bytes
    """Which of the office's keys made it."""


class Misheard(WireError):
    """Some groups are not as they were read; `groups` are their numbers, from 1."""

    def __init__(self, groups: Sequence[int]) -> None:
        super().__init__(f"read again: {', '.join(map(str, groups))}")
        self.groups = tuple(groups)


def speak(head: Head, data: bytes, key: bytes) -> PhoneSheet:
    """Return a message, as `cut` takes it, as groups to be read."""
    tag = hmac.digest(key, _TAG + head.to_bytes() + data, hashlib.sha256)[:TAG_SIZE]
    told = BitWriter()
    told.put_uint(head.office)
    told.put(int(head.client, 16), 4 * CLIENT_DIGITS)
    told.put_uint(head.number)
    told.put_bytes(data)
    count = 8 + told.count + 8 * TAG_IN_GROUPS
    fill = -count % GROUP_BITS
    kind = VERSION << 4 | (fill // 8) << 2 | head.type
    value = kind << told.count | int.from_bytes(told.to_bytes(), "big") >> -told.count % 8
    value = value << fill + 8 * TAG_IN_GROUPS | int.from_bytes(tag[:TAG_IN_GROUPS], "big")
    groups = [
        f"{value >> at & (1 << GROUP_BITS) - 1:07d}"
        for at in range(count + fill - GROUP_BITS, -1, -GROUP_BITS)
    ]
    return PhoneSheet(
        tuple(group + _check(place, group) for place, group in enumerate(groups, 1)),
        "".join(chr(ord("A") + int(digit, 16)) for digit in tag[TAG_IN_GROUPS:].hex()),
    )


def find_misheard(groups: Sequence[str]) -> list[int]:
    """Return the numbers, from 1, of the groups that were not heard as they were read."""
    return [
        place
        for place, group in enumerate(groups, 1)
        if not _GROUP.fullmatch(group)
        or int(group[:-1]) >> GROUP_BITS
        or _check(place, group[:-1]) != group[-1]
    ]


def hear(groups: Sequence[str], check: str, keys: Keys) -> Heard:
    """Return the message that was read; Misheard names the groups to be read again.

    NotAuthentic where every group fits and the check word does not: all of it is in doubt.
    """
    if wrong := find_misheard(groups):
        raise Misheard(wrong)
    try:
        head, data = _read(groups)
        for key in keys.get(head.office, ()):
            told = speak(head, data, key)
            if _is_same(told, groups, check):
                return Heard(head, data, key)
    except (WireError, ValueError) as error:
        raise NotAuthentic("no message") from error
    raise NotAuthentic("the check word is another, or the office has no key here")


def _read(groups: Sequence[str]) -> tuple[Head, bytes]:
    """Return what the groups say, unchecked; WireError or ValueError for what is no message."""
    count, value = GROUP_BITS * len(groups), 0
    for group in groups:
        value = value << GROUP_BITS | int(group[:-1])
    bits = BitReader((value << -count % 8).to_bytes(-(-count // 8), "big"))
    bits.take(4)
    spare, type_ = bits.take(2), FrameType(bits.take(2))
    office, client = bits.take_uint(), f"{bits.take(4 * CLIENT_DIGITS):0{CLIENT_DIGITS}x}"
    number = bits.take_uint()
    size = (bits.left - -count % 8) // 8 - TAG_IN_GROUPS - spare
    if size < 0:
        raise WireError("too short")
    return Head(type_, office, client, number), bits.take_bytes(size)


def _is_same(told: PhoneSheet, groups: Sequence[str], check: str) -> bool:
    """Whether these groups and this check word are all of what is told, its one form."""
    expected, found = "".join(told.groups) + told.check, "".join(groups) + check
    return hmac.compare_digest(expected.encode(), found.encode())


def halve(group: str) -> str:
    """Return a group as it is written to be read: in two halves."""
    return f"{group[: GROUP_DIGITS // 2]} {group[GROUP_DIGITS // 2 :]}"


def say_digits(group: str, *, chinese: bool) -> str:
    """Return a group in the words to say it by, in two halves."""
    halves = halve(group).split()
    if chinese:
        return " ".join("".join(DIGITS_ZH[int(digit)] for digit in half) for half in halves)
    return ", ".join(" ".join(DIGITS_EN[int(digit)] for digit in half) for half in halves)


def say_check(check: str, *, chinese: bool) -> str:
    """Return the check word in the places to say it by."""
    places = PLACES_ZH if chinese else PLACES_EN
    return " ".join(places[ord(letter) - ord("A")] for letter in check)


def read_digits(text: str) -> str:
    """Return the digits somebody typed, as digits or as the words they heard."""
    return "".join(_DIGITS.get(each, each) for each in _SAID.findall(_fold(text)))


def read_check(text: str) -> str:
    """Return the check word somebody typed, as letters or as places; empty for anything else."""
    words = re.sub(r"[\s,、]", "", _fold(text))
    if re.fullmatch("[a-p]{4}", words):
        return words.upper()
    found = _WORD.findall(words)
    if "".join(found) != words or len(found) != CHECK_LETTERS:
        return ""
    return "".join(chr(ord("A") + _LETTER[each]) for each in found)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _check(place: int, digits: str) -> str:
    """Return the last digit of a group, by its number and its other digits."""
    state = 0
    for digit in f"{place}{digits}":
        state = int(_DAMM[state][int(digit)])
    return str(state)
