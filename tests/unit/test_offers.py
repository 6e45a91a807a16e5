"""Commands offered one at a time: one that is refused blocks no other, and order stands."""

from __future__ import annotations

import pytest

from desktop.application.ports import SourceError
from desktop.connectors.offers import each_by_itself
from desktop.domain.command import CommandRecord, Receipt
from desktop.domain.source import Answer, Problem
from fakes.sources import record


class Server:
    """Accepts everything but what a test has named."""

    def __init__(self, **failures: SourceError | None) -> None:
        self.failures = {int(seq.removeprefix("c")): error for seq, error in failures.items()}
        self.asked: list[int] = []

    def send(self, one: CommandRecord) -> list[Answer]:
        self.asked.append(one.seq)
        if one.seq in self.failures:
            error = self.failures[one.seq]
            if error is not None:
                raise error
            return []
        return [Answer(one.command.key, Receipt.ACCEPTED)]


def failed(code: str, *, held: bool = False) -> SourceError:
    return SourceError(Problem(code), held=held)


def accepted(answers: tuple[Answer, ...]) -> list[int]:
    return [int(answer.key, 16) for answer in answers]


@pytest.mark.parametrize("code", ["forbidden", "request_refused", "server_error"])
def test_a_refused_command_keeps_back_its_own_target_only(code: str):
    server = Server(c1=failed(code))
    with pytest.raises(SourceError) as caught:
        each_by_itself([record(1, "a"), record(2, "b"), record(3, "a")], server.send)
    assert server.asked == [1, 2]
    assert accepted(caught.value.answers) == [2]
    assert caught.value.problem.code == code


def test_silence_keeps_back_its_own_target_only():
    server = Server(c1=None)
    answers = each_by_itself([record(1, "a"), record(2, "a"), record(3, "b")], server.send)
    assert server.asked == [1, 3]
    assert accepted(tuple(answers)) == [3]


def test_an_expired_login_in_mid_queue_ends_it_and_carries_the_answers_before():
    server = Server(c1=failed("forbidden"), c3=failed("login_expired", held=True))
    with pytest.raises(SourceError) as caught:
        each_by_itself([record(n, f"{n}") for n in (1, 2, 3, 4)], server.send)
    assert server.asked == [1, 2, 3]
    assert caught.value.held
    assert accepted(caught.value.answers) == [2]
