"""Uncaught errors: written to the log, and shown once, unobtrusively, on the screen."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)


Note = Callable[[type[BaseException], BaseException | None, TracebackType | None], None]
"""Takes an exception's type, value and traceback."""


class ExceptionHooks(QObject):
    """Hooks for uncaught errors of the GUI thread, of other threads, and of finalizers."""

    struck = Signal(str)
    """The type of an error, emitted on the GUI thread; the log has the rest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before: tuple[Any, Any, Any] | None = None
        self.note: Note = lambda *_: None
        """Called with each uncaught error, on the thread it happened on; must not block."""

    def install(self) -> None:
        """Install the three hooks of the interpreter."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._catch
        threading.excepthook = self._catch_in_thread
        sys.unraisablehook = self._catch_unraisable

    def remove(self) -> None:
        """Restore the previous hooks."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            self._before = None

    def _catch(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught error", exc_info=(kind, error, trace))
        self.note(kind, error, trace)
        # A script that asked for a picture sees no window, so the error is printed.
        sys.stderr.write(f"county-desk: {kind.__name__}: see log/desk.log\n")
        self.struck.emit(kind.__name__)

    def _catch_in_thread(self, args: threading.ExceptHookArgs) -> None:
        log.critical(
            "uncaught error in a thread",
            exc_info=(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback),
        )
        self.note(args.exc_type, args.exc_value, args.exc_traceback)
        self.struck.emit(args.exc_type.__name__)

    def _catch_unraisable(self, args: Any) -> None:
        # No signal: such errors come from objects being taken apart, perhaps Qt's own.
        log.error("error nobody could catch in %r: %s", args.object, args.exc_value)
