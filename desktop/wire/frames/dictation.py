"""Writing down what is read over a telephone, group by group, with each one checked at once."""

from __future__ import annotations

from collections.abc import Callable

from desktop.wire.frames.fragments import Keys, NotAuthentic
from desktop.wire.frames.spoken import Heard, Misheard, find_misheard, hear, read_check, read_digits

GROUP = "第 {n} 组 / group {n}: "
CHECK = "核对词 / check word: "
HOW = (
    "每组八位，听写数字或读法；读完按回车，改第 5 组先键入 =5。\n"
    "Eight digits a group, as digits or words; Enter after the last one, =5 to change group 5."
)
AGAIN = "第 {n} 组没有听对，请对方再读 / have group {n} read again"
WRONG = (
    "各组都对，核对词不符：请对方从头再读一遍。\n"
    "The groups fit and the check word does not: have all of it read again."
)
GIVEN_UP = "没有收下 / not taken"
ENDS = ("", "完", "end")
QUIT = "q"


def take_dictation(
    ask: Callable[[str], str], tell: Callable[[str], None], keys: Keys
) -> Heard | None:
    """Ask for the groups and the check word until they fit; None when the writer gives up.

    `ask` prompts for a line; EOFError from it, or `q`, gives up.
    """
    tell(HOW)
    groups: dict[int, str] = {}
    try:
        while True:
            _ask_groups(ask, tell, groups)
            check = ask(CHECK)
            if check.strip() == QUIT:
                raise EOFError
            try:
                return hear([groups[n] for n in sorted(groups)], read_check(check), keys)
            except Misheard as misheard:
                for number in misheard.groups:
                    tell(AGAIN.format(n=number))
            except NotAuthentic:
                tell(WRONG)
    except EOFError:
        tell(GIVEN_UP)
        return None


def _ask_groups(
    ask: Callable[[str], str], tell: Callable[[str], None], groups: dict[int, str]
) -> None:
    """Ask for group after group until one is empty; one that is wrong is asked for again."""
    number = len(groups) + 1
    while True:
        line = ask(GROUP.format(n=number)).strip()
        if line in ENDS:
            return
        if line == QUIT:
            raise EOFError
        if line.startswith("=") and line[1:].isdecimal() and 0 < int(line[1:]) <= len(groups):
            number = int(line[1:])
            continue
        group = read_digits(line)
        others = [groups.get(n, "") for n in range(1, number)]
        if number in find_misheard([*others, group]):
            tell(AGAIN.format(n=number))
            continue
        groups[number] = group
        number = len(groups) + 1
