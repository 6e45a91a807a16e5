"""The township office's window: four large tasks at the left, the page of one beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place, Township
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui.bars.grace_bar import GraceBar
from desktop.gui.bars.notices import NoticeBar
from desktop.gui.bars.outage_line import OutageLine
from desktop.gui.commands.submitter import CommandSubmitter, not_stored
from desktop.gui.context import UiContext
from desktop.gui.language import Language, Retranslated
from desktop.gui.slices import Slices
from desktop.gui.township.carriers import Carriers
from desktop.gui.township.choose_page import ChoosePage
from desktop.gui.township.head import Head
from desktop.gui.township.news_bar import NewsBar
from desktop.gui.township.page import Page, PageStack
from desktop.gui.township.task_button import TaskButton
from desktop.gui.township.task_column import TaskColumn, Workplace
from desktop.gui.township.tasks import ASSIGNMENTS, COUNTY_KEY, TASKS
from desktop.gui.widgets.sheet import find_laid

if TYPE_CHECKING:
    from desktop.application.courier.codes import NoNetwork
    from desktop.application.courier.stick import Stick
    from desktop.gui.forms.command_request import CommandRequest
    from desktop.gui.township.county_view import CountyDesk
    from desktop.gui.township.sheets import OfficeSheets

translate = QCoreApplication.translate

CHOSEN = "township"
"""Name of the choice of the office's township."""
LAST_OPEN = "last_open"
"""Name of what is remembered of when the office was last open."""
SIZE = QSize(1366, 768)


class TownshipWindow(Retranslated, QMainWindow):
    """A clerk's window: what is asked of the township, and all that can be sent from it.

    The county's own panes are one step away, in the desk that `open_county` builds.
    """

    def __init__(
        self,
        screen: UiContext,
        language: Language,
        title: Text,
        township: str,
        *,
        open_county: Callable[[], CountyDesk],
        stick: Stick | None = None,
        no_network: Callable[[], NoNetwork | None] = lambda: None,
        demo: bool = False,
        notices: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__()
        self.screen_context, self._language = screen, language
        self._wanted = township or screen.remembered.value(CHOSEN)
        self._is_fixed = bool(township)
        self._unfinished = 0
        self._may_leave = False
        self._open_county = open_county
        self._is_built = self._away = False
        self.township: Township | None = None
        self.county: CountyDesk | None = None
        self.submitter = CommandSubmitter(screen, self)
        self.head = Head(screen, title, demo=demo)
        self.outage = OutageLine(screen)
        self.notices = NoticeBar(screen, notices)
        self.news = NewsBar(screen)
        self.grace_bar = GraceBar(screen, self.submitter)
        self.buttons = {task.name: TaskButton(screen, task.key) for task in TASKS}
        self.county_button = TaskButton(screen, COUNTY_KEY, is_small=True)
        self.choose = ChoosePage(screen)
        self.pages: dict[str, Page] = {}
        self._sheets: OfficeSheets | None = None
        self.carriers = Carriers(screen, self, stick, no_network, self.notices.say)
        self._office, self._stack = QWidget(), PageStack()
        self._stack.add(self.choose)
        self._arrange()
        self._connect()
        self._rest = Slices(self)
        self.resize(SIZE)
        self.retranslate()
        self._begin()

    def _begin(self) -> None:
        """Serve the township that is known at once, for the first paint; else ask for it."""
        if self._wanted:
            self._show_townships(self.screen_context.board.townships())
        if self.township is None:
            self._ask_township()

    def _arrange(self) -> None:
        tasks = TaskColumn(tuple(self.buttons.values()), self.county_button)
        column = QVBoxLayout(self._office)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for strip in (self.head, self.outage, self.notices, self.news):
            column.addWidget(strip)
        workplace = Workplace(tasks, self._stack)
        for part in (self.head, self.notices, self.news):
            workplace.folded.connect(part.fold)
        column.addWidget(workplace, 1)
        column.addWidget(self.grace_bar)
        self._views = QStackedWidget()
        self._views.addWidget(self._office)
        self.setCentralWidget(self._views)

    def _connect(self) -> None:
        screen = self.screen_context
        screen.feed.changed.connect(self._hear)
        self.submitter.failed.connect(self._say_not_stored)
        self.choose.chosen.connect(self._choose)
        self.news.look_asked.connect(partial(self.show_task, ASSIGNMENTS))
        self.head.language_asked.connect(self._language.toggle)
        self.head.theme_asked.connect(screen.theme.toggle)
        self.head.other_asked.connect(self._ask_other)
        self.head.close_asked.connect(self.close)
        self.head.settings_asked.connect(lambda: self.sheets.settings.toggle())  # noqa: PLW0108 - late
        self.head.help_asked.connect(screen.show_help)
        self.outage.words.clicked.connect(lambda: self.sheets.sources.toggle())  # noqa: PLW0108 - late
        self.notices.report_asked.connect(lambda: self.sheets.doctor.ask_bundle())  # noqa: PLW0108
        for task in TASKS:
            show = partial(self.show_task, task.name)
            self.buttons[task.name].clicked.connect(show)
            QShortcut(QKeySequence(task.key), self, show)
        self.county_button.clicked.connect(self.show_county)
        for key, act in (
            (COUNTY_KEY, self.show_county),
            ("Ctrl+,", lambda: self.sheets.settings.toggle()),  # noqa: PLW0108 - as above
            ("F1", screen.show_help),
            ("Ctrl+D", lambda: self.sheets.doctor.toggle()),  # noqa: PLW0108 - made when wanted
            ("F11", self._toggle_full_screen),
            ("Z", self.grace_bar.take_back),
            ("Ctrl+L", self._language.toggle),
            ("Ctrl+T", screen.theme.toggle),
        ):
            # Of the office alone: the county's desk has these keys too, and two would do nothing.
            QShortcut(QKeySequence(key), self._office, act)

    @property
    def whole(self) -> bool:
        """Whether all of it is in place, the county's panes too once they were asked for."""
        return self._is_built and (self.county is None or self.county.whole)

    @property
    def sheets(self) -> OfficeSheets:
        """The sheets of the office, made when one is first wanted."""
        if self._sheets is None:
            from desktop.gui.township.sheets import OfficeSheets

            self._sheets = OfficeSheets(self.screen_context, self.submitter, self)
            self._sheets.spot_asked.connect(partial(self._ask_spot, self._sheets.form.come_back))
            self._sheets.case_asked.connect(self.show_case)
            self._sheets.closing.confirmed.connect(self.leave)
            self._sheets.outbox.failed.connect(self.notices.say)
        return self._sheets

    def _ask_form(self, request: CommandRequest) -> None:
        self.sheets.form.ask(request)

    def _ask_decision(self, command_key: str) -> None:
        self.sheets.conflict.ask(command_key)

    def show_carrying(self) -> None:
        """Open the sheet of the stick, where the profile has a county for it."""
        self.carriers.show_stick(self.township)

    def offer_bundle(self, file: Path) -> None:
        """Open the sheet of the stick at this file, once the office's township is known."""
        self.carriers.offer(file, self.township)

    def show_no_network(self) -> None:
        """Open the sheet of what goes without a stick, too."""
        self.carriers.show_no_network(self.township)

    def open(self) -> None:
        """Fill the screen."""
        self.showFullScreen()

    def complete(self, _is_loaded: Callable[[], bool] = lambda: True) -> None:
        """Build what the first paint left out, piece by piece."""
        self._rest.begin(self._build_rest())

    def _build_rest(self) -> Iterator[None]:
        for page in self.pages.values():
            page.reload()
        for task in TASKS:
            self._page(task.name)
            yield
        self.sheets  # noqa: B018 - made now, while nobody waits for it
        self._count_unfinished()
        self._is_built = True
        if self.township is not None:
            self._tell_news(self.township)

    def _page(self, name: str) -> Page:
        """Return the page of a task, built when it is first wanted."""
        page = self.pages.get(name)
        if page is None:
            task = next(task for task in TASKS if task.name == name)
            page = self.pages[name] = task.build(self.screen_context, self.submitter)
            page.line_changed.connect(partial(self._say_line, name))
            page.form_asked.connect(self._ask_form)
            page.files_asked.connect(lambda key: self.sheets.photos.ask(key))  # noqa: PLW0108 - as below
            page.decide_asked.connect(self._ask_decision)
            page.outbox_asked.connect(lambda: self.sheets.outbox.lay())  # noqa: PLW0108 - made when wanted
            page.case_asked.connect(self.show_case)
            page.arrived.connect(self.news.announce)
            page.carry_asked.connect(self.show_carrying)
            page.no_network_asked.connect(self.show_no_network)
            page.feedback_asked.connect(partial(self.show_task, ASSIGNMENTS))
            page.spot_asked.connect(partial(self._ask_spot, page.come_back))
            page.failed.connect(self.notices.say)
            page.retranslate()
            self._stack.add(page)
            if self.township is not None:
                page.serve(self.township)
        return page

    def show_task(self, name: str) -> None:
        """Show the page of this task."""
        if self.township is None:
            return
        self._views.setCurrentIndex(0)
        page = self._page(name)
        self.buttons[name].setChecked(True)
        if self._stack.front is not page:
            self._stack.show_page(page)
        page.open()

    def show_county(self) -> None:
        """Show the county's own panes; what they are built of is loaded only now."""
        if self.township is None:
            return
        self.county_button.setChecked(True)
        if self.county is None:
            from desktop.gui.township.county_view import CountyView

            self.county = self._open_county()
            view = CountyView(self.screen_context, self.county)
            view.left.connect(self._leave_county)
            self._views.addWidget(view)
            self.county.complete()
        self._views.setCurrentIndex(1)
        self.county.setFocus()

    def _leave_county(self) -> None:
        self._views.setCurrentIndex(0)
        self.county_button.setChecked(False)
        for name, page in self.pages.items():
            if self._stack.front is page:
                self.show_task(name)

    def show_case(self, key: Key) -> None:
        """Show one case whole, with the county's own panes around it."""
        self.show_county()
        assert self.county is not None
        self.county.show_key(key)

    def _ask_spot(self, take: Callable[[Place | None], None]) -> None:
        """Let the clerk point at the place on the county's map, and come back with it."""
        self.show_county()
        assert self.county is not None

        def come_back(place: Place | None) -> None:
            self._leave_county()
            take(place)

        self.county.ask_spot(come_back)

    def _ask_township(self) -> None:
        self.screen_context.reader.ask(
            self.screen_context.board.townships, self._show_townships, slot="townships"
        )

    def _show_townships(self, townships: tuple[Township, ...]) -> None:
        """Serve the office's township once it is known, else ask which one it is."""
        found = next((each for each in townships if each.id == self._wanted), None)
        if found is None and len(townships) == 1:
            found = townships[0]
        if found is not None:
            self._serve(found)
        else:
            self.choose.offer(townships)

    def _ask_other(self) -> None:
        """Let the clerk pick another township: nobody is bound to a slip of the hand."""
        self.choose.offer(self.screen_context.board.townships())
        self._stack.show_page(self.choose)
        self.choose.open()

    def _choose(self, township: Township) -> None:
        self.screen_context.remembered.choose(CHOSEN, township.id)
        self._serve(township)

    def _serve(self, township: Township) -> None:
        is_first, self.township = self.township is None, township
        self.head.serve(township, is_picked=not self._is_fixed)
        self.setWindowTitle(self.head.title)
        for page in self.pages.values():
            page.serve(township)
        for button in (*self.buttons.values(), self.county_button):
            button.setEnabled(True)
        self.show_task(ASSIGNMENTS)
        self.carriers.serve(township)
        if is_first and self._is_built:
            self._tell_news(township)

    def _tell_news(self, township: Township) -> None:
        """Say what has come since the office was last open."""
        kept = self.screen_context.remembered.value(LAST_OPEN)
        if kept.isdecimal():
            from desktop.application.office.news import read_news

            board, since = self.screen_context.board, int(kept)
            self.screen_context.reader.ask(
                lambda: read_news(board, township, since), self.news.tell, slot="news"
            )
        self._remember_open()

    def _remember_open(self) -> None:
        """Remember that the office is open now, for the next start to tell what came since."""
        now = self.screen_context.board.now()
        self.screen_context.remembered.choose(LAST_OPEN, str(now))

    def _hear(self, changed: Changes) -> None:
        if Collection.TOWNSHIPS in changed and (
            self.township is None or self.township.id == self._wanted
        ):
            self._ask_township()
        for page in self.pages.values():
            page.hear(changed)
        if changed.commands:
            self._count_unfinished()

    def _count_unfinished(self) -> None:
        """Count what has not been sent, to be told when the window is closed."""
        board = self.screen_context.board
        self.screen_context.reader.ask(
            lambda: len(board.list_unfinished()), self._note_unfinished, slot="unfinished"
        )

    def _note_unfinished(self, count: int) -> None:
        self._unfinished = count

    def _say_line(self, name: str, line: str, calls: bool) -> None:
        task = next(task for task in TASKS if task.name == name)
        self.buttons[name].say(task.say(), line, calls=calls)

    def _say_not_stored(self, _target: Key, error: Exception) -> None:
        self.notices.say(not_stored(error))

    def retranslate(self) -> None:
        for task in TASKS:
            button = self.buttons[task.name]
            button.say(task.say(), button.line)
            button.setEnabled(self.township is not None)
        self.county_button.say(translate("Township", "The whole county"), "")
        self.county_button.setEnabled(self.township is not None)
        self.head.retranslate()
        self.setWindowTitle(self.head.title)

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc once nothing that has the keyboard took it."""
        if event.key() == Qt.Key.Key_Escape:
            self._back()
        else:
            super().keyPressEvent(event)

    def _back(self) -> None:
        open_sheet = find_laid(self)
        page = self._stack.front
        if open_sheet is not None:
            open_sheet.put_away()
        elif page is None or not page.step_back():
            self.notices.dismiss()

    def leave_unasked(self) -> None:
        """Hold up no log-off: all that was submitted is stored, and goes at the next start."""
        self._may_leave = True

    def leave(self) -> None:
        """Close, whatever waits."""
        self._may_leave = True
        self.close()

    def put_away(self) -> None:
        """Store drafts; the window is about to close."""
        if self._away:
            return
        self._away = True
        self._rest.close()
        if self.township is not None:
            self._remember_open()
        self.grace_bar.let_go()
        for page in self.pages.values():
            page.keep()
        if self._sheets is not None:
            self._sheets.keep()
        self.carriers.close()
        if self.county is not None:
            self.county.put_away()

    def closeEvent(self, event: QCloseEvent) -> None:
        asked = self._away or self._may_leave or not self._is_built or not self.isVisible()
        if not asked and self._unfinished and not self.sheets.closing.isVisible():
            event.ignore()
            self.sheets.closing.ask(self._unfinished)
            return
        self.put_away()
        super().closeEvent(event)
