"""Rules of the commands: each key done once, conflicts found, every rejection with its reason."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec

from desktop.conformance.caller import PROBLEM, Caller, NotJson, strict_json
from desktop.conformance.changes import changes_path
from desktop.conformance.command_client import (
    PATH,
    TITLE,
    Command,
    CommandClient,
    new_key,
    results_in,
)
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.level2 import ACCEPT
from desktop.conformance.line import Response
from desktop.conformance.packed_hints import HEARD_WITHIN_S, hear_pages
from desktop.conformance.rules import COMMANDS_LEVEL2
from desktop.conformance.session import Opened, open_session
from desktop.protocol.lifecycle import new_incident_id
from desktop.wire.level1 import MAX_COMMANDS, Commands
from desktop.wire.level2 import (
    MEDIA,
    Frames,
    WireError,
    decode_answer,
    decode_patch,
    decode_results,
    encode_commands,
    name_asked,
)

FAR_AHEAD_S = 3_600.0


class CommandRules:
    """Tries every rule of the commands on a new incident; a restart must keep what is in `kept`."""

    def __init__(self, client: CommandClient, other: CommandClient) -> None:
        """`other` submits commands as another client of the same server."""
        self._client = client
        self._other = other
        self._caller: Caller = client.caller
        self._report = client.report
        self._target = ""
        self.kept: tuple[Command, dict[str, Any]] | None = None
        """A note that was accepted and the answer to it."""

    def judge(self, frames: Frames | None) -> None:
        """Try all rules that need no restart; Blocked when none can be tried."""
        self._create()
        for part in (
            self._same_key, self._after, self._conflict, self._cut, self._stages, self._reasons,
            self._poison, self._states, self._many, self._future, self._fence,
        ):  # fmt: skip
            part()
        if frames is None:
            self._report.leave(COMMANDS_LEVEL2, "no_level2")
        else:
            self._compact(frames)
            self._since(frames)
            self._stream(frames)

    @property
    def target(self) -> str:
        """The incident that the checker made."""
        return self._target

    def _create(self) -> None:
        body = {"title": TITLE["zh"], "level": "ordinary"}
        if townships := self._client.session.get("townships"):
            body["township"] = townships[0]
        command = self._client.command("create", "", body)
        command["target"] = self._target = new_incident_id(command["key"])
        result = self._client.submit(command).get(command["key"])
        if not self._client.expect_accepted("commands_create", result):
            raise Blocked("commands_create")
        row = self._client.row(self._target)
        self._report.judge(
            "commands_create", row is not None, request="GET /v1/changes",
            path=f"incidents/{self._target}", expected=Plain("the row"), got=row,
        )  # fmt: skip
        if row is None:
            raise Blocked("commands_create")

    def _note(self, rule: str, **more: Any) -> tuple[Command, str]:
        """Make a note and its text, which no other note has."""
        text = f"{rule} {secrets.token_hex(4)}"
        return self._client.note(self._target, text, **more), text

    def _same_key(self) -> None:
        command, text = self._note("same-key")
        body = self._client.body(command)
        first = self._client.read(self._client.post(body), [command]).get(command["key"])
        if not self._client.expect_accepted("commands_effect", first):
            self._report.leave(["commands_same_key", "commands_key_reused"], "because",
                               "commands_effect")  # fmt: skip
            return
        self._client.judge_once("commands_effect", self._target, text, f"POST {PATH}")
        again = self._client.read(self._client.post(body), [command]).get(command["key"])
        assert first is not None
        self._judge_same("commands_same_key", first, again)
        if not self._report.has_failed("commands_effect"):
            self._client.judge_once("commands_same_key", self._target, text, f"POST {PATH} ×2")
        self.kept = (command, first)
        for before in ("commands_effect", "commands_same_key"):
            if self._report.has_failed(before):
                rest = ["commands_key_reused", "commands_cut", "restart_once"]
                self._report.leave(rest, "because", before)
                return
        other = command | {"body": {"text": "something else"}}
        answer = self._client.post(self._client.body(other))
        self._expect_refusal("commands_key_reused", answer, 422, "key-reused")

    def _judge_same(self, rule: str, first: dict[str, Any], again: dict[str, Any] | None) -> None:
        """Judge that both answers are the same, apart from `durable`, which may have changed."""
        one, two = ({k: v for k, v in (each or {}).items() if k != "durable"}
                    for each in (first, again))  # fmt: skip
        self._report.judge(
            rule, one == two, request=f"POST {PATH}", path="$.results[0]", expected=one, got=two
        )

    def _expect_refusal(self, rule: str, answer: Any, status: int, kind: str) -> None:
        """Judge that a whole request was refused, with this status and problem type."""
        if self._caller.expect(rule, answer, status) and answer.media_type == PROBLEM:
            # A refusal in another form is the fault of `line_problems` alone.
            try:
                details = strict_json(answer.body)
            except NotJson:
                return
            said = str(details.get("type") if isinstance(details, dict) else details)
            self._report.judge(
                rule, said.rpartition(":")[2] == kind, request=answer.request, path="$.type",
                expected=Plain(f"…:{kind}"), got=said,
            )  # fmt: skip

    def _after(self) -> None:
        first, _ = self._note("before")
        waiting, text = self._note("after", after=first["key"])
        answer = self._client.post(self._client.body(waiting))
        results = self._client.read(answer, [waiting], all_answered=False)
        self._report.judge(
            "commands_after", waiting["key"] not in results, request=answer.request,
            path="$.results", expected=[], got=list(results.values()),
        )  # fmt: skip
        if waiting["key"] in results:
            return
        answer = self._client.post(self._client.body(first, waiting))
        results = self._client.read(answer, [first, waiting])
        if self._client.expect_accepted("commands_after", results.get(waiting["key"])):
            self._client.judge_once("commands_after", self._target, text, f"POST {PATH}")

    def _conflict(self) -> None:
        row = self._client.row(self._target) or {}
        base = row.get("version", 0)
        theirs = self._other.command("dispatch", self._target, {"unit": "甲单位"}, base=base)
        first = self._other.submit(theirs).get(theirs["key"])
        if first is not None and first.get("status") == "rejected" and first.get("reason"):
            self._report.leave(["commands_conflict"], "no_dispatch")
            return
        if not self._other.expect_accepted("commands_conflict", first, path=" dispatch"):
            return
        ours = self._client.command("dispatch", self._target, {"unit": "乙单位"}, base=base)
        result = self._client.submit(ours).get(ours["key"])
        if not self._client.expect_accepted(
            "commands_conflict", result, "conflict", f" base={base}"
        ):
            return
        assert result is not None
        now = self._client.row(self._target) or {}
        told = result.get("row")
        said = (told.get("id"), told.get("version")) if isinstance(told, dict) else told
        self._report.judge(
            "commands_conflict", said == (self._target, now.get("version")),
            request=f"POST {PATH}", path="$.results[0].row",
            expected=[self._target, now.get("version")], got=said,
        )  # fmt: skip
        self._report.judge(
            "commands_conflict", "乙单位" not in str(now.get("lead_unit")),
            request="GET /v1/changes", path=f"incidents/{self._target}.lead_unit",
            expected="甲单位", got=now.get("lead_unit"),
        )  # fmt: skip

    def _cut(self) -> None:
        if self._report.outcomes["commands_cut"].why:
            return
        command, text = self._note("cut")
        body = self._client.body(command)
        headers = {"Content-Type": "application/json"}
        self._caller.line.ask_and_hang_up("POST", PATH, headers, body)
        again = self._client.read(self._client.post(body), [command]).get(command["key"])
        self._client.expect_accepted("commands_cut", again)
        self._client.judge_once("commands_cut", self._target, text, f"POST {PATH} ✂ ×2")

    def _stages(self) -> None:
        wrong = self._client.command("verify", self._target, {"passed": True})
        row = self._client.row(self._target) or {}
        wrong["base"] = row.get("version", 0)
        result = self._client.submit(wrong).get(wrong["key"])
        stage = f" verify, stage {row.get('stage', 'filed')}"
        self._client.expect_accepted("commands_stages", result, "rejected", stage)

    def _reasons(self) -> None:
        for wrong in (
            self._client.note("no-such-incident", "x"),
            self._client.command("note", self._target, {}),
            self._client.command("no-such-kind", self._target, {}),
        ):
            answer = self._client.post(self._client.body(wrong))
            result = self._client.read(answer, [wrong]).get(wrong["key"])
            if self._client.expect_accepted(
                "commands_reasons", result, "rejected", f" {wrong['kind']}"
            ):
                self._reason("commands_reasons", result)

    def _reason(self, rule: str, result: dict[str, Any] | None) -> None:
        reason = (result or {}).get("reason")
        told = reason if isinstance(reason, str) else "".join(map(str, (reason or {}).values()))
        self._report.judge(
            rule, told.strip(), request=f"POST {PATH}", path="$.results[0].reason",
            expected=Plain("words for the officer"), got=reason,
        )  # fmt: skip

    def _poison(self) -> None:
        wrong = self._client.note("no-such-incident", "x")
        good, _ = self._note("beside")
        results = self._client.submit(wrong, good)
        self._client.expect_accepted("commands_poison", results.get(good["key"]))

    def _states(self) -> None:
        if self.kept is None:
            return
        (command, first), unknown = self.kept, new_key()
        answer = self._caller.ask("GET", f"{PATH}?keys={command['key']},{unknown}")
        self._caller.require("commands_states", answer, 200)
        told = self._caller.read(
            answer, rule="commands_states", name="CommandResults", magic="commands_states"
        )
        keys = {str(each.get("key")): each.get("status") for each in results_in(told)}
        wanted = {command["key"]: first.get("status")}
        self._report.judge(
            "commands_states", keys == wanted, request=answer.request, path="$.results",
            expected=wanted, got=keys,
        )  # fmt: skip

    def _many(self) -> None:
        notes = [self._note("many")[0] for _ in range(MAX_COMMANDS + 1)]
        answer = self._client.post(self._client.body(*notes))
        self._caller.expect("commands_many", answer, 400, 413, 422)
        results = self._client.submit(*notes[:MAX_COMMANDS])
        self._report.judge(
            "commands_many",
            all(each.get("status") == "accepted" for each in results.values()),
            request=f"POST {PATH} ×{MAX_COMMANDS}", path="$.results", expected="accepted",
            got=[each.get("status") for each in results.values()],
        )  # fmt: skip

    def _future(self) -> None:
        at = datetime.fromtimestamp(time.time() + FAR_AHEAD_S, UTC).isoformat()
        command, _ = self._note("future", at=at)
        result = self._client.submit(command).get(command["key"])
        self._client.expect_accepted("commands_future", result, "rejected", f" at={at}")

    def _fence(self) -> None:
        old = self._client.session
        newer = open_session(self._caller, old.client)
        for rule, session, kind in (
            ("commands_old_fence", old, "fence"),
            ("commands_old_epoch", Opened(old.client, newer.told | {"epoch": "another"}), "epoch"),
        ):
            self._client.session = session
            command, text = self._note(kind)
            self._expect_refusal(rule, self._client.post(self._client.body(command)), 409, kind)
            count = self._client.times_noted(self._target, text)
            self._report.judge(
                rule, count == 0, request="GET /v1/changes", path="timeline",
                expected=Plain(f"0 × {text}"), got=Plain(f"{count} ×"),
            )  # fmt: skip
        self._client.session = newer

    def _post_compact(self, rule: str, command: Command, frames: Frames, query: str) -> Response:
        asked = msgspec.convert(msgspec.json.decode(self._client.body(command)), Commands)
        query += f"&d={frames.use}" if frames.use else ""
        path = f"{PATH}?{query.lstrip('&')}" if query else PATH
        answer = self._caller.ask(
            "POST", path, {"Content-Type": MEDIA} | ACCEPT, encode_commands(asked, frames)
        )
        self._caller.require(rule, answer, 200)
        return answer

    def _since(self, frames: Frames) -> None:
        """Judge that an answer with changes has all since the token, its command's effect too."""
        rule = "commands_level2_since"
        if not self._client.session.get("since") or self._report.has_failed("commands_level2"):
            self._report.leave([rule], "no_since")
            return
        self._client.row(self._target)
        token = self._client.token
        command, _ = self._note("since")
        answer = self._post_compact(rule, command, frames, f"since={quote(token, safe='')}")
        try:
            changes = decode_answer(answer.body, frames).changes
        except WireError as error:
            self._report.judge(
                rule, False, request=answer.request, expected=Plain("level2.md, 7"),
                got=Plain(str(error)),
            )  # fmt: skip
            return
        if changes is None:
            self._report.leave([rule], "no_since")  # Too many, or now is not the time.
            return
        patch, wanted = changes.patch, f"{name_asked(token):08x}"
        got = None if patch is None else f"{patch.asked:08x}"
        if not self._report.judge(
            rule, got == wanted, request=answer.request, path="asked", expected=wanted, got=got
        ):
            return
        assert patch is not None
        self._judge_whole(rule, patch.token)

    def _stream(self, frames: Frames) -> None:
        """Judge that an open stream has brought all up to the hint that an answer names."""
        rule = "commands_level2_stream"
        if not self._client.session.get("since") or self._report.has_failed("commands_level2"):
            self._report.leave([rule], "no_since")
            return
        self._client.row(self._target)
        token, wish = self._client.token, f"&d={frames.use}" if frames.use else ""
        path = f"/v1/stream?since={quote(token, safe='')}{wish}"
        with self._caller.line.hold_open(path, ACCEPT) as stream:
            if stream.head.status != 200 or stream.head.media_type != MEDIA:
                self._report.leave([rule], "no_stream")
                return
            stream.hear(HEARD_WITHIN_S)
            command, _ = self._note("stream")
            answer = self._post_compact(rule, command, frames, "stream")
            try:
                number = decode_answer(answer.body, frames).streamed
                if number is None:
                    self._report.leave([rule], "no_stream")
                    return
                for page in hear_pages(stream, number, frames):
                    patch = decode_patch(page, frames)
                    if patch.asked == name_asked(token):
                        token = patch.token
            except WireError as error:
                self._report.judge(
                    rule, False, request=answer.request, expected=Plain("level2.md, 6, 7"),
                    got=Plain(str(error)),
                )  # fmt: skip
                return
        self._judge_whole(rule, token)

    def _judge_whole(self, rule: str, token: str) -> None:
        """Judge that what came up to this token has what was done to the target."""
        later = self._caller.ask("GET", changes_path(token))
        told = self._caller.read(later, rule=rule, name="Changes") if later.status == 200 else {}
        missed = [each for each in told.get("changes", ()) if each.get("id") == self._target]
        self._report.judge(
            rule, later.status in (200, 204) and not missed, request=later.request, path="changes",
            expected=Plain(f"nothing of {self._target}"), got=missed or Plain(str(later.status)),
        )  # fmt: skip

    def _compact(self, frames: Frames) -> None:
        command, text = self._note("level2")
        answer = self._post_compact("commands_level2", command, frames, "")
        try:
            told = decode_results(answer.body, frames)
        except WireError as error:
            self._report.judge(
                "commands_level2", False, request=answer.request, expected=Plain("level2.md, 7"),
                got=Plain(str(error)),
            )  # fmt: skip
            return
        said = [(each.key, each.status) for each in told.results]
        self._report.judge(
            "commands_level2", said == [(command["key"], "accepted")], request=answer.request,
            path="results", expected=[(command["key"], "accepted")], got=said,
        )  # fmt: skip
        self._client.judge_once("commands_level2", self._target, text, f"POST {PATH} ({MEDIA})")


def judge_restart(rules: CommandRules, client: CommandClient) -> None:
    """Judge that a server still knows its commands after it was stopped and started."""
    report, before = client.report, client.session
    now = open_session(client.caller, before.client)
    for name in ("epoch", "server"):
        report.judge(
            "restart_identity", before.get(name) == now.get(name), request="POST /v1/session",
            path=f"$.{name}", expected=before.get(name), got=now.get(name),
        )  # fmt: skip
    fences = before.get("fence"), now.get("fence")
    report.judge(
        "restart_fence", all(isinstance(each, int) for each in fences) and fences[1] > fences[0],
        request="POST /v1/session", path="$.fence", expected=Plain(f"> {fences[0]}"),
        got=fences[1],
    )  # fmt: skip
    if rules.kept is None:
        report.leave(["restart_once"], "because", "commands_effect")
        return
    for before_that in ("restart_identity", "restart_fence", "commands_same_key"):
        if report.has_failed(before_that):
            report.leave(["restart_once"], "because", before_that)
            return
    client.session = now
    command, first = rules.kept
    again = client.submit(command).get(command["key"])
    client.expect_accepted("restart_once", again, str(first.get("status")))
    text = command["body"]["text"]
    client.judge_once("restart_once", rules.target, text, f"POST {PATH}, ⟳, POST {PATH}")
