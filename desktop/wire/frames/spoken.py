"""A message as groups of digits to be read over a telephone, each with a check, and a check word.

A group is two bytes as five digits, and a sixth by Damm's rule over the group's number and those
five: one wrong digit, two changed places, and most groups left out or read twice are found where
they are. The last three groups and the check word are the message's tag.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

import msgspec

from desktop.wire.frames.fragments import TAG_SIZE, FrameType, Head, Keys, NotAuthentic, find_key
from desktop.wire.level2.cursor import WireError

DIGITS_A_MINUTE = 200
"""The pace of somebody who reads digits to be written down."""
WORD_S = 1.0
"""For each place of the check word."""
HEAD_SIZE, TAG_IN_GROUPS = 8, 6
PADDED = 8
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
_GROUP = re.compile("[0-9]{6}")
_TAG = b"county frames 1: spoken"
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


class PhoneSheet(msgspec.Struct, frozen=True):
    """A message as it is read aloud."""

    groups: tuple[str, ...]
    """Six digits each."""
    check: str
    """The check word: four letters from A to P, each said as a place."""

    @property
    def seconds(self) -> float:
        """How long it takes to read at the stated pace."""
        return 6 * len(self.groups) * 60 / DIGITS_A_MINUTE + len(self.check) * WORD_S


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
    padded = len(data) % 2
    kind, *begin = head.to_bytes()
    told = bytes((kind | PADDED * padded, *begin)) + data + bytes(padded)
    tag = _tag(key, told)
    whole = told + tag[:TAG_IN_GROUPS]
    values = [int.from_bytes(whole[at : at + 2], "big") for at in range(0, len(whole), 2)]
    groups = tuple(f"{value:05d}" for value in values)
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
        or int(group[:5]) > 0xFFFF
        or _check(place, group[:5]) != group[5]
    ]


def hear(groups: Sequence[str], check: str, keys: Keys) -> Heard:
    """Return the message that was read; Misheard names the groups to be read again.

    NotAuthentic where every group fits and the check word does not: all of it is in doubt.
    """
    if wrong := find_misheard(groups):
        raise Misheard(wrong)
    whole = b"".join(int(group[:5]).to_bytes(2, "big") for group in groups)
    told, tag = whole[:-TAG_IN_GROUPS], whole[-TAG_IN_GROUPS:] + _check_bytes(check)
    office = int.from_bytes(told[1:3], "big")
    if len(told) < HEAD_SIZE:
        raise NotAuthentic("too short")
    key = find_key(keys.get(office, ()), _TAG, told, tag)
    try:
        type_ = FrameType(told[0] & 7)
    except ValueError as error:
        raise NotAuthentic("no such type of message") from error
    end = len(told) - bool(told[0] & PADDED)
    head = Head(type_, office, told[3:5].hex(), int.from_bytes(told[5:8], "big"))
    return Heard(head, told[HEAD_SIZE:end], key)


def say_digits(group: str, *, chinese: bool) -> str:
    """Return a group in the words to say it by."""
    if chinese:
        return "".join(DIGITS_ZH[int(digit)] for digit in group)
    return " ".join(DIGITS_EN[int(digit)] for digit in group)


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
    if "".join(found) != words or len(found) != 2 * (TAG_SIZE - TAG_IN_GROUPS):
        return ""
    return "".join(chr(ord("A") + _LETTER[each]) for each in found)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _check(place: int, digits: str) -> str:
    """Return the sixth digit of a group, by its number and its five digits."""
    state = 0
    for digit in f"{place}{digits}":
        state = int(_DAMM[state][int(digit)])
    return str(state)


def _check_bytes(check: str) -> bytes:
    """Return the two bytes of a check word; other ones for what is none."""
    if not re.fullmatch("[A-P]{4}", check):
        return b""
    return bytes.fromhex("".join(f"{ord(letter) - ord('A'):x}" for letter in check))


def _tag(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, _TAG + told, hashlib.sha256)[:TAG_SIZE]
