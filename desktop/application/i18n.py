"""The product's words that need no screen: terms, county tables, problems and ages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.localized_text import Text, isolate
from desktop.domain.source import Problem

LANGUAGES = ("zh_CN", "en")
_UNITS = {DAY: ("天", "d"), HOUR: ("小时", "h"), MINUTE: ("分", "min"), SECOND: ("秒", "s")}
"""The units of a length of time from the largest on, with their names in both languages."""


class ProblemText(msgspec.Struct, frozen=True):
    """A problem in one language: what happened, what it means for the data, what to do."""

    happened: str
    meaning: str
    todo: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.meaning, self.todo) if part)


class Words:
    """Every term and county table in one language; `language` may change while running."""

    def __init__(self, resources: Path, language: str = "zh_CN") -> None:
        self.language = language
        self.is_later: Callable[[], bool] = lambda: False
        """Whether the clock gives only a lower bound of the time: every age is one, too, then."""
        self._resources = resources
        self._terms = _Sections(resources / "i18n" / "terms.toml")
        self.categories = _texts(resources / "county" / "categories.toml")

    @cached_property
    def asset_kinds(self) -> dict[str, Text]:
        """The county's names of asset kinds by code."""
        return _texts(self._resources / "county" / "asset_kinds.toml")

    @cached_property
    def channels(self) -> dict[str, Text]:
        """The county's names of the ways that incidents arrive by code."""
        return _texts(self._resources / "county" / "channels.toml")

    @cached_property
    def _problems(self) -> Mapping[str, Any]:
        # Read when the first problem is shown: a third of what all words take at the start.
        return _Sections(self._resources / "i18n" / "problems.toml")

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(_table(self._resources / "i18n" / "reasons.toml"))

    @property
    def chinese(self) -> bool:
        """Whether the language is Chinese."""
        return self.language.startswith("zh")

    def text(self, text: Text) -> str:
        """Return a backend's text in the language, as plain text set off from its neighbours."""
        return isolate(text.in_language(self.language))

    def term(self, table: str, word: StrEnum | str) -> str:
        """A glossary word of `resources/i18n/terms.toml`; an unlisted one as it came."""
        entry = self._terms.get(table, {}).get(str(word))
        return entry["zh" if self.chinese else "en"] if entry else isolate(str(word))

    def category(self, code: str) -> str:
        """An incident category's name."""
        return self.text(self.categories[code]) if code in self.categories else isolate(code)

    def asset_kind(self, code: str) -> str:
        """An asset kind's name."""
        return self.text(self.asset_kinds[code]) if code in self.asset_kinds else isolate(code)

    def channel(self, code: str) -> str:
        """The name of a way incidents arrive."""
        return self.text(self.channels[code]) if code in self.channels else isolate(code)

    def problem(self, problem: Problem) -> ProblemText:
        """Return a problem in words; an unlisted code is shown as it is rather than hidden."""
        entry = self._problems.get(problem.code, {}).get("zh" if self.chinese else "en")
        if entry is None:
            details = "; ".join(f"{k}: {isolate(v)}" for k, v in problem.details.items())
            return ProblemText(f"{problem.code} {details}".strip(), "", "")
        filling = {
            name: self.span(int(value)) if name.endswith("_ms") else isolate(value)
            for name, value in problem.details.items()
        }
        if "reason" in filling and any("{reason}" in part for part in entry.values()):
            filling["reason"] = self.reason(problem.details["reason"])
        return ProblemText(
            *(fill(entry.get(k, ""), filling) for k in ProblemText.__struct_fields__)
        )

    def reason(self, reason: str) -> str:
        """Return in the language why an item could not be read, from our reader's English words."""
        return isolate(self._reasons.chinese(reason) if self.chinese else reason)

    def age(self, age_ms: int) -> str:
        """An age in words, rounded down: `8 秒前`, `12 分前`, `3 天前`."""
        said = self.format_lasted(age_ms)
        if age_ms <= -SECOND:
            return said
        return said + ("前" if self.chinese else " ago")

    def format_lasted(self, length_ms: int) -> str:
        """Return in words how long something has lasted up to now, rounded down.

        A beginning in the future is shown as such: some clock is wrong. Where the clock gives only
        a lower bound of the time, the text says "at least".
        """
        if length_ms <= -SECOND:
            span = self.span(-length_ms)
            return f"晚于现在 {span}（时钟有误）" if self.chinese else f"{span} ahead: clock wrong"
        span = self.span(max(0, length_ms))
        if not self.is_later():
            return span
        if length_ms < MINUTE:
            # Soon after a start with only a lower bound of the time, a length says nothing.
            return "不知多久" if self.chinese else "an unknown time"
        return f"至少 {span}" if self.chinese else f"at least {span}"

    def span(self, length_ms: int) -> str:
        """A length of time in its largest unit; below a second is zero seconds."""
        sign, length_ms = ("-", -length_ms) if length_ms <= -SECOND else ("", max(0, length_ms))
        unit = choose_unit(length_ms)
        zh, en = _UNITS[unit]
        return f"{sign}{length_ms // unit} {zh if self.chinese else en}"


def choose_unit(length_ms: int) -> int:
    """Return the largest unit of time of which a length has at least one, else a second."""
    return next((unit for unit in _UNITS if length_ms >= unit), SECOND)


class Reasons:
    """The reasons of `resources/i18n/reasons.toml` in Chinese; readers write them in English."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._rules = [(re.compile(r["pattern"]), r["zh"]) for r in table.get("reason", ())]

    def chinese(self, reason: str) -> str:
        """Return the reason in Chinese; one that no rule matches is returned unchanged."""
        for pattern, said in self._rules:
            found = pattern.fullmatch(reason)
            if found is not None:
                filling = {str(n): group or "" for n, group in enumerate(found.groups(), 1)}
                filling |= {f"{n}:": self.chinese(group) for n, group in filling.items()}
                return fill(said, filling)
        return reason


class _Sections(dict[str, Any]):
    """A table whose sections are parsed one by one, each when it is first asked for.

    A section begins at a line with its name in brackets, each part of it at one with the part's
    name behind a dot; no other line begins with a bracket.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self._pieces = f"\n{text}".split("\n[")

    def get(self, name: str, default: Any = None) -> Any:
        """Return a section by its name."""
        if name not in self:
            heads = (f"{name}]", f"{name}.")
            own = "\n".join(f"[{piece}" for piece in self._pieces if piece.startswith(heads))
            self[name] = tomllib.loads(own).get(name)
        return default if self[name] is None else self[name]


def _table(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _texts(path: Path) -> dict[str, Text]:
    return {code: Text(entry["zh"], entry["en"]) for code, entry in _table(path).items()}


def fill(pattern: str, details: Mapping[str, str]) -> str:
    """The pattern with its `{name}` blanks filled; backend text is never itself a pattern."""
    parts = pattern.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        filled.append(f"{details.get(name, '…')}{rest}" if closed else "{" + part)
    return "".join(filled)
