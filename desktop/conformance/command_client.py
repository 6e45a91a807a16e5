"""The checker's commands: each on a row that it created itself, on a server that serves a drill."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from desktop.conformance.caller import Caller
from desktop.conformance.changes import ChangesReader
from desktop.conformance.findings import Plain
from desktop.conformance.line import Response
from desktop.conformance.session import Opened

PATH = "/v1/commands"
TITLE = {"zh": "接口检查用的演练事件", "en": "A drill's incident, made by the checker"}
Command = dict[str, Any]


def new_key() -> str:
    """Make a random command key."""
    return secrets.token_hex(16)


class CommandClient:
    """Submits one client's commands, in their order, and judges the answers."""

    def __init__(self, caller: Caller, session: Opened, reader: ChangesReader) -> None:
        self.caller = caller
        self.report = caller.report
        self.session = session
        self._reader = reader
        self._seq = 0

    def command(self, kind: str, target: str, body: Command | None = None, **more: Any) -> Command:
        """Make a command with a key of its own and the present time."""
        self._seq += 1
        return {
            "key": new_key(),
            "seq": self._seq,
            "kind": kind,
            "target": target,
            "collection": "incidents",
            "at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds"),
            "by": self.session.get("account") or "conformance",
            "body": body or {},
        } | more

    def note(self, target: str, text: str, **more: Any) -> Command:
        """Make a note on a row: notes never conflict, and each stands in the timeline once."""
        return self.command("note", target, {"text": text}, **more)

    def body(self, *commands: Command, **more: Any) -> bytes:
        """Encode the request with these commands, under the session's epoch and fence."""
        told = {
            "epoch": self.session.get("epoch"),
            "fence": self.session.get("fence"),
            "client": self.session.client,
            "commands": commands,
        }
        return json.dumps(told | more, ensure_ascii=False).encode()

    def post(self, body: bytes) -> Response:
        """Post a request and return the answer, whatever its status."""
        return self.caller.ask("POST", PATH, None, body)

    def submit(self, *commands: Command) -> dict[str, dict[str, Any]]:
        """Submit commands and return their results by key; Blocked when the answer has none."""
        return self.read(self.post(self.body(*commands)), commands)

    def read(
        self, answer: Response, commands: Sequence[Command], *, all_answered: bool = True
    ) -> dict[str, dict[str, Any]]:
        """Judge an answer by the rules for all answers to commands; return its results by key."""
        self.caller.require("commands_status", answer, 200)
        told = self.caller.read(
            answer, rule="commands_shape", name="CommandResults", magic="commands_magic"
        )
        results = results_in(told)
        keys = [each.get("key") for each in results]
        wanted = [each["key"] for each in commands]
        if all_answered:
            self.report.judge(
                "commands_each_key", sorted(map(str, keys)) == sorted(set(wanted)),
                request=answer.request, path="$.results[*].key", expected=wanted, got=keys,
            )  # fmt: skip
        return {str(each.get("key")): each for each in results}

    def expect_accepted(
        self, rule: str, result: dict[str, Any] | None, wanted: str = "accepted", path: str = ""
    ) -> bool:
        """Judge a result's status, unless an earlier rule has already found the result faulty."""
        before = "commands_each_key" if result is None else "commands_shape"
        if self.report.has_failed(before):
            self.report.leave([rule], "because", before)
            return False
        got: object = result
        if result is not None:
            got = {name: result.get(name) for name in ("status", "reason") if name in result}
        return self.report.judge(
            rule, result is not None and result.get("status") == wanted,
            request=f"POST {PATH}{path}", path="$.results[0].status", expected=wanted, got=got,
        )  # fmt: skip

    def row(self, target: str) -> dict[str, Any] | None:
        """Follow the changes and return a row as it is now."""
        self._reader.follow()
        return self._reader.held.get("incidents", target)

    @property
    def token(self) -> str:
        """The token after which `row` goes on."""
        return self._reader.held.token

    def times_noted(self, target: str, text: str) -> int:
        """How often a text stands in a row's timeline."""
        row = self.row(target) or {}
        return sum(text in _texts(each) for each in row.get("timeline") or ())

    def judge_once(self, rule: str, target: str, text: str, said: str) -> None:
        """Judge that a note was done once, no more and no less."""
        if rule != "commands_effect" and self.report.has_failed("commands_effect"):
            self.report.leave([rule], "because", "commands_effect")
            return
        count = self.times_noted(target, text)
        self.report.judge(
            rule, count == 1, request=f"{said} → GET /v1/changes",
            path=f"incidents/{target}.timeline",
            expected=Plain(f"1 × {text}"), got=Plain(f"{count} ×"),
        )  # fmt: skip


def results_in(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the well-formed results of an answer; the schema's rule has judged the others."""
    results = told.get("results")
    return [each for each in results if isinstance(each, dict)] if isinstance(results, list) else []


def _texts(entry: Any) -> tuple[str, ...]:
    text = entry.get("text") if isinstance(entry, dict) else None
    if isinstance(text, dict):
        return tuple(map(str, text.values()))
    return (str(text),)
