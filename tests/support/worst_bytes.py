"""The worst 4 kB for each parser, and what reading them costs in a process of its own.

Run as a program it prints, for each case, what the reader said, its time on the processor and
by how much the process grew.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from desktop.application.ports import SourceError
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.connectors import cap, county, prometheus
from desktop.connectors.cap.blocks import Tables
from desktop.connectors.cap.feed import read_feed
from desktop.connectors.cap.levels import read_levels
from desktop.connectors.cap.message import is_alert, read_message
from desktop.connectors.cap.xml import Unreadable, parse_xml
from desktop.connectors.county import commands
from desktop.connectors.county import level2 as county_level2
from desktop.connectors.county.level1 import ChangesPage, read_changes
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.http.response import Body, Reply, Stream
from desktop.connectors.prometheus import alertmanager, silences
from desktop.connectors.prometheus import parse as metrics
from desktop.connectors.prometheus.schema import LongSeries, Series
from desktop.protocol.limits import ANSWER_BYTES, ELEMENTS, most_unpacked
from desktop.wire import level1, level2
from desktop.wire.level2.columns import NONE
from desktop.wire.level2.cursor import put_inside, put_sint, put_text, put_uint
from desktop.wire.level2.schema import ENTRY, NUMBERS, RECORDS

MOST = 4096
HANG_S = 10.0
"""Of a processor for one case."""
AT = "2026-11-26T08:00:00Z"
HEAD = json.dumps({"magic": level1.MAGIC, "epoch": "e", "token": "t", "totals": {}}).encode()
MANIFESTS = {each.MANIFEST.kind: each.MANIFEST for each in (cap, county, prometheus)}
FRAMES = level2.Frames()
REFUSALS = (SourceError, Unreadable, level2.WireError, ProfileError, ValueError)
Read = Callable[[bytes], object]


def unpacked(body: bytes) -> bytes:
    """A body as an answer brings it, packed or not."""
    headers = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    pieces = iter((body, b""))
    head = ("http://c/", 200, headers)
    return b"".join(Body(head, lambda _n: next(pieces), threading.Event(), ANSWER_BYTES).unpack())


def reply(body: bytes) -> Reply:
    return Reply("http://c/", 200, {}, unpacked(body))


def snapshot(body: bytes) -> object:
    read = Snapshot("c", "http://c/")
    for _ in read.feed(body):
        pass
    read.end()
    return read.rows, read.bad_items, read.more_bad


def changes(body: bytes) -> object:
    return read_changes("c", reply(body).decode(ChangesPage).changes)


def message(body: bytes) -> object:
    root = parse_xml(unpacked(body))
    return read_message("c", root, Tables()) if is_alert(root) else None


def feed(body: bytes) -> object:
    found = read_feed(parse_xml(unpacked(body)), "https://c/feed")
    return [read_message("c", alert, Tables()) for alert in found.alerts], found


def patch(body: bytes) -> object:
    return county_level2.read_patch("c", level2.decode_patch(body, FRAMES))


def hints(body: bytes) -> object:
    return sum(len(line) for line in Stream("u", 200, {}, iter((body,))).lines(1000))


READERS: dict[str, Read] = {
    "snapshot": snapshot,
    "changes": changes,
    "session": lambda body: reply(body).decode(level1.Session),
    "sums": lambda body: reply(body).decode(level1.Sums),
    "results": lambda body: commands.decode(reply(body), {}, "e"),
    "problem": lambda body: reply(body).decode(level1.ProblemDetails),
    "hints": hints,
    "patch": patch,
    "session frame": lambda body: level2.decode_session(body, FRAMES),
    "results frame": lambda body: level2.decode_results(body, FRAMES),
    "answer frame": lambda body: level2.decode_answer(body, FRAMES),
    "targets": lambda body: metrics.read_targets(reply(body)),
    "series": lambda body: metrics.read_series(reply(body), Series),
    "range": lambda body: metrics.read_series(reply(body), LongSeries),
    "alerts": lambda body: alertmanager.read_alerts(reply(body)),
    "silences": lambda body: silences.read_silences(reply(body)),
    "message": message,
    "feed": feed,
    "profile": lambda body: parse_profile(body.decode(errors="replace"), "p.toml", MANIFESTS),
    "levels": lambda body: read_levels(body.decode(errors="replace")),
}


def packed(begin: bytes, again: bytes, end: bytes = b"") -> bytes:
    """As often the same as 4 kB of gzip can say and a reader takes."""
    count = (most_unpacked(MOST) - len(begin) - len(end)) // len(again)
    if marks := again.count(b"<"):
        count = min(count, (2 * ELEMENTS - 100) // marks)
    while len(body := gzip.compress(begin + again * count + end, 9)) > MOST:
        count = count * MOST // (len(body) + 100)
    return body + bytes(MOST - len(body))  # Some pad the end: what has come may be unpacked.


def filled(begin: bytes, again: bytes, end: bytes = b"") -> bytes:
    """As often the same as 4 kB can hold."""
    return begin + again * ((MOST - len(begin) - len(end)) // len(again)) + end


ITEMS = {
    "empty objects": b"{},",
    "numbers": b"1,",
    "empty lists": b"[],",
    "objects of one": b'{"a":1},',
    "objects with an id": b'{"id":"a","version":1},',
    "no numbers": b"NaN,",
    "huge numbers": b"1e999,",
    "halves of characters": rb'"\ud83d",',
    "long numbers": b"9" * 400 + b",",
    "bytes that are no text": b'"\xff",',
}
"""What a list may hold that should hold something else."""
ROW = b'{"id":"a","title":"","recorded_at":"%s"' % AT.encode()
PARTS = {
    "sound rows": ROW + b"},",
    "rows with a bad field": ROW + b',"place":1},',
    "rows of bad fields": ROW + b',"assets":[1,1,1,1,1,1,1,1,1,1,1,1]},',
    "lists in lists": ROW + b',"assets":' + b"[" * 500 + b"]" * 500 + b"},",
    "one name over and over": b"{" + b'"a":1,' * 500 + b'"id":"a"},',
}
LISTS: dict[str, tuple[bytes, bytes]] = {
    "changes": (
        b'{"magic":"county-desk/1","token":"t","more":false,"server_time":"%s","changes":['
        % AT.encode(),
        b"{}]}",
    ),
    "session": (b'{"townships":[', b'""]}'),
    "sums": (b'{"magic":"county-desk/1","token":"t","sums":[', b'""]}'),
    "results": (b'{"magic":"county-desk/1","epoch":"e","results":[', b"{}]}"),
    "problem": (b'{"type":"t","title":"x","status":400,"detail":[', b"1]}"),
    "targets": (b'{"status":"success","data":{"activeTargets":[', b"1]}}"),
    "series": (b'{"status":"success","data":{"result":[', b"1]}}"),
    "range": (b'{"status":"success","data":{"result":[', b"1]}}"),
    "alerts": (b"[", b"1]"),
    "silences": (b"[", b"1]"),
}


def lists() -> Iterator[tuple[str, str, bytes]]:
    """For each reader of JSON, lists of what does not belong there, and nesting."""
    for reader, (begin, end) in LISTS.items():
        for name, again in ITEMS.items():
            yield reader, name, packed(begin, again, end)
        yield reader, "lists in lists", filled(begin, b"[")
        yield reader, "a text without end", packed(begin, b'\\"')
        yield reader, "a long number", packed(begin, b"1")
    page = HEAD + b'\n{"collection":"incidents","rows":['
    for name, again in (ITEMS | PARTS).items():
        yield "snapshot", name, packed(page, again, b"{}]}\n")
    for name, again in PARTS.items():
        change = b'{"collection":"incidents","id":"a","row":' + again[:-1] + b"},"
        yield "changes", name, packed(*(LISTS["changes"][0], change, LISTS["changes"][1]))
    yield "snapshot", "blank lines", packed(HEAD + b"\n", b"\n")
    yield "snapshot", "lines of nothing", packed(HEAD + b"\n", b"{}\n")
    yield "snapshot", "one line", packed(HEAD, b" ")
    values = b'{"id":"a","kind":"asset","start_at":"%s","step_s":5,"values":[' % AT.encode()
    trends = HEAD + b'\n{"collection":"trends","rows":['
    yield "snapshot", "one trend", packed(trends + values, b"0,", b"0]}]}\n")
    yield "snapshot", "trends", packed(trends, values + b"null]},", b"{}]}\n")
    entries = ROW + b',"timeline":['
    yield "snapshot", "one history", packed(page + entries, b"{},", b"{}]}]}\n")
    text = ROW + b',"summary":"'
    yield "snapshot", "one text", packed(page + text, b"a", b'"}]}\n')
    yield "snapshot", "members", b"".join([gzip.compress(HEAD)] + [gzip.compress(b"")] * 190)[:MOST]
    sample = b'[1,"0"],'
    yield (
        "range",
        "one series",
        packed(LISTS["range"][0] + b'{"metric":{},"values":[', sample, b'[1,"0"]]}]}}'),
    )
    label = b'"a":"",'
    yield "series", "labels", packed(LISTS["series"][0] + b'{"metric":{', label, b'"b":""}}]}}')
    yield "hints", "a line without end", b"a" * MOST
    yield "hints", "lines", b"\n" * MOST


def stream(*sections: bytes) -> bytes:
    """Sections of a level 2 snapshot, packed as far as it goes."""
    return zstandard.ZstdCompressor(level=19).compress(b"".join(sections))


def section(kind: int, body: bytes) -> bytes:
    out = bytearray([kind])
    put_inside(out, body)
    return bytes(out)


def page(collection: str, rows: int, columns: bytes, width: int) -> bytes:
    """A page that claims so many rows."""
    out = bytearray([NUMBERS[collection], 0, width])
    put_uint(out, rows)
    out += b"\x00\x02" if rows > 1 else b"\x02"  # All of one key.
    out += columns
    return bytes(out) + zlib.crc32(out).to_bytes(4, "little")


def same_text(text: str) -> bytes:
    """A coded column of one text."""
    out = bytearray([3, 1, 1])
    put_text(out, text)
    return bytes(out)


def histories(rows: int, entries: int) -> bytes:
    """A page of incidents that claims so many entries of each one's history."""
    out = bytearray()
    for field in RECORDS["incidents"].fields:
        if field.name == "timeline":
            out += b"\x00"
            put_sint(out, entries)
            for _ in ENTRY.fields:
                out += b"\x00\x00"
            break
        out += bytes([NONE])
    return page("incidents", rows, bytes(out), len(RECORDS["incidents"].fields))


def level_2() -> Iterator[tuple[str, str, bytes]]:
    """Claims of values and text that cost a few bytes, and bombs."""
    head = section(1, HEAD)
    lines = page("lines", 100_000, same_text("a" * 200) + same_text("b" * 100), 2)
    assets = page("assets", 10_000, same_text("a") + b"\x00\x00" + b"\x00" * 200, 16)
    bombs = {
        "zeros": bytes(100_000_000),
        "rows": section(2, lines) * 300,
        "assets": section(2, assets) * 3_000,
        "sections": b"\x02\x00" * 1_000_000,
        "histories": section(2, histories(1_000, 90_000)) * 50,
    }
    for name, body in bombs.items():
        yield "snapshot", f"level 2: {name}", stream(head, body)[:MOST]
    magicless = zstandard.ZstdCompressionParameters.from_level(
        19, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True
    )
    squeeze = zstandard.ZstdCompressor(compression_params=magicless)
    kinds = {"patch": 1, "session frame": 4, "results frame": 3, "answer frame": 5}
    for reader, kind in kinds.items():
        for name, body in {
            "zeros": bytes([kind]) + bytes(16_000_000),
            "ones": bytes([kind]) + b"\x01" * 800_000,
            "most": bytes([kind]) + b"\xff" * 800_000,
        }.items():
            yield reader, name, (b"\x01" + squeeze.compress(body))[:MOST]
    out = bytearray([1, 0])
    put_text(out, "t")
    put_sint(out, 0)
    puts = bytearray()
    for _ in range(8):
        put_inside(puts, page("lines", 90_000, same_text("a" * 200) + same_text("b"), 2)[:-4])
    yield "patch", "rows", b"\x00" + bytes(out) + b"\x01" + bytes(puts) + b"\x00\x00"
    group = bytearray([2])
    put_uint(group, 90_000)
    group += b"\x00\x00\x00\x00" + b"\xc8\x01"
    for number in range(200):
        group += bytes([number % 22, 2])
        put_inside(group, b"\x00\x00")
    yield "patch", "fields", b"\x00" + bytes(out) + b"\x00\x01" + bytes(group) + b"\x00"


CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ALERT = (
    f'<alert xmlns="{CAP}"><identifier>i</identifier><sender>s</sender><sent>{AT}</sent>'
    "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
).encode()
INFO = b"<info><language>zh</language><event>a</event>"


def documents() -> Iterator[tuple[str, str, bytes]]:
    """XML: entities, nesting, numbers of elements and attributes, long texts and outlines."""
    laughs = b"<!DOCTYPE a [<!ENTITY a 'ha'>" + b"".join(
        b"<!ENTITY b%d '%s'>" % (n, b"&b%d;" % (n - 1) * 10 if n else b"&a;") for n in range(30)
    )
    entry = b"<entry>" + ALERT + b"</alert></entry>"
    shapes: dict[str, tuple[bytes, bytes, bytes]] = {
        "elements": (b"", b"<a/>", b""),
        "texts": (b"<b>", b"&#20013;", b"</b>"),
        "named characters": (b"<b>", b"&nbsp;", b"</b>"),
        "open marks": (b"", b"<a>", b""),
        "comments": (b"", b"<!---->", b""),
        "entries": (b"", b"<entry/>", b""),
        "entries in entries": (b"", b"<entry>", b""),
        "messages": (b"", entry, b""),
        "blocks": (b"", INFO + b"</info>", b""),
        "areas": (INFO, b"<area><areaDesc>a</areaDesc></area>", b"</info>"),
        "outlines": (INFO, b"<area><polygon>1,1 1,2 2,2 1,1</polygon></area>", b"</info>"),
        "one outline": (INFO + b"<area><polygon>", b"1,1 ", b"</polygon></area></info>"),
        "references": (b"<references>", b"s,i,2026-11-26T08:00:00Z ", b"</references>"),
        "parameters": (INFO, b"<parameter><value>red</value></parameter>", b"</info>"),
    }
    for reader, root, end in (("message", ALERT, b"</alert>"), ("feed", b"<feed>", b"</feed>")):
        yield reader, "entities", laughs + b"]><a>&b29;</a>"
        yield reader, "an entity from outside", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
        yield reader, "open marks in 4 kB", filled(root, b"<a>")
        yield reader, "attributes", filled(root + b"<a ", b'b="" ', b"/>" + end)
        yield reader, "an encoding", filled(b'<?xml version="1.0" encoding="gbk"?>', b"\x81")
        for name, (begin, again, after) in shapes.items():
            yield reader, name, packed(root + begin, again, after + end)
    yield "feed", "items in items", filled(b"<rss><channel>", b"<item>")
    yield "feed", "messages in messages", packed(b"<feed><entry>", ALERT, b"</entry></feed>")


def files() -> Iterator[tuple[str, str, bytes]]:
    """TOML."""
    for reader in ("profile", "levels"):
        yield reader, "lists in lists", filled(b"a = ", b"[")
        yield reader, "tables in tables", filled(b"a = ", b"{a=")
        yield reader, "one long name", filled(b"", b"a.", b"a = 1")
        yield reader, "many tables", filled(b"", b"[[source]]\n")
        yield reader, "quotes", filled(b"a = ", b'"')
        yield reader, "a long number", filled(b"a = ", b"9")
        yield reader, "a long name of a place", filled(b'[[source]]\nurl = "http://', b"a.", b'"')


def cases() -> dict[str, tuple[Read, bytes]]:
    """Every case by its name: what reads it, and the bytes."""
    found: dict[str, tuple[Read, bytes]] = {}
    for several in (lists(), level_2(), documents(), files()):
        for reader, name, body in several:
            assert len(body) <= MOST, f"{reader}, {name}: {len(body)} bytes"
            found[f"{reader}: {name}"] = READERS[reader], body
    return found


def grown_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def resident_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def cost(read: Read, body: bytes) -> tuple[str, float, float]:
    """What it said, seconds on the processor, and megabytes the process grew by."""
    before, began_s = resident_kb(), time.process_time()
    try:
        kept = read(body)
        said = "read"
    except REFUSALS as error:
        kept, said = None, f"{type(error).__name__}: {str(error)[:60]}"
    took_s = time.process_time() - began_s
    del kept
    return said, took_s, max(0.0, (grown_kb() - before) / 1024)


def apart(read: Read, body: bytes) -> dict[str, Any]:
    """The cost in a process of its own, which nothing before it has made larger."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG_S)  # Which ends it.
        try:
            said, took_s, grew_mb = cost(read, body)
            answer = {"said": said, "s": took_s, "mb": grew_mb}
        except BaseException as error:  # noqa: BLE001 - each is told as what it is
            answer = {"said": f"broke: {error!r}"[:300], "s": 0.0, "mb": 0.0}
        os.write(tell, json.dumps(answer).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as answers:
        body_told = answers.read()
    os.waitpid(child, 0)
    return json.loads(body_told or b'{"said": "broke: died", "s": 0, "mb": 0}')  # type: ignore[no-any-return]


def main() -> None:
    """Print each case's cost as a line of JSON: of the wanted ones, or of every so many a reader.

    The two words of the command line are a part of the cases' names, which may be empty, and how
    many there are to one that is tried.
    """
    wanted, step = sys.argv[1], int(sys.argv[2])
    met: Counter[str] = Counter()
    for name, (read, body) in cases().items():
        reader = name.partition(":")[0]
        if wanted in name and met[reader] % step == 0:
            print(json.dumps({"name": name, "bytes": len(body), **apart(read, body)}), flush=True)
        met[reader] += 1


if __name__ == "__main__":
    main()
