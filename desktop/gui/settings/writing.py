"""Changes on their way into the profile's file, off the GUI thread, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop.application.ports import StoreError
from desktop.application.settings.document import Edit, clear_value, join_edits, set_value
from desktop.application.settings.editor import ProfileEditor, Refused, Snapshot
from desktop.application.settings.entries import NOW, Entry
from desktop.application.settings.faults import Fault
from desktop.application.settings.profile_file import read_brought
from desktop.domain.source import Problem
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.task_runner import TaskRunner

Then = Callable[[], None] | None


class _Change(NamedTuple):
    """One entry's change, and what to do once it is written."""

    entry: Entry
    edit: Edit
    then: Then


class Writing(QObject):
    """The one way from the window into the file: in order, one change after the other."""

    changed = Signal(object)
    """The `Snapshot` of the file as it is now."""
    theirs_wanted = Signal()
    """What was changed here and is not written is given up for what the file says."""
    exchanged = Signal()
    """The file says something else now than what was known here and changed from here."""
    refused = Signal(object, str)
    """An entry that was not written, and why in words; an empty text once it is."""
    failed = Signal(object)
    """The `Problem` for which nothing could be written, or None once that is over."""

    def __init__(self, screen: SettingsScreen, parent: QObject) -> None:
        super().__init__(parent)
        self._screen = screen
        self._runner = TaskRunner("settings", self)
        self._text: str | None = None
        """The file as it was last shown; None before it was."""
        self._waiting: dict[str, _Change] = {}
        """Changes not written so far, by the place of their entry."""
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
        for change in self._drop(tuple(self._waiting.values())):
            self.refused.emit(change.entry, "")
        self._runner.ask(self._screen.desk.editor.read, self._take_read, slot="read")

    def take_theirs(self) -> None:
        """Read the file anew, and give up for it what is not written."""
        self.theirs_wanted.emit()
        self.read()

    def put(self, entry: Entry, value: object, then: Then = None) -> None:
        """Give an entry this value, its default for None, and do this once it is written."""
        if value is None:
            self.clear(entry, then)
        else:
            edit = set_value(entry.table, entry.name, value)
            self._change(_Change(entry, edit, then))

    def clear(self, entry: Entry, then: Then = None) -> None:
        """Give an entry its default again: the county's, where it has one."""
        county = self.snapshot.county
        given = None if county is None else county.find(entry.table, entry.name)
        default = entry.default if given is None else given.value
        edit = clear_value(entry.table, entry.name, default)
        self._change(_Change(entry, edit, then))

    def forget(self, entry: Entry) -> None:
        """Write nothing any more of what waits for this entry."""
        self._waiting.pop(entry.place, None)

    def write(
        self,
        edit: Edit,
        then: Then,
        refuse: Callable[[tuple[Fault, ...]], None],
        also: Callable[[Snapshot], None] = lambda _written: None,
    ) -> None:
        """Make any other change; `refuse` gets the faults for which it was not made.

        `also` is done off the GUI thread as soon as it is made, even if the window closes then.
        """
        self._ask(edit, then, refuse, also)

    def replace(self, text: str, base: str | None = None, *, over: bool = False) -> None:
        """Put another text, made from `base` where that is given, in place of the whole file."""
        editor = self._screen.desk.editor

        def fail(error: Exception) -> None:
            self._held = lambda: self.replace(text, over=True)
            self._fail(error)

        self.waits_for_start = True
        self._runner.ask(lambda: editor.replace(text, base, over=over), self._take_read, fail)

    def take_brought(
        self, file: Path, then: Callable[[], None], fail: Callable[[Problem], None]
    ) -> None:
        """Put the text of a file that was brought along in place of the profile's."""

        def take(text: str) -> None:
            self.replace(text)
            then()

        def tell(error: Exception) -> None:
            if not isinstance(error, StoreError):
                raise error
            fail(error.problem)

        self._runner.ask(lambda: read_brought(file), take, tell, slot="brought")

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

    def _change(self, change: _Change, *, over: bool = False) -> None:
        """Make a change, if need be together with those of its table that wait."""
        table, place = change.entry.table, change.entry.place
        beside = [each for each in self._waiting.values() if each.entry.table == table]
        both = (*(each for each in beside if each.entry.place != place), change)
        self._waiting[place] = change
        editor = self._screen.desk.editor

        def take(written: tuple[_Change, ...]) -> None:
            self._take(editor.snapshot, lambda: self._note_written(written))

        def fail(error: Exception) -> None:
            if isinstance(error, Refused):
                self._refuse(change, error)
            else:
                self._held = lambda: self._change(change, over=True)
                self._fail(error)

        self._runner.ask(lambda: _write(editor, change, both, over=over), take, fail)

    def _refuse(self, change: _Change, error: Refused) -> None:
        if self._waiting.get(change.entry.place) is change:
            reason = self._screen.words.reason
            said = " ".join(reason(fault.reason) for fault in error.faults)
            self.refused.emit(change.entry, said)

    def _note_written(self, written: tuple[_Change, ...]) -> None:
        """Do what each change wants once it is written, and try those again that it helps."""
        for change in self._drop(written):
            self.refused.emit(change.entry, "")
        for change in written:
            self.waits_for_start = self.waits_for_start or change.entry.effect != NOW
            if change.then is not None:
                change.then()
        tables = {change.entry.table for change in written}
        for change in tuple(self._waiting.values()):
            if change.entry.table in tables:
                self._change(change)

    def _drop(self, changes: tuple[_Change, ...]) -> list[_Change]:
        """Wait for none of these any more; return those that were waited for."""
        found = [each for each in changes if self._waiting.get(each.entry.place) is each]
        for each in found:
            del self._waiting[each.entry.place]
        return found

    def _ask(
        self,
        edit: Edit,
        then: Then,
        refuse: Callable[[tuple[Fault, ...]], None],
        also: Callable[[Snapshot], None],
        *,
        over: bool = False,
    ) -> None:
        editor = self._screen.desk.editor

        def change() -> Snapshot:
            snapshot = editor.change(edit, over=over)
            also(snapshot)
            return snapshot

        def fail(error: Exception) -> None:
            if isinstance(error, Refused):
                refuse(error.faults)
                return
            self._held = lambda: self._ask(edit, then, refuse, also, over=True)
            self._fail(error)

        self._runner.ask(change, lambda s: self._take(s, then), fail)

    def _take_read(self, snapshot: Snapshot) -> None:
        if self._text not in (None, snapshot.text):
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


def _write(
    editor: ProfileEditor, change: _Change, both: tuple[_Change, ...], *, over: bool
) -> tuple[_Change, ...]:
    """Write a change alone or, where that is refused, with others; return what was written."""
    try:
        editor.change(change.edit, over=over)
    except Refused:
        if both == (change,):
            raise
    else:
        return (change,)
    editor.change(join_edits(each.edit for each in both), over=over)
    return both


def is_conflict(problem: Problem | None) -> bool:
    """Whether a change was held back because somebody else has changed the file."""
    return problem is not None and problem.code == "settings_changed"
