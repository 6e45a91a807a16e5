"""The files of an incident: kind, size, and whether each one is on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop.application.board import Board
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind, CommandRecord, Key
from desktop.domain.incident import FileRef
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, save_bytes
from desktop.gui.panes.detail.attach_panel import open_button
from desktop.gui.panes.detail.file_line import SHOWN_PX
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.thumbnail import small_picture

translate = QCoreApplication.translate

SHOWN_FILES = 50


class FileState(NamedTuple):
    """The state of one file at this desk."""

    picture: QImage | None
    """Its thumbnail at the size shown, if it is here and can be decoded."""
    here: bool
    """Whether all of the original is on this computer."""
    progress: tuple[int, int] | None
    refused: Problem | None = None
    """The county's reason for refusing it."""


def read_files(
    board: Board, source: str, files: Sequence[FileRef], drawn: dict[str, QImage | None]
) -> tuple[FileState, ...]:
    """Read the state of each file at this desk; costs a few queries a file.

    `drawn` holds thumbnails decoded before, None for undecodable ones; this runs off the GUI
    thread.
    """
    for digest in {file.thumbnail for file in files} - {"", *drawn}:
        body = board.files.read(digest)
        if body is not None:
            drawn[digest] = small_picture(body, SHOWN_PX)
    return tuple(
        FileState(
            drawn.get(file.thumbnail),
            board.files.has(file.digest),
            board.files.progress(file.digest),
            None if file.here else board.files.refusal(source, file.digest),
        )
        for file in files
    )


NOT_HERE = FileState(None, False, None)
NO_FILE = FileRef("", "", "", 0)


class FileList(QWidget):
    """The list of files, with the actions on each; no file is ever opened here."""

    failed = Signal(object)
    """The `Problem` that prevented a file from being saved."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._of: Key | None = None
        self._files: tuple[FileRef, ...] = ()
        self._own: dict[str, CommandRecord] = {}
        self._states: tuple[FileState, ...] = ()
        self._drawn: dict[str, QImage | None] = {}
        self._pool: list[FileLine] = []
        self.moving = False
        """Whether a file is being transferred, in or out."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    @property
    def lines(self) -> list[FileLine]:
        """The lines of the files shown."""
        return self._pool[: len(self._files)]

    def tell(self, detail: IncidentDetail | None) -> None:
        """Show an incident's files, or none while they are not known."""
        files = () if detail is None else detail.incident.files[-SHOWN_FILES:]
        of = None if detail is None else detail.key
        if of != self._of:
            self._drawn = {}
        known = dict(zip(self._files, self._states, strict=False)) if of == self._of else {}
        self._of, self._files = of, files
        self._own = {} if detail is None else _own_commands(detail.commands)
        self._states = ()
        self.moving = False
        for _ in range(len(self._pool), len(files)):
            self._add_line()
        for line, file in zip(self._pool, files, strict=False):
            line.tell(file)
            line.show_state(known.get(file, NOT_HERE), self._own.get(file.digest))
            line.show()
        for line in self._pool[len(files) :]:
            line.hide()
        self.setVisible(bool(files))
        self.refresh()

    def refresh(self) -> None:
        """Read the state of each file again."""
        board, of, files, drawn = self._screen.board, self._of, self._files, self._drawn
        if of is not None and files:
            self._screen.reader.ask(
                lambda: read_files(board, of.source, files, drawn),
                lambda states: self._show(files, states),
                slot=f"files {id(self)}",
            )

    def ask_where(self, file: FileRef) -> QFileDialog:
        """Ask where to save a file that is on this computer."""
        title = translate("FileList", "Save the file as")
        name = safe_name(file.name)
        kept = self._screen.remembered
        return ask_where(
            self.window(), kept, name, lambda path: self.save(file, Path(path)), title=title
        )

    def save(self, file: FileRef, to: Path) -> None:
        """Write the file there, whole or not at all; it is not opened."""
        board = self._screen.board

        def work() -> Problem | None:
            body = board.files.read(file.digest)
            if body is None:
                return Problem("file_not_saved", {"reason": safe_name(file.name)})
            reason = save_bytes(str(to), body)
            return Problem("file_not_saved", {"reason": reason}) if reason else None

        self._screen.reader.ask(work, self._say)

    def _say(self, problem: Problem | None) -> None:
        if problem is not None:
            self.failed.emit(problem)

    def _add_line(self) -> None:
        line = FileLine(self._screen)
        line.fetch_button.clicked.connect(lambda: self._fetch(line.file))
        line.save_button.clicked.connect(lambda: self.ask_where(line.file))
        self._pool.append(line)
        self._column.addWidget(line)

    def _fetch(self, file: FileRef) -> None:
        if self._of is None:
            return
        board, source = self._screen.board, self._of.source
        self._screen.writer.ask(
            lambda: board.files.want(source, file), lambda _none: self.refresh()
        )

    def _show(self, files: tuple[FileRef, ...], states: tuple[FileState, ...]) -> None:
        # Another incident may have been picked meanwhile.
        if files is not self._files or states == self._states:
            return
        self._states = states
        self.moving = any(_moves(state) for state in states)
        for line, state in zip(self.lines, states, strict=True):
            line.show_state(state, self._own.get(line.file.digest))


class FileLine(QWidget):
    """A file's picture, name and state, its progress, and one or two buttons."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.file = NO_FILE
        self._picture = QLabel()
        self._picture.setFixedSize(SHOWN_PX, SHOWN_PX)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.hide()
        self._shown: QImage | None = None
        self._ending = PlainLabel(screen, "second", "second", elide=False)
        """The file's ending, in place of a picture."""
        self._ending.setFixedSize(SHOWN_PX, SHOWN_PX)
        self._ending.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = PlainLabel(screen)
        self.state = PlainLabel(screen, "second", "second", elide=False)
        self.state.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.fetch_button, self.save_button = open_button(""), open_button("")
        said = QVBoxLayout()
        said.setSpacing(0)
        for widget in (self.name, self.state, self.bar):
            said.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._picture)
        row.addWidget(self._ending)
        row.addLayout(said, 1)
        row.addWidget(self.fetch_button)
        row.addWidget(self.save_button)

    def tell(self, file: FileRef) -> None:
        """Show another file, in the current language; its state follows."""
        self.file = file
        name = formatting.in_one_line(file.name, 120)
        self.name.set_text(name)
        set_tip(self.name, name)
        self._ending.set_text(PurePosixPath(file.name).suffix[1:5].upper() or "—")
        self.fetch_button.setText(translate("FileList", "Download"))
        self.save_button.setText(translate("FileList", "Save as…"))

    def show_state(self, state: FileState, own: CommandRecord | None) -> None:
        """Show the file's state."""
        if state.picture is not self._shown:
            self._shown = state.picture
            picture = QPixmap() if state.picture is None else QPixmap.fromImage(state.picture)
            self._picture.setPixmap(picture)
        self._picture.setVisible(state.picture is not None)
        self._ending.setVisible(state.picture is None)
        size = formatting.size(self.file.size)
        refused = state.refused is not None
        self.state.set_text(
            f"{size} · {self._where(state, own)}", "orange_text" if refused else "second"
        )
        done, whole = state.progress or (0, 0)
        self.bar.setVisible(_moves(state))
        self.bar.setRange(0, 1000)
        self.bar.setValue(1000 * done // whole if whole else 0)
        self.fetch_button.setVisible(not state.here and state.progress is None and self.file.here)
        self.save_button.setVisible(state.here)

    def _where(self, state: FileState, own: CommandRecord | None) -> str:
        if state.refused is not None:
            return self._screen.words.problem(state.refused).happened
        if state.progress is not None:
            done, whole = (formatting.size(part) for part in state.progress)
            pattern = (
                translate("FileList", "waits here to be sent, {done} of {whole} there")
                if state.here
                else translate("FileList", "being downloaded, {done} of {whole} here")
            )
            return pattern.format(done=done, whole=whole)
        if own is not None and not own.state.is_final:
            return formatting.record_state(own, self._screen.words)
        if not self.file.here:
            return translate("FileList", "the county does not have all of it yet")
        if state.here:
            return translate("FileList", "✓ at the county and here")
        return translate("FileList", "at the county, not downloaded")


def _moves(state: FileState) -> bool:
    """Whether the file is being transferred, in or out."""
    return state.progress is not None and state.refused is None


def safe_name(name: str) -> str:
    """Return a file name of a backend without folders, control characters or a leading dot."""
    bare = PurePosixPath(PureWindowsPath(name).name).name
    kept = "".join(c for c in bare if c.isprintable() and c not in '<>:"|?*').strip(". ")
    return kept[:120] or "file"


def _own_commands(commands: Sequence[CommandRecord]) -> dict[str, CommandRecord]:
    """Return this desk's attach commands by the digest of their file."""
    found = {}
    for record in commands:
        if record.command.kind is CommandKind.ATTACH:
            file = record.command.body.get("file")
            if isinstance(file, dict):
                found[str(file.get("digest"))] = record
    return found
