"""What changed, gathered on its way from the stores to the screens."""

from __future__ import annotations

from desktop.domain.changes import ANSWERED, MOST_KEYS, NOTHING, Changes
from desktop.domain.command import Collection, CommandKind, Key

INCIDENTS, ASSETS = Collection.INCIDENTS, Collection.ASSETS
ONE, OTHER = Key("county", INCIDENTS, "I1"), Key("county", INCIDENTS, "I2")


def test_changes_touch_the_rows_they_name_and_no_others():
    changed = Changes.in_rows([ONE])
    assert changed == {INCIDENTS}
    assert changed.touches(ONE)
    assert not changed.touches(OTHER)
    assert not changed.touches(Key("county", ASSETS, "I1"))


def test_changes_of_unknown_rows_touch_every_row_of_the_collection():
    changed = Changes.in_any_row([INCIDENTS])
    assert changed.keys(INCIDENTS) is None
    assert changed.touches(ONE)
    assert not changed.touches(Key("county", ASSETS, "A1"))


def test_joined_changes_name_the_rows_of_both():
    joined = Changes.in_rows([ONE]).join(Changes.in_rows([OTHER], commands=True))
    assert joined.keys(INCIDENTS) == {ONE, OTHER}
    assert joined.commands
    assert not joined.sources


def test_a_row_that_is_not_known_makes_the_joined_rows_unknown():
    for pair in ((Changes.in_rows([ONE]), Changes.in_any_row([INCIDENTS])),) * 2:
        assert pair[0].join(pair[1]).keys(INCIDENTS) is None
        assert pair[1].join(pair[0]).keys(INCIDENTS) is None


def test_so_many_rows_that_nobody_would_look_through_them_are_any_row():
    half = [Key("county", INCIDENTS, f"{n}") for n in range(MOST_KEYS // 2 + 1)]
    rest = [Key("county", INCIDENTS, f"x{n}") for n in range(MOST_KEYS // 2)]
    assert Changes.in_rows(half).join(Changes.in_rows(rest)).keys(INCIDENTS) is None


def test_nothing_is_nothing_and_a_state_without_rows_is_something():
    assert NOTHING.is_nothing
    assert Changes({INCIDENTS: frozenset()}).is_nothing
    for besides in ("sources", "commands", "files"):
        changed = Changes(**{besides: True})
        assert not changed.is_nothing
        assert not changed, "no rows"
        assert NOTHING.join(changed) is changed


def test_an_answer_may_change_any_row_that_a_command_can_be_laid_over():
    assert set(ANSWERED) == {collection for kind in CommandKind for collection in kind.row.on}
    assert ANSWERED.commands
