"""Commands for scripts and for offices without a screen: no Qt is loaded."""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import closing
from pathlib import Path

from desktop import bootstrap
from desktop.application.export import outbox_table, report_table, rows_table
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import SourceError, StoreError
from desktop.application.proxies import caution_of
from desktop.application.reads.doubts import doubt_text, reasons
from desktop.application.reads.read_models import Usage
from desktop.application.sync.exchange import Exchange
from desktop.commands.opening import (
    Readable,
    collect_logins,
    desk_folder,
    read_profile_checked,
    with_desk,
    with_reading,
)
from desktop.commands.options import add_desk_options, complain, print_csv
from desktop.commands.refusal import status_of
from desktop.commands.sync_report import probe_json, sync_json
from desktop.domain.certainty import Certainty
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.domain.command import Collection, CommandRecord, CommandState
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.localized_text import Text
from desktop.domain.source import ProbeResult, Problem, SourceStatus

MOST_STRANGE = 10
"""Unknown words listed by name where no JSON is asked for."""
UNREAD = 3
"""Exit status: every source is well, but something it gave could not be read."""
MOST_WAITING = 20
"""Waiting commands named one by one; `outbox` has them all."""
NO_OTHER_SERVER = Text(
    "该来源没有换成别的平台，无须改用。",
    "No other server answers for that source: there is nothing to accept.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sync`, `list` and `probe`."""
    command = parser.get_default("command")
    if command == "list":
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
    if command in ("sync", "probe"):
        parser.add_argument("--json", action="store_true", help="one JSON object")
    if command == "probe":
        parser.add_argument(
            "--settings",
            type=Path,
            metavar="FILE",
            help="ask no source: check a file of settings for all desks (county-server settings)",
        )
    if command == "sync":
        parser.add_argument(
            "--once", action="store_true", help="one exchange with each source, then end (default)"
        )
        parser.add_argument(
            "--accept-server",
            metavar="SOURCE",
            help="go on with the server that now answers for a source: its rows are fetched anew,"
            " commands given for the one before stay held",
        )
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 2 for a wrong profile, 1 when a source is not well or, for `sync`, when
    a command waits that has not reached its county; 3 when all went well but for items that
    could not be read; else 0."""
    if options.command == "probe":
        return _probe(options)
    if options.command == "sync":
        return with_desk(options, lambda desk: _sync(desk, options))
    return with_reading(options, lambda desk: _list(desk, options))


def _sync(desk: bootstrap.Desk, options: argparse.Namespace) -> int:
    accepted: str | None = options.accept_server
    before = desk.board.usage()
    results = desk.engine.exchange_once()
    if accepted is not None:
        if not desk.board.commands.accept_server(accepted):
            complain(NO_OTHER_SERVER.in_language(desk.words.language))
            return 1
        results = desk.engine.exchange_once()
    if options.json:
        print(sync_json(desk, results))
    for status in desk.engine.statuses():
        if not options.json:
            told = _line_of(desk, status, results[status.id])
            print("\n".join([told, *_caution_told(desk, status), *_unread_told(desk, status)]))
        for notice in (status.caution, *status.notices):
            if notice is not None:
                complain(plain(str(desk.words.problem(notice))))
    kept_back = _tell_kept_back(desk, silent=options.json)
    if not options.json:
        print(_bytes_told(before, desk.board.usage()))
    failed = any(isinstance(result, SourceError) for result in results.values())
    if failed or kept_back:
        return 1
    return UNREAD if any(status.unread for status in desk.engine.statuses()) else 0


def _caution_told(desk: bootstrap.Desk, status: SourceStatus) -> list[str]:
    """Return the line that warns of a source for as long as its profile stays as it is, if any."""
    if status.caution is None:
        return []
    return [f"  ! {plain(desk.words.problem(status.caution).happened)}"]


def _unread_told(desk: bootstrap.Desk, status: SourceStatus) -> list[str]:
    """Return lines on how many items of each collection could not be read, and why the first."""
    words = desk.words
    items = [(s, item) for s, item in desk.board.bad_items() if s == status.id and item.reason]
    lines = [
        f"  {words.term('certainty', Certainty.UNREAD)}: {words.term('collection', kind)} {count}"
        for kind, count in sorted(status.unread.items())
    ]
    lines += [
        f"  {words.term('spoiled', 'fields')}: {words.term('collection', kind)} {count}"
        for kind, count in sorted(status.spoiled.items())
    ]
    lines += [
        f"  {words.term('spoiled', 'uncompared')}: {words.term('collection', kind)} {count}"
        for kind, count in sorted(status.uncompared.items())
    ]
    return lines + [f"    {plain(why)}" for why in reasons(items, words, rows_table.SHOWN_REASONS)]


def _tell_kept_back(desk: bootstrap.Desk, *, silent: bool = False) -> bool:
    """Print how many commands wait and why; whether one has not reached its county."""
    waiting = desk.outbox.list_unfinished()
    counts = Counter(record.state for record in waiting)
    if waiting and not silent:
        parts = (f"{state.value}={counts[state]}" for state in CommandState if counts[state])
        print(f"outbox: {len(waiting)} {' '.join(parts)}")
    for record in waiting[: 0 if silent else MOST_WAITING]:
        print(f"  {_waiting_told(desk, record)}")
    if len(waiting) > MOST_WAITING and not silent:
        print(f"  … {len(waiting) - MOST_WAITING}")
    return outbox_table.is_kept_back(waiting)


def _waiting_told(desk: bootstrap.Desk, record: CommandRecord) -> str:
    """One waiting command: how to name it, what it is, where it stands and why."""
    command, words = record.command, desk.words
    told = f"{command.key[: outbox_table.SHOWN_KEY_CHARS]} {command.kind.value} {command.target.id}"
    reason = words.text(record.reason)
    state = record.state.value + (f"/{record.hold.value}" if record.hold else "")
    return plain(f"{told} {state}" + (f" — {reason}" if reason else ""))


def _bytes_told(before: Usage, after: Usage) -> str:
    """The bytes of this run by class, both ways, and of the day against its budget."""
    parts = []
    for kind in TrafficClass:
        earlier = before.spent.get(kind, ByteCount()) if before.day == after.day else ByteCount()
        spent = after.spent.get(kind, ByteCount()).total - earlier.total
        if spent:
            parts.append(f"{kind.value}={spent}")
    budget = "" if after.budget is None else f"/{after.budget}{' over' if after.over else ''}"
    return f"bytes: {' '.join([*parts, f'today={after.total}{budget}'])}"


def _line_of(desk: bootstrap.Desk, status: SourceStatus, result: Exchange | SourceError) -> str:
    """One source's line: id, ok or failed, rows, unreadable items, age or problem."""
    words = desk.words
    if isinstance(result, SourceError):
        seen = rows_table.time_text(status.last_good_at, desk.zone) or "-"
        return f"{status.id}: failed {result.problem.code} last_good={seen} — " + plain(
            str(words.problem(result.problem))
        )
    told = (
        f"{status.id}: ok rows={result.rows} bad={result.bad_items} "
        f"answered={result.answered} changed={','.join(sorted(result.changed)) or '-'}"
    )
    if result.unsent is None:
        return told
    said = plain(str(words.problem(result.unsent)))
    return f"{told} unsent={result.unsent.code} — {said}"


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


def _probe(options: argparse.Namespace) -> int:
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(options.lang, profile)
    if options.settings is not None:
        from desktop.commands.settings.central_check import check_central

        return check_central(options.settings, profile, words)
    try:
        token = collect_logins(profile, options, words)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return status_of(error.problem)
    probed: dict[str, ProbeResult | SourceError] = {}
    for each in bootstrap.sources(profile, CorrectedClock(SystemClock()), token=token):
        source = each.settings.id
        caution = caution_of(each.settings)
        if caution is not None:
            complain(f"{source}: {plain(str(words.problem(caution)))}")
        try:
            with closing(each.build()) as connector:
                probed[source] = connector.probe()
        except SourceError as error:
            probed[source] = error
        except Exception as error:  # noqa: BLE001 - the sources after it are probed all the same
            what = f"{type(error).__name__}: {error}"
            probed[source] = SourceError(Problem("internal_error", {"what": what}))
        if not options.json:
            print(f"{source}: {_probe_all(words, probed[source])}")
    if options.json:
        print(probe_json(words, probed))
    if any(isinstance(found, SourceError) for found in probed.values()):
        return 1
    return UNREAD if any(isinstance(f, ProbeResult) and f.unread for f in probed.values()) else 0


def _probe_all(words: Words, found: ProbeResult | SourceError) -> str:
    if isinstance(found, SourceError):
        return f"failed {found.problem.code} — {plain(str(words.problem(found.problem)))}"
    counts = ", ".join(
        f"{words.term('collection', c)} {n}" for c, n in sorted(found.counts.items())
    )
    fills = ", ".join(words.term("collection", c) for c in sorted(found.fills))
    told = f"ok {plain(found.product)} · {counts or fills}"
    if found.clock_offset_ms is not None:
        told += f" · clock {found.clock_offset_ms / 1000:+.1f} s"
    remarks = [plain(str(words.problem(remark))) for remark in found.remarks]
    remarks += [
        f"{words.term('certainty', Certainty.UNREAD)}: {words.term('collection', kind)} {count}"
        for kind, count in sorted(found.unread.items())
    ]
    counted = Counter(each.word for each in found.strange)
    remarks += [plain(f"? {word} × {count}") for word, count in counted.most_common(MOST_STRANGE)]
    return told + "".join(f"\n  {remark}" for remark in remarks)
