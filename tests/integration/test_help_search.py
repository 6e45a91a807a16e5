"""What is looked for in the help is found, by words, initials and phrases."""

from __future__ import annotations

from desktop.application.help_pages import Page, find_sections, list_titles, read_contents
from desktop.storage.search.pinyin import spell
from support.checkout import ROOT


def contents(language: str) -> tuple[Page, ...]:
    return read_contents(ROOT / "resources" / "help" / language)


def titles(language: str, typed: str) -> list[str]:
    """Titles of what is found, the best first."""
    pages = contents(language)
    initials = {each: "".join(word[0] for word in spell(each)) for each in list_titles(pages)}
    return [hit.section.title for hit in find_sections(pages, typed, initials)]


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
