"""Infrastructure: assets (设施), their states and readings."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place
from desktop.domain.instant import Instant
from desktop.domain.levels import Scale
from desktop.domain.localized_text import Text


class AssetState(Scale):
    """Condition, worst first; unknown is neither good nor bad and is drawn hatched."""

    FAILED = "failed"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    OUT_OF_SERVICE = "out_of_service"
    NORMAL = "normal"


class Asset(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One asset as last received from its source."""

    source: str
    id: str
    name: Text
    kind: str
    """A code of `resources/county/asset_kinds.toml`; an unlisted one is shown as it is."""
    state: AssetState
    township: str
    version: int = 0
    place: Place | None = None
    since_at: Instant | None = None
    """When the present state began."""
    observed_at: Instant | None = None
    metric: Text = Text()
    """What `value` measures."""
    value: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    depends_on: tuple[str, ...] = ()
    """Ids of assets of the same source without which this one cannot work."""
    note: Text = Text()


def are_mere_readings(before: Sequence[Asset], now: Sequence[Asset]) -> bool:
    """Whether the same assets are in the same states and places: most changes are readings."""
    return len(before) == len(now) and all(
        _standing(old) == _standing(new)
        for old, new in zip(before, now, strict=True)
        if old is not new
    )


def _standing(asset: Asset) -> tuple[object, ...]:
    return (
        *(asset.source, asset.id, asset.name, asset.kind),
        *(str(asset.state), asset.township, asset.place),
    )


class TrendKind(StrEnum):
    """What a trend belongs to."""

    ASSET = "asset"
    QUEUE = "queue"


TREND_ID_MARK = ":"


def trend_id(kind: TrendKind, id: str) -> str:
    """Return a trend's name in one text: its kind and id."""
    return f"{kind.value}{TREND_ID_MARK}{id}"


def trend_key(source: str, kind: TrendKind, id: str) -> Key:
    """Return the identity of a trend across all sources."""
    return Key(source, Collection.TRENDS, trend_id(kind, id))


class Trend(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Readings of one asset or queue, oldest first; None marks a gap and is drawn as one."""

    source: str
    kind: TrendKind
    id: str
    at: tuple[Instant, ...]
    values: tuple[float | None, ...]
    unit: str = ""
