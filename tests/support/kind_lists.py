"""The two places where people read which kinds of source there are."""

from __future__ import annotations

import re

_LISTS = (r"(?<=an `id`, a `kind` \()[^)]+", r"(?<=#   kind               )[a-z_, ]+")


def kinds_in_readme(text: str) -> set[str]:
    """The kinds that the README names as what a source may say."""
    return _words(_LISTS[0], text)


def kinds_in_example(text: str) -> set[str]:
    """The kinds that the head of the example profile names."""
    return _words(_LISTS[1], text)


def with_kind(text: str, kind: str) -> str:
    """The text with one kind more in its list."""
    for place in _LISTS:
        text = re.sub(place, lambda found: f"{found[0]} or {kind}", text)
    return text


def _words(place: str, text: str) -> set[str]:
    return set(re.findall(r"\w+", " ".join(re.findall(place, text)))) - {"or"}
