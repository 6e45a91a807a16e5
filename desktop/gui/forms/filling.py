"""The state of a form, from its opening until its command is durable."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from desktop.gui.forms.command_request import CommandRequest
from desktop.gui.forms.drafts import Draft


class Phase(Enum):
    """How far a command is, from the form's opening until it is durable."""

    READING = auto()
    """The draft has not been read yet."""
    SUBMIT_ONCE_READ = auto()
    EDITING = auto()
    SUBMITTING = auto()


@dataclass
class Filling:
    """The state of one form: its command, draft and phase."""

    task: CommandRequest
    source: str
    """The source of a new incident if there is only one."""
    draft: Draft
    phase: Phase = Phase.READING
    typed: dict[str, Any] = field(default_factory=dict)
    """Values of the fields the officer changed since the form was opened."""

    @property
    def is_reading(self) -> bool:
        """Whether the draft is still being read."""
        return self.phase in (Phase.READING, Phase.SUBMIT_ONCE_READ)

    def take_up(self, found: Draft | None) -> None:
        """Take over the draft, if there is one; fields changed meanwhile keep their new values."""
        begun = self.draft if found is None else found
        typed = {name: value for name, value in self.typed.items() if value is not None}
        self.draft = Draft(begun.key, {**begun.values, **typed})
