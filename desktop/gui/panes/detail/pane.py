"""The detail pane: one incident in full, its deadlines, its timeline and its commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.command_foot import CommandFoot
from desktop.gui.panes.detail.picked import Picked
from desktop.gui.panes.pane import Pane

if TYPE_CHECKING:
    from desktop.gui.forms.command_form import CommandForm
    from desktop.gui.panes.detail.attach_panel import AttachPanel
    from desktop.gui.panes.detail.body import CaseBody

translate = QCoreApplication.translate

LEAST_PX = 320
LEAST_ENGLISH_PX = 368
"""Least width in which a deadline fits on one line."""


class DetailPane(Pane):
    """The picked incident; it stays through every refresh until another is picked."""

    form: CommandForm
    files: AttachPanel

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__(screen)
        self._submitter = submitter
        self._picked = Picked()
        self._submitted: set[Key] = set()
        """Incidents acknowledged here, while the data read do not show it yet."""
        self.body: CaseBody | None = None
        """The part above the foot that shows the incident, once anything is shown."""
        self._unfolded: set[str] = set()
        """Long texts of this incident that the officer has expanded."""
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.foot = CommandFoot(screen, submitter)
        self.foot.left.connect(self.area.setFocus)
        self.note, self.bar, self.refusal = self.foot.note, self.foot.bar, self.foot.refusal
        self.bar.chosen.connect(self.begin)
        self.bar.map_button.clicked.connect(self._show_on_map)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.foot)
        self.set_content(content)
        self.retranslate()
        submitter.failed.connect(lambda target, _error: self._allow_again(target))
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)

    @property
    def key(self) -> Key | None:
        """The picked incident."""
        return self._picked.key

    @property
    def detail(self) -> IncidentDetail | None:
        """The incident shown, once it is loaded."""
        return self._picked.detail

    @property
    def acknowledge_button(self) -> QWidget:
        """The button that acknowledges the incident."""
        return self.bar.buttons[CommandKind.ACKNOWLEDGE]

    def open_item(self, key: Key, row: IncidentRow | None = None) -> None:
        if key.collection is not Collection.INCIDENTS:
            return
        anew = key != self.key
        self._picked = replace(self._picked, key=key, row=row)
        if anew:
            self._picked = replace(self._picked, wanted=None)
            self._unfolded.clear()
            self.refusal.hide()
            self.foot.leave_forms()
            self.reload()

    def complete(self, _window: QWidget) -> None:
        """Add what the first paint left out, and do what was requested meanwhile."""
        self.foot.complete()
        self.form, self.files = self.foot.form, self.foot.files
        self.files.serve(self, self._file_target)
        self._do_wanted()

    def keep(self) -> None:
        self.foot.keep()

    def leave_form(self) -> bool:
        return self.foot.leave_form()

    def paste(self) -> None:
        """Offer the picture or files of the clipboard, if the incident takes files."""
        target = self._file_target()
        if target is not None:
            self.files.paste(target)

    def _file_target(self) -> Key | None:
        """Return the incident, if files may be attached to it now."""
        ready = self.foot.whole and self.detail is not None
        return self.key if ready and CommandKind.ATTACH in self._picked.steps else None

    def begin(self, kind: CommandKind) -> None:
        """Start this command on the incident, once it is loaded; show why if it is not allowed."""
        match kind:
            case CommandKind.ACKNOWLEDGE:
                self.acknowledge()
            case CommandKind.NOTE:
                self.begin_note()
            case _:
                detail = self.detail if self.foot.whole else None
                self._picked = replace(self._picked, wanted=kind if detail is None else None)
                if detail is not None:
                    self.foot.open_step(detail, kind, allowed=kind in self._picked.steps)

    def begin_incident(self) -> None:
        """Open the form of a new incident, offline as well; show a problem when no source takes
        one."""
        takers = self.screen_context.board.commands.sources_accepting(
            CommandKind.CREATE, Collection.INCIDENTS
        )
        if not takers:
            self.failed.emit(Problem("no_taker"))
            return
        from desktop.gui.forms.command_request import CommandRequest

        near = self.detail.incident.place if self.detail is not None else None
        self.form_asked.emit(CommandRequest(CommandKind.CREATE, near=near), takers)

    def show_more(self) -> None:
        """Open the menu of the rarer commands."""
        if self.detail is not None:
            self.bar.show_more()

    def acknowledge(self) -> None:
        """Acknowledge the incident, unless that has been done or is not accepted."""
        known = self._picked.known
        wanted = CommandKind.ACKNOWLEDGE if known is None else None
        self._picked = replace(self._picked, wanted=wanted)
        if known is None or known.acknowledged or known.key in self._submitted:
            return
        if self.screen_context.board.commands.accepts(known.key, CommandKind.ACKNOWLEDGE):
            self._submitted.add(known.key)
            self.acknowledge_button.setEnabled(False)
            self._submitter.acknowledge(known.key, known.version)

    def begin_note(self) -> None:
        """Open the editor, if the incident's source takes notes."""
        known, row = self._picked.known, self._picked.row
        if known is None or not self.screen_context.board.commands.accepts(
            known.key, CommandKind.NOTE
        ):
            return
        if row is not None and self.detail is None:
            # The title is shown above an open form while the rest loads.
            self._picked = replace(self._picked, shown=None)
            self._build_body(row.number or row.key.id, lambda body: body.tell_title(row.title))
            self.show_content()
            self.note.turn_to(known.key, None)
        self.foot.open_note()

    def _allow_again(self, target: Key) -> None:
        """Enable the buttons again after a command that could not be stored."""
        self._submitted.discard(target)
        if target == self.key:
            self.acknowledge_button.setEnabled(True)

    def reload(self) -> None:
        key, board = self.key, self.screen_context.board
        if key is not None:
            self.screen_context.reader.ask(
                lambda: (board.incident(key), board.commands.steps(key)),
                lambda found: self._show(*found),
                slot="detail",
                urgent=True,
            )

    def _hear(self, changed: Changes) -> None:
        concerned = self._is_concerned(changed)
        if concerned:
            self.reload()
        if self.body is not None and (concerned or changed.files):
            self.body.refresh_files()

    def _is_concerned(self, changed: Changes) -> bool:
        """Whether what is shown may now be another: the incident, its assets, its commands."""
        shown = self._picked.shown
        assets = () if shown is None else shown.assets
        return (
            changed.sources
            or changed.commands
            or (self.key is not None and changed.touches(self.key))
            or any(changed.touches(Key(a.source, Collection.ASSETS, a.id)) for a in assets)
        )

    def _tick(self, now: Instant) -> None:
        if self.body is not None:
            self.body.tick(now)
        self._say_age(now)

    def _say_age(self, now: Instant) -> None:
        shown = self._picked.shown
        if shown is not None:
            statuses = self.screen_context.board.statuses()
            self.set_age([s for s in statuses if s.id == shown.key.source], now)

    def _show(self, detail: IncidentDetail | None, steps: tuple[CommandKind, ...]) -> None:
        if detail is None:
            self._show_none()
            return
        if any(r.command.kind is CommandKind.ACKNOWLEDGE for r in detail.commands):
            self._submitted.discard(detail.key)
        # The draft is the editor's to keep; typing must not build the rest anew.
        draft, detail = detail.draft, msgspec.structs.replace(detail, draft="")
        before = self._picked
        if before.shown == detail and before.steps == steps:
            return
        self._picked = replace(before, shown=detail, steps=steps)
        same = before.shown is not None and before.shown.key == detail.key
        place = self.area.verticalScrollBar().value() if same else 0
        self._rebuild(detail)
        self.area.verticalScrollBar().setValue(place)
        self.note.turn_to(detail.key, draft)
        self.foot.offer(self._picked, awaits_answer=detail.key in self._submitted)
        self.show_content()
        self._do_wanted()

    def _show_none(self) -> None:
        if self.detail is not None:
            # It has left the cache while being read: it stays, and says so.
            self.set_summary(translate("DetailPane", "no longer in the county's list"))
            return
        self._picked = replace(self._picked, shown=None)
        self.body = None
        self.note.turn_to(None)
        self.retranslate()

    def _do_wanted(self) -> None:
        wanted = self._picked.wanted
        self._picked = replace(self._picked, wanted=None)
        if wanted is not None and self.detail is not None:
            self.begin(wanted)

    def _rebuild(self, detail: IncidentDetail) -> None:
        incident = detail.incident
        self._build_body(incident.number or incident.id, lambda body: body.tell(detail))
        self._say_age(self.screen_context.board.now())

    def _build_body(self, name: str, fill: Callable[[CaseBody], None]) -> None:
        # Nothing is picked before the first paint: until then this need not be imported.
        from desktop.gui.panes.detail.body import CaseBody

        self.set_title(formatting.in_one_line(name, 40))
        self.set_summary("")
        self.body = CaseBody(self.screen_context, self._unfolded)
        self.body.asset_picked.connect(self.picked)
        self.body.failed.connect(self.failed)
        fill(self.body)
        # The area deletes the body it held before.
        self.area.setWidget(self.body)

    def _show_on_map(self) -> None:
        if self._picked.shown is not None:
            self.located.emit(self._picked.shown.key)

    def retranslate(self) -> None:
        chinese = self.screen_context.words.chinese
        self.setMinimumWidth(LEAST_PX if chinese else LEAST_ENGLISH_PX)
        self.bar.say(translate("DetailPane", "More"), translate("DetailPane", "On the map"))
        if self._picked.shown is not None:
            self._rebuild(self._picked.shown)
            return
        self.set_title(translate("DetailPane", "Detail"))
        self.show_empty(
            translate("DetailPane", "Pick an incident"),
            translate("DetailPane", "J and K step through the list, or click a mark on the map."),
        )
