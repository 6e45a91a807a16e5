"""Submit commands: each is written durably off the GUI thread before it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from desktop.application.commands.own_files import FileGone
from desktop.application.ports import StoreError
from desktop.domain.command import CommandRecord, Key
from desktop.domain.source import Problem
from desktop.gui.context import UiContext


def not_stored(error: Exception) -> Problem:
    """Return the problem of a command that could not be stored."""
    if isinstance(error, FileGone):
        return error.problem
    code = error.problem.code if isinstance(error, StoreError) else ""
    if code == "disk_full":
        return Problem("command_not_stored_full")
    if code == "read_only":
        return Problem("command_not_stored_read_only")
    return Problem("command_not_stored", {"reason": type(error).__name__})


class CommandSubmitter(QObject):
    """Writer of durable commands; one press is one command, however often it is repeated."""

    stored = Signal(object)
    """The `CommandRecord`s of one action of the officer, which are durable now."""
    failed = Signal(object, object)
    """A target `Key`, and the error that prevented its command from being stored."""

    def __init__(self, screen: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._acknowledging: set[Key] = set()

    def acknowledge(self, target: Key, base: int | None) -> None:
        """Record that the officer has seen the incident or alarm."""
        self.acknowledge_all([(target, base)])

    def acknowledge_all(self, targets: Iterable[tuple[Key, int | None]]) -> None:
        """Record that the officer has seen these, each as of this version, in one action."""
        new = [(target, base) for target, base in targets if target not in self._acknowledging]
        commands, keys = self._screen.board.commands, {target for target, _base in new}
        if not new:
            return
        self._acknowledging |= keys

        def end(records: tuple[CommandRecord, ...]) -> None:
            self._acknowledging -= keys
            self._tell(records)

        def report(error: Exception) -> None:
            self._acknowledging -= keys
            for target in keys:
                self.failed.emit(target, error)

        self._screen.writer.ask(
            lambda: tuple(commands.acknowledge(target, base) for target, base in new), end, report
        )

    def note(self, target: Key, text: str, command_key: str, stored: Callable[[], None]) -> None:
        """Add a note; `stored` is called once it is durable."""
        board = self._screen.board
        self.submit(
            target, lambda: board.commands.note(target, text, command_key), lambda _record: stored()
        )

    def submit(
        self,
        target: Key,
        work: Callable[[], CommandRecord],
        stored: Callable[[CommandRecord], None],
        broken: Callable[[], None] | None = None,
    ) -> None:
        """Run `work` off the GUI thread, which makes one command durable; then call `stored`."""

        def report(error: Exception) -> None:
            if broken is not None:
                broken()
            self.failed.emit(target, error)

        def end(record: CommandRecord) -> None:
            stored(record)
            self._tell((record,))

        self._screen.writer.ask(work, end, report)

    def _tell(self, records: tuple[CommandRecord, ...]) -> None:
        """Tell that these are durable, and let the screens follow without their usual pause."""
        self.stored.emit(records)
        self._screen.feed.tell_now()
