"""The product's own words for a test, of tables that are read once."""

from __future__ import annotations

from copy import copy
from functools import cache

from desktop.application.i18n import Words
from support.checkout import ROOT


def words(language: str = "zh_CN") -> Words:
    """Every term in this language; it may be changed and nobody else hears of it."""
    made = copy(_all_words())
    made.language = language
    return made


@cache
def _all_words() -> Words:
    return Words(ROOT / "resources")
