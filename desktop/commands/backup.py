"""`county-desk backup` and `county-desk restore`: a desk in one encrypted file, and back."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop import VERSION, bootstrap, paths
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.commands.folder_key import folder_key, read_passphrase, terminal_asker
from desktop.commands.opening import desk_folder, problem_of, read_profile_checked, with_folder
from desktop.commands.options import KEYS, add_store_options, complain
from desktop.commands.refusal import refuse_profile, status_of
from desktop.connectors.kinds import Manifests
from desktop.domain.backup import BackupContents, Restored
from desktop.domain.clock import SystemClock
from desktop.domain.instant import to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.storage.backup import restoring, writing
from desktop.storage.sqlite.database import write_whole

ASK = Text("备份的口令: ", "Passphrase of the backup: ")
NOT_IN_IT = Text(
    "不在备份里：各来源的登录、与县里的摆渡配对、从来源取来的数据。登录和配对请重新做一次，数据会自己取回。",
    "Not in a backup: the logins of sources, the courier's pairing, and the data of sources. Log in"
    " and pair again; the data comes by itself.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `backup` and `restore`."""
    restores = parser.get_default("command") == "restore"
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument(
        "--backup-passphrase-file",
        type=Path,
        metavar="FILE",
        help="a file that holds the passphrase of the backup; else it is asked for",
    )
    if restores:
        parser.add_argument("--list", action="store_true", help="only say what is in it")
        parser.add_argument(
            "--keep-profile",
            action="store_true",
            help="use the profile that is here, not the one in the backup",
        )
    add_store_options(parser, required=False, keys=KEYS[:-1])


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 2 not done, with the reason on standard error."""
    if options.profile is None:
        options.profile = paths.own_profile()
    work = _restore if options.command == "restore" else _back_up
    words = bootstrap.words_in(options.lang)
    try:
        return work(options, words)
    except (StoreError, OSError) as error:
        problem = problem_of(error)
        complain(str(words.problem(problem)))
        return status_of(problem)


def _back_up(options: argparse.Namespace, words: Words) -> int:
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    passphrase = _ask(options, words, new=True)
    folder = desk_folder(profile, options, make=False)
    if not folder.is_dir():
        raise StoreError(Problem("outbox_none", {"folder": str(folder)}))
    key = folder_key(profile, options, folder, terminal_asker(words), [])
    desk = desk_to_back_up(profile, options.profile, folder, key)
    contents = writing.write_backup(desk, options.file, passphrase, SystemClock().now())
    print(words.text(Text("已写好并读回核对：", "Written, and read back: ")) + str(options.file))
    _say(contents, words, profile)
    print(words.text(NOT_IN_IT))
    return 0


def desk_to_back_up(profile: Profile, file: Path, folder: Path, key: bytes) -> writing.Desk:
    """Return what a backup is made of."""
    return writing.Desk(folder, key, file, profile.place, VERSION)


def _restore(options: argparse.Namespace, words: Words) -> int:
    passphrase = _ask(options, words, new=False)
    text, contents = restoring.read_profile_text(options.file, passphrase)
    _say(contents, words, None)
    if options.list:
        return 0
    if options.keep_profile:
        return with_folder(options, partial(_put_back, options.file, passphrase, None))
    file: Path = options.profile
    _refuse_another(file, text)
    try:
        profile = parse_profile(text, str(file), Manifests())
    except ProfileError as error:
        return refuse_profile(error, file)
    work = partial(_put_back, options.file, passphrase, (file, text))
    return with_folder(options, work, profile)


def _refuse_another(file: Path, text: str) -> None:
    """Raise StoreError where there is another profile than this."""
    with suppress(FileNotFoundError):
        if file.read_text(encoding="utf-8", errors="replace") != text:
            raise StoreError(Problem("restore_profile_differs", {"file": str(file)}))


def _put_back(
    file: Path,
    passphrase: str,
    profile: tuple[Path, str] | None,
    folder: Path,
    key: bytes,
    words: Words,
) -> int:
    """Restore into a folder, and write the profile once nothing keeps the restore back."""
    restoring.refuse_waiting(folder, key)
    restoring.make_ready(folder, key, file, passphrase, SystemClock())
    if profile is not None and not profile[0].exists():
        try:
            write_whole(profile[0], profile[1].encode())
        except OSError:
            restoring.drop_ready(folder)
            raise
    done = restoring.finish(folder, key)
    if done is not None:
        print(words.problem(describe_restore(done)))
    print(words.text(NOT_IN_IT))
    return 0


def describe_restore(done: Restored, zone: str = "Asia/Shanghai") -> Problem:
    """Return what an officer is told of a restore."""
    code = "restored_over" if done.aside else "restored"
    if done.rescue:
        code = "restored_over_damaged"
    return Problem(
        code,
        {
            "when": _time(done.made_at, zone),
            "count": str(done.held),
            "folder": done.aside,
        },
    )


def _say(contents: BackupContents, words: Words, profile: Profile | None) -> None:
    zone = profile.timezone if profile else "Asia/Shanghai"
    when, size = _time(contents.made_at, zone), f"{contents.size / 1e6:.1f} MB"
    if words.chinese:
        print(f"  配置 {contents.profile}，{when}，程序版本 {contents.program}，{size}")
        print(
            f"  没有答复的指令 {contents.waiting} 条，草稿 {contents.drafts} 份，"
            f"没发完的文件 {contents.uploads} 个；设置和窗口布局"
        )
        return
    print(f"  profile {contents.profile}, {when}, program {contents.program}, {size}")
    print(
        f"  commands without an answer: {contents.waiting}; drafts: {contents.drafts}; "
        f"files not wholly sent: {contents.uploads}; settings and layout"
    )


def _time(at: int, zone: str) -> str:
    return f"{to_datetime(at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _ask(options: argparse.Namespace, words: Words, *, new: bool) -> str:
    """Return the passphrase of the backup; raises StoreError where none is given."""
    if options.backup_passphrase_file:
        return read_passphrase(options.backup_passphrase_file)
    if sys.stdin and sys.stdin.isatty():
        prompt = words.text(ASK)
        typed = getpass.getpass(prompt, sys.stderr)
        if typed and (not new or getpass.getpass(prompt, sys.stderr) == typed):
            return typed
    raise StoreError(Problem("backup_passphrase_not_given"))
