"""A picture of the settled window, and a strip that fits whatever it has to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from desktop.domain.localized_text import Text
from support import show
from support.builders import NOW, FakeClock
from support.open_desk import open_desk, source_buttons
from support.sample_board import a_status, empty_county


def test_a_settled_window_is_drawn_in_the_size_asked_for(tmp_path: Path) -> None:
    # In a process of its own: it ends the application's event loop for good.
    out = tmp_path / "desk.png"
    command = [sys.executable, show.__file__, "desk", "--size", "1366x768", "--out", str(out)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1366, 768)


def test_many_sources_never_make_the_window_wider_than_its_monitor(
    qtbot: QtBot, tmp_path: Path
) -> None:
    statuses = [
        a_status(id=f"s{n}", title=Text(f"很长的来源名称 {n}"), last_good_at=NOW - 1_000)
        for n in range(12)
    ]
    with open_desk(qtbot, empty_county(FakeClock(), *statuses), tmp_path) as desk:
        assert desk.width() == 1366
        assert desk.minimumSizeHint().width() <= 1366
        assert all(button.text().startswith("●") for button in source_buttons(desk))
