"""`county-desk doctor`: one line a check, with what to do; and the support bundle."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from desktop.application.export.outgoing import json_text, plain
from desktop.commands.doctor.examination import of_options
from desktop.commands.doctor.qt_process import FACTS
from desktop.commands.opening import problem_of
from desktop.commands.options import add_desk_options, complain
from desktop.diagnostics.doctor.finding import Verdict
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.diagnostics.support.bundle import Part, write_bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE",
        help="show what would help a maintainer, then write it to FILE (zip): no names, no texts, "
        "no logins",
    )
    parser.add_argument(
        "--with-hosts", action="store_true", help="with --bundle: names of servers, too"
    )
    parser.add_argument(FACTS, action="store_true", dest="qt_facts", help=argparse.SUPPRESS)
    parser.epilog = "Nothing is changed, and nobody is asked for a password."
    add_desk_options(parser, required=False)


def main(options: argparse.Namespace) -> int:
    """Run all checks; 0 when nothing is broken, else 1, also for a bundle not written."""
    if options.qt_facts:
        from desktop.gui.qt_facts import tell_facts

        tell_facts(partial(print, flush=True))
        return 0
    with closing(of_options(options)) as doctor:
        findings = doctor.run()
        parts = doctor.gather(findings, hosts=options.with_hosts) if options.bundle else ()
    if options.json:
        print(json_text(doctor.words.as_object(findings)))
    else:
        for line in doctor.words.lines(findings):
            print(plain(line))
    is_kept = not options.bundle or _keep(parts, options.bundle, doctor.words)
    broken = any(finding.verdict is Verdict.BROKEN for finding in findings)
    return int(broken or not is_kept)


def _keep(parts: Sequence[Part], file: Path, words: DoctorWords) -> bool:
    """Show what would be handed over and write it, on a terminal once that is confirmed."""
    for part in parts:
        complain(f"──── {part.name}", part.text)
    complain(words.say("bundle", "within"))
    if sys.stdin and sys.stdin.isatty():
        complain(words.say("bundle", "ask", file=str(file)))
        if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
            complain(words.say("bundle", "dropped"))
            return True
    try:
        write_bundle(parts, file)
    except OSError as error:
        complain(words.say_problem(problem_of(error)))
        return False
    complain(words.say("bundle", "written", file=str(file)))
    return True
