"""Changes on their way into the profile's file, off the GUI thread, and what became of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktop.application.ports import StoreError
from desktop.application.settings.document import Edit, clear_value, join_edits, set_value
from desktop.application.settings.editor import Refused, Snapshot
from desktop.application.settings.entries import NOW, Entry
from desktop.application.settings.faults import Fault
from desktop.domain.source import Problem
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.task_runner import TaskRunner

Then = Callable[[], None] | None


class Writing(QObject):
    """The one way from the window into the file: in order, one change after the other."""

    changed = Signal(object)
    """The `Snapshot` of the file as it is now."""
    exchanged = Signal()
    """The file says something else now than what was known here and changed from here."""
    refused = Signal(object, str)
    """An entry that was not written, and why in words."""
    failed = Signal(object)
    """The `Problem` for which nothing could be written, or None once that is over."""

    def __init__(self, screen: SettingsScreen, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._runner = TaskRunner("settings", self)
        self._text = ""
        """The file as it was last shown."""
        self._waiting: dict[str, Edit] = {}
        """Changes that can be made only together with others, by the place of their entry."""
        self._held: Callable[[], None] | None = None
        """The change that found the file changed by somebody else, made over it."""
        self.waits_for_start = False
        """Whether a change was made that counts at the next start only."""

    @property
    def snapshot(self) -> Snapshot:
        """The file as it was last read or written."""
        return self._screen.desk.editor.snapshot

    def read(self) -> None:
        """Read the file anew."""
        self._held = None
        self._waiting.clear()
        self._runner.ask(self._screen.desk.editor.read, self._take_read, slot="read")

    def put(self, entry: Entry, value: object, then: Then = None) -> None:
        """Give an entry this value, its default for None, and do this once it is written."""
        if value is None:
            self.clear(entry, then)
        else:
            self._change(entry, set_value(entry.table, entry.name, value), then)

    def clear(self, entry: Entry, then: Then = None) -> None:
        """Give an entry its default again."""
        self._change(entry, clear_value(entry.table, entry.name, entry.default), then)

    def write(self, edit: Edit, then: Then, refuse: Callable[[tuple[Fault, ...]], None]) -> None:
        """Make any other change; `refuse` gets the faults for which it was not made."""
        self._ask(edit, then, refuse)

    def replace(self, text: str, *, over: bool = False) -> None:
        """Put another text in place of the whole file."""
        editor = self._screen.desk.editor

        def fail(error: Exception) -> None:
            self._held = lambda: self.replace(text, over=True)
            self._fail(error)

        self.waits_for_start = True
        self._runner.ask(lambda: editor.replace(text, over=over), self._take_read, fail)

    def read_good(self, take: Callable[[str | None], None]) -> None:
        """Read the last text that a desk opened with."""
        self._runner.ask(self._screen.desk.editor.read_good, take, slot="good")

    def write_over(self) -> None:
        """Make the change that was held back over what somebody else has written."""
        if self._held is not None:
            self._held()

    def close_runner(self) -> None:
        """Finish what is on its way into the file."""
        self._runner.close(finish=True)

    def _change(self, entry: Entry, edit: Edit, then: Then) -> None:
        waiting = {**self._waiting, entry.place: edit}
        self._waiting[entry.place] = edit

        def done() -> None:
            for place, made in waiting.items():
                if self._waiting.get(place) is made:
                    del self._waiting[place]
            if entry.effect != NOW:
                self.waits_for_start = True
            if then is not None:
                then()

        def refuse(faults: tuple[Fault, ...]) -> None:
            reason = self._screen.words.reason
            self.refused.emit(entry, " ".join(reason(fault.reason) for fault in faults))

        self._ask(join_edits(waiting.values()), done, refuse)

    def _ask(
        self,
        edit: Edit,
        then: Then,
        refuse: Callable[[tuple[Fault, ...]], None],
        *,
        over: bool = False,
    ) -> None:
        editor = self._screen.desk.editor

        def fail(error: Exception) -> None:
            if isinstance(error, Refused):
                refuse(error.faults)
                return
            self._held = lambda: self._ask(edit, then, refuse, over=True)
            self._fail(error)

        self._runner.ask(
            lambda: editor.change(edit, over=over), lambda s: self._take(s, then), fail
        )

    def _take_read(self, snapshot: Snapshot) -> None:
        if snapshot.text != self._text:
            self.exchanged.emit()
        self._take(snapshot, None)

    def _take(self, snapshot: Snapshot, then: Then) -> None:
        self._text = snapshot.text
        if then is not None:
            then()
        self.failed.emit(None)
        self.changed.emit(snapshot)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, StoreError):
            raise error
        self.failed.emit(error.problem)


def is_conflict(problem: Problem | None) -> bool:
    """Whether a change was held back because somebody else has changed the file."""
    return problem is not None and problem.code == "settings_changed"
