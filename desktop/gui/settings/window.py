"""The settings in a window of their own: at a first start, and where no desk can be opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAccessible, QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import delete

from desktop.application.i18n import Words
from desktop.application.settings.desk import SettingsDesk
from desktop.application.settings.editor import Snapshot
from desktop.domain.clock import SystemClock
from desktop.gui.language import Language, Retranslated
from desktop.gui.qt_libraries import give_icon
from desktop.gui.settings.panel import SettingsPanel
from desktop.gui.settings.welcome import Welcome
from desktop.gui.settings_screen import Live, SettingsScreen
from desktop.gui.single_instance import SingleInstance
from desktop.gui.theme import Theme
from desktop.gui.widgets.accessible import announce_once_read
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.help.window import HelpWindow

translate = QCoreApplication.translate

SIZE = QSize(1080, 700)
DEMO, DESK = "demo", "desk"
"""What a person wants to open after the window: the demo, or the desk as it is now set."""


class SettingsWindow(Retranslated, QWidget):
    """A welcome with the ways to begin, and the settings behind it; `wanted` says how it ended."""

    accessible_role = QAccessible.Role.Window

    def __init__(self, words: Words, resources: Path, desk: SettingsDesk, *, greets: bool) -> None:
        super().__init__()
        self.wanted = ""
        """`demo`, `desk`, or empty: the person closed it."""
        self._desk = desk
        self._help_folder = resources / "help"
        self.theme = Theme("light", self)
        self.theme.apply()
        self.language = Language(words, resources, self)
        self.language.set_name(words.language)
        self.context = SettingsScreen(
            self.theme,
            words,
            desk,
            {
                "language": Live(lambda: self.language.name, self.language.set_name),
                "theme": Live(lambda: self.theme.name, self.theme.set_name),
            },
        )
        self.welcome = Welcome(self.context, self.language)
        self.panel = SettingsPanel(self.context)
        self.open_button, self.back_button = QPushButton(), QPushButton()
        self.said = PlainLabel(self.context, "body", "orange_text", elide=False)
        self.said.setWordWrap(True)
        self._stack = QStackedWidget()
        self._arrange()
        self.panel.writing.changed.connect(self._show)
        self.welcome.demo_asked.connect(lambda: self._end(DEMO))
        self.welcome.settings_asked.connect(self.show_settings)
        self.welcome.file_chosen.connect(self._take_file)
        self.welcome.help_button.clicked.connect(self.show_help)
        self._looks = announce_once_read(self, self.welcome.say)
        self._stack.currentChanged.connect(self._looks.stop)  # Nobody is greeted in the settings.
        self._stack.setCurrentIndex(0 if greets else 1)
        self.back_button.setVisible(greets)
        self.panel.open()
        self.retranslate()
        self.welcome.buttons["demo"].setFocus()
        self.resize(SIZE.boundedTo(QGuiApplication.primaryScreen().availableGeometry().size()))

    def _arrange(self) -> None:
        settings = QFrame()
        settings.setObjectName("sheet")
        settings.setAutoFillBackground(True)
        self.open_button.setProperty("main", True)
        self.open_button.setEnabled(False)
        self.open_button.clicked.connect(lambda: self._end(DESK))
        self.back_button.clicked.connect(lambda: self._stack.setCurrentIndex(0))
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(8)
        foot.addWidget(self.back_button)
        foot.addWidget(self.said, 1)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(settings)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.panel, 1)
        column.addLayout(foot)
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(settings)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @cached_property
    def help_window(self) -> HelpWindow:
        """The window of the help, made when it is first wanted."""
        from desktop.gui.help.window import HelpWindow

        return HelpWindow(self.context, self, self._help_folder, SystemClock().now)

    def show_help(self) -> None:
        """Open the help at what a person needs to begin."""
        self.help_window.open()

    def show_settings(self) -> None:
        """Show the settings: a text with its faults, or the form of a first source."""
        self._stack.setCurrentIndex(1)
        snapshot = self.panel.writing.snapshot
        if snapshot.text and snapshot.faults:
            self.panel.open("file")
        elif not snapshot.sources:
            self.panel.sources.add()

    def _take_file(self, file: Path) -> None:
        show = partial(self._stack.setCurrentIndex, 1)
        self.panel.writing.take_brought(file, show, self.welcome.say_unread)

    def _show(self, snapshot: Snapshot) -> None:
        self.open_button.setEnabled(snapshot.profile is not None)
        self.welcome.show_snapshot(snapshot)

    def _end(self, wanted: str) -> None:
        self.wanted = wanted
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.back_button.isVisible():
            self._stack.setCurrentIndex(0)
        elif event.key() == Qt.Key.Key_F1:
            self.show_help()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._desk.holds_secrets and self.wanted != DESK and not self.said.text():
            event.ignore()
            self.wanted = ""
            self.said.set_text(
                translate("Settings", "The token typed is kept by the desk alone: open it once.")
                + " "
                + translate("Settings", "To give the token up, close again.")
            )
            self._stack.setCurrentIndex(1)
            return
        self._looks.stop()
        self.panel.close_runners()
        if "help_window" in self.__dict__:
            self.help_window.close()
        super().closeEvent(event)

    def retranslate(self) -> None:
        self.setWindowTitle(translate("Settings", "County Desk settings"))
        self.open_button.setText(translate("Settings", "Open the desk"))
        self.back_button.setText(translate("Settings", "Back"))


def ask_settings(
    app: QApplication,
    words: Words,
    resources: Path,
    desk: SettingsDesk,
    front: Sequence[str],
    take_bundle: Callable[[Path], None],
    *,
    greets: bool,
) -> str:
    """Show the window until it is closed; return what is to be opened then, or an empty text.

    Runs before the desk's own loop. A later start calls it at one of the `front` places, and may
    have a bundle for what is opened then.
    """
    give_icon()
    window = SettingsWindow(words, resources, desk, greets=greets)
    window.show()
    later = SingleInstance(front, window) if front else None
    if later is not None:
        later.handed.connect(take_bundle)
    app.exec()
    if later is not None:
        later.close()
    wanted = window.wanted
    # At once: its translations go with it, of which the next window must not hear.
    delete(window)
    return wanted
