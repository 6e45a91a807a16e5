"""What the documents say is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.__main__ import COMMANDS
from desktop.application.profile_reader import parse_profile
from desktop.connectors.kinds import Manifests, our_kinds
from desktop.gui.panes.registry import PANES
from support.checkout import ROOT, committed_files, name, tree
from support.kind_lists import kinds_in_example, kinds_in_readme

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "desktop" / "README.md").read_text(encoding="utf-8")


def test_the_profile_in_the_readme_is_valid_and_shows_kinds_there_are():
    [block] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    profile = parse_profile(block, "README.md", Manifests())
    assert {"county"} < {source.kind for source in profile.sources} <= set(Manifests())


def test_readme_and_example_list_the_kinds_of_source_there_are():
    example = ROOT / "resources" / "profiles" / "example.toml"
    assert kinds_in_readme(README) == set(our_kinds())
    assert kinds_in_example(example.read_text(encoding="utf-8")) == set(our_kinds())


def test_the_readme_names_every_command_and_no_other_in_both_languages():
    rows = re.findall(r"^\| `county-desk \[?([a-z-]+)", README, re.MULTILINE)
    assert sorted(rows) == sorted([*COMMANDS, *COMMANDS])


def test_the_readme_begins_with_the_two_commands_in_both_languages():
    begin = "python3 packaging/dev.py run "
    assert README.count(begin) == 2
    assert README.count("python3 packaging/dev.py test ") == 2
    assert README.index(begin) < 1500


def test_every_link_in_the_documents_leads_somewhere():
    broken = [
        f"{name(path)}: {target}"
        for path in committed_files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_folder_of_the_program_is_described_and_no_other():
    section = ARCHITECTURE.partition("\n## Rooms\n")[2].partition("\n## ")[0]
    rooms = set(re.findall(r"^\| `([a-z0-9_/]+)` \|", section, re.MULTILINE))
    program = ROOT / "desktop"
    files = [path.relative_to(program) for path in committed_files() if program in path.parents]
    folders = {folder.as_posix() for file in files for folder in file.parents} - {"."}
    migrations = {each for each in folders if each.startswith("storage/sqlite/migrations/")}
    found = {f"gui/panes/{each}" for each in PANES} | {f"connectors/{each}" for each in our_kinds()}
    own_words = {each for each in found if _first_line(program / each)}
    assert folders - migrations - own_words - rooms == set(), "each wants a line under Rooms"
    assert rooms - folders == set(), "these are gone from the tree"


def _first_line(folder: Path) -> str:
    """The docstring of a package; empty for one without, and for a module."""
    package = folder / "__init__.py"
    return (ast.get_docstring(tree(package)) or "") if package.exists() else ""


@pytest.mark.parametrize("page", ["desktop/README.md", ".github/CONTRIBUTING.md"])
def test_every_module_that_a_page_names_is_there(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z0-9_]+/)*[a-z0-9_]+\.(?:py|toml))`", text))
    assert len(named) > 5
    files = {name(path) for path in committed_files()}
    gone = [one for one in named if not any(f"/{file}".endswith(f"/{one}") for file in files)]
    assert sorted(gone) == []


def test_the_guides_recipes_are_those_that_a_test_follows():
    guide = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for recipe, test in (
        ("Adding a connector", "tests/contract/test_toy_connector.py"),
        ("Adding a pane", "tests/gui/test_toy_pane.py"),
        ("Adding a kind of command", "tests/e2e/test_toy_command.py"),
    ):
        told = guide.partition(f"## {recipe}\n")[2].partition("\n## ")[0]
        assert f"`{test}`" in told
        assert (ROOT / test).exists()


def test_every_decision_stands_in_the_index():
    folder = ROOT / "packaging" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in folder.glob("[0-9]*.md")}
    assert pages == set(re.findall(r"\((\d{4}-[a-z-]+\.md)\)", index))


def test_the_developers_commands_explain_themselves():
    for command in ("check", "tr", "bench"):
        words = [sys.executable, str(ROOT / "packaging" / "dev.py"), command, "--help"]
        assert f"dev.py {command}: " in subprocess.check_output(words, text=True)
