"""Rules of the level 1 snapshot: every line, row and word, up to the trailer."""

from __future__ import annotations

from collections import Counter
from typing import Any

from desktop.conformance.caller import Caller, NotJson, excerpt, strict_json, unpack, without_nulls
from desktop.conformance.findings import Blocked, Plain
from desktop.conformance.held import Held, row_key
from desktop.conformance.line import Response
from desktop.conformance.rows import judge_row, judge_scope
from desktop.conformance.session import Opened, ask_session
from desktop.wire.level1 import COLLECTIONS, MAGIC

NDJSON = "application/x-ndjson"
PIECE = (10, 209)
"""The range of a snapshot that is requested alone: its first and last byte."""


class SnapshotReader:
    """Reads and judges one snapshot; `held` has its rows at the end."""

    def __init__(self, caller: Caller, session: Opened) -> None:
        self.held = Held()
        self.answer: Response | None = None
        self._caller = caller
        self._report = caller.report
        self._session = session
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._uncounted = self._doubtful = False
        """Whether some row could not be counted in the sum."""

    def read(self) -> None:
        """Read and judge the snapshot; Blocked when it cannot be read to its end."""
        path = snapshot_path(self._session)
        answer = self._caller.ask("GET", path)
        self.answer = answer
        self._caller.require("snapshot_status", answer, 200)
        lines = self._lines(answer)
        self._head(answer, lines[0])
        end = next((n for n, line in enumerate(lines) if line.get("end") is True), None)
        for number, line in enumerate(lines[1:end], 2):
            self._page(answer, line, f"$[{number}]")
        self._trailer(answer, lines, end)

    def _lines(self, answer: Response) -> list[dict[str, Any]]:
        """Yield each line's JSON object; Blocked at the first line that is none."""
        report, told = self._report, {"request": answer.request}
        is_lines = answer.media_type == NDJSON
        try:
            body = unpack(answer)
        except NotJson as error:
            body = b""
            report.need("line_coding", False, expected=Plain("gzip"), got=str(error), **told)
        lines: list[dict[str, Any]] = []
        for number, line in enumerate(body.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                value = strict_json(line)
            except NotJson as error:
                if not is_lines and number == 1 and not line.lstrip().startswith(b"{"):
                    self._media(answer)
                    raise Blocked("line_media") from None
                got = f"line {number}: {error}"
                if not report.has_failed("line_length"):
                    report.judge(
                        "snapshot_lines", False, path=f"$[{number}]",
                        expected=Plain("one JSON object a line, not pretty-printed"), got=got,
                        **told,
                    )  # fmt: skip
                raise Blocked(
                    "line_length" if report.has_failed("line_length") else "snapshot_lines"
                ) from None
            report.need(
                "snapshot_lines", isinstance(value, dict), path=f"$[{number}]",
                expected=Plain("object"), got=value, **told,
            )  # fmt: skip
            lines.append(value)
        report.need(
            "snapshot_lines", lines, expected=Plain("head, pages, trailer"), got=excerpt(body),
            **told,
        )  # fmt: skip
        self._media(answer)
        return lines

    def _media(self, answer: Response) -> None:
        self._report.judge(
            "line_media", answer.media_type == NDJSON, request=answer.request,
            path="Content-Type", expected=Plain(NDJSON),
            got=Plain(f"{answer.media_type or '-'}: {excerpt(answer.body)}"),
        )  # fmt: skip

    def _head(self, answer: Response, head: dict[str, Any]) -> None:
        report, told = self._report, {"request": answer.request}
        report.judge(
            "snapshot_magic", head.get("magic") == MAGIC, path="$[1].magic", expected=MAGIC,
            got=head.get("magic"), **told,
        )  # fmt: skip
        faults = self._caller.schemas.faults("SnapshotHead", head, "$[1]")
        faults = [each for each in faults if each.path != "$[1].magic"]
        if not self._caller.faulty("snapshot_head", answer, faults):
            raise Blocked("snapshot_head")
        self.held.token, self.held.epoch = head["token"], head["epoch"]
        self._totals: dict[str, int] = head["totals"]
        if report.has_failed("session_same") or not isinstance(self._session.get("epoch"), str):
            report.leave(["snapshot_epoch"], "because", "session_same")
            return
        report.judge(
            "snapshot_epoch", head["epoch"] == self._session.get("epoch"), path="$[1].epoch",
            expected=self._session.get("epoch"), got=head["epoch"], **told,
        )  # fmt: skip

    def _page(self, answer: Response, page: dict[str, Any], where: str) -> None:
        report, told = self._report, {"request": answer.request}
        name, rows = page.get("collection"), page.get("rows")
        known = isinstance(name, str) and isinstance(rows, list)
        if not report.judge(
            "snapshot_pages", known, path=where, expected=Plain('{"collection", "rows": […]}'),
            got=list(page), **told,
        ):  # fmt: skip
            self._doubtful = self._uncounted = True
            return
        assert isinstance(name, str)
        assert isinstance(rows, list)
        self._counts[name] += len(rows)
        self._total += len(rows)
        offered = self._session.get("collections")
        report.judge(
            "snapshot_pages", name in offered if isinstance(offered, list) else True,
            path=f"{where}.collection", expected=offered, got=name, **told,
        )  # fmt: skip
        if name not in COLLECTIONS:
            report.unknown_word("collections", name)
            self._doubtful = True
            return
        for index, row in enumerate(rows):
            self._row(answer, name, row, f"{where}.rows[{index}]")

    def _row(self, answer: Response, collection: str, row: Any, where: str) -> None:
        row = without_nulls(row)
        readable = judge_row(self._caller, answer, collection, row, where) is not None
        if readable:
            judge_scope(self._caller, answer, collection, row, where, self._session)
        if not (isinstance(row, dict) and isinstance(row.get("id"), str)):
            self._doubtful = True
            return
        if not readable and not isinstance(row.get("version", 0), int):
            self._doubtful = True
            return
        if not self._report.judge(
            "rows_ids", row_key(collection, row) not in self.held.rows, request=answer.request,
            path=f"{where}.id", expected=Plain("an id of its own"), got=row["id"],
        ):  # fmt: skip
            self._doubtful = True
        self.held.put(collection, row)

    def _trailer(self, answer: Response, lines: list[dict[str, Any]], end: int | None) -> None:
        report, told = self._report, {"request": answer.request}
        where = f"$[{len(lines)}]"
        if end is None or end != len(lines) - 1:
            got: object = list(lines[-1]) if end is None else Plain(f"$[{end + 1}]")
            report.judge(
                "snapshot_trailer", False, path=where,
                expected=Plain('{"end": true} in the last line'), got=got, **told,
            )  # fmt: skip
            raise Blocked("snapshot_trailer")
        trailer = lines[end]
        faults = self._caller.schemas.faults("SnapshotTrailer", trailer, where)
        self._caller.faulty("snapshot_trailer", answer, faults)
        if self._uncounted:
            report.leave(["snapshot_count", "snapshot_totals"], "because", "snapshot_pages")
            report.leave(["snapshot_sum"], "rows_missing")
            return
        complete = report.judge(
            "snapshot_count", trailer.get("rows") == self._total, path=f"{where}.rows",
            expected=self._total, got=trailer.get("rows"), **told,
        )  # fmt: skip
        counted = {name: count for name, count in self._counts.items() if count}
        said = {name: count for name, count in self._totals.items() if count}
        if complete or said == counted:
            report.judge(
                "snapshot_totals", said == counted, path="$[1].totals", expected=counted, got=said,
                **told,
            )  # fmt: skip
        else:
            report.leave(["snapshot_totals"], "because", "snapshot_count")
        self._sum(answer, trailer, f"{where}.sum", complete)

    def _sum(self, answer: Response, trailer: dict[str, Any], where: str, complete: bool) -> None:
        report = self._report
        if not self._session.get("sums") and trailer.get("sum") is None:
            report.leave(["snapshot_sum"], "no_sums")
        elif self._doubtful or not complete:
            report.leave(["snapshot_sum"], "rows_missing")
        else:
            report.judge(
                "snapshot_sum", trailer.get("sum") == self.held.sum, request=answer.request,
                path=where, expected=self.held.sum, got=trailer.get("sum"),
            )  # fmt: skip


def snapshot_path(session: Opened) -> str:
    """Return the snapshot's path from the session; Blocked when that names none."""
    path = session.get("snapshot")
    if not isinstance(path, str):
        raise Blocked("session_shape")
    if not path.startswith("/v1/snapshot/"):
        raise Blocked("session_snapshot")
    return path


def judge_copies(caller: Caller, session: Opened, whole: Response) -> None:
    """Judge that the snapshot read again, with gzip and in ranges is always the same bytes."""
    path, report = snapshot_path(session), caller.report
    gone = caller.ask("GET", path.rpartition("/")[0] + "/no-such-snapshot")
    caller.expect("snapshot_gone", gone, 404)
    tag = whole.headers.get("etag", "")
    report.judge(
        "snapshot_tag", tag.startswith('"') and tag.endswith('"') and len(tag) > 2,
        request=whole.request, path="ETag", expected=Plain('strong: "…"'), got=tag,
    )  # fmt: skip
    _judge_same(caller, path, whole, tag)
    _, later = ask_session(caller, session.client + "-later")
    if later.status == 200 and _is_named(path, later):
        # A server that makes a snapshot for each session must give each a name of its own.
        _judge_same(caller, path, whole, tag)
    if report.has_failed("snapshot_same"):
        report.leave(["snapshot_gzip", "snapshot_range"], "because", "snapshot_same")
        return
    packed = caller.ask("GET", path, {"Accept-Encoding": "gzip"})
    try:
        body = unpack(packed)
    except NotJson as error:
        body = str(error).encode()
    report.judge(
        "snapshot_gzip", body == whole.body, request=f"{whole.request} (Accept-Encoding: gzip)",
        path="-", expected=Plain(f"{len(whole.body)} B"),
        got=Plain(f"{len(body)} B{_first_difference(whole.body, body)}"),
    )  # fmt: skip
    if not report.has_failed("snapshot_tag"):
        _judge_ranges(caller, path, whole, tag)


def _is_named(path: str, answer: Response) -> bool:
    """Whether the session in an answer names this snapshot."""
    try:
        told = strict_json(unpack(answer))
    except NotJson:
        return False
    return isinstance(told, dict) and told.get("snapshot") == path


def _judge_same(caller: Caller, path: str, whole: Response, tag: str) -> None:
    """Judge that the snapshot read again has the same bytes and ETag."""
    again = caller.ask("GET", path)
    same = (again.status, again.body, again.headers.get("etag", ""))
    caller.report.judge(
        "snapshot_same", same == (200, whole.body, tag), request=whole.request, path="-",
        expected=Plain(f"200, {len(whole.body)} B, ETag {tag}"),
        got=Plain(f"{same[0]}, {len(same[1])} B, ETag {same[2]}"
                  f"{_first_difference(whole.body, same[1])}"),
    )  # fmt: skip


def _judge_ranges(caller: Caller, path: str, whole: Response, tag: str) -> None:
    """Judge that a range has the right bytes; a server may send the whole instead."""
    first, last = PIECE
    last = min(last, len(whole.body) - 1)
    for condition, piece_lawful in ((tag, True), ('"of-another"', False)):
        asked = {"Range": f"bytes={first}-{last}", "If-Range": condition}
        part = caller.ask("GET", path, asked)
        if part.status == 206 and piece_lawful:
            wanted, where = whole.body[first : last + 1], f"bytes {first}-{last}/{len(whole.body)}"
        else:
            wanted, where = whole.body, ""
        statuses = (200, 206) if piece_lawful else (200,)
        good = part.status in statuses and part.body == wanted
        said = part.headers.get("content-range", "")
        caller.report.judge(
            "snapshot_range", good and (part.status == 200 or said == where),
            request=f"{whole.request} (Range: bytes={first}-{last}, If-Range: {condition})",
            path="-", expected=Plain(f"{' | '.join(map(str, statuses))}, {len(wanted)} B {where}"),
            got=Plain(f"{part.status}, {len(part.body)} B {said}"
                      f"{_first_difference(wanted, part.body)}"),
        )  # fmt: skip


def _first_difference(wanted: bytes, got: bytes) -> str:
    if wanted == got:
        return ""
    pairs = enumerate(zip(wanted, got, strict=False))
    place = next((n for n, (a, b) in pairs if a != b), min(len(wanted), len(got)))
    return f", ≠ @ {place}"
