"""The log: rotating, private to the user, redacted by allow-list.

A line holds the message's fixed words and only those fields named in `ALLOWED`.
Arguments, exception messages and everything else a record may carry are left out,
because any of them can hold a name, a phone number or a token.
"""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import msgspec

ALLOWED = ("source", "code", "count", "posture")
OURS = "desktop"
FILE = "desk.log"
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
        return msgspec.json.encode(line).decode()


class _LateFile(logging.Handler):
    """A log file made with its first line: what turns files over is imported only for that."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._path = file

    @cached_property
    def _file(self) -> logging.Handler:
        from desktop.diagnostics.log_file import PrivateFileHandler

        file = PrivateFileHandler(
            self._path, maxBytes=LARGEST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        file.setFormatter(self.formatter)
        return file

    def emit(self, record: logging.LogRecord) -> None:
        self._file.handle(record)

    def close(self) -> None:
        if "_file" in vars(self):
            self._file.close()
        super().close()


def log_to(folder: Path) -> logging.Handler:
    """Write the log under `folder`; the caller removes and closes the handler at the end."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _LateFile(folder / FILE)
    handler.setFormatter(AllowListFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
