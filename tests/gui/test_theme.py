"""The tokens can be read: text on every ground it stands on."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from desktop.gui.theme import DARK, LIGHT, Tokens
from support.painted import contrast

READABLE, SEEN = 4.5, 3.0


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "pick_ground"])
@pytest.mark.parametrize("ink", ["text", "second", "pick", "red", "orange_text"])
def test_every_ink_is_readable_on_every_ground(tokens: Tokens, ground: str, ink: str) -> None:
    inks = QColor(getattr(tokens, ink)), QColor(getattr(tokens, ground))
    assert contrast(*inks) >= READABLE


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "pick_ground"])
@pytest.mark.parametrize("mark", ["red", "orange", "yellow", "second"])
def test_every_mark_is_told_from_every_ground(tokens: Tokens, ground: str, mark: str) -> None:
    assert contrast(QColor(getattr(tokens, mark)), QColor(getattr(tokens, ground))) >= SEEN
