"""The rules of incidents: for each kind of command, a function from row to row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec

from desktop.county_server.rules.rejection import Refused
from desktop.county_server.rules.rule_book import Given, RuleBook
from desktop.protocol.commands import CommandKind
from desktop.protocol.levels import GRADES
from desktop.protocol.lifecycle import is_allowed, resulting_stage
from desktop.protocol.limits import ENTRIES, PARTS
from desktop.protocol.report_forms import COUNTY_TIME
from desktop.protocol.stages import Stage
from desktop.wire.level1 import (
    MAX_TEXT,
    Alarm,
    Command,
    Deadline,
    Incident,
    Phrase,
    TimelineEntry,
)

KEPT_FOR_STEPS = 500
"""Timeline entries that notes and files must leave free, so that a case can be closed."""
LEVEL_NAMES = {
    "especially_major": ("特别重大", "especially major"),
    "major": ("重大", "major"),
    "larger": ("较大", "larger"),
    "ordinary": ("一般", "ordinary"),
    "none": ("未定级", "no level"),
}
STAGE_NAMES = {
    "collected": ("已采集", "collected"),
    "filed": ("已立案", "filed"),
    "dispatched": ("已派遣", "dispatched"),
    "handling": ("处理中", "being handled"),
    "fed_back": ("已反馈", "fed back"),
    "verifying": ("核查中", "being verified"),
    "closed": ("已结案", "closed"),
    "returned": ("已回退", "returned"),
    "deferred": ("缓办中", "deferred"),
    "void": ("已作废", "void"),
}
"""Names of stages for the texts of refusals."""
RULES: RuleBook[Incident] = RuleBook()
rule = RULES.rule


def say_moment(when: datetime) -> str:
    """Format a moment for officers."""
    return f"{when.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}"


def entry(command: Command, now: datetime, zh: str, en: str, text: str = "") -> TimelineEntry:
    """Build the timeline entry of a command; nothing of the officer's text is cut."""
    text = text.strip()
    said = Phrase(text)
    if not text:
        said = Phrase(zh, en)
    elif zh and len(en) + len(text) + 2 <= MAX_TEXT:
        said = Phrase(f"{zh}：{text}", f"{en}: {text}")
    return TimelineEntry(command.kind, said, command.at, now, command.by)


def earlier_acknowledgement(row: Incident | Alarm, by: str) -> Phrase | str:
    """Describe the earlier acknowledgement by which this one changes nothing; empty without one."""
    if row.acknowledged_at is None:
        return ""
    when = say_moment(row.acknowledged_at)
    if row.acknowledged_by.strip() == by.strip():
        return Phrase(f"您已于 {when} 确认过", f"You had acknowledged it already at {when}")
    who = row.acknowledged_by.strip() or "—"
    return Phrase(
        f"{who} 已于 {when} 先行确认，这一次未另记",
        f"{who} had acknowledged it already at {when}; this one was not recorded",
    )


def change_incident(
    incident: Incident,
    body: msgspec.Struct,
    command: Command,
    now: datetime,
    *,
    apart: bool = False,
) -> Incident:
    """Return the incident after the command; Refused, with the reason, when it may not be done.

    `apart`: the step before was certainly done by another person, whatever the names are.
    """
    if command.kind not in RULES:
        raise Refused("该对象不能执行此指令", f"{command.kind} is not possible on incidents")
    moved = _move(incident, CommandKind(command.kind), passed=getattr(body, "passed", True))
    return RULES.apply(moved, Given(command, now, apart), body)


def _move(incident: Incident, kind: CommandKind, *, passed: bool) -> Incident:
    """Return the incident at the stage the command leads to; Refused from a wrong stage."""
    stage = Stage(incident.stage)
    if not is_allowed(kind, stage):
        zh, en = STAGE_NAMES.get(incident.stage, (incident.stage, incident.stage))
        raise Refused(f"该事件{zh}，不能执行此指令", f"Not possible: the case is {en}")
    after = resulting_stage(kind, stage, passed=passed)
    return incident if after is stage else msgspec.structs.replace(incident, stage=after.value)


def with_room(incident: Incident) -> Incident:
    """Return the incident if its timeline and files have room for notes; Refused otherwise.

    A row beyond the bounds of level 1 could be neither sent nor read again.
    """
    if len(incident.timeline) >= ENTRIES - KEPT_FOR_STEPS or len(incident.files) >= PARTS:
        raise Refused("该事件的经过或附件已满", "The case's history or files are full")
    return incident


def _add_entry(
    incident: Incident, given: Given, zh: str = "", en: str = "", text: str = ""
) -> Incident:
    said = entry(given.command, given.now, zh, en, text)
    return msgspec.structs.replace(incident, timeline=(*incident.timeline, said))


@rule(CommandKind.ACKNOWLEDGE)
def acknowledge(incident: Incident, given: Given) -> Incident:
    """Return the incident as acknowledged; an earlier acknowledgement stays."""
    if incident.acknowledged_at is not None:
        return incident
    command = given.command
    seen = msgspec.structs.replace(incident, acknowledged_at=command.at, acknowledged_by=command.by)
    return _add_entry(seen, given, "已确认", "Acknowledged")


@rule(CommandKind.NOTE)
def add_note(incident: Incident, given: Given, *, text: str) -> Incident:
    """Return the incident with a note."""
    return _add_entry(with_room(incident), given, text=text)


@rule(CommandKind.DISPATCH)
def dispatch(incident: Incident, given: Given, *, unit: str, text: str) -> Incident:
    """Return the incident as dispatched to the unit."""
    sent = msgspec.structs.replace(incident, lead_unit=Phrase(unit.strip()))
    return _add_entry(sent, given, f"派遣至{unit}", f"Dispatched to {unit}", text)


@rule(CommandKind.FEEDBACK)
def feed_back(incident: Incident, given: Given, *, text: str) -> Incident:
    """Return the incident as fed back, with its handling deadline met."""
    return _add_entry(_stop_handling_clock(incident, given.command.at), given, text=text)


@rule(CommandKind.CLOSE)
def close(incident: Incident, given: Given, *, text: str) -> Incident:
    """Return the incident as closed."""
    return _add_entry(incident, given, "结案", "Closed", text)


@rule(CommandKind.RETURN)
def give_back(incident: Incident, given: Given, *, text: str) -> Incident:
    """Return the incident as given back by its unit."""
    return _add_entry(incident, given, "回退", "Returned", text)


@rule(CommandKind.VOID)
def make_void(incident: Incident, given: Given, *, text: str) -> Incident:
    """Return the incident as void, with its handling deadline stopped."""
    return _add_entry(_stop_handling_clock(incident, given.command.at), given, "作废", "Void", text)


def last_feedback(incident: Incident) -> TimelineEntry | None:
    """Return the last feedback, whose author may not verify it."""
    return next((each for each in reversed(incident.timeline) if each.kind == "feedback"), None)


@rule(CommandKind.TAKE_UP)
def take_up(incident: Incident, given: Given) -> Incident:
    """Return the incident as taken up by its unit."""
    return _add_entry(incident, given, "签收", "Taken up")


@rule(CommandKind.VERIFY)
def verify(incident: Incident, given: Given, *, passed: bool, text: str) -> Incident:
    """Return the incident as verified, or as handled again with its deadline running."""
    fed_back = None if given.is_apart else last_feedback(incident)
    by = given.command.by.strip()
    if not by:
        raise Refused("核查须署名", "A verification needs a name")
    if fed_back is not None and fed_back.by.strip() == by:
        raise Refused("反馈人不能核查本人处置的事件", "Whoever fed a case back does not verify it")
    if passed:
        return _add_entry(incident, given, "核查通过", "Verified", text)
    again = _with_deadlines(incident, lambda each: each.kind == "handle", done_at=None)
    return _add_entry(again, given, "核查未通过", "Verification failed", text)


def _stop_handling_clock(incident: Incident, at: datetime) -> Incident:
    """Return the incident with its running handling deadline marked as done."""
    return _with_deadlines(incident, _runs, done_at=at)


def _with_deadlines(
    incident: Incident, is_meant: Callable[[Deadline], bool], **changes: datetime | None
) -> Incident:
    """Return the incident with these changes to every deadline for which `is_meant` holds."""
    deadlines = tuple(
        msgspec.structs.replace(each, **changes) if is_meant(each) else each
        for each in incident.deadlines
    )
    return msgspec.structs.replace(incident, deadlines=deadlines)


def _runs(deadline: Deadline) -> bool:
    return deadline.kind == "handle" and deadline.done_at is None


@rule(CommandKind.ESCALATE)
def escalate(incident: Incident, given: Given, *, level: str, text: str) -> Incident:
    """Return the incident at a worse level."""
    ladder = (*GRADES, incident.level)
    if ladder.index(level) >= ladder.index(incident.level):
        raise Refused("只能升级到更高等级", "Only a worse level than the present one")
    old = LEVEL_NAMES.get(incident.level, (incident.level, incident.level))
    new = LEVEL_NAMES[level]
    words = (f"由{old[0]}升级为{new[0]}", f"Escalated from {old[1]} to {new[1]}")
    return _add_entry(msgspec.structs.replace(incident, level=level), given, *words, text)


@rule(CommandKind.EXTEND)
def extend(incident: Incident, given: Given, *, due_at: datetime, text: str) -> Incident:
    """Return the incident with its running handling deadline moved."""
    running = next((each for each in incident.deadlines if _runs(each)), None)
    if running is None:
        raise Refused("该事件没有处置时限可延", "The case has no running handling deadline")
    if due_at <= running.due_at:
        raise Refused("新时限须晚于原时限", "The new deadline must be later than the present one")
    if due_at <= given.command.at:
        raise Refused("新时限已过", "The new deadline would already be over")
    old, new = say_moment(running.due_at), say_moment(due_at)
    words = (f"处置时限由 {old} 延至 {new}", f"Handling deadline moved from {old} to {new}")
    later = _with_deadlines(incident, lambda each: each is running, due_at=due_at)
    return _add_entry(later, given, *words, text)


@rule(CommandKind.DEFER)
def defer(incident: Incident, given: Given, *, until: datetime, text: str) -> Incident:
    """Return the incident as deferred."""
    if until <= given.command.at:
        raise Refused("缓办期限须晚于提出时间", "The deferral would already be over")
    words = (f"缓办至 {say_moment(until)}", f"Deferred until {say_moment(until)}")
    return _add_entry(incident, given, *words, text)
