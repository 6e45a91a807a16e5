"""Which commands have a key and a button of their own, and which are in the menu."""

from __future__ import annotations

from desktop.domain.command import Collection, CommandKind

STEP_KEYS: dict[CommandKind, str] = {
    CommandKind.ACKNOWLEDGE: "A",
    CommandKind.DISPATCH: "D",
    CommandKind.FEEDBACK: "F",
    CommandKind.VERIFY: "V",
    CommandKind.CLOSE: "C",
    CommandKind.NOTE: "M",
    CommandKind.ATTACH: "P",
}
"""Commands with a button and a key of their own, in the order of the buttons."""

RARER = tuple(
    kind
    for kind in CommandKind
    if Collection.INCIDENTS in kind.row.on and kind not in (CommandKind.CREATE, *STEP_KEYS)
)
"""Commands of the menu behind X: all others that an incident takes, in the order of the table."""
