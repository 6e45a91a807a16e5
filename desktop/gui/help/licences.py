"""The sheet of licences: the program's own, Qt's, and those of every library it runs on."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop.diagnostics.parts import Part, list_parts
from desktop.gui.context import UiContext
from desktop.gui.widgets.sheet import Sheet
from desktop.gui.widgets.text_column import TextColumn

translate = QCoreApplication.translate

WIDTH_PX = 640
QT = ("pyside", "shiboken")
"""How the names of Qt's libraries begin; theirs is the licence with conditions for the reader."""


class LicencesSheet(Sheet):
    """What was installed here, by whose leave it is used, and what may be done with it."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._area = self.scrolling()
        self._parts: tuple[Part, ...] = ()

    def fill(self) -> None:
        self.title.set_text(translate("Licences", "About this program, and licences"))
        self._show()
        if not self._parts:
            self._screen.reader.ask(list_parts, self._learn, slot="licences")

    def _learn(self, parts: tuple[Part, ...]) -> None:
        self._parts = parts
        self._show()

    def _show(self) -> None:
        column = TextColumn(self._screen)
        program, libraries = self._parts[:1], self._parts[1:]
        version = "".join(f" {part.version}" for part in program)
        column.add(translate("Licences", "County Desk") + version, "strong")
        column.add(
            translate(
                "Licences",
                "Free software under the Apache License 2.0. It comes without any warranty.",
            )
        )
        column.add_gap()
        column.add("Qt", "strong")
        column.add(
            translate(
                "Licences",
                "The windows are drawn by Qt, used unchanged and as shared libraries under the"
                " GNU Lesser General Public License, version 3 (LGPL-3.0). You may look into"
                " these libraries and put your own builds of them in their place; the Qt project"
                " publishes their source. Copyright The Qt Company Ltd. and others.",
            )
        )
        for part in libraries:
            if part.name.lower().startswith(QT):
                column.add(_line(part), "second", "second")
        column.add_gap()
        column.add(translate("Licences", "Other libraries"), "strong")
        for part in libraries:
            if not part.name.lower().startswith(QT):
                column.add(_line(part), "second", "second")
        column.end()
        self._area.setWidget(column)
        self.fit(column.heightForWidth(self.width() - 24))


def _line(part: Part) -> str:
    licence = part.licence or translate("Licences", "see its own files")
    return f"{part.name} {part.version} · {licence}"
