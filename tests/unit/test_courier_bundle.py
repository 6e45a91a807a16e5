"""A courier bundle is taken whole and unchanged, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.protocol.limits import (
    COURIER_BYTES,
    COURIER_PIECE_BYTES,
    COURIER_UNPACKED,
    REQUEST_BYTES,
)
from desktop.wire import courier
from desktop.wire.courier import (
    BundleError,
    Chunk,
    Delivery,
    DeliveryReceipt,
    Direction,
    Fault,
    Pairing,
    PrivateKeys,
    PublicKeys,
)
from desktop.wire.courier.problems import WORDS
from support.courier_vectors import (
    CONTENT,
    COUNTY,
    COUNTY_KEYS,
    DIGEST,
    FILE,
    OFFICE,
    OFFICE_KEYS,
    UP,
    in_json,
    pairing,
    receipt,
    sealed_receipt,
    sealed_up,
    vectors,
)
from support.courier_vectors import REQUEST as ASKED

WHOLE = sealed_up()
NAMES = (COUNTY, OFFICE, 1)


def read(data: bytes, keys: PublicKeys = OFFICE_KEYS.public) -> Delivery:
    """What the county reads of a bundle."""
    header = courier.read_header(data)
    return courier.decode_delivery(courier.unseal(data, header, keys, COUNTY_KEYS))


def fault_of(call: Any, *given: Any) -> Fault:
    with pytest.raises(BundleError) as refused:
        call(*given)
    return refused.value.fault


def test_the_published_vectors_are_what_the_code_makes() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(vectors()))


def test_the_published_bundles_are_read_as_their_bodies() -> None:
    told = json.loads(FILE.read_text(encoding="utf-8"))
    assert read(bytes.fromhex(told["up"]["bundle"])) == UP
    data = bytes.fromhex(told["receipt"]["bundle"])
    header = courier.read_header(data)
    body = courier.unseal(data, header, COUNTY_KEYS.public, OFFICE_KEYS)
    assert courier.decode_receipt(body) == receipt()
    assert (header.direction, header.county, header.office) == (Direction.RECEIPT, COUNTY, OFFICE)
    assert header.number == told["number"]


NEW_IN_UP = {"echo"}
NEW_IN_RECEIPT = {"echo", "earlier", "keys_kept_s", "set_back_to"}


def without(body: Delivery | DeliveryReceipt, names: set[str]) -> bytes:
    """A body as written before it had these fields."""
    fields = {name: getattr(body, name) for name in body.__struct_fields__ if name not in names}
    return b"\0" + msgspec.msgpack.encode(fields)


def test_what_was_written_before_a_field_was_there_is_read_as_before() -> None:
    up = courier.decode_delivery(without(UP, NEW_IN_UP))
    assert (up.requests, up.echo) == (UP.requests, "")
    told = courier.decode_receipt(without(receipt(), NEW_IN_RECEIPT))
    assert (told.epoch, told.answers) == ("e1", receipt().answers)
    assert (told.echo, told.earlier, told.keys_kept_s, told.set_back_to) == ("", (), 0, None)


@pytest.mark.parametrize(("body", "new"), [(UP, NEW_IN_UP), (receipt(), NEW_IN_RECEIPT)])
def test_who_knows_an_older_form_reads_the_newer_one(
    body: Delivery | DeliveryReceipt, new: set[str]
) -> None:
    known = [name for name in body.__struct_fields__ if name not in new]
    older = msgspec.defstruct("Older", [(name, object) for name in known])
    told = msgspec.msgpack.decode(courier.encode_body(body, pack=False)[1:], type=older)
    assert [getattr(told, name) for name in known[:2]] == [body.made_at, getattr(body, known[1])]


def test_the_secret_of_an_office_is_the_same_on_both_sides() -> None:
    ours = courier.derive_office_secret(OFFICE_KEYS, COUNTY_KEYS.public, COUNTY, OFFICE)
    theirs = courier.derive_office_secret(COUNTY_KEYS, OFFICE_KEYS.public, COUNTY, OFFICE)
    other = courier.derive_office_secret(COUNTY_KEYS, OFFICE_KEYS.public, COUNTY, "xiqiao")
    assert ours == theirs != other
    assert len(ours) == 32


@given(at=st.integers(0, len(WHOLE) - 1), flip=st.integers(1, 255))
def test_a_bundle_with_any_byte_changed_is_refused(at: int, flip: int) -> None:
    changed = bytearray(WHOLE)
    changed[at] ^= flip
    assert fault_of(read, bytes(changed)) in set(Fault)


@given(length=st.integers(0, len(WHOLE) - 1))
@example(length=0)
@example(length=3)
def test_a_bundle_cut_anywhere_is_refused_as_cut(length: int) -> None:
    assert fault_of(read, WHOLE[:length]) == (Fault.CUT if length else Fault.EMPTY)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_nothing_else_is_raised(data: bytes) -> None:
    assert fault_of(read, data) in set(Fault)
    assert fault_of(courier.decode_delivery, data) is Fault.UNREADABLE


@given(st.text(max_size=200))
def test_any_text_is_no_pairing_file(text: str) -> None:
    assert fault_of(courier.read_pairing, text) is Fault.NO_PAIRING
    assert fault_of(courier.read_pairing, f"county-desk-pairing:1:{text}") is Fault.NO_PAIRING


@given(st.integers(2, 255))
def test_a_newer_version_is_told_from_damage(version: int) -> None:
    newer = WHOLE[:8] + bytes([version]) + WHOLE[9:]
    assert fault_of(read, newer) is Fault.NEWER_VERSION
    assert fault_of(read, newer[:30]) is Fault.NEWER_VERSION


def test_another_file_is_no_bundle() -> None:
    assert fault_of(read, b"%PDF-1.7 and so on") is Fault.NOT_A_BUNDLE
    assert fault_of(read, WHOLE.replace(b"\r\n", b"\n", 1)) is Fault.NOT_A_BUNDLE
    assert fault_of(read, WHOLE + b"\0") is Fault.DAMAGED
    assert fault_of(read, b"\x89" + bytes(COURIER_BYTES)) is Fault.TOO_LARGE


def test_the_names_in_the_clear_are_signed_and_sealed_with_the_rest() -> None:
    elsewhere = WHOLE.replace(COUNTY.encode(), b"6" + COUNTY.encode()[1:])
    assert courier.read_header(elsewhere).county != COUNTY
    assert fault_of(read, elsewhere) is Fault.DAMAGED


def test_who_signs_anothers_sealed_body_cannot_have_it_taken_for_his() -> None:
    mallory = PrivateKeys()
    header = courier.read_header(WHOLE)
    told = WHOLE[:-64].replace(header.sender, mallory.public.id)
    stolen = told + mallory.sign(b"county-desk/courier/1 bundle" + hashlib.sha256(told).digest())
    assert fault_of(read, stolen, mallory.public) is Fault.DAMAGED


def test_keys_that_did_not_sign_or_cannot_open_are_told() -> None:
    assert fault_of(read, WHOLE, PrivateKeys().public) is Fault.UNKNOWN_KEY
    header = courier.read_header(WHOLE)
    assert fault_of(courier.unseal, WHOLE, header, OFFICE_KEYS.public, OFFICE_KEYS) is (
        Fault.OTHER_RECEIVER
    )
    assert courier.read_header(sealed_receipt()).direction is Direction.RECEIPT


def test_a_body_is_packed_where_that_is_shorter() -> None:
    request = in_json(ASKED | {"client": "c" * 64})
    up = Delivery(1, OFFICE, (request,) * 50)
    frame = courier.encode_body(up)
    assert len(frame) < len(request) * 5
    assert courier.decode_delivery(frame) == up
    assert courier.encode_body(UP)[0] in (0, 1)


def test_a_file_that_shrinks_to_almost_nothing_is_not_taken_for_a_bomb() -> None:
    empty = bytes(COURIER_PIECE_BYTES)
    digest = hashlib.sha256(empty).hexdigest()
    delivery = Delivery(1, OFFICE, (), (Chunk(digest, len(empty), "", 0, empty),))
    assert courier.decode_delivery(courier.encode_body(delivery)) == delivery


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((Chunk(DIGEST, 3, "", 0, b"abc"),), id="another file"),
        pytest.param((Chunk(DIGEST, 3, "", 0, b"abcd"),), id="longer than told"),
        pytest.param(
            (Chunk(DIGEST, 9, "", 0, b"abc"), Chunk(DIGEST, 9, "", 4, b"abc")), id="a gap"
        ),
        pytest.param(
            (Chunk(DIGEST, 9, "", 0, b"abc"), Chunk(DIGEST, 8, "", 3, b"abc")), id="two sizes"
        ),
    ],
)
def test_pieces_that_do_not_fit_their_file_are_refused(pieces: tuple[Chunk, ...]) -> None:
    body = courier.encode_body(Delivery(1, OFFICE, (), pieces))
    assert fault_of(courier.decode_delivery, body) is Fault.UNREADABLE


def test_pieces_in_their_order_are_taken_and_a_later_part_alone_too() -> None:
    half = Chunk(DIGEST, len(CONTENT), "", 5, CONTENT[5:])
    both = (Chunk(DIGEST, len(CONTENT), "", 0, CONTENT[:5]), half)
    for pieces in (both, (half,)):
        assert (
            courier.decode_delivery(courier.encode_body(Delivery(1, OFFICE, (), pieces))).files
            == pieces
        )


def test_what_is_too_much_is_refused() -> None:
    long = Chunk(DIGEST, 2**30, "", 0, bytes(COURIER_PIECE_BYTES + 1))
    assert fault_of(courier.decode_delivery, courier.encode_body(Delivery(1, "", (), (long,)))) is (
        Fault.UNREADABLE
    )
    bomb = b"\1" + zstandard.ZstdCompressor().compress(bytes(COURIER_UNPACKED))[4:]
    assert len(bomb) < 100_000
    assert fault_of(courier.decode_delivery, bomb) is Fault.UNREADABLE
    command = ASKED["commands"][0]  # type: ignore[index]
    request = in_json(ASKED | {"commands": [command] * 20})
    crowd = courier.encode_body(Delivery(1, "", (request,) * 501))
    assert fault_of(courier.decode_delivery, crowd) is Fault.UNREADABLE
    with pytest.raises(ValueError, match="larger"):
        courier.seal(Direction.UP, NAMES, bytes(COURIER_BYTES), OFFICE_KEYS, COUNTY_KEYS.public)


@pytest.mark.parametrize("request_", [b"", b"{}", b"[1]", b"\xff", b"[" * 5000])
def test_a_request_that_is_none_spoils_its_bundle(request_: bytes) -> None:
    up = courier.encode_body(Delivery(1, OFFICE, (request_,)))
    assert fault_of(courier.decode_delivery, up) is Fault.UNREADABLE
    told = msgspec.structs.replace(receipt(), answers=(request_,))
    assert fault_of(courier.decode_receipt, courier.encode_body(told)) is Fault.UNREADABLE


def test_a_request_is_as_bounded_as_on_the_network() -> None:
    request = in_json(ASKED)
    padded = request + b" " * (REQUEST_BYTES - len(request))
    for extra, fits in ((b"", True), (b" ", False)):
        frame = courier.encode_body(Delivery(1, OFFICE, (padded + extra,)), pack=False)
        if fits:
            assert len(courier.decode_delivery(frame).commands()) == 1
        else:
            assert fault_of(courier.decode_delivery, frame) is Fault.UNREADABLE


@pytest.mark.parametrize("low_order", [bytes(32), b"\1" + bytes(31)])
def test_a_key_with_which_nothing_can_be_agreed_pairs_nobody(low_order: bytes) -> None:
    keys = PublicKeys(OFFICE_KEYS.public.signing, low_order)
    line = courier.write_pairing(Pairing("office", COUNTY, OFFICE, keys.signing, keys.agreement))
    assert fault_of(courier.read_pairing, line) is Fault.UNUSABLE_KEY
    assert not keys.can_agree()
    assert OFFICE_KEYS.public.can_agree()


def test_a_pairing_file_says_who_and_by_which_keys() -> None:
    told = courier.read_pairing(pairing("office", OFFICE_KEYS) + "\r\n")
    assert (told.side, told.county, told.office) == ("office", COUNTY, OFFICE)
    assert told.keys == OFFICE_KEYS.public
    assert len(told.keys.fingerprint) == 24
    assert told.keys.fingerprint != COUNTY_KEYS.public.fingerprint


def test_a_countys_pairing_file_names_the_offices_keys_it_is_for() -> None:
    told = courier.read_pairing(pairing("county", COUNTY_KEYS))
    assert (told.side, told.receiver) == ("county", OFFICE_KEYS.public.id)
    assert courier.read_pairing(pairing("office", OFFICE_KEYS)).receiver == b""


def test_a_letter_of_a_pairing_file_misread_is_noticed() -> None:
    line = pairing("office", OFFICE_KEYS)
    wrong = line[:60] + ("A" if line[60] != "A" else "B") + line[61:]
    assert fault_of(courier.read_pairing, wrong) is Fault.NO_PAIRING
    assert fault_of(courier.read_pairing, line.replace(":1:", ":2:")) is Fault.NO_PAIRING


def test_the_first_bytes_are_enough_to_sort_bundles_by() -> None:
    assert courier.read_number(WHOLE[: courier.HEAD_BYTES]) == courier.read_header(WHOLE).number
    assert courier.read_number(WHOLE[: courier.HEAD_BYTES - 1]) == 0
    assert courier.read_number(b"%PDF" + bytes(courier.HEAD_BYTES)) == 0


def test_receipts_of_two_offices_have_two_names() -> None:
    header = courier.read_header(sealed_receipt())
    assert courier.name_receipt(header) == f"dongqiao-{header.number}.receipt.cdb"
    other = msgspec.structs.replace(header, office="东/桥 2")
    assert courier.name_receipt(other) == f"东_桥_2-{header.number}.receipt.cdb"


def test_names_that_a_header_cannot_hold_are_not_written() -> None:
    for name in ("", "x" * 101, "县" * 90):
        with pytest.raises(ValueError, match="name"):
            courier.seal(Direction.UP, (COUNTY, name, 1), b"", OFFICE_KEYS, COUNTY_KEYS.public)


def test_every_fault_has_its_words_in_both_languages() -> None:
    assert set(WORDS) == set(Fault)
    assert all(zh and en and zh != en for zh, en in WORDS.values())
