"""The file of the log: it is turned over as it grows, and belongs to its user alone."""

from __future__ import annotations

import logging
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path


class PrivateFileHandler(RotatingFileHandler):
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
