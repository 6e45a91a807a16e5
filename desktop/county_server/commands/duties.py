"""Who may submit a command: the sending account decides, not the name on the command."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Mapping

from desktop.county_server.db import command_log
from desktop.county_server.rules.incident_rules import last_feedback
from desktop.county_server.rules.rejection import Refused
from desktop.county_server.scope import Account
from desktop.wire.level1 import Incident

SAME_ACCOUNT = (
    "反馈与核查须由不同账号办理：该事件由本账号反馈",
    "Whoever fed a case back does not verify it: it was fed back under this account",
)
EVERYBODYS = (
    "该对象不属于任何乡镇，乡镇账号只能查看",
    "It belongs to no township: a township's account may only look at it",
)

NAMELESS = ("没有署名，请写明经办人", "There is no name on it: say who gives it")
UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Fillers and selectors: invisible characters that Unicode classes as letters or marks."""


def plain(name: str) -> str:
    """Normalize a name for comparison: without width, case, blanks and invisible characters."""
    folded = UNSEEN.sub("", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(each for each in folded if unicodedata.category(each) not in ("Cf", "Cc"))
    return "".join(seen.split())


def owners_of(accounts: Mapping[str, Account]) -> dict[str, frozenset[str]]:
    """Map each normalized name of an account or officer to the accounts (by name) that have it."""
    found: dict[str, set[str]] = {}
    for account in accounts.values():
        for name in (account.name, *account.officers):
            found.setdefault(plain(name), set()).add(account.name)
    return {name: frozenset(owners) for name, owners in found.items()}


def check_name(by: str, account: Account, owners: Mapping[str, frozenset[str]]) -> None:
    """Check the name on a command; Refused when it is another account's or no officer of this one.

    A name without a visible character is refused too: a person must answer for every command.
    """
    name = plain(by)
    if account.name and not name:
        raise Refused(*NAMELESS)
    if name in owners and account.name not in owners[name]:
        raise Refused(
            f"署名“{by.strip()}”属于另一个账号，请用本人的账号和姓名",
            f"The name “{by.strip()}” belongs to another account: use your own login and name",
        )
    if account.officers and name not in owners:
        raise Refused(
            f"署名“{by.strip()}”不在本账号的值班人员之中，请向县里登记",
            f"The name “{by.strip()}” is none of this account's officers: have the county add it",
        )


def check_place(account: Account, townships: str) -> None:
    """Raise Refused when a township's account gives a command on a row of the whole county."""
    if account.townships and not townships:
        raise Refused(*EVERYBODYS)


def is_apart(connection: sqlite3.Connection, incident: Incident, account: Account) -> bool:
    """Whether the case is on record as fed back under another account than this one.

    Refused when it was fed back under this one. Where there is no record, as of a case fed
    back in another system, only the names can be compared.
    """
    fed_back = last_feedback(incident)
    if not account.name or fed_back is None:
        return False
    found = command_log.account_of_deed(connection, incident.id, "feedback", fed_back.recorded_at)
    if found == account.name:
        raise Refused(*SAME_ACCOUNT)
    return bool(found)
