"""A desk whose clock is wrong says so with its commands; a right one says nothing."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from desktop.connectors.county.commands import wire_commands
from desktop.domain.instant import DAY, SECOND, to_datetime
from fakes.sources import record

SESSION = SimpleNamespace(epoch="e", fence=1)
AT = record(1, "i1").command.at


@pytest.mark.parametrize(
    ("clock_at", "offset_ms", "told"),
    [
        (AT, 0, False),
        (AT - 30 * SECOND, 30 * SECOND, False),
        (None, 2 * DAY, False),
        (AT, 2 * DAY, True),
        (AT - 2 * DAY, 2 * DAY, True),
        (AT - 2 * DAY, 0, True),
    ],
    ids=["right", "within a minute", "not known", "unknown at the click", "known", "set since"],
)
def test_both_clocks_are_told_when_one_is_wrong_by_more_than_a_minute(
    clock_at: int | None, offset_ms: int, told: bool
):
    click = record(1, "i1")
    command = msgspec.structs.replace(click.command, clock_at=clock_at)
    sent = wire_commands(
        [msgspec.structs.replace(click, command=command)],
        SESSION,  # type: ignore[arg-type]
        "c",
        offset_ms,
    )
    assert (sent.commands[0].clock is not None) is told
    assert sent.offset_ms == (offset_ms if told else 0)
    if told and clock_at is not None:
        assert sent.commands[0].clock == to_datetime(clock_at)
    assert sent.commands[0].at == to_datetime(AT)


@pytest.mark.parametrize(
    ("known_ms", "offset_ms", "told"),
    [(2 * DAY, 2 * DAY, True), (2 * DAY, 0, False), (0, 2 * DAY, False)],
    ids=["still wrong", "put right since", "set wrong since"],
)
def test_a_click_whose_offset_was_known_is_not_corrected_by_that_of_a_clock_set_since(
    known_ms: int, offset_ms: int, told: bool
):
    click = record(1, "i1")
    command = msgspec.structs.replace(click.command, clock_at=AT - known_ms, offset_known=True)
    sent = wire_commands(
        [msgspec.structs.replace(click, command=command)],
        SESSION,  # type: ignore[arg-type]
        "c",
        offset_ms,
    )
    assert (sent.commands[0].clock is not None) is told
    assert sent.offset_ms == (offset_ms if told else 0)
