"""One form for every command, built from the fields of its row in `protocol.commands`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.domain.command import CommandRecord
from desktop.domain.geo import Place
from desktop.domain.source import SourceStatus
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.choices import read_choices
from desktop.gui.forms.command_request import CommandRequest, warning
from desktop.gui.forms.drafts import Draft, DraftKeeper, new_draft, why_not_kept
from desktop.gui.forms.field_grid import FieldGrid
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.forms.filling import Filling, Phase
from desktop.gui.forms.source_entry import SourceEntry
from desktop.gui.language import Retranslated
from desktop.gui.widgets.accessible import announce
from desktop.gui.widgets.clock_warning import ClockWarning
from desktop.gui.widgets.composing import finish_composing
from desktop.gui.widgets.focus import holds_keyboard
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

SAVE_PAUSE_MS = 400


class CommandForm(Retranslated, QWidget):
    """A form for one command at a time. Esc keeps the entries, Ctrl+Enter submits them."""

    left = Signal(bool)
    """The form was closed, submitted or not; whether it had the keyboard."""
    submitted = Signal(object)
    """The `CommandRecord` that was submitted and is now durable."""
    map_asked = Signal()

    def __init__(
        self,
        screen: UiContext,
        submitter: CommandSubmitter,
        *,
        wide: bool = False,
        stays: bool = False,
    ) -> None:
        """One that `stays` is a part of its page: nothing closes it."""
        super().__init__()
        self._screen, self._submitter, self._wide, self._stays = screen, submitter, wide, stays
        self._filling: Filling | None = None
        self.drafts = DraftKeeper(screen)
        self.may_submit: Callable[[], bool] = lambda: True
        """Whether what stands beside the fields is ready; whoever says no submits it later."""
        self.storing = self._storing
        """Returns what makes the command durable, to be called off the GUI thread."""
        self.foot = QWidget()
        """The hint and the buttons; where the fields scroll they may stand below, in sight."""
        self.fields = FieldGrid(screen)
        self.title = PlainLabel(screen, "strong")
        self.warning = PlainLabel(screen, "second", "orange_text", elide=False)
        self.clock_warning = ClockWarning(screen)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        for label in (self.warning, self.hint):
            label.setWordWrap(True)
        self.submit_button = KeyButton(screen, "Ctrl+Enter", main=True, local=True)
        self.submit_button.clicked.connect(self.submit)
        self.leave_button = QPushButton()
        self.leave_button.setProperty("quiet", True)
        self.leave_button.clicked.connect(self.leave)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SAVE_PAUSE_MS)
        self._pause.timeout.connect(self.keep)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(8)
        self._arrange()
        self.hide()

    @property
    def task(self) -> CommandRequest | None:
        """The command being filled in."""
        return None if self._filling is None else self._filling.task

    @property
    def is_reading(self) -> bool:
        """Whether its draft is still being read."""
        return self._filling is not None and self._filling.is_reading

    @property
    def entries(self) -> dict[str, Entry]:
        """The entry of every field, by its name."""
        return self.fields.entries

    @property
    def labels(self) -> dict[str, PlainLabel]:
        """The label of every field, by its name."""
        return self.fields.labels

    @property
    def source(self) -> SourceEntry | None:
        """The choice of a new incident's source, where there is one."""
        return self.fields.source

    def open(self, task: CommandRequest, takers: tuple[SourceStatus, ...] = ()) -> None:
        """Open the form for this command with the entries of its draft.

        `takers` are the sources a new incident may go to; it must then have one at least.
        """
        same = self.task is not None and self.task.draft_key == task.draft_key
        if same and not self.isHidden():
            self._follow_clock()
            self._focus()
            return
        self.keep()
        source = takers[0].id if takers else task.target.source
        filling = self._filling = Filling(task, source, new_draft(dict(task.prefill)))
        self.submit_button.setEnabled(True)
        self._build(task, takers)
        self.say_words()
        self.fields.show_values(filling.draft.values)
        self.show()
        self._focus()
        self.drafts.read(task.draft_key, lambda found: self._take_up(filling, found))

    def submit(self) -> None:
        """Submit the command, once; the form stays until the command is durable."""
        filling = self._filling
        if filling is None or filling.phase is Phase.SUBMITTING:
            return
        finish_composing(self)
        if not self.may_submit():
            return
        if filling.is_reading:
            filling.phase = Phase.SUBMIT_ONCE_READ
            return
        self.fields.settle()
        fault = self.fields.find_fault()
        if fault:
            self.hint.set_text(fault, "orange_text")
            announce(self, fault)
            return
        self.keep()
        filling.phase = Phase.SUBMITTING
        self.submit_button.setEnabled(False)
        task, draft = filling.task, self._draft(filling)
        source = self.source.value() if self.source is not None else filling.source

        self._submitter.submit(
            task.target,
            self.storing(task, source, draft),
            lambda record: self._end(filling, record),
            lambda: self._edit_again(filling),
        )

    def add_part(self, part: QWidget) -> None:
        """Put this between the fields and the button that submits them."""
        self._column.insertWidget(self._column.count() - 1, part)

    def leave(self) -> None:
        """Close the form, unless it stays; its entries are kept as a draft."""
        if self._filling is not None:
            finish_composing(self)
            self.keep()
            if not self._stays:
                self._put_away()

    def keep(self) -> None:
        """Store the draft now, off the GUI thread."""
        self._pause.stop()
        filling = self._filling
        # What was begun before must not be written over unread: then it is kept once that is.
        if filling is not None and filling.typed and filling.phase is Phase.EDITING:
            filling.draft = self._draft(filling)
            self._keep(filling)

    def show_place(self, place: Place | None) -> None:
        """Take a place picked on the map."""
        if place is not None:
            self.fields.show_place(place)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Handle Esc and Ctrl+Enter in every entry, and keep letters on a chip from submitting."""
        if not isinstance(event, QKeyEvent):
            return False
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride:
            plain = event.key() < Qt.Key.Key_Escape and not held
            if plain or event.key() == Qt.Key.Key_Escape or (enter and held):
                event.accept()
        elif event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if not self.fields.fold():
                    self.leave()
                return True
            if enter and held:
                self.submit()
                return True
        return False

    def say_words(self) -> None:
        """Set all texts of the form again; the choices with names stay."""
        if self.task is None:
            return
        kind = self.task.kind
        verb = self._screen.words.term("command", kind)
        self.title.set_text(f"{verb} · {self.task.called}" if self.task.called else verb)
        self.warning.set_text(warning(kind))
        self.warning.setVisible(bool(warning(kind)))
        self.clock_warning.say()
        hand_over = translate("Township", "Hand it over to the county")
        self.submit_button.say(hand_over if self._stays else verb)
        self.leave_button.setText(translate("CommandForm", "Later"))
        self.fields.say()
        self._say_kept()

    def retranslate(self) -> None:
        self.say_words()
        self._ask_choices()

    def _arrange(self) -> None:
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.submit_button)
        for widget in (self.title, self.warning, self.clock_warning, self.fields):
            self._column.addWidget(widget)
        if self._stays:
            self.title.hide()
            self.leave_button.hide()
        self._column.addWidget(self.foot)
        for button in (self.submit_button, self.leave_button):
            button.installEventFilter(self)

    def _build(self, task: CommandRequest, takers: tuple[SourceStatus, ...]) -> None:
        """Replace the entries by those of this command."""
        fields, before = FieldGrid(self._screen, task, takers, wide=self._wide), self.fields
        fields.touched.connect(self._touch)
        fields.map_asked.connect(self.map_asked)
        self._column.replaceWidget(before, fields)
        before.hide()
        before.deleteLater()
        self.fields = fields
        for child in fields.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)
        self._ask_choices()

    def _ask_choices(self) -> None:
        board, words = self._screen.board, self._screen.words
        if self.task is not None and self.fields.has_choices:
            self._screen.reader.ask(
                lambda: read_choices(board, words),
                lambda known: self.fields.offer(known),  # noqa: PLW0108 - of whatever form is open then
                slot="known names",
                urgent=True,
            )

    def _take_up(self, filling: Filling, found: Draft | None) -> None:
        """Show the draft; a form closed meanwhile has what was typed in it stored."""
        filling.take_up(found)
        if filling is not self._filling:
            if filling.typed:
                self._keep(filling)
            return
        asked, filling.phase = filling.phase, Phase.EDITING
        if found is not None:
            rest = {k: v for k, v in found.values.items() if k not in filling.typed}
            self.fields.show_values(rest)
            self._say_kept()
        if filling.typed:
            self._pause.start()
        if asked is Phase.SUBMIT_ONCE_READ:
            self.submit()

    def _storing(
        self, task: CommandRequest, source: str, draft: Draft
    ) -> Callable[[], CommandRecord]:
        return lambda: task.submit_to(self._screen.board, source, draft)

    def _draft(self, filling: Filling) -> Draft:
        return Draft(filling.draft.key, self.fields.values())

    def _keep(self, filling: Filling) -> None:
        self.drafts.keep(
            filling.task.draft_key,
            filling.draft,
            self._say_kept,
            lambda error: self._say_not_kept(filling, error),
        )

    def _follow_clock(self, *but: str) -> None:
        """Let offered moments be of now, when one begins to write, not of when the form opened."""
        filling = self._filling
        if filling is not None and not filling.typed:
            self.fields.follow_clock({*filling.draft.values, *but})

    def _touch(self, name: str, value: object) -> None:
        if self._filling is not None:
            self._follow_clock(name)
            self._filling.typed[name] = value
            self._pause.start()

    def _end(self, filling: Filling, record: CommandRecord) -> None:
        self.drafts.forget(filling.task.draft_key)
        if filling is self._filling:
            self._put_away()
        self.submitted.emit(record)

    def _edit_again(self, filling: Filling) -> None:
        filling.phase = Phase.EDITING
        if filling is self._filling:
            self.submit_button.setEnabled(True)

    def _put_away(self) -> None:
        held = holds_keyboard(self)
        self._filling = None
        self.hide()
        self.left.emit(held)

    def _focus(self) -> None:
        first = next(iter(self.entries.values()), None)
        (first or self.submit_button).setFocus()

    def _say_kept(self) -> None:
        said = translate("CommandForm", "Esc keeps what was entered")
        self.hint.set_text("" if self._stays else said, "second")

    def _say_not_kept(self, filling: Filling, error: Exception) -> None:
        if filling is self._filling:
            now = translate("CommandForm", "The draft cannot be saved: submit it now")
            self.hint.set_text(why_not_kept(self._screen, error, now), "orange_text")
