"""Assets sorted and counted, and counted again only when more than their readings changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from desktop.application.reads.read_models import Infrastructure, MatrixCell
from desktop.domain.asset import Asset, AssetState, are_mere_readings
from desktop.domain.geo import Township


class _Counted(msgspec.Struct, frozen=True, gc=False):
    """What follows from all of the assets but their readings."""

    order: tuple[int, ...]
    """Their places in the list, worst first."""
    states: dict[AssetState, int]
    kinds: tuple[str, ...]


class AssetCounts:
    """The counts of the assets read last; may be used from any thread."""

    def __init__(self) -> None:
        self._last: tuple[Sequence[Asset], _Counted] | None = None
        self._cells: tuple[_Counted | None, object, dict[tuple[str, str], MatrixCell]]
        self._cells = (None, None, {})

    def states(self, assets: Sequence[Asset]) -> dict[AssetState, int]:
        """Return how many are in which state."""
        return dict(self._count(assets).states)

    def infrastructure(
        self, assets: Sequence[Asset], townships: tuple[Township, ...]
    ) -> Infrastructure:
        """Return them as a matrix and a list, worst first."""
        counted = self._count(assets)
        known = tuple(township.id for township in townships)
        of, among, cells = self._cells
        if of is not counted or among != known:
            cells = _count_cells(assets, frozenset(known))
            self._cells = counted, known, cells
        return Infrastructure(
            assets=tuple(assets[n] for n in counted.order),
            townships=townships,
            kinds=counted.kinds,
            cells=cells,
        )

    def _count(self, assets: Sequence[Asset]) -> _Counted:
        last = self._last
        if last is None or not are_mere_readings(last[0], assets):
            counted = _count(assets)
        else:
            counted = last[1]
        self._last = assets, counted
        return counted


def _count(assets: Sequence[Asset]) -> _Counted:
    def place(n: int) -> tuple[int, str, str]:
        return assets[n].state.rank, assets[n].source, assets[n].id

    return _Counted(
        order=tuple(sorted(range(len(assets)), key=place)),
        states=Counter(asset.state for asset in assets),
        kinds=tuple(sorted({asset.kind for asset in assets})),
    )


def _count_cells(
    assets: Iterable[Asset], known: frozenset[str]
) -> dict[tuple[str, str], MatrixCell]:
    """Count by township and kind how many assets are in which state."""
    counts: defaultdict[tuple[str, str], Counter[AssetState]] = defaultdict(Counter)
    for asset in assets:
        township = asset.township if asset.township in known else ""
        counts[township, asset.kind][asset.state] += 1
    return {where: MatrixCell(dict(states)) for where, states in counts.items()}
