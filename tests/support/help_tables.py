"""Tables of the help that are read from the program, so that they say what it does."""

from __future__ import annotations

import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import cache

from desktop.county_server.openapi.problem_types import PROBLEM_TYPES
from desktop.gui.desk.actions import DATA, OWN
from desktop.gui.panes.registry import Section, pane_specs
from support.checkout import ROOT

I18N = ROOT / "resources" / "i18n"
Row = tuple[str, tuple[str, ...], str, Section]
"""An action's name, its usual keys, its title in English and its section."""

GROUPS = (
    ("find", "找和看", "Find and read", (Section.FIND,)),
    ("see", "确认", "Acknowledge", (Section.SEE,)),
    ("steps", "办理", "Steps", (Section.STEPS,)),
    ("new", "新建、搁置与新到", "New, shelved, arrived", (Section.NEW, Section.WAITING)),
    ("go", "到各处", "Go to", (Section.GO, Section.VIEW)),
    ("data", "数据", "Data", (Section.DATA,)),
    ("window", "窗口", "The window", (Section.DESK,)),
)
"""By anchor: what the keys' tables are called, and which sections of actions they hold."""


def fill_in(text: str, language: str) -> str:
    """Put the tables in place of the lines that name them."""
    for line, build in TABLES.items():
        if line in text:
            text = text.replace(line, "\n".join(build(language)))
    return text


@cache
def list_actions() -> tuple[Row, ...]:
    """Return every action of the desk, in the order of the key sheet."""
    rows: list[Row] = [
        (each.name, each.keys, each.title(), each.section)
        for spec in pane_specs()
        for each in spec.every_action
    ]
    for section, own in ((Section.DATA, DATA), (Section.DESK, OWN)):
        rows += [(name, keys, say(), section) for name, keys, say in own]
    return tuple(sorted(rows, key=lambda row: row[3]))


@cache
def _chinese() -> dict[str, str]:
    contexts = ET.parse(I18N / "zh_CN.ts").getroot().iter("context")
    actions = next(each for each in contexts if each.findtext("name") == "Actions")
    said = actions.iter("message")
    return {each.findtext("source", ""): each.findtext("translation", "") for each in said}


def _title(english: str, language: str) -> str:
    return english if language == "en" else _chinese()[english]


def _actions(language: str) -> Iterator[str]:
    for name, _keys, title, _section in list_actions():
        yield f"| `{name}` | {_title(title, language)} |"


def _keys(language: str) -> Iterator[str]:
    is_english = language == "en"
    head = "| Key | Does |" if is_english else "| 按键 | 作用 |"
    for anchor, chinese, english, sections in GROUPS:
        yield f"## {english if is_english else chinese} {{#{anchor}}}\n\n{head}\n| --- | --- |"
        for _name, keys, title, section in list_actions():
            if section in sections:
                caps = " ".join(f"`{key.replace(', ', ' ')}`" for key in keys)
                none = "(by Ctrl+K)" if is_english else "（用 Ctrl+K）"
                yield f"| {caps or none} | {_title(title, language)} |"
        yield ""


def _problem_types(language: str) -> Iterator[str]:
    for name, words in PROBLEM_TYPES.items():
        yield f"| `{name}` | {words[language == 'en']} |"


def _screen_problems(language: str) -> Iterator[str]:
    told = tomllib.loads((I18N / "problems.toml").read_text(encoding="utf-8"))
    space = " " if language == "en" else ""
    for code, both in told.items():
        words = both["en" if language == "en" else "zh"]
        yield f"### {words['happened']} {{#{code}}}\n"
        yield space.join(filter(None, (words["meaning"], words["todo"]))) + "\n"


TABLES: dict[str, Callable[[str], Iterator[str]]] = {
    "[[actions]]": _actions,
    "[[keys]]": _keys,
    "[[problem types]]": _problem_types,
    "[[screen problems]]": _screen_problems,
}
