"""`county-desk courier` beside an open window: the same words and statuses as without one."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.command import main as county_server
from desktop.gui.first_paint import VARIABLE
from desktop.storage.sqlite.folder_lock import FolderLock
from support.courier_pairing import pair_office
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile

pytestmark = pytest.mark.timeout(240)
NOT_OPENED_HERE = "This computer has no keyring"
"""Said by whoever opens the store."""
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


class Office:
    """A desk folder, whose window can be opened, and the county it is paired with."""

    def __init__(self, folder: Path, county: County) -> None:
        self._folder, self._county = folder, county
        profile = write_profile(folder / "desk.toml", county.url)
        self._own = ("--profile", profile, "--profile-dir", folder / "desk", "--key", "file")
        assert self.run("sync", "--once").returncode == 0
        pair_office(self.courier, self.at_the_county, folder, "东桥")

    def at_the_county(self, *words: str) -> None:
        assert county_server(["courier", *words, "--database", str(self._county.database)]) == 0

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return county_desk(*words, *self._own, "--lang", "en", environment=OFFSCREEN)

    def courier(self, *words: str | Path, status: int = 0) -> str:
        done = self.run("courier", *words)
        assert done.returncode == status, done.stdout + done.stderr
        return "".join(
            line
            for line in (done.stdout + done.stderr).splitlines(keepends=True)
            if NOT_OPENED_HERE not in line
        )

    def rows(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*words, "--json").stdout)["rows"]
        return found

    @contextmanager
    def window(self) -> Iterator[None]:
        """The desk's window, in a process of its own."""
        painted = self._folder / "painted"
        painted.unlink(missing_ok=True)
        process = subprocess.Popen(
            [*PROGRAM, "desk", *map(str, self._own), "--lang", "zh_CN"],
            cwd=ROOT,
            env=dict(os.environ) | OFFSCREEN | {VARIABLE: os.fspath(painted)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(painted.exists, 40, "incidents painted")
            # It listens for later starts a moment after its first paint.
            until(lambda: self.run("courier", "import", "-").returncode == 1, 40, "listening")
            assert process.poll() is None
            yield
        finally:
            process.terminate()
            assert process.wait(10) == 0


def without_numbers(text: str) -> str:
    """What was said, for any number of a bundle."""
    return re.sub(r"\d{10,}", "N", text)


def test_a_stick_is_written_and_read_beside_an_open_window(tmp_path: Path) -> None:
    with County(tmp_path, "--speed", "0", "--incidents", "60") as county:
        office = Office(tmp_path, county)
        [(target,)] = county.ask("SELECT id FROM rows WHERE collection='incidents' LIMIT 1")
        county.stop()
        assert office.run("command", "note", target, "text=桥面积水").returncode == 0
        bundle, receipts = tmp_path / "up.cdb", tmp_path / "receipts"
        closed = office.courier("export", bundle)
        torn = tmp_path / "torn.cdb"
        torn.write_bytes(bundle.read_bytes()[:-3])
        missing = tmp_path / "nothing.cdb"
        refused = office.courier("import", torn, missing, status=1)
        with office.window():
            assert without_numbers(office.courier("export", bundle)) == without_numbers(closed)
            assert office.courier("import", torn, missing, status=1) == refused
            assert "--source" in office.courier("export", bundle, "--source", "no", status=2)
            assert "use a stick" not in office.courier("export", "--codes", tmp_path / "codes")
            assert office.courier("pair", "--county", tmp_path / "county.pairing", status=3)
            office.at_the_county("import", str(bundle), "--receipts", str(receipts))
            (receipt,) = receipts.iterdir()
            given = os.path.relpath(receipt, ROOT)
            said = office.courier("import", given)
            assert said.startswith(f"{given}: receipt of bundle")
            assert "1 commands answered" in said
            assert "county data as of" in said
            (row,) = office.rows("outbox")
            assert row["state"] == "accepted"
            sessions = county.ask("SELECT fence FROM clients")
            county.start()
            until(lambda: county.ask("SELECT fence FROM clients") != sessions, 40, "a session")
            said = office.courier("import", receipt)
            assert "1 commands answered" in said
            assert "as new, or newer" in said
        assert county.commands() == 1, "the line repeats nothing of it"


def test_a_desk_that_a_script_holds_is_still_in_use(tmp_path: Path) -> None:
    with County(tmp_path, "--speed", "0", "--incidents", "60") as county:
        office = Office(tmp_path, county)
        (lock,) = (tmp_path / "desk").rglob("open.lock")
        with closing(FolderLock(lock.parent)) as script:
            assert script.take()
            assert "already open" in office.courier("export", tmp_path / "up.cdb", status=2)
        assert not (tmp_path / "up.cdb").exists()
