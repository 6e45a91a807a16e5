"""One incident in full, and the commands on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import Collection, CommandKind
from desktop.gui.panes.detail.steps import STEP_KEYS
from desktop.gui.panes.registry import (
    VAST_PX,
    WIDE_PX,
    Area,
    Arrival,
    PaneAction,
    PaneContext,
    PaneSpec,
    Section,
)

if TYPE_CHECKING:
    from desktop.gui.panes.detail.pane import DetailPane

translate = QCoreApplication.translate


def _make(context: PaneContext) -> DetailPane:
    from desktop.gui.panes.detail.pane import DetailPane

    return DetailPane(context.screen, context.submitter)


def _step(
    kind: CommandKind, title: Callable[[], str], section: Section = Section.STEPS
) -> PaneAction[DetailPane]:
    keys = (STEP_KEYS[kind],) if kind in STEP_KEYS else ()
    return PaneAction(
        kind.value, title, keys, lambda pane: pane.begin(kind), section, after_pick=True
    )


def _width(window_px: int) -> int:
    if window_px >= WIDE_PX:
        return 520 if window_px >= VAST_PX else 400
    return 320


SPEC: PaneSpec[DetailPane] = PaneSpec(
    name="detail",
    title=lambda: translate("DeskWindow", "Detail"),
    area=Area.RIGHT,
    keys=("G, D",),
    go_to=lambda: translate("Actions", "Go to the detail"),
    follows=frozenset({Collection.INCIDENTS, Collection.ASSETS}),
    factory=_make,
    actions=(
        _step(
            CommandKind.ACKNOWLEDGE,
            lambda: translate("Actions", "Acknowledge the incident"),
            Section.SEE,
        ),
        _step(CommandKind.NOTE, lambda: translate("Actions", "Write a note")),
        _step(CommandKind.DISPATCH, lambda: translate("Actions", "Dispatch the incident")),
        _step(CommandKind.FEEDBACK, lambda: translate("Actions", "Give feedback on the incident")),
        _step(CommandKind.VERIFY, lambda: translate("Actions", "Verify the incident")),
        _step(CommandKind.CLOSE, lambda: translate("Actions", "Close the incident")),
        PaneAction(
            "more",
            lambda: translate("Actions", "More to do to the incident"),
            ("X",),
            lambda pane: pane.show_more(),
            Section.STEPS,
            after_pick=True,
        ),
        PaneAction(
            "plan",
            lambda: translate("Actions", "The plan that fits the incident"),
            ("Shift+P",),
            lambda pane: pane.show_plan(),
            Section.SEE,
            after_pick=True,
        ),
        _step(CommandKind.ATTACH, lambda: translate("Actions", "Attach a file")),
        PaneAction(
            "paste",
            lambda: translate("Actions", "Attach what is on the clipboard"),
            ("Ctrl+V",),
            lambda pane: pane.paste(),
            Section.STEPS,
        ),
        _step(CommandKind.ESCALATE, lambda: translate("Actions", "Escalate the incident")),
        _step(CommandKind.EXTEND, lambda: translate("Actions", "Extend the incident's deadline")),
        _step(CommandKind.TAKE_UP, lambda: translate("Actions", "Take the incident up")),
        _step(CommandKind.DEFER, lambda: translate("Actions", "Put the incident off")),
        _step(CommandKind.RETURN, lambda: translate("Actions", "Return the incident")),
        _step(CommandKind.VOID, lambda: translate("Actions", "Void the incident")),
        PaneAction(
            "new_incident",
            lambda: translate("Actions", "New incident"),
            ("N",),
            lambda pane: pane.begin_incident(),
            Section.NEW,
        ),
    ),
    width=_width,
    arrival=Arrival.NEXT,
    parts=(
        "desktop.gui.widgets.folded",
        "desktop.gui.panes.detail.parts",
        "desktop.gui.panes.detail.timeline",
        "desktop.application.photos.shrinking",
        "desktop.gui.widgets.prepared_file",
        "desktop.gui.widgets.file_choice",
        "desktop.gui.panes.detail.attach_panel",
        "desktop.gui.panes.detail.body",
        "desktop.gui.forms.field_widgets",
        "desktop.gui.forms.lookup",
        "desktop.gui.forms.command_request",
        "desktop.gui.forms.command_form",
    ),
)
