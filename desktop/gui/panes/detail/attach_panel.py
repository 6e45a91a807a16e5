"""The panel that attaches files: each is shrunk and previewed, then submitted, or refused with a
reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.application.photos.shrinking import bounds_for
from desktop.domain.command import Key, mint_key
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.panes.detail.file_line import SHOWN_PX, FileLine
from desktop.gui.widgets import file_choice
from desktop.gui.widgets.focus import holds_keyboard
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.prepared_file import (
    Chosen,
    Prepared,
    choose_files,
    find_files,
    find_picture,
    prepare,
)

translate = QCoreApplication.translate

MOST_FILES = 9
BUSY_MS = 300
"""Files that take longer to prepare are waited for in sight."""


class AttachPanel(Retranslated, QWidget):
    """Files chosen, dropped or pasted for one incident, until they are submitted or dismissed."""

    opened = Signal()
    left = Signal(bool)
    """The panel was closed, submitted or not; whether it had the keyboard."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.target: Key | None = None
        self.prepared: list[Prepared] = []
        self._chosen: list[Chosen] = []
        self._stopped = Event()
        """Set once the files being prepared are wanted no more."""
        self._begun_for: Key | None = None
        """The incident for which files are being prepared."""
        self._busy = QTimer(self)
        self._busy.setSingleShot(True)
        self._busy.setInterval(BUSY_MS)
        self._busy.timeout.connect(self._say_busy)
        self._target: Callable[[], Key | None] | None = None
        """The incident that takes dropped files, while it may have files attached."""
        self.title = PlainLabel(screen, "strong")
        self.limit = PlainLabel(screen, "second", "second", elide=False)
        self.limit.setWordWrap(True)
        self.original = QPushButton()
        self.original.setCheckable(True)
        self.original.clicked.connect(self._prepare_again)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        self.submit_button = KeyButton(screen, "Enter", main=True, local=True)
        self.leave_button = KeyButton(screen, "Esc", local=True)
        self.submit_button.clicked.connect(self.submit)
        self.leave_button.clicked.connect(self.leave)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.submit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(self._lines)
        column.addWidget(self.original, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.limit)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def serve(self, pane: QWidget, target: Callable[[], Key | None]) -> None:
        """Accept files dropped on this pane while the incident takes files."""
        self._target = target
        pane.setAcceptDrops(True)
        pane.installEventFilter(self)

    def eventFilter(self, _pane: QObject, event: QEvent) -> bool:
        if not isinstance(event, QDropEvent) or self._target is None:
            return False
        # Of the events of dragging this is also the class of entering and moving.
        target, files = self._target(), find_files(event.mimeData())
        if target is not None and files:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.offer(target, files)
        return target is not None and bool(files)

    def ask_file(self, target: Key) -> QFileDialog:
        """Let the officer choose files; the dialog's title gives their size limit."""
        title = translate("AttachPanel", "Attach a file")
        return file_choice.choose(
            *(self._screen, self.window(), f"{title} · {self._limit_words(target)}"),
            lambda files: self.offer(target, files),
        )

    def offer(self, target: Key, files: Sequence[Path]) -> None:
        """Read these files off the GUI thread and show them; nothing is submitted yet."""
        self.original.setChecked(False)
        self._prepare(target, choose_files(files[:MOST_FILES]))

    def paste(self, target: Key) -> bool:
        """Take the picture or files of the clipboard; false when it contains neither."""
        held = QApplication.clipboard().mimeData()
        files = find_files(held)
        if files:
            self.offer(target, files)
            return True
        image = find_picture(held)
        if image is None:
            return False
        now = formatting.local(self._screen.board.now()).strftime("%Y%m%d-%H%M%S")
        name = translate("AttachPanel", "Pasted {time}").format(time=now)
        self.original.setChecked(False)
        self._prepare(target, [Chosen(mint_key(), name, image)])
        return True

    def _prepare(self, target: Key, chosen: list[Chosen]) -> None:
        """Read and shrink these beside the GUI thread, then show them."""
        self._stopped.set()
        stopped = self._stopped = Event()
        board, source = self._screen.board, target.source
        limit = board.files.limit(source)
        status = next((each for each in board.statuses() if each.id == source), None)
        bounds = None if self.original.isChecked() else bounds_for(status)
        found = (prepare(each, limit, bounds, SHOWN_PX, stopped.is_set) for each in chosen)
        self._chosen, self._begun_for = chosen, target
        self._busy.start()
        self._screen.pictures.ask(
            lambda: [file for file in found if file is not None],
            lambda prepared: None if stopped.is_set() else self._show(target, prepared),
        )

    def _prepare_again(self) -> None:
        """Prepare the same files under their same keys, shrunk or in their original size."""
        if self.target is not None:
            self.submit_button.setEnabled(False)
            self._prepare(self.target, self._chosen)

    def submit(self) -> None:
        """Attach the files that are accepted; each is one command, however often one presses."""
        target, board = self.target, self._screen.board
        good = [file for file in self.prepared if file.problem is None]
        if target is None or not good or not self.submit_button.isEnabled():
            return
        self.submit_button.setEnabled(False)
        left = {file.key for file in good}

        def end(key: str) -> None:
            left.discard(key)
            if not left:
                self.leave()

        for file in good:
            self._submitter.submit(
                target,
                lambda file=file: board.commands.attach(  # type: ignore[misc]
                    target, file.name, file.media_type, file.body, file.thumbnail, file.key
                ),
                lambda _record, key=file.key: end(key),  # type: ignore[misc]
                lambda: self.submit_button.setEnabled(True),
            )

    def leave(self) -> None:
        """Remove the files from the panel; they stay on the disk."""
        self._stopped.set()
        self._busy.stop()
        if self.target is not None:
            held = holds_keyboard(self)
            self.target, self.prepared, self._chosen = None, [], []
            self.hide()
            self.left.emit(held)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            # Esc is the window's shortcut everywhere else.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _show(self, target: Key, prepared: list[Prepared]) -> None:
        self._busy.stop()
        if prepared:
            self._fill(target, prepared)
        elif self.target is not None and not self.prepared:
            self.leave()

    def _say_busy(self) -> None:
        """Say that files are being prepared, in place of those before."""
        if self._begun_for is not None:
            self._fill(self._begun_for, [])

    def _fill(self, target: Key, prepared: list[Prepared]) -> None:
        self.target, self.prepared = target, prepared
        while (item := self._lines.takeAt(0)) is not None:
            line = item.widget()
            if line is not None:
                line.hide()
                line.deleteLater()
        for file in prepared:
            line = FileLine(self._screen, file)
            line.place_chosen.connect(self._choose_place)
            self._lines.addWidget(line)
        self.retranslate()
        self.show()
        self.opened.emit()
        self.setFocus()

    def _choose_place(self, key: str, with_place: bool) -> None:
        self.prepared = [
            file.choose_place(with_place) if file.key == key else file for file in self.prepared
        ]

    def retranslate(self) -> None:
        """Set all texts again, once there is anything to attach."""
        if self.target is None:
            return
        good = sum(file.problem is None for file in self.prepared)
        title = translate("AttachPanel", "Attach to this incident")
        if not self.prepared:
            title = translate("Photos", "Making %n photo(s) smaller…", "", len(self._chosen))
        self.title.set_text(title)
        self.submit_button.say(translate("AttachPanel", "Attach %n file(s)", "", good))
        self.submit_button.setVisible(good > 0)
        self.submit_button.setEnabled(True)
        self.original.setText(translate("AttachPanel", "Original size"))
        self.original.setToolTip(
            translate("AttachPanel", "Send photos as the camera wrote them, with all they tell")
        )
        can_choose = any(file.shrunk and not file.shrunk.is_as_it_was for file in self.prepared)
        is_chosen = self.original.isChecked() and bool(self.prepared)
        self.original.setVisible(can_choose or is_chosen)
        self.leave_button.say(translate("AttachPanel", "Not now"))
        if self.target is not None:
            later = translate("AttachPanel", "Text goes first, the original when the line allows.")
            self.limit.set_text(f"{self._limit_words(self.target)} · {later}")

    def _limit_words(self, target: Key) -> str:
        limit = self._screen.board.files.limit(target.source)
        if limit is None:
            return translate("AttachPanel", "limit not known before the first connection")
        return translate("AttachPanel", "at most {size} a file").format(size=formatting.size(limit))


def open_button(text: str) -> QPushButton:
    """Build a small button for a row of a list."""
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
