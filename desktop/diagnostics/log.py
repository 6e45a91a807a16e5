"""The log: rotating, private to the user, redacted by allow-list.

A line holds the message's fixed words and only those fields named in `ALLOWED`.
Arguments, exception messages and everything else a record may carry are left out,
because any of them can hold a name, a phone number or a token.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

ALLOWED = ("source", "code", "count", "posture")
OURS = "desktop"
LARGEST_BYTES = 1_000_000
KEPT_FILES = 5


class AllowListFormatter(logging.Formatter):
    """One JSON object a line, holding nothing that is not allowed by name."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            # Others fill their words in before they log them, addresses and tokens too.
            "says": str(record.msg) if record.name.partition(".")[0] == OURS else "-",
        }
        line |= {name: str(getattr(record, name)) for name in ALLOWED if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["frames"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(line, ensure_ascii=False)


class _PrivateFileHandler(RotatingFileHandler):
    """A log that takes what the disk takes: a full or read-only one loses lines, no more."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its own name
        """Ignore the failure: the desk itself shows what is wrong with the disk."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        Path(self.baseFilename).chmod(0o600)
        return stream


def log_to(folder: Path) -> logging.Handler:
    """Write the log under `folder`; the caller removes and closes the handler at the end."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _PrivateFileHandler(
        folder / "desk.log",
        maxBytes=LARGEST_BYTES,
        backupCount=KEPT_FILES,
        encoding="utf-8",
        delay=True,
    )
    handler.setFormatter(AllowListFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
