"""`POST /v1/spoken`: a report by telephone is proved, read, done once, and answered in digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.connectors.county.spoken import read_command
from desktop.county_server.frames.hearing import hear_report
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.courier import BundleRefused
from desktop.domain.instant import from_datetime
from desktop.wire.frames.command_bits import Message, encode_message
from desktop.wire.frames.fragments import FrameType, read_fragment
from desktop.wire.frames.outcomes import Outcome, encode_outcomes
from desktop.wire.frames.spoken import PhoneSheet, hear, speak
from desktop.wire.frames.tables import Tables
from support.frame_messages import AT, CLIENT, KEY, OTHER_KEY, TABLES, frames_of, head_of, message
from support.frames_county import LONG, OFFICE, County, by_network, note
from support.two_ends import a_desk

ACCEPTED = "accepted"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with closing(County(tmp_path)) as found:
        yield found


@pytest.fixture
def server(county: County) -> Iterator[CountyServer]:
    with CountyServer(county.database, Settings(county="云麓县")) as found:
        found.api.spoken.hear = partial(hear_report, county.receiver, county.database)
        yield found


def read_aloud(told: Message, key: bytes = KEY, tables: Tables = TABLES) -> PhoneSheet:
    """What the office reads."""
    return speak(head_of(told, OFFICE), encode_message(told, tables), key)


def hand_on(server: CountyServer, told: PhoneSheet, *, execute: bool = True) -> Any:
    """What the desk gets for it."""
    with closing(a_desk(server.base_url)) as desk:
        return desk.hear(told.groups, told.check, execute=execute)


def states(answer: Any) -> list[tuple[int, str]]:
    return [(each.number, each.status) for each in answer.outcomes]


def test_a_report_is_read_before_it_is_done(server: CountyServer, county: County) -> None:
    answer = hand_on(server, read_aloud(note(3, "桥已断")), execute=False)
    assert (answer.office, answer.account) == (OFFICE, "west")
    assert answer.command.body == {"text": "桥已断"}
    assert (answer.outcomes, answer.receipts) == ((), ())
    assert county.notes() == []


def test_a_report_is_done_once_however_often_and_by_whatever_way_it_comes(
    server: CountyServer, county: County
) -> None:
    told = note(3, "桥已断")
    for _ in range(2):
        assert states(hand_on(server, read_aloud(told))) == [(3, ACCEPTED)]
    assert [each.status for each in county.take(*frames_of(told))] == [ACCEPTED]
    assert county.notes() == ["桥已断"]


def wait_in_vain(county: County, number: int, client: str = CLIENT[:4]) -> Message:
    """Have a desk told that its command waits; do it afterwards, of which nobody is told."""
    first = note(number, f"{number}", key=f"{client:0>32}")
    told = note(number + 1, LONG, after=first.command.key, key=f"{client}{number:028x}")
    told = msgspec.structs.replace(told, client=client)
    assert [each.status for each in county.take(*frames_of(told))] == ["received"]
    assert by_network(county, first) == ACCEPTED
    county.receiver.look()
    return told


def test_a_report_leaves_to_the_other_desk_of_the_office_what_it_has_not_been_told(
    server: CountyServer, county: County
) -> None:
    theirs = wait_in_vain(county, 1, "f00d")
    assert states(hand_on(server, read_aloud(note(8)))) == [(8, ACCEPTED)]
    told = county.take(*frames_of(note(9)))
    assert [(each.number, each.key) for each in told] == [(9, "0" * 8), (2, theirs.command.key[:8])]


@pytest.mark.parametrize("text", ["桥已断", LONG], ids=["one part", "parts"])
def test_a_report_handed_on_again_is_answered_as_at_first(
    server: CountyServer, county: County, text: str
) -> None:
    wait_in_vain(county, 1)
    for _ in range(2):
        answer = hand_on(server, read_aloud(note(8, text)))
        assert sorted(states(answer)) == [(2, ACCEPTED), (8, ACCEPTED)]
    assert states(hand_on(server, read_aloud(note(9)))) == [(9, ACCEPTED)], "it is read aloud once"
    assert [each.number for each in county.take(*frames_of(note(10)))] == [10]


def test_what_has_waited_is_told_once_in_an_answer(server: CountyServer, county: County) -> None:
    told = wait_in_vain(county, 1)
    for _ in range(2):
        assert states(hand_on(server, read_aloud(told))) == [(2, ACCEPTED)]


def test_what_is_read_back_is_the_countys_receipt(server: CountyServer) -> None:
    [receipt] = hand_on(server, read_aloud(note(3))).receipts
    heard = hear(receipt.groups, receipt.check, {OFFICE: [KEY]})
    assert (heard.head.type, heard.head.client) == (FrameType.OUTCOMES, CLIENT[:4])


@pytest.mark.parametrize(
    "told",
    [
        read_aloud(note(3), OTHER_KEY),
        PhoneSheet(read_aloud(note(3)).groups, "AAAA"),
        PhoneSheet(read_aloud(note(3)).groups[::-1], read_aloud(note(3)).check),
        PhoneSheet(read_aloud(note(3)).groups[1:], read_aloud(note(3)).check),
    ],
    ids=["another key", "another word", "turned round", "one left out"],
)
def test_what_does_not_fit_is_refused_and_nothing_done(
    server: CountyServer, county: County, told: PhoneSheet
) -> None:
    for execute in (False, True):
        with pytest.raises(BundleRefused, match="read all of it again"):
            hand_on(server, told, execute=execute)
    assert county.notes() == []


def test_a_receipt_is_no_report(server: CountyServer) -> None:
    [frame] = encode_outcomes([Outcome(3, "0" * 8, ACCEPTED)], "e", OFFICE, CLIENT[:4], KEY)
    told = read_fragment(frame, {OFFICE: [KEY]})
    with pytest.raises(BundleRefused):
        hand_on(server, speak(told.head, told.content, KEY))


@pytest.mark.parametrize("groups", [(), ("1234",), ("1234567x",)])
def test_what_is_not_whole_never_leaves_the_desk(
    server: CountyServer, groups: Sequence[str]
) -> None:
    with pytest.raises(BundleRefused, match="eight digits"):
        hand_on(server, PhoneSheet(tuple(groups), "ABCD"))


def test_codes_of_other_tables_are_not_guessed(server: CountyServer) -> None:
    told = message(
        "create",
        {"title": "渗水", "category": "flood"},
        target=f"new-{5:032x}",
        key=f"{5:032x}",
    )
    other = Tables(("landslide", "flood"), (), ())
    answer = hand_on(server, read_aloud(told, tables=other))
    assert answer.command is None
    assert states(answer) == [(told.command.seq, "unreadable")]


def test_a_county_without_offices_says_what_it_lacks(server: CountyServer) -> None:
    server.api.spoken.hear = None
    with pytest.raises(BundleRefused, match="frames-offices"):
        hand_on(server, read_aloud(note(3)))


@pytest.mark.parametrize(
    ("occurred_at", "place"),
    [
        ("2026-05-01T09:30:00+08:00", {"lon": 118.5, "lat": 31.5}),
        (1_777_599_000_000, [118.5, 31.5]),
    ],
    ids=["as on the network", "as in frames"],
)
def test_a_command_comes_to_the_screen_with_instants_places_and_values(
    occurred_at: object, place: object
) -> None:
    told = message(
        "create",
        {"title": "渗水", "occurred_at": occurred_at, "place": place},
        target=f"new-{5:032x}",
    )
    read = read_command("county", told.command)
    assert read is not None
    assert (read.kind, read.at) == (CommandKind.CREATE, from_datetime(AT))
    assert read.target == Key("county", Collection.INCIDENTS, f"new-{5:032x}")
    assert read.body == {"title": "渗水", "occurred_at": 1777599000000, "place": [118.5, 31.5]}


def test_a_case_with_its_time_is_read_from_what_the_county_answers(server: CountyServer) -> None:
    told = message(
        "create",
        {"title": "渗水", "level": "major", "occurred_at": "2026-05-01T09:30:00+08:00"},
        target=f"new-{5:032x}",
        key=f"{5:032x}",
    )
    answer = hand_on(server, read_aloud(told), execute=False)
    read = read_command("county", answer.command)
    assert read is not None
    assert read.body["occurred_at"] == 1777599000000


def test_a_moment_that_is_none_is_not_shown() -> None:
    told = message("create", {"title": "渗水", "occurred_at": "soon"})
    assert read_command("county", told.command) is None


def test_a_command_that_this_program_does_not_know_is_none() -> None:
    assert read_command("county", message("teleport", {}).command) is None
