"""The desk's window: strips above, a pane in the middle, others docked around it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from itertools import chain
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from desktop.application.reads.read_models import Overview
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key
from desktop.domain.geo import Place
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.bars.grace_bar import GraceBar
from desktop.gui.bars.notices import NoticeBar
from desktop.gui.bars.outage_line import OutageLine
from desktop.gui.commands.submitter import CommandSubmitter, not_stored
from desktop.gui.context import UiContext
from desktop.gui.desk import actions
from desktop.gui.desk.late import WaitingPane, WaitingStrip, steps
from desktop.gui.desk.layout import Layout
from desktop.gui.desk.pane_set import PaneSet
from desktop.gui.desk.status_strip import StatusStrip
from desktop.gui.language import Language, Retranslated
from desktop.gui.panes.bare import BarePane
from desktop.gui.panes.pane import Pane
from desktop.gui.panes.registry import Area, Arrival, PaneContext, PaneSpec, pane_specs
from desktop.gui.slices import Slices
from desktop.gui.widgets.focus import move_focus
from desktop.gui.widgets.sheet import find_laid

if TYPE_CHECKING:
    from desktop.domain.source import SourceStatus
    from desktop.gui.desk.key_sheet import KeySheet
    from desktop.gui.desk.palette import Palette
    from desktop.gui.desk.sheets import Sheets
    from desktop.gui.forms.command_request import CommandRequest

log = logging.getLogger(__name__)

OVERVIEW_EVERY_S = 10
WAIT_MS, MOST_WAITS = 20, 75
LOG_OFF_MS = 30_000
"""How long a log-off may take to close the window; another program may have stopped it."""
COUNTED = frozenset(Collection) - {Collection.TRENDS, Collection.LINES, Collection.TOWNSHIPS}
"""Collections of which the overview has figures."""
SEND_MS = 1000
"""How long a closing window waits for what it held back to leave."""
FULL_SIZE = QSize(1920, 1080)
FRAME = QSize(16, 48)
"""The width and height that a window's frame takes of a monitor, at most."""


class DeskWindow(Retranslated, QMainWindow):
    """The main window in which a duty officer works for twelve hours."""

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
        """Whether all panes are in place."""
        self._then: Callable[[], None] | None = None
        """The last action requested before the window was complete."""
        self._away = self._may_leave = False
        self._unfinished = 0
        self._log_off = QTimer(self, singleShot=True)
        self._log_off.timeout.connect(self._stay)
        self.submitter = CommandSubmitter(screen, self)
        self.status = StatusStrip(screen, title, demo=demo)
        self.outage = OutageLine(screen)
        self.notices = NoticeBar(screen, (*notices, *self._tell_of_waiting()))
        self._context = PaneContext(screen, self.submitter)
        self._specs = pane_specs()
        self.arrangement = Layout(self, layout_file, self._specs)
        self.panes = PaneSet(self.arrangement)
        self._arrange()
        self.actions_table = actions.table(self.panes.actions(self._specs), self._runs())
        actions.bind(self.actions_table, self, screen.keymap)
        for name in screen.keymap.faults:
            self.notices.say(Problem("key_unusable", {"name": name}))
        self.grace_bar = GraceBar(screen, self.submitter)
        # There it covers nothing, and moves nothing: only the end of the list gives way.
        cast(QVBoxLayout, self.panes["incidents"].layout()).addWidget(self.grace_bar)
        self._connect()
        self.setWindowTitle(self.status.name)
        self.setFocusProxy(self.panes["incidents"])
        self.setFocus()
        self.panes.each(lambda pane: pane.show_first())

    @cached_property
    def palette_sheet(self) -> Palette:
        """The palette, made when it is first wanted, else after the panes."""
        from desktop.gui.desk.palette import Palette

        screen = self.screen_context
        return Palette(screen, self, self.actions_table, self.panes.show_township)

    @cached_property
    def key_sheet(self) -> KeySheet:
        """The list of keys, made as the palette is."""
        from desktop.gui.desk.key_sheet import KeySheet

        return KeySheet(self.screen_context, self)

    def complete(self, is_loaded: Callable[[], bool] = lambda: True) -> None:
        """Build the missing panes, and load what the first paint left out.

        The exchange `is_loaded` first, for a while: its answers take time on the line alone.
        """
        self.panes.each(lambda pane: pane.reload())
        self._ask_overview()
        self._rest.begin(self._build_next(is_loaded))

    def _build_next(self, is_loaded: Callable[[], bool]) -> Iterator[None]:
        """Build the panes that come right after the first paint, then wait for the exchange."""
        for spec in self._specs:
            if spec.arrival is Arrival.NEXT:
                pane = spec.factory(self._context)
                self._put(spec, pane)
                pane.reload()
                self.panes.open_late(pane)
                self.panes.act_late(spec.name)
                yield
        self._wait_for_exchange(is_loaded, MOST_WAITS)

    def _wait_for_exchange(self, is_loaded: Callable[[], bool], waits: int) -> None:
        """Build the rest once the exchange has what it imports, or has taken too long for that."""
        if waits and not is_loaded():
            again = partial(self._wait_for_exchange, is_loaded, waits - 1)
            QTimer.singleShot(WAIT_MS, self, again)
        elif not self._away:
            rest = steps(self._specs, self._context, self, self._insert)
            self._rest.begin(chain(rest, self._make_sheets()))

    def _make_sheets(self) -> Iterator[None]:
        for name in ("palette_sheet", "key_sheet"):
            getattr(self, name)
            yield

    def _insert(self, late: dict[str, BarePane], sheets: Sheets) -> None:
        """Put the panes in place that came after the first paint."""
        self._add_sheets(sheets)
        for spec in self._specs:
            if spec.name in late:
                self._put(spec, late[spec.name])
        for name, pane in self.panes.items():
            pane.spot_picked.connect(self.panes.give_spot)
            pane.complete(self)
            if name in late:
                self.panes.open_late(pane)
        self.whole = True
        self.arrangement.settle()
        if self._then is not None:
            self._then()

    def _put(self, spec: PaneSpec[Any], pane: BarePane) -> None:
        """Put a pane in its place and connect its signals."""
        before = self.panes.get(spec.name)
        self.panes[spec.name] = pane
        if spec.area is Area.TOP:
            self._strips.addWidget(pane)
            if before is not None:
                before.deleteLater()
        else:
            assert isinstance(pane, Pane)
            self.arrangement.put(spec.name, pane)
        pane.picked.connect(partial(self.panes.share, pane))
        pane.located.connect(self._locate)
        pane.detail_asked.connect(partial(self.run_action, "go_detail"))
        pane.form_asked.connect(self._ask_form)
        pane.failed.connect(self.notices.say)
        pane.unread_asked.connect(partial(self._lay, "sources"))

    def _add_sheets(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.outbox_sheet, self.sources_sheet = sheets.outbox, sheets.sources
        self.form_sheet, self.conflict_sheet = sheets.form, sheets.conflict
        self.link_sheet, self.closing_sheet = sheets.link, sheets.closing
        sheets.form.form.submitted.connect(self._show_new_incident)
        sheets.form.map_asked.connect(partial(self.ask_spot, sheets.form.come_back))
        sheets.outbox.target_asked.connect(self.show_key)
        sheets.outbox.failed.connect(self.notices.say)
        sheets.closing.confirmed.connect(self.leave)

    def when_whole(self, act: Callable[[], None]) -> None:
        """Run this now, or as the last thing requested once the window is complete."""
        if self.whole:
            act()
        else:
            self._then = act

    def _lay(self, name: str) -> None:
        """Lay a sheet over the window, or take it away."""
        self.when_whole(lambda: getattr(self._sheets, name).toggle())

    def _ask_bundle(self) -> None:
        self.when_whole(lambda: self._sheets.doctor.ask_bundle())  # noqa: PLW0108 - made when wanted

    def offer_bundle(self, file: Path) -> None:
        """Lay the sheet that hands an office's bundle on to the county, with this one in it."""
        self.when_whole(lambda: self._sheets.relay.offer(file))

    def put_away(self) -> None:
        """Store the draft and the layout; the window is about to close."""
        if self._away:
            return
        self._away = True
        self.grace_bar.let_go()
        self._rest.close()
        self._log_off.stop()
        if self.whole:
            from desktop.gui.widgets.composing import finish_composing

            finish_composing(self)
            self.form_sheet.form.keep()
            self._sheets.close_runners()
        self.panes.each(lambda pane: pane.keep())
        self.arrangement.keep()

    def leave_unasked(self) -> None:
        """Hold up no log-off: for a while, closing asks nothing. What waits is told at the next
        start."""
        self._may_leave = True
        self.screen_context.remembered.choose("left_waiting", str(self._unfinished or ""))
        self._log_off.start(LOG_OFF_MS)

    def _tell_of_waiting(self) -> tuple[Problem, ...]:
        """Return, once, what a log-off left unsent."""
        kept = self.screen_context.remembered
        count = kept.value("left_waiting")
        kept.choose("left_waiting", "")
        return (Problem("left_waiting", {"count": count}),) if count else ()

    def _stay(self) -> None:
        """Ask again when closed: the log-off did not come."""
        self._may_leave = False
        self.screen_context.remembered.choose("left_waiting", "")

    def leave(self) -> None:
        """Close, whatever waits."""
        self._may_leave = True
        self.close()

    def show_key(self, key: Key) -> None:
        """Open this item in every pane that shows its kind."""
        self.arrangement.call("detail")
        self.panes.open(key)

    def _locate(self, key: Key) -> None:
        """Show this item on the map, which may be behind another tab."""
        self.arrangement.call("map")
        self.panes.locate(key)

    def ask_spot(self, take: Callable[[Place | None], None]) -> None:
        """Let the officer point at a place on the map, for a form here or of another window."""
        self.when_whole(partial(self.panes.ask_spot, take))

    def _arrange(self) -> None:
        top = QWidget()
        self._strips = QVBoxLayout(top)
        self._strips.setContentsMargins(0, 0, 0, 0)
        self._strips.setSpacing(0)
        for strip in (self.status, self.outage, self.notices):
            self._strips.addWidget(strip)
        self.setMenuWidget(top)
        for spec in self._specs:
            self._put(spec, self._build_first(spec))
        room = QGuiApplication.primaryScreen().availableGeometry().size()
        self.resize(room.boundedTo(FULL_SIZE))
        self.arrangement.begin()

    def _build_first(self, spec: PaneSpec[Any]) -> BarePane:
        """Build a pane of the first paint, or a placeholder for one that comes after it."""
        if spec.arrival is Arrival.FIRST:
            pane: BarePane = spec.factory(self._context)
            return pane
        if spec.area is Area.TOP:
            return WaitingStrip()
        return WaitingPane(self.screen_context, spec.title)

    def open(self) -> None:
        """Show the window as it was left; the first time maximized if it would not fit with its
        frame."""
        room = self.screen().availableGeometry().size()
        if not self.arrangement.was_left and FULL_SIZE.boundedTo(room - FRAME) != FULL_SIZE:
            self.showMaximized()
        else:
            self.show()

    def _connect(self) -> None:
        self._rest = Slices(self)
        feed = self.screen_context.feed
        feed.changed.connect(self._hear)
        feed.ticked.connect(self._tick)
        self.submitter.failed.connect(self._say_not_stored)
        self.status.action_asked.connect(self.run_action)
        self.outage.words.clicked.connect(partial(self._lay, "sources"))
        self.notices.report_asked.connect(self._ask_bundle)

    def _runs(self) -> dict[str, Callable[[], None]]:
        """Return the window's own actions by name."""
        return {
            "copy": lambda: self.panes.first(methodcaller("copy")),
            "export": partial(self._send_out, "table", methodcaller("save")),
            "as_table": lambda: self.when_whole(lambda: self.panes.first(self._sheets.show_table)),
            "print": partial(self._send_out, "outbox", lambda each: each.print_rows()),
            "palette": lambda: self.palette_sheet.toggle(),  # noqa: PLW0108 - made when wanted
            **{name: partial(self._lay, name) for name in actions.LAID},
            "settings": lambda: self.when_whole(lambda: self._sheets.settings.toggle()),  # noqa: PLW0108 - as above
            "licences": lambda: self.when_whole(lambda: self._sheets.licences.toggle()),  # noqa: PLW0108 - made when wanted
            "language": self._language.toggle,
            "theme": self.screen_context.theme.toggle,
            "single_keys": self.screen_context.keymap.toggle_single,
            "full_screen": self._toggle_full_screen,
            **actions.runs_on_layout(self, self.arrangement),
            "undo": lambda: self.grace_bar.take_back(),  # noqa: PLW0108 - made after this
            "dismiss": self.notices.dismiss,
            "help": self.screen_context.show_help,
            "tour": self.screen_context.show_tour,
            "keys": lambda: self.key_sheet.toggle(),  # noqa: PLW0108 - made when wanted
            "back": self._back,
        }

    def run_action(self, name: str) -> None:
        """Run one action of the table, as its key does."""
        next(action for action in self.actions_table if action.name == name).run()

    def _ask_form(self, request: CommandRequest, takers: tuple[SourceStatus, ...]) -> None:
        self.when_whole(lambda: self.form_sheet.ask(request, takers))

    def _show_new_incident(self, record: CommandRecord) -> None:
        if record.command.kind is CommandKind.CREATE:
            self.show_key(record.command.target)

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed.commands or changed & COUNTED:
            self._ask_overview()

    def _ask_overview(self) -> None:
        board = self.screen_context.board
        reader = self.screen_context.reader
        reader.ask(board.overview, self._show_overview, slot="overview")
        reader.ask(board.usage, self.status.show_usage, slot="strip usage")

    def _show_overview(self, overview: Overview) -> None:
        self._unfinished = overview.unfinished
        self.status.show_overview(overview)
        self.panes.each(lambda pane: pane.show_overview(overview))

    def _tick(self, now: Instant) -> None:
        # Deadlines pass without anything having changed: the figures must follow.
        if self.whole and (now // 1000) % OVERVIEW_EVERY_S == 0:
            self._ask_overview()

    def _say_not_stored(self, _target: Key, error: Exception) -> None:
        log.error("a command could not be stored", exc_info=error)
        self.notices.say(not_stored(error))

    def _send_out(self, sheet: str, act: Callable[[Any], bool]) -> None:
        """Export or print from this sheet if it is open, else from the pane with the keyboard."""
        if not (self.whole and self._sheets.send_out(sheet, act)):
            self.panes.first(act)

    def _toggle_full_screen(self) -> None:
        window = self.window()  # A township office's, when it is the county's part of that.
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Move in the order of reading, which docks moved about do not keep."""
        from desktop.gui.desk.tab_order import list_stops

        return move_focus(list_stops(self, self.arrangement.docks.values()), forwards)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc once nothing that has the keyboard took it: no shortcut, which would come
        first."""
        if event.key() == Qt.Key.Key_Escape:
            self._back()
        else:
            super().keyPressEvent(event)

    def _back(self) -> None:
        """Close the innermost open thing: sheet, form, filter, row; and only then a notice."""
        open_sheet = find_laid(self)
        panes = self.panes.values()
        if open_sheet is not None:
            open_sheet.put_away()
        elif any(pane.leave_form() for pane in panes):
            return
        elif not any(pane.step_back() for pane in panes):
            self.notices.dismiss()

    def _must_ask(self) -> bool:
        """Whether commands wait of which the officer has not been told as he closes."""
        asked = self._away or self._may_leave or not self.whole or not self.isVisible()
        return not asked and self._unfinished > 0 and not self.closing_sheet.isVisible()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.arrangement.settle()

    def retranslate(self) -> None:
        self.setWindowTitle(self.status.name)
        self.arrangement.retranslate()
        self.arrangement.settle()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not (self._away or self._may_leave) and self.grace_bar.let_go():
            # What was held here for a second thought goes out before the sources are left.
            QTimer.singleShot(SEND_MS, self, self.close)
            event.ignore()
            return
        if self._must_ask():
            event.ignore()
            self.closing_sheet.ask(self._unfinished)
            return
        self.put_away()
        super().closeEvent(event)
