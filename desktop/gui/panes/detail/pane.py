"""The detail pane: one incident in full, its clocks, its timeline and what may be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.detail import SPEC
from desktop.gui.panes.detail.note_editor import NoteEditor
from desktop.gui.panes.detail.steps_bar import StepsBar
from desktop.gui.panes.pane import Pane
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.forms.command_form import CommandForm
    from desktop.gui.panes.detail.attach_panel import AttachPanel
    from desktop.gui.panes.detail.body import CaseBody

translate = QCoreApplication.translate

LEAST_PX = 320
LEAST_ENGLISH_PX = 368
"""Room in which a deadline stands on one line."""


class Known(NamedTuple):
    """What a command needs to know of its incident."""

    key: Key
    version: int
    acknowledged: bool


class DetailPane(Pane):
    """Shows the picked incident; stays on it through every refresh until another is picked."""

    form: CommandForm
    files: AttachPanel

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self._submitter = submitter
        self.key: Key | None = None
        self._line: IncidentRow | None = None
        """The line of the list it was picked by, for commands given while the detail loads."""
        self._wanted: CommandKind | None = None
        """What was asked for what is picked before enough was known of it."""
        self._submitted: set[Key] = set()
        """Acknowledged here, while what the board has read does not say so yet."""
        self._detail: IncidentDetail | None = None
        self._steps: tuple[CommandKind, ...] = ()
        self._body: CaseBody | None = None
        self._unfolded: set[str] = set()
        """Long texts of this incident the officer has opened."""
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note = NoteEditor(screen, submitter)
        self.note.hide()
        self.note.left.connect(self._area.setFocus)
        self.whole = False
        """Whether the form and the panel of files are there; the first paint does without."""
        self.setAcceptDrops(True)
        self.note.text.setAcceptDrops(False)
        self.bar = StepsBar(screen)
        self.bar.chosen.connect(self.begin)
        self.bar.map_button.clicked.connect(self._show_on_map)
        self.refusal = PlainLabel(screen, "second", "orange_text", elide=False)
        self.refusal.setWordWrap(True)
        self.refusal.setContentsMargins(0, 0, 0, 8)
        self.refusal.hide()
        self._arrange()
        self.retranslate()
        submitter.failed.connect(lambda target, _error: self.allow_again(target))
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)

    @property
    def detail(self) -> IncidentDetail | None:
        """What is shown, once it is loaded."""
        return self._detail if self._is_loaded() else None

    def show_key(self, key: Key, line: IncidentRow | None = None) -> None:
        """Show this incident; `line` is what the list knows of it already."""
        self._line = line
        if key != self.key:
            self.key = key
            self._wanted = None
            self._unfolded.clear()
            self.refusal.hide()
            self._leave_forms()
            self.reload()

    def open_item(self, key: Key, row: IncidentRow | None = None) -> None:
        if key.collection is Collection.INCIDENTS:
            self.show_key(key, row)

    def complete(self, _window: QWidget) -> None:
        """Add what the first paint did without, and do what was asked for meanwhile."""
        from desktop.gui.forms.command_form import CommandForm
        from desktop.gui.panes.detail.attach_panel import AttachPanel

        self.form = CommandForm(self.screen_context, self._submitter)
        self.form.left.connect(self._end_form)
        self.files = AttachPanel(self.screen_context, self._submitter)
        self.files.opened.connect(self._make_room)
        self.files.left.connect(self._end_form)
        for place, widget in enumerate((self.form, self.files), 1):
            self._foot.insertWidget(place, widget)
        self.whole = True
        self._do_wanted()

    def keep(self) -> None:
        """Have what is written but not given written down now."""
        self.note.keep()
        if self.whole:
            self.form.keep()

    def leave_form(self) -> bool:
        """Close the form or the panel of files; False where neither is open."""
        opened = next((w for w in self._forms() if w.isVisible()), None)
        if opened is not None:
            opened.leave()
        return opened is not None

    def _forms(self) -> tuple[CommandForm | AttachPanel, ...]:
        return (self.form, self.files) if self.whole else ()

    def _leave_forms(self) -> None:
        for form in self._forms():
            form.leave()

    def paste(self) -> None:
        """Offer the picture or files of the clipboard, if the incident takes files."""
        if self._takes_files() and self.key is not None:
            self.files.paste(self.key)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from desktop.gui.panes.detail.attach_panel import dropped_files

        if self._takes_files() and dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        from desktop.gui.panes.detail.attach_panel import dropped_files

        files = dropped_files(event.mimeData())
        if self._takes_files() and self.key is not None and files:
            event.acceptProposedAction()
            self.files.offer(self.key, files)

    def _takes_files(self) -> bool:
        return self.whole and self._is_loaded() and CommandKind.ATTACH in self._steps

    def begin(self, kind: CommandKind) -> None:
        """Do or begin this to the incident, once it is known whether it may be done."""
        match kind:
            case CommandKind.ACKNOWLEDGE:
                self.acknowledge()
            case CommandKind.NOTE:
                self.begin_note()
            case _:
                self._when_loaded(kind, lambda: self._begin_step(kind))

    def begin_incident(self) -> None:
        """Ask for a new incident, offline as well; say so when no source takes one."""
        takers = self.screen_context.board.takers(CommandKind.CREATE, Collection.INCIDENTS)
        if not takers:
            self.failed.emit(Problem("no_taker"))
            return
        from desktop.gui.forms.command_request import CommandRequest

        near = self.detail.incident.place if self.detail is not None else None
        self.form_asked.emit(CommandRequest(CommandKind.CREATE, near=near), takers)

    def show_more(self) -> None:
        """Open the menu of the rarer commands."""
        if self._is_loaded():
            self.bar.show_more()

    def acknowledge(self) -> None:
        """Say that the officer has seen the incident, if it may still be said."""
        known = self._known()
        self._wanted = CommandKind.ACKNOWLEDGE if known is None else None
        if known is None or known.acknowledged or known.key in self._submitted:
            return
        if self.screen_context.board.accepts(known.key, CommandKind.ACKNOWLEDGE):
            self._submitted.add(known.key)
            self.acknowledge_button.setEnabled(False)
            self._submitter.acknowledge(known.key, known.version)

    def begin_note(self) -> None:
        """Open the editor, if the incident's source takes notes."""
        known = self._known()
        if known is None or not self.screen_context.board.accepts(known.key, CommandKind.NOTE):
            return
        if self._line is not None and not self._is_loaded():
            self._show_line(self._line)
            self.note.turn_to(known.key, None)
        self._leave_forms()
        self.note.open()

    def allow_again(self, target: Key) -> None:
        """Offer the buttons again after a command that could not be stored."""
        self._submitted.discard(target)
        if target == self.key:
            self.acknowledge_button.setEnabled(True)

    @property
    def acknowledge_button(self) -> QWidget:
        """The button that says that the officer has seen it."""
        return self.bar.buttons[CommandKind.ACKNOWLEDGE]

    def _when_loaded(self, kind: CommandKind, act: Callable[[], None]) -> None:
        ready = self.whole and self._is_loaded()
        self._wanted = None if ready else kind
        if ready:
            act()

    def _begin_step(self, kind: CommandKind) -> None:
        """Open the form of a step, or say why it cannot be taken now."""
        detail = self._detail
        assert detail is not None
        words = self.screen_context.words
        allowed = kind in self._steps
        self.refusal.setVisible(not allowed)
        if not allowed:
            self.refusal.set_text(
                translate("DetailPane", "{step} is not possible now: the case is “{stage}”").format(
                    step=words.term("command", kind),
                    stage=words.term("stage", detail.incident.stage),
                )
            )
        elif kind is CommandKind.ATTACH:
            self.files.ask_file(detail.key)
        else:
            self.note.leave()
            self.files.leave()
            called = formatting.in_one_line(detail.incident.number or detail.key.id, 40)
            base = detail.incident.version
            self.bar.hide()
            from desktop.gui.forms.command_request import CommandRequest

            self.form.open(CommandRequest(kind, detail.key, called, base, detail.incident))

    def _make_room(self) -> None:
        """The panel of files stands where the buttons were."""
        self.form.leave()
        self.bar.hide()

    def _end_form(self, held: bool) -> None:
        self.bar.setVisible(self.form.isHidden() and self.files.isHidden())
        if held:
            self._area.setFocus()

    def _is_loaded(self) -> bool:
        return self._detail is not None and self._detail.key == self.key

    def _known(self) -> Known | None:
        """Say what commands need to know of the picked incident, from the list while it loads."""
        if self._detail is not None and self._detail.key == self.key:
            incident = self._detail.incident
            return Known(self._detail.key, incident.version, self._detail.acknowledged)
        if self._line is not None and self._line.key == self.key:
            return Known(self._line.key, self._line.version, self._line.acknowledged)
        return None

    def _arrange(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        self._foot = QVBoxLayout()
        self._foot.setContentsMargins(16, 8, 16, 12)
        self._foot.setSpacing(0)
        for widget in (self.note, self.refusal, self.bar):
            self._foot.addWidget(widget)
        layout.addLayout(self._foot)
        self.set_content(content)

    def reload(self) -> None:
        key, board = self.key, self.screen_context.board
        if key is not None:
            self.screen_context.reader.ask(
                lambda: (board.incident(key), board.steps(key)),
                lambda found: self._show(*found),
                slot="detail",
            )

    def _hear(self, changed: frozenset[Collection]) -> None:
        if not changed or changed & SPEC.follows:
            self.reload()
            self._look_at_files()

    def _tick(self, now: Instant) -> None:
        if self._body is not None and self._body.clocks is not None:
            self._body.clocks.tick(now)
        if self._body is not None and self._body.files is not None and self._body.files.moving:
            self._look_at_files()
        self._say_age(now)

    def _look_at_files(self) -> None:
        if self._body is not None and self._body.files is not None:
            self._body.files.refresh()

    def _say_age(self, now: Instant) -> None:
        if self._detail is None:
            return
        statuses = self.screen_context.board.statuses()
        self.set_age([s for s in statuses if s.id == self._detail.key.source], now)

    def _show(self, detail: IncidentDetail | None, steps: tuple[CommandKind, ...]) -> None:
        if detail is None:
            if self._detail is not None and self._detail.key == self.key:
                # It has left the cache while being read: it stays, and says so.
                self.set_summary(translate("DetailPane", "no longer in the county's list"))
                return
            self._detail = self._body = None
            self.note.turn_to(None)
            self.retranslate()
            return
        if any(r.command.kind is CommandKind.ACKNOWLEDGE for r in detail.commands):
            self._submitted.discard(detail.key)
        same = self._detail is not None and self._detail.key == detail.key
        # The draft is the editor's to keep; typing must not build the rest anew.
        draft, detail = detail.draft, msgspec.structs.replace(detail, draft="")
        if same and self._detail == detail and self._steps == steps:
            return
        self._detail, self._steps = detail, steps
        place = self._area.verticalScrollBar().value() if same else 0
        self._rebuild(detail)
        self._area.verticalScrollBar().setValue(place)
        self.note.turn_to(detail.key, draft)
        self._offer(detail)
        self.show_content()
        self._do_wanted()

    def _do_wanted(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self._is_loaded():
            self.begin(wanted)

    def _rebuild(self, detail: IncidentDetail) -> None:
        incident = detail.incident
        self.set_title(formatting.in_one_line(incident.number or incident.id, 40))
        self.set_summary("")
        self._body = _new_body(self.screen_context, self._unfolded)
        self._body.asset_picked.connect(self.picked)
        self._body.failed.connect(self.failed)
        self._body.tell(detail)
        # The area deletes the body it held before.
        self._area.setWidget(self._body)
        self._say_age(self.screen_context.board.now())

    def _show_line(self, line: IncidentRow) -> None:
        """Say what is being written about while the rest of it loads."""
        self._detail = None
        self.set_title(formatting.in_one_line(line.number or line.key.id, 40))
        self.set_summary("")
        self._body = _new_body(self.screen_context, self._unfolded)
        self._body.tell_title(line.title)
        self._area.setWidget(self._body)
        self.show_content()

    def _offer(self, detail: IncidentDetail) -> None:
        """Show only what the source takes and what still makes sense."""
        seen = {CommandKind.ACKNOWLEDGE} if detail.acknowledged else set()
        steps = [kind for kind in self._steps if kind not in seen]
        self.bar.offer(steps, on_map=detail.incident.place is not None)
        self.acknowledge_button.setEnabled(detail.key not in self._submitted)
        self.refusal.hide()

    def _show_on_map(self) -> None:
        if self._detail is not None:
            self.located.emit(self._detail.key)

    def retranslate(self) -> None:
        chinese = self.screen_context.words.chinese
        self.setMinimumWidth(LEAST_PX if chinese else LEAST_ENGLISH_PX)
        self.bar.say(translate("DetailPane", "More"), translate("DetailPane", "On the map"))
        if self._detail is not None:
            self._rebuild(self._detail)
            return
        self.set_title(translate("DetailPane", "Detail"))
        self.show_empty(
            translate("DetailPane", "Pick an incident"),
            translate("DetailPane", "J and K step through the list, or click a mark on the map."),
        )


def _new_body(screen: UiContext, unfolded: set[str]) -> CaseBody:
    # Nothing is picked before the first paint: until then this need not be imported.
    from desktop.gui.panes.detail.body import CaseBody

    return CaseBody(screen, unfolded)
