"""What a form is about, from its opening until its command is durable."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.forms.drafts import Draft


class Phase(Enum):
    """How far a command is, from the form's opening until it is durable."""

    READING = auto()
    """What was begun before has not been read yet."""
    SUBMIT_ONCE_READ = auto()
    EDITING = auto()
    SUBMITTING = auto()


@dataclass
class Filling:
    """One command being filled in: all that a form is about from its opening to its end."""

    task: CommandRequest
    source: str
    """Where a new incident goes when there is nothing to choose."""
    draft: Draft
    phase: Phase = Phase.READING
    typed: dict[str, Any] = field(default_factory=dict)
    """Values of the fields the officer changed since the form was opened."""

    @property
    def is_reading(self) -> bool:
        """Whether what was begun before is still on its way."""
        return self.phase in (Phase.READING, Phase.SUBMIT_ONCE_READ)

    def take_up(self, found: Draft | None) -> None:
        """Go on with what was begun before, if anything was; what was typed meanwhile stands."""
        begun = self.draft if found is None else found
        typed = {name: value for name, value in self.typed.items() if value is not None}
        self.draft = Draft(begun.key, {**begun.values, **typed})
