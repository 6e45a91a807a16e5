"""Rules of the changes: from a token to "nothing new", and tokens that are not valid."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from desktop.conformance.caller import Caller, excerpt
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.held import Held
from desktop.conformance.line import Response
from desktop.conformance.rows import judge_row, judge_scope
from desktop.conformance.rules import CHANGES
from desktop.conformance.session import Opened, judge_time
from desktop.protocol.checksum import UNCOUNTED
from desktop.wire.level1 import COLLECTIONS
from desktop.wire.mark import HEADER, mark

MOST_PAGES = 400
ROUNDS = 20
"""Final pages in a row with changes in them, after which the county counts as never quiet."""
SMALL = "&max_bytes=1024"
PARTED = re.compile(r"([0-9A-Za-z]+)\.([0-9]+)\.(.+)")


def changes_path(token: str) -> str:
    """Return the path of the changes after a token."""
    return f"/v1/changes?since={quote(token, safe='')}"


class ChangesReader:
    """Follows the changes from the token of `held` and applies them to its rows."""

    def __init__(
        self, caller: Caller, session: Opened, held: Held, *, trusted: bool, wishes: str = ""
    ) -> None:
        """With `trusted`, `held` began with all rows, so that checksums can be compared;
        `wishes` is added to the query of each request.
        """
        self._wishes = wishes
        self._caller = caller
        self._report = caller.report
        self._session = session
        self.held = held
        self.trusted = trusted
        self._empty = 0
        """Pages in a row without a change."""

    def follow(self) -> None:
        """Read pages until nothing is new; Blocked when an answer cannot be followed."""
        rounds = pages = 0
        while rounds < ROUNDS and pages < MOST_PAGES:
            self._empty += 1
            answer = self._caller.ask("GET", changes_path(self.held.token) + self._wishes)
            if answer.status == 204:
                self._quiet(answer)
                return
            if answer.status >= 400 and self._report.has_failed("token_again"):
                raise Blocked("token_again")
            self._caller.require("changes_status", answer, 200, 204)
            rounds += not self._page(answer)
            pages += 1
        if self._empty >= ROUNDS:
            self._report.judge(
                "changes_quiet", False, request=answer.request, path="$.changes",
                expected=Plain("204"), got=Plain(f"[] ×{self._empty}"),
            )  # fmt: skip
        self._report.leave(["changes_quiet"], "always_new")

    def _quiet(self, answer: Response) -> None:
        self._report.judge("changes_status", True)
        self._report.judge("changes_quiet", True)
        said = answer.headers.get(HEADER.lower())
        server = self._session.get("server")
        if said is None or not server:
            self._report.leave(["changes_mark"], "no_mark")
            return
        wanted = mark(str(server), urlsplit(answer.request.partition(" ")[2]).query)
        self._report.judge(
            "changes_mark", said == wanted, request=answer.request, path=HEADER, expected=wanted,
            got=said,
        )  # fmt: skip

    def _page(self, answer: Response) -> bool:
        """Apply a page; return whether it announces another."""
        page = self._caller.read(
            answer, rule="changes_shape", name="Changes", magic="changes_magic",
            besides=("$.changes[",),
        )  # fmt: skip
        judge_time(self._caller, "changes_clock", answer, page)
        changes, token, more = page.get("changes"), page.get("token"), page.get("more") is True
        if not isinstance(changes, list) or not isinstance(token, str):
            raise Blocked("changes_shape")
        for index, change in enumerate(changes):
            self._empty = 0
            self._change(answer, change, f"$.changes[{index}]")
        if not self._report.judge(
            "changes_progress", token != self.held.token, request=answer.request, path="$.token",
            expected=Plain(f"≠ {self.held.token}" if changes else "204 where nothing is new"),
            got=token if changes else Plain(f"200, changes: [], token: {token}"),
        ):  # fmt: skip
            raise Blocked("changes_progress")
        self.held.token = token
        if not more:
            self._sum(answer, page)
        return more

    def _change(self, answer: Response, change: Any, where: str) -> None:
        report, told = self._report, {"request": answer.request}
        change = change if isinstance(change, dict) else {}
        name, id, row = change.get("collection"), change.get("id"), change.get("row")
        if not report.judge(
            "changes_shape", isinstance(name, str) and isinstance(id, str) and id, path=where,
            expected=Plain('{"collection", "id"}'), got=change, **told,
        ):  # fmt: skip
            self.trusted = False
            return
        if name not in COLLECTIONS:
            report.unknown_word("collections", name)
            self.trusted = False
            return
        if "row" not in change:
            self.held.delete(name, id)
            return
        row = judge_row(self._caller, answer, name, row, f"{where}.row", "changes_rows")
        if row is None:
            self.trusted = False
            return
        judge_scope(self._caller, answer, name, row, f"{where}.row", self._session)
        if not report.judge(
            "changes_rows", row.get("id") == id, path=f"{where}.row.id", expected=id,
            got=row.get("id"), **told,
        ):  # fmt: skip
            self.trusted = False
            return
        self._version(answer, name, row, f"{where}.row.version")
        self.held.put(name, row)

    def _version(self, answer: Response, collection: str, row: dict[str, Any], where: str) -> None:
        before = self.held.get(collection, row["id"])
        if collection == "trends" or before is None:
            return
        last, now = before.get("version", 0), row.get("version", 0)
        if before != row:
            self.trusted &= self._report.judge(
                "changes_versions", now > last, request=answer.request, path=where,
                expected=Plain(f"> {last}"), got=now,
            )  # fmt: skip

    def _sum(self, answer: Response, page: dict[str, Any]) -> None:
        if not self._session.get("sums") and page.get("sum") is None:
            self._report.leave(["changes_sum"], "no_sums")
        elif not self.trusted:
            self._report.leave(["changes_sum"], "rows_missing")
        else:
            self.trusted = self._report.judge(
                "changes_sum", page.get("sum") == self.held.sum, request=answer.request,
                path="$.sum", expected=self.held.sum, got=page.get("sum"),
            )  # fmt: skip


def judge_pages(caller: Caller, session: Opened, reader: ChangesReader, start: Held) -> None:
    """Judge that small pages give the same rows as large ones; servers may refuse `max_bytes`."""
    report = caller.report
    before = next((rule for rule in CHANGES if report.has_failed(rule)), "")
    if before:
        report.leave(["changes_pages"], "because", before)
        return
    asked = changes_path(start.token) + SMALL
    if caller.ask("GET", asked).status == 400:
        report.leave(["changes_pages"], "no_pages")
        return
    small = ChangesReader(caller, session, start, trusted=reader.trusted, wishes=SMALL)
    for _ in range(ROUNDS):
        small.follow()
        reader.follow()
        if caller.ask("GET", changes_path(small.held.token)).status == 204:
            break
    else:
        report.leave(["changes_pages"], "always_new")
        return
    ours, theirs = reader.held.rows, small.held.rows
    differing = [key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)]
    differing = [key for key in differing if key[0] not in UNCOUNTED]
    if report.has_failed("changes_sum"):
        report.leave(["changes_pages"], "because", "changes_sum")
        return
    report.judge(
        "changes_pages", not differing, request=f"GET {asked}", path="rows",
        expected=Plain("≡"), got=["/".join(filter(None, key)) for key in differing[:3]],
    )  # fmt: skip


def judge_tokens(caller: Caller, first: str, last: str, old: str | None) -> None:
    """Judge that used tokens stay valid, and that those never issued or too old are refused."""
    again = () if caller.report.has_failed("changes_status") else dict.fromkeys((first, last))
    for token in again:
        caller.expect("token_again", caller.ask("GET", changes_path(token)), 200, 204)
    for token, statuses in strangers(last):
        answer = caller.ask("GET", changes_path(token))
        caller.expect("token_stranger", answer, *statuses)
    if old is None:
        caller.report.leave(["token_old"], "no_old_token")
    else:
        caller.expect("token_old", caller.ask("GET", changes_path(old)), 410)
    caller.expect("changes_refuses", caller.ask("GET", "/v1/changes"), 400, 422)


def strangers(token: str) -> list[tuple[str, tuple[int, ...]]]:
    """Make tokens like this one that were never issued, each with the statuses it may get.

    In one of the form `epoch.sequence.scope` the epoch is changed, which must get 409.
    """
    parts = PARTED.fullmatch(token)
    found: list[tuple[str, tuple[int, ...]]] = [("no-token-of-yours", (400, 409, 410))]
    if parts is not None:
        other = "".join(_next(letter) for letter in parts[1])
        found.append((f"{other}.{parts[2]}.{parts[3]}", (409,)))
        elsewhere = "".join(map(_next, parts[3]))
        found.append((f"{parts[1]}.{parts[2]}.{elsewhere}", (400, 409, 410)))
    return found


def _next(letter: str) -> str:
    """Return the next letter or digit of the same sort; any other character unchanged."""
    if not letter.isalnum():
        return letter
    last = {"z": "a", "Z": "A", "9": "0"}
    return last.get(letter, chr(ord(letter) + 1))


def judge_stream(caller: Caller, wait_s: float) -> None:
    """Judge that the hints, if the server has any, are server-sent events with numbers as data."""
    answer = caller.line.listen("/v1/stream", wait_s)
    if answer.status in (404, 503):
        caller.report.leave(["stream_events"], "no_stream")
        return
    judge, told = caller.report.judge, {"request": answer.request}
    if not judge(
        "stream_events", answer.status == 200 and answer.media_type == "text/event-stream",
        path="Content-Type", expected=Plain("200 text/event-stream"),
        got=Plain(f"{answer.status} {answer.media_type}"), **told,
    ):  # fmt: skip
        return
    body = answer.body
    if answer.headers.get("transfer-encoding", "").lower() == "chunked":
        body = b"\n".join(line for line in body.split(b"\r\n") if not _is_size(line))
    for line in body.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        good = name in ("", "event", "id", "retry") or (
            name == "data" and value.strip().isascii() and value.strip().isdigit()
        )
        judge(
            "stream_events", good, path="-", expected=Plain("data: NUMBER"),
            got=Plain(excerpt(line.encode())), **told,
        )  # fmt: skip


def _is_size(line: bytes) -> bool:
    return re.fullmatch(rb"[0-9A-Fa-f]{1,8}", line) is not None
