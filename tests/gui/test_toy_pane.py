"""A pane is added in two places, its own folder and one line of the registry, and is all there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import ROOT

REGISTRY = Path("desktop/gui/panes/registry.py")
FOLDER = Path("desktop/gui/panes/closed")

SPEC = '''\
"""Closed incidents, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection
from desktop.gui.panes.registry import Area, PaneAction, PaneContext, PaneSpec, Section

if TYPE_CHECKING:
    from desktop.gui.panes.closed.pane import ClosedPane


def _make(context: PaneContext) -> ClosedPane:
    from desktop.gui.panes.closed.pane import ClosedPane

    return ClosedPane(context.screen)


SPEC: PaneSpec[ClosedPane] = PaneSpec(
    name="closed",
    title=lambda: "Closed",
    area=Area.BOTTOM,
    keys=("G, Z",),
    go_to=lambda: "Go to the closed",
    follows=frozenset({Collection.INCIDENTS}),
    factory=_make,
    actions=(
        PaneAction(
            "praise", lambda: "Praise the officer", ("Ctrl+9",),
            lambda pane: pane.praise(), Section.VIEW,
        ),
    ),
)
'''

PANE = '''\
"""How many incidents are closed."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from desktop.domain.command import Collection
from desktop.gui.context import UiContext
from desktop.gui.panes.pane import Pane


class ClosedPane(Pane):
    """A pane that says a number."""

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.field = QLineEdit("3")
        self.set_content(self.field)
        self.setFocusProxy(self.field)
        self.show_content()

    def praise(self) -> None:
        """Say something kind."""
        self.field.setText("well done")
'''

OPEN_IT = """
import json, sys, tempfile
from pathlib import Path
from PySide6.QtWidgets import QDockWidget, QLabel
from desktop.gui import app
from support.builders import FakeClock
from support.open_desk import an_opening
from support.sample_board import sample_county

county, folder, seen, said = sample_county(FakeClock(), 5), Path(tempfile.mkdtemp()), [], {}

def look():
    desk = seen[0]
    dock = desk.findChild(QDockWidget, "closed")
    said["dock"] = [dock.windowTitle(), desk.dockWidgetArea(dock).name, dock.isVisible()]
    desk.palette_sheet.toggle()
    listed = desk.palette_sheet.listed
    said["palette"] = [listed.item(row).text() for row in range(listed.count())]
    desk.key_sheet.toggle()
    said["keys"] = [label.text() for label in desk.key_sheet.findChildren(QLabel)]
    desk.key_sheet.put_away()
    desk.run_action("go_closed")
    pane = desk.panes["closed"]
    said["focused"] = desk.focusWidget() is pane.field
    desk.run_action("praise")
    said["field"] = pane.field.text()
    said["shown"] = pane.field.isVisible()
    return True

opening = an_opening(county, folder)
app.shoot(opening, folder / "desk.png", 1366, 768, look, 60, seen.append)
county.close()
print(json.dumps(said))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The product as a contributor has it."""
    unread = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "desktop", tmp_path / "desktop", ignore=unread)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    return tmp_path


def add_pane(checkout: Path) -> None:
    """Do what a contributor does."""
    folder = checkout / FOLDER
    folder.mkdir()
    (folder / "__init__.py").write_text(SPEC, encoding="utf-8")
    (folder / "pane.py").write_text(PANE, encoding="utf-8")
    registry = checkout / REGISTRY
    text = registry.read_text(encoding="utf-8")
    assert text.count('    "warnings",\n') == 1
    registry.write_text(text.replace('    "warnings",\n', '    "warnings",\n    "closed",\n'))


def changed_places(checkout: Path) -> set[Path]:
    """List the files that differ from the product's, a new folder as one."""
    files = [path.relative_to(checkout) for path in (checkout / "desktop").rglob("*.py")]
    return {
        file if (ROOT / file).exists() else file.parent
        for file in files
        if not (ROOT / file).exists()
        or (ROOT / file).read_bytes() != (checkout / file).read_bytes()
    }


def test_a_folder_and_a_line_of_the_registry_put_a_pane_everywhere(checkout: Path) -> None:
    add_pane(checkout)
    assert changed_places(checkout) == {FOLDER, REGISTRY}
    before = (ROOT / REGISTRY).read_text(encoding="utf-8").splitlines()
    after = (checkout / REGISTRY).read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before) + 1

    path = os.pathsep.join([str(checkout), str(ROOT / "tests")])
    answer = subprocess.run(
        [sys.executable, "-c", OPEN_IT],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout.splitlines()[-1])
    assert said["dock"] == ["Closed", "BottomDockWidgetArea", True]
    assert any("Go to the closed" in row and "G Z" in row for row in said["palette"])
    assert any("Praise the officer" in row and "Ctrl+9" in row for row in said["palette"])
    assert {"Go to the closed", "G Z", "Praise the officer", "Ctrl+9"} <= set(said["keys"])
    assert said["focused"]
    assert said["shown"]
    assert said["field"] == "well done"
