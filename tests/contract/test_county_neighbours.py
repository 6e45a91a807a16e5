"""What one account can do to another's rows, files, commands and sessions: nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.commands.duties import NAMELESS
from desktop.county_server.db.backups import save
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import KEEP_UNNAMED_S, Attachments
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import File, Incident
from support.county_rows import MOMENT, alarm, incident
from support.http_desk import HttpDesk, accounts

COUNTY, WANG = Account("county"), Account("wang", officers=("王伟",))
NORTH, SOUTH = Account("north", ("north",)), Account("south", ("south",))
BOTH = Account("both", ("north", "south"))
EVERYBODY = (COUNTY, WANG, NORTH, SOUTH, BOTH)
BODY = b"\xff\xd8\xff" + bytes(range(256)) * 8
Desks = Callable[..., HttpDesk]


@pytest.fixture
def clock() -> list[float]:
    return [MOMENT.timestamp() + 300]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "county.db"


@pytest.fixture
def database(path: Path, clock: list[float]) -> Iterator[Database]:
    found = Database(path, time_s=lambda: clock[0])
    found.put(
        "incidents",
        [
            incident("i1", township="north", stage="dispatched", version=1),
            incident("i2", township="south", stage="dispatched", version=1),
            incident("i0", version=1),
        ],
    )
    found.put("alarms", [alarm("a0"), alarm("a1", township="north")])
    yield found
    found.close()


@pytest.fixture
def desks(database: Database) -> Iterator[Desks]:
    with ExitStack() as open_ones:
        servers: dict[tuple[Account, ...], CountyServer] = {}

        def desk(token: str, *, among: tuple[Account, ...] = EVERYBODY, client: str = "") -> Any:
            if among not in servers:
                settings = Settings(accounts=accounts(*among), snapshot_level=1)
                servers[among] = open_ones.enter_context(CountyServer(database, settings))
            found = HttpDesk(servers[among], token, client)
            open_ones.callback(found.close)
            return found

        yield desk


def attach(digest: str, **fields: Any) -> dict[str, Any]:
    file = {"digest": digest, "name": "a.jpg", "size": len(BODY), "media_type": "image/jpeg"}
    return {"file": file | fields}


def the_row(database: Database, row_id: str = "i1") -> Incident:
    (row,) = database.rows("incidents", [row_id])
    assert isinstance(row, Incident)
    return row


# Files.


def test_a_digest_written_into_a_visible_text_opens_nobodys_file(desks: Desks):
    north, south = desks("north"), desks("south")
    _, digest = north.bring(BODY)
    assert north.give("attach", body=attach(digest))["status"] == "accepted"
    assert south.give("note", "i2", body={"text": f'"digest":"{digest}"'})["status"] == "accepted"
    named_so = south.give("attach", "i2", body=attach("b" * 64, name=digest))
    assert named_so["status"] == "accepted"
    known = south.give("attach", "i2", body=attach(digest))
    assert known["status"] == "accepted", "until it brings the bytes they are not its readers'"
    assert south.read(digest) == 404
    assert (north.read(digest), desks("county").read(digest)) == (200, 200)


def test_a_file_goes_out_of_sight_with_the_row_that_named_it(database: Database, desks: Desks):
    north = desks("north")
    _, digest = north.bring(BODY)
    assert north.read(digest) == 200, "it may look at what it brought"
    north.give("attach", body=attach(digest))
    moved = the_row(database)
    database.put("incidents", [incident("i1", township="south", files=moved.files)])
    assert (north.read(digest), desks("south").read(digest)) == (404, 200)
    database.put("incidents", [incident("i1", township="south")])
    assert desks("south").read(digest) == 404, "the row names it no more"


def test_what_another_system_names_is_for_its_rows_readers_alone(database: Database, desks: Desks):
    county = desks("county")
    _, digest = county.bring(BODY)
    file = File(digest, "a.jpg", "image/jpeg", len(BODY))
    database.put("incidents", [incident("i9", township="north", files=(file,))])
    assert (desks("north").read(digest), desks("south").read(digest)) == (200, 404)
    database.delete("incidents", ["i9"])
    database.put("incidents", [incident("i9", township="north")])
    assert desks("north").read(digest) == 404


def test_files_of_an_older_countys_rows_are_found_by_their_rows(path: Path, desks: Desks):
    county = desks("county")
    _, digest = county.bring(BODY)
    database = Database(path.with_name("older.db"))
    file = File(digest, "a.jpg", "image/jpeg", len(BODY), thumbnail="c" * 64)
    database.put("incidents", [incident("i1", files=(file,)), incident("i2", title=digest)])
    with database.transaction() as batch:
        batch.connection.execute("DROP TABLE mentions")
        batch.connection.execute("PRAGMA user_version=6")
    database.close()
    again = Database(path.with_name("older.db"))
    with again.reading() as connection:
        found = connection.execute("SELECT digest, incident FROM mentions").fetchall()
    again.close()
    assert sorted(found) == sorted([(digest, "i1"), ("c" * 64, "i1")])


def test_a_file_no_command_ever_named_goes_after_a_while_and_a_named_one_never(
    database: Database, clock: list[float], desks: Desks, path: Path, tmp_path: Path
):
    north = desks("north")
    _, loose = north.bring(BODY + b"1")
    _, named = north.bring(BODY)
    north.give("attach", body=attach(named))
    files = Attachments(database, 1_000_000)
    clock[0] += KEEP_UNNAMED_S - 1
    assert files.sweep() == 0
    clock[0] += 2
    assert files.sweep() == 1
    assert (north.read(loose), north.read(named)) == (404, 200)
    assert not list(path.parent.glob(f"*.files/*/{loose}"))
    assert north.bring(BODY + b"1")[0] == 200, "and may come again"
    assert north.read(loose) == 200


def test_a_backup_misses_no_file_that_nobody_names(
    database: Database, clock: list[float], desks: Desks, path: Path, tmp_path: Path
):
    _, digest = desks("north").bring(BODY)
    (whole,) = path.parent.glob(f"*.files/*/{digest}")
    whole.unlink()  # Swept between the copy of the database and that of the files.
    assert save(path, tmp_path / "backup").missing == ()


# The account of a command.


def test_the_account_is_on_record_with_every_command(database: Database, desks: Desks):
    north, county = desks("north"), desks("county")
    answers = [north.give("note", body={"text": "一"}), county.give("explode")]
    with database.reading() as connection:
        found = dict(connection.execute("SELECT key, account FROM commands").fetchall())
        maker = connection.execute("SELECT account, kind FROM makers WHERE id='i1'").fetchall()
    assert [found[each["key"]] for each in answers] == ["north", "county"]
    assert maker == [("north", "note")]


@pytest.mark.parametrize(
    "by",
    [
        "county",
        " COUNTY ",
        "cou\u200bnty",
        "ｃｏｕｎｔｙ",
        "王伟",
        "王 伟",
        "王\u3164伟",
        "王\ufe00伟",
        "王伟\U000e0100",
        "\u115f王伟",
        "王\u034f伟",
    ],
)
def test_nobody_signs_as_another_account_or_its_officer(database: Database, desks: Desks, by: str):
    said = desks("north").give("note", body={"text": "撤离"}, by=by)
    assert said["status"] == "rejected"
    assert by.strip() in said["reason"]["zh"]
    assert by.strip() in said["reason"]["en"]
    assert the_row(database).timeline == ()


@pytest.mark.parametrize("by", ["", " ", "\u3164", "\u200b\ufe0f"])
def test_a_deed_under_an_account_has_a_name_on_it(database: Database, desks: Desks, by: str):
    said = desks("north").give("note", body={"text": "撤离"}, by=by)
    assert said["status"] == "rejected"
    assert said["reason"]["en"] == NAMELESS[1]
    assert the_row(database).timeline == ()


def test_an_account_with_officers_takes_their_names_and_no_others(desks: Desks):
    wang = desks("wang")
    for by, status in (("王伟", "accepted"), ("wang", "accepted"), ("07", "rejected")):
        assert wang.give("note", body={"text": "一"}, by=by)["status"] == status


def test_who_fed_a_case_back_does_not_verify_it_under_another_name(
    desks: Desks, database: Database
):
    north, county = desks("north"), desks("county")
    fed = north.give("feedback", body={"text": "已修好"}, by="甲", base=1)
    assert fed["status"] == "accepted"
    verify = {"body": {"passed": True, "text": ""}, "base": the_row(database).version}
    mine = north.give("verify", by="乙", **verify)
    assert (mine["status"], the_row(database).stage) == ("rejected", "fed_back")
    assert "不同账号" in mine["reason"]["zh"]
    assert county.give("verify", by="甲", **verify)["status"] == "accepted", "another of that name"
    assert the_row(database).stage == "verifying"


# Rows of nobody and everybody.


@pytest.mark.parametrize(
    ("kind", "collection", "body"),
    [
        ("note", "incidents", {"text": "一"}),
        ("acknowledge", "incidents", {}),
        ("acknowledge", "alarms", {}),
        ("shelve", "alarms", {"minutes": 60, "text": "检修"}),
        ("attach", "incidents", attach("a" * 64)),
        ("close", "incidents", {"text": ""}),
    ],
)
def test_a_townships_account_only_looks_at_rows_of_no_township(
    database: Database, desks: Desks, kind: str, collection: str, body: dict[str, Any]
):
    target = "i0" if collection == "incidents" else "a0"
    north = desks("north")
    before = database.rows(collection, [target])
    assert target in north.rows(collection)
    said = north.give(kind, target, collection=collection, body=body, base=1)
    assert said["status"] == "rejected"
    assert "只能查看" in said["reason"]["zh"]
    assert database.rows(collection, [target]) == before


def test_a_report_without_a_township_is_the_accounts_own_or_is_asked_for_one(
    desks: Desks, database: Database
):
    body = {"title": "路面塌陷"}
    own = desks("north").give("create", "", body=body)
    assert (own["status"], the_row(database, own["target"]).township) == ("accepted", "north")
    asked = desks("both").give("create", "", body=body)
    assert asked["status"] == "rejected"
    assert "乡镇" in asked["reason"]["zh"]
    assert "township" in asked["reason"]["en"]
    assert desks("both").give("create", "", body=body | {"township": "south"})["status"] == (
        "accepted"
    )
    assert desks("county").give("create", "", body=body)["status"] == "accepted"


# Today's scope.


def test_an_answer_is_told_again_without_what_is_out_of_sight_by_now(
    database: Database, desks: Desks
):
    both = desks("both")
    close = both.click("close", "i2", base=7, body={"text": ""})
    note = both.click("note", "i2", body={"text": "一"})
    seen = both.send(close, note)[1]["results"]
    assert seen[0]["row"]["township"] == "south"
    narrowed = desks("both", among=(Account("both", ("north",)),), client=both.client)
    narrowed.open()
    for told in (
        narrowed.states(close["key"], note["key"]),
        narrowed.send(close, note)[1]["results"],
    ):
        assert [each["status"] for each in told] == ["conflict", "accepted"]
        assert "row" not in told[0]
        assert "south" not in json.dumps(told)
        assert "范围" in told[0]["reason"]["zh"]


def test_why_a_report_was_refused_is_told_also_though_it_has_no_row(desks: Desks):
    both = desks("both")
    asked = both.give("create", "", body={"title": "路面塌陷"})
    assert both.states(asked["key"])[0]["reason"] == asked["reason"]


# Sessions.


def test_an_account_that_takes_anothers_client_name_ends_no_session_of_it(desks: Desks):
    victim = desks("north", client="a-desk")
    assert victim.go_on()[0] == 200
    thief = desks("south", client="a-desk")
    assert [thief.open()[0] for _ in range(3)] == [200] * 3
    assert victim.give("note", body={"text": "一"})["status"] == "accepted"
    status, told = victim.go_on()
    assert (status, told.get("behind", False)) == (200, False), "no copy, and nothing lost"


def test_anothers_fence_opens_nothing(desks: Desks):
    victim, thief = desks("north"), desks("south")
    victim.open()
    thief.open()
    thief.fence = victim.fence
    for client in (thief.client, victim.client):
        status, told = thief.send(thief.click("note", "i2", body={"text": "一"}), client=client)
        assert (status, told["type"]) == (409, "urn:county-desk:problem:fence")


def test_anothers_key_is_refused_and_told_nothing_of(desks: Desks):
    victim, thief = desks("north"), desks("south")
    note = victim.click("note", body={"text": "一"})
    victim.send(note)
    assert thief.open()[0] == 200
    assert thief.states(note["key"]) == []
    assert thief.send(note)[0] == 422
    assert thief.send(note | {"target": "i2"})[0] == 422


def test_a_chain_of_clicks_is_one_accounts_own(database: Database, desks: Desks):
    victim, thief = desks("county", client="same"), desks("north", client="same")
    assert victim.give("feedback", base=1, body={"text": "已修好"})["status"] == "accepted"
    thief.seq = 10
    said = thief.give("dispatch", base=1, body={"unit": "抢修队", "text": "再派"})
    assert said["status"] == "conflict", "it has not seen what another account did"


def test_an_officer_who_logs_in_at_the_same_desk_goes_on_where_it_was(desks: Desks):
    first, second = desks("north", client="shared"), desks("county", client="shared")
    first.go_on()
    status, told = second.go_on(first)
    assert (status, told.get("behind", False)) == (200, False)
    late, _ = first.send(first.click("note", body={"text": "一"}))
    assert late == 409, "what the first one had under way comes too late"
    status, told = first.go_on(second)
    assert (status, told.get("behind", False)) == (200, False)


def test_a_copied_disk_is_found_out_also_under_another_login(desks: Desks):
    first, image = desks("north", client="copied"), desks("county", client="copied")
    first.go_on()
    image.fence, image.tag = first.fence, first.tag
    first.go_on()
    status, told = image.go_on()
    assert (status, told["type"]) == (409, "urn:county-desk:problem:copy")
    assert first.go_on()[0] == 200
