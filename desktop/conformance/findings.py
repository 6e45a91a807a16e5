"""The outcome of each rule: passed, failed with its first cause, or not tried and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

SHOWN_CHARS = 160


class Verdict(StrEnum):
    """The outcome of one rule."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_TRIED = "not tried"


class Finding(msgspec.Struct, frozen=True):
    """One place where a rule does not hold."""

    request: str
    path: str
    expected: str
    got: str


class Outcome(msgspec.Struct):
    """One rule with its verdict and findings."""

    rule: str
    verdict: Verdict = Verdict.NOT_TRIED
    tried: int = 0
    failures: int = 0
    findings: list[Finding] = []
    why: str = ""
    """Why the rule was not tried: the name of a sentence `why_…`."""
    first: str = ""
    """The rule whose failure is the reason, if one is."""


class Blocked(Exception):
    """The following rules cannot be tried, because this one failed."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Report:
    """The outcome of every rule, in the order of their numbers; fed by the checks."""

    MOST = 20
    """Findings kept of one rule; the others are counted."""

    def __init__(self, rules: Sequence[str]) -> None:
        self.outcomes = {rule: Outcome(rule) for rule in rules}
        self.unknown_words: dict[str, dict[str, int]] = {}
        """Words outside the vocabularies, by collection and field, with how often."""
        self.told: dict[str, Any] = {}
        """The server's own description, from its session."""

    def judge(
        self,
        rule: str,
        good: object,
        *,
        request: str = "",
        path: str = "$",
        expected: object = "",
        got: object = "",
    ) -> bool:
        """Record a trial of the rule, with a finding when it is not `good`; return `good`."""
        outcome = self.outcomes[rule]
        outcome.tried += 1
        if good:
            if outcome.verdict is Verdict.NOT_TRIED:
                outcome.verdict = Verdict.PASS
            return True
        outcome.verdict = Verdict.FAIL
        outcome.failures += 1
        if len(outcome.findings) < self.MOST:
            outcome.findings.append(Finding(request, path, show(expected), show(got)))
        return False

    def need(self, rule: str, good: object, **told: Any) -> None:
        """Judge as `judge` does; raises Blocked when it is not good."""
        if not self.judge(rule, good, **told):
            raise Blocked(rule)

    def leave(self, rules: Sequence[str], why: str, first: str = "") -> None:
        """Record why these rules are not tried, unless they were."""
        for rule in rules:
            outcome = self.outcomes[rule]
            if outcome.verdict is Verdict.NOT_TRIED and not outcome.why:
                outcome.why, outcome.first = why, first

    def has_failed(self, rule: str) -> bool:
        """Whether the rule has failed by now."""
        return self.outcomes[rule].verdict is Verdict.FAIL

    @property
    def failures(self) -> list[str]:
        """The rules that failed, in their order."""
        return [rule for rule in self.outcomes if self.has_failed(rule)]

    def count(self) -> Mapping[str, int]:
        """Return how many rules have each verdict."""
        verdicts = [outcome.verdict for outcome in self.outcomes.values()]
        return {verdict.value: verdicts.count(verdict) for verdict in Verdict}

    def unknown_word(self, where: str, word: str) -> None:
        """Count a word that is in no vocabulary."""
        words = self.unknown_words.setdefault(where, {})
        words[word] = words.get(word, 0) + 1


class Plain(str):
    """A text of the checker's own, which `show` leaves as it is; other values are shown as JSON."""

    __slots__ = ()


def show(value: object) -> str:
    """Format a value for people, on one line, cut when it is long."""
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"
