"""An officer's desk in a clean root, and the county it reports to, for the proof of upgrades."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from devkit.packages.proofs.debian_root import OFFICER, DebianRoot
from devkit.place import PYTHON, ROOT, say

PROFILE = """\
[desk]
name = "upgraded"
title = {{ zh = "升级", en = "Upgrade" }}
language = "en"
[link]
daily_bytes = 20_000_000
[[source]]
id = "county"
kind = "county"
title = {{ zh = "县平台", en = "County platform" }}
url = "{url}"
"""
LAYOUT = "[chosen]\ntheme=dark\nexport_folder=/srv\n"
HOME = f"home/{OFFICER}"
DATA = f"{HOME}/.local/share/county-desk/upgraded"
PLACE = f"/{HOME}/.config/county-desk/profile.toml"
OPTIONS = ("--profile", PLACE, "--key", "file")
FILL = """
import sys
from desktop.__main__ import main
target, photo, count, *options = sys.argv[1:]
def do(*words):
    assert main(["command", *words, *options]) == 0
do("attach", target, f"file={photo}")
for number in range(int(count)):
    do("create", "-", f"title=第 {number} 件", "category=flood")
"""
DRAFT = """
import sys
from pathlib import Path
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, Key
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.outbox.store import open_outbox
folder, clock = Path(sys.argv[1]), SystemClock()
outbox = open_outbox(folder, KeyFile().key(folder), clock)
target = Key("county", Collection.INCIDENTS, "I1")
if sys.argv[2:]:
    outbox.keep_draft(target, sys.argv[2], clock.now())
print(outbox.draft(target))
outbox.close()
"""
PYTHONS = ("current/bin/python", "bin/python")
"""The program's interpreter in its folder: of a build, and as it lay before there were builds."""


@dataclass
class DemoCounty:
    """The fictional county, run from the checkout: no upgrade touches it."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve what was there before, or a new county."""
        words = ["--port", str(self.port), "--database", str(self.folder / "county.db")]
        words += ["--speed", "0", "--incidents", "60"]
        program = [str(PYTHON), "-m", "desktop", "demo-county", *words]
        self.process = subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def stop(self) -> None:
        """End it; idempotent."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def insist_on_once(self, count: int) -> None:
        """End the proof unless it was given that many new incidents and a photo, each once."""
        db = sqlite3.connect(f"file:{self.folder}/county.db?mode=ro", uri=True)
        [(rows,)] = db.execute("SELECT count(*) FROM rows WHERE id LIKE 'new-%'").fetchall()
        [(commands,)] = db.execute("SELECT count(*) FROM commands").fetchall()
        db.close()
        if (rows, commands) != (count, count + 1):
            say(f"the county has {rows} new incidents of {commands} commands")
            raise SystemExit(1)


@contextmanager
def demo_county() -> Iterator[DemoCounty]:
    """A county that is there for the first exchange, and then not until it is started again."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        county = DemoCounty(Path(folder), port)
        try:
            county.start()
            yield county
        finally:
            county.stop()


@dataclass(frozen=True)
class Kept:
    """What an officer has: the commands in their order, and the bytes or text of the rest."""

    commands: tuple[tuple[str, str, str], ...]
    draft: str
    files: tuple[bytes, ...]


class Desk:
    """The officer's desk in that root."""

    def __init__(self, root: DebianRoot, url: str) -> None:
        self._root = root
        profile = root.folder / PLACE.lstrip("/")
        profile.parent.mkdir(parents=True, exist_ok=True)
        profile.write_text(PROFILE.format(url=url), encoding="utf-8")
        (root.folder / HOME / "photo.jpg").write_bytes(bytes(range(256)) * 200)
        root.must(["chown", "-R", f"{OFFICER}:", f"/{HOME}"])

    def fill(self, count: int, county: DemoCounty) -> None:
        """Read the county once; then, without it, give commands, a photo and half a note."""
        self._run("sync", "--once")
        county.stop()
        listed = json.loads(self._run("list", "incidents", "--offline", "--json"))
        target = next(row["id"] for row in listed["rows"] if row["stage"] == "handling")
        self._python(FILL, target, f"/{HOME}/photo.jpg", str(count), *OPTIONS)
        self._python(DRAFT, f"/{DATA}", "写到一半的情况")
        layout = self._root.folder / DATA / "layout.ini"
        layout.write_text(LAYOUT, encoding="utf-8")
        self._root.must(["chown", f"{OFFICER}:", f"/{DATA}/layout.ini"])

    def tell(self) -> Kept:
        """All that must outlive an upgrade."""
        rows = json.loads(self._run("outbox", "--json", "--limit", "1000", good=(0, 1)))["rows"]
        commands = tuple((row["key"], row["kind"], row["state"]) for row in rows)
        draft = self._python(DRAFT, f"/{DATA}").strip()
        kept = (self._root.folder / DATA / "layout.ini", self._root.folder / PLACE.lstrip("/"))
        return Kept(commands, draft, tuple(each.read_bytes() for each in kept))

    def read_files(self) -> dict[str, bytes]:
        """Every file of the desk's folder, in full."""
        folder = self._root.folder / DATA
        return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}

    def try_outbox(self) -> tuple[int, str]:
        """The exit status and the words of a look into the outbox."""
        done = self._root.attempt(["county-desk", "outbox", *OPTIONS], OFFICER)
        return done.returncode, done.stdout

    def insist_on_working(self) -> None:
        """End the proof unless the outbox opens and is full."""
        status, said = self.try_outbox()
        if status != 1:
            print(said, flush=True)
            say(f"the outbox does not open: status {status}")
            raise SystemExit(1)

    def open_once(self) -> None:
        """Have the installed version bring the desk to its own form."""
        self._run("sync", "--once", good=(1,))

    def send_all(self) -> None:
        """Exchange with the county until nothing waits."""
        for _ in range(20):
            self._root.attempt(["county-desk", "sync", "--once", *OPTIONS], OFFICER)
            if self.try_outbox()[0] == 0:
                return
        print(self.try_outbox()[1], flush=True)
        say("commands still wait after twenty exchanges")
        raise SystemExit(1)

    def _run(self, *words: str, good: tuple[int, ...] = (0,)) -> str:
        done = self._root.attempt(["county-desk", *words, *OPTIONS], OFFICER)
        if done.returncode not in good:
            print(done.stdout, flush=True)
            say(f"status {done.returncode}: county-desk {' '.join(words)}")
            raise SystemExit(1)
        return done.stdout[done.stdout.index("{") :] if "--json" in words else done.stdout

    def _python(self, text: str, *words: str) -> str:
        home = self._root.folder / "usr/lib/county-desk"
        python = next(each for each in PYTHONS if (home / each).is_symlink())
        return self._root.must(
            [f"/usr/lib/county-desk/{python}", "-I", "-c", text, *words], OFFICER
        )
