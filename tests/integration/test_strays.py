"""Commands of a source that has left the profile wait with words, and go on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.commands.strays import hold_strays
from desktop.domain.command import CommandState, Hold
from support.builders import FakeClock, a_command
from support.stores import Stores


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path, FakeClock())
    yield made
    made.close()


def test_a_command_without_its_source_waits_and_asks_for_the_officers_eyes(stores: Stores):
    command, clock = a_command(), FakeClock()
    stores.outbox.append(command, clock.now())
    assert hold_strays(stores.outbox, {"other"}, clock.now()) == 1
    (record,) = stores.outbox.attention()
    assert (record.state, record.hold) == (CommandState.HELD, Hold.SOURCE)
    assert command.target.source in record.reason.zh
    assert command.target.source in record.reason.en


def test_it_goes_on_once_the_source_is_back(stores: Stores):
    command, clock = a_command(), FakeClock()
    stores.outbox.append(command, clock.now())
    hold_strays(stores.outbox, {"other"}, clock.now())
    assert hold_strays(stores.outbox, {command.target.source}, clock.now()) == 0
    (record,) = stores.outbox.list_unfinished()
    assert (record.state, record.hold) == (CommandState.STORED, Hold.NONE)
    assert stores.outbox.attention() == []


def test_a_command_of_a_source_that_is_there_is_left_alone(stores: Stores):
    command, clock = a_command(), FakeClock()
    stores.outbox.append(command, clock.now())
    assert hold_strays(stores.outbox, {command.target.source}, clock.now()) == 0
    assert stores.outbox.attention() == []
