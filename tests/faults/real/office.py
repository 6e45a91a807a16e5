"""A desk as a folder and a command line: its disk can be imaged, set back, copied and killed."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path
from typing import Any

import msgspec

from faults.real import file_keyring
from faults.real.line import Line
from faults.real.programs import Process, Programs
from faults.real.zygote import CLOCK

PROFILE = """\
[desk]
name = "real"
title = {{ zh = "云麓县", en = "Yunlu County" }}
timezone = "Asia/Shanghai"
officer = "{officer}"

[[source]]
id = "{source}"
kind = "county"
title = {{ zh = "县平台", en = "County" }}
url = "{url}"
expected_period_s = 15
"""
NOBODY = "http://127.0.0.1:9"
LISTED = ("incidents", "assets", "queues", "warnings", "alarms")


class ProgramFailed(Exception):
    """A command that must always be possible was not; what it said."""


class Said(msgspec.Struct, frozen=True):
    """How one command ended."""

    exit: int
    out: str
    err: str


class Office:
    """One desk; its programs run one after the other, as its lock demands."""

    def __init__(self, root: Path, name: str, programs: Programs, line: Line) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.root, self.name, self.line = root, name, line
        self.disk = root / "disk"
        self.disk.mkdir(exist_ok=True)
        self.login = ""
        self.clicks: list[str] = []
        self.excused: set[str] = set()
        self.was_killed = False
        self.has_twin = False
        self.clock_s = 0
        """By how much this desk's own clock is wrong."""
        self._programs = programs
        self.plug(in_profile=True)

    def plug(self, *, in_profile: bool) -> None:
        """Write the profile with the county in it, or with another source in its place."""
        self.is_plugged = in_profile
        profile = PROFILE.format(
            officer=f"值班员-{self.name}",
            source="county" if in_profile else "neighbour",
            url=self.line.url if in_profile else NOBODY,
        )
        (self.root / "desk.toml").write_text(profile, encoding="utf-8")

    def start(self, *words: str, given: Path | None = None, fresh: bool = False) -> Process:
        """`county-desk` with these words, on this desk, running."""
        options = ["--profile", str(self.root / "desk.toml"), "--lang", "zh_CN"]
        if words[0] != "login":
            options += ["--profile-dir", str(self.disk / "store"), "--key", "file"]
        return self._programs.start(
            [*words, *options],
            self.root / "out",
            self.root / "err",
            environment={
                file_keyring.PLACE: str(self.disk / "keyring.json"),
                CLOCK: str(self.clock_s),
            },
            given=given,
            fresh=fresh and not self.clock_s,
        )

    def run(
        self, *words: str, kill_ms: int = -1, given: Path | None = None, fresh: bool = False
    ) -> Said:
        """The same to its end, or to its death so long after the start."""
        process = self.start(*words, given=given, fresh=fresh)
        if kill_ms >= 0:
            timer = threading.Timer(kill_ms / 1000, process.kill)
            timer.start()
        status = process.wait()
        if kill_ms >= 0:
            timer.cancel()
            timer.join()
            self.was_killed = self.was_killed or status < 0
        return self.said(status)

    def said(self, status: int) -> Said:
        """What the last program wrote."""
        out, err = (
            (self.root / name).read_text(encoding="utf-8", errors="replace")
            for name in ("out", "err")
        )
        return Said(status, out, err)

    def log_in(self, name: str, token: str) -> Said:
        """Keep a token in this desk's keyring."""
        typed = self.root / "token"
        typed.write_text(token + "\n", encoding="utf-8")
        self.login = name
        return self.run("login", "county", given=typed)

    def outbox(self) -> list[dict[str, Any]]:
        """Every command on this disk, as the program tells of it, oldest first."""
        said = self.run("outbox", "--json")
        if said.exit not in (0, 1):
            raise ProgramFailed(f"{self.name}: outbox ended with {said.exit}: {said.err}")
        rows: list[dict[str, Any]] = json.loads(said.out)["rows"]
        return sorted(rows, key=lambda row: int(row["seq"]))

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row on this disk by collection, without asking anybody."""
        found = {}
        for collection in LISTED:
            said = self.run("list", collection, "--json", "--all", "--whole", "--offline")
            if said.exit not in (0, 1):
                raise ProgramFailed(f"{self.name}: list ended with {said.exit}: {said.err}")
            found[collection] = json.loads(said.out)["rows"]
        return found

    def image(self, name: str) -> None:
        """Copy the disk away."""
        _copy(self.disk, self.root / f"image-{name}")
        (self.root / f"image-{name}.clicks").write_text(json.dumps(self.clicks))

    def roll_back(self, name: str) -> None:
        """Put the copied disk in the place of this one."""
        _copy(self.root / f"image-{name}", self.disk)
        self.clicks = json.loads((self.root / f"image-{name}.clicks").read_text())
        self.line.life += 1
        self.has_twin = True

    def clone_from(self, other: Office) -> None:
        """Go on from a copy of another desk's disk."""
        _copy(other.disk, self.disk)
        self.has_twin = other.has_twin = True
        self.clicks, self.login = list(other.clicks), other.login
        self.line.life += 1

    def lose(self, file: str) -> None:
        """One of the store's files is gone, with what stands beside it."""
        for each in (self.disk / "store").glob(f"{file}*"):
            each.unlink()
        self.line.life += 1

    def readable(self, secrets: list[str]) -> list[str]:
        """Files of the store in which one of these texts can be read."""
        wanted = [secret.encode() for secret in secrets]
        return [
            str(file.relative_to(self.disk))
            for file in sorted((self.disk / "store").rglob("*"))
            if file.is_file() and any(each in file.read_bytes() for each in wanted)
        ]


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
