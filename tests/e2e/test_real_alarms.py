"""Alarms of a real Prometheus and Alertmanager, both behind a password and an own authority."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop import bootstrap
from desktop.application.i18n import Words
from desktop.domain.alarm import Alarm
from desktop.domain.command import Collection, Key
from desktop.storage.keys.encryption_key import KeyFile
from support.guarded_prometheus import GuardedPrometheus, guarded_prometheus
from support.program import ROOT, county_desk, until
from support.real_prometheus import missing_programs

pytestmark = pytest.mark.real

USER, PASSWORD = "值班员", "石门 horse:电池"
BCRYPT = "$2b$04$abcdefghijklmnopqrstuuxr.ts6Ekdt1lvlsJMrPT9mSaxEjcDk2"
PROFILE = """\
[desk]
name = "pumps"
title = {{ zh = "示范县", en = "Example" }}
timezone = "Asia/Shanghai"
officer = "张三"

[[source]]
id = "pumps"
kind = "prometheus"
title = {{ zh = "泵站", en = "Pumps" }}
url = "{url}"
alertmanager_url = "{alertmanager}"
alertmanager_login = true
ca_file = "{ca_file}"
login = "basic"
user = "{user}"
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedPrometheus]:
    assert not missing_programs(), "install prometheus, its alertmanager and node-exporter"
    folder = tmp_path_factory.mktemp("guarded")
    with guarded_prometheus(folder, USER, BCRYPT, PASSWORD) as running:
        yield running


def profile_for(servers: GuardedPrometheus, folder: Path) -> Path:
    file = folder / "pumps.toml"
    text = PROFILE.format(
        url=servers.url,
        alertmanager=servers.alertmanager_url,
        ca_file=servers.ca_file,
        user=USER,
    )
    file.write_text(text, "utf-8")
    return file


def secret_in(folder: Path, secret: str) -> Path:
    file = folder / "secret"
    file.touch(mode=0o600)
    file.write_text(secret, "utf-8")
    return file


class Desk:
    """The desk below its screens, which exchanges when told to."""

    def __init__(self, desk: bootstrap.Desk) -> None:
        self._desk = desk

    def alarms(self) -> dict[str, Alarm]:
        """What the officer is shown after an exchange, by the pump's number."""
        self._desk.engine.exchange_once()
        found = (group.alarm for group in self._desk.board.alarms())
        return {alarm.title.zh[:1]: alarm for alarm in found}

    def calling(self) -> set[str]:
        return {pump for pump, alarm in self.alarms().items() if alarm.state.calls}

    def acknowledge(self, pump: str) -> None:
        """What a click on the strip does; the answer is in when it is back."""
        alarm = self.alarms()[pump]
        self._desk.board.commands.acknowledge(Key(alarm.source, Collection.ALARMS, alarm.id))
        self._desk.engine.exchange_once()


@contextmanager
def a_desk(servers: GuardedPrometheus, folder: Path) -> Iterator[Desk]:
    profile = bootstrap.load_profile(profile_for(servers, folder))
    words = Words(ROOT / "resources", "zh_CN")
    desk = bootstrap.Desk(
        *(profile, folder, KeyFile().key(folder), words, []),
        given=lambda _source: PASSWORD,
    )
    try:
        yield Desk(desk)
    finally:
        desk.close()


def test_an_alarm_acknowledged_at_the_desk_calls_again_when_it_fires_again(
    servers: GuardedPrometheus, tmp_path: Path
):
    with a_desk(servers, tmp_path) as desk:
        servers.pumps(**{"1": True, "2": True})
        until(lambda: desk.calling() == {"1", "2"}, 20, "both pumps call")
        desk.acknowledge("1")
        assert desk.calling() == {"2"}
        (silence,) = servers.ask(f"{servers.alertmanager_url}/api/v2/silences")
        assert silence["createdBy"] == "张三"
        first = desk.alarms()["1"]
        servers.pumps(**{"1": False})
        until(lambda: "1" not in desk.alarms(), 20, "the first alarm returned")
        servers.pumps(**{"1": True})
        until(lambda: "1" in desk.alarms(), 20, "it fired again")
        assert servers.alerts()["1"]["status"]["silencedBy"] == [silence["id"]]
        again = desk.alarms()["1"]
        assert (again.id, again.raised_at > first.raised_at) == (first.id, True)
        assert (again.state.calls, again.acknowledged_at) == (True, None)
        desk.acknowledge("1")
        assert desk.calling() == {"2"}
        servers.silence("李四", severity="critical")
        until(lambda: len(servers.alerts()["2"]["status"]["silencedBy"]) == 1, 20, "it is wider")
        assert desk.alarms()["2"].acknowledged_by == ""
        assert desk.alarms()["2"].state == "shelved"
        assert desk.alarms()["1"].acknowledged_by == "张三"


def test_a_script_acknowledges_an_alarm_while_not_all_of_them_have_been_told(
    servers: GuardedPrometheus, tmp_path: Path
):
    where = ("--profile", profile_for(servers, tmp_path), "--profile-dir", tmp_path / "desk")
    token = ("--token-file", secret_in(tmp_path, PASSWORD))
    login = (*where, "--key", "file", *token)

    def listed() -> dict[str, Any]:
        county_desk("sync", "--once", *login)
        found = json.loads(county_desk("list", "alarms", "--json", *login).stdout)
        return {row["title"][:1]: row for row in found["rows"]}

    servers.pumps(**{"3": True})
    until(lambda: "3" in listed(), 40, "the alarm is listed")
    done = county_desk("command", "acknowledge", listed()["3"]["id"], "--sync", *login)
    assert "accepted" in done.stdout, done.stdout + done.stderr
    assert listed()["3"]["state"] == "acknowledged"
    assert listed()["3"]["acknowledged_by"] == "张三"


@pytest.mark.parametrize(
    ("secret", "without", "code", "said"),
    [
        ("wrong", "", "password_refused", "不接受配置里的用户名或本机存的密码"),
        (PASSWORD, "ca_file", "tls_untrusted", "证书"),
        (PASSWORD, "alertmanager_login", "login_elsewhere", "alertmanager_login = true"),
        (PASSWORD, "", "ok", ""),
    ],
)
def test_what_keeps_a_guarded_source_out_is_told_in_words_that_lead_on(
    servers: GuardedPrometheus, tmp_path: Path, secret: str, without: str, code: str, said: str
):
    file = profile_for(servers, tmp_path)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not (without and line.startswith(without))]
    file.write_text("".join(kept), "utf-8")
    done = county_desk(
        *("sync", "--once", "--profile", file, "--profile-dir", tmp_path / "desk"),
        *("--key", "file", "--token-file", secret_in(tmp_path, secret), "--lang", "zh_CN"),
    )
    assert done.returncode == int(code != "ok"), done.stderr
    assert code in done.stdout
    assert said in done.stdout
    assert secret not in done.stdout + done.stderr
