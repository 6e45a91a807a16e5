"""Assets are counted again only when more than a reading changed, and always when it did."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop.application.reads.asset_counts import AssetCounts
from desktop.domain.asset import Asset, AssetState
from desktop.domain.geo import Place
from desktop.domain.localized_text import Text
from support.builders import a_township, an_asset

STATES = (AssetState.NORMAL, AssetState.FAILED, AssetState.DEGRADED, AssetState.NORMAL)
TOWNSHIPS = (a_township(), a_township(id="T02"))


def the_assets() -> list[Asset]:
    return [an_asset(id=f"A{n}", state=state) for n, state in enumerate(STATES)]


def changed(assets: list[Asset], number: int, **to: Any) -> list[Asset]:
    after = list(assets)
    after[number] = msgspec.structs.replace(assets[number], version=9, **to)
    return after


def test_a_mere_reading_is_shown_and_counts_nothing_again() -> None:
    counts, assets = AssetCounts(), the_assets()
    before = counts.infrastructure(assets, TOWNSHIPS)
    after = counts.infrastructure(changed(assets, 1, value=77.0), TOWNSHIPS)
    assert after.cells is before.cells
    assert [asset.value for asset in after.assets if asset.id == "A1"] == [77.0]
    assert [asset.id for asset in after.assets] == ["A1", "A2", "A0", "A3"]


@pytest.mark.parametrize(
    "to",
    [
        {"state": AssetState.FAILED},
        {"state": AssetState("smouldering")},
        {"township": "T02"},
        {"kind": "bridge"},
        {"id": "B0"},
        {"source": "another"},
        {"name": Text("别名", "Alias")},
        {"place": Place(110.0, 29.0)},
        {"value": 3.5},
    ],
)
def test_whatever_changes_all_is_as_if_it_were_counted_for_the_first_time(
    to: dict[str, Any],
) -> None:
    counts, assets = AssetCounts(), the_assets()
    counts.infrastructure(assets, TOWNSHIPS)
    after = changed(assets, 3, **to)
    assert counts.infrastructure(after, TOWNSHIPS) == AssetCounts().infrastructure(after, TOWNSHIPS)
    assert counts.states(after) == AssetCounts().states(after)


def test_assets_that_come_and_go_and_townships_are_counted() -> None:
    counts, assets = AssetCounts(), the_assets()
    counts.infrastructure(assets, TOWNSHIPS)
    for after, among in (
        ([*assets, an_asset(id="A9")], TOWNSHIPS),
        (assets[1:], TOWNSHIPS),
        (assets[1:], ()),
    ):
        assert counts.infrastructure(after, among) == AssetCounts().infrastructure(after, among)
