"""The columns of the assets in files and on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.application.reads.read_models import MatrixCell
from desktop.domain.asset import Asset, AssetState
from desktop.gui.formatting import date_time

translate = QCoreApplication.translate


class MatrixRow(NamedTuple):
    """A cell of the matrix with its place."""

    township: str
    kind: str
    cell: MatrixCell


def matrix_columns(words: Words, township: Callable[[str], str]) -> Columns[MatrixRow]:
    """Return the columns of the matrix: how many assets of a kind are in which state where."""
    return (
        Column("township", lambda r: township(r.township),
               lambda: translate("AssetList", "Township")),
        Column("kind", lambda r: words.asset_kind(r.kind), lambda: translate("AssetList", "Kind")),
        Column("worst", lambda r: words.term("asset_state", r.cell.worst),
               lambda: translate("AssetList", "Worst state")),
        *(_count_column(state, words) for state in AssetState),
        Column("total", lambda r: r.cell.total, lambda: translate("AssetList", "Assets in all")),
    )  # fmt: skip


def _count_column(state: AssetState, words: Words) -> Column[MatrixRow]:
    return Column(
        state.value,
        lambda r: r.cell.states.get(state, 0),
        lambda: words.term("asset_state", state),
    )


def asset_columns(words: Words, township: Callable[[str], str]) -> Columns[Asset]:
    """Return the columns of the list, in the language in force; `township` gives its name."""
    text, term = words.text, words.term
    return (
        Column("id", lambda a: a.id, lambda: translate("AssetList", "Id")),
        Column("name", lambda a: text(a.name), lambda: translate("AssetList", "Name")),
        Column("kind", lambda a: words.asset_kind(a.kind), lambda: translate("AssetList", "Kind")),
        Column("township", lambda a: township(a.township),
               lambda: translate("AssetList", "Township")),
        Column("state", lambda a: term("asset_state", a.state),
               lambda: translate("AssetList", "State")),
        Column("since_at", lambda a: date_time(a.since_at) if a.since_at else None,
               lambda: translate("AssetList", "Since")),
        Column("metric", lambda a: text(a.metric), lambda: translate("AssetList", "Measured")),
        Column("value", lambda a: a.value, lambda: translate("AssetList", "Value")),
        Column("unit", lambda a: a.unit, lambda: translate("AssetList", "Unit")),
        Column("observed_at", lambda a: date_time(a.observed_at) if a.observed_at else None,
               lambda: translate("AssetList", "Observed")),
    )  # fmt: skip
