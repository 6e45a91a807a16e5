"""Every pane, form and widget on sample data, without a county: gallery.py [--lang L] [--theme T].

`--out DIR` writes a picture of each instead of opening a window.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.application.export.columns import Column  # noqa: E402
from desktop.application.i18n import LANGUAGES  # noqa: E402
from desktop.application.reads.report_drafts import (  # noqa: E402
    DraftField,
    Origin,
    ReportDraft,
)
from desktop.domain.command import Collection, CommandKind, Key  # noqa: E402
from desktop.domain.localized_text import Text  # noqa: E402
from desktop.domain.report import Form, FormField  # noqa: E402
from desktop.gui.charts.bar_chart import Bar, BarChart  # noqa: E402
from desktop.gui.charts.table_sheet import TableSheet  # noqa: E402
from desktop.gui.charts.trend import TrendChart  # noqa: E402
from desktop.gui.commands.submitter import CommandSubmitter  # noqa: E402
from desktop.gui.context import UiContext  # noqa: E402
from desktop.gui.forms.command_form import CommandForm  # noqa: E402
from desktop.gui.forms.command_request import CommandRequest, is_filled_in  # noqa: E402
from desktop.gui.keymap import KeyAction, Keymap  # noqa: E402
from desktop.gui.list_export import ListSnapshot  # noqa: E402
from desktop.gui.panes.registry import PaneContext, PaneSpec, pane_specs  # noqa: E402
from desktop.gui.qt_application import application  # noqa: E402
from desktop.gui.township.table_fields import TableFields  # noqa: E402
from desktop.gui.wall.window import WallWindow  # noqa: E402
from desktop.gui.widgets.accessible import Paragraph  # noqa: E402
from desktop.gui.widgets.aged_button import AgedButton  # noqa: E402
from desktop.gui.widgets.empty_state import EmptyState  # noqa: E402
from desktop.gui.widgets.folded import FoldedText  # noqa: E402
from desktop.gui.widgets.following_scroll import FollowingScroll  # noqa: E402
from desktop.gui.widgets.key_button import KeyButton  # noqa: E402
from desktop.gui.widgets.keys_page import KeysPage  # noqa: E402
from desktop.gui.widgets.label import PlainLabel  # noqa: E402
from desktop.gui.widgets.picking_field import PickingField  # noqa: E402
from desktop.gui.widgets.segmented import SegmentedControl  # noqa: E402
from desktop.gui.widgets.text_column import TextColumn  # noqa: E402
from desktop.protocol.report_forms import FieldType, FormKind, Period  # noqa: E402
from support.sample_board import SampleCounty, sample_county  # noqa: E402
from support.stage import a_stage, settle  # noqa: E402

Exhibit = Callable[[UiContext, QWidget], QWidget]
"""Makes one thing to look at, in the window given."""
SAID = "青石泵站停电，抢修车二十分钟到场。 The pumping station has no power."
SIZE = (1180, 760)


def exhibits(county: SampleCounty) -> dict[str, Exhibit]:
    """Everything to be seen, by name: each pane of the registry, each form, each widget."""
    incident = county.cache.open_incidents(1)[0]
    key = Key(incident.source, Collection.INCIDENTS, incident.id)
    found: dict[str, Exhibit] = {
        f"pane {spec.name}": partial(_pane, spec, key) for spec in pane_specs()
    }
    for kind in CommandKind:
        if is_filled_in(kind):
            on_it = CommandRequest(kind, key, incident.number, incident.version, incident)
            is_new = kind is CommandKind.CREATE
            found[f"form {kind}"] = partial(_form, CommandRequest(kind) if is_new else on_it)
    found[f"form {CommandKind.REPORT}"] = _table
    return found | {f"widget {name}": made for name, made in WIDGETS.items()}


def _pane(spec: PaneSpec[Any], key: Key, screen: UiContext, window: QWidget) -> QWidget:
    pane = spec.factory(PaneContext(screen, CommandSubmitter(screen, window)))
    pane.show_first()
    pane.complete(window)
    pane.reload()
    pane.show_overview(screen.board.overview())
    pane.open_item(key)
    return pane  # type: ignore[no-any-return]


def _form(request: CommandRequest, screen: UiContext, window: QWidget) -> QWidget:
    form = CommandForm(screen, CommandSubmitter(screen, window))
    takers = screen.board.statuses() if request.kind is CommandKind.CREATE else ()
    form.open(request, takers)
    return form


def _table(screen: UiContext, _window: QWidget) -> QWidget:
    fields = (
        FormField("people", Text("在家人口", "People at home"), FieldType.COUNT, required=True),
        FormField("leader", Text("带班领导", "Leader on duty"), FieldType.TEXT),
        FormField("patrolled", Text("已巡查", "Patrolled"), FieldType.YES_NO),
    )
    form = Form(
        *("county", "daily/1", "daily", 1, Text("乡镇日报", "Daily report")),
        *(FormKind.DAILY, Period.DAY, fields),
    )
    values = ("3000", Origin.LAST), ("何丽", Origin.TYPED), ("yes", Origin.KNOWN)
    drafted = tuple(DraftField(f, *value) for f, value in zip(fields, values, strict=True))
    return TableFields(screen, ReportDraft("county", form, "T01", "2026-11-27", drafted, "k"))


def _labels(screen: UiContext, _window: QWidget) -> QWidget:
    labels = (_said(PlainLabel(screen, role)) for role in ("strong", "body", "second"))
    return _below(*labels, Paragraph(SAID))


def _buttons(screen: UiContext, _window: QWidget) -> QWidget:
    pair = KeyButton(screen, "Ctrl+Enter", main=True), KeyButton(screen, "D")
    for button in pair:
        button.say("派遣 Dispatch")
    aged = AgedButton()
    aged.setText("县平台 8 秒前 8 s ago")
    return _below(*pair, aged)


def _empty(screen: UiContext, _window: QWidget) -> QWidget:
    state = EmptyState(screen)
    state.say("没有预警 No warning", SAID)
    return state


def _segments(screen: UiContext, _window: QWidget) -> QWidget:
    control = SegmentedControl(("open", "all"), screen.theme.font("second"))
    control.say({"open": "未结 Open 12", "all": "全部 All 40"})
    return _below(control)


def _column(screen: UiContext, _window: QWidget) -> QWidget:
    text = TextColumn(screen)
    text.add(SAID)
    text.add_long(SAID * 60)
    return text


def _bars(screen: UiContext, _window: QWidget) -> QWidget:
    chart = BarChart(screen)
    chart.show_bars((Bar("快照 Snapshot", 0.7, ("1.2 MB", "70 %")), Bar("指令", 0.1, ("9 KB",))))
    return _below(chart)


def _trend(screen: UiContext, _window: QWidget) -> QWidget:
    chart = TrendChart(screen)
    asset = screen.board.infrastructure().assets[0]
    chart.show_trend(asset, screen.board.asset_trend(asset.source, asset.id))
    return chart


def _as_table(screen: UiContext, window: QWidget) -> QWidget:
    sheet = TableSheet(screen, window)
    columns = (Column[int]("n", lambda n: n), Column[int]("half", lambda n: n / 2))
    sheet.show_tables(lambda: [ListSnapshot("设施 Assets", SAID, columns, range(40), 40)])
    return sheet


def _wall(screen: UiContext, _window: QWidget) -> QWidget:
    return WallWindow(screen, "云溪县 Yunxi", windowed=True)


def _said(label: PlainLabel) -> PlainLabel:
    label.set_text(SAID)
    return label


def _below(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch()
    return holder


def _keys(screen: UiContext, _window: QWidget) -> QWidget:
    keymap = Keymap()
    keymap.learn(
        (
            KeyAction("next", ("J",), lambda: "下一个事件 Next incident"),
            KeyAction("void", (), lambda: "事件作废 Void the incident"),
        )
    )
    return KeysPage(screen, keymap)


def _picking(_screen: UiContext, _window: QWidget) -> QWidget:
    listed = QListWidget()
    listed.addItems(["事件 Incidents", "预警 Warnings"])
    field = PickingField(listed, lambda: None)
    field.setAccessibleName("查找 Find")
    listed.setParent(field)
    listed.hide()
    return _below(field)


def _scrolling(screen: UiContext, _window: QWidget) -> QWidget:
    area = FollowingScroll()
    area.setWidget(_labels(screen, area))
    return area


WIDGETS: Mapping[str, Exhibit] = {
    "label": _labels,
    "key button": _buttons,
    "empty state": _empty,
    "segmented": _segments,
    "text column": _column,
    "folded text": lambda screen, _window: _below(FoldedText(screen, SAID * 60, set())),
    "bar chart": _bars,
    "trend chart": _trend,
    "table": _as_table,
    "keys": _keys,
    "following scroll": _scrolling,
    "picking field": _picking,
    "wall": _wall,
}


class Gallery(QWidget):
    """Names at the left, what they stand for at the right; each is made when first looked at."""

    def __init__(self, screen: UiContext, county: SampleCounty) -> None:
        super().__init__()
        self._screen, self._exhibits = screen, exhibits(county)
        self.shown: dict[str, QWidget] = {}
        self.names = QListWidget()
        self.names.addItems(list(self._exhibits))
        self.names.setFixedWidth(220)
        self._room = QStackedWidget()
        row = QHBoxLayout(self)
        row.addWidget(self.names)
        row.addWidget(self._room, 1)
        self.names.currentTextChanged.connect(self.show_exhibit)
        self.resize(*SIZE)

    def show_exhibit(self, name: str) -> None:
        """Show the one of this name."""
        if name not in self.shown:
            self.shown[name] = self._exhibits[name](self._screen, self)
            self._room.addWidget(self.shown[name])
        self._room.setCurrentWidget(self.shown[name])


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the gallery, or write its pictures; 1 when one could not be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--theme", choices=("light", "dark", "wall"), default="light")
    parser.add_argument("--out", type=Path, metavar="DIR")
    asked = parser.parse_args(arguments)
    if asked.out is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = application([])
    county = sample_county()
    with a_stage(county, asked.lang, asked.theme) as screen:
        screen.theme.apply()
        gallery = Gallery(screen, county)
        gallery.names.setCurrentRow(0)
        gallery.show()
        status = app.exec() if asked.out is None else _draw(gallery, screen, asked.out)
        gallery.close()
    county.close()
    return status


def _draw(gallery: Gallery, screen: UiContext, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    written = True
    for place in range(gallery.names.count()):
        gallery.names.setCurrentRow(place)
        QApplication.sendPostedEvents()
        settle(screen)
        name = gallery.names.item(place).text().replace(" ", "-")
        written &= gallery.grab().save(str(out / f"{name}.png"))
    print(f"{gallery.names.count()} pictures in {out}")
    return 0 if written else 1


if __name__ == "__main__":
    sys.exit(main())
