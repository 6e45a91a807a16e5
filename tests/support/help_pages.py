"""Makes the pages of the help from their Markdown.

Run as `dev.py guides`. Static pages are read by any browser, also on a machine where the program
will not start; Qt's own reader of Markdown gives headings no anchors, so no page could be opened
at the right place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop.application.help_pages import CONTENTS
from support.checkout import ROOT
from support.help_tables import fill_in

FOLDER = ROOT / "resources" / "help"
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}
PAGES = (
    *("start", "tour", "duty", "township", "keys"),
    *("admin", "profile", "commands", "problems", "integrator"),
)
"""The pages in the order of reading."""
ANCHOR = re.compile(r"\s*\{#([a-z0-9_.-]+)\}$")
BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\uffef])\n(?=[\u3000-\uffef])")
"""A line's end where a space would be seen."""
LINK = re.compile(r"\.md(?=#|$)")
PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="../help.css">
</head>
<body class="{name}">
{body}</body>
</html>
"""


def source(language: str, name: str) -> Path:
    """Where the Markdown of a page stands."""
    return FOLDER / "src" / language / f"{name}.md"


def make(language: str) -> dict[str, str]:
    """Return every file of a language by its name: its pages, and what is in them."""
    files, contents = {}, []
    for name in PAGES:
        text = source(language, name).read_text(encoding="utf-8")
        tokens = _read(fill_in(text, language))
        sections = list(_sections(tokens))
        title = sections[0]["title"]
        body = MarkdownIt("commonmark").renderer.render(tokens, MarkdownIt().options, {})
        files[f"{name}.html"] = PAGE.format(
            language=LANGUAGES[language], title=title, name=name, body=body
        )
        contents.append({"name": name, "title": title, "sections": sections})
    files[CONTENTS] = json.dumps(contents, ensure_ascii=False, indent=1) + "\n"
    return files


def _read(text: str) -> list[Token]:
    """Parse a page; a heading that ends in {#name} is an anchor, and links lead to pages."""
    text = BETWEEN_CHINESE.sub("", text)
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if before is not None and before.type == "heading_open" and token.children:
            last = token.children[-1]
            found = ANCHOR.search(last.content)
            if found:
                before.attrSet("id", found[1])
                last.content = last.content[: found.start()]
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", LINK.sub(".html", str(child.attrGet("href"))))
    return tokens


def _sections(tokens: list[Token]) -> Iterator[dict[str, str]]:
    """Cut a page at its headings with an anchor; the first is the page's own."""
    title, anchor, parts = "", "", list[str]()
    for at, token in enumerate(tokens):
        if token.type != "inline":
            continue
        words = "".join(_text(child) for child in token.children or ())
        opening = tokens[at - 1]
        if opening.type == "heading_open" and (opening.tag == "h1" or opening.attrGet("id")):
            if title:
                yield {"anchor": anchor, "title": title, "text": " ".join(parts)}
            title, anchor, parts = words, str(opening.attrGet("id") or ""), []
        else:
            parts.append(words)
    yield {"anchor": anchor, "title": title, "text": " ".join(parts)}


def _text(token: Token) -> str:
    return " " if token.type == "softbreak" else token.content


def write() -> None:
    """Write every page anew."""
    for language in LANGUAGES:
        folder = FOLDER / language
        folder.mkdir(exist_ok=True)
        for name, text in make(language).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
