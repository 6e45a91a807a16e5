"""The pages of the help: made from their Markdown, whole in both languages, and found."""

from __future__ import annotations

import re

import pytest

from desktop.application.help_pages import Page, find_sections, list_titles, read_contents
from desktop.storage.search.pinyin import spell
from support.help_pages import FOLDER, LANGUAGES, PAGES, make

ID = re.compile(r'<h\d id="([^"]+)">')
LINK = re.compile(r'href="([^"]+)"')


def contents(language: str) -> tuple[Page, ...]:
    return read_contents(FOLDER / language)


def titles(language: str, typed: str) -> list[str]:
    """Titles of what is found, the best first."""
    pages = contents(language)
    initials = {each: "".join(word[0] for word in spell(each)) for each in list_titles(pages)}
    return [hit.section.title for hit in find_sections(pages, typed, initials)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_those_of_the_markdown_and_no_others(language: str) -> None:
    made = make(language)
    kept = {path.name: path.read_text(encoding="utf-8") for path in (FOLDER / language).iterdir()}
    assert kept == made, "run dev.py guides"
    assert {path.stem for path in (FOLDER / "src" / language).iterdir()} == set(PAGES)


def test_both_languages_have_the_same_places() -> None:
    places = [
        [(page.name, section.anchor) for page in contents(each) for section in page.sections]
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


def test_a_section_is_found_by_words_initials_and_a_phrase_nobody_wrote() -> None:
    assert titles("zh_CN", "待发箱")[0] == "待发箱"
    assert titles("zh_CN", "dfx")[0] == "待发箱"
    assert titles("zh_CN", "冲突 重发")[0] == "冲突由您决定"
    assert "电话听报" in titles("zh_CN", "怎么听电话报告")[:5]
    assert titles("en", "outbox withdraw")[0] == "The outbox"
    assert titles("en", "qqqq") == []


def test_what_is_found_in_the_text_says_where() -> None:
    [hit, *_] = find_sections(contents("en"), "clipboard picture")
    assert "clipboard" in hit.excerpt
    assert hit.excerpt.startswith("…")
