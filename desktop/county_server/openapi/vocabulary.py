"""The vocabularies of the county API as schemas."""

from __future__ import annotations

from typing import Any

from desktop.county_server.openapi.parts import both, ref
from desktop.county_server.openapi.problem_types import PREFIX, PROBLEM_TYPES
from desktop.wire.level1 import MAGIC
from desktop.wire.vocabularies import FIELDS, VOCABULARIES, Vocabulary

UNKNOWN_WORDS = (
    (
        "不认识的词要保留、照原样显示，并由 `county-desk list --json` 与 `sync --json` 列出；"
        "绝不当作任何已知的词，更不当作较轻的词。"
    ),
    (
        "Unknown words are kept, shown as they came and listed by `county-desk list --json` and"
        " `sync --json`; none is ever taken for a word that is known, least of all a milder one."
    ),
)
LONGEST_WORD = 100


def vocabulary_schemas() -> dict[str, Any]:
    """Build a schema for each vocabulary, and for the magic."""
    schemas = {name: _schema(each) for name, each in VOCABULARIES.items()}
    schemas["ProblemType"] = _open(
        [PREFIX + kind for kind in PROBLEM_TYPES],
        both(
            "问题的种类，见各状态码的说明。不认识的种类按状态码处理。",
            "The kinds of problem, told with each status. One nobody knows is treated by its"
            " status.",
        ),
        LONGEST_WORD,
    )
    schemas["Magic"] = {
        "const": MAGIC,
        "description": both(
            "本接口的每个 JSON 答复都带着它。", "Every JSON answer of this API bears it."
        ),
    }
    return schemas


def word_of(type_: str, field: str) -> dict[str, Any] | None:
    """Return the reference to a field's vocabulary, or None for a field without one."""
    name = FIELDS.get((type_, field))
    return None if name is None else ref(name)


def _schema(vocabulary: Vocabulary) -> dict[str, Any]:
    zh = vocabulary.zh + "："
    en = vocabulary.en + ":"
    for word, (said_zh, said_en) in vocabulary.words.items():
        zh += f"\n- `{word}` {said_zh}"
        en += f"\n- `{word}` {said_en}"
    words = list(vocabulary.words)
    if vocabulary.is_open:
        told = both(f"{zh}\n\n{UNKNOWN_WORDS[0]}", f"{en}\n\n{UNKNOWN_WORDS[1]}")
        return _open(words, told, LONGEST_WORD)
    return {"type": "string", "enum": words, "description": both(zh, en)}


def _open(words: list[str], says: str, longest: int) -> dict[str, Any]:
    return {
        "description": says,
        "anyOf": [
            {"type": "string", "enum": words},
            {"type": "string", "maxLength": longest},
        ],
    }
