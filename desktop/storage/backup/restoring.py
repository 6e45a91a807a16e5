"""Putting a backup back: all of it or nothing, and never over commands without an answer.

First everything is read, checked and made ready in a folder of its own inside the desk's; until
that folder has its final name nothing has happened. From then on the restore is finished, now or by
whoever opens the desk next: each file of before goes aside before the restored one takes its place.
Once the first is about to, the desk is not opened until the last has.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec

from desktop.application.ports import StoreError
from desktop.domain.backup import BackupContents, Restored
from desktop.domain.clock import Clock
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.storage.backup import carrying
from desktop.storage.backup.contents import (
    PROFILE,
    SETTINGS,
    STORES,
    Listing,
    Part,
    read_listing,
    read_part,
)
from desktop.storage.backup.sealed import SealedReader
from desktop.storage.backup.writing import count_uploads, count_waiting, open_backup
from desktop.storage.files.bundle_file import sync_folder
from desktop.storage.files.store import FILE as FILES
from desktop.storage.files.store import open_files
from desktop.storage.outbox.recovery import (
    RESCUED,
    Rescued,
    read_rescued,
    rescue_damaged,
)
from desktop.storage.outbox.store import FILE as OUTBOX
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite.database import (
    CHECK_FILE,
    DAMAGED_MARK,
    check_key,
    why_not,
    write_whole,
)
from desktop.storage.sqlite.folder_lock import (
    DROPPED,
    PLACING,
    RESTORE_BEGUN,
    RESTORE_READY,
    is_half_restored,
)
from desktop.storage.sqlite.rekey import rekey

TOLD = "restored.json"
ASIDE = "before-restore"
RESTORED = Text(
    "这条指令来自备份：备份之后它可能已经发出、撤回或改过。请核实后照样发出，或放弃。",
    "This command comes from a backup: since then it may have been sent, withdrawn or changed."
    " Check, then send it all the same or give it up.",
)


def read_profile_text(file: Path, passphrase: str) -> tuple[str, BackupContents]:
    """Return the profile in a backup and what else is in it, all of which was read and checked."""
    text = b""
    with open_backup(file) as opened:
        reader = SealedReader(opened, passphrase)
        listing = read_listing(reader)
        for part in listing.parts:
            pieces = read_part(reader, part)
            if part.name == PROFILE:
                text = b"".join(pieces)
            else:
                for _piece in pieces:
                    pass
        reader.end()
    return text.decode(errors="replace"), listing.contents


def make_ready(
    folder: Path, key: bytes, file: Path, passphrase: str, clock: Clock
) -> BackupContents:
    """Read a backup, check all of it and make it ready; `finish` puts it in place.

    The restored outbox has a new name at the county, and its commands without an answer are held:
    it is a copy, and whoever goes on from the original may have sent them. Raises StoreError, and
    then nothing has changed.
    """
    check_key(folder, key)
    begun = folder / RESTORE_BEGUN
    try:
        shutil.rmtree(begun, ignore_errors=True)
        begun.mkdir(mode=0o700)
        listing = _extract(file, passphrase, begun)
        held = _take_over(begun, listing, key, clock)
        told = Restored(listing.contents.made_at, held, f"{ASIDE}-{clock.now()}")
        write_whole(begun / TOLD, msgspec.json.encode(told))
        _sync_all(begun)
        drop_ready(folder)
        begun.rename(folder / RESTORE_READY)
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        raise StoreError(why_not(begun, error)) from None
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return listing.contents


def finish(folder: Path, key: bytes) -> Restored | None:
    """Put in place what was made ready, if anything was; the caller has locked the folder.

    Killed at any moment, the next call goes on. Raises StoreError, and changes nothing, where
    commands here have no answer or files are not sent: the restore is then given up. For one that
    is half in place (`is_half_restored`) StoreError says so: no desk may be opened there.
    """
    ready = folder / RESTORE_READY
    if not ready.is_dir():
        return None
    try:
        done = _begin_placing(folder, ready, key)
        if done is not None:
            for name in (*STORES, *SETTINGS):
                _put(ready / name, folder / name, folder / done.aside)
            sync_folder(folder)
        drop_ready(folder)
    except OSError as error:
        raise StoreError(_why_not_finished(folder, error)) from None
    if done is None:
        return None
    aside = folder / done.aside
    return msgspec.structs.replace(done, aside=str(aside) if aside.exists() else "")


def drop_ready(folder: Path) -> None:
    """Drop what was made ready, all at once; what is left of it is swept away at the next start."""
    ready, dropped = folder / RESTORE_READY, folder / DROPPED
    if ready.is_dir():
        shutil.rmtree(dropped, ignore_errors=True)
        ready.rename(dropped)
        sync_folder(folder)
        shutil.rmtree(dropped, ignore_errors=True)


def _begin_placing(folder: Path, ready: Path, key: bytes) -> Restored | None:
    """Return what is put in place, and write down that it is; None where all of it was."""
    if (ready / PLACING).exists():
        return msgspec.json.decode((ready / PLACING).read_bytes(), type=Restored)
    if not (ready / TOLD).exists():
        return None
    told = msgspec.json.decode((ready / TOLD).read_bytes(), type=Restored)
    if (ready / OUTBOX).exists() and (folder / OUTBOX).exists():
        _refuse_or_give_up(folder, key)
        told = _carry(folder, ready, key, told)
    write_whole(ready / PLACING, msgspec.json.encode(told))
    sync_folder(ready)
    return told


def _carry(folder: Path, ready: Path, key: bytes, told: Restored) -> Restored:
    """Take along what exists only here; returns what is told of the restore then.

    What can be read of a damaged outbox is rescued, as when one is opened, and taken along held.
    Damaged files only go aside.
    """
    undecided = carrying.list_undecided(ready / OUTBOX, key)
    try:
        carried, rescue = carrying.read_outbox(folder / OUTBOX, key, undecided), ""
    except StoreError as error:
        if not _is_of_damage(error):
            raise
        carried = carrying.hold_rescued(*_rescue(folder, key, folder / told.aside))
        rescue = str(folder / told.aside / RESCUED)
    if (ready / FILES).exists() and (folder / FILES).exists():
        _carry_files(folder, ready, key)
    held = carrying.keep_in_outbox(ready / OUTBOX, key, carried)
    # It is of the outbox that goes aside: here it would be taken for one of the next damage.
    _put_aside(folder / RESCUED, folder / told.aside / RESCUED)
    return msgspec.structs.replace(told, held=held, rescue=rescue)


def _rescue(folder: Path, key: bytes, aside: Path) -> Rescued:
    """Read what can be read of the damaged outbox here: what was rescued before the outbox last
    changed is of an earlier damage."""
    known, outbox = folder / RESCUED, folder / OUTBOX
    log = outbox.with_name(outbox.name + "-wal")
    changed = max(each.stat().st_mtime_ns for each in (outbox, log) if each.exists())
    if known.exists() and known.stat().st_mtime_ns < changed:
        _put_aside(known, aside / f"earlier-{RESCUED}")
    rescue_damaged(folder, key)
    return read_rescued(folder, key)


def _put_aside(file: Path, to: Path) -> None:
    if file.exists():
        to.parent.mkdir(mode=0o700, exist_ok=True)
        file.replace(to)


def _carry_files(folder: Path, ready: Path, key: bytes) -> None:
    try:
        carrying.carry_files(folder / FILES, ready / FILES, key)
    except StoreError as error:
        if not _is_of_damage(error):
            raise


def _why_not_finished(folder: Path, error: OSError) -> Problem:
    if not is_half_restored(folder):
        return why_not(folder / RESTORE_READY, error)
    reason = error.strerror or type(error).__name__
    return Problem("restore_halfway", {"folder": str(folder), "reason": reason})


def refuse_waiting(folder: Path, key: bytes) -> None:
    """Raise StoreError where commands here have no answer, or files are not sent.

    A store that cannot be read keeps no restore back: often it is why there is one.
    """
    check_key(folder, key)
    waiting, uploads = (
        _number_if_sound(count, folder, key) for count in (count_waiting, count_uploads)
    )
    if waiting or uploads:
        details = {"count": str(waiting), "files": str(uploads)}
        raise StoreError(Problem("restore_over_waiting", details))


def _number_if_sound(count: Callable[[Path, bytes], int], folder: Path, key: bytes) -> int:
    try:
        return count(folder, key)
    except StoreError as error:
        if not _is_of_damage(error):
            raise
        return 0


def _is_of_damage(error: StoreError) -> bool:
    return error.problem.code == "store_damaged"


def _refuse_or_give_up(folder: Path, key: bytes) -> None:
    try:
        refuse_waiting(folder, key)
    except StoreError:
        # Weeks later, when nothing waits, nobody would expect it any more.
        drop_ready(folder)
        raise


def _extract(file: Path, passphrase: str, to: Path) -> Listing:
    with open_backup(file) as opened:
        reader = SealedReader(opened, passphrase)
        listing = read_listing(reader)
        for part in listing.parts:
            _write_part(reader, part, to / part.name)
        reader.end()
    return listing


def _write_part(reader: SealedReader, part: Part, to: Path) -> None:
    to.touch(mode=0o600)
    with to.open("wb") as file:
        for piece in read_part(reader, part):
            file.write(piece)


def _take_over(begun: Path, listing: Listing, key: bytes, clock: Clock) -> int:
    """Put the stores under this folder's key and newest schema, and the outbox under a new name.

    Returns how many commands are held.
    """
    names = {part.name for part in listing.parts}
    for name in STORES:
        if name in names:
            rekey(begun / name, bytes.fromhex(listing.key), key)
    if FILES in names:
        open_files(begun, key).close()
    held = 0
    if OUTBOX in names:
        with closing(open_outbox(begun, key, clock)) as outbox:
            held = outbox.renew_client(RESTORED, clock.now())
    (begun / CHECK_FILE).unlink(missing_ok=True)
    return held


def _put(ready: Path, place: Path, aside: Path) -> None:
    """Move one file into place, and what was there aside with all that belongs to it.

    The file itself goes first: without its log it would be taken for whole.
    """
    if not ready.exists():
        return
    for ending in ("", "-wal", "-shm", DAMAGED_MARK):
        before = place.with_name(place.name + ending)
        if before.exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            before.replace(aside / before.name)
    ready.replace(place)


def _sync_all(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    sync_folder(folder)
