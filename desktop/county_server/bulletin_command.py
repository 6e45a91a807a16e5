"""`county-server settings` and `county-server update`: settings of desks, and newer programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from desktop.county_server.courier.bulletins import (
    Board,
    NothingToTakeBack,
    describe_package,
    say_moment,
)
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.settings_file import SettingsWrong, read_file
from desktop.wire.bulletins import (
    SETTINGS,
    UPDATE,
    CentralSettings,
    ProgramUpdate,
)
from desktop.wire.parts import Phrase

DONE, FAILED = 0, 1
KINDS = ("deb", "deb13", "wheel", "uos", "folder", "windows", "macos")


def add_parsers(commands: Any) -> list[argparse.ArgumentParser]:
    """Add both families; return their commands, which still need to know the database."""
    return [*_add_settings(commands), *_add_update(commands)]


def _add_settings(commands: Any) -> list[argparse.ArgumentParser]:
    family = commands.add_parser("settings", help="各值守端的设置 / what all desks start with")
    own = family.add_subparsers(dest="action", required=True)
    check = own.add_parser("check", help="只检查文件 / only check a file")
    publish = own.add_parser("publish", help="检查、签名、发布 / check, sign and publish a file")
    for each in (check, publish):
        each.add_argument("file", type=Path, metavar="FILE", help="TOML")
    return [check, publish, *_add_both(own, publish)]


def _add_update(commands: Any) -> list[argparse.ArgumentParser]:
    family = commands.add_parser("update", help="新版程序的通知 / tell desks of a newer program")
    own = family.add_subparsers(dest="action", required=True)
    publish = own.add_parser("publish", help="签名并发布 / sign and publish")
    publish.add_argument("--program", required=True, metavar="VERSION", help="版本 / its version")
    publish.add_argument(
        "--package",
        action="append",
        default=[],
        metavar="KIND=FILE",
        help=f"软件包 / a package: {', '.join(KINDS)}",
    )
    publish.add_argument("--zh", default="", metavar="TEXT", help="中文说明 / what is new")
    publish.add_argument("--en", default="", metavar="TEXT", help="英文说明 / the same in English")
    publish.add_argument(
        "--from", dest="begins", metavar="DATE", help="从哪天起提示 / told from this day on"
    )
    return [publish, *_add_both(own, publish)]


def _add_both(own: Any, publish: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """Add what both families have."""
    show = own.add_parser("show", help="列出已发布的，以及指纹 / list them, and our fingerprint")
    back = own.add_parser("take-back", help="收回最新的 / take the newest back")
    for each in (publish, back):
        each.add_argument(
            "--number", type=int, default=1, metavar="N", help="编号至少为 / the number, at least"
        )
    return [show, back]


def run(database: Path, args: argparse.Namespace) -> int:
    """Run one of them; 0 done, 1 refused with its reasons."""
    board = Board(database)
    work: dict[tuple[str, str], Callable[[], int]] = {
        (SETTINGS, "check"): lambda: _check(args.file),
        (SETTINGS, "publish"): lambda: _publish_settings(board, args),
        (SETTINGS, "take-back"): lambda: _take_settings_back(board, args.number),
        (UPDATE, "publish"): lambda: _publish_update(board, args),
        (UPDATE, "take-back"): lambda: _take_update_back(board, args.number),
    }
    try:
        identity_of(database)  # Of a county that is not there nothing is made.
        shows = args.action == "show"
        return _show(board, database, args.command) if shows else work[args.command, args.action]()
    except SettingsWrong as error:
        _complain("没有发布，有以下错误：", "Nothing is published:", *error.faults)
    except msgspec.DecodeError as error:
        _complain("没有发布。", f"Nothing is published: {error}")
    except NothingToTakeBack:
        _complain(
            "没有可以收回的：还没有发布过，或者已经全部收回。",
            "Nothing is left to take back: nothing was published, or all of it is taken back.",
        )
    return FAILED


def _check(file: Path) -> int:
    _, groups = read_file(file)
    count = sum(len(values) for each in groups for values in each.settings.values())
    print(f"可以发布：{len(groups)} 组，{count} 项设置。值本身由各值守端再核对。")
    print(f"Fit to publish: {len(groups)} groups, {count} settings. Desks check their values too.")
    return DONE


def _publish_settings(board: Board, args: argparse.Namespace) -> int:
    by, groups = read_file(args.file)

    def make(number: int) -> CentralSettings:
        return CentralSettings(number, datetime.now(UTC), by, groups)

    return _tell(SETTINGS, board.publish(SETTINGS, make, args.number))


def _take_settings_back(board: Board, least: int) -> int:
    number = board.take_settings_back(_now(), least)
    for line in _say_origin(board.find_origin(number)):
        print(line)
    return _tell(SETTINGS, number)


def _say_origin(number: int) -> tuple[str, str]:
    """Return what a taking back leaves in force, in both languages."""
    if number:
        return f"换回第 {number} 号的内容。", f"What number {number} said counts again."
    before = "The county sets nothing any more: desks go by their own profiles."
    return "县里不再统一设置，各值守端按自己的配置。", before


def _take_update_back(board: Board, least: int) -> int:
    newest = max(board.numbers(UPDATE), default=0)
    offered = board.read(UPDATE, newest) if newest else None
    if least == 1 and not (isinstance(offered, ProgramUpdate) and offered.program):
        raise NothingToTakeBack
    number = board.publish(UPDATE, lambda each: ProgramUpdate(each, _now()), least)
    board.sweep(_now())
    return _tell(UPDATE, number)


def _publish_update(board: Board, args: argparse.Namespace) -> int:
    files = [_read_package(each) for each in args.package]
    packages = tuple(describe_package(kind, file) for kind, file in files)
    begins = None if args.begins is None else _read_day(args.begins)
    told = {
        "version": 1,
        "made_at": _now(),
        "program": args.program,
        "begins_at": begins,
        "words": Phrase(args.zh, args.en),
        "packages": packages,
    }
    checked = msgspec.convert(msgspec.to_builtins(told), ProgramUpdate)
    try:
        for package, (_, path) in zip(packages, files, strict=True):
            board.keep_package(package, path)
        number = board.publish(
            UPDATE, lambda each: msgspec.structs.replace(checked, version=each), args.number
        )
    finally:
        board.sweep(_now())
    return _tell(UPDATE, number)


def _read_package(said: str) -> tuple[str, Path]:
    kind, _, file = said.partition("=")
    if kind not in KINDS or not file:
        raise SettingsWrong(
            [f"{said}: 应为 KIND=FILE / is not KIND=FILE; KIND: {', '.join(KINDS)}"]
        )
    return kind, Path(file)


def _read_day(said: str) -> datetime:
    try:
        return datetime.fromisoformat(said).astimezone()
    except ValueError:
        fault = f"{said}: 应为 2026-12-01 这样的日期 / is no day such as 2026-12-01"
        raise SettingsWrong([fault]) from None


def _show(board: Board, database: Path, kind: str) -> int:
    print(f"指纹 / fingerprint: {Offices(database).own().public.fingerprint}")
    for number in board.numbers(kind):
        found = board.read(kind, number)
        if found is not None:
            said = _describe(found)
            origin = board.find_origin(number) if kind == SETTINGS else number
            again = "" if origin == number else f"  = {origin or '收回 / taken back'}"
            print(f"{number}  {say_moment(found.made_at)}  {said}{again}")
    return DONE


def _describe(found: CentralSettings | ProgramUpdate) -> str:
    if isinstance(found, ProgramUpdate):
        packages = " ".join(each.name for each in found.packages)
        return f"{found.program or '收回 / taken back'}  {packages}"
    places = [
        f"{table}.{name}"
        for group in found.groups
        for table, values in group.settings.items()
        for name in values
    ]
    return f"{found.by}  {' '.join(places) or '-'}"


def _tell(kind: str, number: int) -> int:
    """Say what becomes of it: desks use settings at a start, and tell of a program as they are."""
    print(f"已发布第 {number} 号，值守端一小时内取到。")
    print(f"Number {number} is published: desks have it within the hour.")
    if kind == SETTINGS:
        print("大屏在没有要事时自己重开一次用上；值守端和乡镇端下次启动时用上，也可以当场重开。")
        print(
            "Walls begin anew with it by themselves once nothing grave is on; desks and offices "
            "use it from their next start on, and offer to begin anew at once."
        )
    return DONE


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _complain(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)
