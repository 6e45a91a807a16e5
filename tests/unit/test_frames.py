"""Commands as frames: they arrive whole and authentic, or not at all."""

from __future__ import annotations

import hashlib
import json
import math
import random
import struct
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.county_server.commands.executor import digest
from desktop.protocol.commands import CommandKind
from desktop.protocol.fields import FieldKind
from desktop.wire.frames.bits import BitReader, BitWriter
from desktop.wire.frames.command_bits import Message, NotCarried, decode_message, encode_message
from desktop.wire.frames.field_bits import take_fields
from desktop.wire.frames.fragments import (
    FRAME_SIZE,
    FrameType,
    Head,
    NotAuthentic,
    join,
    read_fragment,
)
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.line import LineReader, put_on_line
from desktop.wire.frames.outcomes import (
    Outcome,
    decode_outcomes,
    encode_outcomes,
    mark_epoch,
)
from desktop.wire.frames.tables import NO_TABLES, OtherTables, Tables
from desktop.wire.frames.text import COMMON, ESCAPE, FREQUENT
from desktop.wire.level1 import DRILL, Command
from desktop.wire.level2.cursor import WireError
from support.frame_messages import (
    ACCOUNT,
    CLIENT,
    COUNTY,
    KEY,
    OTHER_KEY,
    REPORTS,
    SECRET,
    TABLES,
    frames_of,
    message,
    messages,
)
from support.frame_vectors import PATH, write

OFFICE = 7


def carry(told: Message, key: bytes = KEY) -> list[bytes]:
    return frames_of(told, OFFICE, key)


def receive(frames: list[bytes], tables: Tables = TABLES) -> Message | None:
    found = {each.part: each for each in (read_fragment(f, {OFFICE: [KEY]}) for f in frames)}
    data = join(found, [KEY])
    return None if data is None else decode_message(data, *_named(found[0].head), tables)


def _named(head: Head) -> tuple[str, int]:
    return head.client, head.number


@given(messages(), st.randoms())
@settings(deadline=None)
def test_any_command_arrives_with_its_key_and_digest_in_any_order(
    told: Message, chance: random.Random
) -> None:
    frames = carry(told)
    assert max(map(len, frames)) <= FRAME_SIZE
    chance.shuffle(frames)
    found = receive([*frames, frames[0]])
    assert found is not None
    assert digest(found.command) == digest(told.command)
    assert (found.client, found.offset_ms) == (told.client, told.offset_ms)
    for name in ("key", "seq", "after", "clock"):
        assert getattr(found.command, name) == getattr(told.command, name)


SIZES = {
    "acknowledge": 38, "feedback": 47, "note": 53, "create-short": 40, "create": 95,
    "create-long": 131, "report": 129,
}  # fmt: skip
"""Bytes of a report, as `frames.md` says; 123 fit into one frame."""


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_takes_few_bytes(name: str) -> None:
    assert len(encode_message(REPORTS[name], TABLES)) == SIZES[name]
    assert len(carry(REPORTS[name])) == 1 + (SIZES[name] > 123)


@pytest.mark.parametrize("county", [COUNTY, COUNTY + DRILL, ""])
@pytest.mark.parametrize("account", [ACCOUNT, ""])
def test_the_key_of_frames_is_hkdf_of_the_secret_for_county_and_account(
    county: str, account: str
) -> None:
    salt = hashlib.sha256(f"{county}\n{account}".encode()).digest()
    expected = HKDF(SHA256(), 32, salt, b"county frames 1: office key").derive(SECRET)
    assert derive_frame_key(SECRET, county, account) == expected


def test_a_frame_for_another_county_account_or_drill_fails_its_check() -> None:
    others = [(COUNTY + DRILL, ACCOUNT), ("other", ACCOUNT), (COUNTY, "东桥"), (COUNTY, "")]
    keys = {derive_frame_key(SECRET, *each) for each in [(COUNTY, ACCOUNT), *others]}
    assert len(keys) == 5
    (frame,) = carry(REPORTS["note"])
    assert read_fragment(frame, {OFFICE: [KEY]}).head.number == 41
    for key in keys - {KEY}:
        with pytest.raises(NotAuthentic):
            read_fragment(frame, {OFFICE: [key]})


def test_a_command_without_a_target_is_not_taken_for_one_on_what_it_makes() -> None:
    found = receive(carry(message("note", {"text": "甲"}, target="")))
    assert found is not None
    assert found.command.target == ""


@pytest.mark.parametrize("kind", CommandKind)
def test_every_kind_of_command_is_carried_by_its_number_or_its_word(kind: CommandKind) -> None:
    on = "reports" if kind is CommandKind.REPORT else "incidents"
    found = receive(carry(message(kind.value, collection=on)))
    assert found is not None
    assert found.command.kind == kind


def test_a_message_with_a_part_missing_is_none_yet() -> None:
    frames = carry(REPORTS["create-long"])
    assert receive(frames[1:]) is None


def test_parts_of_two_messages_with_one_number_never_become_one() -> None:
    told = REPORTS["create-long"]
    other = carry(msgspec.structs.replace(told, command=msgspec.structs.replace(
        told.command, body={"title": "西河乡河堤渗水", "summary": "渗水约 9 平方米，浑水，" * 8}
    )))  # fmt: skip
    one = carry(told)
    with pytest.raises(NotAuthentic):
        receive([one[0], other[1]])


def test_a_frame_is_authentic_under_its_own_office_and_key_alone() -> None:
    (frame,) = carry(REPORTS["note"])
    for keys in ({}, {OFFICE: [OTHER_KEY]}, {OFFICE + 1: [KEY]}):
        with pytest.raises(NotAuthentic):
            read_fragment(frame, keys)


def test_every_single_bit_counts() -> None:
    (frame,) = carry(REPORTS["note"])
    for bit in range(8 * len(frame)):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NotAuthentic):
            read_fragment(bytes(damaged), {office: [KEY] for office in (OFFICE, 6, 5, 3)})


def test_codes_of_other_tables_are_not_guessed_at() -> None:
    frames = carry(REPORTS["create-short"])
    others = msgspec.structs.replace(TABLES, categories=("fire", *TABLES.categories[1:]))
    for tables in (others, NO_TABLES):
        with pytest.raises(OtherTables):
            receive(frames, tables)


def test_codes_may_go_as_text_where_the_tables_differ() -> None:
    told = REPORTS["create-short"]
    data = encode_message(told)
    assert digest(decode_message(data, CLIENT[:4], 41, TABLES).command) == digest(told.command)


@pytest.mark.parametrize(
    "told",
    [
        message("note", {"text": "长" * 1_300}),
        message("note", {"text": "甲", "more": 1}),
        message("note", {"text": "\ud800"}),
        message("extend", {"due_at": "soon", "text": "甲"}),
        message("create", {"title": "甲", "place": [118.0, -0.0]}),
        message("later kind"),
        message(collection="queues"),
        message(at=REPORTS["note"].command.at.replace(year=2060)),
        message(seq=2**24),
    ],
    ids=str,
)
def test_what_frames_have_no_room_for_is_not_sent(told: Message) -> None:
    with pytest.raises((NotCarried, WireError)):
        carry(told)


@pytest.mark.parametrize("degrees", [math.nan, math.inf])
def test_a_place_that_is_none_is_refused_like_any_other_bytes(degrees: float) -> None:
    bits = BitWriter()
    bits.put(0b101, 3)  # The field is there, and exactly as told.
    bits.put_bytes(struct.pack(">dd", 118.0, degrees))
    fields = tuple(f for f in CommandKind.CREATE.row.fields if f.kind is FieldKind.PLACE)
    with pytest.raises(WireError, match="a place"):
        take_fields(BitReader(bits.to_bytes()), fields, 0, NO_TABLES)


def test_bytes_that_say_the_same_otherwise_are_refused() -> None:
    data = encode_message(REPORTS["note"], TABLES)
    with pytest.raises(WireError):
        decode_message(data + b"\0", CLIENT[:4], 41, TABLES)
    with pytest.raises(WireError):
        decode_message(data[:-1], CLIENT[:4], 41, TABLES)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_no_message(data: bytes) -> None:
    for read in (lambda: decode_message(data, "", 1, TABLES), lambda: decode_outcomes(data)):
        with suppress(WireError):
            read()


def test_the_table_of_characters_is_whole() -> None:
    assert len(FREQUENT) == len(set(FREQUENT)) == 128
    assert len(COMMON) == len(set(COMMON)) < ESCAPE


def test_receipts_share_frames_and_each_is_readable_alone() -> None:
    told = [
        Outcome(number, f"{number:08x}", "rejected" if number % 5 == 0 else "accepted",
                "县平台没有该对象，可能已被删除" if number % 5 == 0 else "")
        for number in range(1, 31)
    ]  # fmt: skip
    frames = encode_outcomes(told, "epoch-1", OFFICE, CLIENT[:4], KEY)
    assert max(map(len, frames)) <= FRAME_SIZE
    assert len(frames) < 6
    found = [decode_outcomes(read_fragment(each, {OFFICE: [KEY]}).content) for each in frames]
    assert {each.epoch for each in found} == {mark_epoch("epoch-1")}
    assert [receipt for each in found for receipt in each.outcomes] == told


def test_a_receipt_is_no_command() -> None:
    (frame,) = encode_outcomes([Outcome(1, "0" * 8, "accepted")], "e", OFFICE, CLIENT[:4], KEY)
    assert read_fragment(frame, {OFFICE: [KEY]}).head.type is FrameType.OUTCOMES
    with pytest.raises(NotAuthentic):
        read_fragment(bytes((frame[0] & 0xF0 | 1,)) + frame[1:], {OFFICE: [KEY]})


@given(st.lists(st.binary(min_size=1, max_size=FRAME_SIZE), max_size=5), st.binary(max_size=30))
def test_a_line_of_bytes_yields_the_frames_after_any_noise(
    frames: list[bytes], noise: bytes
) -> None:
    stream = noise + b"\xc0" + b"".join(map(put_on_line, frames))
    reader = LineReader()
    found = [frame for byte in stream for frame in reader.feed(bytes((byte,)))]
    assert found[len(found) - len(frames) :] == frames


def test_the_published_vectors_are_what_the_code_writes() -> None:
    assert json.loads(PATH.read_text(encoding="utf-8")) == json.loads(json.dumps(write()))


@pytest.mark.parametrize("vector", write()["messages"], ids=lambda each: each["name"])
def test_the_published_frames_are_read_as_their_command(vector: Any) -> None:
    found = receive([bytes.fromhex(each) for each in vector["frames"]])
    assert found is not None
    assert digest(found.command) == digest(msgspec.convert(vector["command"], Command))
    assert found.command.key == vector["command"]["key"]
