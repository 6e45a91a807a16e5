"""A file of accounts that its operator changes while the county is served."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from desktop.county_server.http.account_file import read_accounts
from desktop.county_server.http.api import Settings
from desktop.county_server.http.roster import LOOK_EVERY_S, Roster
from support.http_desk import HttpDesk
from support.street import Street, clock, database, street

__all__ = ["clock", "database", "street"]

FIRST, SECOND = "the first of tokens", "the second of tokens"


def account(name: str, token: str, officer: str = "") -> str:
    names = json.dumps([officer] if officer else [], ensure_ascii=False)
    return f'[[account]]\nname = "{name}"\ntoken = "{token}"\nofficers = {names}\n'


class Office:
    """A county served by a file of accounts, and a desk for each token."""

    def __init__(self, folder: Path, street: Street, clock: list[float]) -> None:
        self.file, self._street, self._clock = folder / "accounts.toml", street, clock
        self.write(account("zhang", FIRST, "张伟"))
        self.file.chmod(0o600)
        accounts = read_accounts(self.file)
        self.server = street.serve(Settings(accounts=accounts, accounts_file=self.file))

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def desk(self, token: str) -> HttpDesk:
        return self._street.desk(self.server, token)

    def answer(self, token: str) -> int:
        """What it is answered once the file may be looked at again."""
        self._clock[0] += LOOK_EVERY_S
        return self.desk(token).ask("GET", "/v1/scope")[0]


@pytest.fixture
def office(tmp_path: Path, street: Street, clock: list[float]) -> Office:
    return Office(tmp_path, street, clock)


def test_an_account_that_is_added_is_let_in_and_one_taken_out_no_more(office: Office):
    assert (office.answer(FIRST), office.answer(SECOND)) == (204, 401)
    office.write(account("zhang", FIRST) + account("li", SECOND))
    assert (office.answer(FIRST), office.answer(SECOND)) == (204, 204)
    office.write(account("li", SECOND))
    assert (office.answer(FIRST), office.answer(SECOND)) == (401, 204)


@pytest.mark.expects_log("the accounts stay as they were")
@pytest.mark.parametrize("wrong", ["[[account", "", account("zhang", "short"), None])
def test_a_file_that_is_wrong_or_gone_keeps_the_accounts_and_is_logged_once(
    office: Office, caplog: pytest.LogCaptureFixture, wrong: str | None
):
    assert office.answer(FIRST) == 204
    with caplog.at_level(logging.WARNING):
        if wrong is None:
            office.file.unlink()
        else:
            office.write(wrong)
        assert [office.answer(FIRST) for _ in range(3)] == [204] * 3
    (told,) = caplog.records
    assert "accounts.toml" in told.getMessage()
    office.write(account("li", SECOND))
    office.file.chmod(0o600)
    assert office.answer(SECOND) == 204


@pytest.mark.expects_log("chmod 600")
def test_a_file_that_others_may_read_by_now_is_taken_no_more(
    office: Office, caplog: pytest.LogCaptureFixture
):
    assert office.answer(FIRST) == 204
    office.file.chmod(0o644)
    office.write(account("li", SECOND))
    with caplog.at_level(logging.WARNING):
        assert (office.answer(SECOND), office.answer(FIRST)) == (401, 204)
    assert "chmod 600" in caplog.text


def test_the_file_is_looked_at_once_a_second_and_no_oftener(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    now = [1_000.0]
    looks: list[Path] = []
    stat = Path.stat
    file = tmp_path / "accounts.toml"
    file.touch(0o600)
    file.write_text(account("zhang", FIRST), encoding="utf-8")
    roster = Roster({}, file, lambda: now[0])

    def counted(path: Path, **how: bool) -> object:
        looks.extend([path] if path == file else [])
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", counted)
    assert [each.name for each in roster.accounts().values()] == ["zhang"]
    read = len(looks)
    for _ in range(50):
        roster.accounts()
    assert len(looks) == read
    now[0] += LOOK_EVERY_S
    roster.accounts()
    assert len(looks) == read + 1, "it has not changed: it is not read"
    now[0] -= 3_600
    roster.accounts()
    assert len(looks) == read + 2, "a clock that was set back puts it off for nobody"


def test_names_on_commands_belong_to_whom_the_file_gives_them_now(office: Office):
    assert office.answer(FIRST) == 204

    def noted(by: str) -> str:
        return str(office.desk(FIRST).give("note", by=by, body={"text": "到场"})["status"])

    assert (noted("张伟"), noted("李娜")) == ("accepted", "rejected")
    office.write(account("zhang", FIRST, "李娜"))
    assert office.answer(FIRST) == 204
    assert (noted("张伟"), noted("李娜")) == ("rejected", "accepted")
