"""没有网络: what waits goes to the county on a stick, and the receipt comes back on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.courier.stick import Stick, StickRead, Written
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.drives import Drive, find_drives
from desktop.gui.township.stick_text import say_left, say_read, say_why
from desktop.gui.widgets.file_choice import choose_file, choose_folder
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX, BUTTON_PX = 880, 340, 44


class CarrySheet(Sheet):
    """Choose a stick, write to it, read receipts from it; before that, pair with the county once.

    `stick` does the work, on a runner of its own: a slow stick holds up nothing else.
    """

    def __init__(self, screen: UiContext, window: QWidget, stick: Stick, office: str) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._stick, self.office = stick, office
        self.runner = TaskRunner("stick", self)
        self.drives: list[Drive] = []
        self.folder: Path | None = None
        self._is_paired = self._pairs_anew = False
        self._offered: Path | None = None
        """A receipt that the program was opened with, while it is not known who is paired."""
        self._county_file: Path | None = None
        self.intro = self._label("body")
        self.drive_buttons: list[QPushButton] = []
        self._drives = QWidget()
        self._drive_row = FlowLayout(self._drives)
        self.other = self._button(self._ask_folder)
        self.write_button = self._button(self._write, main=True)
        self.read_button = self._button(self._read)
        self.anew_button = self._button(self._turn_to_pairing)
        self.anew_button.setProperty("quiet", True)
        self.pair_button = self._button(self._write_pairing, main=True)
        self.county_button = self._button(self._ask_pairing)
        self.same_button = self._button(self._end_pairing, main=True)
        self.said = self._label("strong")
        self.more = self._label("second")
        self._arrange()
        screen.feed.ticked.connect(self._tick)

    def _label(self, role: str) -> PlainLabel:
        label = PlainLabel(
            self._screen, role, "second" if role == "second" else "text", elide=False
        )
        label.setWordWrap(True)
        return label

    def _button(self, act: Callable[[], None], *, main: bool = False) -> QPushButton:
        button = QPushButton()
        button.setMinimumHeight(BUTTON_PX)
        button.setProperty("main", main)
        button.clicked.connect(act)
        return button

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(12)
        column.addWidget(self.intro)
        column.addWidget(self._drives)
        main = QWidget()
        row = FlowLayout(main, spacing=12)
        for button in (
            *(self.pair_button, self.county_button, self.same_button),
            *(self.write_button, self.read_button),
        ):
            row.addWidget(button)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        acts.addWidget(main, 1)
        acts.addWidget(self.anew_button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(acts)
        column.addWidget(self.said)
        column.addWidget(self.more)
        column.addStretch(1)
        self._drive_row.addWidget(self.other)
        self.scrolling().setWidget(inner)

    def fill(self) -> None:
        self.title.set_text(translate("Township", "No network: take it to the county on a stick"))
        self._look()
        self.runner.ask(self._stick.is_paired, self._show_paired, slot="paired")
        self._say()
        self.fit(CONTENT_PX)

    def _show_paired(self, is_paired: bool) -> None:
        self._is_paired = is_paired
        self._say()
        if self._offered is not None:
            self._say_offered(self._offered)
            self._offered = None

    def _tick(self, _now: Instant) -> None:
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        self.runner.ask(find_drives, self._show_drives, slot="drives")

    def _show_drives(self, drives: list[Drive]) -> None:
        """Offer these drives; the only one is chosen, one that was pulled out is not any more."""
        places = [drive.folder for drive in drives]
        if places != [drive.folder for drive in self.drives]:
            for button in self.drive_buttons:
                self._drive_row.removeWidget(button)
                button.deleteLater()
            self.drive_buttons = [self._button(partial(self.choose, place)) for place in places]
            for button in self.drive_buttons:
                button.setCheckable(True)
                self._drive_row.addWidget(button)
                button.show()
            gone = self.folder in [drive.folder for drive in self.drives]
            if self.folder is None or (gone and self.folder not in places):
                self.folder = places[0] if len(places) == 1 else None
        self.drives = drives
        self._say()

    def choose(self, folder: Path) -> None:
        """Use this folder, of a stick or any other, from now on."""
        self.folder = folder
        self._say()

    def offer(self, file: Path) -> None:
        """Have the folder of this receipt chosen, so that it is read with one press."""
        self.choose(file.parent)
        self._offered, self._pairs_anew = file, False
        self.runner.ask(self._stick.is_paired, self._show_paired, slot="paired")

    def _say_offered(self, file: Path) -> None:
        said = (
            translate("Township", "Opened: {name}. Pair with the county first.")
            if self._pairs
            else translate("Township", "Opened: {name}. Now read the receipt.")
        )
        self.said.set_text(said.format(name=formatting.in_one_line(file.name, 60)), "text")
        self.more.set_text("")
        (self.pair_button if self._pairs else self.read_button).setFocus()

    def _ask_folder(self) -> None:
        choose_folder(self.window(), translate("Township", "Choose a folder"), self.choose)

    def _write(self) -> None:
        if self.folder is not None:
            self._begin(translate("Township", "Writing. Leave the stick in …"))
            stick, folder = self._stick, self.folder
            self.runner.ask(lambda: stick.write(folder), self._end_write, self._fail)

    def _end_write(self, written: Written) -> None:
        done = written.done
        said = translate("Township", "Written: %n item(s)", "", done.commands)
        files = translate("Township", "%n photo(s) or file(s)", "", done.files)
        size = formatting.size(written.size)
        self.said.set_text(f"{said} · {files} · {size}", "text")
        more = translate(
            "Township",
            "Take the stick to the county, or to any desk that has a network. Nothing has arrived "
            "until its receipt is read here.",
        )
        if done.left:
            more += " " + translate("Township", "%n item(s) stay here.", "", done.left)
        self.more.set_text(f"{more}\n{written.file.name}")
        self._say()

    def _read(self) -> None:
        if self.folder is not None:
            self._begin(translate("Township", "Reading. Leave the stick in …"))
            stick, folder = self._stick, self.folder
            self.runner.ask(lambda: stick.read(folder), self._end_read, self._fail)

    def _end_read(self, found: StickRead) -> None:
        screen = self._screen
        now = screen.board.now()
        if said := say_read(found, now):
            self.said.set_text(said, "text")
        elif found.refused:
            self.said.set_text(translate("Township", "Nothing could be taken"), "orange_text")
        else:
            self.said.set_text(translate("Township", "No receipt for us is on it"), "orange_text")
        self.more.set_text("\n".join(say_left(found, screen.words, now)))
        self._say()

    def _turn_to_pairing(self) -> None:
        """Show what pairs although this office is paired, as a side may have lost its keys; or
        turn back."""
        self._pairs_anew = not self._pairs_anew
        self._county_file = None
        self.said.set_text("")
        self.more.set_text("")
        self._say()

    def _write_pairing(self) -> None:
        if self.folder is not None:
            self._begin(translate("Township", "Writing. Leave the stick in …"))
            stick, folder, office = self._stick, self.folder, self.office
            self.runner.ask(
                lambda: stick.write_pairing(folder, office), self._end_write_pairing, self._fail
            )

    def _end_write_pairing(self, written: tuple[Path, str]) -> None:
        file, fingerprint = written
        self.said.set_text(translate("Township", "Written: {name}").format(name=file.name), "text")
        self.more.set_text(
            translate(
                "Township",
                "Give it to the county and read these figures to its people on the telephone: "
                "{fingerprint}. They give you a file back.",
            ).format(fingerprint=fingerprint)
        )
        self._say()

    def _ask_pairing(self) -> None:
        title = translate("Township", "The county's pairing file")
        dialog = choose_file(self.window(), title, self.take_county_file)
        if self.folder is not None:
            dialog.setDirectory(str(self.folder))

    def take_county_file(self, file: Path) -> None:
        """Show the fingerprint of a county's pairing file, to be compared."""
        self._county_file = file
        stick = self._stick
        self.runner.ask(lambda: stick.read_pairing(file), self._show_fingerprint, self._fail)

    def _show_fingerprint(self, fingerprint: str) -> None:
        said = translate("Township", "The county's figures: {fingerprint}")
        self.said.set_text(said.format(fingerprint=fingerprint), "text")
        self.more.set_text(
            translate(
                "Township",
                "Ask the county's people on the telephone what theirs are. Only if they are the "
                "same, press the button.",
            )
        )
        self.same_button.show()

    def _end_pairing(self) -> None:
        stick, file = self._stick, self._county_file
        if file is not None:
            self.runner.ask(lambda: stick.end_pairing(file), self._show_end, self._fail)

    def _show_end(self, _none: None) -> None:
        self._county_file, self._pairs_anew = None, False
        self.said.set_text(translate("Township", "Paired with the county"), "text")
        self.more.set_text("")
        self._show_paired(True)

    def _begin(self, said: str) -> None:
        self.said.set_text(said, "text")
        self.more.set_text("")
        for button in (self.write_button, self.read_button, self.pair_button, self.anew_button):
            button.setEnabled(False)

    def _fail(self, error: Exception) -> None:
        """Say what went wrong, and that nothing of it was taken or counts as sent."""
        self.said.set_text(say_why(error, self._screen.words), "orange_text")
        self.more.set_text(
            translate("Township", "Nothing is lost: all of it is still on this computer.")
        )
        self._say()

    def _say(self) -> None:
        self.other.setText(translate("Township", "Another folder …"))
        for button, drive in zip(self.drive_buttons, self.drives, strict=True):
            free = formatting.size(drive.free_bytes)
            name = formatting.in_one_line(drive.name, 30).replace("&", "&&")
            button.setText(
                translate("Township", "{name}, {free} free").format(name=name, free=free)
            )
            button.setChecked(drive.folder == self.folder)
        self.intro.set_text(self._intro())
        self.write_button.setText(translate("Township", "Write to the stick"))
        self.read_button.setText(translate("Township", "Read the receipt"))
        self.pair_button.setText(translate("Township", "Write a pairing file"))
        self.county_button.setText(translate("Township", "Take the county's pairing file"))
        self.same_button.setText(translate("Township", "They are the same"))
        for button in (self.write_button, self.read_button):
            button.setVisible(not self._pairs)
            button.setEnabled(self.folder is not None)
        self.anew_button.setText(
            translate("Township", "Leave the pairing as it is")
            if self._pairs_anew
            else translate("Township", "Pair with the county again …")
        )
        self.anew_button.setVisible(self._is_paired)
        self.anew_button.setEnabled(True)
        for button in (self.pair_button, self.county_button):
            button.setVisible(self._pairs)
        self.pair_button.setEnabled(self.folder is not None)
        self.same_button.setVisible(self._pairs and self._county_file is not None)

    @property
    def _pairs(self) -> bool:
        """Whether what pairs is shown, instead of what is carried."""
        return self._pairs_anew or not self._is_paired

    def _intro(self) -> str:
        if not self._pairs:
            return self._where()
        said = translate(
            "Township",
            "Only where the county or this office has lost its keys: pair as for the first time.",
        )
        if not self._pairs_anew:
            said = translate(
                "Township",
                "This office and the county must know one another's keys once: write a pairing "
                "file to a stick, have it taken to the county, and bring the county's back.",
            )
        return f"{said}\n{self._where()}"

    def _where(self) -> str:
        """Say which stick is chosen, or how to choose one."""
        if self.folder is None and not self.drives:
            return translate("Township", "Plug a stick in, or choose a folder.")
        where = "" if self.folder is None else str(self.folder)
        said = translate("Township", "Chosen: {folder}").format(folder=where)
        return said if where else translate("Township", "Press the stick that is to be used.")

    def close_runner(self) -> None:
        """Wait for what is being written; the window is about to close."""
        self.runner.close()
