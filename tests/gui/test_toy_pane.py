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
FOLDER = Path("desktop/gui/panes/toy_tally")

SPEC = '''\
"""A toy that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.command import Collection
from desktop.gui.panes.registry import Area, PaneAction, PaneContext, PaneSpec, Section

if TYPE_CHECKING:
    from desktop.gui.panes.toy_tally.pane import ToyTallyPane


def _make(context: PaneContext) -> ToyTallyPane:
    from desktop.gui.panes.toy_tally.pane import ToyTallyPane

    return ToyTallyPane(context.screen)


SPEC: PaneSpec[ToyTallyPane] = PaneSpec(
    name="toy_tally",
    title=lambda: "Toy tally",
    area=Area.BOTTOM,
    keys=("G, Ctrl+F12",),
    go_to=lambda: "Go to the toy tally",
    follows=frozenset({Collection.INCIDENTS}),
    factory=_make,
    actions=(
        PaneAction(
            "toy_praise", lambda: "Praise the officer", ("Ctrl+Alt+F12",),
            lambda pane: pane.praise(), Section.VIEW,
        ),
    ),
)
'''

PANE = '''\
"""A toy that counts."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from desktop.domain.command import Collection
from desktop.gui.context import UiContext
from desktop.gui.panes.pane import Pane


class ToyTallyPane(Pane):
    """A pane that says a number."""

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.field = QLineEdit("3")
        self.export = self.head.add_export()
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
from desktop.gui.shoot import shoot
from support.builders import FakeClock
from support.open_desk import an_opening
from support.sample_board import sample_county

county, folder, seen, said = sample_county(FakeClock(), 5), Path(tempfile.mkdtemp()), [], {}

def look():
    desk = seen[0]
    dock = desk.findChild(QDockWidget, "toy_tally")
    said["dock"] = [dock.windowTitle(), desk.dockWidgetArea(dock).name, dock.isVisible()]
    desk.palette_sheet.toggle()
    listed = desk.palette_sheet.listed
    said["palette"] = [listed.item(row).text() for row in range(listed.count())]
    desk.key_sheet.toggle()
    table = desk.key_sheet.page.table
    cells = (table.item(row, column) for row in range(table.rowCount()) for column in range(4))
    said["keys"] = [cell.text() for cell in cells if cell is not None]
    desk.key_sheet.put_away()
    desk.run_action("go_toy_tally")
    pane = desk.panes["toy_tally"]
    said["focused"] = desk.focusWidget() is pane.field
    desk.run_action("toy_praise")
    said["field"] = pane.field.text()
    said["shown"] = pane.field.isVisible() and pane.head.isAncestorOf(pane.export)
    return True

opening = an_opening(county, folder)
shoot(opening, folder / "desk.png", 1366, 768, look, 60, seen.append)
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
    registry.write_text(text.replace('    "warnings",\n', '    "warnings",\n    "toy_tally",\n'))


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
    assert said["dock"] == ["Toy tally", "BottomDockWidgetArea", True]
    assert any("Go to the toy tally" in row and "G Ctrl+F12" in row for row in said["palette"])
    assert any("Praise the officer" in row and "Ctrl+Alt+F12" in row for row in said["palette"])
    assert {"Go to the toy tally", "G Ctrl+F12"} <= set(said["keys"])
    assert {"Praise the officer", "Ctrl+Alt+F12"} <= set(said["keys"])
    assert said["focused"]
    assert said["shown"]
    assert said["field"] == "well done"
