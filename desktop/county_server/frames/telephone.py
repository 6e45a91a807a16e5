"""`county-server hear`: write down what an office reads over the telephone, and have it done.

The message goes as frames to the gateway's port of the running county, as from any other way.
"""

from __future__ import annotations

import argparse
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.county_server.courier.offices import identity_of
from desktop.county_server.frames.offices import read_offices
from desktop.wire.frames.dictation import take_dictation
from desktop.wire.frames.fragments import FrameType, cut, read_fragment
from desktop.wire.frames.line import LineReader
from desktop.wire.frames.outcomes import decode_outcomes
from desktop.wire.frames.spoken import PhoneSheet, halve, say_check, say_digits, speak

TIMEOUT_S = 30.0
MOST_ANSWER = 65_536
NO_OUTCOME = "县平台没有回执 / the county did not answer"
READ_BACK = "请读给对方（值守端用 county-desk frames hear 听写）/ read this back:"


def hear_telephone(args: argparse.Namespace, database: Path) -> int:
    """Take one message down for this county and hand it over; 0 when it answered, else 1.

    OfficesError where the file of offices is wrong, OSError where no county listens.
    """
    offices = read_offices(args.offices, identity_of(database), PairedOffices(database))
    keys = {each.number: each.keys for each in offices.values()}
    heard = take_dictation(input, print, keys)
    if heard is None or heard.head.type is not FrameType.COMMAND:
        return 1
    frames = cut(heard.head, heard.data, heard.key)
    answers = [answer for frame in frames for answer in _post(args.gateway, frame)]
    told = [read_fragment(answer, keys) for answer in answers]
    for fragment in told:
        for outcome in decode_outcomes(fragment.content).outcomes:
            print(outcome.number, outcome.status, outcome.reason)
        _print_sheet(speak(fragment.head, fragment.content, fragment.key))
    if not told:
        print(NO_OUTCOME)
    return int(not told)


def _print_sheet(spoken: PhoneSheet) -> None:
    print(READ_BACK)
    for number, group in enumerate(spoken.groups, 1):
        words = (say_digits(group, chinese=chinese) for chinese in (True, False))
        print(f"{number:3} {halve(group)} ", *words)
    print(spoken.check, *(say_check(spoken.check, chinese=chinese) for chinese in (True, False)))


def _post(url: str, frame: bytes) -> list[bytes]:
    """Hand a frame to the county's port for gateways; return the frames it answers with."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_S)
    try:
        connection.request("POST", parts.path or "/", frame)
        return list(LineReader().feed(connection.getresponse().read(MOST_ANSWER)))
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
