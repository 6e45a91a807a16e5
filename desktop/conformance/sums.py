"""Rules of the checksums by which both ends find out whether they hold the same rows."""

from __future__ import annotations

from typing import Any

from desktop.conformance.caller import Caller
from desktop.conformance.changes import ChangesReader, changes_path
from desktop.conformance.findings import Plain
from desktop.conformance.line import Response
from desktop.conformance.rows import judge_row
from desktop.conformance.session import Opened
from desktop.protocol.checksum import BUCKETS, UNCOUNTED, bucket
from desktop.wire.level1 import COLLECTIONS

TRIES = 5
MOST_AT_ONCE = 16


def judge_sums(caller: Caller, reader: ChangesReader, session: Opened) -> None:
    """Compare the 256 bucket sums, and the rows of a few buckets, with the rows held."""
    report, counted = caller.report, session.counted
    for _ in range(TRIES):
        reader.follow()
        answer = caller.ask("GET", "/v1/sums" + (f"?{counted}" if counted else ""))
        caller.require("sums_shape", answer, 200)
        told = caller.read(answer, rule="sums_shape", name="Sums", magic="sums_shape")
        numbers = _some_buckets(reader)
        asked = "/v1/buckets?n=" + ",".join(map(str, numbers))
        rows = caller.ask("GET", asked + (f"&{counted}" if counted else ""))
        if not reader.trusted:
            report.leave(["sums_same", "buckets_rows"], "rows_missing")
            return
        if caller.ask("GET", changes_path(reader.held.token)).status == 204:
            _judge_told(caller, reader, answer, told.get("sums"))
            _judge_rows(caller, reader, rows, numbers)
            return
    report.leave(["sums_same", "buckets_rows"], "always_new")


def _some_buckets(reader: ChangesReader) -> list[int]:
    """Choose buckets to compare: some that have rows, and one that has none."""
    ours = reader.held.sums()
    full = [number for number in range(BUCKETS) if ours[number]][: MOST_AT_ONCE - 1]
    empty = [number for number in range(BUCKETS) if not ours[number]][:1]
    return full + empty or [0]


def _judge_told(caller: Caller, reader: ChangesReader, answer: Response, sums: Any) -> None:
    judge, told = caller.report.judge, {"request": answer.request, "path": "$.sums"}
    whole = isinstance(sums, list) and len(sums) == BUCKETS
    got = Plain(f"{len(sums)} sums") if isinstance(sums, list) else sums
    if not judge("sums_shape", whole, expected=Plain(f"{BUCKETS} sums"), got=got, **told):
        return
    ours = reader.held.sums()
    for number, theirs in enumerate(sums):
        wanted = f"{ours[number]:016x}"
        if not judge(
            "sums_same", theirs == wanted, request=answer.request, path=f"$.sums[{number}]",
            expected=wanted, got=theirs,
        ):  # fmt: skip
            return


def _judge_rows(
    caller: Caller, reader: ChangesReader, answer: Response, numbers: list[int]
) -> None:
    judge, told = caller.report.judge, {"request": answer.request}
    if not caller.expect("buckets_rows", answer, 200):
        return
    value = caller.read(
        answer,
        rule="buckets_rows",
        name="BucketRows",
        magic="buckets_rows",
        besides=("$.changes[",),
    )
    found: set[tuple[str, str, object]] = set()
    changes = value.get("changes")
    for index, change in enumerate(changes if isinstance(changes, list) else ()):
        if not isinstance(change, dict) or str(change.get("collection")) not in COLLECTIONS:
            continue
        name, row = change["collection"], change.get("row")
        where = f"$.changes[{index}].row"
        row = judge_row(caller, answer, name, row, where, "buckets_rows")
        if row is not None and judge(
            "buckets_rows", change.get("id") == row["id"], path=f"$.changes[{index}].id",
            expected=row["id"], got=change.get("id"), **told,
        ):  # fmt: skip
            found.add((name, row["id"], row.get("version", 0)))
    wanted = {
        (name, id, row.get("version", 0))
        for (name, _, id), row in reader.held.rows.items()
        if name not in UNCOUNTED and bucket(name, id) in numbers
    }
    counted = {each for each in found if each[0] not in UNCOUNTED}
    judge(
        "buckets_rows", counted == wanted, path="$.changes", **told,
        expected=Plain(f"{len(wanted)} rows; {_some(wanted - counted)}"),
        got=Plain(f"{len(counted)} rows; {_some(counted - wanted)}"),
    )  # fmt: skip


def _some(rows: set[tuple[str, str, object]]) -> str:
    return ", ".join(f"{name}/{id} v{version}" for name, id, version in sorted(rows, key=str)[:3])
