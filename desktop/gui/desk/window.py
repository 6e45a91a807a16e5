"""The desk's window: strips above, the map in the middle, panes docked around it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.views import Overview
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key
from desktop.domain.instant import Instant
from desktop.domain.source import Problem
from desktop.domain.text import Text
from desktop.gui.commands.submitter import CommandSubmitter, not_stored
from desktop.gui.context import UiContext
from desktop.gui.desk import actions
from desktop.gui.desk.late import LatePanes, import_without_qt, steps
from desktop.gui.desk.layout import Layout
from desktop.gui.desk.notices import NoticeBar
from desktop.gui.desk.palette import KeySheet, Palette
from desktop.gui.desk.status_strip import StatusStrip
from desktop.gui.language import Language
from desktop.gui.panes.alarms.pane import AlarmStrip
from desktop.gui.panes.detail.pane import DetailPane
from desktop.gui.panes.detail.steps_bar import RARER, STEP_KEYS
from desktop.gui.panes.incidents.export import ListExport
from desktop.gui.panes.incidents.pane import IncidentPane
from desktop.gui.panes.pane import Pane
from desktop.gui.slices import Slices
from desktop.gui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from desktop.gui.desk.sheets import Sheets

log = logging.getLogger(__name__)

translate = QCoreApplication.translate

STEPS = (*STEP_KEYS, *RARER)
OVERVIEW_EVERY_S = 10
FULL_SIZE = QSize(1920, 1080)
FRAME = QSize(16, 48)
"""What a window's frame takes of a monitor, at most."""


class WaitingPane(Pane):
    """Stands where a pane will be once the first paint is over."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.show_empty("")


class DeskWindow(QMainWindow):
    """What a duty officer works in for twelve hours."""

    map: Pane
    infrastructure: Pane
    queues: Pane
    warnings: Pane

    def __init__(
        self,
        screen: UiContext,
        language: Language,
        title: Text,
        layout_file: Path | None,
        *,
        demo: bool,
        notices: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__()
        self.screen_context, self._language = screen, language
        self.whole = False
        """Whether every pane is in place."""
        self._then: Callable[[], None] | None = None
        """What was last asked for before the window was whole."""
        self._away = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(lambda: self._docks.proportion(self.size()))
        self.orders = CommandSubmitter(screen, self)
        self.status = StatusStrip(screen, title, demo=demo)
        self.notices = NoticeBar(screen, notices)
        self.alarms = AlarmStrip(screen, self.orders)
        self.incidents = IncidentPane(screen)
        self.detail = DetailPane(screen, self.orders)
        self._middle = QStackedWidget()
        self._middle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.map, self.infrastructure = WaitingPane(screen), WaitingPane(screen)
        self.queues, self.warnings = WaitingPane(screen), WaitingPane(screen)
        self.list_export = ListExport(screen, self.incidents, self)
        self._docks: Layout = Layout(self, layout_file)
        self._arrange()
        self.actions_table = actions.table(self._runs())
        actions.bind(self.actions_table, self)
        self.palette_sheet = Palette(screen, self, self.actions_table, self.incidents.show_township)
        self.key_sheet = KeySheet(screen, self, self.actions_table)
        self._connect()
        self.setWindowTitle(self.status.county.text())
        # Where nothing is drawn as focused: J, A and M work from here all the same.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()
        self.incidents.begin()

    def complete(self) -> None:
        """Build the map and the lower panes, and ask for what the first paint left out."""
        screen = self.screen_context
        self.incidents.model.refresh()
        self._ask_overview()
        self.alarms.ask()
        # Importing takes longer than a frame may: what makes no Qt type comes beside this
        # thread, and the rest on it, in slices.
        screen.writer.ask(import_without_qt, self._begin_rest)

    def _begin_rest(self, _imported: None) -> None:
        self._rest.begin(steps(self.screen_context, self.orders, self, self._insert))

    def _insert(self, late: LatePanes) -> None:
        """Put the panes in place that came after the first paint."""
        map_pane, infrastructure = late.map_pane, late.infrastructure
        map_pane.picked.connect(self.show_key)
        map_pane.picked.connect(infrastructure.show_key)
        infrastructure.picked.connect(map_pane.show_key)
        self.detail.asset_picked.connect(infrastructure.show_key)
        self.detail.asset_picked.connect(map_pane.show_key)
        self.detail.shown_on_map.connect(map_pane.show_key)
        self.incidents.picked.connect(map_pane.show_key)
        self._add_sheets(late.sheets)
        map_pane.spot_picked.connect(self.form_sheet.come_back)
        self.form_sheet.map_asked.connect(map_pane.ask_spot)
        self.map, self.infrastructure, self.queues = map_pane, infrastructure, late.queues
        self._middle.addWidget(map_pane)
        self._middle.setCurrentWidget(map_pane)
        self._docks.replace("infrastructure", infrastructure)
        self._docks.replace("queues", self.queues)
        self._put_warnings(late)
        for pane in (map_pane, infrastructure, self.queues, self.warnings):
            pane.unread_asked.connect(partial(self._lay, "sources"))
        if self.detail.key is not None:
            map_pane.show_key(self.detail.key)
        self.whole = True
        if self._by_default:
            self._settle.start()
        if self._then is not None:
            self._then()

    def _put_warnings(self, late: LatePanes) -> None:
        self.warnings = late.warnings
        late.warnings.opened.connect(late.sheets.warning.open)
        late.warnings.picked.connect(late.map_pane.show_key)
        self._docks.replace("warnings", late.warnings)

    def _add_sheets(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.outbox_sheet, self.sources_sheet = sheets.outbox, sheets.sources
        self.form_sheet, self.conflict_sheet = sheets.form, sheets.conflict
        self.alarm_sheet, self.link_sheet = sheets.alarms, sheets.link
        self.alarms.shelve_asked.connect(sheets.shelve)
        sheets.form.form.given.connect(self._show_new_incident)
        sheets.outbox.target_asked.connect(self.show_key)
        sheets.outbox.export.failed.connect(self.notices.say)
        self.detail.complete()

    def _lay(self, name: str) -> None:
        """Lay a sheet over the window, or take it away."""
        if not self.whole:
            self._then = partial(self._lay, name)
            return
        sheet: Sheet = getattr(self._sheets, name)
        sheet.toggle()

    def put_away(self) -> None:
        """Keep the draft and the layout; the window is about to go."""
        if self._away:
            return
        self._away = True
        self._settle.stop()
        self._rest.close()
        self.detail.keep()
        if self.whole:
            self.form_sheet.form.keep()
        self._docks.keep()

    def show_key(self, key: Key) -> None:
        """Show an incident in the detail, and on its line when the list holds it."""
        if key.collection is Collection.INCIDENTS:
            self.detail.show_key(key)
            self.incidents.show_key(key)

    def _hear_sources(self) -> None:
        self.notices.hear(self.screen_context.board.statuses())

    def say_fault(self, kind: str) -> None:
        """Say once, calmly, that something of ours went wrong."""
        self.notices.say(Problem("screen_error", {"kind": kind}))

    def _arrange(self) -> None:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for strip in (self.status, self.notices, self.alarms):
            column.addWidget(strip)
        self.setMenuWidget(top)
        self._middle.addWidget(self.map)
        self.setCentralWidget(self._middle)
        self.setDockNestingEnabled(True)
        for name, pane in (
            ("incidents", self.incidents),
            ("detail", self.detail),
            ("infrastructure", self.infrastructure),
            ("queues", self.queues),
            ("warnings", self.warnings),
        ):
            self._docks.add(name, pane)
        room = QGuiApplication.primaryScreen().availableGeometry().size()
        self.resize(room.boundedTo(FULL_SIZE))
        self._docks.arrange()
        self._by_default = not self._docks.restore()

    def open(self) -> None:
        """Show it as it was left; the first time, filling a monitor it would not fit on framed."""
        room = self.screen().availableGeometry().size()
        if self._by_default and FULL_SIZE.boundedTo(room - FRAME) != FULL_SIZE:
            self.showMaximized()
        else:
            self.show()

    def _connect(self) -> None:
        self._rest = Slices(self)
        feed = self.screen_context.feed
        feed.changed.connect(lambda _changed: self._ask_overview())
        feed.changed.connect(lambda _changed: self._hear_sources())
        feed.ticked.connect(self._tick)
        self.incidents.picked.connect(self._show_picked)
        self.orders.failed.connect(self._say_not_stored)
        self.list_export.failed.connect(self.notices.say)
        self.incidents.unread_asked.connect(partial(self._lay, "sources"))
        self.detail.failed.connect(self.notices.say)
        self.alarms.all_asked.connect(partial(self._lay, "alarms"))
        self.alarms.unread_asked.connect(partial(self._lay, "sources"))
        self.status.sources_asked.connect(partial(self._lay, "sources"))
        self.status.warnings_asked.connect(lambda: self._go(self.warnings))
        self.status.outbox_asked.connect(partial(self._lay, "outbox"))
        self.status.link_asked.connect(partial(self._lay, "link"))
        self.status.language_asked.connect(self._language.toggle)
        self.status.theme_asked.connect(self._toggle_theme)

    def _runs(self) -> dict[str, Callable[[], None]]:
        """What each action of the table does here."""
        return {
            "search": self._search,
            "next": lambda: self.incidents.view.step(1),
            "previous": lambda: self.incidents.view.step(-1),
            **{kind.value: partial(self._begin, kind) for kind in STEPS},
            "acknowledge_alarm": self.alarms.acknowledge_top,
            "more": lambda: self.incidents.with_line(self.detail.show_more),
            "new_incident": self.begin_incident,
            "paste": self.detail.paste,
            "shelve_alarm": self.alarms.shelve_top,
            "go_alarms": partial(self._lay, "alarms"),
            "show_new": self.incidents.show_new,
            "on_map": self._go_map,
            "go_incidents": self.incidents.view.setFocus,
            "go_detail": lambda: self._go(self.detail),
            "go_infrastructure": lambda: self._go(self.infrastructure),
            "go_queues": lambda: self._go(self.queues),
            "go_warnings": lambda: self._go(self.warnings),
            "zoom_county": self._zoom_county,
            "copy": partial(self._in_pane, methodcaller("copy"), self.list_export.copy),
            "export": partial(self._in_pane, methodcaller("save"), self.list_export.ask_where),
            "palette": self._toggle_palette,
            "sources": partial(self._lay, "sources"),
            "outbox": partial(self._lay, "outbox"),
            "link": partial(self._lay, "link"),
            "language": self._language.toggle,
            "theme": self._toggle_theme,
            "full_screen": self._toggle_full_screen,
            "reset_layout": self._docks.arrange,
            "keys": self._toggle_keys,
            "back": self._back,
        }

    def _begin(self, kind: CommandKind) -> None:
        self.incidents.with_line(lambda: self.detail.begin(kind))

    def begin_incident(self) -> None:
        """Open the form of a new incident, offline as well; say so when no source takes one."""
        takers = self.screen_context.board.takers(CommandKind.CREATE, Collection.INCIDENTS)
        if not takers:
            self.notices.say(Problem("no_taker"))
            return
        if not self.whole:
            self._then = self.begin_incident
            return
        from desktop.gui.forms.command_request import CommandRequest

        shown = self.detail.detail
        near = shown.incident.place if shown is not None else None
        self.form_sheet.ask(CommandRequest(CommandKind.CREATE, near=near), takers)

    def _show_new_incident(self, record: CommandRecord) -> None:
        if record.command.kind is CommandKind.CREATE:
            self.show_key(record.command.target)

    def _show_picked(self, key: Key) -> None:
        self.detail.show_key(key, self.incidents.current_line())

    def _ask_overview(self) -> None:
        board = self.screen_context.board
        reader = self.screen_context.reader
        reader.ask(board.overview, self._show_overview, slot="overview")
        reader.ask(board.usage, self.status.show_usage, slot="strip usage")

    def _show_overview(self, overview: Overview) -> None:
        self.status.show_overview(overview)
        self.incidents.show_overview(overview)

    def _tick(self, now: Instant) -> None:
        # Deadlines pass without anything having changed: the figures must follow.
        if self.whole and (now // 1000) % OVERVIEW_EVERY_S == 0:
            self._ask_overview()

    def _say_not_stored(self, target: Key, error: Exception) -> None:
        log.error("a command could not be stored", exc_info=error)
        self.detail.allow_again(target)
        self.notices.say(not_stored(error))

    def _toggle_palette(self) -> None:
        self.palette_sheet.toggle()

    def _toggle_keys(self) -> None:
        self.key_sheet.toggle()

    def _search(self) -> None:
        self.incidents.search.setFocus()
        self.incidents.search.selectAll()

    def _go(self, pane: QWidget) -> None:
        """Give the keyboard to the first part of the pane that takes it."""
        pane.setFocus()
        if not pane.hasFocus():
            for child in pane.findChildren(QWidget):
                if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(pane):
                    child.setFocus()
                    return

    def _in_pane(self, act: Callable[[Pane], bool], otherwise: Callable[[], None]) -> None:
        """Do it in the pane that has the keyboard, or with the incidents where it cannot."""
        focused = QApplication.focusWidget()
        panes = (self.warnings, self.queues, self.infrastructure)
        pane = next((p for p in panes if focused and p.isAncestorOf(focused)), None)
        if pane is None or not act(pane):
            otherwise()

    def _go_map(self) -> None:
        if self.detail.key is not None:
            self.detail.shown_on_map.emit(self.detail.key)
        self._go(self.map)

    def _zoom_county(self) -> None:
        if self.whole:
            self.map.zoom_county()  # type: ignore[attr-defined]

    def _toggle_theme(self) -> None:
        theme = self.screen_context.theme
        theme.set_name("light" if theme.name == "dark" else "dark")

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _back(self) -> None:
        """Close what lies on top; else clear what narrows; else leave the picked line."""
        open_sheet = next((s for s in self.findChildren(Sheet) if s.isVisible()), None)
        if open_sheet is not None:
            open_sheet.put_away()
        elif self.whole and self.detail.form.isVisible():
            self.detail.form.leave()
        elif self.whole and self.detail.files.isVisible():
            self.detail.files.leave()
        elif self.notices.isVisible():
            self.notices.dismiss()
        elif self.incidents.filtered:
            self.incidents.clear_filters()
        elif QApplication.focusWidget() is not self.incidents.view:
            self.incidents.view.setFocus()
        else:
            self.incidents.leave_line()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        # Until the officer moves something, the proportions follow the window's size.
        if self._by_default:
            self._settle.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setWindowTitle(self.status.county.text())
            self._docks.rename(
                {
                    "incidents": translate("DeskWindow", "Incidents"),
                    "detail": translate("DeskWindow", "Detail"),
                    "infrastructure": translate("DeskWindow", "Infrastructure"),
                    "queues": translate("DeskWindow", "Queues"),
                    "warnings": translate("DeskWindow", "Warnings"),
                }
            )

    def closeEvent(self, event: QCloseEvent) -> None:
        self.put_away()
        super().closeEvent(event)
