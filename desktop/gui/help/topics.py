"""Which page of the help, and which place on it, belongs to which part of the screen."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

START = "start.html"
"""The page where nothing more fitting is known."""

TOPICS = {
    "DeskWindow": "duty.html",
    "IncidentPane": "duty.html#incidents",
    "SearchField": "duty.html#search",
    "DetailPane": "duty.html#detail",
    "CommandForm": "duty.html#steps",
    "NoteEditor": "duty.html#note",
    "AttachPanel": "duty.html#files",
    "MapPane": "duty.html#map",
    "InfrastructurePane": "duty.html#infrastructure",
    "QueuesPane": "duty.html#queues",
    "WarningsPane": "duty.html#warnings",
    "WarningSheet": "duty.html#warnings",
    "AlarmStrip": "duty.html#alarms",
    "AlarmSheet": "duty.html#alarms",
    "FormSheet": "duty.html#new",
    "OutboxSheet": "duty.html#outbox",
    "ConflictSheet": "duty.html#conflict",
    "ClosingSheet": "duty.html#closing",
    "SourcesSheet": "duty.html#sources",
    "LinkSheet": "duty.html#link",
    "TableSheet": "duty.html#paper",
    "CallSheet": "duty.html#call",
    "RelaySheet": "duty.html#relay",
    "Palette": "duty.html#palette",
    "DirectorySheet": "duty.html#palette",
    "LicencesSheet": "start.html#about",
    "KeySheet": "keys.html",
    "DoctorSheet": "duty.html#doctor",
    "SettingsSheet": "duty.html#settings",
    "SettingsWindow": "admin.html#connect",
    "Welcome": "admin.html#try",
    "TourPane": "tour.html",
    "BackupSheet": "duty.html#backup",
    "ReportSheet": "duty.html#report",
    "LogSheet": "duty.html#log",
    "TownshipWindow": "township.html",
    "ChoosePage": "township.html#first",
    "ReportPage": "township.html#report",
    "TablePage": "township.html#report",
    "PhotosSheet": "township.html#photos",
    "AssignmentsPage": "township.html#assignments",
    "SendingPage": "township.html#sending",
    "LookUpPage": "township.html#look_up",
    "CarrySheet": "township.html#no_network",
    "NoNetworkSheet": "township.html#no_network",
}
"""The place by the class of a window, pane, sheet or form; the innermost one counts."""


def find_topic(window: QWidget) -> str:
    """Return the place that belongs to what has the keyboard in this window."""
    at: QWidget | None = QApplication.focusWidget() or window
    while at is not None:
        topic = TOPICS.get(type(at).__name__)
        if topic is not None:
            return topic
        at = at.parentWidget()
    return TOPICS.get(type(window).__name__, START)
