"""Convert Prometheus's answers to assets and trends: bytes in, domain values out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.response import Reply, decode_json
from desktop.connectors.prometheus.schema import (
    Alert,
    Envelope,
    Labels,
    LongSeries,
    Result,
    Series,
    Target,
    Targets,
)
from desktop.connectors.shared.aside import Aside, is_junk
from desktop.connectors.shared.fields import UNREADABLE, read_item, reason_of
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.command import Collection
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, UnreadableItem
from desktop.protocol.limits import ASSETS, FLAWS_KEPT

T = TypeVar("T")
IDENTITY = ("labels", "metric", "status", "fingerprint")
"""Fields that must be sound to the last letter: they identify an item, and its silences."""
REMARK = "PromQL info"
DEFAULT_KIND = "host"
DIGITS = 3
"""Decimal places of a reading; more are noise that costs bytes and space."""
FULL_PERCENT = 90.0
"""Memory or disk fuller than this is shown as degraded."""


class LabelNames(msgspec.Struct, frozen=True):
    """The labels of the county's monitoring that hold an asset's name, kind, township and
    severity."""

    name: str = "asset"
    kind: str = "kind"
    township: str = "township"
    severity: str = "severity"


class Reading(msgspec.Struct, frozen=True):
    """A measurement of a target besides whether it is up."""

    suffix: str
    """Empty for the target's own value; else the reading is an asset under the target."""
    metric: Text
    unit: str
    promql: str
    high: float | None = None


SCRAPE = Reading("", Text("采集耗时", "Scrape time"), "s", "scrape_duration_seconds")
LOAD = Reading(
    "load",
    Text("每核 1 分钟负载", "1-min load per core"),
    "",
    "node_load1 / on(job, instance) group_left"
    ' count by(job, instance) (node_cpu_seconds_total{mode="idle"})',
)
MEMORY = Reading(
    "memory",
    Text("内存占用", "Memory used"),
    "%",
    "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
    FULL_PERCENT,
)
DISK = Reading(
    "disk",
    Text("磁盘占用", "Disk used"),
    "%",
    "max by(job, instance) (100 * (1 - node_filesystem_avail_bytes"
    ' {fstype!~"tmpfs|ramfs|squashfs|overlay|iso9660"} / (node_filesystem_size_bytes > 0)))',
    FULL_PERCENT,
)
READINGS = (SCRAPE, LOAD, MEMORY, DISK)
ROLE = "county_desk_reading"


def all_readings() -> str:
    """Build one query for all readings, each marked by our own label: one round trip, not four."""
    return " or ".join(
        f'label_replace({reading.promql}, "{ROLE}", "{reading.suffix or "scrape"}", "", "")'
        for reading in READINGS
    )


def unwrap(reply: Reply, wanted: type[T], aside: Aside | None = None) -> T:
    """Return the data of an answer; SourceError when it holds an error, whatever its status.

    Warnings that it is incomplete are added to `aside`.
    """
    envelope = reply.decode(Envelope)
    if envelope.status != "success" or isinstance(envelope.data, msgspec.UnsetType):
        reason = excerpt(envelope.error or envelope.error_type or envelope.status)
        raise SourceError(Problem("query_refused", {"address": reply.url, "reason": reason}))
    if aside is not None:
        for number, said in enumerate(_gaps(envelope)):
            reason = f"the answer is not whole: {said}"
            aside.add(UnreadableItem(Collection.ASSETS, f"$.warnings[{number}]", reason, ""))
    return decode_json(bytes(envelope.data), wanted, reply.url)


def _gaps(envelope: Envelope) -> list[str]:
    """Return the answer's warnings that data is missing, without remarks on the query's form."""
    said = b"" if isinstance(envelope.warnings, msgspec.UnsetType) else bytes(envelope.warnings)
    try:
        told = msgspec.json.decode(said or b"[]")
    except (msgspec.DecodeError, RecursionError):
        told = [said.decode("utf-8", "replace")]
    told = told if isinstance(told, list) else [told] if told else []
    return [excerpt(str(each)) for each in told if not str(each).startswith(REMARK)][:FLAWS_KEPT]


def items(
    collection: Collection,
    raws: Iterable[msgspec.Raw],
    wanted: type[T],
    place: str,
    aside: Aside,
    identify: Callable[[bytes], str] = lambda _data: "",
) -> tuple[list[T], tuple[UnreadableItem, ...]]:
    """Decode each item by itself; an unreadable item spoils no other, nor a bad field its item.

    Unreadable ones are added to `aside` under the id that `identify` finds; all in `aside` are
    returned.
    """
    good: list[T] = []
    for index, raw in enumerate(raws):
        data, where = bytes(raw), f"{place}[{index}]"
        if aside.is_full(collection) and is_junk(data):
            aside.count(collection)
            continue
        try:
            item, flaws = read_item(data, wanted)
            for flaw in flaws:
                if flaw.field.startswith(IDENTITY):
                    raise ValueError(f"{flaw.reason} - at `$.{flaw.field}`")
        except UNREADABLE as error:
            id = identify(data)
            said = reason_of(error), excerpt(data)
            aside.add(UnreadableItem(collection, id or where, *said, id=id))
            continue
        good.append(item)
        if flaws:
            id = identify(data)
            for flaw in flaws:
                said = flaw.reason, flaw.excerpt
                aside.add(UnreadableItem(collection, id or where, *said, field=flaw.field, id=id))
    return good, aside.told[0]


_BARE: Any = list[msgspec.Raw] | None
_LISTED: Any = list[msgspec.Raw] | Envelope | None


def list_items(reply: Reply) -> list[msgspec.Raw]:
    """Return the items of an Alertmanager's answer: a list, null for an empty one, or either in the
    wrapper that older and similar servers put around it."""
    told = reply.decode(_LISTED)
    found: list[msgspec.Raw] | None = unwrap(reply, _BARE) if isinstance(told, Envelope) else told
    return found or []


def read_targets(
    reply: Reply, aside: Aside | None = None
) -> tuple[list[Target], tuple[UnreadableItem, ...]]:
    """Decode the scrape targets of an answer."""
    aside = aside or Aside()
    raws = unwrap(reply, Targets, aside).active_targets or []
    return items(Collection.ASSETS, raws, Target, "$.data.activeTargets", aside)


def read_series(
    reply: Reply, wanted: type[T], aside: Aside | None = None
) -> tuple[list[T], tuple[UnreadableItem, ...]]:
    """Decode the series of an answer, `Series` or `LongSeries`."""
    aside = aside or Aside()
    raws = unwrap(reply, Result, aside).result or []
    return items(Collection.ASSETS, raws, wanted, "$.data.result", aside)


def number(said: str) -> float | None:
    """Return a sample's value; None when it is no finite number."""
    try:
        value = float(said)
    except ValueError:
        return None
    return round(value, DIGITS) if math.isfinite(value) else None


def words(said: str) -> Text:
    """Return backend text in its language: Chinese when it contains a Han character."""
    return Text(zh=said) if any("\u3400" <= c <= "\u9fff" for c in said) else Text(en=said)


def title_of(alert: Alert) -> Text:
    """Return the name of an alert: its summary, else its alert name."""
    named = alert.annotations.get("summary") or alert.labels.get("alertname")
    return words(named or alert.fingerprint)


def target_id(labels: Mapping[str, str]) -> str:
    """Return the id of a target's asset: the labels that make a target unique in Prometheus."""
    return f"{labels.get('job', '')}/{labels.get('instance', '')}"[:200]


def target_assets(
    source: str, targets: Iterable[Target], series: Iterable[Series], names: LabelNames
) -> list[Asset]:
    """Build an asset for each target, and one for each reading a node-exporter adds to it.

    A host's own value is its load; for any other target it is how long a scrape took. Of several
    targets with one name the worst is kept: a healthy one hides no other.
    """
    values = {(target_id(s.metric), s.metric.get(ROLE, "")): number(s.value[1]) for s in series}
    assets: list[Asset] = []
    for target in _worst_of_each(targets):
        asset_id = target_id(target.labels)
        own = LOAD if (asset_id, "load") in values else SCRAPE
        value = values.get((asset_id, own.suffix or "scrape"))
        host = _target_asset(source, target, own, value, names)
        assets.append(host)
        assets += [
            _part(host, extra, values[asset_id, extra.suffix])
            for extra in (MEMORY, DISK)
            if (asset_id, extra.suffix) in values
        ]
    return list({asset.id: asset for asset in assets}.values())


HEALTH = {"up": AssetState.NORMAL, "down": AssetState.FAILED}
BAD_FIRST = (AssetState.FAILED, AssetState.UNKNOWN, AssetState.NORMAL)


def _state(target: Target) -> AssetState:
    return HEALTH.get(target.health, AssetState.UNKNOWN)


def _worst_of_each(targets: Iterable[Target]) -> Iterable[Target]:
    """Return the worst target of each id."""
    found: dict[str, Target] = {}
    for each in targets:
        other = found.setdefault(target_id(each.labels), each)
        if BAD_FIRST.index(_state(each)) < BAD_FIRST.index(_state(other)):
            found[target_id(each.labels)] = each
    return found.values()


def _target_asset(
    source: str, target: Target, own: Reading, value: float | None, names: LabelNames
) -> Asset:
    labels = target.labels
    scraped_at = from_datetime(target.last_scrape)
    return Asset(
        source=source,
        id=target_id(labels),
        name=words(labels.get(names.name) or labels.get("instance", "") or target_id(labels)),
        kind=labels.get(names.kind) or DEFAULT_KIND,
        state=_state(target),
        township=labels.get(names.township, ""),
        # A target that was never scraped has a time in year one.
        observed_at=scraped_at if scraped_at > 0 else None,
        metric=own.metric,
        value=value,
        unit=own.unit,
        high=own.high,
        note=words(target.last_error),
    )


def _part(host: Asset, reading: Reading, value: float | None) -> Asset:
    """Build a reading's asset under its host; unknown while the host does not answer."""
    state = AssetState.NORMAL
    if value is None or host.state is not AssetState.NORMAL:
        state = AssetState.UNKNOWN
    elif reading.high is not None and value >= reading.high:
        state = AssetState.DEGRADED
    both = (host.name.zh or host.name.en, host.name.en or host.name.zh)
    return msgspec.structs.replace(
        host,
        id=f"{host.id}#{reading.suffix}",
        name=Text(f"{both[0]} · {reading.metric.zh}", f"{both[1]} · {reading.metric.en}"),
        state=state,
        metric=reading.metric,
        value=value,
        unit=reading.unit,
        high=reading.high,
        depends_on=(host.id,),
        note=Text(),
    )


def not_too_many(assets: list[Asset], aside: Aside) -> list[Asset]:
    """Limit the assets to the allowed number, those in trouble first; the excess is noted in
    `aside`."""
    if len(assets) <= ASSETS:
        return assets
    reason = f"only the first {ASSETS} of {len(assets)} entries were read"
    aside.add(UnreadableItem(Collection.ASSETS, "$", reason, ""))
    return sorted(assets, key=lambda each: each.state is AssetState.NORMAL)[:ASSETS]


class Query(msgspec.Struct, frozen=True):
    """A query of the profile whose series are assets."""

    metric: Text
    unit: str
    promql: str


def read_query(said: str) -> Query:
    """Parse `name; unit; PromQL`, or PromQL alone, which is then also the name."""
    parts = [part.strip() for part in said.split(";", 2)]
    if len(parts) == 3 and parts[2] and not any(c in parts[0] + parts[1] for c in "\"'{("):
        return Query(words(parts[0]), parts[1], parts[2])
    return Query(Text(said.strip(), said.strip()), "", said.strip())


def query_assets(
    source: str, query: Query, series: Iterable[Series], names: LabelNames
) -> list[Asset]:
    """Build an asset for each series; its state is unknown while it has no value."""
    assets: dict[str, Asset] = {}
    for each in series:
        value = number(each.value[1])
        asset_id = series_id(query, each.metric)
        name = each.metric.get(names.name) or each.metric.get("instance") or query.metric.zh
        assets[asset_id] = Asset(
            source=source,
            id=asset_id,
            name=words(name or query.metric.en),
            kind=each.metric.get(names.kind) or DEFAULT_KIND,
            state=AssetState.UNKNOWN if value is None else AssetState.NORMAL,
            township=each.metric.get(names.township, ""),
            observed_at=instant(each.value[0]),
            metric=query.metric,
            value=value,
            unit=query.unit,
        )
    return list(assets.values())


def series_id(query: Query, labels: Labels) -> str:
    """Return an id that is the same in every pull: the query's name and the series' labels."""
    told = ",".join(f"{k}={v}" for k, v in sorted(labels.items()))
    return f"{query.metric.zh or query.metric.en}{{{told}}}"[:200]


def instant(timestamp_s: float) -> Instant | None:
    """Return a sample's time; None when it is outside the calendar."""
    return round(timestamp_s * 1000) if 0 < timestamp_s < 253_402_300_800 else None


def trend(source: str, asset_id: str, series: LongSeries, step_ms: int, unit: str) -> Trend:
    """Build a trend from a range; a missing step becomes a gap, so that no line is drawn across
    it."""
    at: list[Instant] = []
    values: list[float | None] = []
    for timestamp_s, said in series.values:
        moment = instant(timestamp_s)
        if moment is None or (at and moment <= at[-1]):
            continue
        if at and moment - at[-1] > 1.5 * step_ms:
            at.append(at[-1] + step_ms)
            values.append(None)
        at.append(moment)
        values.append(number(said))
    return Trend(source, TrendKind.ASSET, asset_id, tuple(at), tuple(values), unit)


def target_trends(
    source: str, assets: Iterable[Asset], series: Iterable[LongSeries], step_ms: int
) -> list[Trend]:
    """Build the trends of the assets' own values."""
    role_of: dict[Any, str] = {r.metric: r.suffix or "scrape" for r in READINGS}
    by_role = {(target_id(s.metric), s.metric.get(ROLE, "")): s for s in series}
    trends: list[Trend] = []
    for asset in assets:
        found = by_role.get((asset.id.partition("#")[0], role_of.get(asset.metric, "")))
        if found is not None:
            trends.append(trend(source, asset.id, found, step_ms, asset.unit))
    return trends
