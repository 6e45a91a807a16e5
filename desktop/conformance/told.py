"""The outcome of a run as lines for a person, as JSON and as JUnit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from desktop.conformance.findings import Finding, Outcome, Report, Verdict
from desktop.conformance.rules import level_of

Sentences = Mapping[str, Mapping[str, str]]
"""The text, by language, of each rule, each reason (`why_…`) and each word of the lines."""


class Teller:
    """Writes a report in one language; `plain` removes terminal control sequences from texts."""

    def __init__(
        self, sentences: Sentences, language: str, plain: Callable[[str], str] = str
    ) -> None:
        self._sentences = sentences
        self._language = "zh" if language.startswith("zh") else "en"
        self._plain = plain

    def says(self, name: str, **filling: str) -> str:
        """Return a sentence in the language; its name when there is no such sentence."""
        text = self._sentences.get(name, {}).get(self._language, name)
        for key, value in filling.items():
            text = text.replace("{" + key + "}", value)
        return text

    def lines(self, report: Report, url: str) -> Iterator[str]:
        """Yield a line for each rule, then the words that are in no vocabulary and the counts."""
        for outcome in report.outcomes.values():
            yield self._plain(self._line(outcome))
        for where, words in report.unknown_words.items():
            told = ", ".join(f"{word} ×{count}" for word, count in sorted(words.items()))
            yield self._plain(self.says("unknown_words", where=where, words=told))
        counts = report.count()
        yield self._plain(
            self.says(
                "summary", url=url, passed=str(counts["pass"]), failed=str(counts["fail"]),
                untried=str(counts["not tried"]),
            )
        )  # fmt: skip

    def _line(self, outcome: Outcome) -> str:
        mark = self.says("verdict_" + outcome.verdict.value.replace(" ", "_"))
        parts = [f"{mark} {outcome.rule}"]
        if outcome.verdict is Verdict.FAIL:
            parts.append(self._finding(outcome.findings[0]))
            if (more := outcome.failures - 1) > 0:
                parts.append(self.says("and_more", count=str(more)))
        elif outcome.verdict is Verdict.NOT_TRIED:
            parts.append(self._why(outcome))
        return "  ".join([*parts, self.says(outcome.rule)])

    def _finding(self, finding: Finding) -> str:
        return self.says(
            "found", request=finding.request, path=finding.path, expected=finding.expected or "-",
            got=finding.got or "-",
        )  # fmt: skip

    def _why(self, outcome: Outcome) -> str:
        return self.says(f"why_{outcome.why}", first=outcome.first)

    def as_object(self, report: Report, url: str) -> dict[str, Any]:
        """Return the whole report as one object for JSON."""
        rules = [
            {
                "rule": outcome.rule,
                "level": level_of(outcome.rule),
                "verdict": outcome.verdict.value,
                "tried": outcome.tried,
                "failures": outcome.failures,
                "sentence": self.says(outcome.rule),
                "why": self._why(outcome) if outcome.why and not outcome.tried else "",
                "findings": [
                    {name: getattr(each, name) for name in Finding.__struct_fields__}
                    for each in outcome.findings
                ],
            }
            for outcome in report.outcomes.values()
        ]
        return {
            "url": url,
            "server": report.told,
            "counts": dict(report.count()),
            "unknown_words": report.unknown_words,
            "rules": rules,
        }

    def as_junit(self, report: Report, url: str) -> str:
        """Return the report as JUnit XML, a test case for each rule, as build servers read it."""
        counts = report.count()
        head = f"tests={quoteattr(str(len(report.outcomes)))}"
        suite = (
            f"<testsuite name={quoteattr(self._xml(f'county-desk conformance {url}'))} {head}"
            f' failures="{counts["fail"]}" skipped="{counts["not tried"]}" errors="0">'
        )
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', suite]
        for outcome in report.outcomes.values():
            name = quoteattr(self._xml(f"{outcome.rule}: {self.says(outcome.rule)}"))
            level = quoteattr(f"county-api.level{level_of(outcome.rule)}")
            lines.append(f"  <testcase classname={level} name={name}>{self._case(outcome)}"
                         "</testcase>")  # fmt: skip
        return "\n".join([*lines, "</testsuite>", ""])

    def _case(self, outcome: Outcome) -> str:
        if outcome.verdict is Verdict.PASS:
            return ""
        if outcome.verdict is Verdict.NOT_TRIED:
            return f"<skipped message={quoteattr(self._xml(self._why(outcome)))}/>"
        return "".join(
            f"<failure message={quoteattr(self._xml(self._finding(each)))}/>"
            for each in outcome.findings
        )

    def _xml(self, text: str) -> str:
        """Return the text without the characters that XML 1.0 cannot hold."""
        allowed = (c for c in self._plain(text) if c >= " " or c in "\t\n")
        return "".join(
            c for c in allowed if not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff"
        )
