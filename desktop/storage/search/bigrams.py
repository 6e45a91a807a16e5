"""Text as the search index stores it, and the words of a search as queries to the index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from operator import add

from desktop.domain.localized_text import Text

_PRIVATE = 0xE000
"""ASCII signs are moved here: the tokenizer takes everything beyond ASCII as part of a token."""

_LATIN = re.compile(r"[0-9a-z]+")


class _Folding(dict[int, str]):
    """Folded form of each character; worked out once per character.

    Strictly one character at a time, so that a part of a text always folds to a part of the folded
    text: that is what makes the search find every occurrence.
    """

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold() or chr(code)
        kept = "".join(
            c if c.isspace() or c.isalnum() or ord(c) > 127 else chr(_PRIVATE + ord(c))
            for c in folded
        )
        # Other blanks than the space would end a word for us but not for the tokenizer.
        self[code] = kept = " " if kept.isspace() else kept.replace(" ", "")
        return kept


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text with width, case and signs evened out; blanks are plain spaces."""
    return text.translate(_FOLDING)


def make_bigrams(fields: Iterable[str]) -> str:
    """Tokens under which every part of each field can be found.

    Each run without blanks gives its pairs of characters and then its last character
    alone, which keeps phrases from reaching into the next run or field and lets a
    search for one character look for pairs that begin with it.
    """
    out: list[str] = []
    for field in fields:
        for run in field.translate(_FOLDING).split():
            out.extend(map(add, run, run[1:]))
            out.append(run[-1])
    return " ".join(out)


def pick_words(fields: Iterable[str]) -> str:
    """The Latin words and figures of texts in a language that puts spaces between words."""
    return " \ue000 ".join(" ".join(_LATIN.findall(f.lower())) for f in fields if f)


def split_fields(texts: Iterable[Text]) -> tuple[list[str], list[str]]:
    """Split texts into fields to index as bigrams, and English fields to index as words."""
    as_grams: list[str] = []
    as_words: list[str] = []
    for text in texts:
        if text.zh:
            as_grams.append(text.zh)
        if text.en:
            (as_words if text.en.isascii() else as_grams).append(text.en)
    return as_grams, as_words


def expression(term: str) -> str:
    """Return the query to the index for one folded word of a search; the word has no blanks."""
    if len(term) == 1:
        asked = f"grams:{_quote(term)}*"
    else:
        asked = f"grams:{_quote(' '.join(map(add, term, term[1:])))}"
    latin = _LATIN.findall("".join(map(_fold_char, term)))
    if latin and term.translate(_SIGNS_AND_LATIN) == "":
        asked += f" OR words:{_quote(' '.join(latin))}*"
    return f"({asked})"


def _quote(tokens: str) -> str:
    return '"' + tokens.replace('"', '""') + '"'


def _fold_char(char: str) -> str:
    code = ord(char) - _PRIVATE
    return chr(code) if 0 <= code < 128 else char


_SIGNS_AND_LATIN = dict.fromkeys(
    [*range(128), *(_PRIVATE + code for code in range(128) if not chr(code).isalnum())]
)
