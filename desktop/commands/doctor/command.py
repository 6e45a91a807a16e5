"""`county-desk doctor`: one line a check, with what to do."""

from __future__ import annotations

import argparse
from functools import partial

from desktop import bootstrap, paths
from desktop.application.export.outgoing import json_text, plain
from desktop.commands.doctor.examination import examine
from desktop.commands.doctor.qt_process import FACTS
from desktop.commands.options import add_desk_options
from desktop.diagnostics.doctor.finding import Verdict
from desktop.diagnostics.doctor.words import DoctorWords


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(FACTS, action="store_true", dest="qt_facts", help=argparse.SUPPRESS)
    parser.epilog = "Nothing is changed, and nobody is asked for a password."
    add_desk_options(parser, required=False)


def main(options: argparse.Namespace) -> int:
    """Run all checks; 0 when nothing is broken, else 1."""
    if options.qt_facts:
        from desktop.gui.qt_facts import tell_facts

        tell_facts(partial(print, flush=True))
        return 0
    found = examine(options)
    words = bootstrap.words_in(options.lang or found.language)
    told = DoctorWords(paths.resources(), words)
    if options.json:
        print(json_text(told.as_object(found.findings)))
    else:
        for line in told.lines(found.findings):
            print(plain(line))
    return int(any(finding.verdict is Verdict.BROKEN for finding in found.findings))
