"""The Debian package: the program with its libraries, and all by which a system knows it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from devkit.packages import commit, contents, manual, qt_parts, wheel
from devkit.packages.flavours import Flavour
from devkit.place import ROOT, must, say

SOURCES = ROOT / "packaging" / "debian"
HOME = "/usr/lib/county-desk"
MOST_BYTES = 120_000_000

PLACES = {
    "county-desk.desktop": "usr/share/applications/county-desk.desktop",
    "county-desk.metainfo.xml": "usr/share/metainfo/cn.county_desk.CountyDesk.metainfo.xml",
    "county-desk.mime.xml": "usr/share/mime/packages/county-desk.xml",
    "county-desk-wall.service": "usr/lib/systemd/user/county-desk-wall.service",
    "county-desk.bash": "usr/share/bash-completion/completions/county-desk",
    "county-desk.apparmor": "etc/apparmor.d/county-desk",
    "copyright": "usr/share/doc/county-desk/copyright",
}
"""Where each file of `packaging/debian` lies in the system."""

ICONS = {
    "county-desk.svg": "usr/share/icons/hicolor/scalable/apps/county-desk.svg",
    "county-desk.png": "usr/share/icons/hicolor/256x256/apps/county-desk.png",
}
CONFIGURATION = ("/etc/apparmor.d/county-desk",)
COMPILE = {
    "postinst": f"    {HOME}/bin/python -m compileall -q {HOME}/lib || true\n",
    "prerm": f"find {HOME} -name __pycache__ -prune -exec rm -rf {{}} + || true\n",
}
"""What a package that is compiled where it is installed does beyond the others; neither can fail
an installation."""

SCRIPTS = ("postinst", "prerm", "postrm")


def build(flavour: Flavour, out: Path = wheel.DIST) -> Path:
    """The package, built without root; ends the program when it is larger than may be."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-deb-"))
    try:
        built = wheel.build(place / "wheel")
        tree = place / "tree"
        fill(tree, built, flavour)
        package = out / f"county-desk_{version(flavour)}_{architecture()}.deb"
        out.mkdir(parents=True, exist_ok=True)
        words = ["--root-owner-group", "-Zxz", "-z6", "--build", str(tree)]
        must(["dpkg-deb", *words, package], commit.same_surroundings())
    finally:
        shutil.rmtree(place)
    size = package.stat().st_size
    say(f"{package.name}: {size / 1e6:.1f} MB")
    if size > MOST_BYTES:
        say(f"larger than the {MOST_BYTES / 1e6:.0f} MB that a thin line is spared")
        raise SystemExit(1)
    return package


def version(flavour: Flavour) -> str:
    """The version of a package; that for a newer Debian is the newer."""
    return commit.version() + flavour.mark


def fill(tree: Path, built: Path, flavour: Flavour) -> None:
    """Lay out the package's whole tree, with the wheel's program in it."""
    home = tree / HOME.lstrip("/")
    flavour.fill(home, HOME, flavour.python, built)
    for name, place in PLACES.items():
        text = (SOURCES / name).read_text(encoding="utf-8")
        write(tree / place, manual.fill(text.replace("@PYTHON@", flavour.python)))
    for name, place in ICONS.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "resources" / "icons" / name, tree / place)
    (tree / "usr" / "bin").mkdir()
    for name in commit.read_project()["scripts"]:
        (tree / "usr" / "bin" / name).symlink_to(f"../lib/county-desk/bin/{name}")
    (tree / "etc" / "county-desk").mkdir()
    manual.write(tree)
    papers = tree / "usr" / "share" / "doc" / "county-desk"
    contents.write(home / "lib" / f"python{flavour.python}" / "site-packages", papers)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    manual.compress(papers / "CHANGELOG.md.gz", changes)
    commit.make_alike(tree)
    _write_control(tree, flavour)
    commit.make_alike(tree)


def _write_control(tree: Path, flavour: Flavour) -> None:
    """Write what dpkg reads: the description, the sums, the scripts."""
    folder = tree / "DEBIAN"
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{_sum(path)}  {path.relative_to(tree)}\n" for path in files]
    values = {
        "VERSION": version(flavour),
        "ARCHITECTURE": architecture(),
        "INSTALLED_KB": str(qt_parts.size(tree) // 1024),
        "DEPENDS": ", ".join(flavour.depends),
        "RECOMMENDS": ", ".join(flavour.recommends),
    }
    control = (SOURCES / "control").read_text(encoding="utf-8")
    for name, value in values.items():
        control = control.replace(f"@{name}@", value)
    write(folder / "control", control)
    write(folder / "md5sums", "".join(sums))
    write(folder / "conffiles", "".join(f"{path}\n" for path in CONFIGURATION))
    for name in SCRIPTS:
        own = COMPILE.get(name, "") if flavour.compiles else ""
        text = (SOURCES / name).read_text(encoding="utf-8")
        write(folder / name, text.replace("@COMPILED@\n", own))
        (folder / name).chmod(0o755)


def write(path: Path, text: str) -> None:
    """Write a text into a tree, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _sum(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def architecture() -> str:
    """What Debian calls the kind of this machine."""
    return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
