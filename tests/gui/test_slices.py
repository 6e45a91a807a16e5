"""What comes after the first paint, comes on the GUI thread and in pieces no hand feels."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.gui import slices
from desktop.gui.app import Session
from desktop.gui.help.window import HelpWindow
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.qt_application import application
from desktop.gui.settings.by_steps import PARTS, LateSettings
from desktop.gui.settings.sheet import SettingsSheet
from desktop.gui.slices import Slices, package
from desktop.gui.widgets.sheet import find_laid
from support.builders import FakeClock
from support.open_desk import an_opening, calm, open_desk
from support.sample_board import sample_county
from support.settings_desk import AnsweringDesk

ROOT = Path(__file__).parents[2]

A_START = """
import sys, threading
from importlib.machinery import PathFinder

strays = []

class Watch:
    @staticmethod
    def find_spec(name, path=None, target=None):
        family = name.partition(".")[0]
        if threading.current_thread() is not threading.main_thread() and (
            family in ("PySide6", "shiboken6", "pyqtgraph") or name.startswith("desktop.gui")
        ):
            strays.append(name)
        return None

sys.meta_path.insert(0, Watch)
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from tempfile import mkdtemp
from desktop.gui.app import Session
from desktop.gui.qt_application import application
from desktop.gui.shoot import Polls
from support.open_desk import an_opening
from support.sample_board import sample_county

app = application([])
session = Session(an_opening(sample_county(), Path(mkdtemp())))
session.window.show()
polls = Polls(session, lambda: True, 60)
app.exec()
print(session.window.whole, "pyqtgraph" in sys.modules, strays)
session.close()
"""


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package whose statements ask for one another as pyqtgraph's do."""
    folder = tmp_path / "in_parts"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from .first import FIRST\nSECOND = FIRST + 1\nfrom .third import THIRD\n", "utf-8"
    )
    (folder / "first.py").write_text("FIRST = 1\n", "utf-8")
    (folder / "third.py").write_text("from . import SECOND, first\nTHIRD = SECOND + 1\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "in_parts"
    for name in [name for name in sys.modules if name.partition(".")[0] == "in_parts"]:
        del sys.modules[name]


def arrived(name: str) -> types.ModuleType:
    return sys.modules[name]


def test_the_start_imports_nothing_of_qt_beside_the_gui_thread_and_no_library_of_charts() -> None:
    command = [sys.executable, "-c", A_START, str(ROOT), str(ROOT / "tests")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True False []", "the charts' library waits for a chart"


def test_a_package_comes_one_statement_at_a_step(parts: str) -> None:
    steps = package(parts)
    next(steps)
    assert "SECOND" not in vars(arrived(parts))
    next(steps)
    assert vars(arrived(parts))["SECOND"] == 2
    assert "THIRD" not in vars(arrived(parts))
    assert list(steps) == []
    assert vars(arrived(parts))["THIRD"] == 3
    assert not hasattr(arrived(parts), "FOURTH")


def test_who_needs_a_package_before_its_last_step_has_all_of_it(parts: str) -> None:
    steps = package(parts)
    next(steps)
    in_parts = __import__(parts)
    assert in_parts.THIRD == 3
    assert list(steps) == []


def test_another_window_goes_on_where_the_one_before_was_closed(parts: str) -> None:
    next(package(parts))
    first = arrived(parts)
    assert len(list(package(parts))) == 1
    assert arrived(parts) is first
    assert first.THIRD == 3
    assert list(package(parts)) == []


def test_a_package_that_fails_is_asked_for_anew_by_the_next_import(
    parts: str, tmp_path: Path
) -> None:
    third = tmp_path / "in_parts" / "third.py"
    good = third.read_text("utf-8")
    third.write_text("raise ImportError('a library is missing')\n", "utf-8")
    with pytest.raises(ImportError, match="a library is missing"):
        list(package(parts))
    assert parts not in sys.modules
    third.write_text(good, "utf-8")
    assert __import__(parts).THIRD == 3


def test_events_are_dealt_with_between_two_long_steps(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    seen: list[str] = []

    def steps() -> Iterator[None]:
        for _ in range(3):
            QTimer.singleShot(0, lambda: seen.append("event"))
            seen.append("step")
            yield
        seen.append("end")

    owner = QObject()
    Slices(owner).begin(steps())
    qtbot.waitUntil(lambda: "end" in seen)
    assert seen == ["step", "event", "step", "event", "step", "event", "end"]


def test_a_desk_closed_before_it_is_whole_takes_no_further_step(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    application([])
    session = Session(an_opening(sample_county(FakeClock(), 20), tmp_path))
    window = session.window
    window.show()
    qtbot.waitUntil(lambda: window.findChild(QueuesPane) is not None)
    window.put_away()
    turns: list[int] = []
    for turn in range(9):
        QTimer.singleShot(0, lambda turn=turn: turns.append(turn))
        qtbot.waitUntil(lambda turn=turn: turn in turns)
    assert not window.whole
    session.close()
    session.deleteLater()


def test_the_first_settings_come_by_steps_and_the_next_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    settings = AnsweringDesk(tmp_path)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, settings=lambda: settings
    ) as desk:
        desk.run_action("settings")
        assert desk.findChildren(SettingsSheet) == [], "no step has run yet"
        calm(qtbot, desk)
        [sheet] = desk.findChildren(SettingsSheet)
        assert sheet.isVisible()
        assert sheet.panel.search.hasFocus()
        desk.run_action("settings")
        assert not sheet.isVisible()
        desk.run_action("settings")
        assert sheet.isVisible()
        late = LateSettings(desk.screen_context, desk)
        assert len(list(late.steps())) == len(PARTS) + 2
        late.close_runner()


def test_who_asks_again_for_settings_on_their_way_wants_them_no_more(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    settings = AnsweringDesk(tmp_path)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, settings=lambda: settings
    ) as desk:
        desk.run_action("settings")
        desk.run_action("settings")
        calm(qtbot, desk)
        assert desk.findChildren(SettingsSheet) == []
        desk.run_action("settings")
        qtbot.waitUntil(lambda: bool(desk.findChildren(SettingsSheet)))
        desk.run_action("settings")
        calm(qtbot, desk)
        assert find_laid(desk) is None
        desk.run_action("settings")
        [sheet] = desk.findChildren(SettingsSheet)
        assert find_laid(desk) is sheet
        assert sheet.panel.pages_list.currentRow() == 0


def test_what_is_on_its_way_minds_where_a_person_was_then_and_is_by_now(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    settings = AnsweringDesk(tmp_path)
    with open_desk(
        qtbot, sample_county(FakeClock(), 5), tmp_path, settings=lambda: settings
    ) as desk:
        desk.run_action("go_map")
        for name in ("settings", "help", "palette", "help"):
            desk.run_action(name)
        calm(qtbot, desk)
        assert find_laid(desk) is desk.palette_sheet
        [help_window] = desk.findChildren(HelpWindow)
        assert help_window.view.place == "duty.html#map"
        desk.run_action("settings")
        calm(qtbot, desk)
        assert isinstance(find_laid(desk), SettingsSheet)
