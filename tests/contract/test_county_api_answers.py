"""Every answer the reference server gives is one that its published document allows."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.openapi.examples import BODIES, COMMANDS, EXAMPLES
from desktop.county_server.scope import Account
from desktop.county_server.server import CountyServer
from desktop.paths import resources
from desktop.wire import level1
from support.document_values import DOCUMENT, faults

FILE = b"\x89PNG and more of it" * 40
DIGEST = hashlib.sha256(FILE).hexdigest()
ASKED = EXAMPLES["SessionRequest"]
WAYS = {
    re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): told for path, told in DOCUMENT["paths"].items()
}


EXAMPLE = resources() / "county-api" / "example"


class Judge:
    """Asks a county as an integrator's client would, and holds each answer to the document."""

    def __init__(self, url: str) -> None:
        host = url.removeprefix("http://")
        self.line = http.client.HTTPConnection(host, timeout=10)
        self.seen: set[tuple[str, int]] = set()

    def ask(
        self, path: str, body: Any = None, method: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status and the body, which is what the document says of that status."""
        raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        method = method or ("GET" if raw is None else "POST")
        said = {} if raw is None else {"Content-Type": "application/json"}
        self.line.request(method, path, raw, said | (headers or {}))
        answer = self.line.getresponse()
        content = answer.read()
        told = _told(method, path, answer.status)
        self.seen.add((f"{method} {path.partition('?')[0]}", answer.status))
        for name, header in told.get("headers", {}).items():
            assert answer.headers[name] or not header.get("required"), (path, name)
        if not told.get("content"):
            assert content == b"", (path, answer.status, content)
            return answer.status, None
        kind = str(answer.headers["Content-Type"]).partition(";")[0]
        media = told["content"].get(kind) or told["content"]["*/*"]
        return answer.status, _read(media, content, answer.status)


def _told(method: str, path: str, status: int) -> Any:
    """What the document says of such an answer."""
    way = next(told for form, told in WAYS.items() if form.fullmatch(path.partition("?")[0]))
    operation = way.get(method.lower()) or next(iter(way.values()))
    told = operation["responses"][str(status)]
    if "$ref" in told:
        told = DOCUMENT["components"]["responses"][told["$ref"].rpartition("/")[2]]
    return told


def _read(media: Any, content: bytes, status: int) -> Any:
    if "x-line" in media:
        if status == 206:
            return content
        name = media["x-line"]["$ref"].rpartition("/")[2]
        lines = [json.loads(line) for line in content.splitlines()]
        assert [found for line in lines if (found := faults(name, line))] == []
        return lines
    name = media["schema"].get("$ref", "").rpartition("/")[2]
    if not name:
        return content
    value = json.loads(content)
    assert faults(name, value) == []
    return value


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    for collection, type_ in level1.COLLECTIONS.items():
        row = EXAMPLES[type_.__name__]
        found.put(collection, [msgspec.convert(row, type_)])
    yield found
    found.close()


@pytest.fixture
def judge(database: Database) -> Iterator[Judge]:
    with CountyServer(database, Settings("云麓县")) as server:
        found = Judge(server.base_url)
        yield found
        found.line.close()


def test_what_is_read_is_as_published(judge: Judge, database: Database) -> None:
    _, session = judge.ask("/v1/session", ASKED)
    _, lines = judge.ask(session["snapshot"])
    assert set(lines[0]["totals"].values()) == {1}
    assert lines[-1]["rows"] == len(level1.COLLECTIONS)
    token = lines[0]["token"]
    assert judge.ask(f"/v1/changes?since={token}") == (204, None)
    database.put(
        "incidents", [msgspec.convert(EXAMPLES["Incident"] | {"id": "x"}, level1.Incident)]
    )
    database.delete("alarms", [EXAMPLES["Alarm"]["id"]])
    _, changes = judge.ask(f"/v1/changes?since={token}")
    assert sorted("row" in each for each in changes["changes"]) == [False, True]
    judge.ask("/v1/sums")
    _, rows = judge.ask("/v1/buckets?n=" + ",".join(map(str, range(16))))
    assert rows["buckets"] == list(range(16))
    assert judge.ask("/v1/scope")[0] == 204
    assert judge.ask(session["snapshot"], headers={"Range": "bytes=5-"})[0] == 206


def test_what_becomes_of_commands_is_as_published(judge: Judge, database: Database) -> None:
    _, session = judge.ask("/v1/session", ASKED)
    commands = {"epoch": session["epoch"], "fence": session["fence"], "client": ASKED["client"]}
    others = EXAMPLES["Incident"] | {"address": "改过的地址"}
    database.put("incidents", [msgspec.convert(others, level1.Incident)])
    outcomes = set()
    for kind, command in COMMANDS.items():
        status, told = judge.ask("/v1/commands", commands | {"commands": [command]})
        assert status == 200, (kind, told)
        outcomes |= {each["status"] for each in told["results"]}
    assert outcomes == {"accepted", "conflict", "rejected"}
    keys = ",".join(each["key"] for each in COMMANDS.values())
    _, states = judge.ask(f"/v1/commands?keys={keys}")
    assert len(states["results"]) == len(BODIES)


def test_what_becomes_of_files_is_as_published(judge: Judge) -> None:
    offer = {"digest": DIGEST, "size": len(FILE), "media_type": "text/plain"}
    assert judge.ask("/v1/attachments", offer)[1]["offset"] == 0
    ways = {"Content-Range": f"bytes 0-{len(FILE) - 1}/{len(FILE)}"}
    bringing = {"method": "PUT", "headers": ways | {"Content-Type": "application/octet-stream"}}
    assert judge.ask(f"/v1/attachments/{DIGEST}", FILE, **bringing)[1]["offset"] == len(FILE)
    assert judge.ask(f"/v1/attachments/{DIGEST}") == (200, FILE)
    assert judge.ask(f"/v1/attachments/{DIGEST}", headers={"Range": "bytes=7-9"})[0] == 206
    tag = {"If-None-Match": f'"{DIGEST}"'}
    assert judge.ask(f"/v1/attachments/{DIGEST}", headers=tag)[0] == 304
    assert judge.ask(f"/v1/attachments/{'0' * 64}")[0] == 404
    gap = {"Content-Range": f"bytes 9-{len(FILE) - 1}/{len(FILE)}"}
    other = offer | {"digest": "1" * 64}
    judge.ask("/v1/attachments", other)
    bringing["headers"] = gap | {"Content-Type": "application/octet-stream"}
    status, problem = judge.ask(f"/v1/attachments/{'1' * 64}", FILE[9:], **bringing)
    assert (status, problem["offset"]) == (409, 0)


def test_what_goes_wrong_is_as_published(judge: Judge) -> None:
    session = judge.ask("/v1/session", ASKED)[1]
    old = {"epoch": "gone", "fence": 1, "client": "c", "commands": [COMMANDS["note"]]}
    mistakes = [
        (400, "/v1/session", {"nonce": "short"}, {}),
        (415, "/v1/session", b"{}", {"headers": {"Content-Type": "text/plain"}}),
        (413, "/v1/session", b" " * 1_000_001, {}),
        (400, "/v1/changes?since=nonsense", None, {}),
        (409, "/v1/changes?since=zz.1.all", None, {}),
        (400, "/v1/buckets?n=256", None, {}),
        (404, "/v1/snapshot/all/none", None, {}),
        (416, session["snapshot"], None, {"headers": {"Range": "bytes=999999999-"}}),
        (405, "/v1/sums", None, {"method": "DELETE"}),
        (409, "/v1/commands", old, {}),
        (400, "/v1/commands?keys=x", None, {}),
    ]
    for status, path, body, more in mistakes:
        found, problem = judge.ask(path, body, **more)
        assert found == status, (path, problem)
        assert problem["status"] == status


def test_who_may_not_in_is_told_so_as_published(database: Database) -> None:
    accounts = {hashlib.sha256(b"letmein").hexdigest(): Account("south", ("south",))}
    with CountyServer(database, Settings("云麓县", accounts=accounts)) as server:
        judge = Judge(server.base_url)
        assert judge.ask("/v1/session", ASKED)[0] == 401
        let_in = {"Authorization": "Bearer letmein"}
        _, session = judge.ask("/v1/session", ASKED, headers=let_in)
        assert session["townships"] == ["south"]
        judge.line.close()


def test_the_example_server_answers_as_published_too(tmp_path: Path) -> None:
    words = [EXAMPLE / "county.py", EXAMPLE / "rows.json", tmp_path / "state.db", "0"]
    with subprocess.Popen(
        [sys.executable, "-I", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        judge = Judge(process.stdout.readline().decode().strip())
        try:
            _, session = judge.ask("/v1/session", ASKED)
            _, lines = judge.ask(session["snapshot"])
            token = lines[0]["token"]
            assert judge.ask(f"/v1/changes?since={token}") == (204, None)
            told = {"epoch": session["epoch"], "fence": session["fence"]}
            commands = [COMMANDS["create"], COMMANDS["void"]]
            asked = told | {"client": ASKED["client"], "commands": commands}
            _, results = judge.ask("/v1/commands", asked)
            assert [each["status"] for each in results["results"]] == ["accepted", "rejected"]
            _, changes = judge.ask(f"/v1/changes?since={token}")
            assert [each["id"] for each in changes["changes"]] == [COMMANDS["create"]["target"]]
            assert judge.ask("/v1/sums")[0] == 404
        finally:
            judge.line.close()
            process.terminate()
