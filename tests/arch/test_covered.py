"""What must be fully covered is listed, and looked at statement by statement."""

from __future__ import annotations

import sys

from devkit import covered
from support.checkout import ROOT, name

SOURCE = '''\
"""A module."""

LIMIT = 3


@decorated
def first(value: int) -> int:
    """Which is called."""
    if value > LIMIT:
        return second(
            value,
        )
    try:
        return value
    except ValueError:
        raise AssertionError("cannot be") from None


def second(value: int) -> int:
    return value
'''


def test_each_place_of_the_list_is_there_and_holds_code():
    files = [name(path) for path in covered.watched()]
    for place in covered.MUST_BE:
        assert (ROOT / place).exists()
        assert any(each.startswith(place) for each in files)


def test_a_statement_that_was_not_run_is_told_by_its_first_line():
    ran = {1, 3, 6, 7, 9, 14, 19}
    assert covered.not_run(SOURCE, ran) == [10, 20]
    assert covered.not_run(SOURCE, ran | {11, 20}) == []


def test_the_lines_that_run_are_seen_as_they_run(tmp_path):
    file = tmp_path / "seen.py"
    file.write_text("a = 1\nif a > 1:\n    a = 2\nb = 3\n")
    watch = covered.Watch([file])
    watch.begin()
    try:
        exec(compile(file.read_text(), str(file), "exec"), {})
    finally:
        watch.end()
    assert covered.not_run(file.read_text(), watch.lines[str(file)]) == [3]


def test_a_watch_that_an_error_ended_goes_on_with_the_next_test():
    watch, before = covered.Watch([]), sys.gettrace()
    try:
        watch.begin()
        sys.settrace(None)
        watch.go_on()
        assert sys.gettrace() is not None
    finally:
        watch.end()
        sys.settrace(before)
