"""`county-desk courier relay`: hand other offices' bundles on, beside an open desk as well."""

from __future__ import annotations

import argparse
from contextlib import closing

from desktop import bootstrap
from desktop.application.export.outgoing import plain
from desktop.application.ports import StoreError
from desktop.commands.courier_files import find_county, work_through
from desktop.commands.opening import collect_logins, read_profile_checked
from desktop.commands.options import Lines, complain
from desktop.connectors.county.client import CountyConnector
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.storage.files.bundle_file import write_verified
from desktop.wire.courier import name_receipt, read_header


def relay(options: argparse.Namespace) -> int:
    """Hand the bundles on under the profile's login; as `courier` returns.

    No desk is opened and no session: a desk that is open goes on with its own undisturbed.
    """
    profile = read_profile_checked(options.profile)
    if profile is None:
        return 2
    words, lines = bootstrap.words_in(options.lang, profile), Lines()
    source = find_county(profile, options.source, words, lines)
    if source is None:
        return 2
    try:
        token = collect_logins(profile, options, words)
    except StoreError as error:
        complain(str(words.problem(error.problem)))
        return 2
    known = bootstrap.sources(profile, CorrectedClock(SystemClock()), token=token)
    with closing(next(each.build() for each in known if each.settings.id == source)) as county:
        assert isinstance(county, CountyConnector)

        def hand_on(file: str, content: bytes) -> None:
            receipt = county.relay(content)
            to = options.receipts / name_receipt(read_header(receipt))
            to.parent.mkdir(parents=True, exist_ok=True)
            write_verified(to, receipt)
            zh, en = f"县平台已收，回执 {to}", f"taken by the county, receipt {to}"
            print(plain(f"{file}: {zh if words.chinese else en}"))

        return work_through(options.files, hand_on, words, lines)
