"""Why a command waits stands on its row, and is written when it is news."""

from __future__ import annotations

import msgspec
import pytest

from desktop.application.commands.waiting import BEHIND, reasons, why
from desktop.connectors.http.errors import refusal
from desktop.domain.command import CommandState
from desktop.domain.localized_text import Text
from desktop.domain.outbox_state import apply_answer, new_entry
from desktop.domain.source import Problem
from support.sources import record

PAGE = Problem("forbidden", {"status": "403", "reason": "Blocked"})
BUSY = Problem("server_busy", {"status": "503", "reason": ""})
AWAY = Problem("timed_out", {})


def test_only_what_was_refused_and_what_is_behind_it_on_its_target_is_told_so():
    waiting = [record(1, "a"), record(2, "b"), record(3, "a"), record(4, "c")]
    told = {a.key: a.reason for a in reasons(waiting, {waiting[0].command.key: PAGE}, None)}
    assert told == {waiting[0].command.key: why(PAGE), waiting[2].command.key: BEHIND}


def test_a_source_that_takes_nothing_now_is_the_reason_of_all_and_the_weather_of_none():
    waiting = [record(1, "a"), record(2, "b")]
    assert [answer.reason for answer in reasons(waiting, {}, BUSY)] == [why(BUSY)] * 2
    assert reasons(waiting, {}, AWAY) == []


def test_a_reason_that_stands_there_is_not_written_again():
    known = msgspec.structs.replace(record(1, "a"), reason=why(BUSY))
    assert reasons([known], {}, BUSY) == []


def test_the_words_name_what_was_answered_and_an_unknown_failure_by_its_code():
    assert "403" in why(PAGE).en
    assert why(PAGE).zh.endswith("答复：Blocked")
    assert "odd_thing" in why(Problem("odd_thing", {})).zh


def test_a_reason_changes_neither_since_when_a_command_waits_nor_whether_it_left():
    entry = new_entry(1, record(1, "a").command, 1_000)
    told = apply_answer(entry, CommandState.STORED, Text("因为", "because"), 9_000)
    assert told.record.reason.en == "because"
    assert (told.record.changed_at, told.record.offered) == (1_000, False)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"type": "urn:county-desk:problem:login", "title": "Unauthorized"}, ""),
        ({"type": "urn:county-desk:problem:quota", "title": "Too Many"}, " Answer: Too Many"),
        ({"type": "urn:county-desk:problem:quota", "detail": "later"}, " Answer: later"),
        ({"type": "about:blank"}, ' Answer: {"type":"about:blank"}'),
    ],
)
def test_an_officer_reads_the_words_of_a_countys_problem_and_not_its_form(
    said: dict[str, str], answer: str
):
    error = refusal(401, {}, "https://county.example", msgspec.json.encode(said))
    assert (
        why(error.problem).en
        == f"The server wants a login; it goes out by itself after that.{answer}"
    )
