"""A kind of command is added in three places: its row, its words and its rule.

The guide for contributors says so; here it is done, on a copy of the checkout, and the new
kind is taken from the form to the county's answer without a line anywhere else.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import ROOT

ROW = """\
    INSPECT = (
        "inspect",
        Row(
            on=ON_INCIDENTS,
            fields=(
                Field(
                    *("team", FieldKind.UNIT, ("查勘组", "the team")),
                    ("谁去查勘，一行。", "Who goes and looks, in one line."),
                    required=True,
                ),
                TEXT,
            ),
            allowed_from=AT_WORK,
            leads_to=Stage.HANDLING,
            checks_version=True,
            meaning=("查勘", "somebody goes and looks"),
            in_timeline=("查勘", "looked at"),
            example={"team": "县水务局", "text": "查看堤脚"},
        ),
    )
"""
WORDS = """
[command.inspect]
zh = "查勘"
en = "Inspect"
[command_text.inspect]
zh = "看什么"
en = "What to look at"
[field.team]
zh = "查勘组"
en = "Team"
[timeline.inspect]
zh = "查勘"
en = "Inspected"
"""
RULE = '''

@rule(CommandKind.INSPECT)
def inspect(incident: Incident, given: Given, *, team: str, text: str) -> Incident:
    """The incident with somebody on the way to look."""
    return _add_entry(incident, given, f"{team}查勘", f"Looked at by {team}", text)
'''
PLACES = {
    "desktop/protocol/commands.py": ("\n\ndef validate_body", ROW),
    "resources/i18n/terms.toml": ("", WORDS),
    "desktop/county_server/rules/incident_rules.py": ("", RULE),
}
"""By file: before what, and what; at the end where it is before nothing."""
DRAWN = {"resources/county-api/openapi.json", "resources/county-api/serving.md"}
"""Written by `dev.py spec`, not by hand."""
OF_EVERY_KIND = (
    "tests/unit/test_lifecycle.py",
    "tests/unit/test_command_bodies.py",
    "tests/unit/test_validate_body.py",
    "tests/unit/test_i18n.py",
    "tests/contract/test_county_api_document.py",
)
"""What the product asks of each kind of command."""
HALF_COMPILED = shutil.ignore_patterns("*.pyc.*")
"""What others compile just now; what is compiled stays good for a file of the same time."""
PYTEST = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this one with another kind of command in it."""
    copy = tmp_path_factory.mktemp("contributor") / "checkout"
    for name in ("desktop", "resources", "tests", "packaging"):
        shutil.copytree(ROOT / name, copy / name, ignore=HALF_COMPILED)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, (mark, text) in PLACES.items():
        written = (copy / name).read_text(encoding="utf-8")
        at = written.index(mark) if mark else len(written)
        (copy / name).write_text(written[:at] + text + written[at:], encoding="utf-8")
    run(copy, "-m", "desktop.county_server.openapi", "resources/county-api")
    return copy


def run(checkout: Path, *words: str) -> None:
    """A Python program of the copy; what it said, where it failed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_three_places_are_touched_and_the_documents_follow(checkout: Path) -> None:
    touched = {
        path.relative_to(checkout).as_posix(): _places(path, ROOT / path.relative_to(checkout))
        for folder in ("desktop", "resources", "packaging")
        for path in (checkout / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    by_hand = {name: places for name, places in touched.items() if places and name not in DRAWN}
    assert by_hand == dict.fromkeys(PLACES, 1)
    document = (checkout / "resources" / "county-api" / "openapi.json").read_text("utf-8")
    assert '"InspectCommand"' in document
    serving = (checkout / "resources" / "county-api" / "serving.md").read_text("utf-8")
    assert "| inspect | dispatched | handling |\n" in serving


def _places(here: Path, there: Path) -> int:
    """In how many places a file differs from what it was."""
    if here.read_bytes() == there.read_bytes():
        return 0
    texts = [path.read_text(encoding="utf-8").splitlines() for path in (there, here)]
    matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
    return sum(tag != "equal" for tag, *_ in matcher.get_opcodes())


@pytest.mark.timeout(300)
def test_it_goes_from_the_form_to_the_countys_answer(checkout: Path) -> None:
    played = shutil.copy(
        checkout / "tests/support/toy_command.py", checkout / "tests/gui/test_it.py"
    )
    run(checkout, *PYTEST, str(played))


@pytest.mark.timeout(300)
def test_it_has_all_that_is_asked_of_every_kind_of_command(checkout: Path) -> None:
    run(checkout, *PYTEST, *OF_EVERY_KIND, "-k", "inspect or not (any_ or every_problem)")
