"""Contacts and plans as lines of text, for cards, sheets and paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.domain.directory import Contact, Plan, PlanStep
from desktop.gui.context import UiContext
from desktop.gui.directory.number_line import NumberLine
from desktop.gui.list_export import ListSnapshot
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

Line = tuple[str, str]
"""A text and its role: one of a font, or `long`, or a `NUMBER` that can be copied."""
NUMBER = "number"
Contacts = Mapping[tuple[str, str], Contact]
"""By their sources and ids."""


class PlanRow(NamedTuple):
    """One step on paper."""

    part: str
    """The heading, at the first of its steps."""
    number: int
    step: PlanStep


def contact_name(contact: Contact, words: Words) -> str:
    """Return unit and post in one line."""
    return _join(" ", words.text(contact.unit), words.text(contact.post))


def contact_facts(contact: Contact, words: Words) -> str:
    """Return who it is and the first number."""
    first = contact.phones[0].number if contact.phones else ""
    return _join(" · ", words.text(contact.person), first)


def contact_lines(contact: Contact, words: Words) -> list[Line]:
    """Return all that is known of a contact, each number on a line of its own."""
    lines = [
        (words.text(contact.unit), "strong"),
        (_join(" · ", words.text(contact.post), words.text(contact.person)), "body"),
        (words.text(contact.note), "second"),
    ]
    for phone in contact.phones:
        lines += [(words.term("phone_kind", phone.kind), "second"), (phone.number, NUMBER)]
    return lines


def plan_facts(plan: Plan, words: Words) -> str:
    """Return what a plan is for, its levels and its edition."""
    levels = "、" if words.chinese else ", "
    return _join(
        " · ",
        levels.join(words.term("event_level", level) for level in plan.levels),
        words.text(plan.edition),
        plan.issued_on,
    )


def plan_lines(plan: Plan, contacts: Contacts, words: Words) -> list[Line]:
    """Return a plan's steps under their headings, each with whom to call."""
    kinds = ("、" if words.chinese else ", ").join(map(words.category, plan.categories))
    lines = [
        (words.text(plan.title), "title"),
        (kinds, "second"),
        (plan_facts(plan, words), "second"),
    ]
    for section in plan.sections:
        lines.append((words.text(section.title), "strong"))
        for number, step in enumerate(section.steps, 1):
            lines.append((f"{number}. {_say_step(step, words)}", "body"))
            lines.append((_say_call(plan, step, contacts, words), "second"))
    return lines


def plan_for_paper(plan: Plan, contacts: Contacts, words: Words) -> ListSnapshot[PlanRow]:
    """Return a plan as a list of its steps."""
    rows = [
        PlanRow(words.text(section.title) if number == 1 else "", number, step)
        for section in plan.sections
        for number, step in enumerate(section.steps, 1)
    ]
    columns: Columns[PlanRow] = (
        Column("part", lambda row: row.part, lambda: translate("Directory", "Part")),
        Column("number", lambda row: row.number, lambda: translate("Directory", "No.")),
        Column("who", lambda row: words.text(row.step.unit), lambda: translate("Directory", "Who")),
        Column(
            "what", lambda row: words.text(row.step.text), lambda: translate("Directory", "What")
        ),
        Column(
            "call",
            lambda row: _say_call(plan, row.step, contacts, words),
            lambda: translate("Directory", "Call"),
        ),
    )
    said = plan_facts(plan, words)
    return ListSnapshot(words.text(plan.title), said, columns, rows, len(rows))


def write_lines(column: TextColumn, screen: UiContext, lines: list[Line]) -> None:
    """Write lines into a column; empty ones are left out."""
    for text, role in lines:
        if role == "long":
            column.add_long(text)
        elif role == NUMBER and text:
            column.add_widget(NumberLine(screen, text))
        else:
            column.add(text, role, "second" if role == "second" else "text")


def _say_step(step: PlanStep, words: Words) -> str:
    unit, text = words.text(step.unit), words.text(step.text)
    return translate("Directory", "{unit}: {text}").format(unit=unit, text=text) if unit else text


def _say_call(plan: Plan, step: PlanStep, contacts: Contacts, words: Words) -> str:
    """Return whom to call for a step, and where; empty where the directory does not know."""
    contact = contacts.get((plan.source, step.contact))
    if contact is None:
        return ""
    return _join(" · ", contact_name(contact, words), contact_facts(contact, words))


def _join(mark: str, *parts: str) -> str:
    return mark.join(filter(None, parts))
