"""The system packages Qt and the tests need on Debian, installed when that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devkit.place import run, say

WINDOW = (
    "libegl1",
    "libgl1",
    "libxkbcommon-x11-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-keysyms1",
    "libxcb-shape0",
    "libxcb-image0",
    "libxcb-render-util0",
    "libxcb-xinerama0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "fonts-noto-cjk",
)
"""What a window with Chinese in it takes."""

TESTS = (
    *WINDOW,
    "xvfb",
    "xauth",
    "xdotool",
    "openbox",
    "dbus",
    "at-spi2-core",
    "gnome-keyring",
    "nginx-light",
    "prometheus",
    "prometheus-alertmanager",
    "prometheus-node-exporter",
)
"""The same and the real servers the tests talk to."""

LONG_TESTS = (*TESTS, "ibus", "ibus-libpinyin", "fcitx5", "fcitx5-pinyin")
"""The same and the input methods that pinyin is typed through."""

POLICY = Path("/usr/sbin/policy-rc.d")
LISTS = Path("/var/lib/apt/lists")


def provide(packages: Sequence[str]) -> bool:
    """Whether all of them are installed, after trying; elsewhere than on Debian, True.

    Without root nothing is tried: the line to run is printed and the answer is False.
    """
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        return True
    missing = _missing(packages)
    if not missing:
        return True
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        say(f"some system packages are missing; as root: {' '.join(line)}")
        return False
    say(f"installing system packages: {' '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    with _services_kept_still():
        if not _package_lists():
            run(["apt-get", "update", "-q"], quiet)
        if run(line, quiet) and (run(["apt-get", "update", "-q"], quiet) or run(line, quiet)):
            say(f"could not install them; going on without. Try: {' '.join(line)}")
    return not _missing(packages)


def _missing(packages: Sequence[str]) -> list[str]:
    """Those neither installed nor provided: later Debians have renamed some with a suffix."""
    form = "${db:Status-Status} ${Package}, ${Provides}\\n"
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=False
    )
    present = set()
    for line in answer.stdout.splitlines():
        status, _, names = line.partition(" ")
        if status == "installed":
            present |= {name.split()[0] for name in names.split(",") if name.strip()}
    return [name for name in packages if name not in present]


def _package_lists() -> bool:
    return any(LISTS.glob("*_Packages*"))


@contextmanager
def _services_kept_still() -> Iterator[None]:
    """The tests start their own servers; the packages' services must not take the ports."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)
