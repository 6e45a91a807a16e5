"""Names of the fields of commands on screen."""

from __future__ import annotations

from desktop.application.i18n import Words
from desktop.domain.command import CommandKind


def field_name(words: Words, kind: CommandKind, name: str) -> str:
    """Return a field's name on screen; the `text` of each kind has a name of its own."""
    return words.term("command_text", kind) if name == "text" else words.term("field", name)
