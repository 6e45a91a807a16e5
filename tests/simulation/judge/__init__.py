"""Judges one history by what is in it: plain data in, one line for each fault out.

It shares no line with the product: rows are read from the county's own JSON, what must lie
over them is worked out from the officers' clicks, what must have been done from the servers'
ledgers. The letter before each fault: C contents on screen, L lost, D doubled, O order, B body
or account, V told wrongly, K conflict, F freshness, A files, Q silence, P the program's own words.
"""

from __future__ import annotations

from simulation.history import History
from simulation.judge import (
    answers,
    carried,
    clocks,
    commands,
    conflicts,
    disks,
    files,
    freshness,
    pace,
    receipts,
    scope,
    sessions,
    silence,
)
from simulation.judge.facts import Facts
from simulation.judge.rows import judge_rows

JUDGES = (
    judge_rows, *commands.JUDGES, *conflicts.JUDGES, *files.JUDGES, *freshness.JUDGES,
    *silence.JUDGES, *answers.JUDGES, *clocks.JUDGES, *pace.JUDGES, *scope.JUDGES,
    *sessions.JUDGES, *receipts.JUDGES, *disks.JUDGES, *carried.JUDGES,
)  # fmt: skip


def judge(history: History) -> list[str]:
    """Every fault of a history; none when all is as it is due."""
    facts = Facts(history)
    return [fault for each in JUDGES for fault in each(facts)]
