"""`county-desk report`: how the desk ran in a month, as CSV or PDF."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from desktop.application.export.month_facts import (
    History,
    SourceEvent,
    gather_month,
    period_of,
)
from desktop.application.export.month_report import MonthReport, report_csv, write_report
from desktop.application.i18n import Words
from desktop.commands.opening import Readable, with_reading
from desktop.commands.options import add_desk_options, complain, print_csv
from desktop.diagnostics.log_reader import read_all_back
from desktop.domain.instant import from_datetime, to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem

FAILS, BACK = "source fails", "source is back"
NO_MONTH = Text(
    "月份要写成 2026-11，而且已经开始。", "Write a month as 2026-11, one that has begun."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `report`."""
    parser.add_argument(
        "--month", metavar="YYYY-MM", help="default: the month before the present one"
    )
    parser.add_argument("--pdf", type=Path, metavar="FILE", help="write a PDF; else CSV is printed")
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 2 wrong usage or profile, or not written."""
    return with_reading(options, partial(_report, options))


def _report(options: argparse.Namespace, desk: Readable) -> int:
    name = options.month or last_month(desk)
    try:
        report = write_month(desk, name, desk.words)
    except ValueError:
        complain(desk.words.text(NO_MONTH))
        return 2
    if options.pdf is None:
        print_csv(report_csv(report))
        return 0
    problem = _save_pdf(report, options.pdf)
    if problem is not None:
        complain(str(desk.words.problem(problem)))
        return 2
    print(options.pdf)
    return 0


def last_month(desk: Readable) -> str:
    """Return the name of the month before the present one."""
    today = to_datetime(desk.clock.now()).astimezone(desk.zone)
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def write_month(desk: Readable, name: str, words: Words) -> MonthReport:
    """Return a month's report; ValueError for what is no month, or one to come."""
    period = period_of(name, desk.zone, desk.clock.now())
    history = read_history(desk.log_folder)
    facts = gather_month(desk.board, desk.cache, history, period)
    return write_report(facts, words.text(desk.profile.title) or desk.profile.name, words)


def read_history(log: Path) -> History:
    """Return what the log tells of sources; of a log that cannot be read, nothing."""
    since: list[int] = []
    try:
        events = list(_events_back(log, since))
    except OSError:
        return History(None, ())
    return History(min(since, default=None), events[::-1])


def _events_back(log: Path, since: list[int]) -> Iterator[SourceEvent]:
    """Yield what happened to sources, the newest first; `since` gets the earliest time."""
    for line in read_all_back(log):
        if (moment := line.moment) is None:
            continue
        at = from_datetime(moment)
        since[:] = [at]
        if line.source and line.says in (FAILS, BACK):
            code = (line.code or "unknown") if line.says == FAILS else ""
            yield SourceEvent(line.source, at, code)


def _save_pdf(report: MonthReport, to: Path) -> Problem | None:
    from desktop.commands.screen import no_display

    if no_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.gui.qt_application import application
    from desktop.gui.upkeep.month_pages import save_pdf

    application([])
    return save_pdf(report, to)
