"""Options that several commands share, and how they write for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.application.export.outgoing import MARK
from desktop.application.i18n import LANGUAGES, Words
from desktop.application.profile import Profile
from desktop.domain.localized_text import Text

KEYS = ("auto", "keyring", "passphrase", "file", "throw-away")
"""The last one keeps nothing."""
NO_SOURCE = Text(
    "请用 --source 指明一个县平台来源。", "Name one source of kind county with --source."
)


def add_desk_options(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add the options of a desk, of its store and of its sources' logins."""
    add_store_options(parser, required=required)
    # The command line holds the path and never the token.
    parser.add_argument(
        "--token-file",
        action="append",
        default=[],
        metavar="[SOURCE[/SECRET]=]FILE",
        help="log in with the token (or password) in this file, which only you may read",
    )


def add_store_options(
    parser: argparse.ArgumentParser, *, required: bool, keys: Sequence[str] = KEYS
) -> None:
    """Add `--profile`, `--profile-dir`, `--lang` and where the store's key comes from."""
    parser.add_argument(
        "--profile",
        type=Path,
        required=required,
        metavar="FILE",
        help="the sources to show, as TOML: [[source]] tables of id, kind and url",
    )
    parser.add_argument(
        "--profile-dir", type=Path, metavar="DIR", help="keep cache, outbox and layout here"
    )
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="default: as chosen in the desk's window, else the profile's",
    )
    parser.add_argument(
        "--key",
        choices=keys,
        default="auto",
        help="where the key of the encrypted store comes from; auto takes the keyring, "
        "else a passphrase, else (without a terminal or screen) a private key file",
    )
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="a file that holds the passphrase"
    )


def size(text: str) -> tuple[int, int]:
    """A picture's width and height in pixels, from `1920x1080`."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError("write a size as 1920x1080")
    found = int(width), int(height)
    if not all(320 <= side <= 16_384 for side in found):
        raise argparse.ArgumentTypeError("each side must be 320 to 16384 pixels")
    return found


def read_file_name(text: str) -> Path:
    """The file a program was opened with; a word that is no file is a command nobody knows."""
    file = Path(text).absolute()
    if not file.exists():
        raise argparse.ArgumentTypeError(f"{text} is neither a command nor a file")
    return file


def print_csv(text: str) -> None:
    """Write CSV as the desk exports it: UTF-8 with its mark in a file, whatever the locale.

    A terminal gets no mark, and one line for each row.
    """
    if sys.stdout.isatty():
        for line in text.split("\r\n")[:-1]:
            print(line.replace("\n", " "))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write((MARK + text).encode())


class Lines:
    """Where a command's lines for people go: here, to standard output and standard error."""

    def say(self, line: str) -> None:
        """Write a line of the result."""
        print(line)

    def complain(self, line: str) -> None:
        """Write a line about what went wrong."""
        complain(line)


def find_county(profile: Profile, asked: str | None, words: Words, lines: Lines) -> str | None:
    """Return the county's source that was asked for, or the only one; None, and why is said."""
    found = [each for each in profile.counties if asked in (None, each)]
    if len(found) == 1:
        return found[0]
    lines.complain(NO_SOURCE.in_language(words.language))
    return None


def complain(*lines: str) -> None:
    """Write lines for a person to standard error."""
    for line in lines:
        print(line, file=sys.stderr)
