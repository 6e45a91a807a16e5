"""Findings in words, as lines for a person and as JSON for a program."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from desktop.application.i18n import Words, fill
from desktop.diagnostics.doctor.finding import Finding, Verdict
from desktop.domain.localized_text import isolate
from desktop.domain.source import Problem

EVERY = "every"
"""The section of what any check may find."""


class Told(msgspec.Struct, frozen=True):
    """A finding in one language."""

    title: str
    verdict: str
    says: str
    todo: str


class DoctorWords:
    """The words of `resources/i18n/doctor.toml` in the language of `words`."""

    def __init__(self, resources: Path, words: Words) -> None:
        self._words = words
        text = (resources / "i18n" / "doctor.toml").read_text(encoding="utf-8")
        self._table: dict[str, Any] = tomllib.loads(text)

    def tell(self, finding: Finding) -> Told:
        """Return a finding in words; of an unlisted code, the problem's of that name."""
        title = self._own("title", finding.check) or [finding.check]
        verdict = self._own("verdict", finding.verdict) or [str(finding.verdict)]
        own = self._own(finding.check, finding.code) or self._own(EVERY, finding.code)
        if own is None:
            said = self._words.problem(Problem(finding.code, dict(finding.details)))
            says = f"{said.happened} {said.meaning}".strip()
            source = finding.details.get("source")
            return Told(title[0], verdict[0], f"{source}: {says}" if source else says, said.todo)
        filling = {name: self._fill(name, value) for name, value in finding.details.items()}
        says, todo = (fill(part, filling) for part in (*own, "")[:2])
        return Told(title[0], verdict[0], says, todo)

    def say(self, section: str, code: str, **details: str) -> str:
        """Return a sentence that is no finding."""
        (sentence,) = self._own(section, code) or [code]
        return fill(sentence, {name: isolate(value) for name, value in details.items()})

    def say_problem(self, problem: Problem) -> str:
        """Return a problem of another part in words."""
        return str(self._words.problem(problem))

    def _fill(self, name: str, value: str) -> str:
        if name == "reason":
            return self._words.reason(value)
        return self._words.span(int(value)) if name.endswith("_ms") else isolate(value)

    def _own(self, section: str, code: str) -> list[str] | None:
        entry = self._table.get(section, {}).get(code)
        return None if entry is None else list(entry["zh" if self._words.chinese else "en"])

    def lines(self, findings: Sequence[Finding]) -> list[str]:
        """Return a line a finding, with one more for what to do, and a last one that sums up."""
        lines = []
        for finding in findings:
            told = self.tell(finding)
            lines.append(f"{MARKS[finding.verdict]} {told.verdict}  {told.title}: {told.says}")
            if told.todo and finding.verdict is not Verdict.FINE:
                lines.append(f"    → {told.todo}")
        return [*lines, self.sum_up(findings)]

    def sum_up(self, findings: Sequence[Finding]) -> str:
        """Return how many checks came out how."""
        parts = []
        for verdict in Verdict:
            count = sum(finding.verdict is verdict for finding in findings)
            if count:
                said = self._own("verdict", verdict) or [str(verdict)]
                parts.append(f"{said[0]} {count}")
        return " · ".join(parts)

    def as_object(self, findings: Sequence[Finding]) -> dict[str, Any]:
        """Return the findings as the object of `--json`."""
        return {
            "broken": any(finding.verdict is Verdict.BROKEN for finding in findings),
            "checks": [
                {
                    "check": finding.check,
                    "result": str(finding.verdict),
                    "code": finding.code,
                    "details": dict(finding.details),
                    "says": told.says,
                    "todo": told.todo,
                }
                for finding in findings
                for told in [self.tell(finding)]
            ],
        }


MARKS = {Verdict.FINE: "✓", Verdict.LOOK: "!", Verdict.BROKEN: "✗", Verdict.UNKNOWN: "?"}
"""A sign for each verdict, for who sees no colour."""
