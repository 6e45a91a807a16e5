"""`ingest`: a county's snapshot, from its bytes to rows stored and indexed, over a bare insert."""

from __future__ import annotations

import shutil
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from desk_folder import category_names
from figure import Figure, at_most, median, seconds, told

from desktop.application.ports import SourceSettings
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.http.response import Reply, Stream
from desktop.domain.clock import SystemClock
from desktop.domain.localized_text import Text
from desktop.domain.source import SyncState
from desktop.storage.cache.store import open_cache
from desktop.storage.search.bigrams import make_bigrams, pick_words, split_fields
from desktop.storage.sqlite.database import connect
from desktop.wire import level1
from desktop.wire.level2 import MEDIA, Frames, decode_session, encode_session
from support.program import County
from support.sources import services

RUNS = 5
TARGET = 1.5
INCIDENTS = 10_000
KEY = bytes(range(32))
SEARCHED = ("title", "address", "summary", "lead_unit")


class _Recorded:
    """The connector's client for a server whose snapshot is fetched without any delay."""

    base_url = "http://recorded/"
    offset_ms = None
    known = True

    def __init__(self, body: bytes, session: level1.Session) -> None:
        self._body, self._session = body, session

    def post(self, path: str, body: bytes, **_: Any) -> Reply:
        asked = msgspec.json.decode(body, type=level1.SessionRequest)
        session = msgspec.structs.replace(self._session, nonce=asked.nonce)
        return Reply(path, 200, {"Content-Type": MEDIA}, encode_session(session, b"", Frames()))

    @contextmanager
    def open(
        self, _method: str, path: str, *, headers: Mapping[str, str], **_: Any
    ) -> Iterator[Stream]:
        first, last = map(int, headers["Range"].removeprefix("bytes=").split("-"))
        piece = self._body[first : last + 1]
        where = f"bytes {first}-{first + len(piece) - 1}/{len(self._body)}"
        yield Stream(path, 206, {"ETag": '"1"', "Content-Range": where}, iter((piece,)))

    def begin(self) -> None:
        """There is nothing to connect to."""

    def note_server_time(self, _server_at: int) -> None:
        """Nobody asks how late it is."""

    def close(self) -> None:
        """There is nothing to end."""


class _Connector(CountyConnector):
    """The connector as it is, over what was recorded."""

    def __init__(self, line: _Recorded) -> None:
        self._line = line
        super().__init__(SourceSettings("county", "county", Text("县平台"), 15.0, {}), services())

    def new_client(self, _url: str, **_: Any) -> Any:
        return self._line


def _fetched(url: str, body: bytes | None = None, accept: str = "application/json") -> bytes:
    asked = urllib.request.Request(
        url, body, {"Accept": accept, "Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked) as answer:
        return bytes(answer.read())


def measure() -> list[Figure]:
    """The whole of a first sync but the network, in turns with the floor."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with County(folder, "--speed", "0", "--incidents", str(INCIDENTS)) as county:
            hello = msgspec.json.encode(
                level1.SessionRequest("nonce-nonce", "bench", tables=len(level1.COLLECTIONS))
            )
            opened = f"{county.url}/v1/session"
            session, _ = decode_session(_fetched(opened, hello, MEDIA), Frames())
            body = _fetched(f"{county.url}{session.snapshot}", accept=MEDIA)
            told_plainly = msgspec.json.decode(_fetched(opened, hello), type=level1.Session)
            plain = _fetched(f"{county.url}{told_plainly.snapshot}")
        known = SyncState("county", token="t", epoch="another")
        names = category_names()  # The program has read its tables of words long before.
        first, whole, floor = [], [], []
        for _ in range(RUNS):
            first.append(
                seconds(lambda: _taken_in(folder / "first", body, session, SyncState("c"), names))
            )
            whole.append(seconds(lambda: _taken_in(folder / "whole", body, session, known, names)))
            floor.append(seconds(lambda: _bare(folder / "bare", plain)))
    floor_ms = median(floor) * 1000
    size = f"{len(body) / 1e6:.2f} MB of level 2"
    return [
        at_most(
            "ingest", median(first) * 1000 / floor_ms, f"× bare, {size} (ms)", TARGET, floor_ms
        ),
        told("ingest-ms", median(first) * 1000, "ms, first sync, shown page by page", floor_ms),
        told("ingest-whole-ms", median(whole) * 1000, "ms, replacing all at once", floor_ms),
    ]


def _taken_in(
    folder: Path,
    body: bytes,
    session: level1.Session,
    state: SyncState,
    names: Mapping[str, str],
) -> None:
    """The connector's own pull into a new cache, as the exchange runs it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    connector = _Connector(_Recorded(body, session))
    cache = open_cache(folder, KEY, SystemClock(), names)
    try:
        for batch in connector.pull(state):
            cache.apply(batch)
    finally:
        cache.close()
        connector.close()


def _bare(folder: Path, body: bytes) -> None:
    """What nobody can spare: decode, one encrypted table, the same full-text index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    db = connect(folder / "bare.db", KEY, durable=False)
    db.execute(
        "CREATE TABLE bare(collection TEXT, id TEXT, body BLOB, PRIMARY KEY (collection, id));"
        "CREATE VIRTUAL TABLE search USING fts5("
        "grams, words, content='', contentless_delete=1, tokenize='ascii')"
    )
    encode = msgspec.msgpack.Encoder().encode
    pages = {name: msgspec.json.Decoder(list[kind]) for name, kind in level1.COLLECTIONS.items()}
    number = 0
    with db:
        for line in body.splitlines()[1:-1]:
            page = msgspec.json.decode(line, type=_Page)
            rows: list[Any] = pages[page.collection].decode(page.rows)
            db.executemany(
                "INSERT OR REPLACE INTO bare VALUES (?, ?, ?)",
                ((page.collection, row.id, encode(row)) for row in rows),
            )
            if page.collection == "incidents":
                db.executemany(
                    "INSERT INTO search(rowid, grams, words) VALUES (?, ?, ?)",
                    ((at, *_tokens(row)) for at, row in enumerate(rows, start=number)),
                )
                number += len(rows)
    db.close()


class _Page(msgspec.Struct):
    collection: str
    rows: msgspec.Raw


def _tokens(incident: level1.Incident) -> tuple[str, str]:
    """What the store's own index would hold of it."""
    texts = [getattr(incident, name) for name in SEARCHED]
    phrases = [Text(t) if isinstance(t, str) else Text(t.zh, t.en) for t in texts]
    as_grams, as_words = split_fields(phrases)
    return make_bigrams([incident.number, *as_grams]), pick_words(as_words)
