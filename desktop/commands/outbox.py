"""`county-desk outbox`: list, export, withdraw and reorder commands from a terminal or a script."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from desktop import bootstrap
from desktop.application.export import outbox_table
from desktop.application.i18n import Words
from desktop.commands.opening import Readable, with_desk, with_folder, with_reading
from desktop.commands.options import add_desk_options, complain, print_csv
from desktop.domain.localized_text import Text

NOT_TO_CANCEL = Text("它可能已经发出，不能撤回。", "It may have left already: not cancelled.")
NOT_HELD = Text("它没有被扣留，会自己发出。", "It is not held: it goes out by itself.")
NOT_TO_GIVE_UP = Text(
    "只有扣留中、可能已经发出的指令才能放弃；没有发出的请用 --cancel 撤回。",
    "Only a held command that may have left can be given up; withdraw others with --cancel.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `outbox`."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--csv", action="store_true", help="CSV, safe for spreadsheets")
    form.add_argument(
        "--rescue-to",
        type=Path,
        metavar="FILE",
        help="write what can be read of a damaged outbox to a new file, as readable text",
    )
    form.add_argument("--cancel", metavar="KEY", help="withdraw one that has not left yet")
    form.add_argument("--first", metavar="KEY", help="send this one before the others")
    form.add_argument("--last", metavar="KEY", help="send this one after the others")
    form.add_argument("--send", metavar="KEY", help="send a held one all the same")
    form.add_argument(
        "--give-up", metavar="KEY", help="ask no more about a held one that may have left"
    )
    parser.add_argument(
        "--limit", type=int, default=1000, metavar="N", help="the latest N (default 1000)"
    )
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 1 not done or a source failed, 2 wrong usage or profile.

    A listed outbox is 1, too, while a command waits that has not reached its county, or was
    refused, conflicts or is held and nobody has dismissed it.
    """
    if options.rescue_to:
        return with_folder(options, partial(_rescue, to=options.rescue_to))
    asked = options.cancel or options.first or options.last or options.send or options.give_up
    if asked:
        return with_desk(options, lambda desk: _change(desk, options, asked))
    return with_reading(options, lambda desk: _outbox(desk, options))


def _rescue(folder: Path, key: bytes, words: Words, *, to: Path) -> int:
    from desktop.storage.outbox.recovery import export_rescued

    count = export_rescued(folder, key, to)
    if words.chinese:
        print(f"已把 {count} 条指令和草稿写成明文：{to}（只有本用户能读，用完请删除）")
    else:
        print(f"{count} commands and drafts as readable text, for this user alone: {to}")
        print("Delete it when it has served.")
    return 0


def _outbox(desk: Readable, options: argparse.Namespace) -> int:
    board, words = desk.board, desk.words
    records = board.outbox(max(0, options.limit))
    if options.json:
        print(outbox_table.as_json(records, board.statuses(), board.now(), words, desk.zone))
    elif options.csv:
        print_csv(outbox_table.as_csv(records, board.statuses(), words, desk.zone))
    else:
        print(outbox_table.as_table(records, words, desk.zone))
    # Of the whole outbox, however few of it were listed.
    unfinished = desk.outbox.list_unfinished()
    return int(outbox_table.is_kept_back(unfinished) or desk.outbox.needing_officer() > 0)


def _change(desk: bootstrap.Desk, options: argparse.Namespace, asked: str) -> int:
    """Do what the officer decided about one waiting command."""
    board, words = desk.board, desk.words
    found = [r for r in desk.outbox.list_unfinished() if r.command.key.startswith(asked)]
    if len(found) != 1:
        complain(
            f"没有唯一的待发指令 {asked}。"
            if words.chinese
            else f"There is not exactly one waiting command {asked}."
        )
        return 1
    key = found[0].command.key
    if options.first:
        board.commands.prioritise(key)
    elif options.last:
        board.commands.deprioritise(key)
    elif options.send:
        return _say_unless(board.commands.release(key), words, NOT_HELD)
    elif options.give_up:
        return _say_unless(board.commands.give_up(key), words, NOT_TO_GIVE_UP)
    else:
        return _say_unless(board.commands.cancel(key), words, NOT_TO_CANCEL)
    return 0


def _say_unless(done: bool, words: Words, why_not: Text) -> int:
    """Complain of what was not done; return the exit status."""
    if not done:
        complain(why_not.in_language(words.language))
    return int(not done)
