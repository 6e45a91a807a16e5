"""The lower edge of what scrolls says that there is more."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.gui.widgets.more_below import MoreBelow
from support.builders import FakeClock
from support.open_desk import incident_key, open_desk
from support.sample_board import sample_county


def test_the_edge_of_the_detail_says_that_there_is_more_below(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.show_key(incident_key())
        pane = desk.panes["detail"]
        (edge,) = pane.findChildren(MoreBelow)
        bar = pane.area.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 0)
        assert edge.is_more
        bar.setValue(bar.maximum())
        assert not edge.is_more
        bar.setValue(bar.maximum() - 1)
        assert edge.is_more
