"""`county-desk login`: a source's token goes from a person into the keyring, nowhere else."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from desktop import bootstrap
from desktop.application.ports import StoreError
from desktop.application.words import LANGUAGES
from desktop.commands.opening import checked_profile
from desktop.commands.options import complain
from desktop.storage import secrets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `login`. The token itself is never an argument: others could read it."""
    parser.add_argument("source", help="the id of the source in the profile")
    parser.add_argument("--profile", type=Path, required=True, metavar="FILE")
    parser.add_argument("--forget", action="store_true", help="take the token out again")
    parser.add_argument("--lang", choices=LANGUAGES)


def main(options: argparse.Namespace) -> int:
    """Keep or forget the token; 0 when done, 1 without a keyring, 2 for a wrong profile."""
    profile = checked_profile(options.profile)
    if profile is None:
        return 2
    if options.source not in [source.id for source in profile.sources]:
        complain(f"{options.profile}: no source {options.source!r}")
        return 2
    words = bootstrap.words_in(options.lang, profile)
    try:
        if options.forget:
            secrets.forget(profile.place, options.source)
            return 0
        token = _typed_token(chinese=words.chinese)
        if not token:
            complain("没有输入令牌。" if words.chinese else "No token was given.")
            return 1
        secrets.keep(profile.place, options.source, "token", token)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return 1
    return 0


def _typed_token(*, chinese: bool) -> str:
    """The token, typed unseen at a terminal or piped in."""
    if sys.stdin.isatty():
        return getpass.getpass("令牌: " if chinese else "Token: ").strip()
    return sys.stdin.readline().strip()
