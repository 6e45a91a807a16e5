"""Every place where bytes of strangers become values: what reads them, and what it may do.

A reader may refuse in words, with the errors named here, and nothing else. What it takes is
looked at as the desk would go on with it: stored and read back, and said in both languages.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from starlette.requests import Request

from desktop import bootstrap
from desktop.application.ports import Cancelled, SourceError
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.connectors.cap.areas import read_areas
from desktop.connectors.cap.blocks import Tables
from desktop.connectors.cap.feed import read_feed
from desktop.connectors.cap.levels import read_levels
from desktop.connectors.cap.message import is_alert, read_message
from desktop.connectors.cap.xml import Unreadable, parse_xml
from desktop.connectors.county import commands
from desktop.connectors.county import level1 as county_level1
from desktop.connectors.county import level2 as county_level2
from desktop.connectors.county.hint_forms import read_line
from desktop.connectors.county.snapshot_reader import Snapshot
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.errors import excerpt, http_date_at, is_page, retry_after_s
from desktop.connectors.http.response import Reply, Stream, decode_json, gunzip
from desktop.connectors.kinds import Manifests
from desktop.connectors.prometheus import alertmanager, silences
from desktop.connectors.prometheus import parse as prometheus
from desktop.connectors.prometheus.schema import LongSeries, Series
from desktop.county_server.http import responses
from desktop.county_server.http.account_file import AccountsError, read_accounts
from desktop.county_server.load.columns import read_columns
from desktop.county_server.load.folder import load
from desktop.county_server.load.told import LoadError
from desktop.county_server.problems import ApiError
from desktop.domain.bulletin import BulletinRefused
from desktop.domain.command import Collection, Key
from desktop.domain.source import Problem, Row, UnreadableItem
from desktop.gui.widgets.thumbnail import decode
from desktop.protocol.pictures import NoPicture, read_picture
from desktop.storage.sqlite.row_codec import pack, unpack
from desktop.wire import courier, level1, level2
from desktop.wire.command_bodies import InvalidBody, read_body
from desktop.wire.courier.code_pictures import draw_codes
from desktop.wire.courier.codes import CodeError, cut_bundle, read_code
from hostile import samples
from hostile.bulletins import read_bulletins, read_central_settings
from hostile.spoken import speaking
from support import bulletin_vectors, courier_vectors
from support.builders import FakeClock
from support.checkout import ROOT

SOURCE, ADDRESS = "county", "https://county.example/"
MOST = 1 << 20
NAMES = prometheus.LabelNames()
FRAMES = level2.Frames()
COUNTY = ROOT / "resources" / "county"
TABLES = Tables(
    read_levels((COUNTY / "cap_levels.toml").read_text(encoding="utf-8")),
    read_areas((COUNTY / "townships.toml").read_text(encoding="utf-8")),
)
WORDS = tuple(bootstrap.words_in(language) for language in ("zh_CN", "en"))
MANIFESTS = Manifests()
KEYS = {"0b6f0d6d8a4f4c1e9d2a7b3c5e8f9a13": Key(SOURCE, Collection.INCIDENTS, "SJ-2026-004127")}
EPOCH = "k3v9q2x7"


class Parser(msgspec.Struct, frozen=True):
    """One place that reads what strangers send."""

    name: str
    samples: tuple[bytes, ...]
    read: Callable[[bytes], None]
    refusals: tuple[type[Exception], ...] = (SourceError, Cancelled)


def said(problem: Problem) -> None:
    """Have a problem put into words, as its notice would be."""
    for words in WORDS:
        words.problem(problem)


def kept(rows: Iterable[Row], bad: Iterable[UnreadableItem] = ()) -> None:
    """Keep what was read as the store does: what comes back is what went in."""
    for row in rows:
        assert unpack(pack(row)) == row, "a row that is another once it was stored"
    for item in bad:
        assert len(item.reason) <= 600, "the reason is as long as a stranger likes"
        assert len(item.excerpt) <= 600, "the excerpt is as long as a stranger likes"
        assert len(item.where) <= 600, "the place is as long as a stranger likes"
        msgspec.msgpack.encode(item)
        for words in WORDS:
            words.reason(item.reason)


def reply(body: bytes, kind: str = "application/json") -> Reply:
    """A good answer with this body."""
    return Reply(ADDRESS, 200, {"Content-Type": kind}, body)


def _message(shape: type[Any]) -> Callable[[bytes], None]:
    return lambda body: decode_json(body, shape, ADDRESS) and None


def _snapshot(body: bytes) -> None:
    reading = Snapshot(SOURCE, ADDRESS)
    for start in range(0, len(body), 1000):
        for page in reading.feed(body[start : start + 1000]):
            kept(page.rows)
    kept(reading.rows, reading.bad_items)
    reading.end()


def _page(body: bytes) -> None:
    try:
        collection = Collection(msgspec.json.decode(body, type=dict[str, Any])["collection"])
    except (RecursionError, KeyError, TypeError, ValueError):
        collection = Collection.INCIDENTS  # A snapshot reads no such line; it is no page anyway.
    found = county_level1.read_page(SOURCE, collection, body)
    kept(found.rows, found.bad_items)


def _changes(body: bytes) -> None:
    found = county_level1.read_changes(
        SOURCE, reply(body).decode(county_level1.ChangesPage).changes
    )
    kept(found.rows, found.bad_items)


def _compact_page(body: bytes) -> None:
    # A stranger can count check sums too.
    page = level2.decode_page(body + zlib.crc32(body).to_bytes(4, "little"))
    found = county_level2.read_page(SOURCE, page)
    kept(found.rows, found.bad_items)


def _patch(body: bytes) -> None:
    found = county_level2.read_patch(SOURCE, level2.decode_patch(body, FRAMES, MOST))
    kept(found.rows, found.bad_items)


def _session_frame(body: bytes) -> None:
    level2.decode_session(body, FRAMES, MOST)


def _results(body: bytes) -> None:
    for answer in commands.decode(reply(body), KEYS, EPOCH):
        kept([answer.row] if answer.row is not None else [])
        for words in WORDS:
            words.text(answer.reason)


def _compact_results(body: bytes) -> None:
    commands.decode(reply(body, level2.MEDIA), KEYS, EPOCH, FRAMES)


def _problem(body: bytes) -> None:
    commands.rejection(reply(body, "application/problem+json"), next(iter(KEYS)))


def _gunzip(body: bytes) -> None:
    for _ in gunzip(iter((body,)), ADDRESS, MOST):
        pass


def _frame(body: bytes) -> None:
    FRAMES.unpack(body, MOST)


def _cap(body: bytes) -> None:
    root = parse_xml(body)
    if not is_alert(root):
        raise Unreadable("no message")
    message = read_message(SOURCE, root, TABLES)
    if message is not None:
        kept(message.warnings, message.bad_items)


def _feed(body: bytes) -> None:
    listing = read_feed(parse_xml(body), "https://feed.example/")
    kept((), listing.bad_items)
    for alert in listing.alerts:
        read_message(SOURCE, alert, TABLES)


def _targets(body: bytes) -> None:
    found, bad = prometheus.read_targets(reply(body))
    kept(prometheus.target_assets(SOURCE, found, (), NAMES), bad)


def _series(body: bytes) -> None:
    found, bad = prometheus.read_series(reply(body), Series)
    query = prometheus.read_query("水位@石门=river_level")
    kept(prometheus.query_assets(SOURCE, query, found, NAMES), bad)


def _long_series(body: bytes) -> None:
    found, bad = prometheus.read_series(reply(body), LongSeries)
    kept((prometheus.trend(SOURCE, "gw-1", each, 300_000, "m") for each in found), bad)


def _alerts(body: bytes) -> None:
    found, bad = alertmanager.read_alerts(reply(body))
    known = silences.read_silences(reply(msgspec.json.encode(samples.SILENCES)))
    kept(alertmanager.build_alarms(SOURCE, found, known, NAMES), bad)


def _silences(body: bytes) -> None:
    known = silences.read_silences(reply(body))
    found, _ = alertmanager.read_alerts(reply(msgspec.json.encode(samples.ALERTS)))
    kept(alertmanager.build_alarms(SOURCE, found, known, NAMES))


def _answer(body: bytes) -> None:
    with speaking(body, HttpClient("http://127.0.0.1:9/", FakeClock())) as line:
        line.get("v1/changes", expect=(200, 204, 503))


def _headers(body: bytes) -> None:
    text = body.decode("latin-1")
    http_date_at(text)
    wait_s = retry_after_s({"Retry-After": text})
    assert wait_s is None or 0 <= wait_s < float("inf")
    assert len(excerpt(body)) <= 600
    is_page(text, body)


def _profile(body: bytes) -> None:
    parse_profile(body.decode("utf-8", "replace"), "desk.toml", MANIFESTS)


def _picture(body: bytes) -> None:
    found = read_picture(body)
    image = decode(body)
    assert image is None or (image.width(), image.height()) in (
        (found.width, found.height), (found.height, found.width),
    )  # fmt: skip


def _commands(body: bytes) -> None:
    for each in _read_by_the_server(body).commands:
        read_body(each.kind, each.body)


def _read_by_the_server(body: bytes) -> level1.Commands:
    """What the server reads from a request of this body; it never has to wait for more."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
    reading = responses.read_body(Request(scope, receive), level1.Commands)
    try:
        reading.send(None)
    except StopIteration as done:
        read: level1.Commands = done.value
        return read
    raise AssertionError("the server waits for more")


def _compact_commands(body: bytes) -> None:
    level2.decode_commands(body, FRAMES, MOST)


def _hints(body: bytes) -> None:
    for line in Stream(ADDRESS, 200, {}, iter((body,))).lines(MOST):
        assert 0 <= read_line(line).number < 1 << 63


def _packed_hints(body: bytes) -> None:
    reader = level2.HintReader(FRAMES)
    for at in (0, len(body) // 2):
        for hint in reader.read(body[at:][: max(1, len(body) // 2)]):
            assert 0 <= hint.number < 1 << 63


def _in_folder(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
    """A reader of a file of that name in a folder of its own."""

    def reader(body: bytes) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_bytes(body)
            file.chmod(0o600)
            read(file)

    return reader


def _loaded(file: Path) -> None:
    found = load(file.parent)
    assert all(isinstance(line, str) for line in (*found.oddities, found.summary))


def _of_the_operator() -> Iterable[Parser]:
    """What those who run a county write by hand or have another program write."""
    accounts = (
        b'[[account]]\nname = "zhang"\ntoken = "first s3cret!"\nofficers = ["\xe5\xbc\xa0"]\n'
    )
    reader = _in_folder("accounts.toml", read_accounts)
    yield Parser("accounts", (accounts,), reader, (AccountsError,))
    columns = (
        b'timezone = "Asia/Shanghai"\n[assets]\nfill_down = ["a"]\n[assets.columns]\na = "name"\n'
    )
    reader = _in_folder("columns.toml", lambda file: read_columns(file.parent))
    yield Parser("columns", (columns,), reader, (LoadError,))
    rows = samples.of_json([{"id": "I1", "title": "a", "recorded_at": "2026-11-26T08:00:00Z"}])
    yield Parser("loaded json", (*rows,), _in_folder("incidents.json", _loaded), (LoadError,))
    table = b"id,title,recorded_at\nI1,a,2026-11-26 08:00\n"
    yield Parser("loaded csv", (table,), _in_folder("incidents.csv", _loaded), (LoadError,))
    for name, read in (("cap_levels", read_levels), ("townships", read_areas)):
        said = ((COUNTY / f"{name}.toml").read_bytes(),)
        yield Parser(name, said, partial(_table, read), (ValueError,))


def _table(read: Callable[[str], object], body: bytes) -> None:
    read(body.decode("utf-8-sig"))


def _all() -> Iterable[Parser]:
    yield from _of_the_operator()
    numbers = b"data: 17\n\ndata:18\nid: 3\n\n", b"data: " + b"9" * 40 + b"\n\n"
    yield Parser("hints", (b": proof\n\n" + numbers[0], numbers[1]), _hints)
    wire = (level2.WireError,)
    yield Parser("packed hints", samples.hint_streams(), _packed_hints, wire)
    json = samples.examples
    for shape in (level1.Session, level1.Sums, level1.FileState):
        yield Parser(f"county {shape.__name__}", (*json(shape.__name__),), _message(shape))
    yield Parser("county snapshot", (*samples.snapshots(),), _snapshot)
    pages = tuple(page for name in samples.pages() for page in json(name))
    # The snapshot says these in its words.
    no_page = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
    yield Parser("county page", pages, _page, no_page)
    yield Parser("county changes", (*json("Changes"),), _changes)
    yield Parser("county results", (*json("CommandResults"),), _results)
    yield Parser("county problem", (*json("ProblemDetails"),), _problem)
    bare = tuple(each[:-4] for each in samples.vectors("page"))
    yield Parser("compact page", bare, _compact_page, wire)
    yield Parser("compact patch", (*samples.vectors("patch"),), _patch, wire)
    yield Parser("compact session", (*samples.vectors("session"),), _session_frame, wire)
    results = (*samples.vectors("results"),)
    yield Parser("compact results", results, _compact_results)
    yield Parser("compact frame", (*samples.vectors("patch"),), _frame, wire)
    yield Parser("gzip", (samples.snapshots()[1],), _gunzip)
    yield Parser("cap message", (*samples.cap_messages(),), _cap, (Unreadable,))
    yield Parser("cap feed", (*samples.feeds(),), _feed, (Unreadable,))
    told = samples.of_json
    yield Parser("prometheus targets", (*told(samples.TARGETS),), _targets)
    yield Parser("prometheus series", (*told(samples.SERIES),), _series)
    yield Parser("prometheus range", (*told(samples.LONG_SERIES),), _long_series)
    yield Parser("alertmanager alerts", (*told(samples.ALERTS),), _alerts)
    yield Parser("alertmanager silences", (*told(samples.SILENCES),), _silences)
    yield Parser("http answer", (*samples.answers(),), _answer)
    dates = (b"Fri, 01 May 2026 01:30:00 GMT", b"120", b"text/html; charset=gbk")
    yield Parser("http headers", dates, _headers)
    drawn = (NoPicture, SourceError)
    yield Parser("picture", (*samples.pictures(),), _picture, drawn)
    commands = (*json("Commands"),)
    yield Parser("server commands", commands, _commands, (ApiError, InvalidBody))
    yield Parser("server compact", (*samples.vectors("commands"),), _compact_commands, wire)
    yield Parser("profile", (samples.profile(),), _profile, (ProfileError,))
    yield from _of_the_courier()


def _of_the_courier() -> Iterable[Parser]:
    """Bundles from a stick, and what is in them once their signature fits."""
    vectors, refused = courier_vectors, (courier.BundleError,)
    bundles = (vectors.sealed_up(), vectors.sealed_receipt())
    yield Parser("courier bundle", bundles, _bundle, refused)
    ups = tuple(courier.encode_body(vectors.UP, pack=pack) for pack in (False, True))
    yield Parser("courier delivery", ups, _take(courier.decode_delivery), refused)
    receipts = (courier.encode_body(vectors.receipt(), pack=False),)
    yield Parser("courier receipt", receipts, _take(courier.decode_receipt), refused)
    line = vectors.pairing("office", vectors.OFFICE_KEYS).encode()
    read_line = partial(_table, courier.read_pairing)
    codes = tuple(each.encode() for each in cut_bundle(vectors.sealed_up()))
    yield Parser("courier code", codes, _code, (CodeError, UnicodeDecodeError))
    drawn = draw_codes(vectors.sealed_up(), "up")
    pictures = tuple(each for name, each in drawn.items() if name.endswith(".png"))
    yield Parser("courier picture", pictures, _picture_of_codes, ())
    published = (msgspec.json.encode(bulletin_vectors.vectors()["answer"]),)
    yield Parser("bulletins", published, read_bulletins, (BulletinRefused,))
    texts = tuple(each.text.encode() for each in bulletin_vectors.SIGNED[:1])
    yield Parser("central settings", texts, read_central_settings, (BulletinRefused,))
    yield Parser("courier pairing", (line,), read_line, (*refused, UnicodeDecodeError))


def _bundle(body: bytes) -> None:
    keys = courier_vectors.OFFICE_KEYS.public
    courier.unseal(body, courier.read_header(body), keys, courier_vectors.COUNTY_KEYS)


def _code(body: bytes) -> None:
    read_code(body.decode())


def _picture_of_codes(body: bytes) -> None:
    courier.find_bundles([("picture", lambda most: body[: most + 1])])


def _take(read: Callable[[bytes], object]) -> Callable[[bytes], None]:
    return lambda body: read(body) and None


PARSERS = {each.name: each for each in _all()}


def read(parser: Parser, body: bytes) -> bool:
    """Whether it took the bytes; false when it refused them in words. Raises all else."""
    try:
        parser.read(body)
    except parser.refusals as error:
        if isinstance(error, SourceError):
            said(error.problem)
        return False
    return True
