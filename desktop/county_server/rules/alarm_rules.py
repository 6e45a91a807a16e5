"""The rules of alarms: acknowledging, shelving and unshelving, after ISA-18.2."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import msgspec

from desktop.county_server.rules.rejection import Refused
from desktop.county_server.rules.rule_book import Given, RuleBook
from desktop.protocol.commands import CommandKind
from desktop.wire.level1 import Alarm, Command

SEEN = {"unacknowledged": "acknowledged", "returned_unacknowledged": "normal"}
"""By state of an alarm, its state once acknowledged."""
BY_DESIGN = frozenset({"suppressed", "out_of_service"})
"""States that an operator cannot change."""
ALARM = msgspec.json.Decoder(Alarm)
RULES: RuleBook[Alarm] = RuleBook()
rule = RULES.rule


def change_alarm(alarm: Alarm, body: msgspec.Struct, command: Command, now: datetime) -> Alarm:
    """Return the alarm after the command; Refused, with the reason, when it may not be done."""
    if command.kind not in RULES:
        raise Refused("告警不能执行此指令", f"{command.kind} is not possible on alarms")
    return RULES.apply(alarm, Given(command, now), body)


@rule(CommandKind.ACKNOWLEDGE)
def acknowledge(alarm: Alarm, given: Given) -> Alarm:
    """Return the alarm as acknowledged; an earlier acknowledgement stays."""
    if alarm.acknowledged_at is not None:
        return alarm
    return msgspec.structs.replace(
        alarm,
        state=SEEN.get(alarm.state, alarm.state),
        acknowledged_at=given.command.at,
        acknowledged_by=given.command.by,
    )


@rule(CommandKind.SHELVE)
def shelve(alarm: Alarm, given: Given, *, minutes: int, text: str) -> Alarm:
    """Return the alarm as shelved; the officer's reason is kept only with the command."""
    del text
    if alarm.state in BY_DESIGN:
        raise Refused("该告警已抑制或停用，不能搁置", "The alarm is suppressed or out of service")
    # A desk whose clock runs ahead does not get a longer shelf for it.
    until = min(given.command.at, given.now) + timedelta(minutes=minutes)
    if until <= given.now:
        raise Refused("搁置时间已过", "The time on the shelf is already over")
    return msgspec.structs.replace(
        alarm, state="shelved", shelved_until=until, shelved_by=given.command.by
    )


@rule(CommandKind.UNSHELVE)
def unshelve(alarm: Alarm, given: Given) -> Alarm:
    """Return the alarm as unshelved and acknowledged: the officer who does this has seen it."""
    if alarm.state != "shelved":
        return alarm
    return msgspec.structs.replace(
        alarm,
        state="acknowledged" if alarm.cleared_at is None else "normal",
        shelved_until=None,
        shelved_by="",
        acknowledged_at=given.command.at,
        acknowledged_by=given.command.by,
    )


def expire(alarm: Alarm) -> Alarm:
    """Return the alarm as unshelved and unacknowledged: nobody has looked at it since."""
    back = "unacknowledged" if alarm.cleared_at is None else "returned_unacknowledged"
    return msgspec.structs.replace(
        alarm,
        state=back,
        shelved_until=None,
        shelved_by="",
        acknowledged_at=None,
        acknowledged_by="",
    )


def overdue_shelves(connection: sqlite3.Connection, now: datetime) -> list[Alarm]:
    """List the shelved alarms whose time is over."""
    found = (
        ALARM.decode(body)
        for (body,) in connection.execute(
            "SELECT body FROM rows WHERE collection='alarms' AND body IS NOT NULL"
            ' AND instr(body, CAST(\'"state":"shelved"\' AS BLOB))'
        )
    )
    return [
        each
        for each in found
        if each.state == "shelved" and each.shelved_until is not None and each.shelved_until <= now
    ]
