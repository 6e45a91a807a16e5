"""The support bundle: a few texts in a zip, each shown before it is written."""

from __future__ import annotations

import os
import platform
import zipfile
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from desktop.application.export.outgoing import json_text
from desktop.diagnostics.crashes import CrashReport
from desktop.diagnostics.doctor.finding import Finding
from desktop.diagnostics.doctor.versions import read_versions
from desktop.diagnostics.support.redaction import Redaction, crash_record

TAIL_LINES = 2_000
LOG_NAME = "desk.log"
KEPT_LOGS = 5
DOS_DATE = (1980, 1, 1, 0, 0, 0)
"""Of every part: when it was written is told in it where it matters."""


class Part(msgspec.Struct, frozen=True):
    """One file of the bundle."""

    name: str
    text: str


def make_parts(
    findings: Sequence[Finding],
    redaction: Redaction,
    *,
    setup: Mapping[str, Any],
    counts: Mapping[str, Any],
    log_folder: Path,
    crashes: Iterable[CrashReport],
) -> tuple[Part, ...]:
    """Return all that would be handed over, in the order in which it is shown.

    `setup` and `counts` hold words and numbers of this program alone.
    """
    doctor = [redaction.finding(finding) for finding in findings]
    parts = [
        Part("doctor.json", _text(doctor)),
        Part("versions.json", _text(read_versions() | read_system())),
        Part("setup.json", _text(dict(setup))),
        Part("counts.json", _text(dict(counts))),
        Part("log.jsonl", "".join(f"{line}\n" for line in _log_tail(log_folder, redaction))),
        Part("crashes.json", _text([crash_record(each) for each in crashes])),
    ]
    return tuple(parts)


def read_system() -> dict[str, str]:
    """Return the kind and version of the system, and not the computer's name."""
    told = {"system": platform.system(), "release": platform.release()}
    told["machine"] = platform.machine()
    with suppress(OSError):
        release = platform.freedesktop_os_release()
        told["distribution"] = f"{release.get('ID', '')} {release.get('VERSION_ID', '')}".strip()
    return told


def write_bundle(parts: Sequence[Part], file: Path) -> None:
    """Put the parts into a zip for this user alone, whole or not at all; raises OSError."""
    draft = file.with_name(f"{file.name}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened, zipfile.ZipFile(opened, "w") as archive:
            for part in parts:
                entry = zipfile.ZipInfo(part.name, DOS_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, part.text)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _log_tail(folder: Path, redaction: Redaction) -> Iterable[str]:
    """Yield the last lines of the log, the oldest first, with what is allowed of each."""
    names = [*(f"{LOG_NAME}.{n}" for n in range(KEPT_LOGS, 0, -1)), LOG_NAME]
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    for name in names:
        with suppress(OSError), (folder / name).open(encoding="utf-8", errors="replace") as log:
            tail.extend(log)
    for line in tail:
        kept = redaction.log_line(line)
        if kept:
            yield msgspec.json.encode(kept).decode()


def _text(told: object) -> str:
    return json_text(told) + "\n"
