"""What the documents say is so."""

from __future__ import annotations

import re
import subprocess
import sys

from desktop.__main__ import COMMANDS
from desktop.application.profile import parse_profile
from desktop.connectors.kinds import Manifests
from fakes.checkout import ROOT, committed_files, name

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "desktop" / "README.md").read_text(encoding="utf-8")


def test_the_profile_in_the_readme_is_valid_and_shows_kinds_there_are():
    [block] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    profile = parse_profile(block, "README.md", Manifests())
    assert {"county"} < {source.kind for source in profile.sources} <= set(Manifests())


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


def test_the_architecture_page_names_every_package():
    packages = {p.parent.name for p in (ROOT / "desktop").glob("*/__init__.py")}
    assert [one for one in sorted(packages) if f"`{one}`" not in ARCHITECTURE] == []


def test_every_decision_stands_in_the_index():
    folder = ROOT / "packaging" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in folder.glob("[0-9]*.md")}
    assert pages == set(re.findall(r"\((\d{4}-[a-z-]+\.md)\)", index))


def test_the_developers_commands_explain_themselves():
    for command in ("check", "tr", "bench"):
        words = [sys.executable, str(ROOT / "packaging" / "dev.py"), command, "--help"]
        assert f"dev.py {command}: " in subprocess.check_output(words, text=True)
