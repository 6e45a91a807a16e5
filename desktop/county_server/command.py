"""`county-server`: backups, epochs, login tokens, courier bundles, frames, settings of desks."""

from __future__ import annotations

import argparse
import hashlib
import json
import secrets
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from desktop.county_server import bulletin_command, courier_command
from desktop.county_server.db.backups import Done, FilesMissing, NotABackup, restore, save
from desktop.county_server.db.database import Database
from desktop.county_server.db.file_lock import InUse
from desktop.county_server.db.losses import LossRefused, words
from desktop.county_server.frames.arguments import add_arguments as add_frames_arguments
from desktop.county_server.frames.offices import OfficesError
from desktop.county_server.frames.serving import serve_frames
from desktop.county_server.frames.telephone import hear_telephone
from desktop.protocol.process_memory import keep_private

DONE, FAILED, REFUSED, IN_USE = 0, 1, 3, 4
"""Exit statuses; 2 is a wrong use of the command line."""
MOST_NAMED = 20
TOKEN_BYTES = 24
IN_USE_WORDS = (
    "该数据正由另一个县平台进程使用，请先停止它。",
    "Another server has this county's data: stop it first.",
)
EXIT_WORDS = "status: 0 done, 1 failed, 2 wrong use, 3 would lose what is durable, 4 in use"


def main(given: Sequence[str] | None = None) -> int:
    """Run one subcommand, print its outcome in both languages and return the exit status."""
    keep_private()
    _write_any_text()
    args = _parser().parse_args(given)
    if args.command == "token":
        return _token(args.name)
    path = args.database or args.data / "county.db"
    work: dict[str, Callable[[], int]] = {
        "hear": lambda: hear_telephone(args, path),
        "frames": lambda: serve_frames(args, path),
        "backup": lambda: _backup(path, args.folder),
        "restore": lambda: _restore(path, args.folder, accept_loss=args.accept_loss),
        "epoch": lambda: _epoch(path, accept_loss=args.accept_loss),
        "courier": lambda: courier_command.run(path, args),
        "settings": lambda: bulletin_command.run(path, args),
        "update": lambda: bulletin_command.run(path, args),
    }
    try:
        return work[args.command]()
    except LossRefused as refused:
        _complain(*words(refused.loss))
        return REFUSED
    except FilesMissing as refused:
        _complain(*_missing_words(refused.digests))
        _complain("仍要恢复请加 --accept-loss。", "To restore all the same say --accept-loss.")
        return REFUSED
    except InUse:
        _complain(*IN_USE_WORDS)
        return IN_USE
    except OfficesError as error:
        _complain(str(error))
    except NotABackup as error:
        _complain("这不是完好的备份。", "This is not a whole backup.", str(error))
    except FileExistsError as error:
        _complain(
            f"{error} 已存在，不会覆盖。", f"{error} is there already, and is not written over."
        )
    except FileNotFoundError as error:
        _complain(f"{error} 不存在。", f"{error} is not there.")
    except (OSError, sqlite3.Error) as error:
        _complain(f"未能完成：{error}", f"It could not be done: {error}")
    return FAILED


def _write_any_text() -> None:
    """Switch the output to UTF-8 where the locale could not print Chinese and would crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            try:
                "县".encode(stream.encoding)
            except UnicodeEncodeError:
                stream.reconfigure(encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="county-server",
        description="备份与恢复县平台的数据 / backups of a county's data",
        epilog=EXIT_WORDS,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser(
        "backup", help="数据库与附件备份到新文件夹，可在运行时进行 / into a new folder"
    )
    back = commands.add_parser("restore", help="恢复备份，须先停止服务 / put a backup in its place")
    epoch = commands.add_parser(
        "epoch", help="手工恢复数据之后：令各值守端重新核对 / have desks begin anew"
    )
    for each in (saving, back):
        each.add_argument("folder", type=Path, metavar="DIR", help="备份文件夹 / the backup")
    token = commands.add_parser(
        "token", help="新的登录令牌及其在账号文件中的写法 / a new login token"
    )
    token.add_argument("name", metavar="NAME", help="账号名称 / the account's name")
    carrying = courier_command.add_parsers(commands)
    frames = _add_frames(commands)
    telling = bulletin_command.add_parsers(commands)
    for each in (saving, back, epoch, *frames, *carrying, *telling):
        where = each.add_mutually_exclusive_group(required=True)
        where.add_argument(
            "--data", type=Path, metavar="DIR", help="县平台的数据文件夹 / its folder"
        )
        where.add_argument("--database", type=Path, metavar="FILE", help="或其数据库 / or its file")
    for each in (back, epoch):
        each.add_argument(
            "--accept-loss", action="store_true", help="明知会丢失仍继续 / go on though it loses"
        )
    return parser


def _add_frames(commands: Any) -> list[argparse.ArgumentParser]:
    """Add `frames` and `hear`; return them, which still need to know the database."""
    frames: argparse.ArgumentParser = commands.add_parser(
        "frames", help="从串口或网关收短帧中的指令 / take commands that come as frames"
    )
    add_frames_arguments(frames)
    phone = commands.add_parser(
        "hear", help="听写单位在电话里读的报告并办理 / take down what an office reads by telephone"
    )
    phone.add_argument("--offices", type=Path, required=True, metavar="FILE", help="单位 / offices")
    phone.add_argument(
        "--gateway", required=True, metavar="URL", help="县平台的网关端口 / the county's port"
    )
    frames.add_argument(
        "--accounts", type=Path, metavar="FILE", help="账号文件 / the county's accounts"
    )
    return [frames, phone]


def _backup(path: Path, folder: Path) -> int:
    done = save(path, folder)
    print(f"已备份到 {folder}，附件 {done.files} 个。")
    print(f"Backed up to {folder}, with {done.files} files.")
    return _tell_missing(done)


def _restore(path: Path, folder: Path, *, accept_loss: bool) -> int:
    done = restore(path, folder, accept_loss=accept_loss)
    print(f"已恢复，附件 {done.files} 个；新纪元 {done.epoch}：各值守端会重新提交备份之后的指令。")
    print(
        f"Restored, with {done.files} files. Epoch {done.epoch}: desks offer again what they"
        " gave after the backup."
    )
    return _tell_missing(done)


def _token(name: str) -> int:
    """Print a new random token, which is shown only once, and its entry for the accounts file."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    print(f"令牌，只显示这一次，请交给使用者 / the token, shown this once: {token}")
    print("账号文件中写 / for the file of accounts:")
    print("[[account]]")
    print(f"name = {json.dumps(name, ensure_ascii=False)}")
    print(f'token_sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"')
    return DONE


def _epoch(path: Path, *, accept_loss: bool) -> int:
    if not path.is_file():
        raise FileNotFoundError(path)
    with closing(Database(path, accept_loss=accept_loss)) as county:
        epoch = county.begin_epoch()
    print(f"新纪元 {epoch}：各值守端会重新核对全部数据。")
    print(f"Epoch {epoch}: desks compare everything anew.")
    return DONE


def _tell_missing(done: Done) -> int:
    """List the missing files and return 1; 0 when none is missing."""
    if not done.missing:
        return DONE
    _complain(*_missing_words(done.missing))
    return FAILED


def _missing_words(digests: Sequence[str]) -> list[str]:
    more = len(digests) - MOST_NAMED
    return [
        f"有 {len(digests)} 个附件缺失或已损坏，需由值守端重新上传：",
        f"{len(digests)} files are missing or broken; desks have to bring them again:",
        *(f"  {each}" for each in digests[:MOST_NAMED]),
        *([f"  另有 {more} 个 / and {more} more"] if more > 0 else []),
    ]


def _complain(*lines: str) -> None:
    print(*lines, sep="\n", file=sys.stderr)
