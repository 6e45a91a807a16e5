"""代收: what an office without a network sent by hand goes to the county, and the receipt back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.courier.calls import Switchboard
from desktop.application.courier.relay import HandedOn, RelayDone
from desktop.gui import formatting
from desktop.gui.carrying.call_sheet import say_why
from desktop.gui.carrying.codes_view import CodesView
from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.carrying.photo_folder import FolderFound, find_pictures, say_left
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.theme import restyle
from desktop.gui.widgets.file_choice import choose, choose_folder
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX = 880, 520


def _say_how() -> str:
    return translate(
        "Codes",
        "Have the office photograph each code with a telephone, straight and close, and read the "
        "photos at its desk.",
    )


class RelaySheet(Sheet):
    """Choose files of a stick or photos of QR codes; each receipt is a file, and codes again."""

    def __init__(self, screen: UiContext, window: QWidget, switchboard: Switchboard | None) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._relay = None if switchboard is None else switchboard.relay
        self.runner = TaskRunner("relay", self)
        self.done: RelayDone | None = None
        self._folder = FolderFound([])
        self.receipts: tuple[HandedOn, ...] = ()
        """Those of the last files or pictures, and earlier ones that were not given back yet."""
        self._given: tuple[HandedOn, ...] = ()
        """Those that were written somewhere, or shown as codes."""
        self._sentence: Callable[[], tuple[str, str]] = lambda: ("", "text")
        """What was said last, in the present language, and its ink."""
        self.intro, self.said = make_label(screen), make_label(screen, "strong")
        self.more = make_label(screen, "second")
        self.offered: Path | None = None
        """A bundle that the program was opened with, until it is handed on."""
        self._handing: Path | None = None
        """The one offered whose outcome is not known yet."""
        self.hand = make_button(self._hand_offered, main=True)
        self.files = make_button(self._ask_files, main=True)
        self.folder = make_button(partial(self._ask_folder, self.read_in))
        self.keep = make_button(partial(self._ask_folder, self.write))
        self.shows: list[QPushButton] = []
        self._shows = QWidget()
        self._row = FlowLayout(self._shows)
        self.codes = CodesView(screen, _say_how)
        self._arrange()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(12)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        for button in (self.hand, self.files, self.folder, self.keep):
            acts.addWidget(button)
        acts.addStretch(1)
        column.addWidget(self.intro)
        column.addLayout(acts)
        for part in (self.said, self.more, self._shows):
            column.addWidget(part)
        column.addWidget(self.codes, 1)
        column.addStretch(0)
        self.codes.hide()
        self.scrolling().setWidget(inner)

    def fill(self) -> None:
        self.title.set_text(translate("Relay", "Hand on an office's stick or QR codes"))
        self._say()
        self.fit(CONTENT_PX)

    def offer(self, file: Path) -> None:
        """Show the sheet with this file, which goes to the county with one press."""
        self.offered = file
        if not self.runner.pending:
            self._sentence = lambda: ("", "text")
            self._clear()
        self.lay()
        if self._relay is not None:
            (self.files if self.hand.isHidden() else self.hand).setFocus()

    def _hand_offered(self) -> None:
        file = self._handing = self.offered
        if file is not None:
            self.files.setFocus()  # A button that hides passes the keyboard on to “×”.
            self._begin(lambda: FolderFound([file]), file)
            self._say()

    def _ask_files(self) -> None:
        title = translate("Relay", "Files of the stick, or photos of QR codes")
        choose(self._screen, self.window(), title, self.read)

    def _ask_folder(self, take: Callable[[Path], None]) -> None:
        choose_folder(self.window(), translate("Relay", "Choose a folder"), take)

    def read(self, files: list[Path]) -> None:
        """Hand on what is in these files and on these pictures."""
        self._begin(lambda: FolderFound(files))

    def read_in(self, folder: Path) -> None:
        """Hand on what is in the files and on the pictures of this folder."""
        self._begin(partial(find_pictures, folder))

    def _clear(self) -> None:
        """Take away what was found in the files before, and the codes of a receipt."""
        self.done = None
        self.more.set_text("")
        self.codes.hide()
        self.intro.show()

    def _begin(self, find: Callable[[], FolderFound], offered: Path | None = None) -> None:
        relay = self._relay
        if relay is not None:
            self._tell(lambda: (translate("Relay", "Handing it on to the county …"), "text"))
            self._clear()

            def hand_on() -> tuple[FolderFound, RelayDone]:
                folder = find()
                return folder, relay.hand_on(folder.files)

            def end(found: tuple[FolderFound, RelayDone]) -> None:
                self._settle(offered, is_handed=bool(found[1].handed))
                self._end(*found)

            def fail(error: Exception) -> None:
                self._settle(offered, is_handed=False)
                self._fail(error)
                self._say()

            self.runner.ask(hand_on, end, fail)

    def _settle(self, offered: Path | None, *, is_handed: bool) -> None:
        """Offer this bundle no more once it is handed on, else again."""
        if self._handing == offered:
            self._handing = None
        if is_handed and self.offered == offered:
            self.offered = None

    def _end(self, folder: FolderFound, done: RelayDone) -> None:
        self._folder, self.done = folder, done
        # One that is handed on again has one receipt, the newer.
        over = {each.name for each in self._given + done.handed}
        self.receipts = (*(old for old in self.receipts if old.name not in over), *done.handed)
        self._given, self._sentence = (), partial(self._say_handed, done)
        for button in self.shows:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.shows = []
        for each in self.receipts:
            if each.pictures:
                button = make_button(partial(self._show_codes, each))
                self.shows.append(button)
                self._row.addWidget(button)
                button.show()
        self._screen.board.commands.sync_now()  # What it did is soon in the lists.
        self._say()

    def _show_codes(self, handed: HandedOn) -> None:
        self._given += (handed,)
        self.intro.hide()  # The code needs the room.
        self.codes.show()
        self.codes.show_codes(handed.pictures)

    def write(self, folder: Path) -> None:
        """Write the receipts into this folder, such as the office's stick."""
        relay, receipts = self._relay, self.receipts
        if relay is not None:

            def write() -> tuple[HandedOn, ...]:
                relay.write_receipts(folder, receipts)
                return receipts

            self.runner.ask(write, self._end_write, self._fail)

    def _end_write(self, written: tuple[HandedOn, ...]) -> None:
        count = len(written)
        self._given += written
        self._tell(
            lambda: (
                translate(
                    "Relay", "%n receipt(s) written: give them back to the office", "", count
                ),
                "text",
            )
        )

    def _fail(self, error: Exception) -> None:
        self._tell(lambda: (say_why(error, self._screen), "orange_text"))

    def _tell(self, sentence: Callable[[], tuple[str, str]]) -> None:
        """Say this until something else is to be said, also after a change of the language."""
        self._sentence = sentence
        self.said.set_text(*sentence())

    def _say_handed(self, done: RelayDone) -> tuple[str, str]:
        if not done.handed:
            return translate("Relay", "Nothing was handed on"), "orange_text"
        said = translate("Relay", "Handed on to the county: %n", "", len(done.handed))
        offices = ", ".join(formatting.in_one_line(each.office, 40) for each in done.handed)
        return f"{said} ({offices})", "text"

    def _say(self) -> None:
        self.intro.set_text(
            translate(
                "Relay",
                "An office without a network gave you a stick, or photos of its QR codes: they go "
                "to the county from here, and its receipt goes back to the office.",
            )
            if self._relay is not None
            else translate("Calls", "This profile has no county, or more than one.")
        )
        self.files.setText(translate("Relay", "Choose files or photos …"))
        self.folder.setText(translate("Relay", "Choose a whole folder …"))
        self.keep.setText(translate("Relay", "Write the receipts to a folder …"))
        for button in (self.files, self.folder):
            button.setEnabled(self._relay is not None)
        self.keep.setVisible(bool(self.receipts))
        is_offered = self.offered is not None and self.offered != self._handing
        self.hand.setVisible(self._relay is not None and is_offered)
        if self.offered is not None:
            name = formatting.in_one_line(self.offered.name, 30).replace("&", "&&")
            self.hand.setText(translate("Relay", "Hand on {name}").format(name=name))
        restyle(self.files, "main", self.offered is None)
        self.said.set_text(*self._sentence())
        text = self._screen.words.text
        if self.done is not None:
            lines = [formatting.in_one_line(text(remark), 300) for remark in self.done.remarks]
            self.more.set_text("\n".join(say_left(self._folder) + lines))
        shown = [each for each in self.receipts if each.pictures]
        for button, each in zip(self.shows, shown, strict=True):
            pattern = translate("Relay", "Receipt of {office} as QR codes")
            office = formatting.in_one_line(each.office, 30).replace("&", "&&")
            button.setText(pattern.format(office=office))

    def close_runner(self) -> None:
        """Wait for what is being handed on; the window is about to close."""
        self.runner.close()
