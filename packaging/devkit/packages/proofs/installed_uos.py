"""The proof of the package for UOS: a clean Debian without a Python, not UOS itself."""

from __future__ import annotations

import time

from devkit import debian
from devkit.packages import qt_parts, uos
from devkit.packages.proofs import installed_deb
from devkit.packages.proofs.debian_root import DebianRoot, debian_root
from devkit.place import say


def prove() -> None:
    """Install it in a clean Debian without a Python, use it as an officer, and take it away."""
    debian.provide(("mmdebstrap", "xvfb"))
    package = uos.build()
    say("making a clean bookworm")
    with debian_root("bookworm") as root:
        (root.folder / installed_deb.DESK / package.name).write_bytes(package.read_bytes())
        place = f"/{installed_deb.DESK}/{package.name}"
        root.must(["apt-get", "install", "-y", "-q", "--no-install-recommends", place])
        say(f"installed: {qt_parts.size(root.folder / uos.HOME) / 1e6:.0f} MB")
        began = time.monotonic()
        program = f"/{uos.HOME}/files/bin/county-desk"
        print(root.as_officer(program, "selftest"), end="")
        say(f"self-test as an ordinary user passed in {time.monotonic() - began:.1f} s")
        installed_deb.draw(root, program)
        root.must(["apt-get", "install", "-y", "-q", "desktop-file-utils"])
        root.must(["desktop-file-validate", f"/{uos.HOME}/entries/applications/{uos.APP}.desktop"])
        root.must(["dpkg", "--verify", uos.APP])
        _insist_on_end(root)


def _insist_on_end(root: DebianRoot) -> None:
    """Removed, it leaves nothing of the program and all that the officer has."""
    before = sorted(path.name for path in (root.folder / installed_deb.HOME).rglob("*"))
    root.must(["apt-get", "purge", "-y", "-q", uos.APP])
    after = sorted(path.name for path in (root.folder / installed_deb.HOME).rglob("*"))
    if (root.folder / uos.HOME).exists() or before != after:
        say("the package's end left a part of the program, or took what is the officer's")
        raise SystemExit(1)
    say("removed: nothing of the program is left, and all of the officer's is there")
