"""Files brought to the reference backend and read from it, over HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import KEEP_UPLOADS_S, Attachments
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.server import CountyServer
from desktop.wire.level1 import Command, Commands, File, Incident
from support.county_rows import MOMENT, incident
from support.openings import open_session
from support.pictures import SVG, a_png, a_thumbnail, png_part

BODY = a_png(extra=png_part(b"tEXt", bytes(range(256)) * 40))
"""A picture that can be a thumbnail, too."""
DIGEST = hashlib.sha256(BODY).hexdigest()
OFFER = {"digest": DIGEST, "size": len(BODY), "media_type": "image/jpeg"}
LIMIT = 20_000
ACCOUNTS = {
    hashlib.sha256(name.encode()).hexdigest(): Account(name, townships)
    for name, townships in {"north": ("north",), "south": ("south",), "county": ()}.items()
}


class Line:
    """One desk's connection, under an account's token."""

    def __init__(self, server: CountyServer, token: str = "") -> None:
        self._http = http.client.HTTPConnection(server.base_url.removeprefix("http://"), timeout=10)
        self._token = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._http.request(method, path, body, named | self._token)
        response = self._http.getresponse()
        return response.status, response.headers, response.read()

    def offer(self, offered: dict[str, Any] | None = None) -> tuple[int, Any]:
        body = json.dumps(offered or OFFER).encode()
        asked = self.ask("POST", "/v1/attachments", body, Content_Type="application/json")
        return asked[0], json.loads(asked[2])

    def bring(
        self, first: int, piece: bytes, size: int = len(BODY), digest: str = DIGEST
    ) -> tuple[int, Any]:
        status, _, body = self.ask(
            "PUT",
            f"/v1/attachments/{digest}",
            piece,
            Content_Range=f"bytes {first}-{first + len(piece) - 1}/{size}",
        )
        return status, json.loads(body)

    def read(self, digest: str = DIGEST, **headers: str) -> tuple[int, Any, bytes]:
        return self.ask("GET", f"/v1/attachments/{digest}", **headers)

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident("i1", township="north", version=1)])
    found.put("incidents", [incident("i2", township="south", version=1)])
    yield found
    found.close()


@pytest.fixture
def line(database: Database) -> Iterator[Line]:
    with CountyServer(database, Settings(file_limit=LIMIT)) as server:
        found = Line(server)
        yield found
        found.close()


FILE = {"digest": DIGEST, "name": "现场.jpg", "size": len(BODY), "media_type": "image/jpeg"}


def attach(
    database: Database,
    target: str,
    account: Account = ANYBODY,
    file: dict[str, Any] = FILE,
) -> Incident:
    """Give the command that names the file; the row afterwards."""
    body = {"file": file}
    command = Command("1" * 32, 1, "attach", target, "incidents", MOMENT, "07", body=body)
    fence = open_session(database, "desk", account)
    asked = Commands(database.epoch, fence, "desk", (command,))
    (result,) = do_commands(database, asked, account, Rules(file_limit=LIMIT)).results
    assert result.status == "accepted", result.reason
    return the_row(database, target)


def the_row(database: Database, row_id: str) -> Incident:
    (row,) = database.rows("incidents", [row_id])
    assert isinstance(row, Incident)
    return row


def test_a_file_comes_in_pieces_and_is_there_when_it_is_whole(line: Line):
    assert line.offer() == (200, {"magic": "county-desk/1", **state(0)})
    assert line.read()[0] == 404
    assert line.bring(0, BODY[:4000])[1]["offset"] == 4000
    assert line.offer()[1]["offset"] == 4000
    assert line.read()[0] == 404
    assert line.bring(4000, BODY[4000:])[1]["offset"] == len(BODY)
    status, headers, body = line.read()
    assert (status, body) == (200, BODY)
    assert headers["ETag"] == f'"{DIGEST}"'
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"] == "attachment"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in headers["Cache-Control"]
    assert line.offer()[1]["offset"] == len(BODY)


def state(offset: int) -> dict[str, Any]:
    return {"digest": DIGEST, "size": len(BODY), "offset": offset}


def test_a_reader_goes_on_where_its_line_was_cut(line: Line):
    line.offer()
    line.bring(0, BODY)
    status, headers, body = line.read(Range="bytes=6000-", If_Range=f'"{DIGEST}"')
    assert (status, body) == (206, BODY[6000:])
    assert headers["Content-Range"] == f"bytes 6000-{len(BODY) - 1}/{len(BODY)}"
    assert line.read(If_None_Match=f'"{DIGEST}"')[0] == 304
    assert line.read(Range=f"bytes={len(BODY)}-")[0] == 416


def test_a_gap_is_refused_with_the_place_to_go_on_from(line: Line):
    line.offer()
    line.bring(0, BODY[:1000])
    status, told = line.bring(1001, BODY[1001:2000])
    assert (status, told["offset"]) == (409, 1000)
    assert told["type"].endswith(":file-gap")
    assert line.bring(1000, BODY[1000:])[0] == 200


def test_bytes_brought_again_must_be_the_same(line: Line):
    line.offer()
    line.bring(0, BODY[:1000])
    status, told = line.bring(500, b"?" * 1000)
    assert (status, told["offset"]) == (409, 1000)
    assert line.bring(500, BODY[500:2000])[1]["offset"] == 2000
    assert line.bring(0, BODY[:100])[1]["offset"] == 2000
    assert line.bring(2000, BODY[2000:])[0] == 200
    assert line.read()[2] == BODY


def test_a_file_that_is_not_what_its_digest_says_is_thrown_away(line: Line):
    line.offer()
    status, told = line.bring(0, b"?" * len(BODY))
    assert (status, told["type"].rpartition(":")[2]) == (422, "file-digest")
    assert line.read()[0] == 404
    assert line.bring(0, BODY)[0] == 404
    assert line.offer()[1]["offset"] == 0
    assert line.bring(0, BODY)[0] == 200


def test_too_large_a_file_is_told_the_limit_before_a_byte_is_sent(line: Line):
    status, told = line.offer(OFFER | {"size": LIMIT + 1})
    assert status == 413
    assert str(LIMIT) in told["detail"]


@pytest.mark.parametrize(
    ("first", "piece", "size"),
    [(0, BODY[:10], len(BODY) - 1), (len(BODY) - 5, BODY[:10], len(BODY))],
    ids=["another size", "beyond the end"],
)
def test_a_range_that_is_none_of_the_offer_is_refused(
    line: Line, first: int, piece: bytes, size: int
):
    line.offer()
    status, told = line.bring(first, piece, size)
    assert (status, told["offset"]) == (409, 0)


@pytest.mark.parametrize("given", ["", "bytes 0-9", "bytes */10", "items 0-9/10"])
def test_a_piece_must_say_which_bytes_it_is(line: Line, given: str):
    line.offer()
    headers = {"Content_Range": given} if given else {}
    assert line.ask("PUT", f"/v1/attachments/{DIGEST}", BODY[:10], **headers)[0] == 400


def test_what_was_not_offered_is_not_taken(line: Line):
    assert line.bring(0, BODY)[0] == 404
    assert line.ask("PUT", "/v1/attachments/x", b"1", Content_Range="bytes 0-0/1")[0] == 404


def test_a_body_shorter_than_its_range_keeps_what_came(line: Line):
    line.offer()
    status, _, body = line.ask(
        "PUT", f"/v1/attachments/{DIGEST}", BODY[:700], Content_Range=f"bytes 0-999/{len(BODY)}"
    )
    assert (status, json.loads(body)["offset"]) == (409, 700)
    assert line.bring(700, BODY[700:])[0] == 200


def test_a_strange_media_type_is_served_as_bytes(line: Line):
    line.offer(OFFER | {"media_type": "text/html\r\nX-Evil: 1"})
    line.bring(0, BODY)
    _, headers, _ = line.read()
    assert headers["Content-Type"] == "application/octet-stream"
    assert "X-Evil" not in headers


def test_a_row_says_when_its_file_has_come_whole(database: Database, line: Line):
    assert [each.here for each in attach(database, "i1").files] == [False]
    line.offer()
    line.bring(0, BODY[:50])
    assert not the_row(database, "i1").files[0].here
    line.bring(50, BODY[50:])
    assert the_row(database, "i1").files[0].here
    assert the_row(database, "i1").version == 3


def test_a_file_that_is_there_already_is_here_at_once(database: Database, line: Line):
    line.offer()
    line.bring(0, BODY)
    assert [each.here for each in attach(database, "i1").files] == [True]


def test_a_files_arrival_is_no_conflict_for_who_saw_the_row_before(database: Database, line: Line):
    seen = attach(database, "i1")
    line.offer()
    line.bring(0, BODY)
    body = {"unit": "市政科"}
    command = Command(
        "f" * 32, 2, "dispatch", "i1", "incidents", MOMENT, "08", base=seen.version, body=body
    )
    asked = Commands(database.epoch, open_session(database, "other"), "other", (command,))
    assert do_commands(database, asked, ANYBODY).results[0].status == "accepted"


def lines(server: CountyServer) -> dict[str, Line]:
    return {name: Line(server, name) for name in ("north", "south", "county")}


def test_a_file_is_for_who_brought_it_and_who_sees_a_row_that_names_it(database: Database):
    with CountyServer(database, Settings(accounts=ACCOUNTS, file_limit=LIMIT)) as server:
        desks = lines(server)
        desks["north"].offer()
        desks["north"].bring(0, BODY)
        assert {name: each.read()[0] for name, each in desks.items()} == {
            "north": 200,
            "south": 404,
            "county": 404,
        }
        attach(database, "i1", Account("north", ("north",)))
        assert {name: each.read()[0] for name, each in desks.items()} == {
            "north": 200,
            "south": 404,
            "county": 200,
        }
        assert "Authorization" in desks["north"].read()[1]["Vary"]
        for each in desks.values():
            each.close()


def test_a_file_that_another_system_names_is_for_who_sees_its_row(database: Database):
    named = File(DIGEST, "现场.jpg", "image/jpeg", len(BODY))
    database.put("incidents", [incident("i2", township="south", files=(named,))])
    with CountyServer(database, Settings(accounts=ACCOUNTS, file_limit=LIMIT)) as server:
        desks = lines(server)
        desks["county"].offer()
        desks["county"].bring(0, BODY)
        assert {name: each.read()[0] for name, each in desks.items()} == {
            "north": 404,
            "south": 200,
            "county": 200,
        }
        database.delete("incidents", ["i2"])
        assert desks["south"].read()[0] == 404
        for each in desks.values():
            each.close()


def test_a_thumbnail_is_seen_by_who_sees_its_incident(database: Database):
    thumbnail = OFFER
    file = {"digest": "b" * 64, "name": "大图.jpg", "size": 15_000, "thumbnail": DIGEST}
    with CountyServer(database, Settings(accounts=ACCOUNTS, file_limit=LIMIT)) as server:
        desks = lines(server)
        row = attach(database, "i1", Account("north", ("north",)), file=file)
        desks["north"].offer(thumbnail)
        desks["north"].bring(0, BODY)
        assert desks["county"].read()[0] == 200
        assert desks["south"].read()[0] == 404
        assert the_row(database, "i1") == row
        for each in desks.values():
            each.close()


BAD_THUMBNAILS = {
    "another kind": SVG,
    "too many bytes": a_thumbnail(b"x") + bytes(70_000),
    "too many pixels": a_png(1_100, 1_000),
    "cut": BODY[:-9],
}


@pytest.mark.parametrize("first", ["the command", "the bytes"])
@pytest.mark.parametrize("name", sorted(BAD_THUMBNAILS))
def test_what_is_no_small_picture_is_nobodys_thumbnail_and_the_file_itself_stays(
    database: Database, name: str, first: str
):
    body = BAD_THUMBNAILS[name]
    digest = hashlib.sha256(body).hexdigest()
    file = {"digest": "b" * 64, "name": "大图.jpg", "size": 15_000, "thumbnail": digest}
    with CountyServer(database, Settings(file_limit=LIMIT * 9)) as server:
        line = Line(server)
        if first == "the command":
            assert attach(database, "i1", file=file).files[0].thumbnail == digest
        line.offer({"digest": digest, "size": len(body), "media_type": "image/png"})
        assert line.bring(0, body, len(body), digest)[1]["offset"] == len(body)
        if first == "the bytes":
            attach(database, "i1", file=file)
        (kept,) = the_row(database, "i1").files
        assert (kept.digest, kept.thumbnail) == ("b" * 64, "")
        _, headers, told = line.read(digest)
        assert told == body
        drawn = name.startswith("too many bytes")
        assert headers["Content-Type"] == ("image/png" if drawn else "application/octet-stream")
        line.close()


def test_a_file_that_only_says_it_is_a_picture_is_given_as_none(line: Line):
    body = SVG * 9
    digest = hashlib.sha256(body).hexdigest()
    line.offer({"digest": digest, "size": len(body), "media_type": "image/jpeg"})
    line.bring(0, body, len(body), digest)
    assert line.read(digest)[1]["Content-Type"] == "application/octet-stream"


def test_knowing_a_digest_does_not_open_somebody_elses_file(database: Database):
    with CountyServer(database, Settings(accounts=ACCOUNTS, file_limit=LIMIT)) as server:
        desks = lines(server)
        desks["north"].offer()
        desks["north"].bring(0, BODY)
        row = attach(database, "i2", Account("south", ("south",)))
        assert not row.files[0].here
        assert desks["south"].read()[0] == 404
        assert desks["south"].offer()[1]["offset"] == 0
        desks["south"].bring(0, BODY)
        assert desks["south"].read()[0] == 200
        assert the_row(database, "i2").files[0].here
        for each in desks.values():
            each.close()


def test_a_half_brought_file_is_thrown_away_when_nobody_goes_on_with_it():
    now_s = [1_000_000.0]
    database = Database(time_s=lambda: now_s[0])
    with CountyServer(database, Settings(file_limit=LIMIT)) as server:
        line = Line(server)
        line.offer()
        line.bring(0, BODY[:100])
        attachments = Attachments(database, LIMIT)
        now_s[0] += KEEP_UPLOADS_S - 10
        assert attachments.sweep() == 0
        now_s[0] += 20
        assert attachments.sweep() == 1
        assert line.bring(100, BODY[100:])[0] == 404
        assert line.offer()[1]["offset"] == 0
        line.close()
    database.close()
