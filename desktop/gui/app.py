"""Open the window, of whatever posture: the first paint first, everything else after it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.change_feed import ChangeFeed
from desktop.gui.context import UiContext
from desktop.gui.exception_hooks import ExceptionHooks
from desktop.gui.keymap import Keymap
from desktop.gui.language import Language
from desktop.gui.opening import Opening
from desktop.gui.qt_application import application, heed_signals
from desktop.gui.qt_libraries import give_icon
from desktop.gui.remembered import Remembered
from desktop.gui.slices import Slices, modules
from desktop.gui.task_runner import TaskRunner
from desktop.gui.theme import PIXELS, ResizedTheme, dress

if TYPE_CHECKING:
    from types import TracebackType

    from desktop.diagnostics.crashes import CrashReport
    from desktop.gui.bars.notices import NoticeBar
    from desktop.gui.bulletin_watch import BulletinWatch
    from desktop.gui.desk.window import DeskWindow
    from desktop.gui.help.window import HelpWindow
    from desktop.gui.settings_screen import SettingsScreen
    from desktop.gui.single_instance import SingleInstance
    from desktop.gui.tour.pane import TourPane
    from desktop.gui.township.window import TownshipWindow
    from desktop.gui.wall.renewal import Renewal
    from desktop.gui.wall.window import WallWindow

RETURN_TO = "return_to"
"""The name under which it is remembered where a person was as the program began anew."""
HELP = (
    "desktop.application.help_pages",
    *(f"desktop.gui.help.{name}" for name in ("page_view", "topics", "window")),
)
"""Modules of the help, each after those it imports."""
COUNTY_LAYOUT = "county-layout.ini"
"""The file that keeps how the desk inside a township office's window is arranged."""


def run(opening: Opening, argv: list[str]) -> int:
    """Show the window until it is closed; return the process's exit status."""
    app = application(argv)
    session = Session(opening)
    session.window.open()
    heed_signals(session.leave)
    app.commitDataRequest.connect(lambda _manager: session.leave_unasked())
    status = app.exec()
    session.close()
    return status


class Session(QObject):
    """All objects of one open window, with one `close()`."""

    completed = Signal()
    """The window is complete, with the parts that waited for the first paint."""

    found = Signal(object)
    """A problem to tell of, such as that the program ended by itself in an earlier run."""

    withdrawn = Signal()
    """No new settings of the county wait any more for the program to begin anew."""

    def __init__(self, opening: Opening, *, keep_layout: bool = True) -> None:
        super().__init__()
        self._opening = opening
        self._begun = self._closed = False
        self._parts: list[SingleInstance | BulletinWatch | Renewal] = []
        self._late: list[Callable[[], None]] = []
        """What is closed after the exchange with the sources."""
        self.faults = ExceptionHooks(self)
        self.faults.note = self._note_early
        self.faults.install()
        formatting.show_times_in(ZoneInfo(opening.timezone) if opening.timezone else None)
        self.theme = dress(opening.posture, opening.theme, self)
        self.theme.apply_colors()
        self.language = Language(opening.words, opening.resources, self)
        self.language.set_name(opening.language)
        self.feed = ChangeFeed(opening.board, self)
        self.reader, self.writer = TaskRunner("reader", self), TaskRunner("writer", self)
        self.pictures = TaskRunner("pictures", self)
        self.remembered = Remembered(
            opening.layout_file if keep_layout else None,
            lambda work: self.writer.ask(work, lambda _none: None),
            opening.of_profile,
        )
        keymap = Keymap(opening.keys, self.remembered, single=opening.single_keys, parent=self)
        self.screen = UiContext(
            *(opening.board, opening.words, self.theme, self.feed, self.reader, self.writer),
            *(self.pictures, self.remembered, keymap, opening.switchboard),
            sound=opening.sound,
            show_help=self.show_help,
            show_tour=self.show_tour,
            settings=None if opening.settings is None else self._settings,
            doctor=opening.doctor,
            upkeep=opening.upkeep,
        )
        follow = self.remembered.follow
        self.language.changed.connect(follow("language", lambda: self.language.name))
        if opening.posture != "wall":
            self.theme.changed.connect(follow("theme", lambda: self.theme.name))
        self.window = self._build(keep_layout)
        self._slices = Slices(self.window)
        # Under a style sheet Qt styles all of a part again each time it is put into a larger one.
        self.theme.apply_style()
        self.window.installEventFilter(self)

    @property
    def quiet(self) -> bool:
        """Whether the window is complete and no answer is on its way."""
        lanes = (self.reader, self.writer, self.pictures)
        return (
            self.window.whole and not self.feed.waiting and not any(lane.pending for lane in lanes)
        )

    def close(self) -> None:
        """Stop everything within 2 s, in an order in which no object calls a closed one."""
        if self._closed:
            return
        self._closed = True
        self._slices.close()
        for part in self._parts:
            part.close()
        self.window.put_away()
        self.feed.close()
        self.reader.close()
        self.pictures.close()
        # What the officer wrote and submitted last is still on this lane.
        self.writer.close(finish=True)
        self.faults.remove()
        self._opening.close()
        for close in self._late:
            close()
        self.window.close()
        self.window.deleteLater()

    def show_help(self) -> None:
        """Open the help at what belongs to whatever has the keyboard."""
        from desktop.gui.help.topics import find_topic

        self._open_help(find_topic(self.window))

    def _open_help(self, place: str) -> None:
        """Open the help; the first time by steps, none of which holds the screen up."""
        if self._slices.is_running:
            return  # It is about to open.
        if "help_window" in vars(self):
            self.help_window.open(place)
        else:
            self._slices.begin(self._build_help(place))

    def _build_help(self, place: str) -> Iterator[None]:
        yield from modules(HELP)
        help_window = self.help_window
        yield
        help_window.open(place)

    @cached_property
    def help_window(self) -> HelpWindow:
        """The window of the help, made when it is first wanted."""
        from desktop.gui.help.window import HelpWindow

        def learn(titles: Sequence[str], then: Callable[[dict[str, str]], None]) -> None:
            board = self._opening.board
            self.reader.ask(lambda: board.initials(titles), then, slot="help")

        now = self._opening.board.now
        folder = self._opening.resources / "help"
        return HelpWindow(self.screen, self.window, folder, now, learn)

    def show_tour(self) -> None:
        """Begin the tour or go on with it; where nothing is fictional, tell what it is."""
        if self._opening.demo and self._opening.posture == "desk":
            self.tour.begin()
        else:
            self._open_help("tour.html")

    @cached_property
    def tour(self) -> TourPane:
        """The pane of the tour, made when it is first wanted."""
        from desktop.gui.desk.window import DeskWindow
        from desktop.gui.tour.pane import dock_tour

        assert isinstance(self.window, DeskWindow)
        incidents = self.window.panes["incidents"]
        return dock_tour(self.screen, self.window, self.window.submitter, incidents)

    def leave_unasked(self) -> None:
        """Hold up no log-off with a question."""
        self.window.leave_unasked()

    def leave(self) -> None:
        """End the program, without a question."""
        self.leave_unasked()
        QApplication.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._begun and watched is self.window:
            self._begun = True
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self._after_first_paint)
        return False

    def _settings(self) -> SettingsScreen:
        """Return what a settings window works with, beside this one."""
        from desktop.gui.settings.beside import settings_beside

        assert self._opening.settings is not None
        restart = None if self._opening.restart is None else self._restart
        desk, is_plain = self._opening.settings(), self._opening.posture == "township"
        return settings_beside(self.screen, self.language, desk, restart, is_plain=is_plain)

    def _restart(self) -> None:
        """Close the window, whatever waits in it, and have the program begin anew."""
        if self._opening.restart is not None:
            if self._opening.posture != "wall":
                from desktop.gui.return_place import find_place

                self.remembered.choose(RETURN_TO, find_place(self.window))
            self._opening.restart()
            self.window.leave()

    def _return(self) -> None:
        """Go back, once, to where a person was as the program began anew."""
        told = self.remembered.value(RETURN_TO)
        if told:
            from desktop.gui.return_place import return_to

            self.remembered.choose(RETURN_TO, "")
            return_to(self.window, told)

    def _watch_bulletins(self) -> None:
        """Have the county asked now and then what it publishes."""
        bulletins = self._opening.bulletins
        if bulletins is None:
            return
        from desktop.gui.bulletin_watch import BulletinWatch

        asking = BulletinWatch(bulletins, self.found.emit, self.writer, self)
        asking.withdrawn.connect(self.withdrawn)
        self._parts.append(asking)
        self._late.append(asking.end)
        if self._opening.posture == "wall" and self._opening.restart is not None:
            from desktop.gui.wall.renewal import Renewal
            from desktop.gui.wall.window import WallWindow

            wall, now = self.window, self._opening.board.now
            assert isinstance(wall, WallWindow)
            can_return = self._opening.can_return
            renewal = Renewal(lambda: wall.state, now, self._restart, self, can_return)
            self.found.connect(renewal.hear)
            self.withdrawn.connect(renewal.close)
            self._parts.append(renewal)

    def _after_first_paint(self) -> None:
        if self._closed:
            return
        # What is there now stays: no later collection need look through it again.
        gc.freeze()
        gc.enable()
        from desktop.gui.bars.call_bell import CallBell
        from desktop.gui.bars.spoken_receipts import speak_receipts
        from desktop.gui.installation import watch_installation
        from desktop.gui.widgets.composing import Composing

        Composing(self)
        give_icon()
        speak_receipts(self.screen, self.window)
        if self._opening.posture == "desk":
            CallBell(self.screen, self.window)
        self.feed.rest_with(self.window.windowHandle())
        self._opening.start()
        self._watch_crashes()
        self._watch_bulletins()
        watch_installation(self, self.found.emit)
        if self._opening.keep is not None:
            self.writer.ask(self._opening.keep, lambda _none: None)
        self.window.complete(self._opening.is_loaded)
        if self._opening.front is not None:
            from desktop.gui.single_instance import SingleInstance

            again = SingleInstance(self._opening.front, self.window, self._opening.answer)
            again.handed.connect(self.window.offer_bundle)
            self._parts.append(again)
        if self._opening.bundle is not None:
            self.window.offer_bundle(self._opening.bundle)
        if self._opening.tour and not self.remembered.value("tour_left"):
            self.show_tour()
        self._return()
        self.completed.emit()

    def _note_early(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep an error of before the first paint, which may end the program."""
        if self._opening.crashes is not None:
            watch = self._opening.crashes()
            watch.begin()
            watch.note(kind, error, trace)
            watch.close()

    def _watch_crashes(self) -> None:
        """Have crashes kept from now on, and tell of the one with which the program ended last."""
        make = self._opening.crashes
        if make is None:
            return
        watch = make()
        self._late.append(watch.close)
        self.faults.note = watch.note

        def tell(crash: CrashReport | None) -> None:
            if crash is not None and self._opening.posture != "wall":
                self.writer.ask(watch.mark_told, lambda _none: None)
                at = formatting.moment(crash.last_at, self._opening.board.now())
                self.found.emit(Problem("ended_by_itself", {"at": at}))

        self.writer.ask(watch.begin, tell)

    def _build(self, keep_layout: bool) -> DeskWindow | TownshipWindow | WallWindow:
        opening = self._opening
        if opening.posture == "wall":
            from desktop.gui.wall.window import WallWindow

            title = opening.words.text(opening.title)
            return WallWindow(self.screen, title, place=opening.wall)
        if opening.posture == "township":
            from desktop.gui.township.window import TownshipWindow

            office = TownshipWindow(
                *(self.screen, self.language, opening.title, opening.township),
                open_county=partial(self._build_county, keep_layout),
                stick=opening.stick,
                no_network=opening.no_network,
                demo=opening.demo,
                notices=opening.notices,
            )
            self._tell_faults(office.notices)
            return office
        window = self._build_desk(self.screen, opening.layout_file if keep_layout else None)
        self._tell_faults(window.notices)
        return window

    def _tell_faults(self, bar: NoticeBar) -> None:
        """Have the bar say, unobtrusively, when an error of this program occurred, or did before
        its start."""
        self.found.connect(bar.say)
        self.withdrawn.connect(bar.withdraw)
        if self._opening.restart is not None:
            bar.offer_restart(self._restart)
        self.faults.struck.connect(lambda kind: bar.say(Problem("screen_error", {"kind": kind})))

    def _build_desk(self, screen: UiContext, layout_file: Path | None) -> DeskWindow:
        from desktop.gui.desk.window import DeskWindow

        return DeskWindow(
            *(screen, self.language, self._opening.title, layout_file),
            demo=self._opening.demo,
            notices=self._opening.notices if screen is self.screen else (),
        )

    def _build_county(self, keep_layout: bool) -> DeskWindow:
        """Build the desk inside a township office's window, in a desk's text sizes."""
        screen = msgspec.structs.replace(self.screen, theme=ResizedTheme(self.theme, PIXELS))
        file = self._opening.layout_file.with_name(COUNTY_LAYOUT) if keep_layout else None
        # What is built under the office's large font keeps it.
        QApplication.setFont(screen.theme.font("body"))
        return self._build_desk(screen, file)
