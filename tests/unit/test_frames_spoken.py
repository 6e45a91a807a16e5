"""Messages read over a telephone: a misheard group is found and named, and nothing is guessed."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.county_server.commands.executor import digest
from desktop.wire.frames.command_bits import decode_message, encode_message
from desktop.wire.frames.fragments import FrameType, Head, NotAuthentic
from desktop.wire.frames.spoken import (
    DIGITS_EN,
    DIGITS_ZH,
    PLACES_EN,
    PLACES_ZH,
    Heard,
    Misheard,
    PhoneSheet,
    find_misheard,
    hear,
    read_check,
    read_digits,
    say_check,
    say_digits,
    speak,
)
from support.frame_messages import KEY, OTHER_KEY, REPORTS, TABLES, head_of

SECONDS = {
    "acknowledge": 45, "feedback": 54, "create-short": 47, "note": 59, "create": 93, "report": 122,
}  # fmt: skip
"""As `frames.md` says."""
KEYS = {7: [KEY], 8: [OTHER_KEY]}


def spoken(name: str) -> PhoneSheet:
    told = REPORTS[name]
    data = encode_message(told, TABLES)
    return speak(head_of(told), data, KEY)


@given(
    st.binary(max_size=130),
    st.sampled_from(FrameType),
    st.integers(1, 2**16 - 1),
    st.integers(0, 2**16 - 1).map(lambda client: f"{client:04x}"),
    st.integers(1, 2**24 - 1),
)
def test_what_is_read_is_heard(
    data: bytes, type_: FrameType, office: int, client: str, number: int
) -> None:
    head = Head(type_, office, client, number)
    told = speak(head, data, KEY)
    assert hear(told.groups, told.check, {office: [OTHER_KEY, KEY]}) == Heard(head, data, KEY)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("chinese", [True, False])
def test_a_report_said_in_words_is_the_same_command(name: str, chinese: bool) -> None:
    told = spoken(name)
    groups = [read_digits(say_digits(each, chinese=chinese)) for each in told.groups]
    check = read_check(say_check(told.check, chinese=chinese))
    found = hear(groups, check, KEYS)
    command = decode_message(found.data, found.head.client, found.head.number, TABLES).command
    assert digest(command) == digest(REPORTS[name].command)
    assert command.key == REPORTS[name].command.key


@pytest.mark.parametrize("name", SECONDS)
def test_how_long_a_report_takes_to_read(name: str) -> None:
    assert round(spoken(name).seconds) == SECONDS[name]


def test_the_short_kinds_of_report_are_read_within_a_minute() -> None:
    short = [name for name, seconds in SECONDS.items() if seconds <= 60]
    assert {"acknowledge", "feedback", "note", "create-short"} <= set(short)


def test_a_note_is_read_within_a_minute_by_a_desk_that_has_counted_long() -> None:
    told = msgspec.structs.replace(
        REPORTS["note"], command=msgspec.structs.replace(REPORTS["note"].command, seq=60_000)
    )
    assert speak(head_of(told, 200), encode_message(told, TABLES), KEY).seconds < 60


@given(st.lists(st.integers(0, 2**23 - 1), max_size=30), st.text(max_size=4))
def test_groups_that_fit_and_say_nothing_are_refused(values: list[int], check: str) -> None:
    groups: list[str] = []
    for value in values:
        tried = (f"{value:07d}{digit}" for digit in range(10))
        groups.append(next(group for group in tried if not find_misheard([*groups, group])))
    with pytest.raises(NotAuthentic):
        hear(groups, check, KEYS)


def test_every_single_wrong_digit_is_found_in_its_group() -> None:
    groups = spoken("feedback").groups
    for place, group in enumerate(groups):
        for at in range(8):
            for digit in set("0123456789") - {group[at]}:
                wrong = [*groups]
                wrong[place] = group[:at] + digit + group[at + 1 :]
                assert find_misheard(wrong) == [place + 1]


def test_every_two_digits_that_changed_places_are_found() -> None:
    groups = spoken("feedback").groups
    for place, group in enumerate(groups):
        for at in range(7):
            wrong = [*groups]
            wrong[place] = group[:at] + group[at + 1] + group[at] + group[at + 2 :]
            expected = [] if wrong[place] == group else [place + 1]
            assert find_misheard(wrong) == expected


def test_a_group_of_too_few_or_too_many_digits_is_found() -> None:
    groups = [*spoken("feedback").groups]
    groups[2], groups[5] = groups[2][:-1], groups[5] + "1"
    with pytest.raises(Misheard) as heard:
        hear(groups, "AAAA", KEYS)
    assert heard.value.groups == (3, 6)


def test_ten_thousand_misheard_messages_are_none_accepted() -> None:
    chance, found_where = random.Random(5), 0
    names = list(REPORTS)
    for _ in range(10_000):
        told = spoken_once(chance.choice(names))
        groups, check = mishear([*told.groups], told.check, chance)
        if (tuple(groups), check) == (told.groups, told.check):
            continue
        with pytest.raises((Misheard, NotAuthentic)) as refused:
            hear(groups, check, KEYS)
        found_where += isinstance(refused.value, Misheard)
    assert found_where > 7_000


def mishear(groups: list[str], check: str, chance: random.Random) -> tuple[list[str], str]:
    """What is written down when one thing is heard wrongly."""
    place = chance.randrange(len(groups))
    match chance.randrange(6):
        case 0 | 1:
            group = groups[place]
            for _ in range(chance.choice([1, 1, 2, 3])):
                at = chance.randrange(8)
                group = group[:at] + chance.choice("0123456789") + group[at + 1 :]
            groups[place] = group
        case 2:
            del groups[place]
        case 3:
            groups.insert(place, groups[place])
        case 4:
            other = chance.randrange(len(groups))
            groups[place], groups[other] = groups[other], groups[place]
        case _:
            at = chance.randrange(4)
            check = check[:at] + chance.choice("ABCDEFGHIJKLMNOP") + check[at + 1 :]
    return groups, check


CACHE: dict[str, PhoneSheet] = {}


def spoken_once(name: str) -> PhoneSheet:
    if name not in CACHE:
        CACHE[name] = spoken(name)
    return CACHE[name]


def test_a_message_is_authentic_under_its_own_key_alone() -> None:
    told = spoken("note")
    for keys in ({}, {7: [OTHER_KEY]}, {8: [KEY]}):
        with pytest.raises(NotAuthentic):
            hear(told.groups, told.check, keys)
    with pytest.raises(NotAuthentic):
        hear((), told.check, KEYS)


@given(st.text(max_size=40))
def test_anything_may_be_typed(text: str) -> None:
    assert read_digits(text).isascii()
    assert len(read_check(text)) in (0, 4)


def test_words_and_digits_are_typed_as_one_likes() -> None:
    assert read_digits("洞幺两三 四五六拐八勾") == "0123456789"
    assert read_digits("零一二三四五六七八九") == "0123456789"
    assert read_digits("０１2 three niner") == "01239"
    assert read_check("北京 上海、天津 厦门") == read_check("abcp") == "ABCP"
    assert read_check("alfa bravo charlie papa") == "ABCP"
    assert read_check("北京 上海") == read_check("北京上海天津厦门大连") == ""


def test_no_two_words_are_one() -> None:
    for words in (DIGITS_ZH, DIGITS_EN, PLACES_ZH, PLACES_EN):
        assert len(set(words)) == len(words) in (10, 16)
