"""Rows and files that an account may no longer see."""

from __future__ import annotations

import logging

from desktop.application.ports import Cache, IncidentFilter
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.domain.alarm import Alarm
from desktop.domain.asset import Asset
from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.directory import Contact, Plan
from desktop.domain.geo import Township
from desktop.domain.queue import ServiceQueue
from desktop.domain.report import Report

_PLACED = (
    *(Collection.ASSETS, Collection.QUEUES, Collection.ALARMS),
    *(Collection.REPORTS, Collection.CONTACTS, Collection.PLANS),
)

log = logging.getLogger(__name__)


class ScopeGuard:
    """Takes away, during one exchange, what the account in use may no longer see."""

    def __init__(self, context: ExchangeContext, account: str) -> None:
        """`account` is the account under which the cached rows came."""
        self._context, self._account = context, account

    def narrow(self) -> Changes | None:
        """Delete rows of other townships at once, not when a new snapshot is whole.

        Returns the rows that went; None when the scope is no narrower.
        """
        context = self._context
        townships = context.connector.townships()
        if townships is None or not context.memory.compare_scope(townships):
            return None
        if not holds_more(context.cache, context.source, townships):
            return None
        log.info("the scope is narrower", extra={"source": context.source})
        self._purge_files()
        return context.cache.purge(context.source, townships)

    def meet_account(self, account: str | None) -> None:
        """Delete another account's files, before its rows are.

        After a crash between, the account stored with the rows still shows the change.
        """
        if account is None or account == self._account:
            return
        if self._account:
            self._purge_files()
        # Another account is not given the offsets of these uploads.
        self._context.memory.files.lose_sight_of_all()
        self._account = account

    def _purge_files(self) -> None:
        if self._context.files is not None:
            self._context.files.purge(self._context.source)
            self._context.memory.files.look_up_anew()


def holds_more(cache: Cache, source: str, townships: frozenset[str]) -> bool:
    """Whether rows of that source in other townships than these are still cached."""
    for collection in _PLACED:
        for row in cache.rows(collection):
            if (
                isinstance(row, Asset | ServiceQueue | Alarm | Report | Contact | Plan)
                and row.source == source
                and row.township
                and row.township not in townships
            ):
                return True
    return any(
        cache.incident_numbers(IncidentFilter(open_only=False, township=each), 1)
        for each in _townships_here(cache, source) - townships
    )


def _townships_here(cache: Cache, source: str) -> frozenset[str]:
    return frozenset(
        row.id
        for row in cache.rows(Collection.TOWNSHIPS)
        if isinstance(row, Township) and row.source == source
    )
