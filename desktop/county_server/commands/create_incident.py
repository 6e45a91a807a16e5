"""Incidents that a desk reports: checked against the county's own tables and numbered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from desktop.county_server.commands.timing import TOLERANCE
from desktop.county_server.db.transaction import Transaction
from desktop.county_server.rules.incident_rules import entry, say_moment
from desktop.county_server.rules.rejection import Refused
from desktop.county_server.scope import Account
from desktop.protocol.lifecycle import FIRST_STAGE, new_incident_id
from desktop.protocol.report_forms import COUNTY_TIME
from desktop.wire.level1 import Command, Incident, Phrase

NUMBER = "JB-{year}-{serial:06d}"
"""Numbers of incidents that desks report (接报), unlike those of the county's other systems."""


FILE_LIMIT = 50_000_000
"""Bytes of the largest file taken where a county sets no limit of its own."""


class Rules(msgspec.Struct, frozen=True):
    """What this county accepts."""

    categories: frozenset[str] = frozenset()
    """Codes of incident categories; empty takes any."""
    file_limit: int = 0
    """Bytes of the largest file; 0 takes none."""
    takes_commands: bool = True
    """False for a county whose rows come from files: the next change of a file would undo them."""
    owners: Callable[[], Mapping[str, frozenset[str]]] = dict
    """Returns the present owners of names, in the form of `duties.owners_of`."""


def new_incident(
    transaction: Transaction,
    body: Any,
    command: Command,
    account: Account,
    rules: Rules,
    now: datetime,
) -> Incident:
    """Build the incident a desk reports, with a new number; Refused when it may not be reported."""
    _check_identity(transaction, command)
    township = township_of(transaction, body.township, account)
    if body.category and rules.categories and body.category not in rules.categories:
        raise Refused(f"县平台没有该类别：{body.category}", f"Unknown category: {body.category}")
    happened_at = body.occurred_at or command.at
    if happened_at > now + TOLERANCE:
        raise Refused(
            f"发生时间 {say_moment(happened_at)} 晚于县平台时间 {say_moment(now)}",
            f"It cannot have happened at {say_moment(happened_at)}: "
            f"the county's clock reads {say_moment(now)}",
        )
    reported = entry(command, now, "接报", "Reported")
    return Incident(
        id=command.target,
        title=Phrase(body.title.strip()),
        recorded_at=now,
        number=_number(transaction, now),
        level=body.level,
        stage=FIRST_STAGE.value,
        category=body.category,
        channel=body.channel,
        township=township,
        occurred_at=happened_at,
        version=1,
        address=Phrase(body.address.strip()),
        place=body.place,
        summary=Phrase(body.summary.strip()),
        timeline=(msgspec.structs.replace(reported, kind="intake"),),
    )


def _check_identity(transaction: Transaction, command: Command) -> None:
    if command.target != new_incident_id(command.key):
        raise Refused("新事件的编号与指令不符", "The new incident's id must be new-{key}")
    if transaction.connection.execute(
        "SELECT 1 FROM rows WHERE collection='incidents' AND id=?", (command.target,)
    ).fetchone():
        raise Refused("该事件已存在", "There is such an incident already")


def township_of(transaction: Transaction, township: str, account: Account) -> str:
    """Return the township given, or the account's own when it has just one; Refused for others."""
    if not township:
        own = set(account.townships)
        if len(own) > 1:
            raise Refused(
                "请填写事件所在的乡镇后重新上报", "Say which township it is in and report it again"
            )
        return own.pop() if own else ""
    known = transaction.connection.execute(
        "SELECT count(*), max(id=?) FROM rows WHERE collection='townships' AND body IS NOT NULL",
        (township,),
    ).fetchone()
    if known[0] and not known[1]:
        raise Refused(f"县平台没有该乡镇：{township}", f"Unknown township: {township}")
    if not account.sees(township):
        raise Refused("无权在该乡镇上报事件", "This account may not report for that township")
    return township


def _number(transaction: Transaction, now: datetime) -> str:
    year = now.astimezone(COUNTY_TIME).year
    (serial,) = transaction.connection.execute(
        "INSERT INTO meta VALUES(?, 1) ON CONFLICT(name) DO UPDATE SET value=value+1"
        " RETURNING value",
        (f"intake:{year}",),
    ).fetchone()
    return NUMBER.format(year=year, serial=serial)
