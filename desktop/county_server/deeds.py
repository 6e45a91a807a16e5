"""What each command makes of an incident: pure functions from row to row."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from desktop.county_server.refusals import Refused
from desktop.county_server.stages import NAMES, next_stage
from desktop.protocol.limits import ENTRIES, PARTS
from desktop.wire import orders
from desktop.wire.level1 import (
    MAX_TEXT,
    Alarm,
    Command,
    Deadline,
    Incident,
    Phrase,
    TimelineEntry,
)
from desktop.wire.orders import LEVELS, Order

KEPT_FOR_STEPS = 500
"""Entries of a history that notes and files leave free, so that a case can be closed."""
COUNTY_TIME = timezone(timedelta(hours=8))
"""China keeps one time; texts for officers are written in it."""
LEVEL_NAMES = {
    "especially_major": ("特别重大", "especially major"),
    "major": ("重大", "major"),
    "larger": ("较大", "larger"),
    "ordinary": ("一般", "ordinary"),
    "none": ("未定级", "no level"),
}


def written(when: datetime) -> str:
    """A moment as an officer reads it."""
    return f"{when.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}"


def entry(command: Command, now: datetime, zh: str, en: str, text: str = "") -> TimelineEntry:
    """What the ledger of a case says of the command; nothing of the officer's text is cut."""
    text = text.strip()
    said = Phrase(text)
    if not text:
        said = Phrase(zh, en)
    elif zh and len(en) + len(text) + 2 <= MAX_TEXT:
        said = Phrase(f"{zh}：{text}", f"{en}: {text}")
    return TimelineEntry(command.kind, said, command.at, now, command.by)


def seen_already(row: Incident | Alarm, by: str) -> Phrase | str:
    """What to tell of an acknowledgement that changes nothing: whose the first one was."""
    if row.acknowledged_at is None:
        return ""
    when = written(row.acknowledged_at)
    if row.acknowledged_by.strip() == by.strip():
        return Phrase(f"您已于 {when} 确认过", f"You had acknowledged it already at {when}")
    who = row.acknowledged_by.strip() or "—"
    return Phrase(
        f"{who} 已于 {when} 先行确认，这一次未另记",
        f"{who} had acknowledged it already at {when}; this one was not recorded",
    )


def do_deed(
    incident: Incident, order: Order, command: Command, now: datetime, *, apart: bool = False
) -> Incident:
    """The incident after the command; Refused with the reason when it may not be done.

    `apart`: whoever did the step before is known to be another, whatever the names are.
    """
    match order:
        case orders.Acknowledge():
            return _acknowledge(incident, command, now)
        case orders.Note():
            return _with(with_room(incident), entry(command, now, "", "", order.text))
        case orders.Escalate():
            return _escalate(_led(incident, "escalate"), order, command, now)
        case orders.Extend():
            return _extend(_led(incident, "extend"), order, command, now)
        case orders.Verify():
            return _verify(incident, order, command, now, apart=apart)
        case orders.Dispatch():
            words = (f"派遣至{order.unit}", f"Dispatched to {order.unit}")
            sent = msgspec.structs.replace(
                _led(incident, "dispatch"), lead_unit=Phrase(order.unit.strip())
            )
            return _with(sent, entry(command, now, *words, order.text))
        case orders.Feedback():
            done = _handled(_led(incident, "feedback"), command.at)
            return _with(done, entry(command, now, "", "", order.text))
        case orders.Close():
            return _with(_led(incident, "close"), entry(command, now, "结案", "Closed", order.text))
        case orders.Return():
            back = _led(incident, "return")
            return _with(back, entry(command, now, "回退", "Returned", order.text))
        case orders.Void():
            void = _handled(_led(incident, "void"), command.at)
            return _with(void, entry(command, now, "作废", "Void", order.text))
        case orders.Defer():
            return _defer(_led(incident, "defer"), order, command, now)
        case _:
            raise Refused("该对象不能执行此指令", f"{command.kind} is not possible on incidents")


def with_room(incident: Incident) -> Incident:
    """The incident, if its history has room for more than its own course; Refused otherwise.

    A row beyond the bounds of level 1 could be neither told nor read again.
    """
    if len(incident.timeline) >= ENTRIES - KEPT_FOR_STEPS or len(incident.files) >= PARTS:
        raise Refused("该事件的经过或附件已满", "The case's history or files are full")
    return incident


def _with(incident: Incident, said: TimelineEntry) -> Incident:
    return msgspec.structs.replace(incident, timeline=(*incident.timeline, said))


def _led(incident: Incident, step: str) -> Incident:
    """The incident at the stage the step leads to."""
    stage = next_stage(step, incident.stage)
    if stage is None:
        zh, en = NAMES.get(incident.stage, (incident.stage, incident.stage))
        raise Refused(f"该事件{zh}，不能执行此指令", f"Not possible: the case is {en}")
    return msgspec.structs.replace(incident, stage=stage)


def _acknowledge(incident: Incident, command: Command, now: datetime) -> Incident:
    if incident.acknowledged_at is not None:
        return incident
    seen = msgspec.structs.replace(incident, acknowledged_at=command.at, acknowledged_by=command.by)
    return _with(seen, entry(command, now, "已确认", "Acknowledged"))


def last_feedback(incident: Incident) -> TimelineEntry | None:
    """What was fed back last; whoever did that does not verify it."""
    return next((each for each in reversed(incident.timeline) if each.kind == "feedback"), None)


def _verify(
    incident: Incident, order: orders.Verify, command: Command, now: datetime, *, apart: bool
) -> Incident:
    led = _led(incident, "verify" if order.passed else "refute")
    fed_back = None if apart else last_feedback(incident)
    if not command.by.strip():
        raise Refused("核查须署名", "A verification needs a name")
    if fed_back is not None and fed_back.by.strip() == command.by.strip():
        raise Refused("反馈人不能核查本人处置的事件", "Whoever fed a case back does not verify it")
    if order.passed:
        return _with(led, entry(command, now, "核查通过", "Verified", order.text))
    again = msgspec.structs.replace(
        led,
        deadlines=tuple(
            msgspec.structs.replace(each, done_at=None) if each.kind == "handle" else each
            for each in led.deadlines
        ),
    )
    return _with(again, entry(command, now, "核查未通过", "Verification failed", order.text))


def _handled(incident: Incident, at: datetime) -> Incident:
    """The incident with its handling clock stopped."""
    return msgspec.structs.replace(
        incident,
        deadlines=tuple(
            msgspec.structs.replace(each, done_at=at) if _runs(each) else each
            for each in incident.deadlines
        ),
    )


def _runs(deadline: Deadline) -> bool:
    return deadline.kind == "handle" and deadline.done_at is None


def _escalate(
    incident: Incident, order: orders.Escalate, command: Command, now: datetime
) -> Incident:
    ladder = (*LEVELS, incident.level)
    if ladder.index(order.level) >= ladder.index(incident.level):
        raise Refused("只能升级到更高等级", "Only a worse level than the present one")
    old = LEVEL_NAMES.get(incident.level, (incident.level, incident.level))
    new = LEVEL_NAMES[order.level]
    words = (f"由{old[0]}升级为{new[0]}", f"Escalated from {old[1]} to {new[1]}")
    raised = msgspec.structs.replace(incident, level=order.level)
    return _with(raised, entry(command, now, *words, order.text))


def _extend(incident: Incident, order: orders.Extend, command: Command, now: datetime) -> Incident:
    running = next((each for each in incident.deadlines if _runs(each)), None)
    if running is None:
        raise Refused("该事件没有处置时限可延", "The case has no running handling deadline")
    due = order.due_at
    if due <= running.due_at:
        raise Refused("新时限须晚于原时限", "The new deadline must be later than the present one")
    if due <= command.at:
        raise Refused("新时限已过", "The new deadline would already be over")
    old, new = written(running.due_at), written(due)
    words = (f"处置时限由 {old} 延至 {new}", f"Handling deadline moved from {old} to {new}")
    later = msgspec.structs.replace(
        incident,
        deadlines=tuple(
            msgspec.structs.replace(each, due_at=due) if each is running else each
            for each in incident.deadlines
        ),
    )
    return _with(later, entry(command, now, *words, order.text))


def _defer(incident: Incident, order: orders.Defer, command: Command, now: datetime) -> Incident:
    until = order.until
    if until <= command.at:
        raise Refused("缓办期限须晚于提出时间", "The deferral would already be over")
    words = (f"缓办至 {written(until)}", f"Deferred until {written(until)}")
    return _with(incident, entry(command, now, *words, order.text))
