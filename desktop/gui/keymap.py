"""The keys in force: those of the table of actions, as the profile and the officer changed them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from desktop.gui.remembered import Remembered

SINGLE = "single_keys"
"""Name of the choice whether commands of a single letter are on."""
KEYS = "keys"
"""Name of the choice of other keys than the usual ones."""


FIXED = "back"
"""Name of the action of Esc, which keeps its key."""


class KeyAction(msgspec.Struct, frozen=True):
    """An action that keys run."""

    name: str
    usual: tuple[str, ...]
    """Its usual keys, as portable sequences; a comma separates the strokes of one."""
    say: Callable[[], str]
    """Returns its title in the current language."""

    @property
    def title(self) -> str:
        """Its title in the current language."""
        return self.say()


class Keymap(QObject):
    """Which keys run which action, and whether commands of a single letter are on.

    WCAG 2.2, 2.1.4: whoever speaks to the computer, or strikes keys by accident, must be able to
    switch such commands off or to move them to others.
    """

    changed = Signal()

    def __init__(
        self,
        changes: Mapping[str, str] | None = None,
        remembered: Remembered | None = None,
        *,
        single: bool = True,
        parent: QObject | None = None,
    ) -> None:
        """`changes` are keys by the name of their action; an empty one takes the key away.

        What the officer switched last is remembered, and counts more than `single`.
        """
        super().__init__(parent)
        self._of_profile = dict(changes or {})
        self._remembered = remembered or Remembered()
        self._own = _read_keys(self._remembered.value(KEYS))
        self.actions: tuple[KeyAction, ...] = ()
        """Every action, in the order in which they are listed."""
        self._usual: dict[str, tuple[str, ...]] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._by_default: dict[str, str] = {}
        self.single = (self._remembered.value(SINGLE) or ("on" if single else "off")) == "on"
        """Whether commands of a single letter, digit or sign are on."""
        self.faults: tuple[str, ...] = ()
        """Names of changes that cannot be made: no such action, no such key, or one in use."""

    def learn(self, actions: Iterable[KeyAction]) -> None:
        """Take every action with its usual keys, and make the changes."""
        self.actions = tuple(actions)
        self._usual = {action.name: action.usual for action in self.actions}
        self._by_default = {key: name for name, keys in self._usual.items() for key in keys}
        self._apply()

    def change(self, name: str, key: str) -> str:
        """Give an action this key from now on, or none, or return the name of the action that has
        it.

        A key that nobody can have changes nothing either: the action's own name is returned.
        """
        holder = self._find_holder(name, key) if key else None
        if holder is None:
            self._remember(self._own | {name: key})
        return holder or ""

    def restore(self, name: str) -> str:
        """Give an action back the keys it has without the officer's own change.

        Where another action has one of them by now, nothing is changed, and its name is returned.
        """
        taken = (self._find_holder(name, key) for key in self.usual_of(name))
        holder = next((each for each in taken if each not in (None, name)), None)
        if holder is None:
            self._remember({other: key for other, key in self._own.items() if other != name})
        return holder or ""

    def restore_all(self) -> None:
        """Give every action back the keys it has without the officer's own changes."""
        self._remember({})

    @property
    def is_changed(self) -> bool:
        """Whether the officer has changed any key."""
        return bool(self._own)

    def usual_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of an action without the officer's own change."""
        by_profile = self._of_profile.get(name)
        if by_profile is None or name in self.faults:
            return self._usual.get(name, ())
        return (by_profile,) if by_profile else ()

    def _remember(self, own: dict[str, str]) -> None:
        self._own = own
        self._remembered.choose(KEYS, json.dumps(own) if own else "")
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        self._keys = dict(self._usual)
        faults = []
        for name, key in (self._of_profile | self._own).items():
            if name in self._keys and (not key or self._find_holder(name, key) is None):
                self._keys[name] = (key,) if key else ()
            else:
                faults.append(name)
        self.faults = tuple(faults)

    def _find_holder(self, name: str, key: str) -> str | None:
        """Return the action that has this key; that action itself if nobody can have it."""
        if not _is_key(key):
            return name
        held = ((other, k) for other, keys in self._keys.items() if other != name for k in keys)
        return next((other for other, k in held if _collide(key, k)), None)

    def keys_of(self, name: str) -> tuple[str, ...]:
        """Return the keys in force of an action."""
        return tuple(k for k in self._keys.get(name, ()) if self.single or not is_single(k))

    def cap_of(self, key: str) -> str:
        """Return what is written on the button of the action that has this key by default."""
        name = self._by_default.get(key.replace(" ", ", "))
        if name is None:
            return key
        return next((k.replace(", ", " ") for k in self.keys_of(name)), "")

    def toggle_single(self) -> None:
        """Switch commands of a single letter off or on, and remember it."""
        self.single = not self.single
        self._remembered.choose(SINGLE, "on" if self.single else "off")
        self.changed.emit()


def is_single(key: str) -> bool:
    """Whether every stroke of a key is a letter, digit or sign, held by Shift at most."""
    return all(len(stroke.removeprefix("Shift+")) == 1 for stroke in key.split(", "))


def _read_keys(text: str) -> dict[str, str]:
    """Return the keys remembered by the name of their action; none where they cannot be read."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    found = found if isinstance(found, dict) else {}
    return {str(name): key for name, key in found.items() if isinstance(key, str)}


def _collide(one: str, other: str) -> bool:
    """Whether both keys are one, or one begins the other's sequence."""
    first, second = QKeySequence(one), QKeySequence(other)
    no_match = QKeySequence.SequenceMatch.NoMatch
    return first.matches(second) != no_match or second.matches(first) != no_match


def _is_key(key: str) -> bool:
    """Whether Qt knows every stroke of it; Esc always closes what is open."""
    portable = QKeySequence.SequenceFormat.PortableText
    return QKeySequence(key).toString(portable) == key and "Esc" not in key
