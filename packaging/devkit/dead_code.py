"""What nobody calls: names found by vulture, less those that are called from outside our code."""

from __future__ import annotations

import re
import subprocess

from devkit.place import ROOT, say, script

FOLDERS = ("desktop", "packaging")
REGISTERED = "@rule"
"""Decorators that keep what they are given, to be called by its kind."""

_FOUND = re.compile(r"^(?P<place>\S+:\d+): .*'(?P<name>[^']+)'")

CALLED_FROM_OUTSIDE = {
    "Qt": """customEvent eventFilter expandingDirections itemAt
        keyboardSearch loadResource mouseMoveEvent paintSection passwordEdit wheelEvent""",
    "pyqtgraph": "tickStrings tickValues",
    "collections.abc": "_from_iterable",
    "enum": "_missing_",
    "http.server": "daemon_threads do_POST log_message server_version service_actions sys_version",
    "logging": "handleError",
    "msgspec, which reads or writes them": "is_equal is_regex silence_id",
    "the style sheet and `Theme.color`, by their names": "orange_text pick_ground",
    "words that come from a county": """CONTINUED FINAL FIRST_PHONE FIRST_WRITTEN MOBILE
        SATELLITE""",
    "requests and urllib3": """ConnectionCls _new_conn get_redirect_target pool_classes_by_scheme
        proxy_headers resp response_class trust_env""",
    "starlette, uvicorn and ssl": "main_loop num_tickets redirect_slashes should_exit",
    "tests that hold a reference server, a window, a picture or a document": """LEAST_ARC_MINUTES
        least_px link_sheet paintings sources_sheet
        wait_for_snapshots""",
}
"""By who calls them: the names that vulture cannot see in use."""


def check() -> int:
    """Nonzero when something is used nowhere, or when a name above is no longer needed."""
    words = [script("vulture"), *FOLDERS, "--ignore-decorators", REGISTERED]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode not in (0, 3):
        print(answer.stdout, answer.stderr, sep="")
        return answer.returncode
    dead, needless = judge(answer.stdout)
    for line in dead:
        print(line)
    for name in needless:
        say(f"{name}: used now, or gone; take it from CALLED_FROM_OUTSIDE")
    return 1 if dead or needless else 0


def judge(report: str) -> tuple[list[str], list[str]]:
    """The lines of vulture's report that stand, and the excused names it does not hold."""
    found = {line: match["name"] for line in report.splitlines() if (match := _FOUND.match(line))}
    excused = set(" ".join(CALLED_FROM_OUTSIDE.values()).split())
    dead = [line for line, name in found.items() if name not in excused]
    return dead, sorted(excused - set(found.values()))
