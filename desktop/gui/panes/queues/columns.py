"""The columns of the queues in files and on paper."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.domain.queue import ServiceQueue
from desktop.gui.formatting import date_time

translate = QCoreApplication.translate


def queue_columns(words: Words) -> Columns[ServiceQueue]:
    """Return the columns of the list, in the language in force."""
    text = words.text
    return (
        Column("name", lambda q: text(q.name), lambda: translate("Queues", "Queue")),
        Column("site", lambda q: text(q.site), lambda: translate("Queues", "Site")),
        Column("kind", lambda q: words.term("queue_kind", q.kind),
               lambda: translate("Queues", "Group")),
        Column("congested", lambda q: translate("Queues", "Congested") if q.congested else "",
               lambda: translate("Queues", "Congested")),
        Column("waiting", lambda q: q.waiting, lambda: translate("Queues", "Waiting")),
        Column("waiting_limit", lambda q: q.waiting_limit,
               lambda: translate("Queues", "Threshold")),
        Column("longest_wait_s", lambda q: q.longest_wait_s,
               lambda: translate("Queues", "Longest wait, s")),
        Column("average_wait_s", lambda q: q.average_wait_s,
               lambda: translate("Queues", "Average wait, s")),
        Column("counters_open", lambda q: q.counters_open,
               lambda: translate("Queues", "Counters open")),
        Column("counters_total", lambda q: q.counters_total,
               lambda: translate("Queues", "Counters")),
        Column("served_today", lambda q: q.served_today,
               lambda: translate("Queues", "Served today")),
        Column("observed_at", lambda q: date_time(q.observed_at) if q.observed_at else None,
               lambda: translate("Queues", "Observed")),
    )  # fmt: skip
