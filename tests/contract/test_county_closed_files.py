"""What a county keeps on its disk is closed to the other users of the computer."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop.county_server.db.backups import restore, save
from desktop.county_server.db.database import Database
from desktop.county_server.db.disk import private_folder
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.wire.level2 import MEDIA
from support.county_rows import incident
from support.http_desk import HttpDesk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
BODY = b"\xff\xd8\xff" + bytes(range(256)) * 8


@pytest.fixture(params=[0o000, 0o022], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the one who starts the server may have set."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> set[tuple[str, int]]:
    """What lies in a folder, with how it is open to whom."""
    return {
        ("folder" if each.is_dir() else "file", stat.S_IMODE(each.stat().st_mode))
        for each in folder.rglob("*")
    }


CLOSED = {("folder", 0o700), ("file", 0o600)}


@pytest.mark.usefixtures("umask")
def test_no_other_user_can_read_what_a_county_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ours = tmp_path / "ours"
    private_folder(ours)
    private_folder(ours / "tmp")
    monkeypatch.setattr(tempfile, "tempdir", str(ours / "tmp"))
    with closing(Database(ours / "county.db")) as database:
        database.put("incidents", [incident("i1")])
        with CountyServer(database, Settings(snapshot_level=1)) as server:
            desk = HttpDesk(server)
            desk.bring(BODY)
            desk.ask("POST", "/v1/attachments", {"digest": "a" * 64, "size": 9})
            desk.ask("PUT", f"/v1/attachments/{'a' * 64}", b"123", Content_Range="bytes 0-2/9")
            assert desk.rows()
            asked = {"nonce": "n" * 16, "client": desk.client}
            assert desk.ask("POST", "/v1/session", asked, Accept=MEDIA)[0] == 200
            assert modes(ours) == CLOSED
            assert len(list(ours.rglob("*.ndjson*"))) == 2
            assert list(ours.rglob("*.cd2"))
            assert [each.name[:3] for each in ours.rglob("coming/*")] == ["aaa"]
            desk.close()
        save(ours / "county.db", ours / "backup")
    restore(ours / "other" / "county.db", ours / "backup")
    assert modes(ours) == CLOSED


def test_a_county_made_under_a_wide_umask_is_closed_when_it_is_opened_next(tmp_path: Path):
    path = tmp_path / "county.db"
    with closing(Database(path)) as database, CountyServer(database) as server:
        desk = HttpDesk(server)
        desk.bring(BODY)
        desk.close()
    for each in (tmp_path, *tmp_path.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    with closing(Database(path)) as database, CountyServer(database):
        assert modes(tmp_path) == CLOSED
