"""Courier bundles on the county's wire: an office's pairing, its bundles, and their receipts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from desktop.connectors.county.commands import read_result, wire_requests
from desktop.connectors.county.openings import TABLES
from desktop.connectors.county.session import CountySession, not_county_api
from desktop.connectors.http.request import Limits
from desktop.connectors.http.response import decode_json
from desktop.domain.command import CommandRecord, Key
from desktop.domain.courier import (
    BundleRefused,
    CarriedAnswers,
    CarriedData,
    CarriedFile,
    FilePart,
    Keys,
)
from desktop.domain.instant import Instant
from desktop.domain.link import TrafficClass
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding
from desktop.protocol.limits import COURIER_BYTES, REQUEST_BYTES
from desktop.wire import courier, level1
from desktop.wire.courier import (
    BundleError,
    Chunk,
    CountyData,
    Delivery,
    Direction,
    Fault,
    Pairing,
    PrivateKeys,
)
from desktop.wire.level1 import MAGIC

ROOM_OF_ONE = REQUEST_BYTES - 1_000
"""Bytes of a request of one command that surely fits, whatever it comes to name as `after`."""
LIMITS = Limits(deadline_s=3600.0, max_bytes=COURIER_BYTES)


class OfficePairing(msgspec.Struct, frozen=True):
    """An office's keys and its county's, to be kept where logins are kept."""

    office: str
    county: str
    seeds: tuple[bytes, ...]
    """Private keys, newest last: receipts under way may still be for the one before."""
    line: str = ""
    """The county's pairing line; empty until it has come."""
    confirmed: bool = False
    """Whether the county has paired the newest keys, so that they sign from now on."""


def begin_pairing(known: OfficePairing | None, office: str, county: str) -> OfficePairing:
    """Return the pairing with new keys, which sign once the county's answer has come."""
    seed = PrivateKeys().seed
    if known is None or (known.office, known.county) != (office, county):
        return OfficePairing(office, county, (seed,))
    used = known.seeds[-1:] if known.confirmed else known.seeds[:1]
    if not known.line:
        used = ()
    return OfficePairing(office, county, (*used, seed), known.line)


def office_line(pairing: OfficePairing) -> tuple[str, str]:
    """Return the pairing line for the county, and the fingerprint to compare."""
    public = PrivateKeys(pairing.seeds[-1]).public
    keys = (public.signing, public.agreement)
    line = courier.write_pairing(Pairing("office", pairing.county, pairing.office, *keys))
    return line, public.fingerprint


def county_fingerprint(pairing: OfficePairing, line: str) -> str:
    """Return the fingerprint of a county's pairing line; BundleRefused when it is not for us."""
    try:
        told = courier.read_pairing(line)
    except BundleError as error:
        raise refusal(error) from None
    if told.side != "county":
        raise _refuse_for(Fault.OTHER_WAY)
    if told.county != pairing.county:
        raise _refuse_for(Fault.OTHER_COUNTY)
    if told.office != pairing.office:
        raise _refuse_for(Fault.OTHER_OFFICE)
    if told.receiver != PrivateKeys(pairing.seeds[-1]).public.id:
        raise _refuse_for(Fault.OTHER_KEYS)
    return told.keys.fingerprint


def end_pairing(pairing: OfficePairing, line: str) -> OfficePairing:
    """Return the pairing with the county's line, compared before; BundleRefused if not for us."""
    county_fingerprint(pairing, line)
    return msgspec.structs.replace(pairing, line=line.strip(), confirmed=True)


def frame_secret(pairing: OfficePairing, server: str) -> bytes:
    """Return the secret of an office's frames that its county makes as well, by the same keys.

    BundleRefused when the pairing is not complete, or for another county than that server.
    """
    if not pairing.line:
        raise BundleRefused(NOT_PAIRED)
    if pairing.county != server:
        raise _refuse_for(Fault.OTHER_COUNTY)
    own = PrivateKeys(pairing.seeds[-1] if pairing.confirmed else pairing.seeds[0])
    county = courier.read_pairing(pairing.line).keys
    return courier.derive_office_secret(own, county, pairing.county, pairing.office)


class CourierBox:
    """Seals an office's bundles and opens its receipts."""

    def __init__(self, pairing: OfficePairing, binding: Binding, client: str) -> None:
        """BundleRefused when the pairing is not complete, or for another county than the desk's."""
        if not pairing.line:
            raise BundleRefused(NOT_PAIRED)
        if pairing.county != binding.server:
            raise _refuse_for(Fault.OTHER_COUNTY)
        self._pairing, self._binding, self._client = pairing, binding, client
        self._keys = [PrivateKeys(seed) for seed in pairing.seeds]
        self._county = courier.read_pairing(pairing.line).keys

    def encode(self, records: Sequence[CommandRecord], offset_ms: int) -> list[tuple[Keys, bytes]]:
        """Return the commands as the network's requests, each with the keys in it.

        One that the wire cannot carry is in none of them: the network tells why.
        """
        fit = [each for each in records if self._is_fit(each)]
        asked = wire_requests(fit, self._binding, self._client, offset_ms)
        return [
            (tuple(command.key for command in each.commands), msgspec.json.encode(each))
            for request in asked
            for each in _within_bounds(request)
        ]

    def _is_fit(self, record: CommandRecord) -> bool:
        """Whether the wire takes a command: with another a bundle would be refused whole."""
        (alone,) = wire_requests([record], self._binding, self._client, 0)
        try:
            data = msgspec.json.encode(alone)
            msgspec.json.decode(data, type=level1.Commands)
        except (msgspec.MsgspecError, ValueError):
            return False
        return len(data) <= ROOM_OF_ONE

    def seal(
        self,
        number: int,
        made_at: Instant,
        requests: Sequence[bytes],
        parts: Sequence[FilePart],
        token: str | None,
    ) -> bytes:
        """Return a bundle, signed and encrypted; with a token it asks for what is newer."""
        chunks = tuple(
            Chunk(each.ref.digest, each.ref.size, each.ref.media_type, each.offset, each.data)
            for each in parts
        )
        binding = self._binding
        told = (made_at, binding.account, tuple(requests), chunks, token, binding.echo, TABLES)
        names = (self._pairing.county, self._pairing.office, number)
        signer = self._keys[-1] if self._pairing.confirmed else self._keys[0]
        body = courier.encode_body(Delivery(*told))
        return courier.seal(Direction.UP, names, body, signer, self._county)

    def open_receipt(self, data: bytes, target_of: Callable[[str], Key | None]) -> CarriedAnswers:
        """Return what a receipt says of our commands; BundleRefused for one that is not ours."""
        try:
            header = courier.read_header(data)
            if header.direction is not Direction.RECEIPT:
                raise BundleError(Fault.OTHER_WAY)
            if header.county != self._pairing.county:
                raise BundleError(Fault.OTHER_COUNTY)
            if header.office != self._pairing.office:
                raise BundleError(Fault.OTHER_OFFICE)
            own = next((each for each in self._keys if each.public.id == header.receiver), None)
            if own is None:
                raise BundleError(Fault.OTHER_RECEIVER)
            receipt = courier.decode_receipt(courier.unseal(data, header, self._county, own))
            told = receipt.results()
        except BundleError as error:
            raise refusal(error) from None
        if any((each.magic, each.epoch) != (MAGIC, receipt.epoch) for each in told):
            raise _refuse_for(Fault.UNREADABLE)
        answers = [
            read_result(result, target)
            for each in told
            for result in each.results
            if (target := target_of(result.key)) is not None
        ]
        files = tuple(CarriedFile(each.digest, each.size, each.offset) for each in receipt.files)
        brought = None if receipt.data is None else _data_of(receipt.data)
        return CarriedAnswers(
            *(header.number, receipt.made_at, receipt.epoch, receipt.echo),
            *(frozenset(receipt.earlier), receipt.keys_kept_s, receipt.set_back_to),
            *(tuple(answers), files, brought),
        )


def _within_bounds(asked: level1.Commands) -> Iterator[level1.Commands]:
    """Yield a request, as several where it is larger than the county takes."""
    if len(msgspec.json.encode(asked)) <= REQUEST_BYTES:
        yield asked
        return
    half = len(asked.commands) // 2
    for part in (asked.commands[:half], asked.commands[half:]):
        yield from _within_bounds(msgspec.structs.replace(asked, commands=part))


NOT_PAIRED = Text(
    "还没有与县平台配对：请先用 courier pair。",
    "Not paired with the county yet: use courier pair first.",
)


def _data_of(told: CountyData) -> CarriedData:
    """Return what a receipt brings of the county's data, its bytes as they are."""
    return CarriedData(
        *(told.made_at, told.epoch, told.account, told.townships, told.collections),
        *(told.since, told.changes, told.snapshot),
    )


def relay(county: CountySession, bundle: bytes) -> bytes:
    """Hand on a bundle of whatever office; return its receipt, which only that office can open."""
    try:
        asked = courier.read_header(bundle)
    except BundleError as error:
        raise refusal(error) from None
    # Without a session: another one under this client's name would end that of an open desk.
    with county.http.open(
        "POST",
        "v1/courier",
        body=bundle,
        accept="",
        headers={"Content-Type": "application/octet-stream"},
        expect=(200, 422),
        limits=LIMITS,
        kind=TrafficClass.COMMANDS,
        again=True,  # Done twice it changes nothing: each command has its key.
    ) as stream:
        reply = stream.whole()
    if reply.status == 422:
        said = decode_json(reply.body, level1.ProblemDetails, reply.url)
        zh, _, en = said.detail.partition(" / ")
        raise BundleRefused(Text(zh, en or zh))
    try:
        got = courier.read_header(reply.body)
    except BundleError:
        raise not_county_api(reply.url, "") from None
    if (got.direction, got.county, got.office, got.number) != (
        *(Direction.RECEIPT, asked.county, asked.office, asked.number),
    ):
        raise not_county_api(reply.url, "")
    return reply.body


def refusal(error: BundleError) -> BundleRefused:
    """Return the wire's refusal in the desk's words."""
    return _refuse_for(error.fault)


def _refuse_for(fault: Fault) -> BundleRefused:
    return BundleRefused(Text(*fault.words))
