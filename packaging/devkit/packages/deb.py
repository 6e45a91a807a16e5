"""The Debian package: the program with its libraries, and all by which a system knows it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from devkit.packages import commit, contents, manual, private_python, qt_parts, wheel
from devkit.packages.flavours import Flavour
from devkit.place import PYTHON, ROOT, must, say

SOURCES = ROOT / "packaging" / "debian"
HOME = "/usr/lib/county-desk"
PACKAGE = f"{HOME}/package"
"""Where dpkg unpacks the environment; it runs from links to it: see `packaging/debian/postinst`."""
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
COMPILE = "    $new/bin/python -m compileall -q $new/lib || true\n"
"""What a package that is compiled where it is installed does beyond the others; it cannot fail an
installation."""

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
START = "start.sh"
FORMAT = "from desktop.storage.sqlite.data_format import FORMAT; print(FORMAT)"


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
    home = tree / PACKAGE.lstrip("/")
    build = name_build(flavour, built)
    flavour.fill(home, f"{HOME}/run/{build}", flavour.python, built)
    write(home / "data-format", _ask(FORMAT))
    for name, place in PLACES.items():
        text = (SOURCES / name).read_text(encoding="utf-8")
        write(tree / place, manual.fill(text.replace("@PYTHON@", flavour.python)))
    for name, place in ICONS.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "resources" / "icons" / name, tree / place)
    (tree / "usr" / "bin").mkdir()
    for name in commit.read_project()["scripts"]:
        start = tree / HOME.lstrip("/") / "bin" / name
        write(start, (SOURCES / START).read_text(encoding="utf-8"))
        start.chmod(0o755)
        (tree / "usr" / "bin" / name).symlink_to(f"../lib/county-desk/bin/{name}")
    (tree / "etc" / "county-desk").mkdir()
    manual.write(tree)
    papers = tree / "usr" / "share" / "doc" / "county-desk"
    contents.write(home / "lib" / f"python{flavour.python}" / "site-packages", papers)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    manual.compress(papers / "CHANGELOG.md.gz", changes)
    commit.make_alike(tree)
    _write_control(tree, flavour, build)
    commit.make_alike(tree)


def _write_control(tree: Path, flavour: Flavour, build: str) -> None:
    """Write what dpkg reads: the description, the sums, the scripts."""
    folder = tree / "DEBIAN"
    values = {
        "BUILD": build,
        "FORMAT": (tree / PACKAGE.lstrip("/") / "data-format").read_text(encoding="ascii").strip(),
        "VERSION": version(flavour),
        "ARCHITECTURE": architecture(),
        "INSTALLED_KB": str(qt_parts.size(tree) // 1024),
        "DEPENDS": ", ".join(flavour.depends),
        "RECOMMENDS": ", ".join(flavour.recommends),
    }
    write(folder / "control", _fill_in("control", values))
    write(folder / "md5sums", list_sums(tree))
    write(folder / "conffiles", "".join(f"{path}\n" for path in CONFIGURATION))
    for name in SCRIPTS:
        text = _fill_in(name, values)
        write(folder / name, text.replace("@COMPILED@\n", COMPILE if flavour.compiles else ""))
        (folder / name).chmod(0o755)


def _fill_in(name: str, values: Mapping[str, str]) -> str:
    """A file of `packaging/debian` with the values in their places."""
    text = (SOURCES / name).read_text(encoding="utf-8")
    for mark, value in values.items():
        text = text.replace(f"@{mark}@", value)
    return text


def name_build(flavour: Flavour, built: Path) -> str:
    """The name of a build's tree where it is installed: its version, and what it is made of."""
    content = hashlib.sha256(built.read_bytes() + private_python.PINS.read_bytes())
    return f"{version(flavour)}-{content.hexdigest()[:8]}"


def _ask(question: str) -> str:
    """What the program of the checkout prints."""
    return subprocess.check_output([PYTHON, "-c", question], cwd=ROOT, text=True)


def write(path: Path, text: str) -> None:
    """Write a text into a tree, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def list_sums(tree: Path) -> str:
    """The sums of all that a package installs, in the form that dpkg reads."""
    installed = (path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    names = sorted(path for path in installed if path.parent != tree / "DEBIAN")
    return "".join(f"{_sum(path)}  {path.relative_to(tree)}\n" for path in names)


def _sum(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def architecture() -> str:
    """What Debian calls the kind of this machine."""
    return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
