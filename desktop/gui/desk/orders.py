"""What the officer orders from the desk, written durably off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.domain.command import CommandRecord, Key
from desktop.gui.context import Screen


class Orders(QObject):
    """Acknowledgements and notes; one press is one command however often it is repeated."""

    given = Signal(object)
    """A `CommandRecord` that is now durable."""
    failed = Signal(object, object)
    """A target `Key` and the error because of which nothing was stored."""

    def __init__(self, screen: Screen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._acknowledging: set[Key] = set()

    def acknowledge(self, target: Key, base: int | None) -> None:
        """Record that the officer has seen the incident or alarm."""
        if target in self._acknowledging:
            return
        self._acknowledging.add(target)
        board = self._screen.board
        ended = lambda: self._acknowledging.discard(target)  # noqa: E731
        self._give(target, lambda: board.acknowledge(target, base), ended, ended)

    def note(self, target: Key, text: str, command_key: str, stored: Callable[[], None]) -> None:
        """Add a note; `stored` is called once it is durable."""
        board = self._screen.board
        self._give(target, lambda: board.note(target, text, command_key), stored, lambda: None)

    def _give(
        self,
        target: Key,
        work: Callable[[], CommandRecord],
        stored: Callable[[], None],
        broken: Callable[[], None],
    ) -> None:
        def done(record: CommandRecord) -> None:
            stored()
            self.given.emit(record)

        def failed(error: Exception) -> None:
            broken()
            self.failed.emit(target, error)

        self._screen.writer.ask(work, done, failed)
