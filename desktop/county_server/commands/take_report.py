"""ReportTable tables from townships: taken by the edition they were filled in by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from desktop.county_server.commands.create_incident import township_of
from desktop.county_server.db.transaction import Transaction
from desktop.county_server.rules.rejection import Refused
from desktop.county_server.rules.report_rules import give_report
from desktop.county_server.scope import Account
from desktop.protocol.report_forms import form_row_id
from desktop.wire.level1 import Command, Form, ReportTable


def take_report(
    transaction: Transaction,
    before: ReportTable | None,
    body: Any,
    command: Command,
    account: Account,
    now: datetime,
) -> ReportTable:
    """Return the report's row after the command; Refused when it may not be given."""
    if not account.sees(body.township):
        raise Refused("无权为该乡镇上报", "This account may not report for that township")
    township_of(transaction, body.township, account)
    form = transaction.get("forms", form_row_id(body.form, body.edition))
    if not isinstance(form, Form):
        raise Refused(
            f"县平台没有该报表：{body.form} 第 {body.edition} 版",
            f"Unknown form: {body.form}, edition {body.edition}",
        )
    return give_report(before, form, body, command, now)
