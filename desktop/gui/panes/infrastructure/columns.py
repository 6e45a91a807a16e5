"""The columns of the assets in files and on paper."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from desktop.application.export.columns import Column, Columns
from desktop.application.i18n import Words
from desktop.domain.asset import Asset
from desktop.gui.formatting import date_time

translate = QCoreApplication.translate


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
