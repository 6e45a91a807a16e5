"""`county-desk demo-county` as a process: its one line, its exit statuses, its reload."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.command import main as operate

RUN = """
import argparse, sys
from desktop.demo import command
command.LOOK_EVERY_S = 0.05
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.main(parser.parse_args()))
"""
ROW = '{"id": "%s", "title": "路灯不亮", "recorded_at": "2026-05-01T06:00:00+08:00"}'


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        yield process, process.stdout.readline().strip()
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_a_county_beside_a_program_ends_with_it_however_that_ends():
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "--port", "0", "--incidents", "20", "--with-input"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdin.close()
        assert process.wait(30) == 0


def finished(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def county_server(*words: str) -> int:
    """The exit status of the operator's program."""
    return operate(words)


def lines_of(url: str) -> list[dict[str, object]]:
    request = urllib.request.Request(
        f"{url}/v1/session",
        b'{"nonce": "12345678", "client": "c"}',
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        session = json.load(answer)
    with urllib.request.urlopen(url + session["snapshot"], timeout=10) as answer:
        return [json.loads(line) for line in answer]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_where_it_serves_and_ends_in_peace(number: signal.Signals) -> None:
    with running("--incidents", "50") as (process, url):
        assert lines_of(url)[-1]["end"] is True
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")


DEAD = """
import uvicorn
uvicorn.Server.run = lambda *given, **named: None
"""


def test_a_county_whose_server_has_ended_says_so_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEAD + RUN, "--port", "0", "--incidents", "60"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "answers nobody" in done.stderr) == (1, True), done.stderr


def test_own_files_are_served_and_followed(tmp_path: Path) -> None:
    file = tmp_path / "incidents.json"
    file.write_text(f"[{ROW % 'a'}]", encoding="utf-8")
    with running("--load", str(tmp_path)) as (process, url):
        assert '"a"' in json.dumps(lines_of(url))
        file.write_text(f"[{ROW % 'a'}, 5]", encoding="utf-8")
        assert process.stderr is not None
        assert "read: incidents 1; data as of" in process.stderr.readline()
        assert process.stderr.readline().startswith("incidents.json:1:")
        assert '"a"' in json.dumps(lines_of(url))


def posted(url: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_a_county_of_files_takes_no_command_that_the_next_change_would_undo(
    tmp_path: Path,
) -> None:
    file = tmp_path / "incidents.json"
    file.write_text(f"[{ROW % 'a'}]", encoding="utf-8")
    with running("--load", str(tmp_path)) as (_, url):
        session = posted(url, "/v1/session", {"nonce": "12345678", "client": "c"})
        note = {
            "key": "a" * 32,
            "seq": 1,
            "kind": "note",
            "target": "a",
            "collection": "incidents",
            "at": "2026-05-01T06:00:00+08:00",
            "by": "王",
            "body": {"text": "已到场"},
        }
        asked = {"epoch": session["epoch"], "fence": session["fence"], "client": "c"}
        told = posted(url, "/v1/commands", {**asked, "commands": [note]})
        (result,) = told["results"]
        assert result["status"] == "rejected"
        assert "文件" in result["reason"]["zh"]
        assert "files" in result["reason"]["en"]
        assert "已到场" not in json.dumps(lines_of(url), ensure_ascii=False)


def test_wrong_files_are_told_and_nothing_is_served(tmp_path: Path) -> None:
    (tmp_path / "assets.json").write_text("[{}]", encoding="utf-8")
    found = finished("--load", str(tmp_path), "--port", "0")
    assert (found.returncode, found.stdout) == (2, "")
    assert (
        found.stderr == "assets.json:1:2: $[0]: 缺少必填的 id / the required field id is missing\n"
    )


def test_a_data_folder_is_kept_backed_up_while_it_is_served_and_restored(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    county = ("--data", data, "--incidents", "20", "--speed", "0")
    with running(*county) as (_, url):
        before = posted(url, "/v1/session", {"nonce": "12345678", "client": "c"})
        assert county_server("backup", str(tmp_path / "backup"), "--data", data) == 0
        second = finished(*county, "--port", "0")
        assert (second.returncode, second.stdout) == (4, "")
        assert "stop it first" in second.stderr
        assert county_server("restore", str(tmp_path / "backup"), "--data", data) == 4
    assert county_server("restore", str(tmp_path / "backup"), "--data", data) == 0
    with running(*county) as (_, url):
        after = posted(url, "/v1/session", {"nonce": "12345678", "client": "c"})
    assert after["server"] == before["server"]
    assert after["epoch"] != before["epoch"]


def test_own_files_do_not_take_the_place_of_a_county_with_its_commands(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "incidents.json").write_text(f"[{ROW % 'a'}]", encoding="utf-8")
    data = ("--data", str(tmp_path / "data"), "--incidents", "20", "--speed", "0")
    with running(*data) as (_, url):
        before = lines_of(url)
    found = finished(*data, "--load", str(files), "--port", "0")
    assert (found.returncode, found.stdout) == (2, "")
    assert "choose another folder" in found.stderr
    with running(*data) as (_, url):
        assert lines_of(url)[0] == before[0]


def test_data_that_ends_before_what_was_told_durable_is_served_only_when_told_to(
    tmp_path: Path,
) -> None:
    county = ("--data", str(tmp_path), "--incidents", "20", "--speed", "0")
    with running(*county):
        pass
    promise = {"server": "another", "number": 5, "at": 1_777_600_000}
    (tmp_path / "county.db.durable").write_text(json.dumps(promise))
    found = finished(*county, "--port", "0")
    assert (found.returncode, found.stdout) == (3, "")
    assert "4 条" in found.stderr
    assert "4 commands" in found.stderr
    with running(*county, "--accept-loss") as (_, url):
        assert lines_of(url)[-1]["end"] is True


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        found = finished("--incidents", "20", "--port", port)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.count("\n") == 1
    assert found.stderr.startswith(f"127.0.0.1:{port}: ")


BEARER = {"Authorization": "Bearer first s3cret"}


def test_only_the_accounts_of_the_file_are_let_in(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text('[[account]]\nname = "zhang"\ntoken = "first s3cret"\n', encoding="utf-8")
    accounts.chmod(0o600)
    with running("--incidents", "20", "--speed", "0", "--accounts", str(accounts)) as (_, url):
        ask = urllib.request.Request(f"{url}/v1/scope", headers=BEARER)
        with urllib.request.urlopen(ask) as answer:
            assert answer.status == 204
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/v1/scope")


def test_a_wrong_file_of_accounts_is_said_and_nothing_is_served(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text('[[account]]\nname = "zhang"\n', encoding="utf-8")
    accounts.chmod(0o600)
    done = finished("--accounts", str(accounts))
    assert (done.returncode, done.stdout) == (2, "")
    assert "accounts.toml:1:" in done.stderr
    assert finished("--accounts", str(tmp_path / "none.toml")).returncode == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "county.example"])
def test_nobody_is_served_over_a_network_without_accounts_or_unread(
    tmp_path: Path, host: str
) -> None:
    done = finished("--host", host, "--incidents", "20")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--accounts" in done.stderr
    accounts = tmp_path / "accounts.toml"
    accounts.write_text('[[account]]\nname = "zhang"\ntoken = "first s3cret"\n', encoding="utf-8")
    accounts.chmod(0o600)
    done = finished("--host", host, "--incidents", "20", "--accounts", str(accounts))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--tls-cert" in done.stderr
    assert "加密" in done.stderr


def test_plain_http_over_a_network_is_served_when_it_is_asked_for(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text('[[account]]\nname = "zhang"\ntoken = "first s3cret"\n', encoding="utf-8")
    accounts.chmod(0o600)
    wide = ("--host", "0.0.0.0", "--plain-http", "--accounts", str(accounts))
    with running("--incidents", "20", "--speed", "0", *wide) as (_, url):
        here = url.replace("0.0.0.0", "127.0.0.1")
        with urllib.request.urlopen(
            urllib.request.Request(f"{here}/v1/scope", headers=BEARER)
        ) as answer:
            assert answer.status == 204
