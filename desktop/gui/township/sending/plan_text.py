"""The plan of sending in two to four plain sentences."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from desktop.application.office.send_items import Item, Sending
from desktop.application.office.send_plan import Plan, Step, StepKind, Waiting, Why
from desktop.domain.command import CommandState
from desktop.domain.instant import MINUTE, SECOND
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.township.sending.item_text import name_item

translate = QCoreApplication.translate

LEAST_BYTES = 1_000
"""An estimate of less is told as that much: single bytes mean nothing to the clerk."""


def say_plan(sending: Sending, screen: UiContext) -> str:
    """Return the plan, one sentence a line."""
    plan = sending.plan
    lines = [_say_all(plan, screen), _say_steps(sending, screen)]
    lines += [_say_waiting(waiting) for waiting in plan.waiting]
    if plan.held:
        lines.append(
            translate("Sending", "%n item(s) put aside for now: each row says why.", "",
                      len(plan.held))
        )  # fmt: skip
    return "\n".join(line for line in lines if line)


def say_task(sending: Sending) -> tuple[str, bool]:
    """Return what stands below the task's name, and whether it calls the clerk."""
    returned = sum(item.needs_clerk and item.is_returned for item in sending.items)
    if returned:
        return translate("Sending", "%n sent back", "", returned), True
    if held := sum(item.needs_clerk for item in sending.items):
        return translate("Sending", "%n put aside", "", held), True
    if here := sending.count(CommandState.STORED, CommandState.HELD):
        return translate("Sending", "%n still here", "", here), False
    if on_the_way := sending.count(CommandState.SENT):
        return translate("Sending", "%n on the way", "", on_the_way), False
    if any(item.gone is not None for item in sending.items):
        return translate("Sending", "photos still here"), False
    if received := sending.count(CommandState.RECEIVED):
        return translate("Sending", "%n not accepted yet", "", received), False
    if sending.count(CommandState.ACCEPTED):
        return translate("Sending", "all is with the county"), False
    return translate("Sending", "nothing to send"), False


def _say_all(plan: Plan, screen: UiContext) -> str:
    if not plan.steps:
        return "" if plan.waiting or plan.held else translate("Sending", "Nothing waits here.")
    if plan.seconds is None:
        return translate(
            "Sending", "The next connection sends about {size}; how long that takes is not known."
        ).format(size=formatting.size(plan.bytes))
    return translate("Sending", "The next connection sends {amount} at the present speed.").format(
        amount=_say_amount(plan.bytes, plan.seconds, screen)
    )


def _say_steps(sending: Sending, screen: UiContext) -> str:
    if not sending.plan.steps:
        return ""
    begin, *more = [_say_step(step, screen) for step in sending.plan.steps]
    if (first := _find_first(sending)) is not None:
        pattern = translate("Sending", '{items}, first "{title}"')
        begin = pattern.format(items=begin, title=name_item(first, screen))
    said = translate("Sending", "First {items}").format(items=begin)
    for step in more:
        said = translate("Sending", "{before}; then {more}").format(before=said, more=step)
    return translate("Sending", "{sentence}.").format(sentence=said)


def _find_first(sending: Sending) -> Item | None:
    first = sending.plan.first
    return next((item for item in sending.items if first and item.record.seq == first.seq), None)


def _say_step(step: Step, screen: UiContext) -> str:
    count = {
        StepKind.WORDS: translate("Sending", "%n item(s) in words", "", step.count),
        StepKind.THUMBNAILS: translate("Sending", "%n small picture(s)", "", step.count),
        StepKind.ASKED_FOR: translate("Sending", "%n file(s) from the county", "", step.count),
        StepKind.PHOTOS: translate("Sending", "%n photo(s) or file(s)", "", step.count),
    }[step.kind]
    return translate("Sending", "{items} ({amount})").format(
        items=count, amount=_say_amount(step.bytes, step.seconds, screen)
    )


def _say_amount(size: int, seconds: float | None, screen: UiContext) -> str:
    about = formatting.size(max(LEAST_BYTES, size))
    if seconds is None:
        return translate("Sending", "about {size}").format(size=about)
    unit = MINUTE if seconds > 90 else SECOND
    length = math.ceil(max(1.0, seconds) * SECOND / unit) * unit
    return translate("Sending", "about {size}, {length}").format(
        size=about, length=screen.words.span(length)
    )


def _say_waiting(waiting: Waiting) -> str:
    pattern = {
        Why.ONLY_WORDS: translate(
            "Sending", "Only words today: %n file(s) ({size}) go after midnight.", "",
            waiting.count,
        ),
        Why.BUDGET: translate(
            "Sending", "Today's bytes do not reach for %n file(s) ({size}): they go tomorrow.", "",
            waiting.count,
        ),
        Why.HOURS: translate(
            "Sending", "%n photo(s) ({size}) wait for the hours set for them.", "", waiting.count
        ),
        Why.HELD: translate(
            "Sending", "%n file(s) ({size}) wait with what they belong to.", "", waiting.count
        ),
        Why.REFUSED: translate(
            "Sending", "%n file(s) were sent back and are not sent again.", "", waiting.count
        ),
    }[waiting.why]  # fmt: skip
    return pattern.format(size=formatting.size(waiting.bytes))
