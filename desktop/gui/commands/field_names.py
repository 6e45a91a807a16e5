"""What the fields of commands are called on screen."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.domain.command import CommandKind

translate = QCoreApplication.translate


def field_name(kind: CommandKind, name: str) -> str:
    """What a field is called on screen."""
    if name == "text":
        return {
            CommandKind.DISPATCH: translate("CommandForm", "Instruction"),
            CommandKind.FEEDBACK: translate("CommandForm", "What was done"),
            CommandKind.VERIFY: translate("CommandForm", "What was found"),
            CommandKind.CLOSE: translate("CommandForm", "Conclusion"),
            CommandKind.NOTE: translate("CommandForm", "Note"),
        }.get(kind, translate("CommandForm", "Reason"))
    return {
        "title": translate("CommandForm", "What happened"),
        "level": translate("CommandForm", "Level"),
        "category": translate("CommandForm", "Category"),
        "channel": translate("CommandForm", "Came by"),
        "township": translate("CommandForm", "Township"),
        "occurred_at": translate("CommandForm", "Happened"),
        "address": translate("CommandForm", "Where"),
        "place": translate("CommandForm", "On the map"),
        "summary": translate("CommandForm", "Details"),
        "unit": translate("CommandForm", "Unit"),
        "due_at": translate("CommandForm", "New deadline"),
        "until": translate("CommandForm", "Put off until"),
        "minutes": translate("CommandForm", "For how long"),
        "passed": translate("CommandForm", "Result"),
    }.get(name, name)
