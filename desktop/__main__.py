"""`county-desk`: parse the arguments and hand over to one command."""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

from desktop import VERSION
from desktop.protocol.process_memory import keep_private, share_arenas

SCREEN = "desktop.commands.screen"
COMMANDS = {
    "desk": (SCREEN, "open the desk (值守)"),
    "wall": (SCREEN, "open the wall, full screen (大屏)"),
    "township": (SCREEN, "open the township office, full screen (乡镇)"),
    "shot": (SCREEN, "write a picture of the pane to a file (截图)"),
    "settings": (SCREEN, "set up sources and everything else in a window (设置)"),
    "selftest": ("desktop.commands.selftest.command", "check that this installation works (自检)"),
    "sync": ("desktop.commands.sync", "exchange with every source (同步)"),
    "list": ("desktop.commands.listing", "list a collection as text, JSON or CSV (列表)"),
    "outbox": ("desktop.commands.outbox", "list, export, withdraw or reorder commands (待发指令)"),
    "command": ("desktop.commands.command", "submit a command from a script (下达指令)"),
    "report": ("desktop.commands.report", "write how the desk ran in a month (月报)"),
    "backup": ("desktop.commands.backup", "write the desk to one encrypted file (备份)"),
    "restore": ("desktop.commands.backup", "put a backup back (恢复)"),
    "courier": ("desktop.commands.courier.command", "carry commands on a stick (摆渡)"),
    "frames": (
        "desktop.commands.frames.command",
        "send waiting commands as short frames (短帧发送)",
    ),
    "probe": ("desktop.commands.probe", "say what answers at each source (探测)"),
    "conformance": ("desktop.commands.conformance", "hold a county's server to the API (接口检查)"),
    "doctor": (
        "desktop.commands.doctor.command",
        "look for what is wrong, and say what to do (诊断)",
    ),
    "login": ("desktop.commands.login", "keep a source's token or password in the keyring (登录)"),
    "demo-county": ("desktop.demo.command", "serve the fictional county, or your files (演示县)"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 well, 1 a source failed or a command waits or needs
    the officer, 2 wrong usage or profile, 3 a script was given items that could not be read, 4 a
    newer program wrote what should be opened.

    130 after Ctrl-C and 141 when whoever read the output has gone, as a shell expects.
    """
    keep_private()
    share_arenas()
    _write_any_text()
    try:
        status = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _write_nothing_more()
        return 141
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _write_nothing_more()
            _complain("磁盘已满，输出没有写完。The disk is full: the output is not whole.")
            return 1
        if error.filename is None:
            raise
        _complain(
            f"{error.filename} 打不开或写不进去（{error.strerror}），没有办成。"
            "county-desk doctor 逐项说明哪里不对。",
            f"{error.filename} cannot be read or written ({error.strerror}): it was not done. "
            "county-desk doctor says what is wrong.",
        )
        return 1
    finally:
        gc.enable()


def _write_nothing_more() -> None:
    """Discard what is left in the buffer, so that it does not fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(*lines: str) -> None:
    with suppress(OSError):
        for line in lines:
            print(line, file=sys.stderr, flush=True)


def _write_any_text() -> None:
    """Make every output take Chinese text without a crash: a locale that cannot gets UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            try:
                "县".encode(stream.encoding)
                stream.reconfigure(errors="replace")
            except UnicodeEncodeError:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _run(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    is_unsaid = not given or given[0] not in (*COMMANDS, "-h", "--help", "--version")
    if is_unsaid:
        given.insert(0, "desk")
    name = given[0]
    if name == "--version":
        print(f"county-desk {VERSION}")
        return 0
    if name not in COMMANDS:
        print("usage: county-desk [COMMAND] [OPTION ...]\n")
        for command, (_, words) in COMMANDS.items():
            print(f"  {command:<12} {words}")
        print("\ncounty-desk COMMAND --help says more. Without a command: the profile's posture.")
        return 0
    # Nothing of what modules make as they load is garbage: looking through it takes a tenth of
    # the start. A window takes the collection up again once it has been painted.
    gc.disable()
    module = importlib.import_module(COMMANDS[name][0])
    if COMMANDS[name][0] != SCREEN:
        gc.enable()
    parser = argparse.ArgumentParser(
        prog=f"county-desk {name}",
        description=COMMANDS[name][1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if name != "demo-county":
        parser.set_defaults(command="" if is_unsaid else name)
    module.add_arguments(parser)
    status: int = module.main(parser.parse_args(given[1:]))
    return status


if __name__ == "__main__":
    sys.exit(main())
