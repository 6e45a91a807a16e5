"""An answer of a newer server is told as unknown, and asked about ever more seldom."""

from __future__ import annotations

from pathlib import Path

from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import CommandState, Hold
from desktop.domain.source import CommandResult
from support.builders import a_command
from support.exchange_bench import Bench


def test_a_command_whose_answer_is_not_understood_is_asked_about_ever_more_seldom(tmp_path: Path):
    bench = Bench(tmp_path)
    puzzle, later = a_command(), a_command()
    for command in (puzzle, later):
        bench.outbox.append(command, bench.clock.now())
    bench.connector.answer = lambda r: (
        CommandResult(r.command.key, CommandState.HELD, hold=Hold.ANSWER)
        if r.command.key == puzzle.key
        else None
    )
    memory = WorkerState()

    def rounds(hours: float) -> int:
        before = len(bench.connector.sent)
        for _ in range(int(hours * 60)):
            bench.clock.advance(60_000)
            bench.exchange(memory=memory)
        return len(bench.connector.sent) - before

    first, second = rounds(2), rounds(2)
    assert 2 <= first <= 6
    assert second < first
    assert {r.hold for r in bench.outbox.list_unfinished()} == {Hold.ANSWER, Hold.NONE}
    assert all(puzzle.key in group for group in bench.connector.sent), "order on one row"
    bench.stores.close()
