"""What a package is made of: its bill of materials and the licence of each part."""

from __future__ import annotations

import json
import re
import time
import uuid
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from devkit.packages import commit

NAMESPACE = uuid.UUID("5b1b3c3e-6f4c-5d3e-9a55-0c4d6a1e7c10")
LICENCE_FILES = re.compile(r"(?i)^(licen[cs]e|copying|notice|authors)")
QT = {"type": "library", "name": "Qt", "licenses": [{"expression": "LGPL-3.0-only"}]}


def write(site: Path, folder: Path) -> None:
    """Write `sbom.cdx.json` and `licences.txt` of all that is installed in `site`."""
    parts = _read(site)
    folder.mkdir(parents=True, exist_ok=True)
    bill = json.dumps(_bill(list(parts.values())), ensure_ascii=False, indent=1)
    (folder / "sbom.cdx.json").write_text(bill + "\n", encoding="utf-8")
    texts = [_licence_text(about, part) for about, part in parts.items()]
    (folder / "licences.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def licence(part: Message) -> str:
    """The licence that a distribution's metadata names, the most exact word of it first."""
    exact = part["License-Expression"]
    if exact:
        return str(exact)
    told = str(part["License"] or "").strip()
    if told and "\n" not in told and len(told) < 80:
        return told
    classes = [str(each) for each in part.get_all("Classifier", [])]
    named = [each.rpartition(":: ")[2] for each in classes if each.startswith("License ::")]
    return ", ".join(named) or "see its licence file"


def _read(site: Path) -> dict[Path, Message]:
    """The metadata of each distribution by its folder, in the order of their names."""
    parser = HeaderParser()
    texts = {each.parent: each.read_text("utf-8") for each in site.glob("*.dist-info/METADATA")}
    parts = [(about, parser.parsestr(text)) for about, text in texts.items()]
    return dict(sorted(parts, key=lambda each: str(each[1]["Name"]).lower()))


def _bill(parts: list[Message]) -> dict[str, object]:
    """The bill in the form of CycloneDX 1.6."""
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(commit.source_date()))
    components = [_component(part) for part in parts if part["Name"] != "county-desk"]
    for part in parts:
        if part["Name"] == "PySide6_Essentials":
            components.append({**QT, "version": str(part["Version"])})
    told = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, commit.version() + when + told)}",
        "version": 1,
        "metadata": {
            "timestamp": when,
            "component": {
                "type": "application",
                "name": "county-desk",
                "version": commit.version(),
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": components,
    }


def _component(part: Message) -> dict[str, object]:
    name = re.sub(r"[-_.]+", "-", str(part["Name"])).lower()
    purl = f"pkg:pypi/{name}@{part['Version']}"
    named = licence(part)
    words = {"expression": named} if part["License-Expression"] else {"license": {"name": named}}
    return {
        "type": "library",
        "bom-ref": purl,
        "name": str(part["Name"]),
        "version": str(part["Version"]),
        "licenses": [words],
        "purl": purl,
    }


def _licence_text(about: Path, part: Message) -> str:
    """A part's name, its licence in a word, and the files that say it in full."""
    head = f"{part['Name']} {part['Version']}: {licence(part)}"
    found = (each for each in about.rglob("*") if LICENCE_FILES.match(each.name))
    files = sorted(each for each in found if each.is_file())
    texts = [each.read_text(encoding="utf-8", errors="replace").strip() for each in files]
    return "\n\n".join(["=" * len(head), head, "=" * len(head), *texts])
