"""What a desk keeps of its county's bulletins: what is in force, what was before and refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.domain.bulletin import CentralSettings, ProgramUpdate
from desktop.domain.instant import Instant
from desktop.domain.source import Problem

MOST_STARTS = 2
"""Starts that may fail with new settings until the desk goes back to those before them."""
MOST_BOOTS = 4
"""So many where the computer itself has begun anew since: its power may have failed."""
TRIALS = ("a", "b", "c", "rc", "dev")
"""What follows the numbers of a version that comes before these numbers alone."""
DID_NOT_START = "the desk did not start with it"
OLDER = "older than what was seen before"


class Refusal(msgspec.Struct, frozen=True):
    """Why a number of settings is not used."""

    version: int
    reason: str
    """In English, as `Words.reason` translates."""
    program: str = ""
    """The program that could not run with it; another may."""


class Kept(msgspec.Struct, frozen=True):
    """What one desk keeps of one county's bulletins."""

    signer: str = ""
    """Fingerprint of the county that signed all of it."""
    tag: str = ""
    program: str = ""
    """The program that asked last; a newer one asks for everything anew."""
    newest: int = 0
    """The highest number of settings that was ever seen: none at or below it is taken again."""
    current: CentralSettings | None = None
    before: CentralSettings | None = None
    """What was in force before it, and proved good."""
    tried: CentralSettings | None = None
    """What this run started with, where others have come since; not proved yet."""
    starts: int = 0
    """Starts with `current` that are not over well."""
    boot: str = ""
    """The computer's run in which the last of them was; empty where that cannot be told."""
    is_proven: bool = True
    """Whether a desk has run well with `current`."""
    refusal: Refusal | None = None
    update: ProgramUpdate | None = None
    trouble: str = ""
    """Why something of the county's last answer does not count; empty where all was good."""
    is_signed: bool = False
    """Whether that is the county's own, and only cannot be read."""


def find_trouble(kept: Kept) -> Problem | None:
    """Return what to tell of the county's last answer; None where it was good."""
    if not kept.trouble:
        return None
    if kept.trouble == OLDER:
        return Problem("bulletins_older")
    code = "bulletins_unread" if kept.is_signed else "bulletins_refused"
    return Problem(code, {"reason": kept.trouble})


def may_take(kept: Kept, version: int, program: str) -> bool:
    """Whether settings of this number are new: never older ones, nor such as failed."""
    if version > kept.newest:
        return True
    refusal = kept.refusal
    return (
        refusal is not None
        and refusal.version == version == kept.newest
        and refusal.program != program
    )


def take(kept: Kept, settings: CentralSettings) -> Kept:
    """Return what is kept once new settings were found good: they count from the next start."""
    before = kept.current if kept.is_proven else kept.before
    tried = kept.current if kept.starts else kept.tried
    return msgspec.structs.replace(
        kept,
        newest=settings.version,
        current=settings,
        before=before,
        tried=tried,
        starts=0,
        is_proven=False,
        refusal=None,
    )


def refuse(kept: Kept, version: int, reason: str, program: str) -> Kept:
    """Return what is kept once settings were refused: those before them stay in force."""
    refusal = Refusal(version, reason, program)
    return msgspec.structs.replace(kept, newest=max(version, kept.newest), refusal=refusal)


def begin_start(kept: Kept, boot: str = "", program: Callable[[], str] = str) -> tuple[Kept, bool]:
    """Return what is kept as a desk starts, and whether it goes back to the settings before.

    It does where it has failed to run well with new ones as often as may be. The `program` is
    asked for only then.
    """
    kept = msgspec.structs.replace(kept, tried=None)
    if kept.current is None or kept.is_proven:
        return kept, False
    is_of_boot = kept.boot == boot
    if kept.starts < (MOST_STARTS if is_of_boot else MOST_BOOTS):
        return msgspec.structs.replace(kept, starts=kept.starts + 1, boot=boot), False
    return fall_back(kept, DID_NOT_START, program()), True


def uncount_start(kept: Kept) -> Kept:
    """Return what is kept once a start failed for a reason that lies not in the settings."""
    return msgspec.structs.replace(kept, starts=max(0, kept.starts - 1))


def fall_back(kept: Kept, reason: str, program: str) -> Kept:
    """Return what is kept with the settings before the present ones, which this program never
    takes again."""
    failed = 0 if kept.current is None else kept.current.version
    return msgspec.structs.replace(
        kept,
        current=kept.before,
        before=None,
        starts=0,
        is_proven=True,
        refusal=Refusal(failed, reason, program),
    )


def prove(kept: Kept) -> Kept:
    """Return what is kept once a desk has run well with the settings that it started with.

    Those that came while it ran prove nothing yet.
    """
    if kept.tried is not None:
        return msgspec.structs.replace(kept, before=kept.tried, tried=None)
    if kept.is_proven or not kept.starts:
        return kept
    return msgspec.structs.replace(kept, is_proven=True, starts=0)


def find_offer(kept: Kept, program: str, now: Instant) -> ProgramUpdate | None:
    """Return the newer program that the county offers from now on; None where there is none."""
    update = kept.update
    if update is None or not is_newer(update.program, program):
        return None
    is_early = update.begins_at is not None and update.begins_at > now
    return None if is_early else update


def is_newer(program: str, than: str) -> bool:
    """Whether a version of the program comes after another: 0.1.0 is 0.1, and after 0.1rc1."""
    return bool(program) and _read_version(program) > _read_version(than)


def _read_version(version: str) -> tuple[tuple[int, ...], bool]:
    """Return a version's numbers without zeros at their end, and whether it is no trial of it."""
    digits = version[: len(version) - len(version.lstrip("0123456789."))]
    numbers = [int(each) for each in digits.split(".") if each]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), not version[len(digits) :].lstrip("-").startswith(TRIALS)
