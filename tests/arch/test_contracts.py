"""Every import contract holds, and each one bites when something is planted against it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.checkout import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = [one["name"] for one in PYPROJECT["tool"]["importlinter"]["contracts"]]

PLANTS = [
    ("Imports run inward", "domain/planted.py", "import desktop.application.ports"),
    ("Imports run inward", "application/planted.py", "import desktop.storage"),
    ("Imports run inward", "storage/planted.py", "import desktop.connectors.http.client"),
    ("Imports run inward", "gui/planted.py", "import desktop.bootstrap"),
    ("Imports run inward", "planted.py", ""),
    ("Only gui imports Qt", "application/planted.py", "import PySide6.QtCore"),
    ("Only gui imports Qt", "bootstrap.py", "from PySide6.QtWidgets import QApplication"),
    ("Only gui imports Qt", "demo/planted.py", "import pyqtgraph"),
    ("Only connectors.http speaks HTTP", "connectors/cap/planted.py", "import requests"),
    ("Only connectors.http speaks HTTP", "diagnostics/planted.py", "import urllib3"),
    ("Only storage opens the database and the keyring", "gui/planted.py", "import apsw"),
    ("Only storage opens the database and the keyring", "bootstrap.py", "import keyring"),
    ("Only the county server serves", "demo/planted.py", "import uvicorn"),
    ("Only the county server serves", "connectors/planted.py", "import starlette"),
    (
        "Only courier bundles and backups are sealed and signed",
        "storage/planted.py",
        "import cryptography",
    ),
    ("Only pictures of courier codes are drawn and read", "wire/planted.py", "import segno"),
    ("Only pictures of courier codes are drawn and read", "commands/planted.py", "import PIL"),
    ("Only the settings' document writes TOML", "commands/planted.py", "import tomlkit"),
    ("Only the loader of files reads workbooks", "county_server/planted.py", "import openpyxl"),
    ("The screens ask the application alone", "gui/planted.py", "import desktop.storage"),
    (
        "The screens ask the application alone",
        "gui/planted.py",
        "import desktop.connectors.http.client",
    ),
    (
        "Inside gui imports run from windows to widgets",
        "gui/forms/planted.py",
        "import desktop.gui.desk.window",
    ),
    (
        "Inside gui imports run from windows to widgets",
        "gui/wall/planted.py",
        "import desktop.gui.desk.layout",
    ),
    (
        "Inside gui imports run from windows to widgets",
        "gui/widgets/planted.py",
        "import desktop.gui.panes.pane",
    ),
    ("Inside gui imports run from windows to widgets", "gui/planted.py", ""),
    (
        "A pane knows no other pane",
        "gui/panes/queues/planted.py",
        "import desktop.gui.panes.warnings.model",
    ),
    (
        "The doctor's checks stand on what they return",
        "diagnostics/doctor/machine.py",
        "import desktop.diagnostics.doctor.checks",
    ),
    (
        "What carries commands stands on the pairing",
        "commands/courier/pairing.py",
        "import desktop.commands.courier.desk",
    ),
    (
        "The support bundle stands on the allow-list",
        "diagnostics/support/redaction.py",
        "import desktop.diagnostics.support.bundle",
    ),
    (
        "Connectors and storage know the application by its ports",
        "connectors/planted.py",
        "from desktop.application.sync import engine",
    ),
    (
        "Connectors and storage know the application by its ports",
        "storage/planted.py",
        "from desktop.application import board",
    ),
    (
        "The engine stands on commands, commands on what is read",
        "application/reads/planted.py",
        "import desktop.application.commands.waiting",
    ),
    (
        "The engine stands on commands, commands on what is read",
        "application/commands/planted.py",
        "import desktop.application.sync.engine",
    ),
    ("The engine stands on commands, commands on what is read", "application/planted.py", ""),
    (
        "The county server stands on its file",
        "county_server/db/planted.py",
        "import desktop.county_server.commands.executor",
    ),
    (
        "The county server stands on its file",
        "county_server/feed/planted.py",
        "import desktop.county_server.http.api",
    ),
    ("The county server stands on its file", "county_server/planted.py", ""),
    (
        "Storage stands on one file's connection, its stores side by side",
        "storage/outbox/planted.py",
        "import desktop.storage.cache.store",
    ),
    (
        "Storage stands on one file's connection, its stores side by side",
        "storage/sqlite/planted.py",
        "import desktop.storage.keys",
    ),
    ("Storage stands on one file's connection, its stores side by side", "storage/planted.py", ""),
    (
        "Connectors are strangers to one another",
        "connectors/cap/planted.py",
        "import desktop.connectors.county",
    ),
    (
        "Connectors are strangers to one another",
        "connectors/shared/planted.py",
        "import desktop.connectors.cap.areas",
    ),
    (
        "Connectors stand on what they share",
        "connectors/http/planted.py",
        "import desktop.connectors.shared.fields",
    ),
    (
        "The client stands on its connections",
        "connectors/http/sockets.py",
        "import desktop.connectors.http.errors",
    ),
    ("The client stands on its connections", "connectors/http/planted.py", ""),
    (
        "Only the county connector and the server know the wire",
        "connectors/prometheus/planted.py",
        "import desktop.wire.level1",
    ),
    (
        "Only the county connector and the server know the wire",
        "gui/planted.py",
        "import desktop.wire.level1",
    ),
    ("The application is blind to the outside", "application/planted.py", "import requests"),
    ("The application is blind to the outside", "application/planted.py", "import desktop.storage"),
    ("The domain stands on msgspec alone", "domain/planted.py", "import numpy"),
    ("The wire does no input or output", "wire/planted.py", "import socket"),
    (
        "The county server can be lifted out",
        "county_server/planted.py",
        "import desktop.domain.localized_text",
    ),
    (
        "The checker of servers judges by the wire, not by a desk",
        "conformance/planted.py",
        "import desktop.connectors.county.level1",
    ),
    (
        "The fictional county only feeds the server",
        "demo/planted.py",
        "import desktop.application.board",
    ),
]


def lint(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=checkout,
        env={**os.environ, "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )


def own_file(number: int, file: str) -> str:
    """Name a plant's file: an invented module gets its number, so that each has its own."""
    return file.replace("planted.py", f"planted_{number}.py")


def finding(module: str, line: str) -> re.Pattern[str]:
    """Match what the linter says of one plant: an import of its own, or a module in no layer."""
    if not line:
        return re.compile(rf"^- {re.escape(module)}$", re.MULTILINE)
    written = ".".join(line.removeprefix("from ").removeprefix("import ").split(" import "))
    imported = written if written.startswith("desktop.") else written.partition(".")[0]
    importers = rf"^ *[-&] +{re.escape(module)}(?: \(l[^)]*\)\n(?: +& .*\n)*? +& \S+)?"
    return re.compile(rf"{importers} -> {re.escape(imported)} \(l", re.MULTILINE)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says of each contract when every plant stands in one copy of the product."""
    copy = tmp_path_factory.mktemp("spoilt")
    shutil.copy(ROOT / "pyproject.toml", copy)
    unread = shutil.ignore_patterns("__pycache__", "*.sql")
    shutil.copytree(ROOT / "desktop", copy / "desktop", ignore=unread)
    for number, (_, file, line) in enumerate(PLANTS):
        place = copy / "desktop" / own_file(number, file)
        before = place.read_text(encoding="utf-8") if place.exists() else ""
        place.write_text(f"{before}\n{line}\n", encoding="utf-8")
    answer = lint(copy)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    _, _, broken = answer.stdout.partition("\nBroken contracts\n")
    heads = re.split(r"^(.+)\n-+\n", broken, flags=re.MULTILINE)
    return dict(zip(heads[1::2], heads[2::2], strict=True))


def test_the_product_keeps_every_contract():
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in answer.stdout


@pytest.mark.parametrize(
    "number,contract,file,line", [(number, *plant) for number, plant in enumerate(PLANTS)]
)
def test_a_planted_violation_is_caught_by_name(spoilt, number, contract, file, line):
    module = "desktop." + own_file(number, file).removesuffix(".py").replace("/", ".")
    assert contract in spoilt
    assert finding(module, line).search(spoilt[contract]), spoilt[contract]


def test_every_contract_has_a_plant_and_every_plant_a_contract():
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)


def test_the_domain_contract_names_every_dependency_but_msgspec():
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    imports = {"PySide6-Essentials": "PySide6", "apsw-sqlite3mc": "apsw"}
    names = [line.split(">=")[0] for line in wanted]
    contract = next(
        one
        for one in PYPROJECT["tool"]["importlinter"]["contracts"]
        if one["name"] == "The domain stands on msgspec alone"
    )
    expected = {imports.get(one, one) for one in names} - {"msgspec"}
    assert set(contract["forbidden_modules"]) == expected
