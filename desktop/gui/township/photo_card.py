"""One photo of the report in hand: small, with its size, and a cross that takes it out again."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from desktop.application.office.report_photos import KeptPhoto, digest_of
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.panes.detail.file_line import picture
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.photo_text import say_facts, say_size
from desktop.gui.widgets.prepared_file import Prepared

translate = QCoreApplication.translate

PICTURE_PX, CARD_PX = 96, 400


class Entry(NamedTuple):
    """A photo as it is shown, with its bytes while they are only in this window."""

    photo: KeptPhoto
    image: QImage | None = None
    body: bytes = b""
    thumbnail: bytes = b""


def make_entry(file: Prepared) -> Entry:
    """Make the entry of a file that was read; takes its digest, so never on the GUI thread."""
    small = file.thumbnail or b""
    photo = KeptPhoto(
        key=file.key,
        name=file.name,
        media_type=file.media_type,
        size=len(file.body),
        digest=digest_of(file.body),
        thumbnail=digest_of(small) if small else "",
        size_before=file.size,
        is_as_it_was=file.is_as_it_was,
        taken=file.facts.taken,
        place=file.facts.place,
    )
    return Entry(photo, file.picture, file.body, small)


class PhotoCard(Retranslated, QFrame):
    """A photo with its words; it stays until the report goes or the cross is pressed."""

    removed = Signal(str)
    """The key of the photo."""
    place_chosen = Signal(str, bool)
    """The key, and whether the place where it was taken goes along."""

    def __init__(self, screen: UiContext, entry: Entry) -> None:
        super().__init__()
        self._screen, self.entry = screen, entry
        photo = entry.photo
        self.setFixedWidth(CARD_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 8)
        row.setSpacing(8)
        if entry.image is not None:
            row.addWidget(picture(entry.image, PICTURE_PX), 0, Qt.AlignmentFlag.AlignTop)
        self.name = PlainLabel(screen)
        self.amount = PlainLabel(screen, "second", "second", elide=False)
        self.facts = PlainLabel(screen, "second", "second")
        self.without_place = QPushButton()
        self.without_place.setCheckable(True)
        self.without_place.setChecked(not photo.with_place)
        self.without_place.clicked.connect(
            lambda: self.place_chosen.emit(photo.key, not self.without_place.isChecked())
        )
        self.cross = QPushButton("×")
        self.cross.setProperty("quiet", True)
        self.cross.clicked.connect(lambda: self.removed.emit(photo.key))
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.cross)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addLayout(head)
        self.amount.setWordWrap(True)
        for label in (self.amount, self.facts):
            said.addWidget(label)
        said.addWidget(self.without_place, 0, Qt.AlignmentFlag.AlignLeft)
        said.addStretch(1)
        row.addLayout(said, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        photo = self.entry.photo
        self.name.set_text(formatting.in_one_line(photo.name, 60))
        if self.entry.body:
            not_kept = translate("Photos", "Not stored yet: this computer's disk took nothing.")
            self.amount.set_text(not_kept, "orange_text")
        else:
            said = say_size(photo.size, photo.size_before, is_as_it_was=photo.is_as_it_was)
            self.amount.set_text(said, "second")
        place = photo.place if photo.with_place else None
        facts = say_facts(photo.taken, place, self._screen.board.now())
        self.facts.set_text(facts)
        self.facts.setVisible(bool(facts))
        self.without_place.setText(translate("Photos", "Leave the place out"))
        self.without_place.setVisible(photo.place is not None and not self.entry.body)
        cross = translate("Photos", "Take this photo out of the report")
        self.cross.setToolTip(cross)
        self.cross.setAccessibleName(f"{cross}: {self.name.text()}")
