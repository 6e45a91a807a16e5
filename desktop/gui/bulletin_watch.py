"""Asks the county now and then what it publishes, and notes that the desk runs well."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.application.settings.bulletins import CountyBulletins
from desktop.domain.source import Problem
from desktop.gui.task_runner import TaskRunner

log = logging.getLogger(__name__)

CAME = "county_settings_came"
"""Of the problem that tells of new settings."""
FIRST_MS = 20_000
"""After the start: the rows come first, on a thin line."""
AGAIN_MS = 300_000
"""Where the county was not reached."""
EVERY_MS = 3_600_000
WELL_MS = 60_000
"""A desk that has run for so long runs well with the settings that it started with."""


class _Heard(NamedTuple):
    """What the county answered, and whether settings of it wait for the next start."""

    told: tuple[Problem, ...] | None
    waits: bool


class BulletinWatch(QObject):
    """Owns its thread and timers until `close()` and then `end()`."""

    looked = Signal()
    """The county has been asked, or could not be."""
    withdrawn = Signal()
    """New settings that were told of no longer wait for the next start: they were taken back."""

    def __init__(
        self,
        make: Callable[[], CountyBulletins | None],
        tell: Callable[[Problem], None],
        writer: TaskRunner,
        parent: QObject,
    ) -> None:
        """`make` runs off the GUI thread, and returns None where there is no one county to ask;
        the officer is told by `tell`. What has to be kept goes by `writer`."""
        super().__init__(parent)
        self._make, self._say, self._writer = make, tell, writer
        self._bulletins: CountyBulletins | None = None
        self._has_told = False
        self._runner = TaskRunner("bulletins", self)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._timer.start(FIRST_MS)
        self._well = QTimer(self, singleShot=True)
        self._well.timeout.connect(self.prove)
        self._well.start(WELL_MS)

    def look(self) -> None:
        """Ask the county now."""
        self._runner.ask(partial(self._look, self._has_told), self._hear, self._fail)

    def prove(self) -> None:
        """Note that the desk has come up and runs."""
        self._writer.ask(self._prove, lambda _none: None)

    def close(self) -> None:
        """Note that the desk ends as it should, and ask no more."""
        self._timer.stop()
        self._well.stop()
        self.prove()

    def end(self) -> None:
        """Give up the question under way; at once where the exchange has ended before."""
        self._runner.close()

    def _of_county(self) -> CountyBulletins | None:
        if self._bulletins is None:
            self._bulletins = self._make()
        return self._bulletins

    def _look(self, has_told: bool) -> _Heard:
        county = self._of_county()
        if county is None:
            return _Heard((), waits=False)
        told = county.look()
        came = any(each.code == CAME for each in told or ())
        return _Heard(told, waits=came or (has_told and county.is_waiting()))

    def _hear(self, heard: _Heard) -> None:
        if self._has_told and not heard.waits:
            self.withdrawn.emit()
        self._has_told = heard.waits
        self._tell(heard.told)

    def _prove(self) -> None:
        county = self._of_county()
        if county is not None:
            county.prove()

    def _fail(self, error: Exception) -> None:
        log.error("the county's bulletins could not be looked at", exc_info=error)
        self._tell(None)

    def _tell(self, told: tuple[Problem, ...] | None) -> None:
        self._timer.start(AGAIN_MS if told is None else EVERY_MS)
        for problem in told or ():
            self._say(problem)
        self.looked.emit()
