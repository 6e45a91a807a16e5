"""Types what is read over a telephone into the window that takes it down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.application.courier.calls import Dictation
from desktop.gui.carrying.take_down import TakeDown


def digits(sheet: Dictation) -> list[str]:
    """The groups of a message, as they are typed."""
    return [line.digits.replace(" ", "") for line in sheet.lines]


def type_groups(down: TakeDown, groups: Sequence[str]) -> None:
    """Type these groups, one after the other."""
    for group in groups:
        QTest.keyClicks(down.field, group)


def press_places(down: TakeDown, check: str) -> None:
    """Press the places of a check word, and have it checked."""
    for letter in check:
        QTest.mouseClick(down.check.places[ord(letter) - ord("A")], Qt.MouseButton.LeftButton)
    QTest.keyClick(down.check.field, Qt.Key.Key_Return)


def take_down(down: TakeDown, sheet: Dictation) -> None:
    """Type all of a message."""
    type_groups(down, digits(sheet))
    QTest.keyClick(down.field, Qt.Key.Key_Return)
    press_places(down, sheet.check)
