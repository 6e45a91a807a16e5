"""Every action of the desk in one table: shortcuts, palette and key sheet all read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Action:
    """Something the officer can do, its words, and its keys."""

    name: str
    keys: tuple[str, ...]
    """Portable key sequences; a comma separates the strokes of one sequence."""
    run: Callable[[], None]

    @property
    def title(self) -> str:
        """What it does, in the language now in force."""
        return _titles()[self.name]

    @property
    def shown_keys(self) -> str:
        """The keys as the officer reads them."""
        return "  ".join(key.replace(", ", " ") for key in self.keys)


KEYS: dict[str, tuple[str, ...]] = {
    "search": ("/", "Ctrl+F"),
    "next": ("J",),
    "previous": ("K",),
    "acknowledge": ("A",),
    "acknowledge_alarm": ("Shift+A",),
    "note": ("M",),
    "dispatch": ("D",),
    "feedback": ("F",),
    "verify": ("V",),
    "close": ("C",),
    "more": ("X",),
    "attach": ("P",),
    "paste": ("Ctrl+V",),
    "escalate": (),
    "extend": (),
    "defer": (),
    "return": (),
    "void": (),
    "new_incident": ("N",),
    "shelve_alarm": ("Shift+S",),
    "show_new": ("G, N",),
    "on_map": ("G, M",),
    "go_incidents": ("G, I",),
    "go_detail": ("G, D",),
    "go_infrastructure": ("G, F",),
    "go_queues": ("G, Q",),
    "go_warnings": ("G, W",),
    "go_alarms": ("G, A",),
    "zoom_county": ("Home",),
    "copy": ("Ctrl+C",),
    "export": ("Ctrl+E",),
    "palette": ("Ctrl+K",),
    "sources": ("Ctrl+I",),
    "outbox": ("Ctrl+O",),
    "link": ("Ctrl+B",),
    "language": ("Ctrl+L",),
    "theme": ("Ctrl+T",),
    "full_screen": ("F11",),
    "reset_layout": (),
    "keys": ("F1",),
    "back": ("Esc",),
}
"""The keys of each action, in the order of the key sheet."""


def table(runs: dict[str, Callable[[], None]]) -> tuple[Action, ...]:
    """The actions with what each does; every one of `KEYS` must be given."""
    return tuple(Action(name, keys, runs[name]) for name, keys in KEYS.items())


def bind(actions: tuple[Action, ...], window: QWidget) -> None:
    """Make the keys work anywhere in the window.

    An editor with the focus claims letters and Ctrl+C for itself before any
    shortcut is looked up, so single letters never fire while typing.
    """
    for action in actions:
        for key in action.keys:
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(action.name in ("next", "previous"))
            shortcut.activated.connect(action.run)


def _titles() -> dict[str, str]:
    return {
        "search": translate("Actions", "Search incidents"),
        "next": translate("Actions", "Next incident"),
        "previous": translate("Actions", "Previous incident"),
        "acknowledge": translate("Actions", "Acknowledge the incident"),
        "acknowledge_alarm": translate("Actions", "Acknowledge the top alarm"),
        "note": translate("Actions", "Write a note"),
        "dispatch": translate("Actions", "Dispatch the incident"),
        "feedback": translate("Actions", "Give feedback on the incident"),
        "verify": translate("Actions", "Verify the incident"),
        "close": translate("Actions", "Close the incident"),
        "more": translate("Actions", "More to do to the incident"),
        "attach": translate("Actions", "Attach a file"),
        "paste": translate("Actions", "Attach what is on the clipboard"),
        "escalate": translate("Actions", "Escalate the incident"),
        "extend": translate("Actions", "Extend the incident's deadline"),
        "defer": translate("Actions", "Put the incident off"),
        "return": translate("Actions", "Return the incident"),
        "void": translate("Actions", "Void the incident"),
        "new_incident": translate("Actions", "New incident"),
        "shelve_alarm": translate("Actions", "Shelve the top alarm"),
        "show_new": translate("Actions", "Show new incidents"),
        "on_map": translate("Actions", "Show on the map"),
        "go_incidents": translate("Actions", "Go to the incidents"),
        "go_detail": translate("Actions", "Go to the detail"),
        "go_infrastructure": translate("Actions", "Go to the infrastructure"),
        "go_queues": translate("Actions", "Go to the queues"),
        "go_warnings": translate("Actions", "Go to the warnings"),
        "go_alarms": translate("Actions", "All alarms"),
        "zoom_county": translate("Actions", "Whole county on the map"),
        "copy": translate("Actions", "Copy what is picked"),
        "export": translate("Actions", "Export the list as CSV"),
        "palette": translate("Actions", "All actions"),
        "sources": translate("Actions", "Sources"),
        "outbox": translate("Actions", "Outbox"),
        "link": translate("Actions", "Line and traffic"),
        "language": translate("Actions", "Change language"),
        "theme": translate("Actions", "Light or dark"),
        "full_screen": translate("Actions", "Full screen"),
        "reset_layout": translate("Actions", "Reset the layout"),
        "keys": translate("Actions", "Keys"),
        "back": translate("Actions", "Close, clear, back to the list"),
    }
