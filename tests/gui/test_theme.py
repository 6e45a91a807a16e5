"""The tokens can be read: text on every ground it stands on."""

from __future__ import annotations

import pytest

from desktop.gui.theme import DARK, LIGHT, Tokens

READABLE = 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised", "pick_ground"])
@pytest.mark.parametrize("ink", ["text", "second", "pick", "red", "orange_text"])
def test_every_ink_is_readable_on_every_ground(tokens: Tokens, ground: str, ink: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= READABLE


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two `#RRGGBB` colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """WCAG relative luminance."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
