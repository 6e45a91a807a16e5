"""The screens of the wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop.application.board import Board
from desktop.gui.views.view import View


def wall_views(window: Any, board: Board) -> Iterator[View]:
    """Yield each turn of the wall, by the name of its first scene."""
    _, _, turns = window.foot.turn.place.partition("/")
    for number in range(int(turns)):
        window.go_to(number, board.now())
        scene = window.shown[0]
        yield type(scene).__name__.removesuffix("Scene").lower(), window.update
