"""The sheets of the desk and the navigation between them; built after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.forms.form_sheet import FormSheet
from desktop.gui.outbox.closing_sheet import ClosingSheet
from desktop.gui.outbox.conflict_sheet import ConflictSheet
from desktop.gui.outbox.sheet import OutboxSheet
from desktop.gui.panes.bare import BarePane
from desktop.gui.sources.link_sheet import LinkSheet
from desktop.gui.sources.sheet import SourcesSheet

if TYPE_CHECKING:
    from desktop.gui.carrying.call_sheet import CallSheet
    from desktop.gui.carrying.relay_sheet import RelaySheet
    from desktop.gui.charts.table_sheet import TableSheet
    from desktop.gui.doctor.sheet import DoctorSheet
    from desktop.gui.help.licences import LicencesSheet
    from desktop.gui.settings.by_steps import LateSettings
    from desktop.gui.upkeep.backup_sheet import BackupSheet
    from desktop.gui.upkeep.log_sheet import LogSheet
    from desktop.gui.upkeep.report_sheet import ReportSheet


class Sheets:
    """All sheets of a desk; the window owns them."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter, window: QWidget) -> None:
        self._made_of = (screen, window)
        self.sources = SourcesSheet(screen, window)
        self.link = LinkSheet(screen, window)
        self.outbox = OutboxSheet(screen, submitter, window)
        self.form = FormSheet(screen, submitter, window)
        self.conflict = ConflictSheet(screen, submitter, window)
        self.closing = ClosingSheet(screen, window)
        self.sources.doctor_asked.connect(lambda: self.doctor.lay())  # noqa: PLW0108 - made when wanted
        self.outbox.decide_asked.connect(self.conflict.ask)
        self.conflict.edit_asked.connect(self.form.ask)

    @cached_property
    def call(self) -> CallSheet:
        """The sheet of reports by telephone, made when it is first wanted."""
        from desktop.gui.carrying.call_sheet import CallSheet

        screen, window = self._made_of
        return CallSheet(screen, window, screen.switchboard())

    @cached_property
    def relay(self) -> RelaySheet:
        """The sheet of what other offices send by hand, made when it is first wanted."""
        from desktop.gui.carrying.relay_sheet import RelaySheet

        screen, window = self._made_of
        return RelaySheet(screen, window, screen.switchboard())

    @cached_property
    def licences(self) -> LicencesSheet:
        """The sheet of licences, made when it is first wanted."""
        from desktop.gui.help.licences import LicencesSheet

        return LicencesSheet(*self._made_of)

    @cached_property
    def settings(self) -> LateSettings:
        """The profile's settings, whose sheet is made when it is first wanted."""
        from desktop.gui.settings.by_steps import LateSettings

        return LateSettings(*self._made_of)

    @cached_property
    def doctor(self) -> DoctorSheet:
        """The sheet of what is wrong with this computer, made when it is first wanted."""
        from desktop.gui.doctor.sheet import DoctorSheet

        return DoctorSheet(*self._made_of)

    @cached_property
    def backup(self) -> BackupSheet:
        """The sheet of backups, made when it is first wanted."""
        from desktop.gui.upkeep.backup_sheet import BackupSheet

        return BackupSheet(*self._made_of)

    @cached_property
    def log(self) -> LogSheet:
        """The sheet of the program's log, made when it is first wanted."""
        from desktop.gui.upkeep.log_sheet import LogSheet

        return LogSheet(*self._made_of)

    @cached_property
    def report(self) -> ReportSheet:
        """The sheet of the monthly report, made when it is first wanted."""
        from desktop.gui.upkeep.report_sheet import ReportSheet

        return ReportSheet(*self._made_of)

    @cached_property
    def table(self) -> TableSheet:
        """The sheet that shows a chart's data as a table, made when it is first wanted."""
        from desktop.gui.charts.table_sheet import TableSheet

        sheet = TableSheet(*self._made_of)
        sheet.failed.connect(self.outbox.failed)
        return sheet

    def show_table(self, pane: BarePane) -> bool:
        """Show as tables what the open sheet of the line draws, else this pane; False if nothing is
        drawn there."""
        return self.table.show_tables(self.link.tables if self.link.isVisible() else pane.tables)

    def send_out(self, name: str, act: Callable[[Any], object]) -> bool:
        """Have a sheet export or print its rows; False unless it is open."""
        sheet = vars(self).get(name)
        if sheet is None or not sheet.isVisible():
            return False
        act(sheet)
        return True

    def close_runners(self) -> None:
        """Wait for what the sheets have under way; the window is about to close."""
        names = {"call", "relay", "doctor", "settings", "backup", "log", "report"}
        for name in vars(self).keys() & names:
            getattr(self, name).close_runner()
