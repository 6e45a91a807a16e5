"""The files of an incident: kind, size, and whether each one is on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from desktop.application.board import Board
from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandKind, CommandRecord
from desktop.domain.incident import FileRef
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, save_bytes
from desktop.gui.panes.detail.attach_panel import SHOWN_PX, open_button, picture
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


class FileList(QWidget):
    """The list of files, with the actions on each; no file is ever opened here."""

    failed = Signal(object)
    """The `Problem` that prevented a file from being saved."""

    def __init__(self, screen: UiContext, detail: IncidentDetail) -> None:
        super().__init__()
        self._screen = screen
        self._source = detail.key.source
        self._files = detail.incident.files[-SHOWN_FILES:]
        self._own = _own_commands(detail.commands)
        self._states: tuple[FileState, ...] = ()
        self._drawn: dict[str, QImage | None] = {}
        self.count = len(self._files)
        self.moving = False
        """Whether a file is being transferred, in or out."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.lines = [FileLine(screen, file) for file in self._files]
        for line in self.lines:
            line.fetch_button.clicked.connect(lambda _=False, line=line: self._fetch(line.file))
            line.save_button.clicked.connect(lambda _=False, line=line: self.ask_where(line.file))
            column.addWidget(line)
        self.refresh()

    def refresh(self) -> None:
        """Read the state of each file again."""
        board, source, files = self._screen.board, self._source, self._files
        drawn = self._drawn
        if files:
            self._screen.reader.ask(
                lambda: read_files(board, source, files, drawn),
                self._show,
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

    def _fetch(self, file: FileRef) -> None:
        board, source = self._screen.board, self._source
        self._screen.writer.ask(
            lambda: board.files.want(source, file), lambda _none: self.refresh()
        )

    def _show(self, states: tuple[FileState, ...]) -> None:
        if states == self._states:
            return
        self._states = states
        self.moving = any(_moves(state) for state in states)
        for line, state in zip(self.lines, states, strict=True):
            line.show_state(state, self._own.get(line.file.digest))


class FileLine(QWidget):
    """A file's picture, name and state, its progress, and one or two buttons."""

    def __init__(self, screen: UiContext, file: FileRef) -> None:
        super().__init__()
        self._screen, self.file = screen, file
        self._picture: QLabel = _stand_in(screen, file.name)
        self._pictured = False
        self.name = PlainLabel(screen)
        self.state = PlainLabel(screen, "second", "second", elide=False)
        self.state.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.fetch_button = open_button(translate("FileList", "Download"))
        self.save_button = open_button(translate("FileList", "Save as…"))
        said = QVBoxLayout()
        said.setSpacing(0)
        for widget in (self.name, self.state, self.bar):
            said.addWidget(widget)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._picture)
        self._row.addLayout(said, 1)
        self._row.addWidget(self.fetch_button)
        self._row.addWidget(self.save_button)
        name = formatting.in_one_line(file.name, 120)
        self.name.set_text(name)
        self.name.setToolTip(formatting.plain_tip(name))
        self.show_state(FileState(None, False, None), None)

    def show_state(self, state: FileState, own: CommandRecord | None) -> None:
        """Show the file's state."""
        if state.picture is not None and not self._pictured:
            self._pictured = True
            small = picture(state.picture)
            self._row.replaceWidget(self._picture, small)
            self._picture.deleteLater()
            self._picture = small
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


def _stand_in(screen: UiContext, name: str) -> QLabel:
    """Return the placeholder of a thumbnail: the file's ending."""
    label = PlainLabel(screen, "second", "second", elide=False)
    label.setFixedSize(SHOWN_PX, SHOWN_PX)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.set_text(PurePosixPath(name).suffix[1:5].upper() or "—")
    return label


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
