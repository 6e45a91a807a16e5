"""A desk whose clock is wrong says so with its commands; a right one says nothing."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import msgspec
import pytest

from desktop.connectors.county.commands import wire_commands
from desktop.domain.command import CommandKind
from desktop.domain.instant import DAY, SECOND, to_datetime
from support.sources import record

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


def test_instants_and_places_leave_in_the_one_form_of_the_wire_and_the_same_at_every_retry():
    click = record(1, "i1")
    kept = {"title": "一", "occurred_at": AT + 5, "place": [118.2, 31.9]}
    command = msgspec.structs.replace(click.command, kind=CommandKind.CREATE, body=kept)
    records = [msgspec.structs.replace(click, command=command)]
    first, again = (
        wire_commands(records, SESSION, "c").commands[0].body  # type: ignore[arg-type]
        for _ in range(2)
    )
    assert first["place"] == {"lon": 118.2, "lat": 31.9}
    assert datetime.fromisoformat(first["occurred_at"]) == to_datetime(AT + 5)
    assert (first["title"], again) == ("一", first)


def test_an_instant_no_calendar_has_leaves_as_it_is_for_the_county_to_refuse():
    click = record(1, "i1")
    body = {"due_at": 2**53, "text": "一"}
    command = msgspec.structs.replace(click.command, kind=CommandKind.EXTEND, body=body)
    sent = wire_commands(
        [msgspec.structs.replace(click, command=command)],
        SESSION,  # type: ignore[arg-type]
        "c",
    )
    assert sent.commands[0].body == body
