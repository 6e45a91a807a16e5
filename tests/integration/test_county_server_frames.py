"""The county's receiver of frames: any order, twice, over restarts, and never twice done."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.county_server.frames.inbox import MOST_MESSAGES, WINDOW, Inbox
from desktop.county_server.frames.offices import OfficesError, read_offices
from desktop.county_server.frames.ways import GatewayWay
from desktop.county_server.scope import Account
from desktop.wire.frames.fragments import FrameType, Head, read_fragment
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.outcomes import Outcome
from desktop.wire.level1 import DRILL, Commands
from support.frame_messages import (
    CLIENT,
    COUNTY,
    KEY,
    OTHER_KEY,
    SECRET,
    TABLES,
    frames_of,
    message,
)
from support.frames_county import (
    ACCOUNTS,
    LONG,
    OFFICE,
    ONE,
    OTHER,
    County,
    FixedOffices,
    by_network,
    note,
    write_offices,
)
from support.program import until


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    found = County(tmp_path)
    yield found
    found.close()


def test_a_message_in_parts_is_done_when_the_last_has_come(county: County) -> None:
    frames = frames_of(note(1, LONG))
    assert len(frames) > 1
    assert county.take(*reversed(frames[1:])) == []
    assert county.notes() == []
    (outcome,) = county.take(frames[0])
    assert (outcome.number, outcome.status) == (1, "accepted")
    assert county.notes() == [LONG]


def test_a_message_sent_again_is_answered_again_and_done_once(county: County) -> None:
    frames = frames_of(note(1))
    assert county.take(*frames) == county.take(*frames) != []
    assert county.notes() == ["已电话核实"]


def test_parts_survive_a_restart(county: County) -> None:
    frames = frames_of(note(1, LONG))
    county.take(*frames[1:])
    county.restart()
    assert [each.status for each in county.take(frames[0])] == ["accepted"]


def test_messages_of_many_offices_mixed_in_any_order_are_each_done_once(county: County) -> None:
    chance = random.Random(7)
    told = [(note(n, f"{n}" + LONG), OFFICE, KEY) for n in range(1, 9)]
    told += [(note(n, f"{n}" + LONG, key=f"{n:032d}"), OTHER, OTHER_KEY) for n in range(11, 19)]
    frames = [frame for each in told for frame in frames_of(*each)] * 2
    chance.shuffle(frames)
    for frame in frames:
        county.receiver.take(frame)
    assert sorted(county.notes()) == sorted(str(each[0].command.body["text"]) for each in told)


def test_what_comes_before_its_forerunner_waits_for_it(county: County) -> None:
    (late,) = frames_of(note(2, "二", after=note(1).command.key))
    assert [each.status for each in county.take(late)] == ["received"]
    county.restart()
    (first,) = frames_of(note(1, "一"))
    assert [(each.number, each.status) for each in county.take(first)] == [
        (1, "accepted"),
        (2, "accepted"),
    ]
    assert county.notes() == ["一", "二"]


def test_parts_of_an_older_message_with_the_number_give_way(county: County) -> None:
    old, new = frames_of(note(5, LONG)), frames_of(note(5, LONG[::-1], key="ab" * 16))
    county.take(old[0])
    assert [each.key for each in county.take(*new)] == ["abababab"]
    assert county.notes() == [LONG[::-1]]


def test_first_parts_played_back_push_nothing_out_that_waits(county: County) -> None:
    done = [frames_of(note(n, f"{n}" + LONG)) for n in range(1, MOST_MESSAGES + 10)]
    for frames in done:
        county.take(*frames)
    first = note(500, "一")
    county.take(*frames_of(note(501, "二" + LONG, after=first.command.key)))
    county.take(frames_of(note(502, "三" + LONG))[0])
    for frames in done:
        assert county.take(*frames[:-1]) == []
    assert [each.number for each in county.take(*frames_of(first))] == [500, 501]
    assert [each.number for each in county.take(*frames_of(note(502, "三" + LONG))[1:])] == [502]


def test_parts_that_never_become_whole_push_nothing_out_that_is(county: County) -> None:
    first = note(500, "一")
    county.take(*frames_of(note(501, "二", after=first.command.key)))
    for number in range(1, 2 * MOST_MESSAGES):
        county.take(frames_of(note(number, LONG))[0])
    assert [each.number for each in county.take(*frames_of(first))] == [500, 501]


def test_no_part_of_another_message_with_its_number_takes_the_place_of_a_whole_one(
    county: County,
) -> None:
    first = note(1)
    county.take(*frames_of(note(2, LONG, after=first.command.key)))
    county.take(frames_of(note(2, LONG[::-1], key="ab" * 16))[0])
    assert [each.number for each in county.take(*frames_of(first))] == [1, 2]


def test_a_message_in_parts_sent_again_is_answered_once(county: County) -> None:
    frames = frames_of(note(1, LONG))
    county.take(*frames)
    assert [each.status for each in county.take(*frames)] == ["accepted"]
    assert county.take(*frames[:-1]) == []
    assert county.notes() == [LONG]


def test_a_county_that_lost_a_command_takes_its_frames_again(
    county: County, tmp_path: Path
) -> None:
    frames = frames_of(note(1, LONG))
    county.take(*frames)
    county.put_back(tmp_path / "older.db")
    assert county.notes() == []
    assert [each.status for each in county.take(*frames)] == ["accepted"]
    assert county.notes() == [LONG]


def test_what_waits_is_done_when_its_forerunner_came_another_way(county: County) -> None:
    first = note(1, "一")
    county.take(*frames_of(note(2, "二", after=first.command.key)))
    assert by_network(county, first) == "accepted"
    # Any frame of the office brings it about, and tells of it.
    assert {each.number: each.status for each in county.take(*frames_of(note(3, "三")))} == {
        2: "accepted",
        3: "accepted",
    }
    assert sorted(county.notes()) == ["一", "三", "二"]


@pytest.mark.parametrize("forerunner", ["accepted", "rejected"])
def test_what_waits_needs_no_frame_to_be_done_and_is_told_with_the_next(
    county: County, forerunner: str
) -> None:
    target = {"accepted": "i1", "rejected": "gone"}[forerunner]
    first = note(1, "一", target=target)
    county.take(*frames_of(note(2, "二", after=first.command.key)))
    assert by_network(county, first) == forerunner
    county.restart()
    county.receiver.look()
    assert county.notes()[-1] == "二"
    county.restart()
    told = county.take(*frames_of(note(3, "三")))
    assert [(each.number, each.status) for each in told] == [(3, "accepted"), (2, "accepted")]
    assert [each.number for each in county.take(*frames_of(note(4, "四")))] == [4]


def test_a_way_does_what_waits_by_itself(county: County) -> None:
    first = note(1, "一")
    county.take(*frames_of(note(2, "二", after=first.command.key)))
    by_network(county, first)
    way = GatewayWay(county.receiver, "127.0.0.1", 0)
    try:
        until(lambda: county.notes() == ["一", "二"], 10, "done")
    finally:
        way.close()


def test_an_office_keeps_no_more_than_its_room(county: County) -> None:
    for number in range(1, 3 * MOST_MESSAGES):
        county.take(frames_of(note(number, LONG))[0])
    heads = [Head(FrameType.COMMAND, OFFICE, CLIENT[:4], n) for n in range(3 * MOST_MESSAGES)]
    kept = [each.number for each in heads if county.inbox.parts(each)]
    assert kept == list(range(2 * MOST_MESSAGES, 3 * MOST_MESSAGES))


def test_a_number_far_below_the_latest_is_a_replay(county: County) -> None:
    county.take(*frames_of(note(WINDOW + 10)))
    assert county.take(*frames_of(note(9))) == []
    assert [each.status for each in county.take(*frames_of(note(10)))] == ["accepted"]


def test_a_new_disk_under_the_number_of_an_office_counts_anew(county: County) -> None:
    county.take(*frames_of(note(WINDOW + 10)))
    fresh = msgspec.structs.replace(note(1, LONG, key="ab" * 16), client="f00d")
    assert [each.status for each in county.take(*frames_of(fresh))] == ["accepted"]
    assert county.take(*frames_of(note(9))) == []


def test_the_parts_of_two_desks_with_one_number_stay_apart(county: County) -> None:
    ours = note(5, LONG)
    theirs = msgspec.structs.replace(note(5, LONG[::-1], key="ab" * 16), client="f00d")
    for frame in (frames_of(ours)[0], *frames_of(theirs)[:-1]):
        assert county.receiver.take(frame) == []
    (told,) = [answer for frame in frames_of(ours)[1:] for answer in county.receiver.take(frame)]
    assert read_fragment(told, {OFFICE: [KEY]}).head.client == CLIENT[:4]
    assert [each.key for each in county.take(frames_of(theirs)[-1])] == ["abababab"]


def test_a_command_of_years_ago_is_not_done_again_though_its_key_is_forgotten(
    county: County,
) -> None:
    frames = frames_of(note(1))
    county.now += timedelta(days=500)
    (outcome,) = county.take(*frames)
    assert outcome.status == "held"
    assert county.notes() == []


def test_an_answer_of_long_ago_is_given_again(county: County) -> None:
    frames = frames_of(note(1))
    county.take(*frames)
    county.now += timedelta(days=300)
    assert [each.status for each in county.take(*frames)] == ["accepted"]
    assert county.notes() == ["已电话核实"]


def test_an_account_that_is_gone_does_nothing(county: County) -> None:
    for left in ({"east": Account("east")}, {}):
        county.accounts = left
        assert [each.status for each in county.take(*frames_of(note(1)))] == ["held"]
    assert county.notes() == []


def test_a_message_by_other_tables_is_unreadable_and_not_guessed(county: County) -> None:
    told = message("create", {"title": "甲", "category": "fire"}, seq=3,
                   target=f"new-{note(1).command.key}", key=note(1).command.key)  # fmt: skip
    other = msgspec.structs.replace(TABLES, categories=("fire", "flood"))
    assert county.take(*frames_of(told, tables=other)) == [Outcome(3, "00000000", "unreadable")]


def test_a_key_used_otherwise_is_refused(county: County) -> None:
    county.take(*frames_of(note(1)))
    (outcome,) = county.take(*frames_of(note(2, "另", key=note(1).command.key)))
    assert outcome.status == "rejected"


@pytest.mark.expects_log("fails its check")
def test_an_office_cannot_use_the_key_of_another(county: County) -> None:
    assert county.take(*frames_of(note(1), OFFICE, OTHER_KEY)) == []
    assert county.take(*frames_of(note(1), 9)) == []
    assert county.notes() == []


@pytest.mark.parametrize(
    ("server", "account"), [(COUNTY, "east"), (COUNTY + DRILL, "west"), ("another", "west")]
)
@pytest.mark.expects_log("another key, account or county")
def test_a_frame_for_another_account_county_or_drill_is_not_taken(
    county: County, tmp_path: Path, server: str, account: str
) -> None:
    mapped = ONE.replace("west", account)
    paired = PairedOffices(tmp_path / "none.db")
    county.roster = FixedOffices(read_offices(write_offices(tmp_path, mapped), server, paired))
    county.restart()
    frames = frames_of(note(1), OFFICE, derive_frame_key(SECRET, COUNTY, "west"))
    assert county.take(*frames) == county.take(*frames) == []
    # So the network's own copy, under the account that gave it, is done and not refused.
    asked = Commands("-", 0, "", (note(1).command,))
    west = ACCOUNTS["west"]
    (result,) = do_commands(county.database, asked, west, carried=True).results
    assert (result.status, county.notes()) == ("accepted", ["已电话核实"])


@pytest.mark.parametrize("server", ["another", COUNTY + DRILL])
def test_the_parts_kept_for_one_county_are_refused_by_another(tmp_path: Path, server: str) -> None:
    path = tmp_path / "frames.db"
    Inbox(path, COUNTY).close()
    Inbox(path, COUNTY).close()
    with pytest.raises(OfficesError, match=f"{COUNTY} and not to {server}"):
        Inbox(path, server)


def test_outcomes_played_back_to_the_county_are_no_commands(county: County) -> None:
    answers = county.receiver.take(frames_of(note(1))[0])
    assert county.take(*answers) == []
