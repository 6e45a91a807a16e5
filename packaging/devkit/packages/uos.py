"""The package in the layout of UOS's store: all below one folder, and nothing run on installing.

Checked against the published rules, and used in a clean Debian. It was not tried on UOS: the
libraries of the builder's Debian 12 want its glibc or a newer one, which UOS 20 does not have.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path

from devkit.packages import (
    commit,
    contents,
    deb,
    flavours,
    frozen,
    manual,
    qt_parts,
    wheel,
)
from devkit.place import ROOT, must, say

APP = "cn.county-desk.desk"
HOME = f"opt/apps/{APP}"
INSIDE = f"{HOME}/files/bin"
PERMISSIONS = (
    *("autostart", "notification", "trayicon", "clipboard", "account", "bluetooth", "camera"),
    *("audio_record", "installed_apps"),
)
GRANTED = frozenset({"notification", "clipboard"})
GLIBC = f"libc6 (>= 2.{frozen.GLIBC})"
VERSION = re.compile(r"\d+\.\d+\.\d+\.\d+")
ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+){2,}")


def build(out: Path = wheel.DIST) -> Path:
    """The package, of the folder that `frozen` makes."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-uos-"))
    try:
        fill(place, frozen.build(out))
        faults = find_faults(place)
        if faults:
            print("\n".join(faults), flush=True)
            raise SystemExit(1)
        package = out / f"{APP}_{_version()}_{deb.architecture()}.deb"
        words = ["--root-owner-group", "-Zxz", "-z6", "--build", str(place)]
        must(["dpkg-deb", *words, package], commit.same_surroundings())
    finally:
        shutil.rmtree(place)
    say(f"{package.name}: {package.stat().st_size / 1e6:.0f} MB")
    return package


def fill(tree: Path, folder: Path) -> None:
    """Lay out the package's tree around the program's folder."""
    home = tree / HOME
    shutil.copytree(folder, home / "files" / "bin", symlinks=True)
    entry = (deb.SOURCES / "county-desk.desktop").read_text(encoding="utf-8")
    entry = entry.replace("Exec=county-desk", f"Exec=/{HOME}/files/bin/county-desk")
    icon = f"Icon={APP}"
    deb.write(home / f"entries/applications/{APP}.desktop", entry.replace("Icon=county-desk", icon))
    kinds = (deb.SOURCES / "county-desk.mime.xml").read_text(encoding="utf-8")
    deb.write(home / f"entries/mime/packages/{APP}.xml", kinds)
    picture = home / f"entries/icons/hicolor/scalable/apps/{APP}.svg"
    picture.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "resources" / "icons" / "county-desk.svg", picture)
    contents.write(home / "files" / "bin" / "_internal", home / "files" / "doc")
    rights = (deb.SOURCES / "copyright").read_text(encoding="utf-8")
    rights = rights.replace(
        "usr/lib/county-desk/package/lib/python3*/site-packages", f"{INSIDE}/_internal"
    )
    deb.write(home / "files" / "doc" / "copyright", rights)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    manual.compress(home / "files" / "doc" / "changelog.gz", changes)
    deb.write(home / "info", json.dumps(_describe(), ensure_ascii=False, indent=2) + "\n")
    control = (deb.SOURCES / "control").read_text(encoding="utf-8")
    for name, value in {
        "VERSION": _version(),
        "ARCHITECTURE": deb.architecture(),
        "INSTALLED_KB": str(qt_parts.size(tree) // 1024),
        "DEPENDS": ", ".join((GLIBC, *frozen.NEEDS[:-1], flavours.LETTERS)),
        "RECOMMENDS": flavours.INPUT,
    }.items():
        control = control.replace(f"@{name}@", value)
    commit.make_alike(tree)
    control = control.replace("Package: county-desk", f"Package: {APP}")
    deb.write(tree / "DEBIAN" / "control", manual.fill(control))
    deb.write(tree / "DEBIAN" / "md5sums", deb.list_sums(tree))


def find_faults(tree: Path) -> list[str]:
    """What in a package's tree is against the published rules of the store."""
    faults = [f"not below {HOME}: {path}" for path in _outside(tree)]
    papers = ("DEBIAN/control", "DEBIAN/md5sums", f"{HOME}/files/doc/copyright")
    faults += [f"missing: {name}" for name in papers if not (tree / name).is_file()]
    hooks = ("preinst", "postinst", "prerm", "postrm")
    faults += [f"a script: {name}" for name in hooks if (tree / "DEBIAN" / name).exists()]
    home = tree / HOME
    there = {path.name for path in home.iterdir()}
    if there != {"entries", "files", "info"}:
        faults.append(f"beside entries, files and info: {sorted(there)}")
    info = json.loads((home / "info").read_text(encoding="utf-8"))
    if not ID.fullmatch(info["appid"]) or info["appid"] != home.name:
        faults.append(f"not an id, or not that of its folder: {info['appid']}")
    if not VERSION.fullmatch(info["version"]):
        faults.append(f"not a version of four numbers: {info['version']}")
    if set(info["permissions"]) != set(PERMISSIONS):
        faults.append("the permissions are not those there are")
    for entry in (home / "entries" / "applications").iterdir():
        started = re.findall(r"^Exec=(\S+)", entry.read_text(encoding="utf-8"), re.MULTILINE)
        gone = [one for one in started if not (tree / one.lstrip("/")).is_file()]
        faults += [f"starts what is not there: {one}" for one in gone]
    return faults


def _outside(tree: Path) -> list[str]:
    names = (path.relative_to(tree).as_posix() for path in tree.rglob("*") if not path.is_dir())
    return [name for name in names if not name.startswith((f"{HOME}/", "DEBIAN/"))]


def _describe() -> dict[str, object]:
    return {
        "appid": APP,
        "name": "县域指挥台",
        "version": _version(),
        "arch": [deb.architecture()],
        "permissions": {name: name in GRANTED for name in PERMISSIONS},
    }


def _version() -> str:
    return f"{commit.version()}.0"
