"""What one view is, and who is asked for what a window cannot do by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QLineEdit

View = tuple[str, Callable[[], object]]
"""A screen's name and what shows it; without a name it is only the way to the next. What shows it
returns the window that it is in, where that is not the posture's own."""

HEARD, MISHEARD = ("06942328", "53048818"), "53048881"
"""Groups of digits that are as they were read, and one that is not."""
NOTE = "已联系供电所，抢修车二十分钟到场；请城关镇值班室先行疏导交通。"


def type_groups(down: Any, groups: Sequence[str]) -> None:
    """Type groups of digits into the field of a message that is taken down."""
    for group in groups:
        type_in(down.field, group)


def type_in(field: QLineEdit, text: str) -> None:
    """Put a text into a field as if it had been typed."""
    field.setText(text)
    field.textEdited.emit(text)
