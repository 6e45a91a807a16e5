"""The foot of the detail pane: the buttons of commands, or the open form in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.panes.detail.note_editor import NoteEditor
from desktop.gui.panes.detail.picked import Picked
from desktop.gui.panes.detail.steps_bar import StepsBar
from desktop.gui.widgets.accessible import announce
from desktop.gui.widgets.focus import holds_keyboard, return_keyboard
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.forms.command_form import CommandForm
    from desktop.gui.panes.detail.attach_panel import AttachPanel

translate = QCoreApplication.translate


class CommandFoot(Retranslated, QWidget):
    """One form at a time: the note, the form of a step or the panel of files."""

    form: CommandForm
    files: AttachPanel

    left = Signal()
    """A form that had the keyboard was closed, and where it had it from is no longer there."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.whole = False
        """Whether the form and the panel of files exist; the first paint does without."""
        self.note = NoteEditor(screen, submitter)
        self.note.hide()
        self.note.text.setAcceptDrops(False)
        self.note.left.connect(self._return_keyboard)
        self._before: QWidget | None = None
        """What had the keyboard before a form took it."""
        self.refusal = PlainLabel(screen, "second", "orange_text", elide=False)
        self.refusal.setWordWrap(True)
        self.refusal.setContentsMargins(0, 0, 0, 8)
        self.refusal.hide()
        self._refused: tuple[CommandKind, str] | None = None
        """The step that was last refused, and the stage of the case then."""
        self.bar = StepsBar(screen)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 0, 16, 12)
        self._column.setSpacing(0)
        for widget in (self.note, self.refusal, self.bar):
            self._column.addWidget(widget)

    def complete(self) -> None:
        """Add what the first paint left out."""
        from desktop.gui.forms.command_form import CommandForm
        from desktop.gui.panes.detail.attach_panel import AttachPanel

        self.form = CommandForm(self._screen, self._submitter)
        self.files = AttachPanel(self._screen, self._submitter)
        self.files.opened.connect(self._make_room)
        self.form.left.connect(self._end_form)
        self.files.left.connect(self._end_form)
        for place, form in enumerate((self.form, self.files), 1):
            self._column.insertWidget(place, form)
        self.whole = True

    def offer(self, picked: Picked, *, awaits_answer: bool) -> None:
        """Show only the commands that the source takes and the stage allows."""
        detail = picked.detail
        if detail is None:
            return
        seen = {CommandKind.ACKNOWLEDGE} if detail.acknowledged else set()
        steps = [kind for kind in picked.steps if kind not in seen]
        self.bar.offer(steps, on_map=detail.incident.place is not None)
        self.bar.buttons[CommandKind.ACKNOWLEDGE].setEnabled(not awaits_answer)
        self.refusal.hide()

    def open_step(self, detail: IncidentDetail, kind: CommandKind, *, allowed: bool) -> None:
        """Open the form of a step, or show why it cannot be taken now."""
        self.refusal.setVisible(not allowed)
        if not allowed:
            self._refused = kind, detail.incident.stage
            self.retranslate()
            announce(self, self.refusal.text())
        elif kind is CommandKind.ATTACH:
            self._remember_keyboard()
            self.files.ask_file(detail.key)
        else:
            self._remember_keyboard()
            from desktop.gui.forms.command_request import CommandRequest

            incident = detail.incident
            called = formatting.in_one_line(incident.number or detail.key.id, 40)
            self.note.leave()
            self.files.leave()
            self.bar.hide()
            self.form.open(CommandRequest(kind, detail.key, called, incident.version, incident))

    def retranslate(self) -> None:
        if self._refused is not None:
            kind, stage = self._refused
            words = self._screen.words
            said = translate("DetailPane", '{step} is not possible now: the case is "{stage}"')
            step, at = words.term("command", kind), words.term("stage", stage)
            self.refusal.set_text(said.format(step=step, stage=at))

    def open_note(self) -> None:
        """Open the editor of the note."""
        self._remember_keyboard()
        self.leave_forms()
        self.note.open()

    def leave_form(self) -> bool:
        """Close the form or the panel of files; False if neither is open."""
        opened = next((form for form in self._forms() if form.isVisible()), None)
        if opened is not None:
            opened.leave()
        return opened is not None

    def leave_forms(self) -> None:
        """Close the forms of an incident that is left."""
        for form in self._forms():
            form.leave()

    def _forms(self) -> tuple[CommandForm | AttachPanel, ...]:
        return (self.form, self.files) if self.whole else ()

    def keep(self) -> None:
        """Store unsubmitted text now."""
        self.note.keep()
        if self.whole:
            self.form.keep()

    def _make_room(self) -> None:
        """Show the panel of files in place of the buttons."""
        self.form.leave()
        self.bar.hide()

    def _end_form(self, held: bool) -> None:
        self.bar.setVisible(self.form.isHidden() and self.files.isHidden())
        if held:
            self._return_keyboard()

    def _remember_keyboard(self) -> None:
        if not any(map(holds_keyboard, (self.note, *self._forms()))):
            self._before = QApplication.focusWidget()

    def _return_keyboard(self) -> None:
        """Give the keyboard back to where it was: the list goes on where it was left."""
        if not return_keyboard(self._before):
            self.left.emit()
