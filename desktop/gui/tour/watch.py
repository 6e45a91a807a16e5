"""Notices which steps of the tour were done, in whatever sequence."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.command import CommandRecord
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.tour.steps import PICK, STEPS

PARTS = {step.part: step.name for step in STEPS if step.part}


class TourWatch(QObject):
    """Listens to what the officer submits, picks, and gives the keyboard to."""

    done = Signal(str)
    """The name of a step."""

    def __init__(self, submitter: CommandSubmitter, parent: QObject) -> None:
        super().__init__(parent)
        submitter.stored.connect(self._take_commands)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow_keyboard)

    def take_pick(self, _key: object) -> None:
        """Take that an incident was picked."""
        self.done.emit(PICK)

    def _take_commands(self, records: tuple[CommandRecord, ...]) -> None:
        kinds = {record.command.kind for record in records}
        for step in STEPS:
            if step.command in kinds:
                self.done.emit(step.name)

    def _follow_keyboard(self, _before: QWidget | None, at: QWidget | None) -> None:
        while at is not None:
            if name := PARTS.get(type(at).__name__):
                self.done.emit(name)
            at = at.parentWidget()
