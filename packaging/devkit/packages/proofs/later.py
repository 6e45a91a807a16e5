"""A built package as it will be in a later version, made without building it once more."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from devkit.packages import deb
from devkit.place import must

SITE = f"{deb.PACKAGE.lstrip('/')}/lib"
SCHEMA = re.compile(r'"outbox": (\d+)')
MIGRATION = "CREATE TABLE later AS SELECT * FROM command;\n"
"""Copies the whole outbox: as long as a real one may take."""


def repack(package: Path, version: str, out: Path, *, migrates: bool = False) -> Path:
    """The package under another version; one that `migrates` keeps its outbox in a newer form."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-later-"))
    try:
        tree = place / "tree"
        must(["dpkg-deb", "--raw-extract", package, tree])
        before = _find(r"^Version: (\S+)$", tree / "DEBIAN" / "control")
        build = _find(r"^new=\S+/run/(\S+)$", tree / "DEBIAN" / "postinst")
        after = version + before[before.index("+") :]
        for name in ("control", *deb.SCRIPTS):
            _change(tree / "DEBIAN" / name, (build, f"{after}-{version}"), (before, after))
        for script in (tree / deb.PACKAGE.lstrip("/") / "bin").glob("county-*"):
            _change(script, (build, f"{after}-{version}"))
        _renumber(tree, before.partition("+")[0], version)
        if migrates:
            _migrate_further(tree)
        (tree / "DEBIAN" / "md5sums").unlink()
        made = out / package.name.replace(before, after)
        out.mkdir(parents=True, exist_ok=True)
        must(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, made])
        return made
    finally:
        shutil.rmtree(place)


def _find(pattern: str, file: Path) -> str:
    [found] = re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)


def _renumber(tree: Path, before: str, version: str) -> None:
    [program] = tree.glob(f"{SITE}/python3*/site-packages/desktop")
    _change(program / "__init__.py", (f'"{before}"', f'"{version}"'))
    [about] = program.parent.glob("county_desk-*.dist-info")
    _change(about / "METADATA", (f"\nVersion: {before}\n", f"\nVersion: {version}\n"))


def _migrate_further(tree: Path) -> None:
    [storage] = tree.glob(f"{SITE}/python3*/site-packages/desktop/storage/sqlite")
    [number] = SCHEMA.findall((storage / "data_format.py").read_text(encoding="utf-8"))
    newer = int(number) + 1
    _change(storage / "data_format.py", (f'"outbox": {number}', f'"outbox": {newer}'))
    (storage / "migrations" / "outbox" / f"{newer:03}_later.sql").write_text(MIGRATION, "utf-8")
    file = tree / deb.PACKAGE.lstrip("/") / "data-format"
    form = int(file.read_text(encoding="ascii"))
    _change(tree / "DEBIAN" / "preinst", (f"-gt {form} ", f"-gt {form + 1} "))
    file.write_text(f"{form + 1}\n", encoding="ascii")


def _change(path: Path, *pairs: tuple[str, str]) -> None:
    """Put the second text of each pair in place of the first; what was compiled of it goes."""
    text = path.read_text(encoding="utf-8")
    for before, after in pairs:
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
