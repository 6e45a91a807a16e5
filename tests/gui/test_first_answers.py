"""How every pane goes from waiting to failing to filled, told only by its sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktop.domain.source import Problem
from desktop.gui.context import UiContext
from desktop.gui.panes.infrastructure.pane import InfrastructurePane
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.panes.pane import Pane
from desktop.gui.panes.queues.pane import QueuesPane
from support.builders import NOW, FakeClock, a_queue, a_township, an_asset
from support.open_desk import open_desk
from support.sample_board import a_status, empty_county
from support.stage import a_stage, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

NEVER = {"last_good_at": None}


def test_before_the_first_answer_the_list_says_that_it_is_not_yet_loaded(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = empty_county(FakeClock(), a_status(**NEVER))
    with open_desk(qtbot, county, tmp_path) as desk:
        incidents = desk.panes["incidents"]
        assert isinstance(incidents, Pane)
        assert incidents.empty.title.text() == "尚未载入"


@pytest.mark.parametrize("build", [InfrastructurePane, QueuesPane, MapPane])
def test_a_pane_that_waited_says_that_its_source_fails_and_then_what_it_sent(
    qtbot: QtBot, build: type[Pane]
) -> None:
    county = empty_county(FakeClock(), a_status(**NEVER))
    with a_stage(county) as screen, shown(_made(build, screen), screen) as pane:
        assert pane.empty.title.text() == "Not yet loaded"
        failing = a_status(**NEVER, failing_since=NOW, problem=Problem("refused", {}))
        county.set_sources(failing)
        qtbot.waitUntil(lambda: pane.empty.title.text() == "Never received from County platform")
        county.sources[:] = [a_status(last_good_at=NOW)]
        county.tell(a_township(), an_asset(), a_queue())
        qtbot.waitUntil(lambda: not pane.is_empty)


@pytest.mark.parametrize("build", [InfrastructurePane, QueuesPane])
def test_figures_appear_with_the_first_rows(qtbot: QtBot, build: type[Pane]) -> None:
    county = empty_county(FakeClock(), a_status(**NEVER))
    with a_stage(county) as screen, shown(_made(build, screen), screen) as pane:
        assert pane.head.summary.text() == ""
        county.sources[:] = [a_status(last_good_at=NOW)]
        county.tell(a_township(), an_asset(), a_queue())
        qtbot.waitUntil(lambda: pane.head.summary.text().startswith("1 · "))


def _made(build: type[Pane], screen: UiContext) -> Pane:
    return build(screen)  # type: ignore[call-arg]
