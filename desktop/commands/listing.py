"""`county-desk list`: a collection as text, JSON or CSV, without a screen."""

from __future__ import annotations

import argparse

from desktop import bootstrap
from desktop.application.export import report_table, rows_table
from desktop.application.export.outgoing import plain
from desktop.application.reads.doubts import doubt_text
from desktop.commands.opening import Readable, desk_folder, with_reading
from desktop.commands.options import add_desk_options, complain, print_csv
from desktop.commands.sync_report import UNREAD
from desktop.domain.command import Collection
from desktop.domain.source import Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `list`."""
    parser.add_argument("collection", choices=[c.value for c in rows_table.LISTED])
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--csv", action="store_true", help="CSV, safe for spreadsheets")
    parser.add_argument("--all", action="store_true", help="closed incidents too")
    parser.add_argument(
        "--form", metavar="FORM", help="reports: one line a township, its fields as columns"
    )
    parser.add_argument("--period", help="with --form: the day or event; default: today")
    parser.add_argument(
        "--whole", action="store_true", help="with timeline, deadlines and files (JSON only)"
    )
    parser.add_argument(
        "--offline", action="store_true", help="only the cache; ask no source, even a new one"
    )
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 1 when a source is not well, 2 for a wrong profile, 3 when only
    items could not be read."""
    return with_reading(options, lambda desk: _list(desk, options))


def _list(desk: Readable, options: argparse.Namespace) -> int:
    collection = Collection(options.collection)
    never_seen = any(s.never_seen for s in desk.engine.statuses())
    if never_seen and not options.offline and isinstance(desk, bootstrap.Desk):
        desk.engine.exchange_once()
    elif never_seen and all(s.never_seen and not s.partial for s in desk.engine.statuses()):
        folder = str(desk_folder(desk.profile, options))
        complain(str(desk.words.problem(Problem("cache_absent", {"folder": folder}))))
    found = rows_table.make_listing(
        desk.board,
        desk.cache,
        collection,
        desk.words,
        all_rows=options.all,
        whole=options.whole and options.json,
        zone=desk.zone,
    )
    if options.form:
        return _list_by_form(desk, options)
    if options.json:
        print(rows_table.as_json(found, desk.words))
    elif options.csv:
        print_csv(rows_table.as_csv(found, desk.words))
    else:
        print(rows_table.as_table(found, desk.words))
    for source in found.sources:
        for problem in (source.problem, source.caution):
            if problem is not None:
                complain(f"{source.id}: {plain(str(desk.words.problem(problem)))}")
    said = doubt_text(found.known, collection, desk.words, any_shown=bool(found.rows))
    if found.known.unread and said is not None:
        complain(plain(f"{said.happened} · {said.meaning}"))
    if any(s.never_seen or s.problem is not None for s in found.sources):
        return 1
    return UNREAD if found.known.unread else 0


def _list_by_form(desk: Readable, options: argparse.Namespace) -> int:
    """Print one period's reports by one form; 1 while townships have not given theirs."""
    reports = desk.board.reports
    form = next((each for each in reports.list_newest() if each.form == options.form), None)
    if form is None or options.collection != Collection.REPORTS:
        complain(f"--form: {desk.words.term('bad_field', 'wrong')}")
        return 2
    table = report_table.make_table(desk.board, form, options.period or reports.today(), desk.zone)
    if options.json:
        print(report_table.as_json(table))
    elif options.csv:
        print_csv(report_table.as_csv(table, desk.words))
    else:
        print(report_table.as_text(table, desk.words))
    return int(any(line.report is None for line in table.lines))
