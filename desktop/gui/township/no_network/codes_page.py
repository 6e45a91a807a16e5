"""用二维码带走: what waits as QR codes on screen or paper, and receipts from photos of codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.courier.codes import Codes, CodesMade, PicturesRead
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.carrying.call_sheet import say_why
from desktop.gui.carrying.codes_view import CodesView
from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.carrying.photo_folder import FolderFound, find_pictures, say_left
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.list_export import print_pages
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.file_choice import choose, choose_folder
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate


def _say_how() -> str:
    return translate(
        "Codes",
        "Photograph each code with a telephone, straight and close. The photos go to the "
        "county; their sequence does not matter.",
    )


class CodesPage(Retranslated, QWidget):
    """Make codes of what waits, show and print them, and read photos of the county's codes."""

    def __init__(
        self, screen: UiContext, codes: Codes, runner: TaskRunner, slow: TaskRunner
    ) -> None:
        """Photos are read by the `slow` runner."""
        super().__init__()
        self._screen, self._codes, self._runner, self._slow = screen, codes, runner, slow
        self.made: CodesMade | None = None
        self.intro, self.said = make_label(screen), make_label(screen, "strong")
        self.more = make_label(screen, "second")
        self.make = make_button(self._make, main=True)
        self.read_files = make_button(self._ask_files)
        self.read_folder = make_button(self._ask_folder)
        self.view = CodesView(screen, _say_how)
        self.print_button = make_button(self._print)
        self.view.beside.insertWidget(4, self.print_button)
        acts = QWidget()
        row = FlowLayout(acts, spacing=12)
        for button in (self.make, self.read_files, self.read_folder):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.intro)
        column.addWidget(acts)
        column.addWidget(self.said)
        column.addWidget(self.more)
        column.addWidget(self.view, 1)
        column.addStretch(0)
        self.view.hide()
        self.retranslate()

    def open(self) -> None:
        """Take the keyboard, where the page is seen."""
        wanted = self.make if self.made is None else self.view
        if wanted.isVisible():
            wanted.setFocus()

    def _make(self) -> None:
        self._runner.ask(self._codes.make_codes, self._show, self._fail, slot="codes")

    def _show(self, made: CodesMade) -> None:
        self.made = made
        self.view.setVisible(bool(made.commands))
        self.more.set_text("")
        if made.commands:
            self.view.show_codes(made.pictures)
        self._say_made()

    def _say_made(self) -> None:
        made = self.made
        self.intro.setVisible(made is None)  # The code needs the room.
        if made is None:
            return
        if not made.commands:
            self.said.set_text(translate("NoNetwork", "Nothing waits that could go as codes."))
            return
        said = translate("NoNetwork", "%n item(s) in these codes", "", made.commands)
        codes = translate("NoNetwork", "%n code(s)", "", len(made.pictures))
        left = translate("NoNetwork", "%n item(s) stay here.", "", made.left) if made.left else ""
        self.said.set_text(" · ".join(filter(None, (said, codes, left))), "text")

    def _ask_files(self) -> None:
        title = translate("NoNetwork", "Photos of the county's codes")
        choose(self._screen, self.window(), title, self.read)

    def _ask_folder(self) -> None:
        title = translate("NoNetwork", "Choose a folder of photos")
        choose_folder(self.window(), title, self.read_in)

    def read_in(self, folder: Path) -> None:
        """Read the receipts on the photos in this folder."""
        self._begin(partial(find_pictures, folder))

    def read(self, files: list[Path]) -> None:
        """Read the receipts on these photos."""
        self._begin(lambda: FolderFound(files))

    def _begin(self, find: Callable[[], FolderFound]) -> None:
        codes = self._codes

        def read() -> tuple[FolderFound, PicturesRead]:
            folder = find()
            return folder, codes.read_pictures(folder.files)

        self._slow.ask(read, lambda done: self._end_reading(*done), self._fail)
        self.view.hide()
        self.made = None
        self._say_made()
        self.said.set_text(translate("NoNetwork", "Reading the photos …"), "text")
        self.more.set_text("")

    def _end_reading(self, folder: FolderFound, found: PicturesRead) -> None:
        words = self._screen.words
        if found.read:
            answers = sum(each.done.answers for each in found.read)
            said = translate("NoNetwork", "Receipt read: %n item(s) answered", "", answers)
            self.said.set_text(said, "text")
        else:
            said = translate("NoNetwork", "No whole receipt of the county is on these photos")
            self.said.set_text(said, "orange_text")
        lines = [formatting.in_one_line(words.text(each), 300) for each in found.remarks]
        lines += [f"{one.file.name}: {say_why(one.error, self._screen)}" for one in found.refused]
        self.more.set_text("\n".join(say_left(folder) + lines))

    def _fail(self, error: Exception) -> None:
        self.said.set_text(say_why(error, self._screen), "orange_text")

    def _print(self) -> None:
        if self.made is not None:
            from desktop.gui.carrying.code_pages import CodePages

            title = translate("NoNetwork", "Courier bundle {number} in QR codes")
            pages = CodePages(title.format(number=self.made.number), self.made.pictures)
            screen = self._screen
            now = screen.board.now()
            print_pages(screen.remembered, now, self, pages, self._say_unprinted)

    def _say_unprinted(self, problem: Problem) -> None:
        said = str(self._screen.words.problem(problem))
        self.more.set_text(formatting.in_one_line(said, 300), "orange_text")

    def retranslate(self) -> None:
        self.intro.set_text(
            translate(
                "NoNetwork",
                "What waits becomes a few QR codes, without photos. Somebody photographs them and "
                "brings the photos to the county, or you print them.",
            )
        )
        self.make.setText(translate("NoNetwork", "Make the codes"))
        self.read_files.setText(translate("NoNetwork", "Read photos of the receipt …"))
        self.read_folder.setText(translate("NoNetwork", "Read a folder of photos …"))
        self.print_button.setText(translate("NoNetwork", "Print all of them …"))
        self._say_made()
