"""None is only said of what was heard, lately, and read to the last item."""

from __future__ import annotations

import msgspec
import pytest

from desktop.domain.certainty import Certainty, judge_certainty
from desktop.domain.command import Collection
from desktop.domain.instant import HOUR, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SourceStatus
from support.builders import NOW

WARNINGS = frozenset({Collection.WARNINGS})


def source(id: str = "w", **changes: object) -> SourceStatus:
    status = SourceStatus(
        id=id,
        kind="cap",
        title=Text("气象", "Weather"),
        expected_period_ms=30 * SECOND,
        last_good_at=NOW,
        failing_since=None,
        problem=None,
        fills=WARNINGS,
    )
    return msgspec.structs.replace(status, **changes)


UNREAD = source("u", unread={Collection.WARNINGS: 3})
NEVER = source("n", last_good_at=None)


@pytest.mark.parametrize(
    ("statuses", "certainty", "named"),
    [
        ((), Certainty.NO_SOURCE, ""),
        ((source(fills=frozenset({Collection.ASSETS})),), Certainty.NO_SOURCE, ""),
        ((NEVER,), Certainty.NEVER, "n"),
        ((source(), NEVER), Certainty.PARTIAL, "n"),
        ((source(), UNREAD), Certainty.UNREAD, "u"),
        ((source(last_good_at=NOW - HOUR), source("b")), Certainty.OLD, "w"),
        ((source(problem=Problem("unreachable")),), Certainty.OLD, "w"),
        ((source(), source("b")), Certainty.CERTAIN, "wb"),
    ],
)
def test_an_empty_list_means_none_only_where_all_was_heard_and_read(
    statuses: tuple[SourceStatus, ...], certainty: Certainty, named: str
) -> None:
    found = judge_certainty(statuses, WARNINGS, NOW)
    assert found.certainty is certainty
    assert "".join(s.id for s in found.sources) == named
    assert found.is_certain == (certainty is Certainty.CERTAIN)


def test_unread_items_of_another_collection_say_nothing_of_this_one() -> None:
    other = source(unread={Collection.ASSETS: 9}, fills=frozenset(Collection))
    assert judge_certainty((other,), WARNINGS, NOW).is_certain
    assert judge_certainty((other,), frozenset({Collection.ASSETS}), NOW).unread == 9


def test_unread_items_are_counted_beside_a_worse_reason_too() -> None:
    found = judge_certainty((NEVER, UNREAD), WARNINGS, NOW)
    assert (found.certainty, found.unread) == (Certainty.PARTIAL, 3)


def test_a_figure_over_what_was_not_read_is_no_calm_zero() -> None:
    seen = {s.id: judge_certainty((s,), WARNINGS, NOW) for s in (UNREAD, NEVER, source())}
    assert [seen["u"].figure(n) for n in (0, 4)] == ["?", "4+"]
    assert seen["n"].figure(0) == "—"
    assert seen["w"].figure(0) == "0"
