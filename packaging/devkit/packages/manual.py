"""The pages of the manual, with the commands as the program itself lists them."""

from __future__ import annotations

import gzip
import re
import subprocess
import time
from pathlib import Path

from devkit.packages import commit
from devkit.place import PYTHON, ROOT

PAGES = {
    "usr/share/man/man1/county-desk.1.gz": "county-desk.1",
    "usr/share/man/zh_CN/man1/county-desk.1.gz": "zh_CN/county-desk.1",
}
"""Where each page lies in the system, and what it is made of in `packaging/debian`."""

ROW = re.compile(
    r"^  (?P<name>[a-z][a-z-]*) +(?P<english>.*?) \((?P<chinese>[^()]*)\)$", re.MULTILINE
)
"""A line of `county-desk --help`: what it does in English, then in Chinese."""


def write(tree: Path) -> None:
    """Write the pages into the tree of a package."""
    listed = subprocess.check_output([PYTHON, "-m", "desktop", "--help"], cwd=ROOT, text=True)
    for place, source in PAGES.items():
        template = (ROOT / "packaging" / "debian" / source).read_text(encoding="utf-8")
        page = fill(template.replace("@COMMANDS@", list_commands(listed, source)))
        compress(tree / place, page)


def fill(template: str) -> str:
    """The text with the version and the day of the commit in place."""
    day = time.strftime("%Y-%m-%d", time.gmtime(commit.source_date()))
    return template.replace("@VERSION@", commit.version()).replace("@DATE@", day)


def list_commands(listed: str, source: str) -> str:
    """The commands as a list of a page, in the language of that page."""
    language = "chinese" if source.startswith("zh") else "english"
    rows = [
        f".TP\n.B {row['name'].replace('-', chr(92) + '-')}\n{row[language]}"
        for row in ROW.finditer(listed)
    ]
    return "\n".join(rows)


def compress(path: Path, text: str) -> None:
    """Write a text that is packed, without the time of packing in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
