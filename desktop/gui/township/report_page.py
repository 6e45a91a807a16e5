"""报一件事: a new case, typed or picked, with photos; nothing of it is lost by anything."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, CommandRecord
from desktop.domain.geo import Place
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.command_form import CommandForm
from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.forms.drafts import Draft
from desktop.gui.township.last_report import LastReport
from desktop.gui.township.page import Page
from desktop.gui.township.photo_strip import PhotoStrip
from desktop.gui.township.report_kinds import ReportKinds
from desktop.gui.widgets.prepared_file import find_files

translate = QCoreApplication.translate


class ReportPage(Page):
    """The form of a new case of this township, always open."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self.form = CommandForm(screen, submitter, wide=True, stays=True)
        self.form.may_submit, self.form.storing = self._may_submit, self._storing
        self.strip = PhotoStrip(screen)
        self.strip.settled.connect(self._submit_later)
        self.form.add_part(self.strip)
        self._submits_later = False
        self.done = LastReport(screen)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addStretch(1)
        case = QWidget()
        box = QVBoxLayout(case)
        box.setContentsMargins(0, 0, 0, 12)
        box.addWidget(self.add_scrolling(inner), 1)
        box.addWidget(self.form.foot)
        self.kinds = ReportKinds(screen, submitter, case)
        self.column.addWidget(self.kinds)
        self.column.addWidget(self.done)
        self.column.addWidget(self.kinds.stack, 1)
        self.kinds.submitted.connect(self.done.show_record)
        self.kinds.feedback_asked.connect(self.feedback_asked)
        self.form.submitted.connect(self._go_on)
        self.form.map_asked.connect(self.spot_asked)
        self.setAcceptDrops(True)
        self.installEventFilter(self)
        self.retranslate()

    def fold(self, is_small: bool) -> None:
        super().fold(is_small)
        self.kinds.fold(is_small)

    def reload(self) -> None:
        self._open_form()
        if self.township is not None:
            self.kinds.serve(self.township)

    def hear(self, changed: Changes) -> None:
        self.done.hear(changed)
        if Collection.FORMS in changed and self.township is not None:
            self.kinds.serve(self.township)

    def open(self) -> None:
        self.done.show_record(None)
        self._open_form()

    def _open_form(self) -> None:
        township, board = self.township, self.screen_context.board
        if township is None:
            return
        takers = board.commands.sources_accepting(CommandKind.CREATE, Collection.INCIDENTS)
        if takers:
            prefill: dict[str, object] = {"township": township.id, "channel": "report"}
            self.form.open(CommandRequest(CommandKind.CREATE, prefill=prefill), takers)
            self.strip.source = takers[0].id
            self.strip.reload()
            # A text field would take a photo dropped or pasted there for its name.
            for child in self.form.findChildren(QWidget):
                child.installEventFilter(self)
        self._say()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take photos dropped or pasted anywhere on the page."""
        if isinstance(event, QDropEvent) and self.form.isVisible():
            # Of the events of dragging this is also the class of entering and moving.
            files = find_files(event.mimeData())
            if files:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self.strip.add_files(files)
            return bool(files)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_paste = event.matches(QKeySequence.StandardKey.Paste)
            return is_paste and self.form.isVisible() and self.strip.paste()
        return False

    def _may_submit(self) -> bool:
        """Let a report wait for the photos that are still being made smaller."""
        self._submits_later = self.strip.is_busy
        return not self._submits_later

    def _submit_later(self) -> None:
        if self._submits_later:
            self._submits_later = False
            self.form.submit()

    def _storing(
        self, task: CommandRequest, source: str, draft: Draft
    ) -> Callable[[], CommandRecord]:
        board = self.screen_context.board
        return self.strip.submitting(draft.key, lambda: task.submit_to(board, source, draft))

    def come_back(self, place: Place | None) -> None:
        """Take the place that was pointed at on the map."""
        self.form.show_place(place)

    def _go_on(self, record: CommandRecord) -> None:
        """Say where the report is, and open the next one."""
        self.done.show_record(record)
        self.strip.begin_anew()
        self._open_form()

    def keep(self) -> None:
        self.strip.stop()
        self.form.keep()
        self.kinds.keep()

    def retranslate(self) -> None:
        self.title.set_text(translate("Township", "Report"))
        self.done.say()
        self._say()

    def _say(self) -> None:
        board = self.screen_context.board
        takers = board.commands.sources_accepting(CommandKind.CREATE, Collection.INCIDENTS)
        if takers:
            said = translate(
                "Township",
                "Write what happened and press the button at the end. It works without a network: "
                "what you write is kept at once, and sent when the line is back.",
            )
        else:
            said = translate("Township", "No county of the profile takes reports from here.")
        self.sentence.set_text(said)
        self.line_changed.emit(translate("Township", "events and tables"), False)
