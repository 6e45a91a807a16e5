"""A server that makes one mistake is told it by its name, and is told nothing else."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from desktop.county_server.server import CountyServer
from desktop.paths import frame_dictionaries
from desktop.wire.level1 import SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import (
    Frames,
    SnapshotDecoder,
    SnapshotEncoder,
    decode_session,
    encode_session,
)
from fakes.drill_county import checked, drill_county, failures, incident
from fakes.servers import PORTAL, Asked, Said
from fakes.wrong_county import (
    Mistake,
    compact,
    head,
    is_plain,
    lines,
    mistaken,
    row,
    session,
    told,
)

FRAMES = Frames(frame_dictionaries())
SNAPSHOT, CHANGES, SESSION = "/v1/snapshot/", "/v1/changes", "/v1/session"


@pytest.fixture
def county() -> Iterator[CountyServer]:
    with drill_county() as (server, _):
        yield server


def always(said: Said) -> Mistake:
    """Say this to everything under changes."""
    return lambda asked, right: said if asked.path == CHANGES else right


def counted(values: Any) -> Mistake:
    """A session with each of these fields in turn."""

    def mistake(asked: Asked, said: Said) -> Said:
        return session(**next(values))(asked, said) if asked.path == SESSION else said

    return mistake


def second(path: str, then: Said) -> Mistake:
    """Right the first time that an address is asked for, then this."""
    seen: set[str] = set()

    def mistake(asked: Asked, said: Said) -> Said:
        if not asked.path.startswith(path) or "cd2" in asked.headers.get("accept", ""):
            return said
        known = asked.target in seen
        seen.add(asked.target)
        if not known or said.status >= 400:
            return said
        return Said(then.body or said.body, then.status, dict(then.headers or said.headers))

    return mistake


def endless() -> Mistake:
    """Never "nothing new": an empty page with another token, for ever."""
    numbers, epochs, sums = itertools.count(10**9), list[str](), [""]

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path != CHANGES or "cd2" in asked.headers.get("accept", ""):
            return said
        epoch, *_ = asked.target.partition("since=")[2].split(".")
        if said.status == 200:
            sums.append(json.loads(said.body).get("sum"))
        if said.status == 204:
            epochs.append(epoch)
        if said.status == 204 or (said.status == 409 and epoch in epochs):
            page = {
                "magic": "county-desk/1",
                "token": f"{epoch}.{next(numbers)}.all",
                "more": False,
                "changes": [],
                "server_time": now_text(),
                "sum": sums[-1],
            }
            return Said(json.dumps(page).encode(), 200, {"Content-Type": "application/json"})
        return said

    return mistake


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def shifted(value: str, hours: int) -> str:
    return (datetime.fromisoformat(value) + timedelta(hours=hours)).isoformat()


def set_headers(**named: str) -> Any:
    """A change that sets these headers; underscores stand for dashes."""

    def change(said: Said) -> None:
        for named_so, value in named.items():
            name = named_so.replace("_", "-")
            for known in [each for each in said.headers if each.lower() == name.lower()]:
                del said.headers[known]
            said.headers[name] = value

    return change


def longer(said: Said) -> None:
    said.headers["Content-Length"] = str(len(said.body) + 7)


def shorter(said: Said) -> None:
    said.headers["Content-Length"] = str(len(said.body) - 7)


def packed(said: Said) -> None:
    if said.status == 200:
        said.body = gzip.compress(said.body)
        said.headers["Content-Encoding"] = "gzip"


def change_body(change: Any) -> Any:
    """A change of the bytes of good answers."""

    def work(said: Said) -> None:
        if said.status == 200:
            said.body = change(said.body)

    return work


def change_row(change: Any, id: str = "i2") -> Mistake:
    """Change the put of one row in a page of changes."""

    def work(page: Any) -> None:
        for each in page["changes"]:
            if each["id"] == id and "row" in each:
                change(each)

    return told(CHANGES, work)


def without(id: str) -> Mistake:
    """A page of changes that forgets a row."""

    def work(page: Any) -> None:
        page["changes"] = [each for each in page["changes"] if each["id"] != id]

    return told(CHANGES, work)


def pages_of(found: list[Any], collection: str) -> list[Any]:
    return [line for line in found if line.get("collection") == collection]


def drop_row(found: list[Any], *, honest: bool) -> None:
    """Leave a queue out, and perhaps count right all the same."""
    (page,) = pages_of(found, "queues")
    page["rows"] = []
    if honest:
        found[0]["totals"]["queues"] = 0
        found[-1]["rows"] -= 1


def ranges(asked: Asked, said: Said) -> Said:
    """Pieces that begin a byte late."""
    if "range" in asked.headers and is_plain(said) and said.status == 200:
        first, last = map(int, asked.headers["range"].removeprefix("bytes=").split("-"))
        piece = said.body[first + 1 : last + 2]
        where = f"bytes {first}-{last}/{len(said.body)}"
        return Said(piece, 206, {**said.headers, "Content-Range": where})
    return said


def other_bytes_packed(asked: Asked, said: Said) -> Said:
    """A snapshot that has another row when it is packed."""
    if asked.path.startswith(SNAPSHOT) and "gzip" in asked.headers["accept-encoding"]:
        body = gzip.decompress(said.body) if said.body[:2] == b"\x1f\x8b" else said.body
        said.body = gzip.compress(body.replace("积水".encode(), "塌方".encode()))
        set_headers(Content_Encoding="gzip")(said)
    return said


def found_anyway(path: str, status: int, body: bytes = b"{}") -> Mistake:
    """Say 200 where the right answer refuses with that status."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path.startswith(path) and said.status == status and is_plain(said):
            return Said(body, 200, {"Content-Type": "application/json"})
        return said

    return mistake


def refuse_stranger(status: int) -> Mistake:
    """Another status for tokens of another epoch."""

    def mistake(asked: Asked, said: Said) -> Said:
        if asked.path == CHANGES and said.status == 409:
            said.status = status
            said.body = said.body.replace(b'"status":409', f'"status":{status}'.encode())
        return said

    return mistake


def used_up() -> Mistake:
    """A token that holds only once."""
    gone = {"type": "urn:x", "title": "Gone", "status": 410}
    return second(
        CHANGES,
        Said(json.dumps(gone).encode(), 410, {"Content-Type": "application/problem+json"}),
    )


def stream(asked: Asked, said: Said) -> Said:
    if asked.path == "/v1/stream":
        return Said(b"data: new rows\n\n", 200, {"Content-Type": "text/event-stream"})
    return said


def web_page(asked: Asked, said: Said) -> Said:
    """A captive portal in front of the changes alone."""
    return Said(PORTAL.body, 200, dict(PORTAL.headers)) if asked.path == CHANGES else said


def moved(asked: Asked, said: Said) -> Said:
    if asked.path.startswith(SNAPSHOT):
        return Said(b"", 302, {"Location": "/login"})
    return said


def html_refusals(asked: Asked, said: Said) -> Said:
    if said.status == 404:
        return Said(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"})
    return said


def other_status_told(asked: Asked, said: Said) -> Said:
    if said.status == 404 and asked.path != "/v1/stream":
        said.body = said.body.replace(b'"status":404', b'"status":400')
    return said


def level2_session(**fields: Any) -> Mistake:
    """Other fields in the session of level 2."""

    def change(body: bytes) -> bytes:
        found, _ = decode_session(body, FRAMES)
        return encode_session(msgspec.structs.replace(found, **fields), b"", Frames())

    return compact(SESSION, change)


def level2_snapshot(change: Any) -> Mistake:
    """Other sections in the snapshot of level 2; the change sees each page and the trailer."""

    def work(body: bytes) -> bytes:
        out, encoder = b"", SnapshotEncoder()
        for each in SnapshotDecoder(10**8).feed(body):
            if isinstance(each, SnapshotHead):
                out += encoder.head(each)
            elif isinstance(each, SnapshotTrailer):
                out += encoder.trailer(change(each))
            elif each.part != "list":
                page = change(each)
                out += encoder.page(page.collection, page.rows)
        return out

    return compact(SNAPSHOT, work)


def retitled(each: Any) -> Any:
    """One incident with another title at level 2."""
    if getattr(each, "collection", "") != "incidents":
        return each
    keyed = each.rows[0]
    other = msgspec.structs.replace(keyed, row=msgspec.structs.replace(keyed.row, title="别的"))
    return msgspec.structs.replace(each, rows=(other, *each.rows[1:]))


def trailer_with(**fields: Any) -> Any:
    def change(each: Any) -> Any:
        return (
            msgspec.structs.replace(each, **fields) if isinstance(each, SnapshotTrailer) else each
        )

    return change


MISTAKES: dict[str, tuple[Mistake, str, str]] = {
    "another magic in the session": (session(magic="county-desk/2"), "session_magic", "$.magic"),
    "another nonce": (session(nonce="0" * 16), "session_nonce", "$.nonce"),
    "no epoch": (session(epoch=None), "session_shape", "$.epoch"),
    "a fence as a text": (session(fence="3"), "session_shape", "$.fence"),
    "a time without its zone": (
        session(server_time="2026-11-26T08:00:00"), "session_shape", "$.server_time",
    ),
    "a clock three hours ahead": (
        told(SESSION, lambda t: t.update(server_time=shifted(t["server_time"], 3)), "POST"),
        "session_clock", "$.server_time",
    ),
    "a whole address for the snapshot": (
        session(snapshot="http://127.0.0.1/v1/snapshot/all/1"), "session_snapshot", "$.snapshot",
    ),
    "a collection nobody knows": (
        told(SESSION, lambda t: t["collections"].append("weather"), "POST"),
        "session_collections", "$.collections[8]",
    ),
    "a fence that stands still": (session(fence=7), "session_fence", "$.fence"),
    "another epoch with each session": (
        counted({"epoch": f"e{n}"} for n in itertools.count()), "session_same", "$.epoch",
    ),
    "no session": (head(SESSION, lambda said: Said(b"{}", 201), "POST"), "session_status", "-"),
    "a session for who asks for none": (
        lambda asked, said: Said(b"{}", 200) if said.status == 400 and asked.method == "POST"
        else said, "session_refuses", "-",
    ),
    "a Content-Length beyond the body": (head(CHANGES, longer), "line_length", "-"),
    "a Content-Length short of the body": (head(SNAPSHOT, shorter), "line_length", "-"),
    "gzip that nobody asked for": (
        head(SESSION, packed, "POST"), "line_coding", "Content-Encoding",
    ),
    "a byte order mark": (
        head(SESSION, change_body(lambda body: b"\xef\xbb\xbf" + body), "POST"), "line_json", "$",
    ),
    "a name twice in one object": (
        head(SESSION, change_body(lambda body: b'{"fence":1,' + body[1:]), "POST"),
        "line_json", "$",
    ),
    "a web page's media type": (
        head(SESSION, lambda said: set_headers(Content_Type="text/html")(said)
             if said.status == 200 else None, "POST"), "line_media", "Content-Type",
    ),
    "a snapshot called JSON": (
        head(SNAPSHOT, lambda said: set_headers(Content_Type="application/json")(said)
             if said.status < 400 else None), "line_media", "Content-Type",
    ),
    "a captive portal": (web_page, "line_media", "Content-Type"),
    "a redirect": (moved, "line_redirects", "-"),
    "refusals in HTML": (html_refusals, "line_problems", "Content-Type"),
    "another status in a problem": (other_status_told, "line_problems", "$.status"),
    "a snapshot that is not there": (
        head(SNAPSHOT, lambda said: Said(
            b'{"type":"urn:x","title":"x","status":404}', 404,
            {"Content-Type": "application/problem+json"})), "snapshot_status", "-",
    ),
    "a snapshot pretty-printed": (
        head(SNAPSHOT, change_body(lambda body: b"".join(
            json.dumps(json.loads(line), indent=1).encode() + b"\n"
            for line in body.splitlines()))), "snapshot_lines", "$[1]",
    ),
    "NaN in a row": (
        head(SNAPSHOT, change_body(lambda body: body.replace(b'"value":1.25', b'"value":NaN'))),
        "snapshot_lines", "$[",
    ),
    "another magic in the snapshot": (
        lines(lambda found: found[0].update(magic="x")), "snapshot_magic", "$[1].magic",
    ),
    "a snapshot without its token": (
        lines(lambda found: found[0].pop("token") and None), "snapshot_head", "$[1].token",
    ),
    "another epoch in the snapshot": (
        lines(lambda found: found[0].update(epoch="another")), "snapshot_epoch", "$[1].epoch",
    ),
    "a page of no collection": (
        lines(lambda found: found[2].pop("collection") and None), "snapshot_pages", "$[3]",
    ),
    "a row without its title": (row(lambda each: each.pop("title")), "rows_shape", ".title"),
    "a date without its zone": (
        row(lambda each: each.update(recorded_at="2026-11-26 08:00:00")),
        "rows_shape", ".recorded_at",
    ),
    "a zone missing deep in a row": (
        row(lambda each: each["timeline"][0].update(happened_at="2026-11-26T08:00:00")),
        "rows_shape", ".timeline[0].happened_at",
    ),
    "a text for a number": (row(lambda each: each.update(version="3")), "rows_shape", ".version"),
    "a number for an id": (row(lambda each: each.update(id=17)), "rows_shape", ".id"),
    "a word of no vocabulary": (
        row(lambda each: each.update(stage="being_handled")), "rows_words", ".stage",
    ),
    "an id twice": (row(lambda each: each.update(id="i1"), "i3"), "rows_ids", ".id"),
    "a trailer that counts one more": (
        lines(lambda found: found[-1].update(rows=found[-1]["rows"] + 1)), "snapshot_count",
        ".rows",
    ),
    "totals that are wrong": (
        lines(lambda found: found[0]["totals"].update(alarms=5)), "snapshot_totals", ".totals",
    ),
    "no trailer": (lines(lambda found: found[:-1]), "snapshot_trailer", "$["),
    "a line behind the trailer": (
        lines(lambda found: [*found, {"collection": "queues", "rows": []}]), "snapshot_trailer",
        "$[",
    ),
    "a wrong sum in the trailer": (
        lines(lambda found: found[-1].update(sum="0" * 16)), "snapshot_sum", ".sum",
    ),
    "a row that is missing": (
        lines(lambda found: drop_row(found, honest=False)), "snapshot_count", ".rows",
    ),
    "a row that is missing and not counted": (
        lines(lambda found: drop_row(found, honest=True)), "snapshot_sum", ".sum",
    ),
    "a weak tag": (
        head(SNAPSHOT, lambda said: set_headers(ETag='W/"1"')(said) if said.status < 400
             else None), "snapshot_tag", "ETag",
    ),
    "a snapshot that changes": (
        second(SNAPSHOT, Said(b'{"magic":"x"}\n')), "snapshot_same", "-",
    ),
    "pieces of other bytes": (ranges, "snapshot_range", "-"),
    "other rows when packed": (other_bytes_packed, "snapshot_gzip", "-"),
    "a snapshot of any name": (found_anyway(SNAPSHOT, 404), "snapshot_gone", "-"),
    "a path of any name": (found_anyway("/v1/nothing", 404), "paths_unknown", "-"),
    "changes that fail": (
        head(CHANGES, lambda said: Said(
            b'{"type":"urn:x","title":"x","status":500}', 500,
            {"Content-Type": "application/problem+json"}) if said.status == 200 else None),
        "changes_status", "-",
    ),
    "another magic in changes": (
        told(CHANGES, lambda page: page.update(magic="x")), "changes_magic", "$.magic",
    ),
    "changes that do not say whether there is more": (
        told(CHANGES, lambda page: page.pop("more") and None), "changes_shape", "$.more",
    ),
    "a clock that is off in changes": (
        told(CHANGES, lambda t: t.update(server_time=shifted(t["server_time"], -3))),
        "changes_clock", "$.server_time",
    ),
    "another id in the row than in the change": (
        change_row(lambda each: each["row"].update(id="i9")), "changes_rows", ".row.id",
    ),
    "a row in changes that cannot be read": (
        change_row(lambda each: each["row"].update(recorded_at=5)), "changes_rows",
        ".row.recorded_at",
    ),
    "a token that stays the same": (
        lambda asked, said: told(CHANGES, lambda page: page.update(
            token=asked.target.partition("since=")[2]))(asked, said),
        "changes_progress", "$.token",
    ),
    "empty pages for ever": (endless(), "changes_quiet", "$.changes"),
    "a version that stands still": (
        change_row(lambda each: each["row"].update(version=0)), "changes_versions", ".version",
    ),
    "a lost change": (without("i2"), "changes_sum", "$.sum"),
    "a lost deletion": (without("i7"), "changes_sum", "$.sum"),
    "a token that holds once": (used_up(), "token_again", "-"),
    "nothing new for a token never given": (refuse_stranger(204), "token_stranger", "-"),
    "410 for another epoch": (refuse_stranger(410), "token_stranger", "-"),
    "changes since nothing": (
        lambda asked, said: Said(b"{}", 200) if asked.target == CHANGES else said,
        "changes_refuses", "-",
    ),
    "a mark of nobody": (
        head(CHANGES, lambda said: set_headers(M="AAAA")(said) if said.status == 204 else None),
        "changes_mark", "M",
    ),
    "a sum too few": (told("/v1/sums", lambda t: t["sums"].pop() and None), "sums_shape", "$.sums"),
    "a bucket's sum that is wrong": (
        told("/v1/sums", lambda t: t["sums"].__setitem__(3, "f" * 16)), "sums_same", "$.sums[3]",
    ),
    "a bucket without its rows": (
        told("/v1/buckets", lambda t: t["changes"].pop() and None), "buckets_rows", "$.changes",
    ),
    "events that are no numbers": (stream, "stream_events", "-"),
    "another county at level 2": (level2_session(county="别的县"), "level2_agrees", "$.county"),
    "another nonce at level 2": (level2_session(nonce="0" * 16), "level2_nonce", "$.nonce"),
    "a dictionary that nobody has": (
        level2_session(dictionary="00000000"), "level2_session", "$.dictionary",
    ),
    "a byte of a snapshot turned": (
        compact(SNAPSHOT, lambda body: body[:300] + bytes([body[300] ^ 1]) + body[301:]),
        "level2_snapshot", "",
    ),
    "half a snapshot": (compact(SNAPSHOT, lambda body: body[: len(body) // 2]),
                        "level2_snapshot", "-"),
    "another title at level 2": (level2_snapshot(retitled), "level2_rows", "title"),
    "a wrong count at level 2": (
        level2_snapshot(trailer_with(rows=3)), "level2_count", "trailer.rows",
    ),
    "a wrong sum at level 2": (
        level2_snapshot(trailer_with(sum="0" * 16)), "level2_sum", "trailer.sum",
    ),
    "a bucket of level 2 that breaks off": (
        compact("/v1/buckets", lambda body: body[:-3]), "level2_buckets", "",
    ),
}  # fmt: skip


NAMES = tuple(MISTAKES)
AT_ONCE = 12


@pytest.mark.parametrize(
    "names", [NAMES[at : at + AT_ONCE] for at in range(0, len(NAMES), AT_ONCE)],
    ids=lambda names: f"{names[0]} …",
)  # fmt: skip
def test_a_mistake_is_named_by_its_rule_and_place_and_by_no_other(
    names: tuple[str, ...], county: CountyServer
):
    wrong = {}
    for name in names:
        mistake, rule, path = MISTAKES[name]
        with mistaken(county.base_url, mistake) as url:
            found = failures(checked(url))
        if list(found) != [rule] or path not in found[rule].path:
            wrong[name] = found
    assert wrong == {}


def test_a_patch_that_breaks_off_is_named_by_its_rule():
    breaks_off = compact(CHANGES, lambda body: body[:-3])
    with drill_county() as (server, database):

        def mistake(asked: Asked, said: Said) -> Said:
            if asked.path.startswith(SNAPSHOT) and not is_plain(said):
                database.put("incidents", [incident(4, stage="handling")])
            return breaks_off(asked, said)

        with mistaken(server.base_url, mistake) as url:
            assert list(failures(checked(url))) == ["level2_patch"]


def test_null_means_the_same_as_left_out(county: CountyServer):
    nothing = row(lambda each: each.update(acknowledged_at=None, acknowledged_by=None))
    with mistaken(county.base_url, nothing) as url:
        assert failures(checked(url)) == {}


def test_the_stand_in_itself_makes_no_mistake(county: CountyServer):
    with mistaken(county.base_url) as url:
        assert failures(checked(url)) == {}


def test_there_are_more_than_forty_mistakes_and_rules():
    assert len(MISTAKES) >= 40
    assert len({rule for _, rule, _ in MISTAKES.values()}) >= 40
