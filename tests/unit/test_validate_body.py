"""A command's body: what is kept of it and what is refused before it is stored."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.command import CommandKind
from desktop.protocol.commands import InvalidField, validate_body
from desktop.protocol.fields import LONGEST_SHELF_MINUTES, MOST_TEXT

FILE = {"digest": "0" * 64, "name": "a.jpg", "media_type": "image/jpeg", "size": 1}


@pytest.mark.parametrize(
    ("kind", "body", "field", "reason"),
    [
        (CommandKind.NOTE, {}, "text", "missing"),
        (CommandKind.NOTE, {"text": "  \n"}, "text", "missing"),
        (CommandKind.NOTE, {"text": "x" * (MOST_TEXT + 1)}, "text", "too_long"),
        (CommandKind.NOTE, {"text": "x", "colour": "red"}, "colour", "unknown"),
        (CommandKind.NOTE, {"text": 7}, "text", "wrong"),
        (CommandKind.DISPATCH, {"text": "x"}, "unit", "missing"),
        (CommandKind.DISPATCH, {"unit": "a\nb"}, "unit", "wrong"),
        (CommandKind.VERIFY, {"passed": "yes"}, "passed", "wrong"),
        (CommandKind.ESCALATE, {"level": "huge", "text": "x"}, "level", "wrong"),
        (CommandKind.ESCALATE, {"level": "unknown", "text": "x"}, "level", "wrong"),
        (CommandKind.EXTEND, {"due_at": True, "text": "x"}, "due_at", "wrong"),
        (CommandKind.EXTEND, {"due_at": 1}, "text", "missing"),
        (CommandKind.SHELVE, {"minutes": 0, "text": "x"}, "minutes", "wrong"),
        (
            CommandKind.SHELVE,
            {"minutes": LONGEST_SHELF_MINUTES + 1, "text": "x"},
            "minutes",
            "wrong",
        ),
        (CommandKind.CREATE, {"title": "x", "place": [200, 0]}, "place", "wrong"),
        (CommandKind.CREATE, {"title": "x", "place": [1]}, "place", "wrong"),
        (CommandKind.ATTACH, {"file": {**FILE, "digest": "xyz"}}, "file", "wrong"),
        (CommandKind.ATTACH, {"file": {**FILE, "path": "/etc"}}, "file", "wrong"),
        (CommandKind.ACKNOWLEDGE, {"text": "x"}, "text", "unknown"),
    ],
)
def test_a_body_that_cannot_be_is_refused_by_its_field(kind, body, field, reason):
    with pytest.raises(InvalidField) as caught:
        validate_body(kind, body)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_what_is_empty_and_not_required_is_left_out():
    body = {"title": "路灯", "summary": " ", "address": None, "place": (110.0, 29.5)}
    assert validate_body(CommandKind.CREATE, body) == {"title": "路灯", "place": [110.0, 29.5]}


def test_a_file_is_kept_as_it_was_named():
    assert validate_body(CommandKind.ATTACH, {"file": FILE}) == {"file": FILE}


ANYTHING: Any = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
)


@given(st.sampled_from(list(CommandKind)), st.data())
def test_a_body_is_either_refused_by_name_or_fit_to_be_stored(kind: CommandKind, data: Any):
    names = [field.name for field in kind.row.fields]
    body = data.draw(st.dictionaries(st.sampled_from(names or ["x"]), ANYTHING))
    refused: list[str] = []
    try:
        kept = validate_body(kind, body)
    except InvalidField as error:
        kept, refused = {}, [error.field]
    assert set(refused) <= {*names, "x"}
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept)) == kept
    assert refused or all(field.name in kept for field in kind.row.fields if field.required)
