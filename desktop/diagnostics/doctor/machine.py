"""Checks of the computer itself: disk, folder, time zones, sound and installed versions."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from desktop.diagnostics.crashes import CrashReport
from desktop.diagnostics.doctor.finding import Finding, fail, fine, look, unknown
from desktop.domain.instant import DAY

MB = 1_000_000
LEAST_FREE, LITTLE_FREE = 20 * MB, 500 * MB
LATELY_MS = 30 * DAY
FEW_FILES = 1_000
OTHERS_WRITE, OTHERS_USE = 0o022, 0o077
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"})
"""File systems over a network: locks and logs of a database are slower there, or missing."""
SHANGHAI, SHANGHAI_OFFSET_S = "Asia/Shanghai", 8 * 3600


def check_disk(folder: Path) -> Finding:
    """Return how much room there is where the desk keeps its data."""
    there = _nearest(folder)
    free_mb = shutil.disk_usage(there).free // MB
    if free_mb * MB < LEAST_FREE:
        return fail("disk", "full", free_mb=free_mb, folder=there)
    if free_mb * MB < LITTLE_FREE:
        return look("disk", "little", free_mb=free_mb, folder=there)
    if hasattr(os, "statvfs"):
        told = os.statvfs(there)
        if told.f_files and told.f_favail < FEW_FILES:
            return look("disk", "few_files", count=told.f_favail, folder=there)
    return fine("disk", "enough", free_mb=free_mb)


def check_permissions(folder: Path) -> Finding:
    """Return whether the desk's folder is this user's alone, and can be written."""
    there = _nearest(folder)
    told = there.stat()
    if sys.platform != "win32" and there == folder and told.st_uid not in (os.geteuid(), 0):
        return fail("permissions", "of_another", folder=there)
    if not os.access(there, os.W_OK):
        return fail("permissions", "read_only", folder=there)
    if sys.platform == "win32":
        return fine("permissions", "writable")
    mode = stat.S_IMODE(told.st_mode)
    if there == folder and mode & OTHERS_WRITE:
        return fail("permissions", "others_write", folder=there, mode=f"{mode:04o}")
    if there == folder and mode & OTHERS_USE:  # Else nobody gets at what is in it.
        open_files = [file.name for file in folder.iterdir() if _is_open_to_others(file)]
        if open_files:
            return look("permissions", "others_read", folder=there, count=len(open_files))
    kind = file_system(there, Path("/proc/self/mounts"))
    if kind in NETWORK:
        return look("permissions", "network", folder=there, file_system=kind)
    return fine("permissions", "private" if there == folder else "writable")


def _is_open_to_others(file: Path) -> bool:
    told = file.lstat()
    return stat.S_ISREG(told.st_mode) and bool(told.st_mode & OTHERS_USE)


def file_system(folder: Path, mounts: Path) -> str:
    """Return the kind of file system a folder lies on, by the system's table; empty if unknown."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    place, best = folder.resolve(), ("", "")
    for line in lines:
        _, point, kind, *_ = [*line.split(" "), "", "", ""]
        point = point.replace("\\040", " ")
        if place.is_relative_to(point or "/") and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]


def check_zone(name: str) -> Finding:
    """Return whether the county's time zone is known, and what this computer's is beside it."""
    try:
        county, shanghai = ZoneInfo(name), ZoneInfo(SHANGHAI)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError, guarded by the runner.
        return fail("zone", "unreadable", zone=name)
    except KeyError:
        return fail("zone", "missing", zone=name)
    now = datetime.now(county)
    offset = now.astimezone(shanghai).utcoffset()
    if offset is None or offset.total_seconds() != SHANGHAI_OFFSET_S:
        return fail("zone", "wrong", zone=SHANGHAI)
    here = now.astimezone()
    if here.utcoffset() != now.utcoffset():
        return look("zone", "differs", zone=name, here=_offset(here), county=_offset(now))
    return fine("zone", "known", zone=name, offset=_offset(now))


def check_sound(cards: Path = Path("/proc/asound/cards")) -> Finding:
    """Return whether an alarm can be heard."""
    if sys.platform != "linux":
        return unknown("sound", "elsewhere")
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    served = (runtime / "pulse" / "native").exists() or (runtime / "pipewire-0").exists()
    try:
        found = [line for line in cards.read_text(encoding="utf-8").splitlines() if "[" in line]
    except OSError:
        found = []
    if not found:
        return look("sound", "remote") if served else look("sound", "none")
    return fine("sound", "cards", count=len(found)) if served else look("sound", "no_server")


def check_crashes(reports: Sequence[CrashReport]) -> Finding:
    """Return whether the program failed lately."""
    since = time.time() * 1000 - LATELY_MS
    lately = [each for each in reports if each.last_at > since]
    if not lately:
        return fine("crashes", "none")
    fatal = sum(each.count for each in lately if each.is_fatal)
    errors = sum(each.count for each in lately if not each.is_fatal)
    if fatal:
        return look("crashes", "ended", fatal=fatal)
    return look("crashes", "errors", errors=errors)


def _offset(at: datetime) -> str:
    """Return how far its zone is from UTC, as `+08:00`."""
    return at.isoformat()[-6:]


def _nearest(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    above = (folder, *folder.parents)
    # `Path.is_dir` raises for what lies in another user's folder.
    return next((each for each in above if os.path.isdir(each)), Path.cwd())  # noqa: PTH112
