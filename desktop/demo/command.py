"""`county-desk demo-county`: serve the fictional county, or an integrator's own files."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

import msgspec

from desktop.county_server.command import IN_USE, IN_USE_WORDS, REFUSED
from desktop.county_server.db.backups import DATABASE
from desktop.county_server.db.database import Database
from desktop.county_server.db.disk import private_folder
from desktop.county_server.db.file_lock import InUse
from desktop.county_server.db.losses import LossRefused, words
from desktop.county_server.frames.arguments import add_arguments as add_frames_arguments
from desktop.county_server.frames.arguments import open_frames
from desktop.county_server.frames.codes import keep_codes, read_codes
from desktop.county_server.frames.offices import OfficesError
from desktop.county_server.http import listening
from desktop.county_server.http.api import Settings
from desktop.county_server.http.listening import Listening, ListenRefused
from desktop.county_server.load import Aged, Loaded, LoadError, State, load, state, takes_commands
from desktop.county_server.server import CountyServer
from desktop.demo.county import EXPECTED_PERIOD_S, SCENARIOS, DemoCounty
from desktop.paths import frame_dictionaries, resources
from desktop.wire.level1 import COLLECTIONS, Phrase

LOOK_EVERY_S = 2.0
"""How often the loaded files are checked for changes."""
NOT_OVER_THE_COUNTY = (
    "该数据属于虚构的县，文件会取代它和其中的指令：请另选文件夹。",
    "This data is the fictional county's, which the files would replace: choose another folder.",
)
NOT_OVER_THE_COMMANDS = (
    "该数据文件夹受理过指令，只读打开会丢掉它们：请加 --writable，或另选文件夹。",
    "This data has taken commands, which would be lost: say --writable, or choose another folder.",
)
WRITABLE_NEEDS_DATA = (
    "受理指令就要保存它们：--writable 须与 --data 文件夹一起用。",
    "Commands that are taken must be kept: say --writable together with --data DIR.",
)
NOT_SERVING = (
    "县平台的服务线程已经停了，不再应答；请看上面的原因后重新启动。",
    "The county's server has ended and answers nobody: read the reason above and start it again.",
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
    add_frames_arguments(parser, "--frames-")
    parser.add_argument("--with-input", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--load",
        type=Path,
        metavar="DIR",
        help="serve your own files instead: incidents, assets, queues, warnings, alarms, townships"
        " as .json, .csv or .xlsx (also 事件 设施 队列 预警 告警 乡镇), lines and trends as .json;"
        " columns.toml says which of your headings is which field; commands are refused",
    )
    parser.add_argument(
        "--writable",
        action="store_true",
        help="with --load and --data: take commands, and bring in what changes in the files",
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
    """Serve until interrupted; return 0 then, 1 when it cannot listen, 2 when files are wrong.

    3 when the data would lose what desks were told is durable, 4 when another server has it.
    """
    stop = threading.Event()
    try:
        reached = listening.read_arguments(args)
    except ListenRefused as refused:
        print(*refused.lines, sep="\n", file=sys.stderr)
        return 2
    try:
        with _stop_on_signals(stop):
            if args.with_input:
                _stop_at_end_of_input(stop)
            serve = _serve_files if args.load else _serve_county
            return serve(args, reached, stop)
    except OfficesError as error:
        print(error, file=sys.stderr)
        return 2
    except LossRefused as refused:
        print(*words(refused.loss), sep="\n", file=sys.stderr)
        return REFUSED
    except InUse:
        print(*IN_USE_WORDS, sep="\n", file=sys.stderr)
        return IN_USE
    except OSError as error:
        print(f"{args.host}:{args.port}: {error.strerror or error}", file=sys.stderr)
        return 1


def _stop_at_end_of_input(stop: threading.Event) -> None:
    """Stop once whoever started this has gone, however: its end of the pipe is then shut."""

    def watch() -> None:
        while os.read(0, 1):  # Not by Python's stream, which it could not end with a reader in it.
            pass
        stop.set()

    threading.Thread(target=watch, name="input", daemon=True).start()


@contextmanager
def _stop_on_signals(stop: threading.Event) -> Iterator[None]:
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
    with closing(county), _taking_frames(args, county.server, county.database):
        print(county.start(), flush=True)
        while not stop.wait(LOOK_EVERY_S):
            if not county.server.is_serving:
                return _complain(1, *NOT_SERVING)
    return 0


@contextmanager
def _taking_frames(
    args: argparse.Namespace, server: CountyServer, database: Database
) -> Iterator[None]:
    """Take frames meanwhile, where the options ask for it."""
    api = server.api
    # For the operator's program, too, which takes frames while no server runs.
    keep_codes(database, read_codes(resources() / "county"))
    frames = open_frames(args, database, api.roster.accounts, api.rules)
    _complain(0, *([] if frames is None else frames.words))
    api.spoken.hear = None if frames is None else frames.hear
    try:
        yield
    finally:
        api.spoken.hear = None
        if frames is not None:
            frames.close()


def _database(args: argparse.Namespace) -> Path | None:
    """Return the path of the county's database; None for one that is not kept."""
    if args.data is None:
        return args.database  # type: ignore[no-any-return]
    folder: Path = args.data
    private_folder(folder)
    return folder / DATABASE


def _serve_files(args: argparse.Namespace, reached: Listening, stop: threading.Event) -> int:
    folder: Path = args.load
    database_file = _database(args)
    if args.writable and database_file is None:
        return _complain(2, *WRITABLE_NEEDS_DATA)
    try:
        seen = state(folder)
        loaded = load(folder)
    except LoadError as error:
        return _complain(2, *error.lines)
    database = Database(database_file, accept_loss=args.accept_loss)
    server = CountyServer(
        database,
        _settings_of_files(args, reached),
        host=args.host,
        port=args.port,
        tls=reached.tls,
        names=reached.names,
        plain=reached.plain,
        proxy=reached.proxy,
    )
    aged = server.api.app = Aged(server.api.app)

    def bring_in(now: Loaded) -> None:
        _complain(0, *now.oddities, now.summary)
        (now.change if args.writable else now.put_into)(database)
        aged.data_at = now.data_at
        told = set(now.rows)
        if args.writable:
            told |= {"incidents", *(["reports"] if "forms" in told else [])}
        server.api.collections = tuple(name for name in COLLECTIONS if name in told)

    try:
        if database.recall("began") is not None:
            return _complain(2, *NOT_OVER_THE_COUNTY)
        if not args.writable and takes_commands(database):
            return _complain(2, *NOT_OVER_THE_COMMANDS)
        bring_in(loaded)
        with _taking_frames(args, server, database):
            print(server.start(), flush=True)
            _follow(folder, seen, stop, lambda: bring_in(load(folder)))
    finally:
        server.close()
        database.close()
    return 0


def _settings_of_files(args: argparse.Namespace, reached: Listening) -> Settings:
    settings = Settings(
        Phrase(args.load.resolve().name),
        EXPECTED_PERIOD_S,
        accounts=reached.accounts,
        accounts_file=reached.accounts_file,
        dictionaries=frame_dictionaries(),
    )
    if args.writable:
        return settings
    return msgspec.structs.replace(settings, file_limit=0, takes_commands=False)


def _complain(status: int, *lines: str) -> int:
    """Print the words to standard error and return the exit status."""
    if lines:
        print(*lines, sep="\n", file=sys.stderr, flush=True)
    return status


def _follow(folder: Path, loaded: State, stop: threading.Event, reload: Callable[[], None]) -> None:
    """Reload the files whenever one changes; while they have faults the last good rows stay.

    A file that is still being written is read only once it has stopped changing.
    """
    seen, told = loaded, [""]
    while not stop.wait(LOOK_EVERY_S):
        before, seen = seen, state(folder)
        if seen == loaded or seen != before:
            continue
        try:
            reload()
            loaded, told = seen, [""]
        except LoadError as error:
            # A file that another program holds open is tried again, and reported once.
            loaded = loaded if error.passes else seen
            if error.lines != told:
                told = error.lines
                _complain(0, *told)
