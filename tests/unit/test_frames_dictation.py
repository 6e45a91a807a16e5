"""Taking down what is read over a telephone: each group is checked as it comes."""

from __future__ import annotations

import pytest

from desktop.wire.frames.dictation import AGAIN, GIVEN_UP, WRONG, take_dictation
from desktop.wire.frames.fragments import FrameType, Head
from desktop.wire.frames.spoken import Heard, say_check, say_digits, speak
from support.frame_messages import KEY

HEAD = Head(FrameType.COMMAND, 7, "c0ff", 41)
SPOKEN = speak(HEAD, bytes(range(20)), KEY)
HEARD = Heard(HEAD, bytes(range(20)), KEY)


def write_down(*lines: str) -> tuple[Heard | None, list[str]]:
    """What is taken of these lines, and what the writer is told."""
    left, told = list(lines), list[str]()

    def ask(prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return take_dictation(ask, told.append, {7: [KEY]}), told[1:]


def wrong(group: str) -> str:
    return str((int(group[0]) + 1) % 10) + group[1:]


def test_all_that_was_read_well_is_taken() -> None:
    assert write_down(*SPOKEN.groups, "", SPOKEN.check) == (HEARD, [])


@pytest.mark.parametrize("chinese", [True, False])
def test_words_are_written_as_well_as_digits(chinese: bool) -> None:
    words = [say_digits(group, chinese=chinese) for group in SPOKEN.groups]
    check = say_check(SPOKEN.check, chinese=chinese)
    assert write_down(*words, "end", check) == (HEARD, [])


def test_a_misheard_group_is_asked_for_again_at_once() -> None:
    first, second, *others = SPOKEN.groups
    lines = (first, wrong(second), second[:4], second, *others, "", SPOKEN.check)
    assert write_down(*lines) == (HEARD, [AGAIN.format(n=2)] * 2)


def test_a_group_left_out_is_missed_where_it_is() -> None:
    first, _second, third, *_ = SPOKEN.groups
    assert write_down(first, third) == (None, [AGAIN.format(n=2), GIVEN_UP])


def test_a_wrong_check_word_takes_nothing_and_a_group_can_be_changed() -> None:
    other = speak(HEAD, bytes(range(19)) + b"x", KEY)
    place = next(n for n, group in enumerate(SPOKEN.groups) if group != other.groups[n])
    slipped = [*SPOKEN.groups]
    slipped[place] = other.groups[place]
    change = (f"={place + 1}", SPOKEN.groups[place])
    lines = (*slipped, "", SPOKEN.check, *change, "", SPOKEN.check)
    assert write_down(*lines) == (HEARD, [WRONG])


@pytest.mark.parametrize("lines", [(), ("q",), ("", "q"), (*SPOKEN.groups, "q")])
def test_the_writer_may_give_up(lines: tuple[str, ...]) -> None:
    assert write_down(*lines) == (None, [GIVEN_UP])


def test_a_line_that_names_no_group_is_a_misheard_one() -> None:
    assert write_down("=9", *SPOKEN.groups, "", SPOKEN.check) == (HEARD, [AGAIN.format(n=1)])
