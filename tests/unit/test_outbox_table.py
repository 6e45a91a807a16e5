"""The outbox as a table: whole, in words, and harmless to spreadsheets."""

from __future__ import annotations

import csv
import io
import json

from desktop import paths
from desktop.application.export import outbox_table
from desktop.application.i18n import Words
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus
from support.builders import NOW, a_command

WORDS = Words(paths.resources(), "en")
STATUS = SourceStatus(
    "county", "county", Text("县", "County"), 1, NOW, None, None, False, frozenset()
)


def record(**changes) -> CommandRecord:
    command = a_command(kind=CommandKind.NOTE, body={"text": "=1+1"}, by="=cmd()", **changes)
    return CommandRecord(
        7, command, CommandState.CONFLICT, NOW, Text("已改派", "Dispatched already")
    )


def test_a_line_of_csv_carries_when_its_source_was_last_heard():
    (row,) = csv.DictReader(io.StringIO(outbox_table.as_csv([record()], [STATUS], WORDS)))
    assert row["data_time"] == "2026-11-23T00:00:00+00:00"
    assert (row["seq"], row["state"], row["reason"]) == ("7", "conflict", "Dispatched already")
    assert json.loads(row["body"]) == {"text": "=1+1"}


def test_no_cell_is_a_formula():
    (row,) = csv.DictReader(io.StringIO(outbox_table.as_csv([record()], [STATUS], WORDS)))
    assert row["by"] == "'=cmd()"


def test_json_holds_the_body_as_it_is_and_when_it_was_written():
    told = json.loads(outbox_table.as_json([record()], [STATUS], NOW, WORDS))
    assert told["rows"][0]["body"] == {"text": "=1+1"}
    assert told["listed_at"] == told["sources"][0]["last_good_at"]
    assert list(told["rows"][0]) == [each.name for each in outbox_table.every_column(WORDS)]


def test_a_terminal_is_shown_words_and_enough_of_the_key():
    shown = record()
    head, line = outbox_table.as_table([shown], WORDS).splitlines()
    assert head.split() == list(outbox_table.SHOWN)
    assert line.startswith(shown.command.key[:8])
    assert "Conflict" in line
