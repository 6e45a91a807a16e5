"""`county-desk sync`: one exchange with every source, without a screen."""

from __future__ import annotations

import argparse
from collections import Counter

from desktop import bootstrap
from desktop.application.export import outbox_table, rows_table
from desktop.application.export.outgoing import plain
from desktop.application.ports import SourceError
from desktop.application.reads.doubts import reasons
from desktop.application.reads.read_models import Usage
from desktop.application.sync.exchange import Exchange
from desktop.commands.opening import with_desk
from desktop.commands.options import add_desk_options, complain
from desktop.commands.sync_report import UNREAD, sync_json
from desktop.domain.certainty import Certainty
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.link import ByteCount, TrafficClass
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus

MOST_WAITING = 20
"""Waiting commands named one by one; `outbox` has them all."""
NO_OTHER_SERVER = Text(
    "该来源没有换成别的平台，无须改用。",
    "No other server answers for that source: there is nothing to accept.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sync`."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
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
    """Run the command; 0 well, 1 when a source is not well or a command waits that has not
    reached its county, 2 for a wrong profile, 3 when only items could not be read."""
    return with_desk(options, lambda desk: _sync(desk, options))


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
            told = _describe_exchange(desk, status, results[status.id])
            print(
                "\n".join([told, *_describe_caution(desk, status), *_describe_unread(desk, status)])
            )
        for notice in (status.caution, *status.notices):
            if notice is not None:
                complain(plain(str(desk.words.problem(notice))))
    kept_back = _tell_kept_back(desk, silent=options.json)
    if not options.json:
        print(_describe_bytes(before, desk.board.usage()))
    failed = any(isinstance(result, SourceError) for result in results.values())
    if failed or kept_back:
        return 1
    return UNREAD if any(status.unread for status in desk.engine.statuses()) else 0


def _describe_caution(desk: bootstrap.Desk, status: SourceStatus) -> list[str]:
    """Return the line that warns of a source for as long as its profile stays as it is, if any."""
    if status.caution is None:
        return []
    return [f"  ! {plain(desk.words.problem(status.caution).happened)}"]


def _describe_unread(desk: bootstrap.Desk, status: SourceStatus) -> list[str]:
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
        print(f"  {_describe_waiting(desk, record)}")
    if len(waiting) > MOST_WAITING and not silent:
        print(f"  … {len(waiting) - MOST_WAITING}")
    return outbox_table.is_kept_back(waiting)


def _describe_waiting(desk: bootstrap.Desk, record: CommandRecord) -> str:
    """One waiting command: how to name it, what it is, where it stands and why."""
    command, words = record.command, desk.words
    told = f"{command.key[: outbox_table.SHOWN_KEY_CHARS]} {command.kind.value} {command.target.id}"
    reason = words.text(record.reason)
    state = record.state.value + (f"/{record.hold.value}" if record.hold else "")
    return plain(f"{told} {state}" + (f" — {reason}" if reason else ""))


def _describe_bytes(before: Usage, after: Usage) -> str:
    """The bytes of this run by class, both ways, and of the day against its budget."""
    parts = []
    for kind in TrafficClass:
        earlier = before.spent.get(kind, ByteCount()) if before.day == after.day else ByteCount()
        spent = after.spent.get(kind, ByteCount()).total - earlier.total
        if spent:
            parts.append(f"{kind.value}={spent}")
    budget = "" if after.budget is None else f"/{after.budget}{' over' if after.over else ''}"
    return f"bytes: {' '.join([*parts, f'today={after.total}{budget}'])}"


def _describe_exchange(
    desk: bootstrap.Desk, status: SourceStatus, result: Exchange | SourceError
) -> str:
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
