"""What one open desk asks its county to publish: settings, and a newer program."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from desktop.application.ports import Cancelled, SourceError
from desktop.application.profile import ProfileError
from desktop.application.settings.central import (
    Layer,
    find_central_faults,
    find_layer_faults,
    is_in_force,
    layer_of,
)
from desktop.application.settings.kept_bulletins import (
    OLDER,
    Kept,
    find_offer,
    find_trouble,
    may_take,
    refuse,
    take,
)
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.worker_jobs import WorkerBusy
from desktop.commands.own_program import own_version
from desktop.commands.own_township import find_township
from desktop.commands.settings.central import find_signer, load_kept, prove_kept, save_kept
from desktop.commands.settings.package_download import PackageDownload
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.kinds import Manifests
from desktop.domain.bulletin import (
    BulletinRefused,
    CentralSettings,
    Package,
    ProgramUpdate,
    Published,
)
from desktop.domain.instant import Instant
from desktop.domain.source import Problem

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

log = logging.getLogger(__name__)


class BulletinDesk:
    """The bulletins of a desk and its county; calls block, and may come from any thread."""

    def __init__(self, desk: Desk, source: str, posture: str = "") -> None:
        """`posture` is what is open of the desk, where that is not what its profile says."""
        self._desk, self._source = desk, source
        self._posture = posture or desk.profile.posture
        self._lock = threading.Lock()
        self._download = PackageDownload(desk, source)

    def recall(self) -> Kept:
        """Return what is kept here now."""
        return load_kept(self._desk.read_secret, self._source)

    def fingerprint(self) -> str:
        """Return that of the county this desk trusts; empty where it trusts none."""
        return find_signer(self._desk.read_secret, self._desk.profile, self._source)

    def look(self) -> tuple[Problem, ...] | None:
        """Ask the county what it publishes now; return what to tell the officer of it.

        None where it was not reached. Nothing is asked where no county is trusted.
        """
        signer, program = self.fingerprint(), own_version()
        try:
            server = self._desk.outbox.binding(self._source).server
            if signer and not server:
                return None
            answer = self._ask(self._recall_of(signer), server, program)
        except (SourceError, WorkerBusy, Cancelled):
            return None
        told: list[Problem] = []
        with self._lock:  # Not while it is asked: a desk that ends notes meanwhile that it ran.
            before = self.recall()
            kept = self._take_in(self._recall_of(signer), answer, program, told)
            if kept != before:
                save_kept(self._desk.keep_secret, self._source, kept)
        update = self.find_update()
        if update is not None and self._is_calm():
            told.append(Problem("update_offered", {"program": update.program}))
        if signer:
            self._desk.county_answered_at = self._desk.clock.now()
        return tuple(told)

    def recall_answer_time(self) -> Instant | None:
        """Return when the county answered last; None where it has not since this start."""
        return self._desk.county_answered_at

    def is_waiting(self) -> bool:
        """Whether settings that are kept would make the desk another from its next start on."""
        current = self._recall_of(self.fingerprint()).current
        layer = Layer() if current is None else self._layer_of(current)
        try:
            return not is_in_force(self._desk.profile, layer, Manifests())
        except ProfileError:  # The clerk has picked another township since: the start leaves them.
            return False

    def find_update(self) -> ProgramUpdate | None:
        """Return the newer program that the county offers from now on; None where there is none."""
        kept = self._recall_of(self.fingerprint())
        return find_offer(kept, own_version(), self._desk.clock.now())

    def _is_calm(self) -> bool:
        """Whether nothing waits to be acknowledged: of a program it can be told later."""
        board = self._desk.board
        calls = any(group.calls for group in board.alarms())
        return not calls and not board.overview().counts.unacknowledged

    def fetch(self, package: Package, folder: Path, note: Callable[[int], None]) -> Path:
        """See `PackageDownload.fetch`."""
        return self._download.fetch(package, folder, note)

    def cancel(self) -> None:
        """End the fetching under way."""
        self._download.cancel()

    def _recall_of(self, signer: str) -> Kept:
        """Return what is kept, or nothing of it where it is another county's."""
        kept = self.recall()
        return kept if kept.signer == signer else Kept(signer)

    def _ask(
        self, kept: Kept, server: str | None, program: str
    ) -> Published | BulletinRefused | None:
        """Return what the county says now, or None where that is nothing new."""
        if not kept.signer or not server:
            return None
        tag = kept.tag if kept.program == program else ""

        def ask(context: ExchangeContext) -> Published | BulletinRefused | None:
            assert isinstance(context.connector, CountyConnector)
            try:
                return context.connector.bulletins(tag, server, kept.signer)
            except BulletinRefused as refused:
                return refused

        return self._desk.engine.run_between_exchanges(self._source, ask)

    def _take_in(
        self,
        kept: Kept,
        answer: Published | BulletinRefused | None,
        program: str,
        told: list[Problem],
    ) -> Kept:
        """Return what is kept after an answer; what is wrong with it is told once."""
        if answer is None:
            return kept
        before = kept.trouble
        if isinstance(answer, BulletinRefused):
            log.warning("the county's bulletins are refused: %s", answer.reason)
            reason, is_signed = answer.reason, answer.is_signed
            # Without its tag: what broke it may be over by the next time.
            kept = msgspec.structs.replace(kept, tag="", trouble=reason, is_signed=is_signed)
            answer = answer.rest
        else:
            kept = msgspec.structs.replace(
                kept, tag=answer.tag, program=program, trouble="", is_signed=False
            )
        if answer.update is not None:
            kept = _take_update(kept, answer.update)
        if answer.settings is not None:
            kept = self._judge(kept, answer.settings, program, told)
        problem = find_trouble(kept)
        told += [problem] if problem and kept.trouble != before else []
        return kept

    def _judge(
        self, kept: Kept, settings: CentralSettings, program: str, told: list[Problem]
    ) -> Kept:
        """Take new settings whole, or refuse them whole; the ones before them then stay."""
        number = str(settings.version)
        if not may_take(kept, settings.version, program):
            if settings.version < kept.newest:
                log.warning("the county's settings %s are older than ones seen before", number)
                return _note_older(kept)
            return kept
        profile, layer = self._desk.profile, self._layer_of(settings)
        faults = list(find_central_faults(settings, profile, Manifests()))
        faults = faults or list(find_layer_faults(profile, layer, Manifests()))
        if faults:
            log.warning("the county's settings %s are refused: %s", number, faults[0])
            told.append(Problem("county_settings_refused", {"number": number, "reason": faults[0]}))
            return refuse(kept, settings.version, faults[0], program)
        log.info("the county's settings %s are taken", number)
        if self._desk.is_kept and not is_in_force(profile, layer, Manifests()):
            told.append(Problem("county_settings_came", {"number": number}))
        return take(kept, settings)

    def _layer_of(self, settings: CentralSettings) -> Layer:
        """Return what the settings say to this desk as it is open."""
        township = find_township(self._desk.profile, self._desk.folder)
        return layer_of(settings, self._posture, township)

    def prove(self) -> None:
        """Note that the desk runs well with the settings it started with."""
        with self._lock:
            prove_kept(self._desk.read_secret, self._desk.keep_secret, self._source)


def find_bulletins(desk: Desk, posture: str = "") -> BulletinDesk | None:
    """Return what the county publishes, if the desk has one county to ask."""
    county = desk.profile.only_county
    return None if county is None else BulletinDesk(desk, county, posture)


def _take_update(kept: Kept, update: ProgramUpdate) -> Kept:
    known = kept.update
    if known is not None and update.version < known.version:
        log.warning("the county's news of a program is older than what was seen before")
        return _note_older(kept)
    return msgspec.structs.replace(kept, update=update)


def _note_older(kept: Kept) -> Kept:
    """Note that something was older, unless worse was found in the same answer."""
    return kept if kept.trouble else msgspec.structs.replace(kept, trouble=OLDER, is_signed=False)
