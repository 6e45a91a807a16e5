"""What runs on the wall with the seconds: painted anew alone, while all beside it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget

from desktop.gui.wall.canvas import RIGHT, Canvas

ABOVE, BELOW = 0.5, 0.65
"""How far letters reach from the middle of their line, in parts of their size: what stands above or
below it may reach into the rest of their room."""
FIGURES = str.maketrans("123456789", "000000000")


class Wording(NamedTuple):
    """A text with all that decides how wide it is."""

    text: str
    size: float
    ink: str = "text"
    strong: bool = False

    def is_as_wide_as(self, other: Wording) -> bool:
        """Whether it takes as much room: only figures differ, and all of them are equally wide."""
        return (self.size, self.strong) == (other.size, other.strong) and self.text.translate(
            FIGURES
        ) == other.text.translate(FIGURES)


class _Written(NamedTuple):
    said: Wording
    room: QRectF
    align: Qt.AlignmentFlag
    place: QRect


class RunningTexts:
    """The running texts of one part of the wall, on its panel, as they were painted last."""

    def __init__(self, part: QWidget) -> None:
        self._part = part
        self._written: dict[object, _Written] = {}

    def forget(self) -> None:
        """Forget them all: the part is about to be painted whole."""
        self._written.clear()

    def write(
        self,
        canvas: Canvas,
        name: object,
        room: QRectF,
        said: Wording,
        align: Qt.AlignmentFlag = RIGHT,
    ) -> float:
        """Write one while the part is painted whole; return the pixels it took."""
        taken = canvas.write(room, said.text, said.size, said.ink, align, strong=said.strong)
        left = room.right() - taken if align is RIGHT else room.left()
        em = said.size * canvas.unit
        place = QRectF(left, room.center().y() - ABOVE * em, taken, (ABOVE + BELOW) * em)
        self._written[name] = _Written(said, QRectF(room), align, place.toAlignedRect())
        return taken

    def run(self, texts: Mapping[object, Wording]) -> None:
        """Say these from now on; the whole part is painted anew only if something must move."""
        if texts.keys() != self._written.keys() or not all(
            said.is_as_wide_as(self._written[name].said) for name, said in texts.items()
        ):
            self._part.update()
            return
        for name, said in texts.items():
            before = self._written[name]
            if said != before.said:
                self._written[name] = before._replace(said=said)
                self._part.update(before.place)

    def paint(self, canvas: Canvas, dirty: QRegion) -> bool:
        """Paint those that are dirty; false when something else is as well, which is then due."""
        touched = [each for each in self._written.values() if dirty.intersects(each.place)]
        for each in touched:
            dirty = dirty.subtracted(QRegion(each.place))
        if not dirty.isEmpty():
            return False
        for text in touched:
            said = text.said
            canvas.panel(QRectF(text.place))
            canvas.write(text.room, said.text, said.size, said.ink, text.align, strong=said.strong)
        return True
