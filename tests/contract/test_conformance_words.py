"""A stranger's mistake is told so that it can be mended without a guess; scopes are kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from desktop.conformance.findings import Verdict
from desktop.conformance.held import SCHEMAS
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import COLLECTIONS
from support.drill_county import checked, drill_county, failures
from support.mistakes import CHANGES, SESSION, SNAPSHOT, html_refusals, shifted
from support.servers import Asked, Said
from support.wrong_county import Mistake, head, is_plain, lines, mistaken, row, session, told

INSTANT = "RFC 3339 with an offset from UTC, such as 2026-05-01T09:30:00+08:00"
TOKEN = "s3cret-token"
LOGIN = f"Bearer {TOKEN}"


@pytest.fixture
def county() -> Iterator[CountyServer]:
    with drill_county() as (server, _):
        yield server


def nothing_new_as_a_page(asked: Asked, said: Said) -> Said:
    """A 200 that tells of nothing, where 204 belongs."""
    if asked.path != CHANGES or said.status != 204 or "cd2" in asked.headers.get("accept", ""):
        return said
    token = asked.target.partition("since=")[2].partition("&")[0]
    page = {"magic": "county-desk/1", "token": token, "more": False, "changes": []}
    page["server_time"] = datetime.now().astimezone().isoformat(timespec="seconds")
    return Said(json.dumps(page).encode(), 200, {"Content-Type": "application/json"})


WORDS: dict[str, tuple[Mistake, str, str, str]] = {
    "a space for the T": (
        row(lambda each: each.update(recorded_at="2026-11-26 08:00:00")), "rows_shape",
        f"incidents: {INSTANT}", '"2026-11-26 08:00:00"',
    ),
    "a session's time without its zone": (
        session(server_time="2026-11-26T08:00:00"), "session_shape", INSTANT,
        '"2026-11-26T08:00:00"',
    ),
    "lng for lon": (
        row(lambda each: each.update(place={"lng": 118.2, "lat": 31.9})), "rows_shape",
        "incidents: a field that is there", "no such field, but lng",
    ),
    "no epoch at all": (
        session(epoch=None), "session_shape", "a field that is there", "no such field",
    ),
    "an empty page where nothing is new": (
        nothing_new_as_a_page, "changes_progress", "204 where nothing is new",
        "200, changes: [], token: ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_a_mistake_is_told_with_what_belongs_there_and_what_was_there(
    name: str, county: CountyServer
):
    mistake, rule, expected, got = WORDS[name]
    with mistaken(county.base_url, mistake) as url:
        found = failures(checked(url))
    assert list(found) == [rule]
    assert found[rule].expected == expected
    assert found[rule].got.startswith(got)


def test_the_time_that_was_expected_of_a_clock_is_an_instant(county: CountyServer):
    ahead = told(SESSION, lambda t: t.update(server_time=shifted(t["server_time"], 3)), "POST")
    with mistaken(county.base_url, ahead) as url:
        found = failures(checked(url))["session_clock"]
    expected = re.fullmatch(r"(\S+) ± 60 s", found.expected)
    assert expected is not None
    assert datetime.fromisoformat(expected[1]).tzinfo is not None


def test_a_command_that_is_not_lawful_is_told_with_the_stage_it_was_given_at(
    county: CountyServer,
):
    def accept_all(asked: Asked, said: Said) -> Said:
        if asked.method == "POST" and b'"kind": "verify"' in asked.body and is_plain(said):
            answer = json.loads(said.body)
            kept = ("key", "version", "durable")
            answer["results"] = [
                {name: each[name] for name in kept if name in each} | {"status": "accepted"}
                for each in answer["results"]
            ]
            said.body = json.dumps(answer).encode()
        return said

    with mistaken(county.base_url, accept_all) as url:
        found = failures(checked(url, write=True))
    assert list(found) == ["commands_stages"]
    assert found["commands_stages"].request == "POST /v1/commands verify, stage dispatched"


def test_refusals_of_commands_in_html_are_one_mistake_and_not_two(county: CountyServer):
    with mistaken(county.base_url, html_refusals) as url:
        assert list(failures(checked(url, write=True))) == ["line_problems"]


def test_a_snapshot_made_anew_for_each_session_needs_a_name_of_its_own(county: CountyServer):
    opened = 0

    def mistake(asked: Asked, said: Said) -> Said:
        nonlocal opened
        opened += asked.path == SESSION
        if asked.path.startswith(SNAPSHOT) and said.status == 200 and is_plain(said):
            said.body += b"\n" * opened
        return said

    with mistaken(county.base_url, mistake) as url:
        found = failures(checked(url))
    assert list(found) == ["snapshot_same"]


@pytest.fixture
def scoped() -> Iterator[CountyServer]:
    """A county with one account, of the one township that its rows are of."""
    accounts = {hashlib.sha256(TOKEN.encode()).hexdigest(): Account("乡镇", ("t1",))}
    with drill_county(accounts=accounts) as (server, _):
        yield server


def test_an_account_with_townships_is_told_no_row_of_another(scoped: CountyServer):
    right = checked(scoped.base_url, LOGIN, write=True)
    assert failures(right) == {}
    assert right.outcomes["rows_scope"].verdict is Verdict.PASS

    def of_another(found: list[dict[str, object]]) -> None:
        for page in found:
            if page.get("collection") == "assets":
                page["rows"][0]["township"] = "t2"  # type: ignore[index]

    with mistaken(scoped.base_url, lines(of_another)) as url:
        wrong = failures(checked(url, LOGIN))
    assert "rows_scope" in wrong
    assert wrong["rows_scope"].path.endswith(".township")
    assert (wrong["rows_scope"].expected, wrong["rows_scope"].got) == ('["t1"]', '"t2"')


def test_who_is_not_let_in_is_told_how_to_log_in(scoped: CountyServer):
    def silent(said: Said) -> None:
        for name in [each for each in said.headers if each.lower() == "www-authenticate"]:
            del said.headers[name]

    with mistaken(scoped.base_url, head("/", silent, "POST")) as url:
        found = failures(checked(url, LOGIN))
    assert list(found) == ["login_required"]
    assert found["login_required"].path == "WWW-Authenticate"


def test_every_collection_of_the_wire_can_be_judged():
    assert set(SCHEMAS) == set(COLLECTIONS)
