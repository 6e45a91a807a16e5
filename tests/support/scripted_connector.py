"""A source that answers as a test has written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from desktop.application.ports import (
    Connector,
    Manifest,
    PullPlan,
    Source,
    SourceError,
    SourceSettings,
)
from desktop.connectors.services import Services
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.domain.source import Batch, CommandResult, ProbeResult, SyncState

MANIFEST = Manifest(
    kind="scripted",
    title=Text("剧本", "Scripted"),
    fills=frozenset({Collection.INCIDENTS, Collection.ASSETS}),
    accepts=frozenset({(Collection.INCIDENTS, CommandKind.NOTE)}),
    settings=(),
    expected_period_s=8.0,
)


def source_of(connector: Connector) -> Source:
    """The source of a profile whose connector is that one."""
    return Source(connector.settings, connector.manifest, lambda: connector)


class ScriptedConnector(ReadOnlySource):
    """Plays one answer a pull: batches to give, then an error to raise, if any.

    With the script played to its end, every further pull finds nothing new.
    """

    def __init__(self, source: str = "county") -> None:
        settings = SourceSettings(source, "scripted", Text("剧本", "Scripted"), 8.0, {})
        super().__init__(settings, MANIFEST, Services(SystemClock()))
        self.pulls: list[list[Batch | Exception]] = []
        self.asked: list[SyncState] = []
        self.plans: list[PullPlan | None] = []
        self.resets = 0
        self.sent: list[tuple[str, ...]] = []
        self.answer: Callable[[CommandRecord], CommandResult | None] = lambda record: CommandResult(
            record.command.key, CommandState.ACCEPTED
        )
        self.send_error: SourceError | None = None
        self.probe_error: SourceError | None = None
        self.found = ProbeResult("Scripted 1", MANIFEST.fills)
        self.offset_ms: int | None = None
        self.login = ""
        self.closed = self._closed
        self.pulled = threading.Semaphore(0)

    def probe(self) -> ProbeResult:
        if self.probe_error is not None:
            raise self.probe_error
        return self.found

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        self.asked.append(state)
        self.plans.append(plan)
        try:
            for step in self.pulls.pop(0) if self.pulls else []:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.pulled.release()

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        self.sent.append(tuple(r.command.key for r in records))
        if self.send_error is not None:
            raise self.send_error
        return [a for record in records if (a := self.answer(record)) is not None]

    def reset(self) -> None:
        self.resets += 1

    def account(self) -> str:
        return self.login

    def clock_offset_ms(self) -> int | None:
        return self.offset_ms
