"""The detail pane: one incident in full, its deadlines, its timeline and its commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QScrollBar, QVBoxLayout, QWidget

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.detail.command_foot import CommandFoot
from desktop.gui.panes.detail.old_values import OldValues
from desktop.gui.panes.detail.picked import Picked
from desktop.gui.panes.detail.reading import Neighbours, Reading, concerns, read_incident
from desktop.gui.panes.pane import Pane
from desktop.gui.slices import Slices
from desktop.gui.widgets.accessible import ReadingArea, announce
from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.more_below import MoreBelow

if TYPE_CHECKING:
    from desktop.gui.directory.sheet import DirectorySheet
    from desktop.gui.forms.command_form import CommandForm
    from desktop.gui.list_export import ListSnapshot
    from desktop.gui.panes.detail.attach_panel import AttachPanel
    from desktop.gui.panes.detail.body import CaseBody

translate = QCoreApplication.translate

LEAST_PX = 320
LEAST_ENGLISH_PX = 368
"""Least width in which a deadline fits on one line."""


class SteadyBar(QScrollBar):
    """A scroll bar that keeps its room while there is nothing to scroll: no text wraps anew."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


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
        self._neighbours = Neighbours(screen)
        self._old = OldValues()
        self._townships: dict[str, Text] = {}
        self._slices = Slices(self)
        self.area = ReadingArea()
        FocusFrame(self.area, screen.theme)
        self.setFocusProxy(self.area)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setVerticalScrollBar(SteadyBar())
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
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
        layout.addWidget(MoreBelow(screen, self.area.verticalScrollBar()))
        layout.addWidget(self.foot)
        self.set_content(content)
        self.retranslate()
        submitter.failed.connect(lambda target, _error: self._allow_again(target))
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)
        screen.keymap.changed.connect(self.retranslate)

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
        before = self._picked
        self._picked = replace(before, key=key, row=row)
        if key == before.key:
            return
        if before.detail is not None:
            self._neighbours.keep(before.detail.key, Reading(before.detail, before.steps))
        self._picked = replace(self._picked, wanted=None)
        self._unfolded.clear()
        self._old.forget()
        self.refusal.hide()
        self.foot.leave_forms()
        ready = self._neighbours.find(key)
        if ready is not None and ready.detail is not None:
            # The draft it was read with may be older than what was typed since.
            self._show(ready.detail, ready.steps, None)
        elif row is not None:
            self._show_row(row)
        if self.body is not None:
            # It is on screen before the map and the other panes follow.
            self.body.repaint()
        self.reload()

    def tables(self) -> list[ListSnapshot[Any]]:
        """The incident's timeline, newest first."""
        if self.detail is None:
            return []
        from desktop.gui.panes.detail.timeline import timeline_columns, timeline_lines

        lines = timeline_lines(self.screen_context, self.detail)
        title = translate("DetailPane", "Timeline of {number}")
        named = title.format(number=self.head.title.text())
        return [self.as_snapshot(timeline_columns(), lines, len(lines), named)]

    def prepare_items(self, keys: Sequence[Key]) -> None:
        self._neighbours.prepare(key for key in keys if key.collection is Collection.INCIDENTS)

    def complete(self, _window: QWidget) -> None:
        """Add what the first paint left out, and do what was requested meanwhile."""
        self.foot.complete()
        self.form, self.files = self.foot.form, self.foot.files
        self.files.serve(self, self._file_target)
        self._slices.begin(self._make_body())
        self._read_townships()
        self._do_wanted()

    def keep(self) -> None:
        self._slices.close()
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

    @cached_property
    def plan_sheet(self) -> DirectorySheet:
        """The sheet of the plans that fit, made when one is first wanted."""
        from desktop.gui.directory.sheet import DirectorySheet

        return DirectorySheet(self.screen_context, self.window())

    def show_plan(self) -> None:
        """Show the plan that fits the incident."""
        if self.detail is not None:
            self.plan_sheet.open_for(self.detail.incident)

    def acknowledge(self) -> None:
        """Acknowledge the incident, unless that has been done or is not accepted."""
        known = self._picked.known
        wanted = CommandKind.ACKNOWLEDGE if known is None else None
        self._picked = replace(self._picked, wanted=wanted)
        if known is None:
            return
        if known.acknowledged or known.key in self._submitted:
            announce(self, translate("DetailPane", "Acknowledged already"))
            return
        if self.screen_context.board.commands.accepts(known.key, CommandKind.ACKNOWLEDGE):
            self._submitted.add(known.key)
            self.acknowledge_button.setEnabled(False)
            self._submitter.acknowledge(known.key, known.version)

    def begin_note(self) -> None:
        """Open the editor, if the incident's source takes notes."""
        known = self._picked.known
        if known is not None and self.screen_context.board.commands.accepts(
            known.key, CommandKind.NOTE
        ):
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
                lambda: read_incident(board, key), self._take_in, slot="detail", urgent=True
            )

    def _hear(self, changed: Changes) -> None:
        if Collection.TOWNSHIPS in changed:
            self._read_townships()
        self._neighbours.drop(changed)
        concerned = self.key is not None and concerns(changed, self.key, self.detail)
        if concerned:
            self.reload()
        if self.body is not None and (concerned or changed.files):
            self.body.files.refresh()

    def _read_townships(self) -> None:
        reader = self.screen_context.reader
        reader.ask(self.screen_context.board.townships, self._name_townships, slot="detail names")

    def _name_townships(self, townships: tuple[Township, ...]) -> None:
        names = {each.id: each.name for each in townships}
        if names != self._townships:
            self._townships = names
            self._fill()

    def _tick(self, now: Instant) -> None:
        if self._old.expire(now):
            self._fill()
        elif self.body is not None:
            self.body.tick(now)
        self._say_age(now)

    def _say_age(self, now: Instant) -> None:
        shown = self._picked.shown
        if shown is not None:
            statuses = self.screen_context.board.statuses()
            self.set_age([s for s in statuses if s.id == shown.key.source], now)

    def _take_in(self, reading: Reading) -> None:
        detail = reading.detail
        if detail is None:
            self._show_none()
        else:
            self._show(detail, reading.steps, detail.draft)
            self._picked = replace(self._picked, sure=True)
            self._do_wanted()

    def _show(
        self, detail: IncidentDetail, steps: tuple[CommandKind, ...], draft: str | None
    ) -> None:
        """Show an incident; None for a draft that is still to be read."""
        if any(r.command.kind is CommandKind.ACKNOWLEDGE for r in detail.commands):
            self._submitted.discard(detail.key)
        self.note.turn_to(detail.key, draft)
        # The draft is the editor's to keep; typing must not fill the rest anew.
        detail = msgspec.structs.replace(detail, draft="")
        before = self._picked
        if before.detail == detail and before.steps == steps:
            return
        if before.detail is not None and before.sure:
            now = self.screen_context.board.now()
            self._old.compare(before.detail.incident, detail.incident, now)
        self._picked = replace(before, shown=detail, steps=steps, sure=False, gone=False)
        self._fill()
        if before.detail is None:
            self.area.verticalScrollBar().setValue(0)
        self.foot.offer(self._picked, awaits_answer=detail.key in self._submitted)
        self.show_content()

    def _show_row(self, row: IncidentRow) -> None:
        """Show what the list says of the incident while the rest of it loads."""
        self._picked = replace(self._picked, shown=None, steps=(), gone=False)
        self._fill()
        self.area.verticalScrollBar().setValue(0)
        self.note.turn_to(row.key, None)
        self.show_content()

    def _show_none(self) -> None:
        if self.detail is not None:
            # It has left the cache while being read: it stays, and says so.
            self._picked = replace(self._picked, gone=True)
            self._say_gone()
            return
        self._picked = replace(self._picked, shown=None)
        self.note.turn_to(None)
        self.retranslate()

    def _do_wanted(self) -> None:
        wanted = self._picked.wanted
        self._picked = replace(self._picked, wanted=None)
        if wanted is not None and self.detail is not None:
            self.begin(wanted)

    def _fill(self) -> None:
        """Fill the body with the incident shown, or with what its row says of it."""
        shown, row = self._picked.shown, self._picked.loading_row
        if shown is not None:
            incident = shown.incident
            self._name(incident.number or incident.id, incident.title)
            self._whole_body().tell(shown, self._picked.steps, self._townships, self._old)
        elif row is not None:
            self._name(row.number or row.key.id, row.title)
            self._whole_body().tell_row(row, self._townships)
        self._say_age(self.screen_context.board.now())

    def _name(self, name: str, title: Text) -> None:
        self.set_title(formatting.in_one_line(name, 40))
        said = formatting.in_one_line(self.screen_context.words.text(title))
        self.area.setAccessibleName(f"{self.accessibleName()} · {said}")
        self._say_gone()

    def _say_gone(self) -> None:
        gone = translate("DetailPane", "no longer in the county's list")
        self.set_summary(gone if self._picked.gone else "")

    def _whole_body(self) -> CaseBody:
        """Return the body; made at the first use, and for good."""
        if self.body is None:
            # Nothing is picked before the first paint: until then this need not be imported.
            from desktop.gui.panes.detail.body import CaseBody

            self.body = CaseBody(self.screen_context, self._unfolded)
            self.body.asset_picked.connect(self.picked)
            self.body.failed.connect(self.failed)
            self.area.setWidget(self.body)
        return self.body

    def _make_body(self) -> Iterator[None]:
        """Make the body and its rows while nobody waits for them."""
        yield from self._whole_body().prepare()

    def _show_on_map(self) -> None:
        if self._picked.shown is not None:
            self.located.emit(self._picked.shown.key)

    def retranslate(self) -> None:
        chinese = self.screen_context.words.chinese
        self.setMinimumWidth(LEAST_PX if chinese else LEAST_ENGLISH_PX)
        self.bar.say(translate("DetailPane", "More"), translate("DetailPane", "On the map"))
        if self._picked.shown is not None or self._picked.loading_row is not None:
            self._fill()
            return
        self.set_title(translate("DetailPane", "Detail"))
        down, up = map(self.screen_context.keymap.cap_of, "JK")
        if down and up:
            way = translate(
                "DetailPane", "{down} and {up} step through the list, or click a mark on the map."
            )
        else:
            way = translate("DetailPane", "Click a row of the list, or a mark on the map.")
        said = way.format(down=down, up=up)
        self.show_empty(translate("DetailPane", "Pick an incident"), said)
