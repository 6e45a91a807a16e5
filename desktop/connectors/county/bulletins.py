"""What the county publishes for its desks: fetched when it is another than before, and proven."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop.connectors.county.courier import OfficePairing
from desktop.connectors.county.mapping import text
from desktop.connectors.county.session import CountySession, not_county_api
from desktop.domain import bulletin as domain
from desktop.domain.bulletin import BulletinRefused, Published
from desktop.domain.instant import from_datetime
from desktop.protocol.fingerprint import read_fingerprint
from desktop.protocol.limits import BULLETINS_BYTES
from desktop.wire import bulletins as wire
from desktop.wire.courier import read_pairing
from desktop.wire.level1 import MAGIC

NOTHING = (304, 404, 405)
FORGED = {"key": "signed by another key", "signature": "the signature does not fit"}
UNREAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


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
    if not _is_of_api(reply.body):
        raise not_county_api(reply.url, reply.body[:100].decode("utf-8", "replace"))
    return read(reply.body, reply.headers.get("ETag", ""), server, fingerprint)


def _is_of_api(body: bytes) -> bool:
    """Whether the county's API answered, and no page of a portal in between."""
    try:
        return msgspec.json.decode(body, type=_Marked).magic == MAGIC
    except UNREAD:
        return False


class _Marked(msgspec.Struct):
    magic: str


def read(body: bytes, tag: str, server: str, fingerprint: str) -> Published:
    """Return what the bytes say, where all of it is this county's and can be read.

    Else BulletinRefused, with the rest of it: nothing hides the news that could mend it.
    """
    try:
        told = msgspec.json.decode(body, type=wire.Bulletins)
    except UNREAD as error:
        raise BulletinRefused(str(error)[:200]) from None
    if told.magic != MAGIC:
        raise BulletinRefused("not the county API")
    if told.county != server:
        raise BulletinRefused("of another county")
    found, faults = Published(tag), list[tuple[bool, str]]()
    known = {each.kind: each for each in told.bulletins}
    for kind, add in ((wire.SETTINGS, _add_settings), (wire.UPDATE, _add_update)):
        if kind not in known:
            continue
        try:
            found = add(found, wire.read_bulletin(known[kind], server, fingerprint))
        except wire.Forged as error:
            faults.append((False, FORGED[str(error)]))
        except UNREAD as error:
            faults.append((True, str(error)[:200]))
    if faults:
        is_signed, reason = min(faults)
        raise BulletinRefused(reason, found, is_signed=is_signed)
    return found


def _add_settings(found: Published, said: str) -> Published:
    told = wire.read_settings(said)
    made_at, groups = from_datetime(told.made_at), to_groups(told.groups)
    settings = domain.CentralSettings(told.version, made_at, told.by, groups)
    return msgspec.structs.replace(found, settings=settings)


def to_groups(told: Sequence[wire.SettingsGroup]) -> tuple[domain.SettingsGroup, ...]:
    """Convert groups of settings for a desk."""
    return tuple(
        domain.SettingsGroup(
            *(each.settings, each.fixed, each.sources),
            *(tuple(each.postures), each.townships, each.form),
        )
        for each in told
    )


def _add_update(found: Published, said: str) -> Published:
    told = msgspec.json.decode(said, type=wire.ProgramUpdate)
    begins = None if told.begins_at is None else from_datetime(told.begins_at)
    packages = tuple(
        domain.Package(each.kind, each.name, each.size, each.digest) for each in told.packages
    )
    words = text(told.words)
    update = domain.ProgramUpdate(told.version, told.program, begins, words, packages)
    return msgspec.structs.replace(found, update=update)
