"""`county-desk courier relay`: hand other offices' bundles on, beside an open desk as well."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from desktop import bootstrap
from desktop.application.courier.relay import HandedOn, RelayDone
from desktop.application.export.outgoing import plain
from desktop.application.ports import SourceError, StoreError
from desktop.commands.courier.files import read_bounded, work_through
from desktop.commands.opening import choose_language, collect_logins, read_profile_checked
from desktop.commands.options import Lines, complain, find_county
from desktop.commands.refusal import status_of
from desktop.connectors.county.client import CountyConnector
from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text
from desktop.protocol.limits import COURIER_BYTES
from desktop.storage.files.bundle_file import write_verified
from desktop.wire.courier import draw_codes, find_bundles, name_receipt, read_header


class RelayDesk:
    """Hands other offices' bundles on to the county of an open desk."""

    def __init__(self, desk: bootstrap.Desk, source: str) -> None:
        self._desk, self._source = desk, source

    def hand_on(self, files: Sequence[Path]) -> RelayDone:
        """Hand on the bundles in these files and on these pictures, the oldest first."""
        bundles, remarks = find_bundles((each.name, partial(read_bounded, each)) for each in files)
        said, handed = [Text(each.zh, each.en) for each in remarks], list[HandedOn]()
        with closing(self._desk.connect_beside(self._source)) as county:
            assert isinstance(county, CountyConnector)
            for bundle in bundles:
                try:
                    receipt = county.relay(bundle.read(COURIER_BYTES))
                except BundleRefused as refused:
                    said.append(_about(bundle.name, refused.why))
                except SourceError as error:
                    problem = str(self._desk.words.problem(error.problem))
                    said.append(_about(bundle.name, Text(problem, problem)))
                    break  # The next one would wait as long for the same answer.
                except OSError as error:
                    said.append(_about(bundle.name, Text(str(error), str(error))))
                else:
                    handed.append(_show_receipt(receipt))
        return RelayDone(tuple(handed), tuple(said))

    def write_receipts(self, folder: Path, handed: Sequence[HandedOn]) -> None:
        """Write the receipts into a folder and read them back; OSError where that fails."""
        for each in handed:
            write_verified(folder / each.name, each.receipt)


def _about(name: str, why: Text) -> Text:
    return Text(f"{name}: {why.zh}", f"{name}: {why.en}")


def _show_receipt(receipt: bytes) -> HandedOn:
    header = read_header(receipt)
    name = name_receipt(header)
    try:
        drawn = sorted(draw_codes(receipt, name).items())
    except ValueError:
        drawn = []  # It is too much for codes: it goes back as a file.
    pictures = tuple(picture for file, picture in drawn if file.endswith(".png"))
    return HandedOn(header.office, header.number, name, receipt, pictures)


def relay(options: argparse.Namespace) -> int:
    """Hand the bundles on under the profile's login; as `courier` returns.

    No desk is opened and no session: a desk that is open goes on with its own undisturbed.
    """
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words, lines = bootstrap.words_in(choose_language(options, profile)), Lines()
    source = find_county(profile, options.source, words, lines)
    if source is None:
        return 2
    try:
        token = collect_logins(profile, options, words)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return status_of(error.problem)
    with closing(bootstrap.build_beside(profile, source, token)) as county:
        assert isinstance(county, CountyConnector)

        def hand_on(file: str, content: bytes) -> None:
            receipt = county.relay(content)
            to = options.receipts / name_receipt(read_header(receipt))
            to.parent.mkdir(parents=True, exist_ok=True)
            write_verified(to, receipt)
            zh, en = f"县平台已收，回执 {to}", f"taken by the county, receipt {to}"
            print(plain(f"{file}: {zh if words.chinese else en}"))

        return work_through(options.files, hand_on, words, lines)
