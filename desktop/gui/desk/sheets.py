"""The sheets of the desk and what leads from one to another; built after the first paint."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.domain.alarm import Alarm
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.form_sheet import FormSheet
from desktop.gui.outbox.conflict_sheet import ConflictSheet
from desktop.gui.outbox.sheet import OutboxSheet
from desktop.gui.panes.alarms.sheet import AlarmSheet, shelf_task
from desktop.gui.panes.warnings.sheet import WarningSheet
from desktop.gui.sources.link_sheet import LinkSheet
from desktop.gui.sources.sheet import SourcesSheet


class Sheets:
    """One of each; the window owns them."""

    def __init__(self, screen: UiContext, orders: CommandSubmitter, window: QWidget) -> None:
        self._screen = screen
        self.sources = SourcesSheet(screen, window)
        self.link = LinkSheet(screen, window)
        self.outbox = OutboxSheet(screen, orders, window)
        self.form = FormSheet(screen, orders, window)
        self.conflict = ConflictSheet(screen, orders, window)
        self.warning = WarningSheet(screen, window)
        self.alarms = AlarmSheet(screen, orders, window)
        self.alarms.shelve_asked.connect(self.shelve)
        self.outbox.decide_asked.connect(self.conflict.ask)
        self.conflict.edit_asked.connect(self.form.ask)

    def shelve(self, alarm: Alarm) -> None:
        """Ask for the reason and the time for which an alarm is to be silent."""
        self.form.ask(shelf_task(self._screen, alarm))
