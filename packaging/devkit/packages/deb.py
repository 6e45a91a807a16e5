"""The Debian package: the program with its libraries, and all by which a system knows it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from devkit import debian
from devkit.packages import commit, contents, manual, private_python, qt_parts, wheel
from devkit.place import ROOT, must, say

SOURCES = ROOT / "packaging" / "debian"
HOME = "/usr/lib/county-desk"
PYTHON = "3.11"
MOST_BYTES = 120_000_000

DEPENDS = (
    "libc6 (>= 2.34)",
    *(f"python{PYTHON}", "tzdata", "libcups2", "libwayland-client0", "libwayland-cursor0"),
    *("libwayland-egl1", "libx11-xcb1", "libxkbcommon0"),
    *(name for name in debian.WINDOW if not name.startswith("fonts-")),
    "fonts-noto-cjk | fonts-wqy-zenhei | fonts-wqy-microhei",
)
"""What Qt and the program are linked with, and letters for Chinese."""

RECOMMENDS = (
    "gnome-keyring | kwalletmanager",
    "xdg-desktop-portal",
    "fcitx5-pinyin | ibus-libpinyin",
)

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
SCRIPTS = ("postinst", "prerm", "postrm")


def build(out: Path = wheel.DIST) -> Path:
    """The package, built without root; ends the program when it is larger than may be."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-deb-"))
    try:
        built = wheel.build(place / "wheel")
        tree = place / "tree"
        fill(tree, built)
        package = out / f"county-desk_{commit.version()}_{_architecture()}.deb"
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


def fill(tree: Path, built: Path) -> None:
    """Lay out the package's whole tree, with the wheel's program in it."""
    home = tree / HOME.lstrip("/")
    private_python.fill(home, HOME, PYTHON, built)
    for name, place in PLACES.items():
        _write(tree / place, manual.fill((SOURCES / name).read_text(encoding="utf-8")))
    for name, place in ICONS.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "resources" / "icons" / name, tree / place)
    (tree / "usr" / "bin").mkdir()
    for name in commit.read_project()["scripts"]:
        (tree / "usr" / "bin" / name).symlink_to(f"../lib/county-desk/bin/{name}")
    (tree / "etc" / "county-desk").mkdir()
    manual.write(tree)
    papers = tree / "usr" / "share" / "doc" / "county-desk"
    contents.write(home / "lib" / f"python{PYTHON}" / "site-packages", papers)
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    manual.compress(papers / "CHANGELOG.md.gz", changes)
    commit.make_alike(tree)
    _write_control(tree)
    commit.make_alike(tree)


def _write_control(tree: Path) -> None:
    """Write what dpkg reads: the description, the sums, the scripts."""
    folder = tree / "DEBIAN"
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = [f"{_sum(path)}  {path.relative_to(tree)}\n" for path in files]
    values = {
        "VERSION": commit.version(),
        "ARCHITECTURE": _architecture(),
        "INSTALLED_KB": str(qt_parts.size(tree) // 1024),
        "DEPENDS": ", ".join(DEPENDS),
        "RECOMMENDS": ", ".join(RECOMMENDS),
    }
    control = (SOURCES / "control").read_text(encoding="utf-8")
    for name, value in values.items():
        control = control.replace(f"@{name}@", value)
    _write(folder / "control", control)
    _write(folder / "md5sums", "".join(sums))
    _write(folder / "conffiles", "".join(f"{path}\n" for path in CONFIGURATION))
    for name in SCRIPTS:
        _write(folder / name, (SOURCES / name).read_text(encoding="utf-8"))
        (folder / name).chmod(0o755)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _sum(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _architecture() -> str:
    return subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
