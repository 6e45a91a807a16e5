"""Every action of the desk in one table: shortcuts, palette and key sheet all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from desktop.gui.desk.layout import STRETCH_PX, Layout
from desktop.gui.keymap import FIXED, KeyAction, Keymap
from desktop.gui.panes.registry import Section

translate = QCoreApplication.translate


class Action(msgspec.Struct, frozen=True):
    """An action of the officer, with its title and its keys."""

    name: str
    say: Callable[[], str]
    """Returns its title in the current language."""
    keys: tuple[str, ...]
    """Its usual keys, as portable sequences; a comma separates the strokes of one."""
    run: Callable[[], None]
    section: Section = Section.DESK
    repeats: bool = False
    """Whether holding its key down repeats it."""

    @property
    def title(self) -> str:
        """Its title in the current language."""
        return self.say()


LAID = (
    *("sources", "outbox", "call", "relay", "link"),
    *("doctor", "backup", "log", "report"),
)
"""Sheets that an action of the same name lays over the window."""

OWN: tuple[tuple[str, tuple[str, ...], Callable[[], str]], ...] = (
    ("palette", ("Ctrl+K",), lambda: translate("Actions", "All actions")),
    ("sources", ("Ctrl+I",), lambda: translate("Actions", "Sources")),
    ("outbox", ("Ctrl+O",), lambda: translate("Actions", "Outbox")),
    ("call", ("Ctrl+H",), lambda: translate("Actions", "Take a report by telephone")),
    ("relay", (), lambda: translate("Actions", "Hand on a stick or QR codes")),
    ("link", ("Ctrl+B",), lambda: translate("Actions", "Line and traffic")),
    ("doctor", ("Ctrl+D",), lambda: translate("Actions", "Check this computer")),
    ("language", ("Ctrl+L",), lambda: translate("Actions", "Change language")),
    ("theme", ("Ctrl+T",), lambda: translate("Actions", "Light or dark")),
    ("full_screen", ("F11",), lambda: translate("Actions", "Full screen")),
    ("single_keys", (), lambda: translate("Actions", "Single-letter keys on or off")),
    ("wider", ("Alt+Right",), lambda: translate("Actions", "Make the pane wider")),
    ("narrower", ("Alt+Left",), lambda: translate("Actions", "Make the pane narrower")),
    ("higher", ("Alt+Up",), lambda: translate("Actions", "Make the pane higher")),
    ("lower", ("Alt+Down",), lambda: translate("Actions", "Make the pane lower")),
    ("move_left", ("Alt+Shift+Left",), lambda: translate("Actions", "Move the pane to the left")),
    (
        "move_right",
        ("Alt+Shift+Right",),
        lambda: translate("Actions", "Move the pane to the right"),
    ),
    ("move_up", ("Alt+Shift+Up",), lambda: translate("Actions", "Move the pane to the top")),
    ("move_down", ("Alt+Shift+Down",), lambda: translate("Actions", "Move the pane to the foot")),
    ("float", ("Alt+Shift+O",), lambda: translate("Actions", "Float the pane, or dock it")),
    ("stack", ("Alt+Shift+S",), lambda: translate("Actions", "Stack the pane, or take it out")),
    ("reset_layout", (), lambda: translate("Actions", "Reset the layout")),
    ("backup", (), lambda: translate("Actions", "Back up or restore this desk")),
    ("report", (), lambda: translate("Actions", "Monthly operations report")),
    ("log", (), lambda: translate("Actions", "Log of this program")),
    ("undo", ("Z",), lambda: translate("Actions", "Undo what is still held here")),
    ("dismiss", ("Shift+N",), lambda: translate("Actions", "Note what the bar says")),
    ("settings", ("Ctrl+,",), lambda: translate("Actions", "Settings")),
    ("help", ("F1",), lambda: translate("Actions", "Help")),
    ("tour", (), lambda: translate("Actions", "Ten minutes to begin")),
    ("keys", ("Shift+F1",), lambda: translate("Actions", "Keys")),
    ("licences", (), lambda: translate("Actions", "About this program, and licences")),
    (FIXED, ("Esc",), lambda: translate("Actions", "Close, clear, back to the list")),
)
"""Actions of the window itself, in the order of the key sheet."""

DATA: tuple[tuple[str, tuple[str, ...], Callable[[], str]], ...] = (
    ("copy", ("Ctrl+C",), lambda: translate("Actions", "Copy what is picked")),
    ("export", ("Ctrl+E",), lambda: translate("Actions", "Export the list as CSV or JSON")),
    (
        "as_table",
        ("Ctrl+Shift+T",),
        lambda: translate("Actions", "Show what is drawn as a table"),
    ),
    ("print", ("Ctrl+P",), lambda: translate("Actions", "Print the list or save it as PDF")),
)
"""Actions that go to the pane with the keyboard focus."""


def table(of_panes: Iterable[Action], runs: Mapping[str, Callable[[], None]]) -> tuple[Action, ...]:
    """Build all actions in the order of palette and key sheet; `runs` are the window's own."""
    own = [
        Action(name, say, keys, runs[name], section)
        for section, rows in ((Section.DATA, DATA), (Section.DESK, OWN))
        for name, keys, say in rows
    ]
    return tuple(sorted([*of_panes, *own], key=lambda action: action.section))


def runs_on_layout(window: QMainWindow, arrangement: Layout) -> dict[str, Callable[[], None]]:
    """Return what runs each action; all but the last are on the pane with the keyboard."""

    def on_held(change: Callable[[QDockWidget], None]) -> None:
        held = arrangement.held.find()
        if held is not None:  # The pane in the middle stays there.
            change(held)

    def move(dock: QDockWidget, side: Qt.DockWidgetArea) -> None:
        from desktop.gui.desk.moving import move_dock

        move_dock(window, arrangement.docks.values(), dock, side)

    def float_or_dock(dock: QDockWidget) -> None:
        from desktop.gui.desk.moving import float_or_dock

        float_or_dock(window, arrangement.docks.values(), dock)

    def stack(dock: QDockWidget) -> None:
        from desktop.gui.desk.stacking import stack_or_part

        stack_or_part(window, arrangement.docks.values(), dock)

    sides = {
        "move_left": Qt.DockWidgetArea.LeftDockWidgetArea,
        "move_right": Qt.DockWidgetArea.RightDockWidgetArea,
        "move_up": Qt.DockWidgetArea.TopDockWidgetArea,
        "move_down": Qt.DockWidgetArea.BottomDockWidgetArea,
    }
    return {
        "wider": partial(arrangement.stretch, wider_px=STRETCH_PX),
        "narrower": partial(arrangement.stretch, wider_px=-STRETCH_PX),
        "higher": partial(arrangement.stretch, higher_px=STRETCH_PX),
        "lower": partial(arrangement.stretch, higher_px=-STRETCH_PX),
        **{name: partial(on_held, partial(move, side=side)) for name, side in sides.items()},
        "float": partial(on_held, float_or_dock),
        "stack": partial(on_held, stack),
        "reset_layout": arrangement.reset,
    }


def show_keys(action: Action, keymap: Keymap) -> str:
    """Return the keys in force of an action as text for the officer."""
    return "  ".join(key.replace(", ", " ") for key in keymap.keys_of(action.name))


def bind(actions: tuple[Action, ...], window: QWidget, keymap: Keymap) -> None:
    """Make the keys in force work anywhere in the window, also after they were switched.

    Esc is none of them: whatever has the keyboard may take it first. An editor with the focus
    claims letters and Ctrl+C for itself before any shortcut is looked up, so single letters never
    fire while typing.
    """
    keymap.learn(KeyAction(action.name, action.keys, action.say) for action in actions)
    shortcuts: list[QShortcut] = []

    def bind_all() -> None:
        while shortcuts:
            shortcut = shortcuts.pop()
            shortcut.setEnabled(False)  # At once: it goes only when the event loop is back.
            shortcut.deleteLater()
        for action in actions:
            for key in keymap.keys_of(action.name) if action.name != FIXED else ():
                shortcuts.append(_bind(action, key, window))

    bind_all()
    keymap.changed.connect(bind_all)


def _bind(action: Action, key: str, window: QWidget) -> QShortcut:
    shortcut = QShortcut(QKeySequence(key), window)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.setAutoRepeat(action.repeats)
    shortcut.activated.connect(action.run)
    return shortcut
