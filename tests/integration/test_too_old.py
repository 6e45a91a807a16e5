"""D: what a server may have done so long ago that it forgot the key is never done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import SourceError
from desktop.application.sync.command_sender import TOO_OLD as WAITS
from desktop.domain.command import Command, CommandState, Hold
from desktop.domain.instant import DAY, HOUR
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import TOO_OLD as STAYS
from desktop.domain.outbox_state import Again
from desktop.domain.source import Binding, CommandResult, Problem
from support.builders import NOW, a_batch, a_command, an_incident
from support.exchange_bench import Bench

KEPT = 180 * DAY
"""What the API asks of a server that does not say for how long it keeps keys."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def give(bench: Bench, key: str = "k", **told: Any) -> Command:
    command = a_command(key=key, at=bench.clock.now(), **told)
    bench.outbox.append(command, bench.clock.now())
    return command


def be_silent(bench: Bench) -> None:
    bench.connector.answer = lambda record: None


def answer_all(bench: Bench) -> None:
    bench.connector.answer = lambda record: CommandResult(record.command.key, CommandState.ACCEPTED)


def stand(bench: Bench, key: str = "k") -> tuple[CommandState, Hold]:
    record = bench.outbox.record(key)
    assert record is not None
    return record.state, record.hold


def test_unanswered_and_too_old_it_is_held_until_the_officer_sends_it_all_the_same(bench: Bench):
    give(bench)
    be_silent(bench)
    bench.exchange()
    bench.clock.advance(KEPT)
    answer_all(bench)
    bench.exchange()
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)
    assert [(r.command.key, r.reason) for r in bench.outbox.attention()] == [("k", WAITS)]
    bench.outbox.mark_seen("k")
    bench.exchange()
    assert bench.connector.sent == [("k",)]
    assert bench.outbox.attention() == [], "it is said once"
    assert bench.outbox.release("k", bench.clock.now())
    bench.exchange()
    assert bench.connector.sent == [("k",)] * 2
    assert stand(bench)[0] is CommandState.ACCEPTED


def test_the_day_before_it_still_goes_out(bench: Bench):
    give(bench)
    be_silent(bench)
    bench.exchange()
    bench.clock.advance(KEPT - DAY)
    bench.exchange()
    assert bench.connector.sent == [("k",)] * 2
    bench.clock.advance(1)
    bench.exchange()
    assert bench.connector.sent == [("k",)] * 2
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)


def test_what_never_left_goes_out_however_old_it_is(bench: Bench):
    give(bench)
    bench.clock.advance(3 * KEPT)
    bench.exchange()
    assert stand(bench)[0] is CommandState.ACCEPTED


def test_one_that_left_yesterday_is_not_too_old_although_it_was_given_long_ago(bench: Bench):
    give(bench)
    bench.clock.advance(3 * KEPT)
    be_silent(bench)
    bench.exchange()
    bench.clock.advance(DAY)
    bench.exchange()
    assert bench.connector.sent == [("k",)] * 2


def test_no_login_expired_meanwhile_makes_it_young(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """A desk out of a drawer: its login is refused first, and renewed the next day."""
    bench.outbox.bind("county", Binding(epoch="e1"))
    give(bench)
    be_silent(bench)
    bench.exchange()
    bench.clock.advance(KEPT)

    def logged_out() -> str:
        raise SourceError(Problem("login_expired"), held=True)

    with monkeypatch.context() as patch:
        patch.setattr(bench.connector, "epoch", logged_out)
        bench.exchange()
    assert stand(bench) == (CommandState.HELD, Hold.LOGIN)
    bench.clock.advance(DAY)
    answer_all(bench)
    bench.exchange()
    assert bench.connector.sent == [("k",)]
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)


def test_no_release_by_the_program_makes_it_young(bench: Bench):
    give(bench)
    bench.outbox.offering(["k"], NOW)
    bench.clock.advance(KEPT)
    bench.outbox.hold(["k"], Hold.REPORT, Text("事件被拒"), bench.clock.now())
    bench.exchange()
    assert bench.connector.sent == []
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)


def test_what_the_platform_received_and_never_answered_is_held_too(bench: Bench):
    """Also when the server went back: it has no answer that it could keep."""
    give(bench)
    bench.outbox.set_state("k", CommandState.RECEIVED, Text(), NOW)
    bench.clock.advance(KEPT)
    bench.outbox.offer_again("county", bench.clock.now(), _again(bench))
    record = bench.outbox.record("k")
    assert record is not None
    assert (record.state, record.reason) == (CommandState.RECEIVED, Text())
    bench.exchange()
    assert bench.connector.sent == []
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)


def test_what_a_copied_disk_holds_keeps_its_reason_however_old(bench: Bench):
    give(bench)
    bench.outbox.offering(["k"], NOW)
    bench.outbox.hold(["k"], Hold.COPY, Text("副本"), NOW)
    bench.clock.advance(KEPT)
    bench.exchange()
    assert stand(bench) == (CommandState.HELD, Hold.COPY)


def test_another_officers_time_at_a_copied_disk_frees_none_of_what_it_holds(bench: Bench):
    give(bench, account="wang")
    bench.outbox.hold(["k"], Hold.COPY, Text("副本"), NOW)
    for login in ("li", "wang"):
        bench.connector.login = login
        give(bench, login, account=login)
        bench.exchange()
        assert stand(bench) == (CommandState.HELD, Hold.COPY)
    assert bench.connector.sent == [("li",), ("wang",)]


def test_its_age_is_judged_by_the_time_the_server_tells(bench: Bench):
    """A clock without a battery begins in the past; the session tells better."""
    give(bench)
    be_silent(bench)
    bench.exchange()

    def tell() -> None:
        bench.clock.at = NOW + KEPT

    bench.exchange(on_time_told=tell)
    assert bench.connector.sent == [("k",)]
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)


def test_another_logins_command_stays_held_for_that_login_alone(bench: Bench):
    give(bench, account="wang")
    bench.outbox.offering(["k"], NOW)
    bench.connector.login = "li"
    bench.clock.advance(KEPT)
    for _ in range(3):
        bench.exchange()
        assert stand(bench) == (CommandState.HELD, Hold.ACCOUNT)
        bench.outbox.mark_seen("k")
        assert bench.outbox.attention() == [], "and that is said once"
        bench.clock.advance(HOUR)
    bench.connector.login = "wang"
    bench.exchange()
    assert stand(bench) == (CommandState.HELD, Hold.EXPIRED)
    assert bench.connector.sent == []


@pytest.mark.parametrize("kept_s", [400 * 86_400, 3_600])
def test_a_server_says_for_how_long_it_keeps_keys(bench: Bench, kept_s: int):
    """Also for less than the day that is taken off: what has just left is not too old."""
    bench.outbox.bind("county", Binding(keys_kept_s=kept_s))
    give(bench)
    be_silent(bench)
    for _ in range(2):
        bench.exchange()
        bench.clock.advance(kept_s * 1000 // 2)
    assert bench.connector.sent == [("k",)] * 2
    bench.clock.advance(kept_s * 1000 // 2)
    bench.exchange()
    assert bench.connector.sent == [("k",)] * 2


def test_an_answer_too_old_to_be_asked_for_again_stays_and_asks_for_eyes_once(bench: Bench):
    give(bench, "old")
    bench.exchange()
    bench.outbox.mark_seen("old")
    bench.clock.advance(KEPT)
    give(bench, "young")
    bench.exchange()
    bench.outbox.mark_seen("young")
    go_back(bench, "e2")
    assert bench.connector.sent == [("old",), ("young",), ("young",)]
    assert [(r.command.key, r.state, r.reason) for r in bench.outbox.attention()] == [
        ("old", CommandState.ACCEPTED, STAYS)
    ]
    bench.outbox.mark_seen("old")
    go_back(bench, "e3")
    assert bench.outbox.attention() == []


def test_retired_ones_answered_after_the_county_was_set_back_are_offered_again(bench: Bench):
    for key in ("long before", "before", "since"):
        give(bench, key)
        bench.exchange()
        bench.outbox.retire([key])
        bench.clock.advance(2 * HOUR)
    told = Binding(epoch="e1", set_back_to=NOW + 3 * HOUR + 1)
    bench.outbox.bind("county", told)
    go_back(bench, "e2")
    assert bench.connector.sent[3:] == [("since",)], "an hour's margin, and no more"
    bench.outbox.bind("county", Binding(epoch="e2", set_back_to=NOW + 3 * HOUR))
    go_back(bench, "e3")
    assert set(bench.connector.sent[4:]) == {("before", "since")}


def go_back(bench: Bench, epoch: str) -> None:
    bench.connector.pulls.append([a_batch(an_incident(), epoch=epoch, token=epoch)])
    bench.exchange()
    bench.exchange()


def _again(bench: Bench) -> Again:
    return Again(not_before=bench.clock.now() - KEPT + DAY)
