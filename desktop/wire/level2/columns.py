"""Single columns of a given length: whole numbers, decimals, flags and texts."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NoReturn

from desktop.wire.level2.cursor import (
    Cursor,
    WireError,
    decode_utf8,
    encode_utf8,
    put_sint,
    put_uint,
)

DELTA = 0x10
"""In an integer column's head: each value is written as the distance from the one before."""
LEAST, MOST = -(2**63), 2**63 - 1
_FORMATS = {2: "H", 3: "I", 4: "I", 5: "Q", 6: "Q", 7: "Q", 8: "Q"}
_SIZES = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 8: 8}


def put_ints(out: bytearray, values: Sequence[int]) -> None:
    """Write whole numbers of 64 bits, as distances from the least or from one another."""
    count = len(values)
    if not count:
        return
    least, most = min(values), max(values)
    if least < LEAST or most > MOST:
        raise WireError("a number has more than 64 bits")
    if count == 1:
        put_sint(out, values[0])
        return
    width = _width(most - least)
    if width:
        steps = [after - before for before, after in pairwise(values)]
        shortest = min(steps)
        step_width = _width(max(steps) - shortest)
        if shortest >= LEAST and _cost(step_width, steps, shortest) < _cost(width, values, least):
            out.append(step_width | DELTA)
            put_sint(out, values[0])
            put_sint(out, shortest)
            _put_planes(out, [step - shortest for step in steps], step_width)
            return
    out.append(width)
    put_sint(out, least)
    if width:
        _put_planes(out, [value - least for value in values], width)


def _cost(width: int, values: Sequence[int], least: int) -> tuple[int, int]:
    """Return the cost of an encoding: its bytes and, to decide between equals, the bits in use."""
    return width, sum((value - least).bit_length() for value in values)


def _width(span: int) -> int:
    return (span.bit_length() + 7) // 8


def _put_planes(out: bytearray, values: Sequence[int], width: int) -> None:
    """Write the values as byte planes: the lowest byte of every value, then the next of each, …"""
    if width <= 1:
        out += bytes(values) if width else b""
        return
    size = _SIZES[width]
    packed = struct.pack(f"<{len(values)}{_FORMATS[width]}", *values)
    for plane in range(width):
        out += packed[plane::size]


def take_ints(cursor: Cursor, count: int) -> list[int]:
    """Read what `put_ints` wrote."""
    if not count:
        return []
    if count == 1:
        return [cursor.sint()]
    head = cursor.byte()
    width = head & 0x0F
    if width > 8 or head & ~(DELTA | 0x0F):
        raise WireError("no such column of numbers")
    if head & DELTA:
        first, shortest = cursor.sint(), cursor.sint()
        steps = _take_planes(cursor, count - 1, width)
        if shortest:
            steps = [step + shortest for step in steps]
        return list(accumulate(chain((first,), steps)))
    least = cursor.sint()
    if not width:
        return [least] * count
    values = _take_planes(cursor, count, width)
    return [value + least for value in values] if least else values


def _take_planes(cursor: Cursor, count: int, width: int) -> list[int]:
    if not width:
        return [0] * count
    data = cursor.take(count * width)
    if width == 1:
        return list(data)
    size = _SIZES[width]
    packed = bytearray(count * size)
    for plane in range(width):
        packed[plane::size] = data[plane * count : (plane + 1) * count]
    return list(struct.unpack(f"<{count}{_FORMATS[width]}", packed))


NONE, ALL, SOME = 0, 1, 2
_BITS = [tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256)]


def put_flags(out: bytearray, flags: Sequence[bool]) -> None:
    """Write yes or no for each: one byte when all agree, else bits, the first lowest."""
    if not flags:
        return
    if all(flags) or not any(flags):
        out.append(ALL if flags[0] else NONE)
        return
    out.append(SOME)
    bits = sum(1 << place for place, flag in enumerate(flags) if flag)
    out += bits.to_bytes((len(flags) + 7) // 8, "little")


def take_flags(cursor: Cursor, count: int) -> Sequence[bool] | None:
    """Read what `put_flags` wrote; None means that all flags are set."""
    if not count:
        return None
    return flags_of(cursor, count, cursor.byte())


def flags_of(cursor: Cursor, count: int, form: int) -> Sequence[bool] | None:
    """Read the flags of a column whose first byte, `form`, has been read; None: all are set."""
    if form == ALL:
        return None
    if form == NONE:
        return [False] * count
    if form != SOME:
        raise WireError("no such column of flags")
    bits = cursor.take((count + 7) // 8)
    found = list(chain.from_iterable(map(_BITS.__getitem__, bits)))
    if any(found[count:]):
        raise WireError("flags beyond the last")
    return found[:count]


RAW_DECIMALS = 255
MOST_PLACES = 9


def put_decimals(out: bytearray, values: Sequence[float]) -> None:
    """Write numbers without loss: as scaled whole numbers where that is exact, else as doubles."""
    if not values:
        return
    places = _places(values)
    if places is None:
        out.append(RAW_DECIMALS)
        packed = struct.pack(f"<{len(values)}d", *values)
        for plane in range(8):
            out += packed[plane::8]
        return
    out.append(places)
    put_ints(out, [round(value * 10**places) for value in values])


def _places(values: Sequence[float]) -> int | None:
    """Return how many decimal places hold every value exactly; None when nine are not enough."""
    if any(not math.isfinite(value) for value in values):
        raise WireError("not a number JSON could carry")
    if any(abs(value) >= 2**53 or (not value and math.copysign(1, value) < 0) for value in values):
        return None
    places = 0
    for value in values:
        while round(value * 10**places) / 10**places != value:
            places += 1
            if places > MOST_PLACES:
                return None
    scale = 10**places
    if all(
        abs(value) * scale < 2**53 and round(value * scale) / scale == value for value in values
    ):
        return places
    return None


def take_decimals(cursor: Cursor, count: int) -> list[float]:
    """Read what `put_decimals` wrote."""
    if not count:
        return []
    places = cursor.byte()
    if places == RAW_DECIMALS:
        data = cursor.take(count * 8)
        packed = bytearray(count * 8)
        for plane in range(8):
            packed[plane::8] = data[plane * count : (plane + 1) * count]
        values = list(struct.unpack(f"<{count}d", packed))
        if not all(map(math.isfinite, values)):
            raise WireError("not a number JSON could carry")
        return values
    if places > MOST_PLACES:
        raise WireError("no such column of decimals")
    scale = 10**places
    whole = take_ints(cursor, count)
    if max(whole) > 2**53 or min(whole) < -(2**53):
        raise WireError("a decimal is too large")
    return [value / scale for value in whole]


NEAR_ENOUGH = 32 * 1024
EMPTY, SEPARATED, MEASURED, CODED, NUMBERED, HEX, UUID = range(7)
_NUMBERED = re.compile(r"(.*?)([0-9]{1,15})", re.DOTALL)
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def put_texts(out: bytearray, texts: Sequence[str]) -> None:
    """Write texts in the form that suits them: coded when they repeat, as numbers, or plain."""
    if not texts:
        return
    distinct = dict.fromkeys(texts)
    if len(distinct) == 1 and not texts[0]:
        out.append(EMPTY)
    elif len(texts) > 1 and len(distinct) <= len(texts) // 2:
        out.append(CODED)
        put_uint(out, len(distinct))
        put_texts(out, list(distinct))
        if len(distinct) > 1:
            place = {text: index for index, text in enumerate(distinct)}
            put_ints(out, [place[text] for text in texts])
    elif not (_put_hex(out, texts) or _put_numbered(out, texts)):
        _put_plain(out, texts)


def _put_plain(out: bytearray, texts: Sequence[str]) -> None:
    joined = encode_utf8("\0".join(texts))
    if joined.count(0) == len(texts) - 1:
        out.append(SEPARATED)
    else:
        out.append(MEASURED)
        put_ints(out, [len(text) for text in texts])
        joined = encode_utf8("".join(texts))
    put_uint(out, len(joined))
    out += joined


def _put_hex(out: bytearray, texts: Sequence[str]) -> bool:
    """Write texts that are all bytes in hexadecimal, of one length, or all UUIDs."""
    size = len(texts[0])
    if size < 8 or any(len(text) != size for text in texts):
        return False
    if size == 36 and all(_UUID.fullmatch(text) for text in texts):
        out.append(UUID)
    elif size % 2 == 0 and size <= 200 and all(_HEX.fullmatch(text) for text in texts):
        out.append(HEX)
        put_uint(out, size // 2)
    else:
        return False
    out += bytes.fromhex("".join(texts).replace("-", ""))
    return True


def _put_numbered(out: bytearray, texts: Sequence[str]) -> bool:
    """Write texts that are all one beginning and a number of one length."""
    size = len(texts[0])
    found = _NUMBERED.fullmatch(texts[0])
    if len(texts) < 2 or not found or any(len(text) != size for text in texts):
        return False
    start = len(found[1])
    for text in texts:
        digits = text[start:]
        if not (text.startswith(found[1]) and digits.isascii() and digits.isdigit()):
            return False
    out.append(NUMBERED)
    prefix = encode_utf8(found[1])
    put_uint(out, len(prefix))
    out += prefix
    out.append(size - start)
    put_ints(out, [int(text[start:]) for text in texts])
    return True


def take_texts(
    cursor: Cursor, count: int, most: int, least: int = 0, *, coded: bool = True
) -> list[str]:
    """Read what `put_texts` wrote; WireError when a text is longer or shorter than it may be."""
    if not count:
        return []
    form = cursor.byte()
    if form == CODED and coded:
        texts = take_texts(cursor, distinct := cursor.count(count), most, least, coded=False)
        return take_coded(cursor, texts, count) if distinct else _wrong_count()
    if form == EMPTY:
        texts = [""] * count
    elif form == SEPARATED:
        texts = decode_utf8(cursor.take(cursor.uint())).split("\0")
        if len(texts) != count:
            _wrong_count()
    elif form == MEASURED:
        texts = _take_measured(cursor, count)
    elif form == NUMBERED:
        texts = _take_numbered(cursor, count)
    elif form in (HEX, UUID):
        texts = _take_hex(cursor, count, form)
    else:
        raise WireError("no such column of texts")
    sizes = set(map(len, texts))
    if max(sizes) > most or min(sizes) < least:
        raise WireError("a text is too short or too long")
    return texts


def _wrong_count() -> NoReturn:
    raise WireError("another number of texts")


def take_coded(
    cursor: Cursor, distinct: Sequence[Any], count: int, size: Callable[[Any], int] = len
) -> list[Any]:
    """Read a column of indexes into `distinct` and return the values they stand for."""
    if not distinct:
        _wrong_count()
    sizes = list(map(size, distinct))
    if len(distinct) == 1:
        cursor.budget.claim_text(sizes[0] * count)
        return list(distinct) * count
    places = take_ints(cursor, count)
    if min(places) < 0 or max(places) >= len(distinct):
        raise WireError("a code beyond the last")
    most = max(sizes) * count
    # For short texts an upper bound is near enough, and costs nothing to compute.
    exact = most > NEAR_ENOUGH
    cursor.budget.claim_text(sum(map(sizes.__getitem__, places)) if exact else most)
    return list(map(distinct.__getitem__, places))


def _take_measured(cursor: Cursor, count: int) -> list[str]:
    sizes = take_ints(cursor, count)
    text = decode_utf8(cursor.take(cursor.uint()))
    if min(sizes) < 0 or sum(sizes) != len(text):
        raise WireError("the texts' lengths do not agree")
    ends = list(accumulate(sizes))
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _take_numbered(cursor: Cursor, count: int) -> list[str]:
    prefix, digits = cursor.text(800), cursor.byte()
    cursor.budget.claim_text(count * (len(prefix) + digits))
    numbers = take_ints(cursor, count)
    if not 1 <= digits <= 15 or min(numbers) < 0 or max(numbers) >= 10**digits:
        raise WireError("a number is too long")
    return list(map(f"{prefix.replace('%', '%%')}%0{digits}d".__mod__, numbers))


def _take_hex(cursor: Cursor, count: int, form: int) -> list[str]:
    size = 16 if form == UUID else cursor.uint()
    if not 1 <= size <= 100:
        raise WireError("a text is too long")
    digits = cursor.take(count * size).hex()
    step = 2 * size
    texts = [digits[start : start + step] for start in range(0, count * step, step)]
    if form == UUID:
        return [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in texts]
    return texts
