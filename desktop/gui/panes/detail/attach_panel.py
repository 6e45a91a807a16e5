"""The panel that attaches files: each is previewed, then submitted, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QMimeDatabase, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.command import Key, mint_key
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.focus import holds_keyboard
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.thumbnail import decode, encode, small_picture, thumbnail
from desktop.protocol.pictures import MEDIA_TYPES

translate = QCoreApplication.translate

MOST_FILES = 9
SHOWN_PX = 40


class Prepared(NamedTuple):
    """A file read for preview, or the reason why it cannot be attached."""

    name: str
    size: int
    key: str
    """The command's key, made before the first press."""
    media_type: str = ""
    body: bytes = b""
    thumbnail: bytes | None = None
    picture: QImage | None = None
    """The thumbnail at the size shown."""
    problem: Problem | None = None


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
        self._target: Callable[[], Key | None] | None = None
        """The incident that takes dropped files, while it may have files attached."""
        self.title = PlainLabel(screen, "strong")
        self.limit = PlainLabel(screen, "second", "second", elide=False)
        self.limit.setWordWrap(True)
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
        dialog = QFileDialog(self.window())
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # It speaks our language.
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        title = translate("AttachPanel", "Attach a file")
        dialog.setWindowTitle(f"{title} · {self._limit_words(target)}")
        dialog.filesSelected.connect(lambda names: self.offer(target, [Path(n) for n in names]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def offer(self, target: Key, files: Sequence[Path]) -> None:
        """Read these files off the GUI thread and show them; nothing is submitted yet."""
        limit = self._screen.board.files.limit(target.source)
        chosen = [(file, mint_key()) for file in files[:MOST_FILES]]
        self._screen.reader.ask(
            lambda: [_prepare(file, key, limit) for file, key in chosen],
            lambda prepared: self._show(target, prepared),
        )

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
        name, key = translate("AttachPanel", "Pasted {time}").format(time=now), mint_key()
        limit = self._screen.board.files.limit(target.source)
        self._screen.reader.ask(
            lambda: _prepare_pasted(name, image, key, limit),
            lambda prepared: self._show(target, prepared),
        )
        return True

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
        if self.target is not None:
            held = holds_keyboard(self)
            self.target, self.prepared = None, []
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
        if not prepared:
            return
        self.target, self.prepared = target, prepared
        while (item := self._lines.takeAt(0)) is not None:
            line = item.widget()
            if line is not None:
                line.hide()
                line.deleteLater()
        for file in prepared:
            self._lines.addWidget(_FileLine(self._screen, file))
        self.retranslate()
        self.show()
        self.opened.emit()
        self.setFocus()

    def retranslate(self) -> None:
        """Set all texts again, once there is anything to attach."""
        if self.target is None:
            return
        good = sum(file.problem is None for file in self.prepared)
        self.title.set_text(translate("AttachPanel", "Attach to this incident"))
        self.submit_button.say(translate("AttachPanel", "Attach %n file(s)", "", good))
        self.submit_button.setVisible(good > 0)
        self.submit_button.setEnabled(True)
        self.leave_button.say(translate("AttachPanel", "Not now"))
        if self.target is not None:
            later = translate("AttachPanel", "Text goes first, the original when the line allows.")
            self.limit.set_text(f"{self._limit_words(self.target)} · {later}")

    def _limit_words(self, target: Key) -> str:
        limit = self._screen.board.files.limit(target.source)
        if limit is None:
            return translate("AttachPanel", "limit not known before the first connection")
        return translate("AttachPanel", "at most {size} a file").format(size=formatting.size(limit))


class _FileLine(QWidget):
    """One file in the panel: its picture, its name, its size or why it is refused."""

    def __init__(self, screen: UiContext, file: Prepared) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if file.picture is not None:
            row.addWidget(picture(file.picture))
        said = QVBoxLayout()
        said.setSpacing(0)
        name = PlainLabel(screen)
        name.set_text(formatting.in_one_line(file.name, 120))
        said.addWidget(name)
        if file.problem is None:
            size = PlainLabel(screen, "second", "second")
            size.set_text(formatting.size(file.size))
            said.addWidget(size)
        else:
            why = PlainLabel(screen, "second", "orange_text", elide=False)
            why.setWordWrap(True)
            why.set_text(str(screen.words.problem(file.problem)))
            said.addWidget(why)
        row.addLayout(said, 1)


def picture(image: QImage) -> QLabel:
    """Build a small label of a thumbnail, which was decoded off the GUI thread."""
    label = QLabel()
    label.setFixedSize(SHOWN_PX, SHOWN_PX)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setPixmap(QPixmap.fromImage(image))
    return label


def find_picture(held: QMimeData) -> bytes | QImage | None:
    """Return another program's picture still encoded, or one of this computer's own.

    Asked for an image, Qt would decode whatever kind the other program names, on this thread.
    """
    kinds = held.formats()
    for kind in MEDIA_TYPES:
        if kind in kinds:
            return bytes(held.data(kind).data())
    if held.hasImage() and not any(kind.startswith("image/") for kind in kinds):
        image = held.imageData()
        return image if isinstance(image, QImage) and not image.isNull() else None
    return None


def find_files(held: QMimeData) -> list[Path]:
    """Find the files of this computer that are being dragged or pasted."""
    return [Path(url.toLocalFile()) for url in held.urls() if url.isLocalFile()]


def open_button(text: str) -> QPushButton:
    """Build a small button for a row of a list."""
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _prepare(file: Path, key: str, limit: int | None) -> Prepared:
    """Read a file up to the size limit; runs off the GUI thread."""
    name = file.name
    try:
        size = file.stat().st_size
        if limit is not None and size > limit:
            return Prepared(name, size, key, problem=_too_large(name, size, limit))
        if not file.is_file() or not size:
            reason = translate("AttachPanel", "not a file with content")
            return Prepared(name, 0, key, problem=_unreadable(name, reason))
        with file.open("rb") as opened:
            body = opened.read(size + 1 if limit is None else limit + 1)
    except OSError as error:
        return Prepared(name, 0, key, problem=_unreadable(name, error.strerror or str(error)))
    if limit is not None and len(body) > limit:
        return Prepared(name, len(body), key, problem=_too_large(name, len(body), limit))
    kind = QMimeDatabase().mimeTypeForFileNameAndData(name, body[:4096]).name()
    return _add_picture(Prepared(name, len(body), key, kind, body))


def _add_picture(file: Prepared) -> Prepared:
    small = thumbnail(file.body)
    shown = None if small is None else small_picture(small, SHOWN_PX)
    return file._replace(thumbnail=small, picture=shown)


def _prepare_pasted(name: str, held: bytes | QImage, key: str, limit: int | None) -> list[Prepared]:
    """Prepare a pasted picture as a file; empty if it is none. Runs off the GUI thread."""
    image = decode(held) if isinstance(held, bytes) else held
    return [] if image is None else [_prepare_image(name, image, key, limit)]


def _prepare_image(name: str, image: QImage, key: str, limit: int | None) -> Prepared:
    form, kind = ("PNG", "image/png") if image.hasAlphaChannel() else ("JPG", "image/jpeg")
    body = encode(image, form)
    name = f"{name}.{form.lower()}"
    if body is None:
        return Prepared(name, 0, key, problem=_unreadable(name, form))
    if limit is not None and len(body) > limit:
        return Prepared(name, len(body), key, problem=_too_large(name, len(body), limit))
    return _add_picture(Prepared(name, len(body), key, kind, body))


def _too_large(name: str, size: int, limit: int) -> Problem:
    details = {"name": name, "size": formatting.size(size), "limit": formatting.size(limit)}
    return Problem("file_too_large", details)


def _unreadable(name: str, reason: str) -> Problem:
    return Problem("file_unreadable", {"name": name, "reason": reason})
