"""`dev.py tr`: Qt's translation files, brought up to date or checked."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from devkit import literals
from devkit.place import ROOT, say, script

FOLDER = ROOT / "resources" / "i18n"
SOURCES = ROOT / "desktop" / "gui"

# Literals are English, so English itself needs only its plural forms.
LANGUAGES = {"zh_CN": (), "en": ("-pluralonly",)}

Ids = set[tuple[str, str, str, bool]]


def update() -> int:
    """Merge the texts of the sources into the .ts files and compile them; 0 when all is said."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    problems = _merge(FOLDER)
    for name in LANGUAGES:
        ts = FOLDER / f"{name}.ts"
        _compile(ts, ts.with_suffix(".qm"))
        problems += _unfinished(ts)
    return _report(problems)


def check() -> int:
    """0 when the committed files hold exactly the texts of the sources, finished and compiled."""
    absent = [
        f"{FOLDER.name}/{name}.{end} is missing"
        for name in LANGUAGES
        for end in ("ts", "qm")
        if not (FOLDER / f"{name}.{end}").exists()
    ]
    if absent:
        return _report(absent)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        for name in LANGUAGES:
            shutil.copy(FOLDER / f"{name}.ts", fresh)
        problems = _merge(fresh)
        for name in LANGUAGES:
            ts, merged = FOLDER / f"{name}.ts", fresh / f"{name}.ts"
            problems += _difference(name, ids_of(ts), ids_of(merged)) + _unfinished(ts)
            _compile(ts, merged.with_suffix(".qm"))
            if merged.with_suffix(".qm").read_bytes() != ts.with_suffix(".qm").read_bytes():
                problems.append(f"{name}.qm is older than {name}.ts")
    return _report(problems)


def _merge(folder: Path) -> list[str]:
    texts, unreadable = literals.read(sorted(SOURCES.rglob("*.py")))
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "texts.py"
        source.write_text(literals.stand_in(texts), encoding="utf-8")
        for name, options in LANGUAGES.items():
            ts = folder / f"{name}.ts"
            languages = ["-source-language", "en", "-target-language", name]
            keep = ["-locations", "none", "-no-obsolete", *options]
            _quietly("pyside6-lupdate", [*keep, *languages, str(source), "-ts", str(ts)])
    return [
        f"{call.path.relative_to(ROOT)}:{call.line}: not a literal, so never translated"
        for call in unreadable
    ]


def _compile(ts: Path, qm: Path) -> None:
    _quietly("pyside6-lrelease", [str(ts), "-qm", str(qm)])


def _quietly(tool: str, words: list[str]) -> None:
    answer = subprocess.run([script(tool), *words], capture_output=True, text=True, check=False)
    if answer.returncode:
        say(f"{tool} failed:\n{answer.stdout}{answer.stderr}")
        raise SystemExit(answer.returncode)


def _messages(ts: Path) -> list[tuple[str, ET.Element]]:
    contexts = ET.parse(ts).getroot().iter("context")
    return [(c.findtext("name", ""), m) for c in contexts for m in c.iter("message")]


def ids_of(ts: Path) -> Ids:
    """Context, text, comment and whether it is a plural, of everything a file translates."""
    return {
        (
            context,
            message.findtext("source", ""),
            message.findtext("comment", ""),
            message.get("numerus") == "yes",
        )
        for context, message in _messages(ts)
    }


def _difference(name: str, committed: Ids, current: Ids) -> list[str]:
    lacking = [f"{name}.ts lacks {item[0]}: {item[1]!r}" for item in sorted(current - committed)]
    gone = [f"{name}.ts still has {item[0]}: {item[1]!r}" for item in sorted(committed - current)]
    return lacking + gone


def _unfinished(ts: Path) -> list[str]:
    """Texts without a translation, or with only some of their plural forms."""
    problems = []
    for context, message in _messages(ts):
        translation = message.find("translation")
        forms = message.findall("translation/numerusform")
        words = [form.text for form in forms] or [
            translation.text if translation is not None else ""
        ]
        marked = translation is None or translation.get("type") is not None
        if marked or not all(words):
            problems.append(f"{ts.name} unfinished {context}: {message.findtext('source')!r}")
    return problems


def _report(problems: list[str]) -> int:
    for problem in problems:
        say(problem)
    if problems:
        say("translations: mend the .ts files, then `python3 packaging/dev.py tr`")
    return 1 if problems else 0
