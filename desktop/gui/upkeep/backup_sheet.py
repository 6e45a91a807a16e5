"""备份: the desk in one encrypted file, and a backup made ready for the next start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.application.ports import StoreError
from desktop.domain.backup import BackupContents
from desktop.domain.passphrase import LEAST_CHARS, is_long_enough
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, name_with_date
from desktop.gui.task_runner import TaskRunner
from desktop.gui.upkeep.parts import make_button, make_label, make_secret_field
from desktop.gui.widgets.file_choice import choose_file
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX = 720, 400
FIELD_PX, KNOWN_PX = 260, 200
KIND = "cdbackup"
"""How the name of a backup ends."""


Said = tuple[str, str, str]
"""A sentence, what is added to it in smaller letters, and the sentence's ink."""


class BackupSheet(Sheet):
    """Write a backup under a passphrase; or look into one, and have the next start restore it."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._upkeep = None if screen.upkeep is None else screen.upkeep()
        self.runner = TaskRunner("backup", self)
        self._file: Path | None = None
        self._sentence: Callable[[], Said] = _say_nothing
        """What was said last, in the present language."""
        self.first, self.second, self.known = (make_secret_field() for _ in range(3))
        self.save = make_button(self._ask_where, main=True)
        self.choose = make_button(self._ask_which)
        self.look = make_button(self._look)
        self.restore = make_button(self._make_ready, main=True)
        self.intro, self.title_below = make_label(screen), make_label(screen, "strong")
        self.holds, self.how, self.more = (make_label(screen, "body", "second") for _ in range(3))
        self.said = make_label(screen, "strong")
        self._arrange()

    def close_runner(self) -> None:
        """Wait for a backup under way; the window is about to close."""
        self.runner.close()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(12)
        for part in (self.intro, self.holds):
            column.addWidget(part)
        column.addWidget(_row(self.first, self.second, self.save))
        column.addSpacing(12)
        for part in (self.title_below, self.how):
            column.addWidget(part)
        column.addWidget(_row(self.choose, self.known, self.look, self.restore))
        column.addSpacing(12)
        for part in (self.said, self.more):
            column.addWidget(part)
        column.addStretch(1)
        for field in (self.first, self.second):
            field.setFixedWidth(FIELD_PX)
        self.known.setFixedWidth(KNOWN_PX)
        self.scrolling().setWidget(inner)

    def fill(self) -> None:
        self.title.set_text(translate("Backup", "Backup of this desk"))
        self.intro.set_text(
            translate(
                "Backup",
                "One encrypted file with the profile, the settings, the layout, the outbox, what is"
                " typed and not sent, and the files to send. It is read back after it is written.",
            )
        )
        self.holds.set_text(
            translate(
                "Backup",
                "Not in it: logins, the courier's pairing, and data that sources send again."
                " Without the passphrase nobody can open it; nobody can recover it either.",
            )
        )
        self.title_below.set_text(translate("Backup", "Restore"))
        self.how.set_text(
            translate(
                "Backup",
                "A backup is put in place when the program next starts, and not over commands"
                " without an answer. Its own commands without one are held for you to decide."
                " The profile stays the one that is here; the one in the backup is not used.",
            )
        )
        self.first.setPlaceholderText(
            translate("Backup", "Passphrase, at least {least} characters").format(least=LEAST_CHARS)
        )
        self.second.setPlaceholderText(translate("Backup", "Once more"))
        self.known.setPlaceholderText(translate("Backup", "Its passphrase"))
        for field in (self.first, self.second, self.known):
            field.setAccessibleName(field.placeholderText())
        self.save.setText(translate("Backup", "Back up …"))
        name = "" if self._file is None else self._file.name
        self.choose.setText(name or translate("Backup", "Choose a backup …"))
        self.look.setText(translate("Backup", "What is in it"))
        self.restore.setText(translate("Backup", "Restore at the next start"))
        self._tell(self._sentence)
        self._offer()
        self.fit(CONTENT_PX)

    def _offer(self) -> None:
        """Let only what can be done be pressed. A button that works keeps the keyboard: see
        `_begin`."""
        self.save.setEnabled(self._upkeep is not None)
        for button in (self.look, self.restore):
            button.setEnabled(self._upkeep is not None and self._file is not None)

    def _ask_where(self) -> None:
        if self.runner.pending:
            return
        if not is_long_enough(self.first.text()):
            self._refuse(self.first, _say_short)
            return
        if self.first.text() != self.second.text():
            self._refuse(self.second, _say_differ)
            return
        name = name_with_date(translate("Backup", "backup"), self._screen.board.now(), KIND)
        ask_where(
            *(self.window(), self._screen.remembered, name, self.back_up),
            title=self.title.text(),
            kinds=(KIND,),
        )

    def _refuse(self, field: QLineEdit, say: Callable[[], str]) -> None:
        self._tell(lambda: (say(), "", "orange_text"))
        field.setFocus()

    def back_up(self, path: str) -> None:
        """Write a backup there."""
        upkeep, passphrase = self._upkeep, self.first.text()
        if upkeep is not None:
            self._begin(
                partial(upkeep.back_up, Path(path), passphrase),
                lambda: translate("Backup", "Writing, then reading it back …"),
                partial(self._end_backup, Path(path).name),
            )

    def _end_backup(self, name: str, contents: BackupContents) -> None:
        self.first.clear()
        self.second.clear()
        self._end(
            lambda: translate("Backup", "Written and read back: {name}").format(name=name), contents
        )

    def _ask_which(self) -> None:
        choose_file(self.window(), translate("Backup", "Choose a backup"), self.pick)

    def pick(self, file: Path) -> None:
        """Take this file as the backup to look into or restore."""
        self._file = file
        self._tell(_say_nothing)
        self.fill()
        self.known.setFocus()

    def _look(self) -> None:
        if self._upkeep is not None:
            self._read(self._upkeep.look_into, lambda: translate("Backup", "It is whole."))

    def _make_ready(self) -> None:
        if self._upkeep is not None:
            self._read(self._upkeep.make_ready, _say_ready)

    def _read(
        self, read: Callable[[Path, str], BackupContents], say_done: Callable[[], str]
    ) -> None:
        file, passphrase = self._file, self.known.text()
        if file is None:
            return
        if not passphrase:
            self._refuse(self.known, _say_untyped)
            return
        self._begin(
            partial(read, file, passphrase),
            lambda: translate("Backup", "Reading all of it …"),
            partial(self._end, say_done),
        )

    def _begin(
        self,
        work: Callable[[], BackupContents],
        say: Callable[[], str],
        then: Callable[[BackupContents], None],
    ) -> None:
        """Begin one work; none while another is under way."""
        if not self.runner.pending:
            self.runner.ask(work, then, self._fail)
            self._tell(lambda: (say(), "", "second"))

    def _end(self, say: Callable[[], str], contents: BackupContents) -> None:
        self._tell(lambda: (say(), say_contents(contents), "text"))

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, StoreError):
            raise error
        problem, words = error.problem, self._screen.words

        def say() -> Said:
            told = words.problem(problem)
            return told.happened, f"{told.meaning} {told.todo}", "orange_text"

        self._tell(say)

    def _tell(self, sentence: Callable[[], Said]) -> None:
        self._sentence = sentence
        said, more, ink = sentence()
        self.said.set_text(said, ink)
        self.more.set_text(more)


def _say_nothing() -> Said:
    return "", "", "text"


def _say_short() -> str:
    said = translate("Backup", "The passphrase wants at least {least} characters.")
    return said.format(least=LEAST_CHARS)


def _say_differ() -> str:
    return translate("Backup", "The two passphrases are not alike.")


def _say_untyped() -> str:
    return translate("Backup", "Type the passphrase of the backup.")


def _say_ready() -> str:
    return translate(
        "Backup",
        "It is ready. Close the program and open it again: then it is put in place. What is"
        " here now is kept beside it.",
    )


def say_contents(contents: BackupContents) -> str:
    """Say what a backup holds, in two lines."""
    first = translate("Backup", "{profile}, {when}, program {version}, {size}").format(
        profile=contents.profile,
        when=formatting.date_time(contents.made_at),
        version=contents.program,
        size=formatting.size(contents.size),
    )
    counts = (
        translate("Backup", "%n command(s) without an answer", "", contents.waiting),
        translate("Backup", "%n draft(s)", "", contents.drafts),
        translate("Backup", "%n file(s) to send", "", contents.uploads),
    )
    return f"{first}\n{' · '.join(counts)}"


def _row(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = FlowLayout(holder, spacing=12)
    for part in parts:
        row.addWidget(part)
    return holder
