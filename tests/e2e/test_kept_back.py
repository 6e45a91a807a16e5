"""`county-desk sync` says when commands could not go, and its exit code does too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import county_desk, write_profile
from support.scripted_county import END, HEAD, PAGES, page, results, session
from support.servers import Said, ScriptedServer, said_lines

KEY = re.compile(r"\b[0-9a-f]{32}\b")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        running.answers["/v1/session"] = session
        running.answers["/v1/snapshot/all/1"] = said_lines(HEAD, *PAGES, END)
        running.answers["/v1/changes"] = page(token="t1")
        yield running


class Office:
    """One desk at a scripted county."""

    def __init__(self, folder: Path, url: str) -> None:
        self.profile, self.folder = folder / "desk.toml", folder / "desk"
        write_profile(self.profile, url)

    def run(self, *words: str):
        options = ("--profile", self.profile, "--profile-dir", self.folder, "--key", "file")
        return county_desk(*words, *options, "--lang", "en")


@pytest.fixture
def office(tmp_path: Path, server: ScriptedServer) -> Office:
    made = Office(tmp_path, server.url)
    assert made.run("sync").returncode == 0
    assert made.run("command", "note", "i1", "text=泵车已到场").returncode == 0
    return made


def test_a_county_that_takes_no_commands_now_is_no_success(office: Office, server: ScriptedServer):
    server.answers["/v1/commands"] = Said(status=503)
    done = office.run("sync")
    assert done.returncode == 1
    assert "unsent=server_busy" in done.stdout
    assert re.search(r"outbox: 1 (stored|sent)=1", done.stdout)


def test_a_command_whose_source_has_left_the_profile_is_said(office: Office):
    text = office.profile.read_text(encoding="utf-8")
    office.profile.write_text(text.replace('id = "county"', 'id = "other"'), encoding="utf-8")
    done = office.run("sync")
    assert done.returncode == 1
    assert "outbox: 1 held=1" in done.stdout
    assert '"county" is no longer in the profile' in done.stdout


def test_an_answer_this_program_does_not_know_is_said(office: Office, server: ScriptedServer):
    def ponder(asked):
        (key,) = set(re.findall(r'"key":"([0-9a-f]{32})"', asked.body.decode()))
        return results({"key": key, "status": "pondering"})

    server.answers["/v1/commands"] = ponder
    done = office.run("sync")
    assert done.returncode == 1
    assert '"pondering"' in done.stdout


def test_once_the_county_has_it_all_is_well(office: Office, server: ScriptedServer):
    def accept(asked):
        (key,) = set(re.findall(r'"key":"([0-9a-f]{32})"', asked.body.decode()))
        return results({"key": key, "status": "accepted"})

    server.answers["/v1/commands"] = accept
    done = office.run("sync")
    assert done.returncode == 0
    assert "outbox:" not in done.stdout


def refusing(texts: str, answer: Said):
    """A county that takes all commands but those that speak of something."""

    def answered(asked):
        body = asked.body.decode()
        if texts in body:
            return answer
        told = re.findall(r'"key":"([0-9a-f]{32})"', body)
        keys = told or asked.target.partition("keys=")[2].split(",")
        return results(*({"key": key, "status": "accepted"} for key in keys))

    return answered


PAGE = Said(b"<html><h1>Blocked by policy</h1></html>", 403, {"Content-Type": "text/html"})


def test_a_web_page_that_refuses_one_note_is_said_on_it_and_on_those_behind_it(
    office: Office, server: ScriptedServer
):
    for target, text in (("i1", "后一"), ("i1", "后二"), ("i2", "别处")):
        assert office.run("command", "note", target, f"text={text}").returncode == 0
    server.answers["/v1/commands"] = refusing("泵车已到场", PAGE)
    done = office.run("sync")
    assert done.returncode == 1
    assert "outbox: 3 " in done.stdout
    first, second, third = (line for line in done.stdout.splitlines() if " note i1 " in line)
    assert "Refused by the server or on the way (403)" in first
    assert "Blocked by policy" in first
    assert second.endswith(third[third.index(" — ") :])
    assert "Waits behind the command before it" in third
    assert " note i2 " not in done.stdout
    table = office.run("outbox").stdout
    assert table.count("Waits behind the command before it") == 2
    assert table.count("Refused by the server or on the way (403)") == 1


def test_a_command_sent_from_a_script_says_what_it_waits_for(
    office: Office, server: ScriptedServer
):
    server.answers["/v1/commands"] = refusing("泵车已到场", PAGE)
    done = office.run("command", "note", "i1", "text=后一", "--sync")
    assert done.returncode == 1
    assert "Waits behind the command before it" in done.stdout.splitlines()[-1]
    assert "does not allow this account" in done.stderr


def test_what_is_written_on_a_waiting_command_goes_with_its_answer(
    office: Office, server: ScriptedServer
):
    server.answers["/v1/commands"] = Said(status=503)
    assert "takes no commands now (503)" in office.run("sync").stdout
    assert "takes no commands now (503)" in office.run("outbox").stdout
    server.answers["/v1/commands"] = refusing("nothing", PAGE)
    assert office.run("sync").returncode == 0
    assert "503" not in office.run("outbox").stdout


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",), ("--limit", "0")])
def test_an_outbox_with_an_unsent_command_is_no_success_in_any_form(
    office: Office, form: tuple[str, ...]
):
    assert office.run("outbox", *form).returncode == 1


@pytest.mark.parametrize(
    "status, exit_status",
    [("accepted", 0), ("received", 0), ("pondering", 1), ("rejected", 1), ("conflict", 1)],
)
def test_the_outbox_ends_well_only_where_nothing_waits_unsent_or_needs_the_officer(
    office: Office, server: ScriptedServer, status: str, exit_status: int
):
    def answer(asked):
        body = asked.body.decode() + asked.target
        return results(*({"key": key, "status": status} for key in KEY.findall(body)))

    server.answers["/v1/commands"] = answer
    office.run("sync")
    assert office.run("outbox").returncode == exit_status


def test_a_command_taken_back_needs_nobody(office: Office):
    (row,) = json.loads(office.run("outbox", "--json").stdout)["rows"]
    assert office.run("outbox", "--cancel", row["key"]).returncode == 0
    assert office.run("outbox").returncode == 0
