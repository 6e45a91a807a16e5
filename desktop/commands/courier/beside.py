"""`county-desk courier` beside an open desk: handed to its window, and done there."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import Any

import msgspec

from desktop import bootstrap, paths
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.commands.courier.run import CourierRun
from desktop.commands.opening import choose_language, desk_folder
from desktop.commands.options import Lines
from desktop.domain.localized_text import Text

HANDED = ("action", "office", "county", "to", "fingerprint", "file", "codes", "no_data", "files")
"""The options that say what to do; whose desk it is, and its key, the window knows."""
FAILED = 1
HUNG_UP = Text(
    "打开着的窗口没有办完，可能正在关闭：请再试一次。",
    "The open window did not finish it, perhaps as it was closing: try again.",
)
BROKE = Text(
    "打开着的窗口没有办成，原因在日志里。", "The open window failed to do it; its log says why."
)

log = logging.getLogger(__name__)


class _Request(msgspec.Struct, frozen=True):
    """What is to be done, as given on the command line."""

    folder: str
    """Where names of files begin."""
    lang: str | None
    source: str | None
    options: dict[str, Any]


class _Reply(msgspec.Struct, frozen=True):
    """What became of it."""

    status: int
    lines: tuple[tuple[bool, str], ...]
    """Each with whether it is a complaint."""


class _Kept(Lines):
    """The lines for whoever asked, in their order."""

    def __init__(self) -> None:
        self.kept: list[tuple[bool, str]] = []

    def say(self, line: str) -> None:
        self.kept.append((False, line))

    def complain(self, line: str) -> None:
        self.kept.append((True, line))


def hand_over(profile: Profile, options: argparse.Namespace) -> int | None:
    """Have the open window do it and write what it says; its exit status, None without a window."""
    try:
        from desktop.gui.single_instance import ask
    except ModuleNotFoundError:
        return None  # Without Qt there is no window: a script has the desk.
    given = {name: getattr(options, name, None) for name in HANDED}
    request = _Request(str(Path.cwd()), options.lang, options.source, given)
    places = paths.front_places(desk_folder(profile, options, make=False))
    answer = ask(places, msgspec.json.encode(request, enc_hook=str))
    if answer is None:
        return None
    lines = Lines()
    if not answer:
        words = bootstrap.words_in(choose_language(options, profile))
        lines.complain(HUNG_UP.in_language(words.language))
        return FAILED
    reply = msgspec.json.decode(answer, type=_Reply)
    for is_complaint, line in reply.lines:
        (lines.complain if is_complaint else lines.say)(line)
    return reply.status


def take_over(desk: bootstrap.Desk, request: bytes) -> bytes:
    """Do on an open desk what a later start handed over; returns the answer for it."""
    asked = msgspec.json.decode(request, type=_Request)
    words, lines = bootstrap.words_in(asked.lang or desk.words.language), _Kept()
    try:
        run = CourierRun(desk, _options_of(asked), words, lines, Path(asked.folder))
        status = run.run()
    except StoreError as error:
        lines.complain(str(words.problem(error.problem)))
        status = 2
    except Exception:
        log.exception("what a later start handed over broke")
        lines.complain(BROKE.in_language(words.language))
        status = FAILED
    return msgspec.json.encode(_Reply(status, tuple(lines.kept)))


def _options_of(asked: _Request) -> argparse.Namespace:
    """Return the options with files as paths again."""
    found = dict(asked.options)
    for name in ("county", "to", "file", "codes"):
        found[name] = None if found[name] is None else Path(found[name])
    found["files"] = [Path(name) for name in found["files"] or ()]
    return argparse.Namespace(**found, source=asked.source)
