"""The log is read from its end, through turned-over files, and on as it grows."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.diagnostics import log_reader
from desktop.diagnostics.log_reader import LogFilter, Place, read_back, read_on

ALL = LogFilter()


def write(path: Path, first: int, last: int) -> None:
    """Lines numbered like this: every third of the county, every fourth a warning."""
    with path.open("a", encoding="utf-8") as file:
        for n in range(first, last):
            line = {
                "at": "2026-11-27T08:00:00+0800", "says": f"line {n}",
                "level": "INFO" if n % 4 else "WARNING", "source": "weather" if n % 3 else "county",
            }  # fmt: skip
            file.write(json.dumps(line) + "\n")


def said(lines: tuple[log_reader.LogLine, ...]) -> list[int]:
    return [int(line.says.split()[1]) for line in lines]


def test_pages_go_back_through_every_file_and_lose_or_double_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(log_reader, "CHUNK", 100)
    write(tmp_path / "desk.log.2", 0, 10)
    write(tmp_path / "desk.log.1", 10, 25)
    write(tmp_path / "desk.log", 25, 40)
    page = read_back(tmp_path, ALL, 7)
    found = said(page.lines)
    while page.older is not None:
        page = read_back(tmp_path, ALL, 7, page.older)
        found += said(page.lines)
    assert found == list(range(39, -1, -1))


def test_a_filter_asks_for_level_source_and_words(tmp_path):
    write(tmp_path / "desk.log", 0, 25)
    assert said(read_back(tmp_path, LogFilter(level="WARNING"), 99).lines) == [
        24,
        20,
        16,
        12,
        8,
        4,
        0,
    ]
    by_source = LogFilter(level="WARNING", source="county")
    assert said(read_back(tmp_path, by_source, 99).lines) == [24, 12, 0]
    assert said(read_back(tmp_path, LogFilter(text="LINE 1 weather"), 99).lines)[-1] == 1


def test_of_a_long_log_only_the_end_is_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(log_reader, "READ_AT_ONCE", 2_000)
    write(tmp_path / "desk.log", 0, 500)
    page = read_back(tmp_path, LogFilter(text="nowhere"), 10)
    assert (page.lines, page.end) == ((), (tmp_path / "desk.log").stat().st_size)
    assert page.older is not None
    assert page.older.byte > page.end - 2_200


def test_what_is_written_meanwhile_is_read_alone_and_a_new_file_is_noticed(tmp_path):
    write(tmp_path / "desk.log", 0, 5)
    end = read_back(tmp_path, ALL, 9).end
    write(tmp_path / "desk.log", 5, 8)
    more = read_on(tmp_path, ALL, end)
    assert more is not None
    assert said(more.lines) == [7, 6, 5]
    (tmp_path / "desk.log").rename(tmp_path / "desk.log.1")
    write(tmp_path / "desk.log", 8, 9)
    assert read_on(tmp_path, ALL, more.end) is None


def test_a_line_cut_by_a_full_disk_hides_no_other(tmp_path):
    write(tmp_path / "desk.log", 0, 1)
    with (tmp_path / "desk.log").open("ab") as file:
        file.write(b'{"at":"2026-11-27T08:00:00+0800","says":"13800\n\xff\xfe\n')
    write(tmp_path / "desk.log", 1, 2)
    lines = read_back(tmp_path, ALL, 9).lines
    assert [line.says for line in lines] == ["line 1", "?", "?", "line 0"]
    assert (lines[0].moment is None, lines[1].moment is None) == (False, True)


def test_a_folder_without_a_log_has_no_lines(tmp_path):
    assert read_back(tmp_path / "none", ALL, 9) == log_reader.LogPage((), None, 0)
    assert read_back(tmp_path, ALL, 9, Place(3, 0)).lines == ()
