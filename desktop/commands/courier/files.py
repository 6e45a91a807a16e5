"""Bundles named on the command line: the oldest first, and one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from desktop.application.export.outgoing import plain
from desktop.application.i18n import Words
from desktop.application.ports import SourceError
from desktop.commands.options import Lines
from desktop.domain.courier import BundleRefused
from desktop.protocol.limits import COURIER_BYTES
from desktop.wire.courier import find_bundles

HERE = Path()


def work_through(
    files: Sequence[Path],
    work: Callable[[str, bytes], None],
    words: Words,
    lines: Lines,
    base: Path = HERE,
) -> int:
    """Do the work on each bundle, in files and on pictures of codes, with its name and content.

    Names of files are told as they were given; they begin at `base`.

    1 when one was refused or failed or its codes are not all there, which is said, else 0. The
    oldest first: what one bundle is about may follow what an earlier one was about.
    """
    bundles, remarks = find_bundles(
        (str(file), partial(read_bounded, base / file)) for file in files
    )
    for remark in remarks:
        lines.complain(plain(remark.zh if words.chinese else remark.en))
    status = int(any(each.is_failure for each in remarks))
    for bundle in bundles:
        file = bundle.name
        try:
            work(file, bundle.read(COURIER_BYTES))
            continue
        except BundleRefused as refused:
            lines.complain(f"{file}: {refused.why.in_language(words.language)}")
        except SourceError as error:
            lines.complain(f"{file}: {plain(str(words.problem(error.problem)))}")
        except OSError as error:
            lines.complain(f"{file}: {error}")
        status = 1
    return status


def read_bounded(file: Path, most: int) -> bytes:
    """Return a file's content, and one byte more of one that is larger: it is refused for it."""
    with file.open("rb") as opened:
        return opened.read(most + 1)
