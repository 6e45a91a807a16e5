"""Small rules of the domain, each at the edges where its answer changes."""

from __future__ import annotations

import struct
import threading

import pytest

from desktop.domain.command import CommandKind
from desktop.domain.freshness import Freshness, judge
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage, Urgency
from desktop.domain.instant import MINUTE, SECOND
from desktop.domain.link import ByteCount
from desktop.domain.localized_text import Text
from desktop.domain.overlay import files_named, row_over
from desktop.domain.passphrase import LEAST_CHARS, is_long_enough
from desktop.domain.source import SourceStatus
from desktop.domain.strange import strange_places
from desktop.domain.worker import Worker, WorkerClosed, WorkerDied
from desktop.protocol.fields import PLACE, InvalidField, validate_fields
from desktop.protocol.pictures import PNG_HEAD, NoPicture, read_picture
from support.builders import NOW, a_command, a_warning, an_incident
from support.pictures import a_webp, png_part


@pytest.mark.parametrize(
    ("left", "done_at", "urgency"),
    [
        (MINUTE, NOW, Urgency.DONE),
        (0, None, Urgency.OVERDUE),
        (1, None, Urgency.SOON),
        (15 * MINUTE, None, Urgency.SOON),
        (15 * MINUTE + 1, None, Urgency.RUNNING),
    ],
)
def test_a_deadline_is_as_near_as_its_time_says_and_done_when_done(left, done_at, urgency):
    deadline = Deadline(DeadlineKind.FINAL, NOW + left, done_at=done_at)
    assert deadline.urgency(NOW) is urgency


@pytest.mark.parametrize(
    ("lifted_at", "ends_at", "over_at"),
    [(None, None, None), (2, None, 2), (None, 3, 3), (2, 3, 2), (4, 3, 3)],
)
def test_a_warning_is_over_when_it_is_lifted_or_runs_out_whichever_comes_first(
    lifted_at, ends_at, over_at
):
    assert a_warning(lifted_at=lifted_at, ends_at=ends_at).over_at() == over_at


def test_what_was_never_seen_is_of_unknown_freshness():
    assert judge(None, NOW, 30 * SECOND) is Freshness.UNKNOWN


def test_bytes_of_a_day_are_those_of_both_ways():
    assert ByteCount(3, 4).total == 7


def test_blanks_around_a_passphrase_are_no_characters():
    assert is_long_enough("一" * LEAST_CHARS)
    assert not is_long_enough(" " + "一" * (LEAST_CHARS - 1) + " ")


def test_commands_lie_over_an_incident_as_over_any_row_and_over_no_warning():
    dispatch = a_command(kind=CommandKind.DISPATCH, body={"unit": "县水务局"})
    incident = row_over(an_incident(stage=Stage.FILED), [dispatch])
    assert isinstance(incident, Incident)
    assert (incident.stage, incident.lead_unit.zh) == (Stage.DISPATCHED, "县水务局")
    warning = a_warning()
    assert row_over(warning, [dispatch]) is warning


def test_an_attach_command_names_its_file_and_the_thumbnail_and_any_other_none():
    file = {"digest": "d", "name": "a.jpg", "media_type": "image/jpeg", "size": 3}
    attach = a_command(kind=CommandKind.ATTACH, body={"file": file | {"thumbnail": "t"}})
    assert files_named(attach) == ("d", "t")
    assert files_named(a_command(kind=CommandKind.ATTACH, body={"file": file})) == ("d",)
    assert files_named(a_command(kind=CommandKind.NOTE, body={"text": "一"})) == ()


def test_what_was_heard_before_the_clock_went_back_is_stale_and_its_bad_items_are_counted():
    status = SourceStatus(
        "county", "county", Text("县", "County"), 30 * SECOND, NOW, None, None,
        fills=frozenset(), unread={"a": 2, "b": 3}, is_older=True,
    )  # fmt: skip
    assert status.freshness(NOW) is Freshness.STALE
    assert status.bad_items == 5


@pytest.mark.parametrize("place", [[True, 29.5], [110.0, "29.5"], [110.0], [181, 0], [0, -91]])
def test_a_place_is_two_numbers_on_the_globe(place: list[object]):
    with pytest.raises(InvalidField, match="place"):
        validate_fields((PLACE,), {"place": place})


@pytest.mark.parametrize("chunk", [b"\x2f\0\0", b"\0" * 8])
def test_a_webp_whose_part_does_not_begin_as_one_is_no_picture(chunk: bytes):
    with pytest.raises(NoPicture, match="WebP without a picture"):
        read_picture(a_webp((b"VP8L", chunk)))


def test_a_png_that_begins_with_another_part_is_no_picture():
    with pytest.raises(NoPicture, match="PNG without its head"):
        read_picture(PNG_HEAD + png_part(b"IDAT", b"\0") + png_part(b"IEND", b""))


def test_a_png_of_a_kind_of_colour_that_there_is_not_is_no_picture():
    head = png_part(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 5, 0, 0, 0))
    with pytest.raises(NoPicture, match="PNG without its head"):
        read_picture(PNG_HEAD + head + png_part(b"IDAT", b"\0") + png_part(b"IEND", b""))


def test_a_strange_word_is_found_in_the_row_itself_and_in_its_parts():
    odd = Deadline(DeadlineKind("soonish"), NOW)
    incident = an_incident(stage=Stage("lost"), deadlines=(odd,))
    assert set(strange_places(incident)) == {
        ("$.stage", "lost"),
        ("$.deadlines[0].kind", "soonish"),
    }


def test_a_job_that_is_called_off_is_not_done_and_who_has_an_answer_gets_no_other():
    worker, began, may_end = Worker("edge"), threading.Event(), threading.Event()
    done: list[str] = []
    first = worker.submit(lambda: (began.set(), may_end.wait(20)))
    assert began.wait(20)
    off, behind = worker.submit(lambda: done.append("off")), worker.submit(lambda: None)
    assert off.cancel()
    worker.abandon()
    assert isinstance(behind.exception(20), WorkerDied)
    late = worker.submit(lambda: done.append("late"))
    assert late.cancel()
    may_end.set()
    assert first.result(20)[1]
    assert worker.close(5)
    assert done == []


def test_a_closed_worker_takes_no_job_and_a_dropped_one_is_never_begun():
    worker, began, may_end = Worker("edge"), threading.Event(), threading.Event()
    first = worker.submit(lambda: (began.set(), may_end.wait(20)))
    assert began.wait(20)
    waiting = worker.submit(lambda: None)
    worker.drop()
    assert waiting.cancelled()
    may_end.set()
    assert first.result(20)[1]
    assert worker.close(5)
    with pytest.raises(WorkerClosed):
        worker.submit(lambda: None)
