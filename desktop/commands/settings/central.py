"""The county's bulletins at one desk: kept with its logins, laid under its profile at the start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.application.ports import StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.application.settings.central import CountySettings, Layer, lay_under, layer_of
from desktop.application.settings.faults import read_fault
from desktop.application.settings.kept_bulletins import (
    DID_NOT_START,
    Kept,
    begin_start,
    fall_back,
    prove,
    uncount_start,
)
from desktop.commands.courier.pairing import read_pairing
from desktop.commands.own_program import own_version
from desktop.commands.own_township import find_township
from desktop.connectors.kinds import Manifests
from desktop.domain.source import Problem
from desktop.protocol.fingerprint import read_fingerprint
from desktop.storage.keys import login_file

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

log = logging.getLogger(__name__)
ENTRY = "bulletins\x1f"
"""Begins the name under which a county's bulletins are kept; no id of a source holds the sign."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
Read = Callable[[str], str | None]
Write = Callable[[str, str], None]


def load_kept(read: Read, source: str) -> Kept:
    """Return what is kept of a source's bulletins; nothing of what cannot be read."""
    told = read(ENTRY + source)
    if told is None:
        return Kept()
    try:
        return msgspec.json.decode(told, type=Kept)
    except msgspec.DecodeError:
        log.warning("the county's bulletins that are kept here cannot be read")
        return _read_numbers(told)


def _read_numbers(told: str) -> Kept:
    """Return what still keeps older settings away, so that the newest seen can come again."""
    try:
        known = msgspec.json.decode(told, type=_Numbers)
    except msgspec.DecodeError:
        return Kept()
    return Kept(known.signer, newest=max(0, known.newest - 1))


class _Numbers(msgspec.Struct, frozen=True):
    """What any program's `Kept` has."""

    signer: str = ""
    newest: int = 0


def find_signer(read: Read, profile: Profile, source: str) -> str:
    """Return the fingerprint of the county that a desk trusts; empty where it trusts none."""
    pairing = read_pairing(read, source)
    if pairing is not None and pairing.line:
        from desktop.connectors.county.bulletins import find_fingerprint

        return find_fingerprint(pairing, "")
    settings = next(each for each in profile.sources if each.id == source)
    return read_fingerprint(str(settings.values.get("county_key") or ""))


def load_trusted(read: Read, profile: Profile, source: str) -> Kept:
    """Return what is kept of the county that this desk trusts now; of another, nothing."""
    kept = load_kept(read, source)
    return kept if kept.signer == find_signer(read, profile, source) else Kept()


def save_kept(write: Write, source: str, kept: Kept) -> None:
    """Keep it in place of what was kept."""
    write(ENTRY + source, msgspec.json.encode(kept).decode())


def lay_kept(
    profile: Profile,
    posture: str,
    folder: Path,
    key: bytes,
    notices: list[Problem],
    *,
    counts: bool,
) -> Profile:
    """Return the profile with the settings under it that its county gave last.

    A start that `counts` is written down before, so that settings with which no window comes up
    are left again; what was left is told in `notices`, and what the disk kept from being read or
    written: no desk stays closed for that.
    """
    source = profile.only_county
    if source is None:
        return profile
    try:
        kept = load_trusted(partial(login_file.read, folder, key), profile, source)
    except (StoreError, OSError) as error:
        log.warning("the county's settings cannot be read: %s", error)
        notices.insert(0, Problem("county_settings_unread", {"file": login_file.FILE}))
        return profile
    began, went_back = begin_start(kept, read_boot(), own_version) if counts else (kept, False)
    while began.current is not None:
        layer = layer_of(began.current, posture, find_township(profile, folder))
        try:
            profile = lay_under(profile, layer, Manifests())
            break
        except ProfileError as error:
            reason = read_fault(error.faults[0], "county").reason
            began, went_back = fall_back(began, reason, own_version()), True
    if began != kept and (counts or not went_back):
        _save_if_writable(partial(login_file.keep, folder, key), source, began)
    if went_back:
        notices.insert(0, tell_fall_back(began))
        log.warning("the county's settings are left: %s", began.refusal and began.refusal.reason)
    elif began.current is not None:
        log.info("the county's settings %d are in force", began.current.version)
    return profile


def uncount(profile: Profile, folder: Path, key: bytes) -> None:
    """Take a start back that failed for a reason that lies not in the county's settings."""
    source = profile.only_county
    if source is None or not login_file.are_kept(folder):
        return
    with suppress(StoreError, OSError):
        kept = load_kept(partial(login_file.read, folder, key), source)
        if kept.starts:
            save_kept(partial(login_file.keep, folder, key), source, uncount_start(kept))


def read_boot() -> str:
    """Return what tells this run of the computer from others; empty where nothing does."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _save_if_writable(write: Write, source: str, kept: Kept) -> None:
    """A disk that takes nothing now is told of by the desk itself: this is not its one loss."""
    try:
        save_kept(write, source, kept)
    except (StoreError, OSError) as error:
        log.warning("the start with the county's settings is not noted: %s", error)


def tell_fall_back(kept: Kept) -> Problem:
    """Return the notice that the desk has gone back to earlier settings."""
    refusal = kept.refusal
    told = {
        "number": str(refusal.version if refusal else 0),
        "reason": refusal.reason if refusal else DID_NOT_START,
    }
    return Problem("county_settings_left", told)


def read_county(desk: Desk, posture: str) -> CountySettings | None:
    """Return the county's settings as they are for this desk, or None where there are none."""
    profile = desk.profile
    source = profile.only_county
    if source is None:
        return None
    try:
        kept = load_trusted(desk.read_secret, profile, source)
    except (StoreError, OSError):
        return None
    if kept.current is None:
        return None
    where = posture or profile.posture, find_township(profile, desk.folder)
    before = Layer() if kept.before is None else layer_of(kept.before, *where)
    is_next = not kept.is_proven and not kept.starts
    return CountySettings(kept.current, layer_of(kept.current, *where), is_next, before)


def prove_kept(read: Read, write: Write, source: str) -> None:
    """Note that a desk has run well with the settings in force."""
    kept = load_kept(read, source)
    proven = prove(kept)
    if proven != kept:
        save_kept(write, source, proven)
