"""The photos of the report in hand: added, shown once they are durable, taken out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.board import Board
from desktop.application.office.report_photos import MOST_PHOTOS, KeptPhoto, ReportPhotos
from desktop.application.photos.shrinking import bounds_for
from desktop.application.ports import StoreError
from desktop.domain.command import CommandRecord, mint_key
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.township.photo_card import PICTURE_PX, Entry, PhotoCard, make_entry
from desktop.gui.widgets import file_choice
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.prepared_file import (
    Chosen,
    Prepared,
    choose_files,
    find_files,
    find_picture,
    prepare,
)
from desktop.gui.widgets.thumbnail import small_picture
from desktop.protocol.fields import InvalidField

translate = QCoreApplication.translate

AGAIN_MS = 10_000


class _Kept(NamedTuple):
    """What the store has, and why a photo of an earlier report is not attached yet."""

    entries: list[Entry]
    problem: Problem | None = None


class PhotoStrip(Retranslated, QWidget):
    """A row of photos with the ways to add some; one is shown only once it is durable."""

    settled = Signal()
    """All that was added is shown, or refused with words."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.photos = ReportPhotos(screen.board)
        """Used on the writer's lane alone."""
        self.source = ""
        """The source that takes the report."""
        self.cards: dict[str, PhotoCard] = {}
        self._unkept: dict[str, Entry] = {}
        self._going: set[str] = set()
        """Those of the unkept that go with the report being submitted."""
        self._under_way = 0
        self._problem: Problem | None = None
        self._too_many = False
        self._stopped = Event()
        self.again = QTimer(self)
        """Tries what could not be stored once more, until it is."""
        self.again.setSingleShot(True)
        self.again.setInterval(AGAIN_MS)
        self.again.timeout.connect(self._keep_again)
        self.title = PlainLabel(screen)
        self.hint = PlainLabel(screen, "second", "second", elide=False)
        self.note = PlainLabel(screen, "second", "orange_text", elide=False)
        self.add_button, self.original, self.retry = QPushButton(), QPushButton(), QPushButton()
        self._photos = QWidget()
        self._shelf = FlowLayout(self._photos)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        for label in (self.hint, self.note):
            label.setWordWrap(True)
        self.original.setCheckable(True)
        self.add_button.clicked.connect(self.ask_files)
        self.retry.clicked.connect(self._keep_again)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.title, self.add_button, self.original, self.hint):
            head.addWidget(widget, int(widget is self.hint))
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(below)
        column.addWidget(self._photos)

    @property
    def is_busy(self) -> bool:
        """Whether a photo is being read, shrunk or stored."""
        return bool(self._under_way)

    def ask_files(self) -> None:
        """Let the clerk choose photos, from a folder or from what is plugged in."""
        title = translate("Photos", "Add photos")
        file_choice.choose(self._screen, self.window(), title, self.add_files)

    def add_files(self, files: Sequence[Path]) -> None:
        """Shrink these files and keep them with the report in hand."""
        self._add(choose_files(files))

    def paste(self) -> bool:
        """Take the files or the picture of the clipboard; false when it contains neither."""
        held = QApplication.clipboard().mimeData()
        if files := find_files(held):
            self.add_files(files)
            return True
        image = None if held.hasText() else find_picture(held)
        if image is None:
            return False
        now = formatting.local(self._screen.board.now()).strftime("%Y%m%d-%H%M%S")
        name = translate("AttachPanel", "Pasted {time}").format(time=now)
        self._add([Chosen(mint_key(), name, image)])
        return True

    def reload(self) -> None:
        """Complete what was interrupted and show the photos of the report in hand."""
        board, photos = self._screen.board, self.photos
        self._screen.writer.ask(lambda: _read(board, photos), self._show)

    def submitting(
        self, key: str, create: Callable[[], CommandRecord]
    ) -> Callable[[], CommandRecord]:
        """Return what stores the report and its photos, to be called off the GUI thread."""
        photos, unkept = self.photos, list(self._unkept.values())
        self._going = set(self._unkept)

        def store() -> CommandRecord:
            for entry in unkept:
                photos.keep(entry.photo, entry.body, entry.thumbnail)
            return photos.submit(key, create)

        return store

    def begin_anew(self) -> None:
        """Show the photos of the next report: this one is stored, with all that was shown."""
        for key in self._going:
            self._unkept.pop(key, None)
        self.again.stop()
        self.reload()

    def stop(self) -> None:
        """Drop what is being shrunk: the window closes."""
        self._stopped.set()
        self.again.stop()

    def _add(self, chosen: list[Chosen]) -> None:
        room = MOST_PHOTOS - len(self.cards) - self._under_way
        self._too_many, self._problem = len(chosen) > room, None
        board, stopped = self._screen.board, self._stopped
        limit = board.files.limit(self.source)
        status = next((each for each in board.statuses() if each.id == self.source), None)
        bounds = None if self.original.isChecked() else bounds_for(status)
        for each in chosen[: max(0, room)]:
            self._under_way += 1

            def work(each: Chosen = each) -> Prepared | Entry | None:
                file = prepare(each, limit, bounds, PICTURE_PX, stopped.is_set)
                return make_entry(file) if file is not None and file.problem is None else file

            self._screen.pictures.ask(work, self._take, self._fail)
        self._say()

    def _take(self, found: Prepared | Entry | None) -> None:
        if isinstance(found, Entry):
            self._keep(found)
            return
        if found is not None:
            self._problem = found.problem
        self._end_one()

    def _keep(self, entry: Entry) -> None:
        """Store the photo, and only then show it as one of the report."""
        photos, key = self.photos, entry.photo.key

        def end(_none: None) -> None:
            self._unkept.pop(key, None)
            self._place(entry._replace(body=b"", thumbnail=b""))
            self._end_one()

        def fail(error: Exception) -> None:
            if not isinstance(error, InvalidField):
                self._unkept[key] = entry
                self._place(entry)
            self._fail(error)

        self._screen.writer.ask(
            lambda: photos.keep(entry.photo, entry.body, entry.thumbnail), end, fail
        )

    def _keep_again(self) -> None:
        self.again.stop()
        if self._under_way:
            return
        for entry in self._unkept.values():
            self._under_way += 1
            self._keep(entry)
        self._problem = None
        self._say()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, StoreError):
            self._problem = error.problem
        elif isinstance(error, InvalidField):
            self._too_many = True
        else:
            self._problem = Problem("screen_error", {"kind": type(error).__name__})
        self._end_one()

    def _end_one(self) -> None:
        self._under_way -= 1
        self._say()
        if self._unkept:
            self.again.start()
        if not self._under_way:
            self.settled.emit()

    def _remove(self, key: str) -> None:
        self._unkept.pop(key, None)
        self._take_away(key)
        self._screen.writer.ask(lambda: self.photos.remove(key), lambda _none: None, self._refuse)
        self._say()

    def _choose_place(self, key: str, with_place: bool) -> None:
        board, photos = self._screen.board, self.photos

        def work() -> _Kept:
            photos.set_place(key, with_place)
            return _read(board, photos)

        self._screen.writer.ask(work, self._show, self._refuse)

    def _refuse(self, error: Exception) -> None:
        """Say why a change was not kept, and show what is."""
        self._under_way += 1
        self._fail(error)
        self.reload()

    def _show(self, kept: _Kept) -> None:
        self._problem = kept.problem or self._problem
        if not self._unkept and kept.problem is None:
            self._problem = None
        shown = {entry.photo: entry for entry in (*kept.entries, *self._unkept.values())}
        for key, card in list(self.cards.items()):
            if card.entry.photo not in shown or bool(card.entry.body) is not (key in self._unkept):
                self._take_away(key)
        for entry in shown.values():
            if entry.photo.key not in self.cards:
                self._place(entry)
        self._say()

    def _place(self, entry: Entry) -> None:
        photo = entry.photo
        same = [k for k, card in self.cards.items() if card.entry.photo.digest == photo.digest]
        if same and photo.key not in same:
            return  # The same photo was added twice: it is kept once.
        self._take_away(photo.key)
        card = self.cards[photo.key] = PhotoCard(self._screen, entry)
        card.removed.connect(self._remove)
        card.place_chosen.connect(self._choose_place)
        self._shelf.addWidget(card)

    def _take_away(self, key: str) -> None:
        card = self.cards.pop(key, None)
        if card is not None:
            self._shelf.removeWidget(card)
            card.hide()
            card.deleteLater()

    def retranslate(self) -> None:
        """Set all texts again."""
        self.add_button.setText(translate("Photos", "Add photos…"))
        self.original.setText(translate("AttachPanel", "Original size"))
        self.original.setToolTip(
            translate("AttachPanel", "Send photos as the camera wrote them, with all they tell")
        )
        self.retry.setText(translate("Photos", "Store them now"))
        self._say()

    def _say(self) -> None:
        title, count = translate("Photos", "Photos"), len(self.cards)
        self.title.set_text(f"{title} · {count}" if count else title)
        if self._under_way:
            busy = translate("Photos", "Making %n photo(s) smaller…", "", self._under_way)
            self.hint.set_text(busy)
        else:
            self.hint.set_text(translate("Photos", "or drop them here, or paste them with Ctrl+V"))
        said = []
        if self._too_many:
            most = translate("Photos", "A report takes at most %n photo(s).", "", MOST_PHOTOS)
            said.append(most)
        if self._problem is not None:
            said.append(str(self._screen.words.problem(self._problem)))
        self.note.set_text("\n".join(said))
        self.note.setVisible(bool(said))
        self.retry.setVisible(bool(self._unkept))


def _read(board: Board, photos: ReportPhotos) -> _Kept:
    """Complete what was interrupted and read the photos in hand; runs on the writer's lane."""
    problem = None
    try:
        photos.finish()
    except StoreError as error:
        problem = error.problem
    except InvalidField as error:
        problem = Problem("command_not_stored", {"reason": str(error)})
    return _Kept([Entry(photo, _draw(board, photo)) for photo in photos.in_hand()], problem)


def _draw(board: Board, photo: KeptPhoto) -> QImage | None:
    small = board.files.read(photo.thumbnail) if photo.thumbnail else None
    return None if small is None else small_picture(small, PICTURE_PX)
