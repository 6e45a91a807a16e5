"""What the felt speed is measured with: a real screen's pixels, and keys that really come."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.display import Display
from support.program import until
from support.screen import Hands, Pixels, Region, delay_ms, resolution_ms

WINDOW = """
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QWidget

class Lamp(QWidget):
    lit = False
    def keyPressEvent(self, event):
        if event.key() == Qt.Key.Key_J:
            QTimer.singleShot(LATE_MS, self.light)
    def light(self):
        self.lit = not self.lit
        self.update(0, 0, 100, 100)
    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("black"))
        painter.fillRect(0, 0, 100, 100, QColor("white" if self.lit else "navy"))

app = QApplication([])
lamp = Lamp()
lamp.setGeometry(0, 0, 300, 200)
lamp.show()
QTimer.singleShot(0, lambda: print(int(lamp.winId()), flush=True))
app.exec()
"""
LAMP, DARK = Region(10, 10, 50, 50), Region(200, 100, 50, 50)


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    with Display(400, 300, frames=tmp_path) as display:
        yield display


@pytest.mark.parametrize("late_ms", [0, 150])
def test_a_key_is_followed_to_the_pixel_that_it_changes(
    display: Display, tmp_path: Path, late_ms: int
) -> None:
    window = subprocess.Popen(
        [sys.executable, "-c", WINDOW.replace("LATE_MS", str(late_ms))],
        env=display.environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    hands, pixels = Hands(display.name), Pixels(tmp_path)
    try:
        assert window.stdout is not None
        hands.focus(int(window.stdout.readline()))
        until(lambda: pixels.read(LAMP).any(), 10, "a painted window")
        found = delay_ms(pixels, lambda: hands.press("j"), {"lamp": LAMP}, within_s=5)
        assert 0.9 * late_ms <= found["lamp"] < 5_000  # A coarse timer may be early.
        assert delay_ms(pixels, lambda: hands.press("k"), {"lamp": LAMP}, within_s=0.3) == {}
        both = delay_ms(
            pixels,
            lambda: hands.press("j"),
            {"lamp": LAMP, "dark": DARK},
            within_s=late_ms / 1e3 + 1,
        )
        assert set(both) == {"lamp"}
    finally:
        hands.close()
        window.kill()
        window.communicate()


def test_a_screen_that_rests_is_waited_for_no_longer_than_told(
    display: Display, tmp_path: Path
) -> None:
    pixels = Pixels(tmp_path)
    began_s = time.perf_counter()
    pixels.rest(LAMP, still_s=0.05, within_s=5)
    assert 0.05 <= time.perf_counter() - began_s < 5
    assert 0 < resolution_ms(pixels, [LAMP], rounds=5) < 1_000
