"""Prometheus and its Alertmanager as a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from desktop.application.ports import LoginRule, PullPlan, SourceError, SourceSettings
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.errors import refusal
from desktop.connectors.prometheus import MANIFEST, parse, silences
from desktop.connectors.prometheus.alertmanager import build_alarms, read_alerts
from desktop.connectors.prometheus.schema import (
    Alert,
    AlertmanagerStatus,
    BuildInfo,
    LongSeries,
    Series,
    Silence,
)
from desktop.connectors.services import Services
from desktop.connectors.shared.aside import Aside
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.connectors.shared.send_individually import only_asking, send_individually
from desktop.domain.asset import Asset, AssetState, Trend
from desktop.domain.clock import computer_now
from desktop.domain.command import Collection, Command, CommandKind, CommandRecord, CommandState
from desktop.domain.instant import DAY, MINUTE, SECOND, Instant, from_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import (
    Batch,
    CommandResult,
    ProbeResult,
    Problem,
    SyncState,
    UnreadableItem,
)
from desktop.domain.strange import StrangeWord, strange_words

STEP_MS = 5 * MINUTE
GAP_MS = 3 * STEP_MS
"""After a longer gap the whole last day is requested again, so that the gap is filled."""
REFILL_MS = 5 * MINUTE
"""Within this time Prometheus has surely sent a restarted Alertmanager all its alerts again."""
PROBLEM_JSON = (200, 400, 422)

T = TypeVar("T")
UNTOLD = ("not_found", "forbidden", "request_refused", "query_refused", "wrong_shape",
          "not_understood")  # fmt: skip
"""Problems of a server that does not give its version; its other answers may be usable."""


class PrometheusConnector(ReadOnlySource):
    """One Prometheus and, where there is one, its Alertmanager."""

    def __init__(
        self,
        settings: SourceSettings,
        services: Services,
    ) -> None:
        values = settings.values
        super().__init__(settings, MANIFEST.with_settings(values), services)
        self._clock = services.clock
        self._names = parse.LabelNames(
            name=str(values.get("name_label") or "asset"),
            kind=str(values.get("kind_label") or "kind"),
            township=str(values.get("township_label") or "township"),
            severity=str(values.get("severity_label") or "severity"),
        )
        self._queries = [parse.read_query(str(each)) for each in values.get("queries") or ()]
        self._hours = float(values.get("acknowledge_hours") or 12)

        self._http = self.new_client(settings.address)
        alertmanager_url = str(values.get("alertmanager_url") or "")
        second = LoginRule.of_alertmanager(settings)
        self._alertmanager = (
            self.new_client(alertmanager_url, rule=second) if alertmanager_url else None
        )
        self._seen: dict[str, Asset] = {}
        """Assets of queries that were present within the last day."""
        self._listed: frozenset[str] = frozenset()
        """Alarms of the last answer that was complete."""
        self._alarms_since: Instant | None = None
        """When the Alertmanager that gave them was started."""
        self._is_watched = True
        """Whether Prometheus, which feeds Alertmanager, answered last time."""

    def probe(self) -> ProbeResult:
        """Check which half answers, and what data it has; raises SourceError when neither does."""
        products: list[str] = []
        counts: dict[Collection, int] = {}
        remarks: list[Problem] = []
        strange: list[StrangeWord] = []
        failure: SourceError | None = None
        halves = [partial(self._probe_prometheus, strange)]
        if self._alertmanager is not None:
            halves.append(partial(self._probe_alertmanager, self._alertmanager))
        for probe in halves:
            try:
                products.append(probe(counts))
            except SourceError as error:
                failure = failure or error
                remarks.append(error.problem)
        if failure is not None and not products:
            raise failure
        if counts.get(Collection.ASSETS) == 0:
            remarks.append(Problem("no_targets", {"address": self._http.base_url}))
        if self._alertmanager is None:
            remarks.append(Problem("no_alertmanager"))
        return ProbeResult(
            product=", ".join(products),
            fills=self.manifest.fills,
            counts=counts,
            clock_offset_ms=self._http.offset_ms,
            remarks=tuple(remarks),
            strange=tuple(strange),
        )

    def _probe_prometheus(self, strange: list[StrangeWord], counts: dict[Collection, int]) -> str:
        assets = self._assets(Aside())
        counts[Collection.ASSETS] = len(assets)
        strange += strange_words(assets, {Asset: Collection.ASSETS}, self._services.codes())
        build = _if_told(lambda: parse.unwrap(self._http.get("api/v1/status/buildinfo"), BuildInfo))
        return f"Prometheus {'?' if build is None else build.version}"

    def _probe_alertmanager(self, http: HttpClient, counts: dict[Collection, int]) -> str:
        counts[Collection.ALARMS] = len(self._alerts(http)[0])
        status = _if_told(lambda: http.get("api/v2/status").decode(AlertmanagerStatus))
        return f"Alertmanager {'?' if status is None else status.version_info.get('version', '?')}"

    def pull(
        self,
        state: SyncState,
        plan: PullPlan | None = None,  # noqa: ARG002
    ) -> Iterator[Batch]:
        """Yield alarms first, then assets: either is given even when the other's server is down."""
        failure: SourceError | None = None
        if self._alertmanager is not None:
            try:
                alarm_batch, failure = self._alarm_batch(self._alertmanager, state)
                yield alarm_batch
            except SourceError as error:
                failure = error
        self._is_watched = False
        batch = self._asset_batch(state)
        self._is_watched = True
        yield batch
        if failure is not None:
            raise failure

    def _alarm_batch(
        self, alertmanager: HttpClient, state: SyncState
    ) -> tuple[Batch, SourceError | None]:
        """Return the alarms, and the reason not to delete missing ones, if there is one."""
        aside = Aside()
        alerts, bad = self._alerts(alertmanager, aside)
        silenced = any(alert.status.silenced_by for alert in alerts)
        known = self._silences(alertmanager) if silenced else []
        rows = build_alarms(self.settings.id, alerts, known, self._names)
        doubt = self._doubt(alertmanager, state, frozenset(row.id for row in rows))
        batch = Batch(
            source=self.settings.id,
            puts=tuple(rows),
            complete=frozenset({Collection.ALARMS}) if doubt is None else frozenset(),
            bad_items=bad,
            more_bad=aside.told[1],
            reread=frozenset({Collection.ALARMS}),
        )
        return batch, doubt

    def _doubt(
        self, alertmanager: HttpClient, state: SyncState, now: frozenset[str]
    ) -> SourceError | None:
        """Return why missing alarms may be active still, or None if the list can be trusted.

        Alertmanager keeps no alerts through a restart: until Prometheus has sent them again, its
        list is short, though nothing has returned to normal. And when Prometheus stops, its alerts
        expire there one by one.
        """
        first = self._alarms_since is None
        if first or not now >= self._listed:
            if not self._is_watched:
                return SourceError(Problem("alarms_unwatched", {"address": self._http.base_url}))
            since = self._start_time(alertmanager)
            known = since if first and state.token is None else self._alarms_since
            if since != known and self._server_now(alertmanager) - since < REFILL_MS:
                address = alertmanager.base_url
                return SourceError(Problem("alarms_refilling", {"address": address}))
            self._alarms_since = since
        self._listed = now
        return None

    def _start_time(self, alertmanager: HttpClient) -> Instant:
        """Return when the Alertmanager was started; 0 when it does not say."""
        try:
            status = alertmanager.get("api/v2/status").decode(AlertmanagerStatus)
        except SourceError as error:
            if error.problem.code not in ("not_found", "forbidden"):
                raise
            return 0
        return from_datetime(status.uptime) if status.uptime else 0

    def _asset_batch(self, state: SyncState) -> Batch:
        aside = Aside()
        rows = self._assets(aside)
        bad, more = aside.told
        now = self._server_now(self._http)
        last_at = int(state.token) if state.token and state.token.isdigit() else 0
        trends: list[Trend] = []
        of_trends = Aside()
        whole_day = now - last_at > GAP_MS or (bool(self._queries) and not self._seen)
        if whole_day:
            trends = self._trends(rows, now, of_trends)
        if self._queries:
            rows = self._with_silent(rows, now)
        if last_at and not rows and not bad and not more:
            # All gone at once: the server has not read its target list, or the query broke.
            raise SourceError(Problem("targets_gone", {"address": self._http.base_url}))
        complete = frozenset({Collection.ASSETS})
        if whole_day and not any(of_trends.told):
            complete |= frozenset({Collection.TRENDS})
        aside.take(*of_trends.told)
        bad, more = aside.told
        return Batch(
            source=self.settings.id,
            puts=(*rows, *trends),
            complete=complete,
            # Zero while there are no rows: their absence later is then no loss.
            token=str(now if rows else 0),
            bad_items=bad,
            more_bad=more,
            reread=frozenset({Collection.ASSETS}),
            reading_at=None if whole_day else now,
        )

    def _server_now(self, http: HttpClient) -> Instant:
        """Return the server's own time, so that a range ends where its data ends."""
        return computer_now(self._clock) + (http.offset_ms or 0)

    def _with_silent(self, rows: list[Asset], now: Instant) -> list[Asset]:
        """Add the assets that went missing within the last day, with unknown state.

        A query's answer omits a machine that has died: if its asset were deleted, the screen would
        look better than the truth.
        """
        present = {row.id: row for row in rows}
        self._seen = {
            id: asset
            for id, asset in (self._seen | present).items()
            if id in present or (asset.observed_at or 0) > now - DAY
        }
        silent = [asset for id, asset in self._seen.items() if id not in present]
        unknown = AssetState.UNKNOWN
        return rows + [msgspec.structs.replace(a, state=unknown, value=None) for a in silent]

    def _query(self, path: str, **parameters: Any) -> Any:
        reply = self._http.get(f"api/v1/{path}?{urlencode(parameters)}", expect=PROBLEM_JSON)
        if reply.status != 200 and not reply.body.lstrip().startswith(b"{"):
            raise refusal(reply.status, reply.headers, reply.url, reply.body)
        return reply

    def _assets(self, aside: Aside) -> list[Asset]:
        if not self._queries:
            reply = self._query("targets", state="active")
            targets, _ = parse.read_targets(reply, aside)
            told = self._query("query", query=parse.all_readings())
            found, _ = parse.read_series(told, Series, aside)
            rows = parse.target_assets(self.settings.id, targets, found, self._names)
            return parse.not_too_many(rows, aside)
        assets: list[Asset] = []
        for query in self._queries:
            told = self._query("query", query=query.promql)
            series, _ = parse.read_series(told, Series, aside)
            assets += parse.query_assets(self.settings.id, query, series, self._names)
        return parse.not_too_many(assets, aside)

    def _trends(self, assets: list[Asset], now: Instant, aside: Aside) -> list[Trend]:
        def day_of(promql: str) -> list[LongSeries]:
            reply = self._query(
                "query_range",
                query=promql,
                start=(now - DAY) / SECOND,
                end=now / SECOND,
                step=STEP_MS // SECOND,
            )
            return parse.read_series(reply, LongSeries, aside)[0]

        source = self.settings.id
        if not self._queries:
            series = day_of(parse.all_readings())
            return parse.target_trends(source, assets, series, STEP_MS)
        trends: list[Trend] = []
        for query in self._queries:
            series = day_of(query.promql)
            last = [Series(s.metric, (s.values[-1][0], "NaN")) for s in series if s.values]
            self._seen |= {
                asset.id: asset for asset in parse.query_assets(source, query, last, self._names)
            }
            for each in series:
                asset_id = parse.series_id(query, each.metric)
                trends.append(parse.trend(source, asset_id, each, STEP_MS, query.unit))
        return trends

    @staticmethod
    def _alerts(
        alertmanager: HttpClient, aside: Aside | None = None
    ) -> tuple[list[Alert], tuple[UnreadableItem, ...]]:
        return read_alerts(alertmanager.get("api/v2/alerts"), aside)

    def _silences(self, alertmanager: HttpClient) -> list[Silence]:
        return silences.read_silences(alertmanager.get("api/v2/silences"))

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        """Acknowledge alarms by silences, each at most once: a silence with the key means it was
        done."""
        return send_individually(records, lambda record: [self._acknowledge(record)])

    def _acknowledge(self, record: CommandRecord) -> CommandResult:
        command = record.command
        wanted = (command.target.collection, command.kind)
        if self._alertmanager is None or wanted != (Collection.ALARMS, CommandKind.ACKNOWLEDGE):
            reason = Text("该来源不支持此指令", "This source does not take such a command")
            return CommandResult(command.key, CommandState.REJECTED, reason)
        with only_asking():
            known = self._silences(self._alertmanager)
            alerts, _bad = self._alerts(self._alertmanager)
        alert = next((a for a in alerts if a.fingerprint == command.target.id), None)
        if (made := silences.find_silence_of(known, command.key)) is not None:
            more = silences.also_covered(made.matchers, alert, alerts) if alert else Text()
            return CommandResult(command.key, CommandState.ACCEPTED, more)
        if alert is None:
            reason = Text(
                "告警已不在列表中，可能已恢复",
                "The alarm is no longer listed; it may have returned",
            )
            return CommandResult(command.key, CommandState.CONFLICT, reason)
        if (repeats := silences.earlier_acknowledgement(alert, known, command.by)) is not None:
            return CommandResult(command.key, CommandState.ACCEPTED, repeats)
        now = self._server_now(self._alertmanager)
        offset_ms = self._alertmanager.offset_ms or 0
        if (later := silences.is_fired_anew(alert, command, now, offset_ms)) is not None:
            return CommandResult(command.key, CommandState.CONFLICT, later)
        return self._silence(self._alertmanager, command, alert, alerts)

    def _silence(
        self, alertmanager: HttpClient, command: Command, alert: Alert, alerts: list[Alert]
    ) -> CommandResult:
        """Post the narrowest silence the server takes, and say what else it covers.

        A refused one has had no effect; a second, wider one is tried at once.
        """
        now = self._server_now(alertmanager)
        narrow = silences.silence_for(command, alert, alerts, now, self._hours)
        for silence in dict.fromkeys((narrow, silences.widen(narrow))):
            body = msgspec.json.encode(silence)
            reply = alertmanager.post("api/v2/silences", body, expect=PROBLEM_JSON)
            if reply.status == 200:
                reply.decode(SilenceMade)
                more = silences.also_covered(silence.matchers, alert, alerts)
                return CommandResult(command.key, CommandState.ACCEPTED, more)
        said = refusal(reply.status, reply.headers, reply.url, reply.body)
        return CommandResult(
            command.key, CommandState.REJECTED, Text(*(2 * [said.problem.details["reason"]]))
        )

    def clock_offset_ms(self) -> int | None:
        return self._http.offset_ms


class SilenceMade(msgspec.Struct, rename={"silence_id": "silenceID"}):
    """Alertmanager's answer to a new silence; anything else is no acknowledgement."""

    silence_id: str


def _if_told(ask: Callable[[], T]) -> T | None:
    """Return what a server says about itself, or None: Prometheus-compatible servers differ in
    this."""
    try:
        return ask()
    except SourceError as error:
        if error.problem.code in UNTOLD:
            return None
        raise
