"""The first thing a person sees where no profile can be opened: three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.settings.editor import Snapshot
from desktop.domain.source import Problem
from desktop.gui.language import Language
from desktop.gui.settings.fault_text import list_faults
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.widgets.file_choice import choose_file
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

COLUMN_PX = 560
SHOWN_FAULTS = 4


class Welcome(QWidget):
    """What is wrong, if anything, and a large button for each way to begin."""

    demo_asked = Signal()
    settings_asked = Signal()
    file_chosen = Signal(object)
    """The `Path` of a profile that a person brought along."""

    def __init__(self, screen: SettingsScreen, language: Language) -> None:
        super().__init__()
        self._screen = screen
        self._snapshot: Snapshot | None = None
        self._unread: Problem | None = None
        """Why the file brought along last was not taken."""
        self.setAutoFillBackground(True)
        self.language_button = QPushButton()
        self.language_button.setProperty("quiet", True)
        self.language_button.clicked.connect(language.toggle)
        self.help_button = QPushButton()
        self.help_button.setProperty("quiet", True)
        self.title = PlainLabel(screen, "title", elide=False)
        self.lead = PlainLabel(screen, "body", "second", elide=False)
        self.faults = PlainLabel(screen, "body", "orange_text", elide=False)
        self.buttons = {name: QPushButton() for name in ("demo", "settings", "file")}
        self.words = {
            name: PlainLabel(screen, "body", "second", elide=False) for name in self.buttons
        }
        self.buttons["demo"].clicked.connect(self.demo_asked)
        self.buttons["settings"].clicked.connect(self.settings_asked)
        self.buttons["file"].clicked.connect(self._choose)
        self._arrange()
        language.changed.connect(self.retranslate)
        self.retranslate()

    def _arrange(self) -> None:
        inner = QWidget()
        inner.setFixedWidth(COLUMN_PX)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.help_button)
        head.addWidget(self.language_button)
        column.addLayout(head)
        for label in (self.lead, self.faults):
            label.setWordWrap(True)
            column.addWidget(label)
        for name, button in self.buttons.items():
            button.setProperty("large", True)
            button.setFont(self._screen.theme.font("strong"))
            self.words[name].setWordWrap(True)
            column.addSpacing(12)
            column.addWidget(button)
            column.addWidget(self.words[name])
            button.setAutoDefault(True)  # Enter presses it.
        self.buttons["demo"].setProperty("main", True)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 24)
        whole.addWidget(inner, 0, Qt.AlignmentFlag.AlignCenter)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Say what is wrong with the profile's file, if there is one."""
        self._snapshot, self._unread = snapshot, None
        self.retranslate()

    def _choose(self) -> None:
        title = translate("Welcome", "Open a profile")
        choose_file(self, title, self.file_chosen.emit)

    def say_unread(self, problem: Problem) -> None:
        """Say why the file brought along was not taken."""
        self._unread = problem
        self.retranslate()

    def say(self) -> str:
        """Return what it is about, and what is wrong, for a reader of the screen."""
        return " ".join(filter(None, (self.lead.text(), self.faults.text())))

    def retranslate(self) -> None:
        """Set all texts in the language in force."""
        self.language_button.setText(translate("StatusStrip", "中文"))
        self.help_button.setText(translate("StatusStrip", "Help (F1)"))
        self.title.set_text(translate("Welcome", "County Desk"))
        faults, unread = self._fault_lines(), self._unread
        self.lead.set_text(self._lead(bool(faults)))
        said = faults if unread is None else str(self._screen.words.problem(unread))
        self.faults.set_text(said)
        self.faults.setVisible(bool(said))
        for name, (button, words) in self._texts(bool(faults)).items():
            self.buttons[name].setText(button)
            self.words[name].set_text(words)

    def _lead(self, is_faulty: bool) -> str:
        if self._unread is not None:
            return translate("Welcome", "The file was not taken over:")
        if is_faulty:
            return translate("Welcome", "The profile cannot be used as it is:")
        if self._is_set_up():
            return translate("Welcome", "This computer is set up: the desk can be opened.")
        return translate("Welcome", "Nothing is set up on this computer yet. Where to begin?")

    def _is_set_up(self) -> bool:
        return self._snapshot is not None and self._snapshot.profile is not None

    def _texts(self, is_faulty: bool) -> dict[str, tuple[str, str]]:
        """Return the button's and the line's words for each way to begin."""
        demo = translate("Welcome", "Try it on the demo county")
        fictional = translate(
            "Welcome", "Fictional Yunlu County: nothing to set up, no network; nothing is kept."
        )
        there = translate("Welcome", "Open a profile that is there already …")
        beside = translate(
            "Welcome",
            "A .toml file from another computer; it is copied here, and what was here stays "
            "beside it.",
        )
        if is_faulty:
            mend = translate("Welcome", "Mend the settings")
            lines = translate("Welcome", "The text with its lines at fault, to be put right.")
            return {"demo": (demo, fictional), "settings": (mend, lines), "file": (there, beside)}
        if self._is_set_up():
            go_on = translate("Welcome", "Go on to the desk")
            opens = translate("Welcome", "Its settings, and the button that opens it.")
            return {"demo": (demo, fictional), "settings": (go_on, opens), "file": (there, beside)}
        connect = translate("Welcome", "Connect to the county's platform")
        address = translate(
            "Welcome", "Its address and a token; open the desk once it has answered."
        )
        copy = translate("Welcome", "A .toml file from another computer; it is copied here.")
        return {"demo": (demo, fictional), "settings": (connect, address), "file": (there, copy)}

    def _fault_lines(self) -> str:
        """Return what is wrong with a file that is there."""
        found, words = self._snapshot, self._screen.words
        if found is None or not (found.text or found.unwritable):
            return ""
        if found.unwritable is not None:
            return str(words.problem(found.unwritable))
        lines = list_faults(found.faults, words, SHOWN_FAULTS)
        return f"{found.file}\n{lines}" if lines else ""
