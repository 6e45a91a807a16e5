"""The kinds of row."""

from __future__ import annotations

from enum import StrEnum


class Collection(StrEnum):
    """The kinds of row a source can fill."""

    TOWNSHIPS = "townships"
    LINES = "lines"
    INCIDENTS = "incidents"
    ASSETS = "assets"
    QUEUES = "queues"
    WARNINGS = "warnings"
    ALARMS = "alarms"
    TRENDS = "trends"
    FORMS = "forms"
    REPORTS = "reports"
    CONTACTS = "contacts"
    PLANS = "plans"
