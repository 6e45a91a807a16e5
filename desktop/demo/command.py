"""`county-desk demo-county`: serve the fictional county, or an integrator's own files."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from desktop.county_server import listening
from desktop.county_server.api import Settings
from desktop.county_server.backups import DATABASE
from desktop.county_server.command import IN_USE, IN_USE_WORDS, REFUSED
from desktop.county_server.database import Database
from desktop.county_server.disk import private_folder
from desktop.county_server.listening import Listening, ListenRefused
from desktop.county_server.load import LoadError, load
from desktop.county_server.locks import InUse
from desktop.county_server.losses import LossRefused, words
from desktop.county_server.server import CountyServer
from desktop.demo.county import EXPECTED_PERIOD_S, SCENARIOS, DemoCounty
from desktop.paths import frame_dictionaries
from desktop.wire.level1 import COLLECTIONS, Phrase

LOOK_EVERY_S = 2.0
"""How often the loaded files are looked at for changes."""
NOT_OVER_THE_COUNTY = (
    "该数据属于虚构的县，文件会取代它和其中的指令：请另选文件夹。",
    "This data is the fictional county's, which the files would replace: choose another folder.",
)
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on; 0 takes any")
    parser.add_argument("--seed", type=int, default=1, help="another number, another county")
    parser.add_argument("--speed", type=_speed, default=1.0, help="how fast the scenario runs")
    parser.add_argument("--scenario", choices=SCENARIOS, default="storm", help="what it lives")
    parser.add_argument("--incidents", type=_count, default=10_000, help="how much history")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data", type=Path, metavar="DIR", help="keep the county in this folder")
    where.add_argument("--database", type=Path, metavar="FILE", help="keep the county here")
    parser.add_argument(
        "--accept-loss",
        action="store_true",
        help="open data that ends before what desks were told is durable",
    )
    parser.add_argument("--drill", action="store_true", help="say that it is a drill's server")
    parser.add_argument("--reset", action="store_true", help="begin the county anew")
    listening.add_arguments(parser)
    parser.add_argument(
        "--load",
        type=Path,
        metavar="DIR",
        help="serve your own level 1 JSON files instead; they take no commands",
    )


def _speed(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError("from 0 (stands still) to 3600")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 20 <= value <= 5_000_000:
        raise argparse.ArgumentTypeError("from 20 to 5000000")
    return value


def main(args: argparse.Namespace) -> int:
    """Serve until interrupted; 0 then, 1 when it cannot listen, 2 when files are wrong.

    3 when the data would lose what desks were told is durable, 4 when another server has it.
    """
    stop = threading.Event()
    try:
        reached = listening.read_arguments(args)
    except ListenRefused as refused:
        print(*refused.lines, sep="\n", file=sys.stderr)
        return 2
    try:
        with _stopped_by_signals(stop):
            serve = _serve_files if args.load else _serve_county
            return serve(args, reached, stop)
    except LossRefused as refused:
        print(*words(refused.loss), sep="\n", file=sys.stderr)
        return REFUSED
    except InUse:
        print(*IN_USE_WORDS, sep="\n", file=sys.stderr)
        return IN_USE
    except OSError as error:
        print(f"{args.host}:{args.port}: {error.strerror or error}", file=sys.stderr)
        return 1


@contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {each: signal.signal(each, ask_to_stop) for each in SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _serve_county(args: argparse.Namespace, reached: Listening, stop: threading.Event) -> int:
    county = DemoCounty(
        _database(args),
        seed=args.seed,
        speed=args.speed,
        scenario=args.scenario,
        incidents=args.incidents,
        reset=args.reset,
        accept_loss=args.accept_loss,
        reached=reached,
        drill=args.drill,
        host=args.host,
        port=args.port,
    )
    try:
        print(county.start(), flush=True)
        stop.wait()
    finally:
        county.close()
    return 0


def _database(args: argparse.Namespace) -> Path | None:
    """Where the county's database is kept; None: nowhere."""
    if args.data is None:
        return args.database  # type: ignore[no-any-return]
    folder: Path = args.data
    private_folder(folder)
    return folder / DATABASE


def _serve_files(args: argparse.Namespace, reached: Listening, stop: threading.Event) -> int:
    folder: Path = args.load
    try:
        loaded = load(folder)
    except LoadError as error:
        print(*error.lines, sep="\n", file=sys.stderr)
        return 2
    database = Database(_database(args), accept_loss=args.accept_loss)
    server = CountyServer(
        database,
        Settings(
            Phrase(folder.resolve().name),
            EXPECTED_PERIOD_S,
            accounts=reached.accounts,
            dictionaries=frame_dictionaries(),
            file_limit=0,
            takes_commands=False,
        ),
        host=args.host,
        port=args.port,
        tls=reached.tls,
        names=reached.names,
        plain=reached.plain,
    )
    try:
        if database.recall("began") is not None:
            print(*NOT_OVER_THE_COUNTY, sep="\n", file=sys.stderr)
            return 2
        loaded.put_into(database)
        print(server.start(), flush=True)
        _follow(folder, stop, lambda: load(folder).put_into(database))
    finally:
        server.close()
        database.close()
    return 0


def _follow(folder: Path, stop: threading.Event, reload: Callable[[], None]) -> None:
    """Reload the files whenever one changes; while they are wrong the last good rows stay."""
    seen = _state(folder)
    while not stop.wait(LOOK_EVERY_S):
        now = _state(folder)
        if now == seen:
            continue
        seen = now
        try:
            reload()
        except LoadError as error:
            print(*error.lines, sep="\n", file=sys.stderr, flush=True)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for collection in COLLECTIONS:
        path = folder / f"{collection}.json"
        if path.is_file():
            status = path.stat()
            found[collection] = (status.st_mtime_ns, status.st_size)
    return found
