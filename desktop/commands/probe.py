"""`county-desk probe`: what answers at each source, without a screen."""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import closing
from pathlib import Path

from desktop import bootstrap
from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import Source, SourceError, StoreError
from desktop.application.proxies import caution_of
from desktop.commands.opening import choose_language, collect_logins, read_profile_checked
from desktop.commands.options import add_desk_options, complain
from desktop.commands.refusal import status_of
from desktop.commands.sync_report import UNREAD, probe_json
from desktop.domain.certainty import Certainty
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.domain.source import ProbeResult, Problem

MOST_STRANGE = 10
"""Unknown words listed by name where no JSON is asked for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `probe`."""
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="ask no source: check a file of settings for all desks (county-server settings)",
    )
    add_desk_options(parser, required=True)


def main(options: argparse.Namespace) -> int:
    """Run the command; 0 well, 1 when a source does not answer, 2 for a wrong profile, 3 when only
    items could not be read."""
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words = bootstrap.words_in(choose_language(options, profile))
    if options.settings is not None:
        from desktop.commands.settings.central_check import check_central

        return check_central(options.settings, profile, words)
    try:
        token = collect_logins(profile, options, words)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return status_of(error.problem)
    probed: dict[str, ProbeResult | SourceError] = {}
    for each in bootstrap.sources(profile, CorrectedClock(SystemClock()), token=token):
        source = each.settings.id
        caution = caution_of(each.settings)
        if caution is not None:
            complain(f"{source}: {plain(str(words.problem(caution)))}")
        probed[source] = _ask(each)
        if not options.json:
            print(f"{source}: {_describe_found(words, probed[source])}")
    if options.json:
        print(probe_json(words, probed))
    if any(isinstance(found, SourceError) for found in probed.values()):
        return 1
    return UNREAD if any(isinstance(f, ProbeResult) and f.unread for f in probed.values()) else 0


def _ask(source: Source) -> ProbeResult | SourceError:
    """Return what answers at a source, or why nothing does; the sources after it are asked too."""
    try:
        with closing(source.build()) as connector:
            return connector.probe()
    except SourceError as error:
        return error
    except Exception as error:  # noqa: BLE001 - a connector of a third party, too
        what = f"{type(error).__name__}: {error}"
        return SourceError(Problem("internal_error", {"what": what}))


def _describe_found(words: Words, found: ProbeResult | SourceError) -> str:
    if isinstance(found, SourceError):
        return f"failed {found.problem.code} — {plain(str(words.problem(found.problem)))}"
    counts = ", ".join(
        f"{words.term('collection', c)} {n}" for c, n in sorted(found.counts.items())
    )
    fills = ", ".join(words.term("collection", c) for c in sorted(found.fills))
    told = f"ok {plain(found.product)} · {counts or fills}"
    if found.clock_offset_ms is not None:
        told += f" · clock {found.clock_offset_ms / 1000:+.1f} s"
    remarks = [plain(str(words.problem(remark))) for remark in found.remarks]
    remarks += [
        f"{words.term('certainty', Certainty.UNREAD)}: {words.term('collection', kind)} {count}"
        for kind, count in sorted(found.unread.items())
    ]
    counted = Counter(each.word for each in found.strange)
    remarks += [plain(f"? {word} × {count}") for word, count in counted.most_common(MOST_STRANGE)]
    return told + "".join(f"\n  {remark}" for remark in remarks)
