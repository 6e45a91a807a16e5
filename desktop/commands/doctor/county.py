"""Checks of what the county publishes: its settings here, and the program that it offers."""

from __future__ import annotations

from functools import partial

from desktop.application.settings.kept_bulletins import (
    DID_NOT_START,
    Kept,
    find_offer,
    find_trouble,
)
from desktop.commands.doctor.stores import UNSEEN, Stores
from desktop.commands.own_program import own_version
from desktop.commands.settings.central import Read, find_signer, load_trusted
from desktop.diagnostics.doctor.checks import Check
from desktop.diagnostics.doctor.finding import Finding, Verdict, fine, look, of_problem, unknown
from desktop.domain.clock import SystemClock
from desktop.domain.source import Problem
from desktop.storage.keys import login_file


def county_checks(stores: Stores) -> list[Check]:
    """Return the checks of a profile's one county; none where it has none, or several."""
    if stores.profile.only_county is None:
        return []
    return [
        Check("central", lambda: check_settings(stores)),
        Check("update", lambda: check_update(stores)),
    ]


def check_settings(stores: Stores) -> Finding:
    """Return which of the county's settings are in force, and which are not and why."""
    try:
        kept, is_trusting = _read(stores), _is_trusting(stores)
    except UNSEEN:
        return unknown("central", "no_key")
    refusal = kept.refusal
    if refusal is not None:
        is_left = refusal.reason == DID_NOT_START
        code = "county_settings_left" if is_left else "county_settings_refused"
        told = {"number": str(refusal.version), "reason": refusal.reason}
        return of_problem("central", Verdict.LOOK, Problem(code, told))
    problem = find_trouble(kept)
    if problem is not None:
        return of_problem("central", Verdict.LOOK, problem)
    if kept.current is None:
        if not is_trusting:
            return fine("central", "not_trusted")
        return fine("central", "none") if kept.signer else fine("central", "not_asked")
    if not kept.is_proven and not kept.starts:
        return fine("central", "next_start", number=kept.current.version)
    return fine("central", "in_force", number=kept.current.version)


def check_update(stores: Stores) -> Finding:
    """Return whether the county offers a newer program."""
    try:
        kept = _read(stores)
    except UNSEEN:
        return unknown("update", "no_key")
    own = own_version()
    update = find_offer(kept, own, SystemClock().now())
    if update is not None:
        return look("update", "offered", program=update.program, own=own)
    return fine("update", "none", own=own)


def _read(stores: Stores) -> Kept:
    """Raises one of UNSEEN."""
    return load_trusted(_open_logins(stores), stores.profile, stores.profile.counties[0])


def _is_trusting(stores: Stores) -> bool:
    """Whether the desk knows its county's fingerprint. Raises one of UNSEEN."""
    return bool(find_signer(_open_logins(stores), stores.profile, stores.profile.counties[0]))


def _open_logins(stores: Stores) -> Read:
    """Raises one of UNSEEN where logins are kept."""
    if not login_file.are_kept(stores.folder):
        return lambda _entry: None
    return partial(login_file.read, stores.folder, stores.key())
