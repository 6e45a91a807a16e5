"""Photos of a report in hand: kept before it, attached after it, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.commands.own_files import ASIDE, FileGone
from desktop.application.office.report_photos import (
    MOST_PHOTOS,
    WHERE,
    KeptPhoto,
    digest_of,
)
from desktop.protocol.fields import InvalidField
from support.report_in_hand import BODY, REPORT, Writing, photo_bytes


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Writing]:
    found = Writing.start(tmp_path)
    yield found
    found.close()


def test_a_photo_in_hand_is_sent_to_nobody(writing: Writing) -> None:
    writing.add("a")
    assert writing.hand() == {"a"}
    assert writing.stores.files.uploads("county") == []
    assert writing.attached() == []
    (photo,) = writing.photos.in_hand()
    assert writing.board.files.read(photo.digest) == photo_bytes("a")


def test_it_is_still_in_hand_after_a_restart(tmp_path: Path) -> None:
    first = Writing.start(tmp_path)
    first.add("a")
    first.add("b")
    kept = first.photos.in_hand()
    first.close()
    second = Writing.start(tmp_path)
    second.photos.finish()
    assert second.photos.in_hand() == kept
    second.close()


def test_each_is_one_command_after_the_reports_under_its_own_key(writing: Writing) -> None:
    for step in writing.steps:
        step()
    assert writing.attached() == ["a", "b"]
    assert writing.hand() == {"d"}
    records = writing.stores.outbox.recent(9)[::-1]
    assert [record.command.key for record in records] == [REPORT, "a", "b"]
    assert len({record.command.target for record in records}) == 1
    writing.find_losses(len(writing.steps))


def test_the_same_photo_twice_is_one(writing: Writing) -> None:
    writing.add("a")
    writing.add("a")
    assert len(writing.photos.in_hand()) == 1


def test_the_same_photo_in_two_reports_is_attached_to_both(writing: Writing) -> None:
    writing.add("a")
    killed_after_the_report(writing)
    body = photo_bytes("a")
    again = KeptPhoto("a again", "a.jpg", "image/jpeg", len(body), digest_of(body))
    writing.photos.keep(again, body, b"")
    assert writing.hand() == {"a again"}
    writing.photos.finish()
    assert writing.attached() == ["a"]
    writing.photos.submit(
        "report-2", lambda: writing.board.commands.create("county", BODY, key="report-2")
    )
    assert writing.attached() == ["a", "a again"]
    assert writing.board.files.list_aside() == set()


def test_a_report_takes_so_many_photos_and_no_more(writing: Writing) -> None:
    for number in range(MOST_PHOTOS):
        writing.add(chr(ord("a") + number))
    with pytest.raises(InvalidField):
        writing.add("z")
    assert len(writing.photos.in_hand()) == MOST_PHOTOS


def test_a_photo_taken_out_is_deleted(writing: Writing) -> None:
    writing.add("a")
    (photo,) = writing.photos.in_hand()
    writing.photos.remove("a")
    assert writing.hand() == set()
    assert writing.board.files.read(photo.digest) is None
    assert writing.board.files.read(photo.thumbnail) is None
    assert writing.board.commands.draft(WHERE) == ""


def test_the_place_goes_and_comes_back(writing: Writing) -> None:
    writing.add("a")
    writing.photos.set_place("a", False)
    (photo,) = writing.photos.in_hand()
    assert writing.board.files.read(photo.digest) == photo_bytes("a", None)
    writing.photos.set_place("a", True)
    (photo,) = writing.photos.in_hand()
    assert writing.board.files.read(photo.digest) == photo_bytes("a")
    assert len(writing.board.files.list_aside()) == 2


def killed_after_the_report(writing: Writing) -> None:
    """Leave what a kill between the report and its photos leaves."""
    writing.stores.files.keep = lambda *_args, **_keys: 1 / 0  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        writing.submit()
    del writing.stores.files.keep  # type: ignore[method-assign]


def test_the_photos_of_a_report_taken_back_are_in_hand_again(writing: Writing) -> None:
    writing.add("a")
    killed_after_the_report(writing)
    assert writing.hand() == set()
    assert writing.board.commands.cancel(REPORT)
    assert writing.hand() == {"a"}


def test_a_photo_whose_bytes_are_gone_is_told_and_holds_up_no_other(writing: Writing) -> None:
    writing.add("a")
    writing.add("b")
    digest = writing.photos.in_hand()[0].digest
    killed_after_the_report(writing)
    writing.stores.files.take_back(ASIDE, digest)
    writing.stores.files.purge(ASIDE)
    with pytest.raises(FileGone):
        writing.photos.finish()
    assert writing.attached() == ["b"]
    assert writing.hand() == set()
    writing.photos.finish()


@pytest.mark.expects_log("the list of a report's photos cannot be read")
def test_a_list_of_a_newer_program_is_left_alone(writing: Writing) -> None:
    writing.add("a")
    kept = writing.photos.in_hand()
    text = writing.board.commands.draft(WHERE)
    writing.board.commands.keep_draft(WHERE, '{"newer": true}')
    writing.photos.finish()
    assert writing.submit().command.key == REPORT
    assert writing.board.commands.draft(WHERE) == '{"newer": true}'
    writing.board.commands.keep_draft(WHERE, text)
    assert writing.photos.in_hand() == kept
    assert writing.board.files.read(kept[0].digest) == photo_bytes("a")
