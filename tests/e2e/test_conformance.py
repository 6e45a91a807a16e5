"""`county-desk conformance` as an integrator uses it, on a real server in a process of its own."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from support.program import County, county_desk, free_port, write_profile
from support.servers import PORTAL, ScriptedServer

SMALL = ("--incidents", "40", "--speed", "0")


def test_each_rule_is_one_line_and_all_is_well_with_the_demo_county(tmp_path: Path):
    junit = tmp_path / "junit.xml"
    with County(tmp_path, *SMALL) as county:
        done = county_desk("conformance", county.url, "--junit", junit)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "通过 line_answers  每个请求都有 HTTP/1.1（或 1.0）应答。"
    assert any(line.startswith("未试 commands_cut  要试指令请加 --write") for line in lines)
    assert lines[-1].startswith(f"{county.url}：通过 ")
    suite = ET.parse(junit).getroot()
    assert (int(suite.attrib["tests"]), suite.attrib["failures"]) == (len(lines) - 1, "0")
    assert len(suite) == len(lines) - 1


def test_commands_survive_a_restart_that_the_given_command_makes(tmp_path: Path):
    with County(tmp_path, *SMALL, "--drill") as county:
        asked = tmp_path / "asked"
        restart = f'{sys.executable} -c \'open(r"{asked}", "x")\''
        done = county_desk(
            *("conformance", county.url, "--write", "--json", "--lang", "en"),
            *("--restart-command", restart),
        )
        assert asked.exists()
    told = json.loads(done.stdout)
    assert [each["rule"] for each in told["rules"] if each["verdict"] == "fail"] == []
    restarted = {each["rule"]: each for each in told["rules"] if each["rule"].startswith("restart")}
    assert {each["verdict"] for each in restarted.values()} == {"pass"}
    assert told["server"]["drill"] is True
    assert done.returncode == 0


def test_nothing_is_written_to_a_server_that_is_no_drills(tmp_path: Path):
    with County(tmp_path, *SMALL) as county:
        done = county_desk("conformance", county.url, "--write", "--lang", "en")
        assert county.commands() == 0
    assert done.returncode == 2
    assert "does not say that it is a drill's" in done.stderr


def test_a_server_that_is_none_is_told_by_the_rule_and_the_place():
    with ScriptedServer({"*": PORTAL}) as server:
        done = county_desk("conformance", server.url, "--lang", "en")
    assert done.returncode == 1
    (failed,) = (line for line in done.stdout.splitlines() if line.startswith("FAIL"))
    assert failed.startswith(
        "FAIL line_media  POST /v1/session  Content-Type  expected application/json  got "
        '"text/html: <!DOCTYPE html>'
    )


def test_nobody_there_and_a_token_in_the_clear_are_said_in_words(tmp_path: Path):
    nobody = f"http://127.0.0.1:{free_port()}"
    done = county_desk("conformance", nobody, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not answer: POST /v1/session: " in done.stderr
    token = tmp_path / "token"
    token.write_text("secret\n", encoding="utf-8")
    token.chmod(0o600)
    done = county_desk("conformance", "http://192.0.2.1", "--token-file", token, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not go out over plain http" in done.stderr
    assert "secret" not in done.stderr
    assert county_desk("conformance", "county.example").returncode == 2


def test_a_token_file_that_others_can_read_is_refused_here_too(tmp_path: Path):
    token = tmp_path / "token"
    token.write_text("secret-of-ours\n", encoding="utf-8")
    token.chmod(0o644)
    words = ("conformance", "http://127.0.0.1:9", "--token-file", token, "--lang", "en")
    done = county_desk(*words)
    assert done.returncode == 2
    assert "can be read by other users" in done.stderr
    assert "secret-of-ours" not in done.stdout + done.stderr


def test_a_profile_gives_the_login_and_odd_words_are_refused_in_words(tmp_path: Path):
    accounts, token = tmp_path / "accounts.toml", tmp_path / "token"
    accounts.write_text('[[account]]\nname = "op"\ntoken = "s3cret-token"\n', encoding="utf-8")
    token.write_text("s3cret-token\n", encoding="utf-8")
    for private in (accounts, token):
        private.chmod(0o600)
    folder = ("--profile-dir", tmp_path / "desk", "--key", "file")
    with County(tmp_path, *SMALL, "--accounts", accounts) as county:
        profile = write_profile(tmp_path / "desk.toml", county.url)
        given = county_desk("conformance", county.url, "--token-file", token)
        assert given.returncode == 0
        assert "通过 login_required" in given.stdout
        bare = county_desk("conformance", county.url, "--lang", "en")
        assert bare.returncode == 1
        assert "FAIL session_status" in bare.stdout
        keep = ("login", "county", "--profile", profile)
        kept = county_desk(*keep, *folder, typed="s3cret-token\n")
        assert kept.returncode == 0, kept.stderr
        known = county_desk("conformance", county.url, "--profile", profile, *folder)
        assert known.returncode == 0, known.stdout + known.stderr
        wrong = county_desk("conformance", "http://127.0.0.1:9", "--profile", profile, *folder)
        assert wrong.returncode == 2
        assert "里没有地址为" in wrong.stderr
    for url in ("http://[::1", "ftp://x", "http://"):
        assert county_desk("conformance", url).returncode == 2
