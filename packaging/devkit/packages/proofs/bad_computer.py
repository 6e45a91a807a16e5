"""The proof that an installed program meets a bad computer with words, never with a traceback."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from devkit import debian
from devkit.packages import deb
from devkit.packages.flavours import BOOKWORM
from devkit.packages.proofs import installed_deb
from devkit.packages.proofs.debian_root import OFFICER, DebianRoot, debian_root
from devkit.place import say

OTHER = "clerk"
"""Another user of the computer."""
PROFILE = ("--profile", f"/{installed_deb.DESK}/proof.toml")
MINE = (*PROFILE, "--key", "file")
THEIRS = (*MINE, "--profile-dir", f"/{installed_deb.DATA}/proof")
NEW = ("create", "-", "title=试", "category=flood")
REAL = f"/{installed_deb.DESK}/real"
"""A folder of the officer's that is not in the home."""
PICTURE = ("shot", *MINE, "--out", f"{REAL}/desk.png")
READ_ONLY = """\
mount --bind "$1/home" "$1/home" && mount -o remount,bind,ro "$1/home"
"""
NO_LETTERS = """\
for each in usr/share/fonts usr/local/share/fonts; do
    [ ! -d "$1/$each" ] || mount -t tmpfs none "$1/$each"
done
"""
FULL = f"""\
mount -t tmpfs -o size=64k,mode=777 none "$1/{installed_deb.HOME}"
dd if=/dev/zero of="$1/{installed_deb.HOME}/full" bs=1k 2>/dev/null || true
"""
NETWORK = f"""\
chroot "$1" bindfs -o direct_io,allow_other,nonempty {REAL} /{installed_deb.HOME}
"""
"""A home without shared memory and without locks between computers, as network drives have it."""
NO_SCREEN = {"DISPLAY": ":4095"}
UNIT = {"NOTIFY_SOCKET": "/nowhere"}
"""As a service manager starts it: then it asks nobody in a window."""
DOCTOR_S = 6.0
"""The three seconds that it promises, and the clean root and Python of a busy builder."""
HANGS_S = 300
"""After this a program counts as hung: the self-test opens every screen, which takes two minutes
where every processor is asked for by several others."""
CHINESE = re.compile("[一-鿿]")


@dataclass(frozen=True)
class Fault:
    """One misfortune: what is run in it, as whom, and how it may end."""

    name: str
    words: tuple[str, ...]
    statuses: tuple[int, ...] = (2,)
    says: str = ""
    """A pattern of what must be said, beside words at all."""
    user: str = OFFICER
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: str = ""


FAULTS = (
    Fault("no D-Bus, no keyring", ("list", "incidents", *MINE), (0, 1), "key.private"),
    Fault("no keyring, and one wanted", ("outbox", *PROFILE, "--key", "keyring"), says="密钥环"),
    Fault("no letters", PICTURE, (0,), "", mounts=NO_LETTERS),
    Fault("no letters, doctor", ("doctor", *MINE), (1,), "故障  (中文|窗口)", mounts=NO_LETTERS),
    Fault("no screen", ("desk", *MINE), says="窗口打不开", env=NO_SCREEN),
    Fault("no screen, first start", (), says="窗口打不开", env=NO_SCREEN),
    Fault("no screen, demo", ("desk", "--demo"), says="窗口打不开", env=NO_SCREEN),
    Fault("read-only home", ("command", *NEW, *MINE), says="只能读", mounts=READ_ONLY),
    Fault("read-only home, looked at", ("list", "incidents", *MINE), (0, 1), mounts=READ_ONLY),
    Fault("read-only home, drawn", PICTURE, (0,), mounts=READ_ONLY),
    Fault("read-only home, doctor", ("doctor", *MINE), (1,), "不能写", mounts=READ_ONLY),
    Fault("full home", ("command", *NEW, *MINE), says="满", mounts=FULL),
    Fault("full home, doctor", ("doctor", *MINE), (1,), "满", mounts=FULL),
    Fault("home on a network drive", ("command", *NEW, *MINE), says="共享内存", mounts=NETWORK),
    Fault("network drive, doctor", ("doctor", *MINE), (1,), mounts=NETWORK),
    Fault("another user's data", ("outbox", *THEIRS), says="打不开|只能读|别的用户", user=OTHER),
    Fault("another user's data, wall", ("wall", *THEIRS), (2,), "打不开|只能读", OTHER, UNIT),
    Fault("another user's data, doctor", ("doctor", *THEIRS), (1,), user=OTHER),
    Fault(
        "another user's settings", ("wall",), says="cannot be read",
        user=OTHER, env=UNIT | {"XDG_CONFIG_HOME": f"/{installed_deb.HOME}/.config"},
    ),
    Fault("settings of a newer version", ("sync", "--profile", "/srv/newer.toml"), says=":3"),
    Fault("no home at all, doctor", ("doctor",), (0, 1), user="nobody"),
    Fault("no home at all, self-test", ("selftest",), (0,), user="nobody"),
    Fault(
        "all of it, doctor", ("doctor", "--profile", "/srv/newer.toml"), (1,),
        env=NO_SCREEN, mounts=READ_ONLY + NO_LETTERS,
    ),
)  # fmt: skip


def prove() -> None:
    """Install the package and try every fault; the program ends when one is met badly."""
    debian.provide(("mmdebstrap", "xvfb"))
    package = deb.build(BOOKWORM)
    with debian_root(BOOKWORM.suite) as root:
        (root.folder / installed_deb.DESK / package.name).write_bytes(package.read_bytes())
        _settle_in(root, f"/{installed_deb.DESK}/{package.name}")
        broke = [fault.name for fault in FAULTS if not _is_met(root, fault)]
    if broke:
        say(f"met badly: {', '.join(broke)}")
        raise SystemExit(1)
    say(f"{len(FAULTS)} faults met with words")


def _settle_in(root: DebianRoot, package: str) -> None:
    """Install the program, and let an officer have data in it, and another user a home."""
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    root.must([*install, package, "bindfs"])
    root.must(["useradd", "--create-home", OTHER])
    place = root.folder / installed_deb.DESK
    (place / "proof.toml").write_text(installed_deb.PROFILE, encoding="utf-8")
    (place / "newer.toml").write_text(f"[desk]\nname = 'x'\nfrom_2030 = 1\n{_sources()}", "utf-8")
    root.must(["install", "-d", "-o", OFFICER, REAL])
    root.must(["install", "-d", "-m", "700", "-o", OFFICER, f"/{installed_deb.HOME}/.config"])
    root.as_officer("county-desk", "command", *NEW, *MINE)


def _sources() -> str:
    return installed_deb.PROFILE[installed_deb.PROFILE.index("[[source]]") :]


def _is_met(root: DebianRoot, fault: Fault) -> bool:
    """Whether the program ends as it may, with words and without a traceback."""
    seen = {"DISPLAY": root.display, "QT_QPA_PLATFORM": "xcb"}
    began = time.monotonic()
    done = root.attempt(
        ["timeout", str(HANGS_S), "county-desk", *fault.words],
        fault.user,
        seen | dict(fault.env),
        fault.mounts,
    )
    took = time.monotonic() - began
    reasons = [
        word
        for word, is_so in {
            f"status {done.returncode}": done.returncode not in fault.statuses,
            "a traceback": "Traceback" in done.stdout,
            "no words": not (fault.says or CHINESE.search(done.stdout) or fault.statuses == (0,)),
            f"nothing of {fault.says}": re.search(fault.says, done.stdout) is None,
            f"{took:.1f} s": fault.words[:1] == ("doctor",) and took > DOCTOR_S,
        }.items()
        if is_so
    ]
    say(f"{'met' if not reasons else 'BAD'}  {fault.name}, {took:.1f} s  {', '.join(reasons)}")
    if reasons:
        print(done.stdout[-3000:], flush=True)
    return not reasons
