"""`county-server frames`: take frames for a county that no other process serves."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from desktop.county_server.commands.served_rules import read_rules
from desktop.county_server.db.database import Database
from desktop.county_server.frames.arguments import NEEDS_A_WAY, NEEDS_OFFICES, open_frames
from desktop.county_server.frames.offices import OfficesError
from desktop.county_server.http.account_file import AccountsError, read_accounts
from desktop.county_server.http.roster import Roster

SIGNALS = (signal.SIGINT, signal.SIGTERM)
LOOK_EVERY_S = 1.0
LINE_GONE = "串口已断 / the serial line is gone"


def serve_frames(args: argparse.Namespace, path: Path) -> int:
    """Take frames until interrupted; return 0 then, 1 when the line is gone.

    Raises as `open_frames`, and as opening the county's file does.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    if args.frames_offices is not None and not (args.frames_serial or args.frames_listen):
        raise OfficesError(NEEDS_A_WAY)
    try:
        accounts = read_accounts(args.accounts) if args.accounts else {}
    except AccountsError as error:
        raise OfficesError(str(error)) from None
    with closing(Database(path)) as database:
        roster = Roster(accounts, args.accounts, time.time)
        rules = read_rules(database).for_owners(roster.owners)
        frames = open_frames(args, database, roster.accounts, rules)
        if frames is None:
            raise OfficesError(NEEDS_OFFICES)
        with closing(frames), _stop_on_signals() as stop:
            print(*frames.words, sep="\n", flush=True)
            while not stop.wait(LOOK_EVERY_S):
                if not frames.is_open:
                    print(LINE_GONE, file=sys.stderr)
                    return 1
    return 0


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, ask_to_stop) for each in SIGNALS}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
