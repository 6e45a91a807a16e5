"""The checks of one run, from a command line of which every part may be wrong."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from desktop import bootstrap, paths
from desktop.application.ports import Source, StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.commands.doctor.qt_process import qt_checks
from desktop.commands.doctor.sources import source_checks
from desktop.commands.doctor.stores import NoKey, Stores, find_key
from desktop.commands.opening import desk_folder
from desktop.commands.token_file import read_token, token_files
from desktop.diagnostics.doctor.checks import Check, run_checks
from desktop.diagnostics.doctor.finding import Finding, fail, fine, unknown
from desktop.diagnostics.doctor.machine import (
    check_disk,
    check_permissions,
    check_sound,
    check_zone,
)
from desktop.diagnostics.doctor.versions import check_versions
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.storage.keys import login_file

LOGIN_WITHIN_S = 1.0


class Examination(msgspec.Struct, frozen=True):
    """All findings, and the language of the profile they are of."""

    findings: list[Finding]
    language: str = "zh_CN"


def examine(options: argparse.Namespace) -> Examination:
    """Run every check for the profile of the command line, or those that need none."""
    profile, finding = read(options.profile or paths.own_profile())
    if profile is None:
        checks = machine_checks(paths.own_profile().parent, "Asia/Shanghai")
        return Examination([finding, *run_checks(checks)])
    folder = desk_folder(profile, options, make=False)
    key = partial(find_key, profile, folder, options.passphrase_file)
    stores = Stores(profile, folder, bootstrap.words_in(options.lang, profile), key)
    try:
        checks = [
            *machine_checks(folder, profile.timezone),
            *stores.checks(),
            *source_checks(lambda: _sources(profile, options, stores), list(profile.sources)),
        ]
        return Examination([finding, *run_checks(checks)], profile.language)
    finally:
        stores.close()


def read(file: Path) -> tuple[Profile | None, Finding]:
    """Return the profile in a file, if it can be read, and what there is to say of it."""
    if not file.exists():
        return None, unknown("profile", "absent", file=file)
    try:
        return bootstrap.load_profile(file), fine("profile", "sound", file=file)
    except ProfileError as error:
        return None, fail("profile", "wrong", file=file, fault=error.faults[0])


def machine_checks(folder: Path, zone: str) -> list[Check]:
    """Return the checks that need no profile, in the order in which they are told."""
    return [
        Check("versions", check_versions),
        *qt_checks(),
        Check("sound", check_sound),
        Check("zone", lambda: check_zone(zone)),
        Check("disk", lambda: check_disk(folder)),
        Check("permissions", lambda: check_permissions(folder)),
    ]


def _sources(profile: Profile, options: argparse.Namespace, stores: Stores) -> list[Source]:
    """Return the sources with their logins from wherever they are kept, asking nobody."""
    given = token_files(profile, options.token_file)
    before: list[Callable[[str], str | None]] = [
        lambda source: read_token(given[source]) if source in given else None,
        partial(_find_login, stores),
    ]
    token = bootstrap.login_token(profile, before, wait_s=LOGIN_WITHIN_S)
    return bootstrap.sources(profile, CorrectedClock(SystemClock()), token=token)


def _find_login(stores: Stores, source: str) -> str | None:
    """Return the login kept in the desk's folder, where there is one and its key is known."""
    if not login_file.are_kept(stores.folder):
        return None
    try:
        return login_file.read(stores.folder, stores.key(), source)
    except (NoKey, StoreError):
        return None
