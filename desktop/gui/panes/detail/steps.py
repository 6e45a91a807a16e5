"""Which commands have a key and a button of their own, and which are in the menu."""

from __future__ import annotations

from collections.abc import Container

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

NOT_STEPS = frozenset({CommandKind.NOTE, CommandKind.ATTACH})
"""Commands with a button that move no case on."""


def next_step(steps: Container[CommandKind], *, acknowledged: bool) -> CommandKind | None:
    """Return the command that moves the case on; None when none of these does."""
    seen = {CommandKind.ACKNOWLEDGE} if acknowledged else set()
    return next(
        (kind for kind in STEP_KEYS if kind in steps and kind not in NOT_STEPS | seen), None
    )
