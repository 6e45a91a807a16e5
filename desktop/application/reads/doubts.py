"""Why a list may be incomplete, in words: an empty one is not called none, nor a full one all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.application.i18n import ProblemText, Words
from desktop.application.ports import Cache
from desktop.domain.certainty import Certainty, Known
from desktop.domain.command import Collection
from desktop.domain.source import Problem, UnreadableItem


def doubt(
    known: Known, what: Collection | None, words: Words, *, any_shown: bool
) -> Problem | None:
    """Return why the rows of a collection, or of all with None, may be incomplete; else None.

    Where rows are shown only what could not be read is mentioned: their age is shown beside them.
    """
    source = (", ", "、")[words.chinese].join(words.text(s.title) for s in known.sources)
    kind = words.term("spoiled", "all") if what is None else words.term("collection", what)
    details = {"what": kind, "source": source}
    details["count"] = str(known.unread)
    if any_shown:
        return Problem("some_unread", details) if known.unread else None
    if known.certainty is Certainty.CERTAIN:
        return None
    return Problem(f"none_{known.certainty}", details)


def doubt_text(
    known: Known, what: Collection | None, words: Words, *, any_shown: bool
) -> ProblemText | None:
    """Return the problem that `doubt` finds as text in the language in force."""
    problem = doubt(known, what, words, any_shown=any_shown)
    return None if problem is None else words.problem(problem)


def reasons(items: Sequence[tuple[str, UnreadableItem]], words: Words, most: int) -> list[str]:
    """Why each of the first items could not be read, one line each, in the language in force;
    then how many more there are."""
    lines = [
        f"{source}: {item.where}{f' {item.field}' if item.field else ''} — "
        f"{words.reason(item.reason)}"
        for source, item in items[:most]
    ]
    return [*lines, f"+{len(items) - most}"] if len(items) > most else lines


def what_was_unread(cache: Cache, source: str) -> dict[str, Any]:
    """Count what could not be read of a source, by fields of its `SourceStatus`."""
    kinds = {
        "unread": cache.unread,
        "spoiled": cache.count_spoiled_fields,
        "uncompared": cache.count_uncompared,
    }
    return {name: ask(source) for name, ask in kinds.items()}
