"""The proof of the Debian package: a clean Debian, an ordinary user, the installed program."""

from __future__ import annotations

import re
import time
from pathlib import Path

from devkit import debian
from devkit.packages import deb, qt_parts
from devkit.packages.flavours import Flavour
from devkit.packages.proofs.debian_root import OFFICER, DebianRoot, debian_root
from devkit.place import say

PNG = b"\x89PNG\r\n"
DESK = "srv"
"""The folder of the clean root where what comes from outside is laid."""

OPTIONAL = ("libqgtk3",)
"""Plugins that Qt does without where their libraries are not installed."""

PROFILE = """\
[desk]
name = "proof"
title = { zh = "证明", en = "Proof" }
[[source]]
id = "county"
kind = "county"
title = { zh = "县平台", en = "County platform" }
url = "https://127.0.0.1:9"
"""
HOME = f"home/{OFFICER}"
DATA = f"{HOME}/.local/share/county-desk"
VALIDATE = ("sh", "-c", "! appstreamcli validate --no-net $0 | grep '^E:'")
"""Errors alone: the project has no home page, which later validators would see."""
VERIFY_UNIT = ("env", f"XDG_RUNTIME_DIR=/{DESK}", "systemd-analyze", "verify", "--user")
CHECKS = (
    (*VALIDATE, "/" + deb.PLACES["county-desk.metainfo.xml"]),
    ("desktop-file-validate", "/" + deb.PLACES["county-desk.desktop"]),
    ("apparmor_parser", "--skip-kernel-load", "--skip-cache", "/etc/apparmor.d/county-desk"),
    (*VERIFY_UNIT, "/" + deb.PLACES["county-desk-wall.service"]),
    ("bash", "-n", "/" + deb.PLACES["county-desk.bash"]),
    ("man", "--warnings", "-P", "cat", "county-desk"),
    ("man", "--warnings", "-P", "cat", "-L", "zh_CN.UTF-8", "county-desk"),
    ("dpkg", "--verify", "county-desk"),
)
"""What must be content with the files around the program."""

TOOLS = ("appstream", "desktop-file-utils", "apparmor", "systemd", "man-db", "shared-mime-info")


def prove(flavour: Flavour) -> None:
    """Install it as an office does, use it as an officer does, take it away again."""
    debian.provide(("mmdebstrap", "xvfb"))
    package = deb.build(flavour)
    say(f"making a clean {flavour.suite}")
    with debian_root(flavour.suite) as root:
        (root.folder / DESK / package.name).write_bytes(package.read_bytes())
        took = _install(root, package.name)
        say(f"installed with what it depends on in {took:.0f} s")
        installed = qt_parts.size(root.folder / deb.PACKAGE.lstrip("/"))
        say(f"size: {package.stat().st_size / 1e6:.1f} MB, installed {installed / 1e6:.0f} MB")
        _insist_on_libraries(root)
        began = time.monotonic()
        print(root.as_officer("county-desk", "selftest"), end="")
        say(f"self-test as an ordinary user passed in {time.monotonic() - began:.1f} s")
        root.as_officer("county-server", "--help")
        draw(root, "county-desk")
        _prove_data_stays(root, package.name)
        root.must(["apt-get", "install", "-y", "-q", "--no-install-recommends", *TOOLS])
        for check in CHECKS:
            root.must(check)
        say(f"{len(CHECKS)} checkers are content with what stands around the program")


def draw(root: DebianRoot, program: str) -> None:
    """Draw the desk on the fictional county: server, store, map and charts have a part in it."""
    began = time.monotonic()
    drawn = ["shot", "--demo", "--out", "desk.png", "--key", "file", "--profile-dir", "trial"]
    root.as_officer(program, *drawn)
    picture = (root.folder / "home" / OFFICER / "desk.png").read_bytes()
    logs = (root.folder / "home" / OFFICER / "trial" / "log").glob("*.log")
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    broke = [line for line in lines if '"level":"ERROR"' in line]
    if broke or not picture.startswith(PNG):
        print("\n".join(broke), flush=True)
        say("the desk was not drawn, or not all of it works")
        raise SystemExit(1)
    say(f"desk drawn on the fictional county in {time.monotonic() - began:.0f} s")


def _install(root: DebianRoot, name: str) -> float:
    began = time.monotonic()
    words = ["apt-get", "install", "-y", "-q", "--no-install-recommends", f"/{DESK}/{name}"]
    root.must(words)
    return time.monotonic() - began


def _insist_on_libraries(root: DebianRoot) -> None:
    """Every library of the package finds those that it is linked with."""
    listed = f"find {deb.PACKAGE} -name '*.so*' -type f -exec ldd {{}} +"
    current, missing = "", []
    for line in root.must(["sh", "-c", listed]).splitlines():
        if not line.startswith("\t"):
            current = line.rstrip(":")
        elif "not found" in line and not Path(current).name.startswith(OPTIONAL):
            missing.append(f"{current}: {line.strip()}")
    if missing:
        print("\n".join(missing), flush=True)
        say("the package depends on libraries that it does not name")
        raise SystemExit(1)


def _prove_data_stays(root: DebianRoot, name: str) -> None:
    """What an officer entered outlives the program, until somebody asks for its end."""
    home = Path("/home") / OFFICER
    (root.folder / DESK / "proof.toml").write_text(PROFILE, encoding="utf-8")
    profile = ["--profile", f"/{DESK}/proof.toml", "--key", "file"]
    create = ["create", "-", "title=卸载前填写", "category=flood"]
    said = root.as_officer("county-desk", "command", *create, *profile)
    [key] = re.findall(r"^([0-9a-f]{8})\S* stored ", said, re.MULTILINE)
    before = _read(root.folder / DATA)
    for step in ("remove", "purge"):
        if f"/{DATA}" not in root.must(["apt-get", step, "-y", "-q", "county-desk"]):
            say(f"{step} does not say where the data stays")
            raise SystemExit(1)
    if _read(root.folder / DATA) != before:
        say(f"the package's end changed {home / DATA}")
        raise SystemExit(1)
    _install(root, name)
    waiting = root.attempt(["county-desk", "outbox", *profile], OFFICER).stdout
    if key not in waiting:
        print(waiting, flush=True)
        say("what was entered before the package's end is not in the outbox after it")
        raise SystemExit(1)
    asked = {"COUNTY_DESK_REMOVE_DATA": "yes"}
    root.must(["apt-get", "purge", "-y", "-q", "county-desk"], env=asked)
    if (root.folder / DATA).exists():
        say("the data was to go with the package and is still there")
        raise SystemExit(1)
    _install(root, name)
    say("remove and purge leave the outbox, and take it along when asked")


def _read(folder: Path) -> dict[str, bytes]:
    """All files below a folder, in full."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
