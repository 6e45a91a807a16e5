"""The proof of the program's folder: a clean Debian without a Python, an ordinary user."""

from __future__ import annotations

import shutil
import time

from devkit import debian
from devkit.packages import frozen
from devkit.packages.proofs import installed_deb
from devkit.packages.proofs.debian_root import debian_root
from devkit.place import say


def prove() -> None:
    """Use the folder in a clean Debian that has no Python, as an ordinary user."""
    debian.provide(("mmdebstrap", "xvfb"))
    folder = frozen.build()
    with debian_root("bookworm") as root:
        shutil.copytree(folder, root.folder / "opt" / frozen.NAME, symlinks=True)
        root.must(["apt-get", "install", "-y", "-q", "--no-install-recommends", *frozen.NEEDS])
        if not root.attempt(["python3", "--version"]).returncode:
            say("this Debian has a Python: the proof would prove nothing")
            raise SystemExit(1)
        began = time.monotonic()
        program = f"/opt/{frozen.NAME}/{frozen.NAME}"
        print(root.as_officer(program, "selftest"), end="")
        say(f"self-test as an ordinary user passed in {time.monotonic() - began:.1f} s")
        installed_deb.draw(root, program)
