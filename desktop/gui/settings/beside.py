"""What the settings window shares with the desk or office it is laid over."""

from __future__ import annotations

from collections.abc import Callable

from desktop.application.settings.desk import SettingsDesk
from desktop.domain.localized_text import Text
from desktop.gui.context import UiContext
from desktop.gui.language import Language
from desktop.gui.settings_screen import Live, SettingsScreen

COUNTY = "county"
"""The kind of source that takes files."""


def settings_beside(
    screen: UiContext,
    language: Language,
    desk: SettingsDesk,
    restart: Callable[[], None] | None,
    *,
    is_plain: bool,
) -> SettingsScreen:
    """Return a settings window's context whose live settings are those of this screen."""
    keymap = screen.keymap

    def put_single(value: str) -> None:
        if value != ("on" if keymap.single else "off"):
            keymap.toggle_single()

    def townships() -> dict[str, Text]:
        return {each.id: each.name for each in screen.board.townships()}

    def file_limits() -> dict[str, int]:
        board = screen.board
        counties = [status for status in board.statuses() if status.kind == COUNTY]
        limits = {screen.words.text(each.title): board.files.limit(each.id) for each in counties}
        return {title: limit for title, limit in limits.items() if limit is not None}

    return SettingsScreen(
        theme=screen.theme,
        words=screen.words,
        desk=desk,
        live={
            "language": Live(lambda: language.name, language.set_name),
            "theme": Live(lambda: screen.theme.name, screen.theme.set_name),
            "single_keys": Live(lambda: "on" if keymap.single else "off", put_single),
        },
        is_plain=is_plain,
        keymap=keymap,
        remembered=screen.remembered,
        restart=restart,
        townships=townships,
        file_limits=file_limits,
    )
