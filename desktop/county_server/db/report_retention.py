"""How long the county keeps report tables, and the editions of their forms, as rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import msgspec

from desktop.county_server.db import witnesses
from desktop.county_server.db.row_standing import milliseconds
from desktop.county_server.db.transaction import Transaction
from desktop.wire.level1 import Form, ReportTable

REPORTS_KEPT_S = 400 * 86_400
"""Since the county received them: last year's flood season stays to be compared with."""
MOST_AT_ONCE = 1_000
"""Reports dropped in one transaction, which commands wait for; the others go with the next."""
SUPERSEDED = "superseded:"
REPORT, FORM = msgspec.json.Decoder(ReportTable), msgspec.json.Decoder(Form)


def forget(transaction: Transaction, now_s: float) -> None:
    """Delete reports beyond their retention, and older editions that no report is by any more.

    The last report of each form and township stays, however old: the next is prefilled with it.
    An edition stays as long after a newer one came, for reports still on their way.
    """
    old = witnesses.find_old(transaction.connection, now_s, REPORTS_KEPT_S)
    ids = _list_old(transaction.connection, old)
    transaction.delete("reports", list(islice(ids, MOST_AT_ONCE)))
    superseded = _list_superseded(transaction.connection)
    _forget_notes(transaction, {SUPERSEDED + form.id for form in superseded})
    for form in superseded:
        since_s = _note_superseded(transaction, form, now_s)
        if since_s < old.before_s and not _is_used(transaction.connection, form):
            transaction.delete("forms", [form.id])
            transaction.forget(SUPERSEDED + form.id)


def _list_old(connection: sqlite3.Connection, old: witnesses.Old) -> Iterator[str]:
    """Yield the ids of old reports, the oldest first, but for the last ones."""
    before = datetime.fromtimestamp(old.before_s, UTC)
    found = connection.execute(
        "SELECT id, worth, body FROM rows WHERE collection='reports' AND open=1 AND rank=0"
        " AND worth > ? AND seq <= ? AND body IS NOT NULL ORDER BY worth DESC",
        (-milliseconds(before), old.head),
    )
    last: dict[str, tuple[str, int]] = {}
    for row_id, worth, body in found:
        if REPORT.decode(body).recorded_at >= before:
            continue  # Its desk's clock may have been a year behind.
        group = row_id.rpartition("/")[0]
        if group not in last:
            last[group] = _find_last(connection, group)
        if row_id != last[group][0] and worth != last[group][1]:
            yield row_id


def _find_last(connection: sqlite3.Connection, group: str) -> tuple[str, int]:
    """Return the id of the last period's report of a form and township, and the standing of the
    one that was given last."""
    (last, worth) = connection.execute(
        "SELECT max(id), min(worth) FROM rows"
        " WHERE collection='reports' AND id > ? AND id < ? AND body IS NOT NULL",
        _range(group),
    ).fetchone()
    return last, worth


def _list_superseded(connection: sqlite3.Connection) -> list[Form]:
    """List the editions of forms of which there are newer ones."""
    forms = [
        FORM.decode(body)
        for (body,) in connection.execute(
            "SELECT body FROM rows WHERE collection='forms' AND body IS NOT NULL"
        ).fetchall()
    ]
    newest: dict[str, int] = {}
    for form in forms:
        newest[form.form] = max(form.edition, newest.get(form.form, 0))
    return [form for form in forms if form.edition < newest[form.form]]


def _forget_notes(transaction: Transaction, kept: set[str]) -> None:
    """Forget since when there were newer editions than those that are the newest again, or gone."""
    for name in transaction.list_names(SUPERSEDED):
        if name not in kept:
            transaction.forget(name)


def _note_superseded(transaction: Transaction, form: Form, now_s: float) -> int:
    """Return since when a newer edition was seen, in seconds since 1970: now for the first time."""
    known = transaction.recall(SUPERSEDED + form.id)
    if known is None:
        transaction.remember(SUPERSEDED + form.id, str(int(now_s)))
    return int(now_s if known is None else known)


def _is_used(connection: sqlite3.Connection, form: Form) -> bool:
    """Whether a report kept was filled in by this edition."""
    found = connection.execute(
        "SELECT 1 FROM rows WHERE collection='reports' AND id > ? AND id < ?"
        " AND body IS NOT NULL AND instr(body, CAST(? AS BLOB)) LIMIT 1",
        (*_range(form.form), f'"edition":{form.edition},'),
    ).fetchone()
    return found is not None


def _range(group: str) -> tuple[str, str]:
    """Return the bounds of the ids that begin with this and a slash."""
    return f"{group}/", f"{group}0"
