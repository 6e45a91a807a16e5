"""Whose change of a row is another's."""

from __future__ import annotations

import pytest

from simulation.history import History
from simulation.judge.conflicts import judge_conflicts
from simulation.judge.facts import Facts


def a_history(*, account: str, status: str) -> History:
    """A desk closes a case; then it extends it, under an account, as it was before."""
    history = History(1)
    for seq, (kind, base, by, outcome) in enumerate(
        (("close", 1, "day", "accepted"), ("extend", 1, account, status)), 1
    ):
        step = {"key": f"k{seq}", "kind": kind, "target": "i", "collection": "incidents"}
        step |= {"seq": seq, "base": base}
        history.add(seq, "click done", desk="d", **step)
        history.add(seq, "did", server="s", account=by, status=outcome, version=2, copied=False,
                    **step)  # fmt: skip
    return history


@pytest.mark.parametrize(
    ("account", "status", "faults"),
    [
        ("day", "accepted", 0),
        ("day", "conflict", 1),
        ("night", "accepted", 1),
        ("night", "conflict", 0),
    ],
)
def test_another_account_at_the_same_desk_is_another(account: str, status: str, faults: int):
    assert len(list(judge_conflicts(Facts(a_history(account=account, status=status))))) == faults
