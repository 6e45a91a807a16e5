"""The office's tasks: which pages there are, under which key, and what makes each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext

if TYPE_CHECKING:
    from desktop.gui.township.page import Page

translate = QCoreApplication.translate


class Task(msgspec.Struct, frozen=True):
    """One of the four things a clerk does here."""

    name: str
    say: Callable[[], str]
    """Returns its name in the current language."""
    key: str
    build: Callable[[UiContext, CommandSubmitter], Page]
    """Builds its page; imports its modules only then."""


def _build_report(screen: UiContext, submitter: CommandSubmitter) -> Page:
    from desktop.gui.township.report_page import ReportPage

    return ReportPage(screen, submitter)


def _build_assignments(screen: UiContext, submitter: CommandSubmitter) -> Page:
    from desktop.gui.township.assignments_page import AssignmentsPage

    return AssignmentsPage(screen, submitter)


def _build_sending(screen: UiContext, submitter: CommandSubmitter) -> Page:
    from desktop.gui.township.sending.page import SendingPage

    return SendingPage(screen, submitter)


def _build_look_up(screen: UiContext, submitter: CommandSubmitter) -> Page:
    from desktop.gui.township.look_up_page import LookUpPage

    return LookUpPage(screen, submitter)


ASSIGNMENTS, SENDING = "assignments", "sending"

TASKS = (
    Task("report", lambda: translate("Township", "Report"), "Ctrl+1", _build_report),
    Task(
        ASSIGNMENTS, lambda: translate("Township", "My assignments"), "Ctrl+2", _build_assignments
    ),
    Task(
        SENDING,
        lambda: translate("Township", "Send and receive"),
        "Ctrl+3",
        _build_sending,
    ),
    Task("look_up", lambda: translate("Township", "Look up"), "Ctrl+4", _build_look_up),
)
COUNTY_KEY = "Ctrl+5"
"""The key of the wide view: the county's lists, map and queues."""
