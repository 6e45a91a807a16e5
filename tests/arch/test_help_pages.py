"""The pages of the help are made of their sources, and name whatever has a name for its user."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout

import pytest

from desktop.__main__ import COMMANDS, main
from desktop.application import frame_line, logins, manifest, proxies, wall_place
from desktop.application.budget.byte_budget import Allowance
from desktop.application.help_pages import read_contents
from desktop.application.profile import SOURCE_FIELDS, Profile, Sound
from desktop.connectors.kinds import Manifests
from desktop.county_server.command import main as serve
from desktop.county_server.openapi.problem_types import PROBLEM_TYPES
from desktop.gui.township.tasks import COUNTY_KEY, TASKS
from support.checkout import ROOT
from support.help_pages import FOLDER, LANGUAGES, PAGES, make
from support.help_tables import list_actions

CHOICES = re.compile(r"positional arguments:\n  \{([^}]+)\}")
DEEPEST = 2
ID = re.compile(r'<h\d id="([^"]+)">')
LINK = re.compile(r'href="([^"]+)"')
CODE = re.compile(r"<code>([^<]*)</code>")
PARTS = re.compile(r'<h2 id="([^"]+)">')


def page(language: str, name: str) -> str:
    return (FOLDER / language / f"{name}.html").read_text(encoding="utf-8")


def code_of(text: str) -> set[str]:
    """Every word that a page sets as code."""
    return {word for code in CODE.findall(text) for word in code.split()}


def sections(text: str) -> dict[str, str]:
    """The page's HTML by the anchor of its sections."""
    _before, *parts = PARTS.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def names_of(run: Callable[[list[str]], object], *words: str) -> Iterator[str]:
    """Every long option of a command, and its subcommands or choices with theirs."""
    written = io.StringIO()
    with redirect_stdout(written), pytest.raises(SystemExit):
        run([*words, "--help"])
    yield from re.findall(r"--[a-z][a-z-]+", written.getvalue())
    if choices := CHOICES.search(written.getvalue()):
        for each in choices[1].split(","):
            yield each
            yield from names_of(run, *words, each) if len(words) < DEEPEST else ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_those_of_the_markdown_and_no_others(language: str) -> None:
    made = make(language)
    kept = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / language).iterdir()}
    assert kept == made, "run dev.py guides"
    assert {path.stem for path in (FOLDER / "src" / language).iterdir()} == set(PAGES)


def test_both_languages_have_the_same_places() -> None:
    places = [
        [
            (page.name, section.anchor)
            for page in read_contents(FOLDER / each)
            for section in page.sections
        ]
        for each in LANGUAGES
    ]
    assert places[0] == places[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_stay_inside_and_lead_somewhere(language: str) -> None:
    pages = {name: text for name, text in make(language).items() if name.endswith(".html")}
    places = set(pages) | {
        f"{name}#{anchor}" for name, text in pages.items() for anchor in ID.findall(text)
    }
    for name, text in pages.items():
        links = {link for link in LINK.findall(text) if link != "../help.css"}
        whole = {f"{name}{link}" if link.startswith("#") else link for link in links}
        assert whole <= places, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_a_section_with_all_its_options(language: str) -> None:
    told = sections(page(language, "commands"))
    common = code_of(told["common"])
    for name in COMMANDS:
        # A wall and a township take what the desk takes.
        known = common | code_of(told[name]) | code_of(told["desk"])
        assert set(names_of(main, name)) <= known, name
    subcommands = {each for each in names_of(serve) if each[0] != "-"}
    assert subcommands <= code_of(told["county-server"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_a_profile_has_its_line(language: str) -> None:
    told = {anchor: code_of(text) for anchor, text in sections(page(language, "profile")).items()}
    of_source = [*SOURCE_FIELDS, *(each.name for each in (*logins.SETTINGS, *manifest.SETTINGS))]
    ways_out = {each.name for each in proxies.SETTINGS}
    tables = {"sources", "link", "sound", "wall", "frames", "keys", "table"}
    assert set(Profile.__struct_fields__) - tables <= told["desk"]
    assert {*Allowance.__struct_fields__, *ways_out} <= told["link"]
    assert set(Sound.__struct_fields__) <= told["sound"]
    assert set(wall_place.SETTINGS) <= told["wall"]
    assert set(frame_line.FrameLine.__struct_fields__) <= told["frames"]
    assert {*of_source, *ways_out} <= told["source"]
    assert {name for name, *_rest in list_actions()} <= told["keys"]
    for kind, found in Manifests().items():
        assert {each.name for each in found.settings} <= told[kind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_in_its_table(language: str) -> None:
    told = {
        each for text in sections(page(language, "keys")).values() for each in CODE.findall(text)
    }
    of_desk = {key.replace(", ", " ") for _name, keys, *_rest in list_actions() for key in keys}
    assert of_desk | {task.key for task in TASKS} | {COUNTY_KEY} <= told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_is_there(language: str) -> None:
    told = sections(page(language, "integrator"))["problems"]
    assert PROBLEM_TYPES.keys() <= code_of(told)
    texts = (ROOT / "resources" / "i18n" / "problems.toml").read_text(encoding="utf-8")
    shown = set(re.findall(r'<h3 id="([^"]+)">', page(language, "problems")))
    assert shown == tomllib.loads(texts).keys()
