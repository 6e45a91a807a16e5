"""The digits and check words of the wire, as screens show and check them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from desktop.application.courier.calls import Dictation, Line
from desktop.domain.localized_text import Text
from desktop.wire.frames import spoken
from desktop.wire.frames.spoken import PhoneSheet, halve, say_check, say_digits

GROUPS_A_TEXT = 15
"""So many groups, a mark of the part and the check word fill the 160 signs of one message."""
PART = re.compile(r"[0-9]+/[0-9]+")


class WireEar:
    """Checks digits and check words by the rules of the wire."""

    def read(self, text: str) -> tuple[list[str], str]:
        """Return the groups in a text, the last perhaps in part, and its check word or nothing."""
        words = [each for each in text.split() if not PART.fullmatch(each)]
        check = spoken.read_check(words[-1]) if words else ""
        digits = spoken.read_digits(" ".join(words[:-1] if check else words))
        size = spoken.GROUP_DIGITS
        return [digits[at : at + size] for at in range(0, len(digits), size)], check

    def read_check(self, text: str) -> str:
        """Return the check word in a text, as letters or as places; empty for anything else."""
        return spoken.read_check(text)

    def find_misheard(self, groups: Sequence[str]) -> list[int]:
        """Return the numbers, from 1, of the groups that are not as they were read."""
        return spoken.find_misheard(groups)

    def places(self, *, chinese: bool) -> tuple[str, ...]:
        """Return the sixteen places that the letters of a check word are said as."""
        return spoken.PLACES_ZH if chinese else spoken.PLACES_EN


def write_texts(sheet: PhoneSheet) -> tuple[str, ...]:
    """Return what is read aloud as messages of at most 160 signs, for any telephone."""
    groups = [
        sheet.groups[at : at + GROUPS_A_TEXT] for at in range(0, len(sheet.groups), GROUPS_A_TEXT)
    ]
    parts = [" ".join(each) for each in groups]
    parts[-1] += f" {sheet.check}"
    count = len(parts)
    return tuple(f"{n}/{count} {part}" if count > 1 else part for n, part in enumerate(parts, 1))


def show_sheet(sheet: PhoneSheet) -> Dictation:
    """Return a message with every group in the words to say it by."""
    lines = tuple(Line(halve(group), _both(say_digits, group)) for group in sheet.groups)
    return Dictation(lines, sheet.check, _both(say_check, sheet.check), sheet.seconds)


def _both(say: Callable[..., str], what: str) -> Text:
    return Text(say(what, chinese=True), say(what, chinese=False))
