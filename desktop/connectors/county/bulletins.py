"""What the county publishes for its desks: fetched when it is another than before, and proven."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from desktop.connectors.county.courier import OfficePairing
from desktop.connectors.county.mapping import text
from desktop.connectors.county.session import CountySession
from desktop.domain import bulletin as domain
from desktop.domain.bulletin import BulletinRefused, Published
from desktop.domain.instant import from_datetime
from desktop.protocol.fingerprint import read_fingerprint
from desktop.protocol.limits import BULLETINS_BYTES
from desktop.wire import bulletins as wire
from desktop.wire.courier import read_pairing
from desktop.wire.level1 import MAGIC

NOTHING = (304, 404, 405)
T = TypeVar("T")


def find_fingerprint(pairing: OfficePairing | None, said: str) -> str:
    """Return the fingerprint of the county that a desk trusts, or an empty text.

    By a courier pairing, else by the digits `said` in the profile, however they are spaced.
    """
    if pairing is not None and pairing.line:
        return read_pairing(pairing.line).keys.fingerprint
    return read_fingerprint(said)


def fetch(county: CountySession, tag: str, server: str, fingerprint: str) -> Published | None:
    """Return what the county says, or None for what it said under this tag, or for nothing.

    Raises BulletinRefused, SourceError.
    """
    reply = county.http.get(
        "v1/bulletins",
        accept="",  # Asked once an hour: what it is can only be JSON.
        headers={"If-None-Match": tag} if tag else {},
        expect=(200, *NOTHING),
        max_bytes=BULLETINS_BYTES,
    )
    if reply.status in NOTHING:
        return None
    return read(reply.body, reply.headers.get("ETag", ""), server, fingerprint)


def read(body: bytes, tag: str, server: str, fingerprint: str) -> Published:
    """Return what the bytes say, where all of it is this county's; raises BulletinRefused."""
    try:
        told = msgspec.json.decode(body, type=wire.Bulletins)
        if told.magic != MAGIC:
            raise BulletinRefused("not the county API", tag)
        if told.county != server:
            raise BulletinRefused("of another county", tag)
        known = {each.kind: each for each in told.bulletins}
        settings = _read(known.get(wire.SETTINGS), server, fingerprint, wire.CentralSettings)
        update = _read(known.get(wire.UPDATE), server, fingerprint, wire.ProgramUpdate)
    except wire.Forged as error:
        words = {"key": "signed by another key", "signature": "the signature does not fit"}
        raise BulletinRefused(words[str(error)], tag) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BulletinRefused(str(error)[:200], tag) from None
    return Published(tag, _settings(settings), _update(update))


def _read(found: wire.Bulletin | None, server: str, fingerprint: str, type_: type[T]) -> T | None:
    return None if found is None else wire.read_bulletin(found, server, fingerprint, type_)


def _settings(told: wire.CentralSettings | None) -> domain.CentralSettings | None:
    if told is None:
        return None
    made_at, groups = from_datetime(told.made_at), to_groups(told.groups)
    return domain.CentralSettings(told.version, made_at, told.by, groups)


def to_groups(told: Sequence[wire.SettingsGroup]) -> tuple[domain.SettingsGroup, ...]:
    """Convert groups of settings for a desk."""
    return tuple(
        domain.SettingsGroup(
            *(each.settings, each.fixed, each.sources),
            *(tuple(each.postures), each.townships, each.form),
        )
        for each in told
    )


def _update(told: wire.ProgramUpdate | None) -> domain.ProgramUpdate | None:
    if told is None:
        return None
    begins = None if told.begins_at is None else from_datetime(told.begins_at)
    packages = tuple(
        domain.Package(each.kind, each.name, each.size, each.digest) for each in told.packages
    )
    return domain.ProgramUpdate(told.version, told.program, begins, text(told.words), packages)
