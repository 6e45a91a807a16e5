"""A run among strangers' bytes says what it reached, and goes on from where it was."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hostile import feeding
from hostile.readings import Kept, Reading, read_apart
from hostile.run import main
from hostile.watch import HANG_S, Worst

RUN = Path(__file__).with_name("run.py")
NAME = "http headers"


def reading(**seen: object) -> Reading:
    return Reading(NAME, "hypothesis", Worst(NAME, **seen))


def apart(code: str, keep: Path | None = None) -> Reading:
    """The reading of a process that runs this."""
    return read_apart([sys.executable, "-c", code], NAME, "atheris", 60, keep)


def test_a_run_goes_on_from_its_file_and_reads_no_parser_twice(tmp_path, capsys):
    file = tmp_path / "run.json"
    words = ["--inputs", "20", "--only", NAME, "--resume", str(file)]
    assert main(words) == 0
    first = capsys.readouterr().out.splitlines()
    assert [line[:24].strip() for line in first[:2]] == ["parser", NAME]
    kept = msgspec.json.decode(file.read_bytes())
    kept["readings"][0]["seen"]["taken"] = 17
    file.write_bytes(msgspec.json.encode(kept))
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[2:5] == ["hypothesis", "20", "17"]
    with pytest.raises(SystemExit, match="of seed 1 and 20 inputs"):
        main([*words, "--seed", "2"])


def test_a_parser_whose_process_died_is_read_again_by_the_next_run(tmp_path):
    file = tmp_path / "run.json"
    kept = Kept(file, 1, 20)
    kept.add(reading(inputs=20))
    kept.add(Reading(NAME, "atheris", Worst(NAME), "killed"))
    again = Kept(file, 1, 20)
    assert again.of(NAME, "hypothesis") == reading(inputs=20)
    assert again.of(NAME, "atheris") is None


def test_what_a_process_had_seen_and_what_killed_it_outlive_it(tmp_path):
    code = (
        "import os, pathlib, sys, msgspec\n"
        "told = pathlib.Path(sys.argv[2])\n"
        f"told.write_bytes(msgspec.msgpack.encode(dict(parser={NAME!r}, inputs=640)))\n"
        "(told.parent / 'crash-0').write_bytes(b'the last one')\n"
        "print('it fell here', file=sys.stderr)\n"
        "sys.exit(77)\n"
    )
    found = apart(code, tmp_path)
    assert found.bad
    assert (found.seen.inputs, found.died) == (640, "it fell here")
    assert found.line(1000).endswith("died: it fell here")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"the last one"]


def test_a_line_stays_one_line_whatever_a_process_said_in_its_end():
    told = "==1== ERROR: deadly signal\nSUMMARY: libFuzzer: deadly signal\n0xa,\nBase64: Cg=="
    found = Reading(NAME, "atheris", Worst(NAME), told)
    assert found.line(1000).endswith("  died: SUMMARY: libFuzzer: deadly signal")
    found = Reading(NAME, "hypothesis", Worst(NAME), "Traceback\n  a place\nKeyError: 3")
    assert found.line(1000).endswith("  died: KeyError: 3")


def test_a_process_that_ends_without_a_word_is_no_good_reading():
    found = apart("import sys; sys.exit(3)")
    assert found.bad
    assert found.died == "ended with 3"


def test_a_parser_that_time_was_too_short_for_says_how_far_it_came():
    found = reading(inputs=640)
    assert not found.bad
    assert found.line(1000).endswith("out of time at 640 of 1000")
    assert found.line(640).endswith("  -")


def test_a_slow_and_a_large_input_are_faults_with_the_input():
    found = reading(ms=501.0, slowest=b"s", mb=65.0, largest=b"l", broke={"KeyError at a": b"k"})
    assert found.finds == {"KeyError at a": b"k", "slow": b"s", "large": b"l"}
    assert found.line(0).endswith("KeyError at a, large, slow")


def test_the_library_s_clock_is_for_what_ours_cannot_end_and_ends_no_sound_input(tmp_path):
    told = feeding.flags(1, [b"x" * 5_000, b""], tmp_path)
    values = dict(flag.removeprefix("-").split("=", 1) for flag in told)
    assert int(values["timeout"]) > 20 * HANG_S
    assert int(values["max_len"]) >= 5_000, "a sample that is cut is no sound one"
    assert values["artifact_prefix"] == f"{tmp_path}{os.sep}"


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="the library is for x86_64 Linux alone"
)
def test_a_led_reader_reads_as_many_as_were_wanted(tmp_path):
    command = [sys.executable, str(RUN), "--one", NAME, "--by", "atheris", "--inputs", "3000"]
    told = tmp_path / "told"
    subprocess.run([*command, "--told", str(told)], check=True, capture_output=True)
    assert msgspec.msgpack.decode(told.read_bytes(), type=Worst).inputs == 3000


class Counting:
    """A watch that does nothing but count: the real one limits its whole process."""

    def __init__(self) -> None:
        self.seen = Worst(NAME)

    def feed(self, _body: bytes) -> None:
        self.seen.inputs += 1

    def look(self) -> None:
        self.seen.largest = b"looked"


def test_what_was_seen_is_told_on_the_way_and_whole_at_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(feeding, "TELL_EACH_S", -1.0)
    file = tmp_path / "told"
    told = feeding.Told(Counting(), 100, file)
    for _ in range(feeding.TELL_EACH):
        assert not file.exists()
        told.feed(b"")
    assert msgspec.msgpack.decode(file.read_bytes(), type=Worst).inputs == feeding.TELL_EACH
    for _ in range(100 - feeding.TELL_EACH - 1):
        told.feed(b"")
    with pytest.raises(feeding.Enough):
        told.feed(b"")
    assert msgspec.msgpack.decode(file.read_bytes(), type=Worst) == told.watch.seen
    assert told.watch.seen.largest == b"looked"
