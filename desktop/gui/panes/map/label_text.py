"""What the map's labels say, and where a long one is broken in two: none is ever cut."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from PySide6.QtCore import QCoreApplication

from desktop.application.i18n import Words
from desktop.gui import formatting
from desktop.gui.panes.map.geometry import County, Danger

translate = QCoreApplication.translate

WIDE_FROM = "\u2e80"
"""From here on letters are Chinese, or as wide: a text may be broken between any two of them."""
NEVER_FIRST = frozenset("，。、；：！？）》】」』”’…·％,.;:!?)]}%")
NEVER_LAST = frozenset("（《【「『“‘([{")
TRIED = 8
"""How many places to break a text are tried: those nearest to its middle."""


def in_brackets(danger: Danger, words: Words) -> str:
    """Return the beginning of a warning's label, which each of its wordings has: that it is no
    actual warning, and that its colour is our reading."""
    said = [] if danger.status == "actual" else [words.term("warning_status", danger.status)]
    said += [formatting.by_county_rule()] if danger.level_is_ours else []
    return "".join(f"[{each}] " for each in said)


def say_danger(danger: Danger, whole: str, words: Words) -> tuple[str, str]:
    """Return a warning's label as it is whole, and the shorter one for where that has no room."""
    marked, level = in_brackets(danger, words), words.term("warning_level", danger.level)
    return marked + whole, marked + translate("MapPane", "{level} warning").format(level=level)


def say_left_out(county: County) -> str:
    """Return that the map has only the worst of the open incidents; "" when it has all of them."""
    layer = county.layer
    if layer is None or not layer.left_out:
        return ""
    said = translate("MapPane", "only the worst {most} of {all} open incidents")
    return said.format(most=f"{layer.worst:,}", all=f"{layer.worst + layer.left_out:,}")


def break_in_two(text: str, width_px: Callable[[str], float]) -> tuple[str, ...]:
    """Return the text in two lines, the longer as short as can be; none where it has no break."""
    middle = len(text) / 2
    places = sorted(range(1, len(text)), key=lambda at: abs(at - middle))
    halves = (_halve(text, at) for at in places)
    tried = islice((lines for lines in halves if lines), TRIED)
    return min(tried, key=lambda lines: max(map(width_px, lines)), default=())


def _halve(text: str, at: int) -> tuple[str, ...]:
    """Return what stands before and after this letter; none where no line may end."""
    if not (" " in text[at - 1 : at + 1] or max(text[at - 1 : at + 1]) >= WIDE_FROM):
        return ()
    first, second = text[:at].rstrip(), text[at:].lstrip()
    if not first or not second or first[-1] in NEVER_LAST or second[0] in NEVER_FIRST:
        return ()
    return first, second
