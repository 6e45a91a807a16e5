#!/usr/bin/env python3
"""The front door for developers: sets the checkout up, then does what is asked.

Needs Python 3.11 or newer and nothing else. On Debian as root it also installs the
system packages; elsewhere it prints the line to run and goes on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this has yet to hear it
    raise SystemExit("County Desk needs Python 3.11 or newer")

from devkit import dead_code, debian, environment, memory_disk, translations, vocabulary
from devkit import faults as fault_programs
from devkit.packages import front
from devkit.place import PYTHON, ROOT, beside, run, say, script

SEVERAL_AT_ONCE = ["-n", "3", "--dist", "worksteal"]
"""Three keep two cores at work, for the tests of whole programs wait a quarter of their time; a
worker that is done takes over what the others have not begun."""

QUICK = ["tests/unit", "tests/integration", "tests/arch"]
"""What needs no screen, no second program and no whole county."""

TYPED = ["desktop", "packaging", "tests/support"]
"""What has types throughout: the product, and what its tests stand on."""

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}

COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Hundreds of programs are started: where nothing compiled may be kept, each compiles it all."""


def show_desk(words: list[str]) -> int:
    """open the desk on the fictional county (without a display: pictures in a folder)"""
    return run([PYTHON, "-m", "desktop", "desk", "--demo", *words])


def check(_words: list[str]) -> int:
    """style, types, import contracts, dead code, words, translations"""
    steps: dict[str, Callable[[], int]] = {
        "ruff check": lambda: run([script("ruff"), "check", "."]),
        "ruff format": lambda: run([script("ruff"), "format", "--check", "."]),
        "mypy --strict": lambda: run([script("mypy"), "--strict", *TYPED]),
        "import contracts": lambda: run([script("lint-imports")]),
        "dead code": dead_code.check,
        "vocabulary": vocabulary.check,
        "translations": translations.check,
    }
    failed = []
    for name, step in steps.items():
        say(name)
        if step():
            failed.append(name)
    say(f"check failed: {', '.join(failed)}" if failed else "check passed")
    return 1 if failed else 0


def test(words: list[str]) -> int:
    """every test but the long ones, with check beside them; [--fast]: between two edits, the
    quick tests of the core and of the tree alone; further words go to pytest"""
    if words[:1] == ["--fast"]:
        return _pytest_in_memory(*SEVERAL_AT_ONCE, "--fast", *(words[1:] or QUICK))
    checking = beside([PYTHON, __file__, "check"])
    tested = _pytest(*words) if words else _pytest_in_memory(*SEVERAL_AT_ONCE)
    checked = checking()
    if checked:
        say("the tests aside, check failed: see above")
    return tested or checked


def bench(words: list[str]) -> int:
    """the figures of the project against their targets: [NAME …] [--json]"""
    return run([PYTHON, ROOT / "tests" / "bench" / "run.py", *words])


def shots(words: list[str]) -> int:
    """pictures of every screen into a folder: DIR"""
    if not words:
        say("say where to: shots DIR")
        return 2
    return run([PYTHON, ROOT / "tests" / "bench" / "shots.py", *words])


def gallery(words: list[str]) -> int:
    """every pane, form and widget on sample data, without a county: [--lang L] [--theme T]
    [--out DIR]"""
    return run([PYTHON, ROOT / "tests" / "bench" / "gallery.py", *words])


def faults(words: list[str]) -> int:
    """schedules, mutants and kills, then every fault case and property, long:
    [--schedules N] [--model N] [--mutants [NAME]] [--years N] [--kills M] [--resume FILE]
    [--seed S] [--jobs J]; a seed alone (with --model: of the model) is played again with its
    trace; real [--rounds N] [--seed S] [--resume FILE] is the program itself in misfortune;
    hostile [--inputs N] [--guided | --by atheris] [--only NAME] [--resume FILE] gives every
    reader of strangers' bytes the worst, one line each"""
    played = [run([PYTHON, *program]) for program in fault_programs.programs(words)]
    return (0 if words else _long_properties()) or max(played)


def _long_properties() -> int:
    own = ("e2e/test_pinyin.py", "e2e/test_screen_reader.py", "gui/eyes")
    names = ("faults", "storage", "integration", "unit", *own)
    folders = [f"tests/{name}" for name in names]
    present = [folder for folder in folders if (ROOT / folder).is_dir()]
    long = ["-m", "long or not long", "--hypothesis-profile", "long", "--timeout", "0"]
    return _pytest(*present, *long)


def coverage(words: list[str]) -> int:
    """the statements of the rules, of both ends' table and of the planner that no test of the
    core runs: there must be none; further words are the tests to watch"""
    program = ROOT / "packaging" / "devkit" / "covered.py"
    return run([*_private_bus(), PYTHON, program, *words], _surroundings())


def tr(words: list[str]) -> int:
    """bring the translation files, and the help's pages that tell their words, up to date, or only
    look: [--check]"""
    return translations.check() if "--check" in words else translations.update() or guides([])


def spec(_words: list[str]) -> int:
    """the API's document and the table of stages, drawn anew from the table of commands"""
    folder = ROOT / "resources" / "county-api"
    return run([PYTHON, "-m", "desktop.county_server.openapi", folder])


def guides(_words: list[str]) -> int:
    """the pages of the help, made anew from resources/help/src"""
    return run([PYTHON, "-m", "support.help_pages"], {"PYTHONPATH": str(ROOT / "tests")})


def package(words: list[str]) -> int:
    """what an office installs, into dist/: [wheel] [deb] [deb13] [folder] [uos]; --prove and a
    name installs it in a clean place and uses it there (as root, in some minutes), --prove faults
    tries the installed program on a bad computer, --prove windows compiles that installer's script,
    --prove upgrade has one version follow another over a full outbox, and none go back,
    --prove same builds the last commit twice and compares the bytes"""
    return front.run(words)


COMMANDS = {
    "run": (show_desk, debian.WINDOW),
    "test": (test, debian.TESTS),
    "check": (check, debian.WINDOW),
    "coverage": (coverage, debian.TESTS),
    "bench": (bench, debian.TESTS),
    "shots": (shots, debian.WINDOW),
    "gallery": (gallery, debian.WINDOW),
    "faults": (faults, debian.LONG_TESTS),
    "tr": (tr, debian.WINDOW),
    "spec": (spec, ()),
    "guides": (guides, ()),
    "package": (package, ()),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (action, _) in COMMANDS.items():
        commands.add_parser(name, help=action.__doc__, add_help=False)
    chosen, words = parser.parse_args(sys.argv[1:2]), sys.argv[2:]
    action, packages = COMMANDS[chosen.command]
    if words and words[0] in ("-h", "--help") and action is not show_desk:
        print(f"dev.py {chosen.command}: {action.__doc__}")
        return 0
    environment.provide()
    debian.provide(packages)
    return action(words)


def _private_bus() -> list[str]:
    """A session bus of its own, so that a test's Secret Service is nobody's real one."""
    return ["dbus-run-session", "--"] if shutil.which("dbus-run-session") else []


def _pytest(*words: str, surroundings: dict[str, str] | None = None) -> int:
    told = _surroundings() | (surroundings or {})
    return run([*_private_bus(), PYTHON, "-m", "pytest", *words], told)


def _pytest_in_memory(*words: str) -> int:
    """As above; what the tests write is gone afterwards."""
    with memory_disk.memory_folder() as folder:
        if folder is None:
            return _pytest(*words)
        # Short: sockets lie in the tests' folders, and a longer path is none for a socket.
        words = (*words, "--basetemp", str(folder / "t"))
        return _pytest(*words, surroundings={"TMPDIR": str(folder)})


def _surroundings() -> dict[str, str]:
    """Offscreen unless a platform was chosen; a test that needs X starts its own server."""
    return COMPILED_ONCE | ({} if "QT_QPA_PLATFORM" in os.environ else OFFSCREEN)


if __name__ == "__main__":
    sys.exit(main())
