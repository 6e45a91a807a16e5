"""The checker of servers finds nothing wrong with our own, at either level, commands too."""

from __future__ import annotations

import hashlib
import json
import random
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desktop.conformance import rules
from desktop.conformance.checker import NotADrill
from desktop.conformance.findings import Report, Verdict
from desktop.conformance.line import Line, Unreachable
from desktop.conformance.told import Teller
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.paths import resources
from support.county_rows import snapshot_of
from support.drill_county import checked, drill_county, failures, fill, incident
from support.servers import Asked, Said
from support.wrong_county import is_plain, mistaken

UNTRIED_HERE = {"login_required", "rows_scope", "token_old", *rules.RESTART}


def untried(report: Report) -> set[str]:
    return {each.rule for each in report.outcomes.values() if each.verdict is Verdict.NOT_TRIED}


def test_our_own_server_keeps_every_rule_of_both_levels():
    with drill_county() as (server, _):
        report = checked(server.base_url, write=True)
    assert failures(report) == {}
    assert untried(report) == UNTRIED_HERE


def test_a_server_that_is_no_drills_is_given_no_command():
    with drill_county(drill=False) as (server, database):
        with pytest.raises(NotADrill):
            checked(server.base_url, write=True)
        with database.reading() as connection:
            assert connection.execute("SELECT count(*) FROM commands").fetchone() == (0,)
        assert failures(checked(server.base_url)) == {}


def test_with_a_token_it_tries_that_nobody_is_let_in_without():
    accounts = {hashlib.sha256(b"s3cret-token").hexdigest(): Account("操作员")}
    with drill_county(accounts=accounts) as (server, _):
        report = checked(server.base_url, "Bearer s3cret-token")
        assert failures(report) == {}
        assert report.outcomes["login_required"].verdict is Verdict.PASS
        assert list(failures(checked(server.base_url))) == ["session_status"]


@pytest.mark.parametrize("townships", [(), ("t1",)], ids=["county", "township"])
def test_commands_are_tried_under_the_name_and_in_the_township_of_the_account(
    townships: tuple[str, ...],
):
    accounts = {hashlib.sha256(b"s3cret").hexdigest(): Account("操作员", townships)}
    with drill_county(accounts=accounts) as (server, _):
        report = checked(server.base_url, "Bearer s3cret", write=True)
    assert failures(report) == {}
    tried_here = {"login_required", *(("rows_scope",) if townships else ())}
    assert untried(report) == UNTRIED_HERE - tried_here


def test_a_server_that_was_restarted_still_knows_what_it_did(tmp_path: Path):
    file = tmp_path / "county.db"
    with drill_county(file) as (server, database):
        port = urlsplit(server.base_url).port or 0
        later: list[CountyServer | Database] = []

        def restart() -> bool:
            server.close()
            database.close()
            again = Database(file)
            later.append(CountyServer(again, Settings(drill=True), port=port))
            later.append(again)
            later[0].start()
            return True

        report = checked(server.base_url, write=True, restart=restart)
        for each in later:
            each.close()
    assert failures(report) == {}
    assert {report.outcomes[rule].verdict for rule in rules.RESTART} == {Verdict.PASS}


def test_a_token_of_long_ago_is_tried_where_one_is_given():
    database = Database(None)
    fill(database)
    _, old = snapshot_of(database)
    database.put("incidents", [incident(3, stage="dispatched")])
    database.forget(retention_s=-60)
    with CountyServer(database) as server:
        report = checked(server.base_url, old_token=old)
    database.close()
    assert failures(report) == {}
    assert report.outcomes["token_old"].verdict is Verdict.PASS


def test_every_rule_and_every_reason_has_its_sentence_in_both_languages():
    file = resources() / "i18n" / "conformance.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    for rule in rules.RULES:
        assert all(table[rule][language].strip() for language in ("zh", "en")), rule
    assert len(set(rules.RULES)) == len(rules.RULES)
    for name, texts in table.items():
        assert set(texts) == {"zh", "en"}, name


def test_what_a_stranger_says_drives_neither_terminal_nor_build_server():
    teller = Teller({}, "en")
    report = Report(["rows_words"])
    report.judge("rows_words", False, got="\x1b[2J</failure>\ud800")
    assert "\x1b" not in "".join(teller.lines(report, "http://x"))
    assert "<" not in teller.as_junit(report, "u").partition("<failure")[2].partition("/>")[0]


def test_an_address_without_a_server_is_no_verdict():
    with pytest.raises(Unreachable):
        checked("http://127.0.0.1:1")
    assert Line("http://127.0.0.1:1").logs_in is False


ODD = (None, True, -1, 1.5, 10**400, "", "\0", [], {}, [[]], {"a": [None]})


def spoilt(value: Any, dice: random.Random) -> Any:
    """The value with something else somewhere within it."""
    if isinstance(value, dict | list) and value and dice.random() < 0.8:
        places = list(value) if isinstance(value, dict) else range(len(value))
        place = dice.choice(places)
        value[place] = spoilt(value[place], dice)
        return value
    return dice.choice(ODD)


def test_whatever_a_server_says_the_check_comes_to_its_end():
    dice = random.Random(8)

    def mistake(asked: Asked, said: Said) -> Said:
        if said.status == 200 and is_plain(said) and dice.random() < 0.3:
            first, *rest = said.body.splitlines()
            spoiled = json.dumps(spoilt(json.loads(first), dice)).encode()
            said.body = b"\n".join([spoiled, *rest]) + b"\n"
        elif said.status == 200 and not is_plain(said):
            said.body = said.body[: dice.randrange(len(said.body))]
        return said

    with drill_county() as (server, _), mistaken(server.base_url, mistake) as url:
        for _ in range(20):
            try:
                assert checked(url, write=dice.random() < 0.5).failures
            except NotADrill:
                continue  # Of all that was spoilt, that it is a drill's.
