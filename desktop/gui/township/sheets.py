"""The sheets of the office, built after the first paint; the window owns them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.form_sheet import FormSheet
from desktop.gui.outbox.closing_sheet import ClosingSheet
from desktop.gui.outbox.conflict_sheet import ConflictSheet
from desktop.gui.outbox.sheet import OutboxSheet
from desktop.gui.sources.sheet import SourcesSheet
from desktop.gui.township.photos_sheet import PhotosSheet

if TYPE_CHECKING:
    from desktop.gui.doctor.sheet import DoctorSheet
    from desktop.gui.settings.by_steps import LateSettings


class OfficeSheets(QObject):
    """Sheets laid over the office."""

    spot_asked = Signal()
    """The form in hand wants a place on the map."""
    case_asked = Signal(object)
    """The `Key` of a case to be read whole."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        super().__init__(window)
        self._made_of = (screen, window)
        self.form = FormSheet(screen, submitter, window)
        self.photos = PhotosSheet(screen, submitter, window)
        self.conflict = ConflictSheet(screen, submitter, window)
        self.outbox = OutboxSheet(screen, submitter, window)
        self.sources = SourcesSheet(screen, window)
        self.closing = ClosingSheet(screen, window)
        self.sources.doctor_asked.connect(lambda: self.doctor.lay())  # noqa: PLW0108 - made when wanted
        self.form.map_asked.connect(self.spot_asked)
        self.conflict.edit_asked.connect(self.form.ask)
        self.outbox.decide_asked.connect(self.conflict.ask)
        self.outbox.target_asked.connect(self.case_asked)

    @cached_property
    def settings(self) -> LateSettings:
        """The profile's settings, whose sheet is made when it is first wanted."""
        from desktop.gui.settings.by_steps import LateSettings

        return LateSettings(*self._made_of)

    def keep(self) -> None:
        """Keep what is being written; the window is about to close."""
        self.form.form.keep()
        if "settings" in vars(self):
            self.settings.close_runner()
        if "doctor" in vars(self):
            self.doctor.close_runner()

    @cached_property
    def doctor(self) -> DoctorSheet:
        """The sheet of what is wrong with this computer, made when it is first wanted."""
        from desktop.gui.doctor.sheet import DoctorSheet

        return DoctorSheet(*self._made_of)
