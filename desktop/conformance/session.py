"""Rules of the session: whether it is the right server, and how it describes itself."""

from __future__ import annotations

import json
import re
import secrets
from datetime import datetime
from typing import Any

import msgspec

from desktop.conformance.caller import Caller
from desktop.conformance.findings import Plain
from desktop.conformance.line import Response
from desktop.conformance.schema import ABSENT, is_instant
from desktop.wire.level1 import COLLECTIONS, FIRST_TABLES

LATER = frozenset(tuple(COLLECTIONS)[FIRST_TABLES:])
CLOCK_OFF_S = 60.0
"""How far a server's time may be from this computer's."""
PATH = "/v1/session"
TABLES = len(COLLECTIONS)
"""The collections that are judged."""
PLACE = re.compile(r"/v1/snapshot/[0-9a-z-]{1,64}/[0-9a-z-]{1,64}")


class Opened(msgspec.Struct, frozen=True):
    """A session as the server answered it, with the client name it was opened under."""

    client: str
    told: dict[str, Any]

    def get(self, name: str) -> Any:
        """Return a field as received; None when it is missing."""
        return self.told.get(name)

    @property
    def counted(self) -> str:
        """The parameter by which sums count all that is judged; empty where none is needed."""
        names = self.get("collections")
        more = isinstance(names, list) and not LATER.isdisjoint(map(str, names))
        return f"tables={TABLES}" if more else ""


def ask_session(
    caller: Caller, client: str, headers: dict[str, str] | None = None, **more: Any
) -> tuple[str, Response]:
    """Ask for a session; return the nonce that was sent and the answer.

    A server that refuses fields it does not know is asked once more, as a desk does.
    """
    nonce = secrets.token_hex(8)
    asked = {"nonce": nonce, "client": client}
    body = json.dumps(asked | {"tables": TABLES} | more).encode()
    answer = caller.ask("POST", PATH, headers, body)
    if answer.status in (400, 422):
        answer = caller.ask("POST", PATH, headers, json.dumps(asked).encode())
    return nonce, answer


def open_session(caller: Caller, client: str) -> Opened:
    """Open a session and judge all its fields; Blocked when the answer is not a session."""
    report = caller.report
    nonce, answer = ask_session(caller, client)
    caller.require("session_status", answer, 200)
    told = caller.read(
        answer,
        rule="session_shape",
        name="Session",
        magic="session_magic",
        besides=("$.collections[", "$.snapshot"),
    )
    request = {"request": answer.request}
    report.judge(
        "session_nonce", told.get("nonce") == nonce, path="$.nonce", expected=nonce,
        got=told.get("nonce"), **request,
    )  # fmt: skip
    _judge_path(caller, answer, told.get("snapshot"))
    _judge_collections(caller, answer, told.get("collections"))
    judge_time(caller, "session_clock", answer, told)
    return Opened(client, told)


def _judge_path(caller: Caller, answer: Response, path: object) -> None:
    if path is None:
        caller.report.judge(
            "session_shape", False, request=answer.request, path="$.snapshot",
            expected=Plain("a field that is there"), got=ABSENT,
        )  # fmt: skip
    else:
        caller.report.judge(
            "session_snapshot", PLACE.fullmatch(str(path)),
            request=answer.request, path="$.snapshot", expected=Plain("/v1/snapshot/{scope}/{id}"),
            got=path,
        )  # fmt: skip


def _judge_collections(caller: Caller, answer: Response, names: object) -> None:
    if not isinstance(names, list):
        return
    for index, name in enumerate(names):
        if str(name) not in COLLECTIONS:
            caller.report.unknown_word("collections", str(name))
        caller.report.judge(
            "session_collections", str(name) in COLLECTIONS, request=answer.request,
            path=f"$.collections[{index}]", expected=Plain(" | ".join(COLLECTIONS)), got=name,
        )  # fmt: skip


def judge_time(caller: Caller, rule: str, answer: Response, told: dict[str, Any]) -> None:
    """Judge that `server_time` is within a minute of this computer's time."""
    said = told.get("server_time")
    if not (isinstance(said, str) and is_instant(said)):
        return
    off_s = datetime.fromisoformat(said.upper()).timestamp() - answer.arrived_s
    arrived = datetime.fromtimestamp(answer.arrived_s).astimezone()
    caller.report.judge(
        rule, abs(off_s) <= CLOCK_OFF_S, request=answer.request, path="$.server_time",
        expected=Plain(f"{arrived.isoformat(timespec='seconds')} ± {CLOCK_OFF_S:.0f} s"),
        got=Plain(f"{said} ({off_s:+.0f} s)"),
    )  # fmt: skip


def judge_again(caller: Caller, first: Opened) -> Opened:
    """Open a second session of the same client and compare it with the first."""
    report = caller.report
    again = open_session(caller, first.client)
    request = {"request": f"POST {PATH}"}
    fences = first.get("fence"), again.get("fence")
    if all(isinstance(each, int) for each in fences):
        report.judge(
            "session_fence", fences[1] > fences[0], path="$.fence",
            expected=Plain(f"> {fences[0]}"), got=fences[1], **request,
        )  # fmt: skip
    for name in ("epoch", "server", "county", "collections", "drill"):
        report.judge(
            "session_same", first.get(name) == again.get(name), path=f"$.{name}",
            expected=first.get(name), got=again.get(name), **request,
        )  # fmt: skip
    return again


def judge_refusals(caller: Caller) -> None:
    """Judge that bad bodies, requests without a login and unknown paths are refused."""
    caller.expect("session_refuses", caller.ask("POST", PATH, None, b'{"client": "x"}'), 400, 422)
    caller.expect("session_refuses", caller.ask("POST", PATH, None, b"{"), 400, 422)
    caller.expect("paths_unknown", caller.ask("GET", "/v1/nothing-of-this-name"), 404)
    if caller.line.logs_in:
        for method, path, body in (
            ("POST", PATH, b'{"nonce": "12345678", "client": "nobody"}'),
            ("GET", "/v1/changes?since=x", None),
        ):
            answer = caller.ask(method, path, None, body, login=False)
            if caller.expect("login_required", answer, 401):
                wanted = answer.headers.get("www-authenticate", "")
                caller.report.judge(
                    "login_required", wanted.lower().startswith("bearer"), request=answer.request,
                    path="WWW-Authenticate", expected=Plain("Bearer"), got=wanted,
                )  # fmt: skip
    else:
        caller.report.leave(["login_required"], "no_login")
