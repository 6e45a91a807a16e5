"""When and where a photo was taken, read from its EXIF and written into a new one.

Only six small values are looked at, each by its offset: however much a camera, or a stranger,
wrote around them costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from struct import Struct, pack

import msgspec

from desktop.domain.geo import Place
from desktop.protocol.limits import EXIF_ENTRIES, EXIF_PARTS
from desktop.protocol.pictures import PNG_HEAD

HEAD = b"Exif\0\0"
_MARK = {b"II*\0": "<", b"MM\0*": ">"}
_ORIENTATION, _CAMERA, _POSITION = 0x0112, 0x8769, 0x8825
_TAKEN, _OFFSET = 0x9003, 0x9011
_NORTH, _LATITUDE, _EAST, _LONGITUDE = 1, 2, 3, 4
_ASCII, _SHORT, _LONG, _RATIONAL = 2, 3, 4, 5
_SIZES = {_ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8}
_LONGEST_VALUE = 64
"""Bytes of a value that is looked at: a time has 20, a position 24."""
_TIME = re.compile(r"((?:19|20)\d\d):(\d\d):(\d\d) (\d\d:\d\d:\d\d)\0?")
_ZONE = re.compile(r"([+-](?:0\d|1[0-4]):[0-5]\d)\0?")

_Value = tuple[int, bytes]
"""The type of a value and its bytes."""


class Facts(msgspec.Struct, frozen=True):
    """What is kept of a photo's EXIF, and shown to whoever sends it."""

    taken: datetime | None = None
    """By the camera's own clock; with a time zone if the camera wrote one."""
    place: Place | None = None


class Exif(msgspec.Struct, frozen=True):
    """What is read of a file's EXIF; everything unreadable is as if it were not there."""

    facts: Facts = Facts()
    orientation: int = 1
    """How the camera was held, 1 to 8; 1 is upright."""


def read_exif(body: bytes) -> Exif:
    """Read when and where a picture was taken, and how the camera was held."""
    data = _find(body)
    order = _MARK.get(data[:4])
    if order is None:
        return Exif()
    tiff = _Tiff(data, order)
    main = tiff.values(tiff.number(data[4:8]), {_ORIENTATION, _CAMERA, _POSITION})
    camera = tiff.values(tiff.one(main.get(_CAMERA)), {_TAKEN, _OFFSET})
    position = tiff.values(tiff.one(main.get(_POSITION)), {1, 2, 3, 4})
    turned = tiff.one(main.get(_ORIENTATION))
    return Exif(
        Facts(_time(camera), _place(tiff, position)),
        turned if turned is not None and 1 <= turned <= 8 else 1,
    )


def write_exif(jpeg: bytes, exif: Exif) -> bytes:
    """Return the JPEG with these facts as its EXIF; unchanged when there are none."""
    data = _tiff(exif)
    if not data:
        return jpeg
    end = 2
    if jpeg[2:4] == b"\xff\xe0":  # JFIF wants to be the first.
        end = 4 + int.from_bytes(jpeg[4:6], "big")
    segment = b"\xff\xe1" + (len(data) + len(HEAD) + 2).to_bytes(2, "big") + HEAD + data
    return jpeg[:end] + segment + jpeg[end:]


class _Tiff:
    """The tables of values in an EXIF block; each look is bounded."""

    def __init__(self, data: bytes, order: str) -> None:
        self._data = data
        self._short, self._long = Struct(order + "H"), Struct(order + "I")

    def number(self, value: bytes) -> int | None:
        """Return an unsigned number of two or four bytes."""
        if len(value) not in (2, 4):
            return None
        return int((self._short if len(value) == 2 else self._long).unpack(value)[0])

    def one(self, value: _Value | None) -> int | None:
        """Return a value that is one whole number."""
        return None if value is None or value[0] not in (_SHORT, _LONG) else self.number(value[1])

    def values(self, place: int | None, wanted: set[int]) -> dict[int, _Value]:
        """Return the wanted values of the table there; the first of each."""
        found: dict[int, _Value] = {}
        count = None if place is None else self.number(self._data[place : place + 2])
        if place is None or count is None:
            return found
        for at in range(place + 2, place + 2 + 12 * min(count, EXIF_ENTRIES), 12):
            entry = self._data[at : at + 12]
            if len(entry) < 12:
                break
            tag = self._short.unpack_from(entry)[0]
            if tag in wanted and tag not in found and (value := self._value(entry)) is not None:
                found[tag] = value
        return found

    def _value(self, entry: bytes) -> _Value | None:
        kind = int(self._short.unpack_from(entry, 2)[0])
        size = _SIZES.get(kind, 0) * int(self._long.unpack_from(entry, 4)[0])
        if not 0 < size <= _LONGEST_VALUE:
            return None
        if size <= 4:
            return kind, entry[8 : 8 + size]
        place = int(self._long.unpack_from(entry, 8)[0])
        value = self._data[place : place + size]
        return None if len(value) < size else (kind, value)

    def degrees(self, value: _Value | None) -> float | None:
        """Return degrees of three fractions: degrees, minutes and seconds."""
        if value is None or value[0] != _RATIONAL or len(value[1]) != 24:
            return None
        numbers = [int(self._long.unpack_from(value[1], at)[0]) for at in range(0, 24, 4)]
        parts = list(pairwise(numbers))[::2]
        if any(not below for _above, below in parts):
            return None
        return sum(above / below / float(60**n) for n, (above, below) in enumerate(parts))


def _time(camera: dict[int, _Value]) -> datetime | None:
    found, zone = _match(_TIME, camera.get(_TAKEN)), _match(_ZONE, camera.get(_OFFSET))
    if found is None:
        return None
    year, month, day, time = found.groups()
    try:
        return datetime.fromisoformat(f"{year}-{month}-{day}T{time}{zone[1] if zone else ''}")
    except ValueError:
        return None


def _match(form: re.Pattern[str], value: _Value | None) -> re.Match[str] | None:
    if value is None or value[0] != _ASCII:
        return None
    return form.fullmatch(value[1].decode("latin-1"))


def _place(tiff: _Tiff, position: dict[int, _Value]) -> Place | None:
    lat, lon = tiff.degrees(position.get(_LATITUDE)), tiff.degrees(position.get(_LONGITUDE))
    north, east = (position.get(tag, (0, b""))[1][:1] for tag in (_NORTH, _EAST))
    if lat is None or lon is None or north not in (b"N", b"S") or east not in (b"E", b"W"):
        return None
    if not (lat or lon) or lat > 90 or lon > 180:  # A camera without a fix writes zeros.
        return None
    return Place(lon if east == b"E" else -lon, lat if north == b"N" else -lat)


def _find(body: bytes) -> bytes:
    """Return the EXIF block of a JPEG, PNG or WebP; empty if there is none."""
    if body.startswith(b"\xff\xd8\xff"):
        return _find_in_jpeg(body)
    if body.startswith(PNG_HEAD):
        return _find_in_chunks(body, len(PNG_HEAD), b"eXIf", _png_chunk)
    if body.startswith(b"RIFF"):
        return _find_in_chunks(body, 12, b"EXIF", _webp_chunk).removeprefix(HEAD)
    return b""


def _find_in_jpeg(body: bytes) -> bytes:
    place = 2
    for _ in range(EXIF_PARTS):
        mark = body[place : place + 2]
        end = place + 2 + int.from_bytes(body[place + 2 : place + 4], "big")
        if len(mark) < 2 or mark[0] != 0xFF or mark[1] == 0xDA or end < place + 4:
            break
        if mark[1] == 0xE1 and body.startswith(HEAD, place + 4):
            return body[place + 4 + len(HEAD) : end]
        place = end
    return b""


def _png_chunk(head: bytes) -> tuple[bytes, int, int]:
    size = int.from_bytes(head[:4], "big")
    return head[4:], size, 12 + size


def _webp_chunk(head: bytes) -> tuple[bytes, int, int]:
    size = int.from_bytes(head[4:], "little")
    return head[:4], size, 8 + size + (size & 1)


def _find_in_chunks(
    body: bytes, place: int, wanted: bytes, read: Callable[[bytes], tuple[bytes, int, int]]
) -> bytes:
    for _ in range(EXIF_PARTS):
        head = body[place : place + 8]
        if len(head) < 8:
            break
        name, size, step = read(head)
        if name == wanted:
            return body[place + 8 : place + 8 + size]
        place += step
    return b""


def _tiff(exif: Exif) -> bytes:
    """Return an EXIF block of what is known; empty if nothing is."""
    main: dict[int, _Value | dict[int, _Value]] = {}
    if exif.orientation != 1:
        main[_ORIENTATION] = _SHORT, pack("<H", exif.orientation)
    if exif.facts.taken is not None:
        main[_CAMERA] = _camera(exif.facts.taken)
    if exif.facts.place is not None:
        main[_POSITION] = _position(exif.facts.place)
    return b"II*\0" + pack("<I", 8) + _table(main, 8) if main else b""


def _camera(taken: datetime) -> dict[int, _Value]:
    values = {_TAKEN: (_ASCII, f"{taken:%Y:%m:%d %H:%M:%S}\0".encode())}
    offset = taken.utcoffset()
    if offset is not None:
        sign, minutes = "-" if offset < timedelta(0) else "+", abs(offset) // timedelta(minutes=1)
        zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}\0"
        values[_OFFSET] = _ASCII, zone.encode()
    return values


def _position(place: Place) -> dict[int, _Value]:
    return {
        _NORTH: (_ASCII, b"N\0" if place.lat >= 0 else b"S\0"),
        _LATITUDE: (_RATIONAL, _fractions(abs(place.lat))),
        _EAST: (_ASCII, b"E\0" if place.lon >= 0 else b"W\0"),
        _LONGITUDE: (_RATIONAL, _fractions(abs(place.lon))),
    }


def _fractions(degrees: float) -> bytes:
    """Return degrees, minutes and ten-thousandths of seconds, which are 3 mm."""
    minutes, seconds = divmod(round(degrees * 36_000_000), 600_000)
    return pack("<6I", minutes // 60, 1, minutes % 60, 1, seconds, 10_000)


def _table(values: dict[int, _Value | dict[int, _Value]] | dict[int, _Value], place: int) -> bytes:
    """Return the table that stands at this offset, with what does not fit into it behind it."""
    rows, behind = pack("<H", len(values)), b""
    after = place + 2 + 12 * len(values) + 4
    for tag, value in sorted(values.items()):
        if isinstance(value, dict):
            rows += pack("<HHII", tag, _LONG, 1, after + len(behind))
            behind += _table(value, after + len(behind))
            continue
        kind, data = value
        rows += pack("<HHI", tag, kind, len(data) // _SIZES[kind])
        if len(data) <= 4:
            rows += data.ljust(4, b"\0")
        else:
            rows += pack("<I", after + len(behind))
            behind += data + b"\0" * (len(data) & 1)
    return rows + b"\0\0\0\0" + behind
