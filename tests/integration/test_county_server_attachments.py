"""Pieces of files that are cut, doubled or lost with the power."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Arrival, Attachments, ByteRange
from desktop.county_server.http.file_routes import FileRoutes
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import FileOffer, FileState

BODY = bytes(range(251)) * 200
SIZE = len(BODY)
DIGEST = hashlib.sha256(BODY).hexdigest()
LIMIT = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "county.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    found = Database(path)
    yield found
    found.close()


@pytest.fixture
def attachments(database: Database) -> Attachments:
    return Attachments(database, LIMIT)


def offered(attachments: Attachments) -> int:
    return attachments.offer(FileOffer(DIGEST, SIZE), ANYBODY).offset


def begun(attachments: Attachments, first: int) -> Arrival:
    arrival = attachments.begin(DIGEST, ByteRange(first, SIZE - 1, SIZE), ANYBODY)
    assert isinstance(arrival, Arrival)
    return arrival


def bring(attachments: Attachments, first: int, piece: bytes) -> FileState:
    arrival = begun(attachments, first)
    arrival.write(piece)
    return attachments.finish(arrival)


def put(routes: FileRoutes, first: int, *events: dict[str, Any]) -> Any:
    """Let the route have a request whose body arrives as these events."""
    waiting = list(events)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/v1/attachments/{DIGEST}",
        "path_params": {"digest": DIGEST},
        "query_string": b"",
        "headers": [(b"content-range", f"bytes {first}-{SIZE - 1}/{SIZE}".encode())],
        "state": {"account": ANYBODY},
    }
    return asyncio.run(routes.either(Request(scope, receive)))


def test_what_came_before_the_line_was_cut_is_kept(attachments: Attachments):
    offered(attachments)
    routes = FileRoutes(attachments, personal=False)
    came = {"type": "http.request", "body": BODY[:30_001], "more_body": True}
    with pytest.raises(ApiError):
        put(routes, 0, came, {"type": "http.disconnect"})
    assert offered(attachments) == 30_001
    rest = {"type": "http.request", "body": BODY[30_001:], "more_body": False}
    assert put(routes, 30_001, rest).status_code == 200
    found = attachments.find(DIGEST, ANYBODY)
    assert found is not None
    assert found.path.read_bytes() == BODY


def test_a_newer_piece_breaks_an_older_one_off_and_keeps_what_it_brought(attachments: Attachments):
    offered(attachments)
    hanging = begun(attachments, 0)
    hanging.write(BODY[:1000])
    newer = begun(attachments, 500)
    with pytest.raises(ApiError) as caught:
        hanging.write(BODY[1000:2000])
    assert caught.value.kind == "file-newer"
    assert attachments.finish(hanging).offset == 1000
    newer.write(BODY[500:])
    assert attachments.finish(newer).offset == SIZE
    assert attachments.find(DIGEST, ANYBODY) is not None


def test_a_crash_loses_only_the_piece_under_way(
    path: Path, attachments: Attachments, tmp_path_factory: pytest.TempPathFactory
):
    offered(attachments)
    bring(attachments, 0, BODY[:1000])
    begun(attachments, 1000).write(BODY[1000:3000])
    left = shutil.copytree(path.parent, tmp_path_factory.mktemp("crash") / "left")
    restarted = Database(left / path.name)
    again = Attachments(restarted, LIMIT)
    assert offered(again) == 1000
    assert bring(again, 1000, BODY[1000:]).offset == SIZE
    assert again.find(DIGEST, ANYBODY) is not None
    restarted.close()
    attachments.close()


def test_bytes_the_disk_lost_are_asked_for_again(path: Path, attachments: Attachments):
    offered(attachments)
    bring(attachments, 0, BODY[:1000])
    (part,) = (path.parent / "county.db.files" / "coming").iterdir()
    with part.open("r+b") as file:
        file.truncate(400)
    assert offered(attachments) == 400
    bring(attachments, 400, BODY[400:])
    assert attachments.find(DIGEST, ANYBODY) is not None


def test_a_crash_between_the_last_byte_and_the_check_is_made_good(
    attachments: Attachments, monkeypatch: pytest.MonkeyPatch
):
    offered(attachments)
    with monkeypatch.context() as patch:
        patch.setattr("desktop.county_server.files.attachments.access.note_arrival", _crash)
        with pytest.raises(RuntimeError):
            bring(attachments, 0, BODY)
    assert attachments.find(DIGEST, ANYBODY) is None
    assert offered(attachments) == SIZE
    assert attachments.find(DIGEST, ANYBODY) is not None


def _crash(*_: object) -> None:
    raise RuntimeError("power cut")


def test_a_full_disk_is_told_and_loses_nothing_kept_before(
    attachments: Attachments, monkeypatch: pytest.MonkeyPatch
):
    offered(attachments)
    bring(attachments, 0, BODY[:1000])
    arrival = begun(attachments, 1000)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr("desktop.county_server.files.attachments.os.fsync", full)
        arrival.write(BODY[1000:2000])
        with pytest.raises(ApiError) as caught:
            attachments.finish(arrival)
    assert (caught.value.status, caught.value.kind) == (507, "storage-full")
    assert offered(attachments) == 1000


def test_a_county_that_takes_no_files_says_so(database: Database):
    with pytest.raises(ApiError) as caught:
        Attachments(database, 0).offer(FileOffer(DIGEST, SIZE), ANYBODY)
    assert caught.value.status == 413
    assert "不接收" in caught.value.detail


def test_a_file_whose_content_is_gone_is_asked_for_again(attachments: Attachments):
    offered(attachments)
    bring(attachments, 0, BODY)
    found = attachments.find(DIGEST, ANYBODY)
    assert found is not None
    found.path.unlink()
    assert attachments.find(DIGEST, ANYBODY) is None
    assert offered(attachments) == 0
    bring(attachments, 0, BODY)
    assert attachments.find(DIGEST, ANYBODY) is not None
