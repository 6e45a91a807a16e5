"""A clean Debian in a folder, and programs run in it as if it were a computer of its own."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit.place import must, say

TOOLS = ("mmdebstrap", "xvfb")
ENTER = """\
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mkdir -p "$1/tmp/.X11-unix" && mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"
"""
LEAVE = """\
root=$1; shift
exec chroot "$root" "$@"
"""
"""Where the program runs: the mounts are seen by it alone and end with it."""

QUIET = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", "LC_ALL": "C.UTF-8"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
NO_HOME = "/nonexistent"
HOMES = {"root": "/root", "nobody": NO_HOME}
OFFICER = "officer"
"""The ordinary user of it."""


@dataclass(frozen=True)
class DebianRoot:
    """One such folder; `display` is the screen that its officer sits at."""

    folder: Path
    display: str

    def attempt(
        self,
        words: Sequence[str],
        user: str = "root",
        env: Mapping[str, str] | None = None,
        mounts: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in it to its end; its output is read as one text.

        `mounts` are lines of shell by which this machine changes what the program alone sees; the
        root is `$1`.
        """
        return subprocess.run(
            self.words(words, user, env, mounts),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def words(
        self,
        words: Sequence[str],
        user: str = "root",
        env: Mapping[str, str] | None = None,
        mounts: str = "",
    ) -> list[str]:
        """The words by which this machine runs a program in it."""
        home = HOMES.get(user, f"/home/{user}")
        known = {"PATH": PATH, "HOME": home, "USER": user, **QUIET, **(env or {})}
        pairs = [f"{name}={value}" for name, value in known.items()]
        change = [] if user == "root" else ["runuser", "-u", user, "--"]
        where = "/" if home == NO_HOME else home
        inside = ["env", "-i", "-C", where, *pairs, *change, *words]
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return [*alone, "sh", "-ec", f"{ENTER}{mounts}{LEAVE}", "sh", str(self.folder), *inside]

    def must(
        self, words: Sequence[str], user: str = "root", env: Mapping[str, str] | None = None
    ) -> str:
        """What a program says that has to succeed; otherwise the proof ends here."""
        done = self.attempt(words, user, env)
        if done.returncode:
            print(done.stdout, flush=True)
            say(f"failed in the clean root with status {done.returncode}: {shlex.join(words)}")
            raise SystemExit(1)
        return done.stdout

    def as_officer(self, *words: str) -> str:
        """What a program says that the officer runs at the screen."""
        seen = {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        return self.must(words, OFFICER, seen)


@contextmanager
def debian_root(suite: str) -> Iterator[DebianRoot]:
    """A root with apt and an officer in it, deleted afterwards; takes root and Debian's mirror."""
    if os.geteuid() != 0:
        say("a clean root is made by root alone: run this as root")
        raise SystemExit(1)
    folder = Path(tempfile.mkdtemp(prefix=f"county-desk-{suite}-"))
    folder.chmod(0o755)
    try:
        line = f"deb {_mirror()} {suite} main"
        must(["mmdebstrap", "--quiet", "--variant=apt", suite, folder, line, "--include=passwd"])
        with _screen() as display:
            root = DebianRoot(folder, display)
            root.must(["apt-get", "update", "-q"])
            root.must(["useradd", "--create-home", "--shell", "/bin/bash", OFFICER])
            yield root
    finally:
        shutil.rmtree(folder)


def _mirror() -> str:
    """The mirror that this machine's own apt takes Debian from."""
    form = "$(ORIGIN)|$(COMPONENT)|$(REPO_URI)"
    asked = ["apt-get", "indextargets", "--format", form, "Created-By: Packages"]
    lines = subprocess.check_output(asked, text=True).splitlines()
    found = [line.split("|")[2] for line in lines if line.startswith("Debian|main|")]
    if not found:
        say("apt knows no mirror of Debian: run apt-get update first")
        raise SystemExit(1)
    return found[0]


@contextmanager
def _screen() -> Iterator[str]:
    """The name of a screen that nobody sees; any user of this machine may draw on it."""
    words = ["Xvfb", "-displayfd", "1", "-ac", "-nolisten", "tcp", "-screen", "0", "1366x768x24"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield f":{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()
