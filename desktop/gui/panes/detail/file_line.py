"""One row of the panel that attaches files."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.photo_text import say_facts, say_size
from desktop.gui.widgets.prepared_file import Prepared

translate = QCoreApplication.translate

SHOWN_PX = 40


class FileLine(Retranslated, QWidget):
    """One file in the panel: its picture, its name, its size or why it is refused."""

    place_chosen = Signal(str, bool)
    """The key of the file, and whether the place where it was taken goes along."""

    def __init__(self, screen: UiContext, file: Prepared) -> None:
        super().__init__()
        self._screen, self._file = screen, file
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if file.picture is not None:
            row.addWidget(picture(file.picture, SHOWN_PX))
        self.name = PlainLabel(screen)
        self.amount = PlainLabel(screen, "second", "second", elide=file.problem is None)
        self.amount.setWordWrap(file.problem is not None)
        self.facts = PlainLabel(screen, "second", "second")
        self.without_place = QPushButton()
        self.without_place.setCheckable(True)
        self.without_place.clicked.connect(self._choose_place)
        said = QVBoxLayout()
        said.setSpacing(0)
        for label in (self.name, self.amount, self.facts):
            said.addWidget(label)
        said.addWidget(self.without_place, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(said, 1)
        self.retranslate()

    def _choose_place(self) -> None:
        self.place_chosen.emit(self._file.key, not self.without_place.isChecked())
        self.retranslate()

    def retranslate(self) -> None:
        """Set all texts again."""
        file = self._file
        self.name.set_text(formatting.in_one_line(file.name, 120))
        if file.problem is not None:
            self.amount.set_text(str(self._screen.words.problem(file.problem)), "orange_text")
        else:
            said = say_size(len(file.body), file.size, is_as_it_was=file.is_as_it_was)
            self.amount.set_text(said)
        place = None if self.without_place.isChecked() else file.facts.place
        facts = say_facts(file.facts.taken, place, self._screen.board.now())
        self.facts.set_text(facts)
        self.facts.setVisible(bool(facts))
        self.without_place.setText(translate("Photos", "Leave the place out"))
        self.without_place.setVisible(file.facts.place is not None)


def picture(image: QImage, side_px: int) -> QLabel:
    """Build a small label of a thumbnail, which was decoded off the GUI thread."""
    label = QLabel()
    label.setFixedSize(side_px, side_px)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setPixmap(QPixmap.fromImage(image))
    return label
