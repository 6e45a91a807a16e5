"""The steps of the tour, and how each is noticed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QCoreApplication

from desktop.domain.command import CommandKind

translate = QCoreApplication.translate


class Step(msgspec.Struct, frozen=True):
    """One thing to try."""

    name: str
    say: Callable[[], str]
    """Returns its title in the current language."""
    tell: Callable[[], str]
    """Returns what to do."""
    keys: tuple[str, ...] = ()
    """The usual keys that its text names, in the sequence of its places `{0}`, `{1}` …"""
    part: str = ""
    """The class of the part of the screen that has the keyboard once it is done."""
    command: CommandKind | None = None
    """The command that was stored once it is done."""


PICK = "pick"
"""The step that is done once an incident was picked."""

STEPS = (
    Step(
        PICK,
        lambda: translate("Tour", "Pick an incident"),
        lambda: translate(
            "Tour",
            "At the left are the incidents of Yunlu, a county that does not exist; the most urgent "
            "is on top. Press {0} to go down, {1} to go up, or click a row. The detail and the map "
            "follow.",
        ),
        ("J", "K"),
    ),
    Step(
        "sources",
        lambda: translate("Tour", "See how old the data is"),
        lambda: translate(
            "Tour",
            "The strip on top names each source and the age of its data. Press {0} for all of it. "
            "Were a source lost, its data would stay, with its time. Esc closes the sheet.",
        ),
        ("Ctrl+I",),
        part="SourcesSheet",
    ),
    Step(
        "acknowledge",
        lambda: translate("Tour", "Acknowledge it"),
        lambda: translate(
            "Tour",
            "Pick an incident that is marked as unacknowledged and press {0}: you have seen it. "
            "For 8 seconds {1} takes it back; the bar under the list counts.",
        ),
        ("A", "Z"),
        command=CommandKind.ACKNOWLEDGE,
    ),
    Step(
        "map",
        lambda: translate("Tour", "Find it on the map"),
        lambda: translate(
            "Tour",
            "Press {0}, one key after the other. Arrows move the map, + and − zoom, 0 shows the "
            "county again.",
        ),
        ("G M",),
        part="MapPane",
    ),
    Step(
        "note",
        lambda: translate("Tour", "Write a note"),
        lambda: translate(
            "Tour",
            "Press {0}, write what you like, and send it with Ctrl+Enter. It appears in the "
            "history at once, first as stored here, then as accepted by the county.",
        ),
        ("M",),
        command=CommandKind.NOTE,
    ),
    Step(
        "create",
        lambda: translate("Tour", "Report something new"),
        lambda: translate(
            "Tour",
            "Press {0}, fill in a title and what else is asked for, and submit with Ctrl+Enter. It "
            "would work without a network just the same, and be sent once only.",
        ),
        ("N",),
        command=CommandKind.CREATE,
    ),
    Step(
        "dispatch",
        lambda: translate("Tour", "Dispatch it"),
        lambda: translate(
            "Tour",
            "What you reported is picked and filed: press {0}, name a unit and submit with "
            "Ctrl+Enter. Esc would only fold the form and keep what you entered.",
        ),
        ("D",),
        command=CommandKind.DISPATCH,
    ),
    Step(
        "outbox",
        lambda: translate("Tour", "See what became of it"),
        lambda: translate(
            "Tour",
            "Press {0}: every command you gave, and how far it is. What needs your decision is "
            "orange. Esc closes it.",
        ),
        ("Ctrl+O",),
        part="OutboxSheet",
    ),
    Step(
        "palette",
        lambda: translate("Tour", "Find anything"),
        lambda: translate(
            "Tour",
            "Press {0} and type a few letters, or pinyin initials: actions, townships, phones and "
            "plans. Enter takes the first.",
        ),
        ("Ctrl+K",),
        part="Palette",
    ),
    Step(
        "help",
        lambda: translate("Tour", "Ask for help"),
        lambda: translate(
            "Tour",
            "Press {0} anywhere: the help opens at the page of where you are. Esc comes back.",
        ),
        ("F1",),
        part="HelpWindow",
    ),
)
