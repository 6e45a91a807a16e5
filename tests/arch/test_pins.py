"""What is installed is pinned, checked by hash, and does not kill the process."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from support.checkout import ROOT, name, sources, tree

CONSTRAINTS = sorted((ROOT / "packaging" / "constraints").glob("*.txt"))
WHOLE = [path for path in CONSTRAINTS if path.stem in ("dev", "runtime")]
"""Those that hold all that is installed; the others add to one of them."""

DROPPED_REFERENCES = """
import sys
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

class Source(QObject):
    said = Signal(bool, object)

class Pane(QWidget):
    def event(self, event):
        super().event(event)
        return True
    def paintEvent(self, event):
        return None
    def moveEvent(self, event):
        return None

app = QApplication([])
source, pane, heard, token = Source(), Pane(), [], object()
source.said.connect(lambda yes, nothing: heard.append(0))
pane.show()

def exercise(times):
    for turn in range(times):
        source.said.emit(True, None)
        source.said.emit(False, token)
        pane.move(turn % 7, 1)
        pane.repaint()
        app.sendEvent(pane, QEvent(QEvent.Type.User))

exercise(50)
watched = (True, None, token)
before = [sys.getrefcount(one) for one in watched]
exercise(3000)
print(len(heard), *(sys.getrefcount(one) - count for one, count in zip(watched, before)))
"""


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("path", CONSTRAINTS, ids=lambda path: path.name)
def test_every_pin_carries_hashes_and_names_no_place_to_fetch_from(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(blocks) > (20 if path in WHOLE else 0)
    for block in blocks:
        first = block.splitlines()[0]
        assert "==" in first, f"not pinned: {first}"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), f"no hash: {first}"


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_qt_stays_below_the_version_that_drops_references(path):
    version = pins(path.read_text(encoding="utf-8"))["pyside6-essentials"]
    assert (6, 8) <= tuple(int(part) for part in version.split("."))[:2] < (6, 12)


def test_the_runtime_pins_are_the_developers_own():
    developers, runtime = (
        pins((ROOT / "packaging" / "constraints" / f"{name}.txt").read_text(encoding="utf-8"))
        for name in ("dev", "runtime")
    )
    assert runtime.items() <= developers.items()


def test_whatever_the_product_imports_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *optional["server"], *optional["excel"], *optional["codes"]]
    declared = {_plain(re.split(r"[<>=;]", line)[0]) for line in wanted}
    providers = packages_distributions()
    own = sys.stdlib_module_names | {"desktop"}
    strangers = {
        f"{name(path)}: {module}"
        for path in sources("desktop")
        for node in ast.walk(tree(path))
        for module in _imported(node)
        if module not in own and not declared & {_plain(one) for one in providers.get(module, [])}
    }
    # Parts of what is declared: of PySide6, of requests and of uvicorn.
    assert {line.split(": ")[1] for line in strangers} == {"shiboken6", "urllib3", "h11"}, strangers


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name.partition(".")[0] for one in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [(node.module or "").partition(".")[0]]
    return []


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


def test_signals_and_overrides_leave_the_reference_counts_of_true_and_none_alone():
    answer = subprocess.run(
        [sys.executable, "-c", DROPPED_REFERENCES], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    heard, *changes = (int(word) for word in answer.stdout.split())
    # A binding that drops references loses one at every turn. Where True and None are
    # immortal (Python 3.12) their counts stand still, and the mortal token's still tells.
    assert heard == 2 * 3050
    assert all(abs(change) < 100 for change in changes), changes
