"""Rules of single rows: their shape, and words from the vocabularies."""

from __future__ import annotations

import re
from typing import Any

from desktop.conformance.caller import Caller
from desktop.conformance.findings import Plain
from desktop.conformance.held import SCHEMAS, VOCABULARIES, words_of
from desktop.conformance.line import Response
from desktop.conformance.session import Opened

PLACES = re.compile(r"\[\d+\]")
SCOPED_BY = dict.fromkeys(
    ("incidents", "assets", "queues", "alarms", "reports", "contacts", "plans"), "township"
) | {"warnings": "townships"}
"""By collection, the field with a row's townships; rows of other collections are for everybody."""


def judge_row(
    caller: Caller,
    answer: Response,
    collection: str,
    row: Any,
    where: str,
    rule: str = "rows_shape",
) -> dict[str, Any] | None:
    """Judge a row by `rule` and by `rows_words`; return it, or None when it is unreadable."""
    faults = [
        fault
        for fault in caller.schemas.faults(SCHEMAS[collection], row)
        if not (fault.keyword == "enum" and _is_word(collection, fault.path))
    ]
    if not faults:
        caller.report.judge(rule, True)
    for fault in faults:
        caller.report.judge(
            rule, False, request=answer.request, path=where + fault.path.removeprefix("$"),
            expected=Plain(f"{collection}: {fault.expected}"), got=fault.got,
        )  # fmt: skip
    if not isinstance(row, dict):
        return None
    for field, path, word in words_of(collection, row):
        known = VOCABULARIES[collection, field]
        if not isinstance(word, str):
            continue  # Its shape is wrong, which has been reported.
        if word not in known:
            caller.report.unknown_word(f"{collection}.{field}", word)
        caller.report.judge(
            "rows_words", word in known, request=answer.request, path=where + path,
            expected=Plain(" | ".join(sorted(known))), got=word,
        )  # fmt: skip
    return None if faults else row


def judge_scope(
    caller: Caller, answer: Response, collection: str, row: dict[str, Any], where: str,
    session: Opened,
) -> None:  # fmt: skip
    """Judge that an account with townships gets no row that belongs to other townships only."""
    field = SCOPED_BY.get(collection)
    seen = session.get("townships")
    if not isinstance(seen, list) or not seen:
        caller.report.leave(["rows_scope"], "whole_county")
        return
    if field is None:
        return
    said = row.get(field) or []
    of = [said] if isinstance(said, str) else said
    caller.report.judge(
        "rows_scope", not of or any(each in seen for each in of), request=answer.request,
        path=f"{where}.{field}", expected=seen, got=said,
    )  # fmt: skip


def _is_word(collection: str, path: str) -> bool:
    field = PLACES.sub("", path).removeprefix("$").removeprefix(".")
    return (collection, field) in VOCABULARIES
