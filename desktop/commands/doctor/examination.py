"""The checks of one profile, or of the computer alone where there is none, and what they gather."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from desktop import bootstrap, paths, source_logins
from desktop.application.i18n import Words
from desktop.application.ports import Connector, StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.application.settings.faults import read_fault
from desktop.bootstrap import LOG
from desktop.commands.doctor.county import county_checks
from desktop.commands.doctor.qt_process import qt_checks
from desktop.commands.doctor.sources import Build, source_checks
from desktop.commands.doctor.stores import KINDS, UNSEEN, NoKey, Stores, find_key
from desktop.commands.opening import CRASHES, choose_language, desk_folder, problem_of
from desktop.commands.token_file import read_token, token_files
from desktop.diagnostics.crashes import read_reports
from desktop.diagnostics.doctor.checks import Check, run_checks
from desktop.diagnostics.doctor.finding import Finding, Verdict, fail, fine, of_problem, unknown
from desktop.diagnostics.doctor.machine import (
    check_crashes,
    check_disk,
    check_permissions,
    check_sound,
    check_zone,
)
from desktop.diagnostics.doctor.versions import check_versions
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.diagnostics.support.bundle import Part, make_parts
from desktop.diagnostics.support.redaction import Redaction
from desktop.domain.command import Collection
from desktop.domain.source import Problem
from desktop.storage.keys import login_file

LOGIN_WITHIN_S = 1.0
COUNTED = (Collection.ASSETS, Collection.QUEUES, Collection.WARNINGS, Collection.TOWNSHIPS)
MOST_COMMANDS = 10_000
ZONE = "Asia/Shanghai"
"""Where no profile says another."""


class Examination:
    """The doctor of one profile; `close()` lets go of what it read."""

    def __init__(
        self, words: Words, profile: Finding, stores: Stores | None, checks: list[Check]
    ) -> None:
        """`profile` is what there is to say of the profile itself; without `stores` there is
        none."""
        self.words = DoctorWords(paths.resources(), words)
        self._profile, self._stores, self._checks = profile, stores, checks

    def run(self) -> list[Finding]:
        """Return what every check found; takes a few seconds at most."""
        return [self._profile, *run_checks(self._checks)]

    def gather(self, findings: list[Finding], *, hosts: bool = False) -> tuple[Part, ...]:
        """Return the parts of the support bundle, with names of servers only on demand."""
        stores = self._stores
        folder = paths.own_profile().parent if stores is None else stores.folder
        ids = [] if stores is None else [source.id for source in stores.profile.sources]
        return make_parts(
            findings,
            Redaction(ids, hosts=hosts),
            setup={} if stores is None else _describe(stores.profile),
            counts={} if stores is None else count(stores),
            log_folder=folder / LOG,
            crashes=read_reports(folder / CRASHES),
        )

    def close(self) -> None:
        """Let go of what was opened for reading."""
        if self._stores is not None:
            self._stores.close()


def of_options(options: argparse.Namespace) -> Examination:
    """Return the doctor for the profile of a command line, of which every part may be wrong."""
    profile, finding = read(options.profile or paths.own_profile())
    words = bootstrap.words_in(choose_language(options, profile))
    if profile is None:
        return Examination(words, finding, None, machine_checks(paths.own_profile().parent, ZONE))
    folder = desk_folder(profile, options, make=False)
    key = partial(find_key, profile, folder, options.passphrase_file)
    stores = Stores(profile, folder, words, key)
    checks = _all_checks(stores, partial(_connect, profile, options, stores))
    return Examination(words, finding, stores, checks)


def of_desk(desk: bootstrap.Desk, file: Path) -> Examination:
    """Return the doctor of a desk that is open, with the profile in `file`."""
    stores = Stores(desk.profile, desk.folder, desk.words, lambda: desk.key, desk)
    finding = fine("profile", "sound", file=file)
    return Examination(desk.words, finding, stores, _all_checks(stores, desk.connect_beside))


def read(file: Path) -> tuple[Profile | None, Finding]:
    """Return the profile in a file, if it can be read, and what there is to say of it."""
    try:
        if not file.exists():
            return None, unknown("profile", "absent", file=file)
        return bootstrap.load_profile(file), fine("profile", "sound", file=file)
    except ProfileError as error:
        fault = read_fault(error.faults[0], str(file))
        return None, fail("profile", "wrong", file=file, line=fault.line, reason=fault.reason)
    except OSError as error:
        problem = Problem("settings_unreadable", problem_of(error).details)
        return None, of_problem("profile", Verdict.BROKEN, problem)


def machine_checks(folder: Path, zone: str) -> list[Check]:
    """Return the checks that need no profile, in the order in which they are told."""
    return [
        Check("versions", check_versions),
        *qt_checks(),
        Check("sound", check_sound),
        Check("zone", lambda: check_zone(zone)),
        Check("disk", lambda: check_disk(folder)),
        Check("permissions", lambda: check_permissions(folder)),
        Check("crashes", lambda: check_crashes(read_reports(folder / CRASHES))),
    ]


def _all_checks(stores: Stores, build: Build) -> list[Check]:
    profile = stores.profile
    return [
        *machine_checks(stores.folder, profile.timezone),
        *stores.checks(),
        *county_checks(stores),
        *source_checks(build, list(profile.sources), partial(hides_logins, stores)),
    ]


def _describe(profile: Profile) -> dict[str, Any]:
    """Return how a profile is set up, in words of this program."""
    return {
        "posture": profile.posture,
        "language": profile.language,
        "sources": [source.kind for source in profile.sources],
        "has_account": bool(profile.account),
        "has_township": bool(profile.township),
        "has_own_keys": bool(profile.keys),
    }


def count(stores: Stores) -> dict[str, Any]:
    """Count what the desk keeps, as far as the checks could open it; nothing of what it says."""
    files = {name: stores.folder / name for name in KINDS}
    told: dict[str, Any] = {}
    try:
        told["bytes"] = {name: at.stat().st_size for name, at in files.items() if at.exists()}
        desk = stores.view_by_now()
        if desk is None:
            return told | {"unread": True}
        told["rows"] = {str(each): len(desk.cache.rows(each)) for each in COUNTED}
        told["rows"]["incidents"] = desk.board.overview().counts.incidents
        told["outbox"] = Counter(str(each.state) for each in desk.outbox.recent(MOST_COMMANDS))
    except UNSEEN:
        told["unread"] = True
    return told


def _connect(
    profile: Profile, options: argparse.Namespace, stores: Stores, source: str
) -> Connector:
    """Build a connector to a source with its login from wherever it is kept, asking nobody."""
    given = token_files(profile, options.token_file)
    before: list[Callable[[str], str | None]] = [
        lambda source: read_token(given[source]) if source in given else None,
        partial(find_login, stores),
    ]
    token = source_logins.login_token(profile, before, wait_s=LOGIN_WITHIN_S)
    return bootstrap.build_beside(profile, source, token)


def hides_logins(stores: Stores) -> bool:
    """Whether logins are kept in the desk's folder, and nobody gave the key to them."""
    try:
        return login_file.are_kept(stores.folder) and not stores.key()
    except NoKey:
        return True
    except (StoreError, OSError):
        return False


def find_login(stores: Stores, source: str) -> str | None:
    """Return the login kept in the desk's folder, where there is one and its key is known.

    Raises StoreError where the folder cannot be looked into: there may be one.
    """
    try:
        if not login_file.are_kept(stores.folder):
            return None
        return login_file.read(stores.folder, stores.key(), source)
    except (NoKey, StoreError):
        return None
    except OSError as error:
        raise StoreError(problem_of(error)) from None
