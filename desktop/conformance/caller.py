"""Calls of the API: each answer is judged by the rules of HTTP before it is read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from desktop.conformance.findings import Blocked, Plain, Report
from desktop.conformance.line import Line, Response
from desktop.conformance.schema import Fault, Schemas
from desktop.wire.level1 import MAGIC

JSON = "application/json"
PROBLEM = "application/problem+json"
MOST_UNPACKED = 512 * 1024 * 1024


class NotJson(ValueError):
    """A body is not exactly one strict JSON value; the text gives the reason."""


class Caller:
    """A client of one server that records its verdicts on the answers in a report."""

    def __init__(self, line: Line, report: Report, schemas: Schemas) -> None:
        self.line = line
        self.report = report
        self.schemas = schemas

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        login: bool = True,
    ) -> Response:
        """Send a request and judge the answer's head, length and, of an error, problem details."""
        answer = self.line.ask(method, path, headers, body, login=login)
        judge, said = self.report.judge, {"request": answer.request, "path": "-"}
        judge("line_answers", True)
        judge(
            "line_length", not answer.framed, expected=Plain("Content-Length = body"),
            got=Plain(answer.framed), **said,
        )  # fmt: skip
        if 300 <= answer.status < 400 and answer.status != 304:
            where = f"{answer.status} Location: {answer.headers.get('location', '')}"
            self.report.need(
                "line_redirects", False, expected=Plain("no 3xx"), got=Plain(where), **said
            )
        judge("line_redirects", True)
        self._judge_coding(answer, (headers or {}).get("Accept-Encoding", "identity"))
        if answer.status >= 400:
            self._judge_problem(answer)
        return answer

    def _judge_coding(self, answer: Response, asked: str) -> None:
        coding = answer.headers.get("content-encoding", "identity").lower() or "identity"
        lawful = ("identity", "gzip", "x-gzip") if "gzip" in asked else ("identity",)
        self.report.judge(
            "line_coding", coding in lawful, request=answer.request, path="Content-Encoding",
            expected=Plain(" | ".join(lawful)), got=coding,
        )  # fmt: skip

    def _judge_problem(self, answer: Response) -> None:
        told = {"request": answer.request}
        judge = self.report.judge
        if not judge(
            "line_problems", answer.media_type == PROBLEM, path="Content-Type",
            expected=Plain(PROBLEM),
            got=Plain(f"{answer.status} {answer.media_type or '-'}: {excerpt(answer.body)}"),
            **told,
        ):  # fmt: skip
            return
        try:
            details = strict_json(answer.body)
        except NotJson as error:
            judge("line_problems", False, expected=Plain("JSON"), got=str(error), **told)
            return
        faults = self.schemas.faults("ProblemDetails", details)
        self.faulty("line_problems", answer, faults)
        if not faults:
            judge(
                "line_problems", details["status"] == answer.status, path="$.status",
                expected=answer.status, got=details["status"], **told,
            )  # fmt: skip

    def read(
        self,
        answer: Response,
        *,
        rule: str,
        name: str,
        magic: str = "",
        besides: Sequence[str] = (),
    ) -> Any:
        """Return an answer's JSON, validated against a schema; Blocked when it is no JSON object.

        `magic` is the rule for the field `magic`; faults below the paths in `besides` are left to
        the caller to judge. A field that is null counts as left out. A value with faults is
        returned all the same: the caller must expect them.
        """
        told = {"request": answer.request}
        value = without_nulls(self._json(answer))
        self.report.need(rule, isinstance(value, dict), expected=Plain("object"), got=value, **told)
        if magic:
            self.report.judge(
                magic, value.get("magic") == MAGIC, path="$.magic", expected=MAGIC,
                got=value.get("magic"), **told,
            )  # fmt: skip
        faults = self.schemas.faults(name, value)
        others = ("$.magic", *besides)
        self.faulty(rule, answer, [each for each in faults if not each.path.startswith(others)])
        return value

    def _json(self, answer: Response) -> Any:
        told = {"request": answer.request}
        plain = answer.media_type == JSON
        try:
            value = strict_json(unpack(answer))
        except NotJson as error:
            # A web page under its own name is one mistake, not two.
            rule = "line_json" if plain else "line_media"
            path, expected = ("$", "JSON") if plain else ("Content-Type", JSON)
            got = str(error) if plain else f"{answer.media_type or '-'}: {excerpt(answer.body)}"
            self.report.judge(rule, False, path=path, expected=Plain(expected), got=got, **told)
            raise Blocked(rule) from None
        self.report.judge("line_json", True)
        self.report.judge(
            "line_media", plain, path="Content-Type", expected=Plain(JSON),
            got=answer.media_type, **told,
        )  # fmt: skip
        return value

    def faulty(self, rule: str, answer: Response, faults: Sequence[Fault]) -> bool:
        """Record the faults found under the rule; return whether there are none."""
        self.report.judge(rule, True)
        for fault in faults:
            self.report.judge(
                rule, False, request=answer.request, path=fault.path,
                expected=Plain(fault.expected), got=fault.got,
            )  # fmt: skip
        return not faults

    def expect(self, rule: str, answer: Response, *statuses: int) -> bool:
        """Judge the status of an answer; Blocked when it is a web page and no answer of the API."""
        if answer.media_type == "text/html" and self.report.has_failed("line_media"):
            raise Blocked("line_media")
        return self.report.judge(
            rule, answer.status in statuses, request=answer.request, path="-",
            expected=Plain(" | ".join(map(str, statuses))),
            got=Plain(f"{answer.status} {excerpt(answer.body)}".strip()),
        )  # fmt: skip

    def require(self, rule: str, answer: Response, *statuses: int) -> None:
        """Judge as `expect` does; raises Blocked for any other status."""
        if not self.expect(rule, answer, *statuses):
            raise Blocked(rule)


def strict_json(body: bytes) -> Any:
    """Decode a body that is one JSON value by RFC 8259 and I-JSON; NotJson tells why it is none."""
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff"):
            raise NotJson("a byte order mark")
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        return value
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson(f"{error}: {excerpt(body)}") from None


def without_nulls(value: Any) -> Any:
    """Return the value without the fields that are null, which mean the same as absent ones."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) if isinstance(each, dict | list) else each for each in value]
    return value


def _no_constant(word: str) -> None:
    raise NotJson(f"{word} is no JSON number")


def _no_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"the name {double!r} twice in one object")
    return found


def unpack(answer: Response) -> bytes:
    """Unpack a gzip body; NotJson when it is damaged or larger than allowed."""
    if answer.headers.get("content-encoding", "").lower() not in ("gzip", "x-gzip"):
        return answer.body
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpacker.decompress(answer.body, MOST_UNPACKED)
    except zlib.error as error:
        raise NotJson(f"gzip: {error}") from None
    if not unpacker.eof:
        raise NotJson("gzip: it breaks off")
    return body


def excerpt(body: bytes) -> str:
    """The beginning of a body on one line, for a person."""
    return " ".join(body[:300].decode("utf-8", "replace").split())[:100]
