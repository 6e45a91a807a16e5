"""A server that makes one mistake is told it by its name, and is told nothing else."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from desktop.county_server.server import CountyServer
from support.drill_county import checked, drill_county, failures, incident
from support.mistakes import (
    CHANGES,
    SESSION,
    SNAPSHOT,
    change_body,
    change_row,
    counted,
    drop_row,
    endless,
    found_anyway,
    html_refusals,
    level2_session,
    level2_snapshot,
    longer,
    lost_between_pages,
    moved,
    other_bytes_packed,
    other_status_told,
    packed,
    ranges,
    refuse_stranger,
    retitled,
    second,
    set_headers,
    shifted,
    shorter,
    stream,
    trailer_with,
    used_up,
    web_page,
    without,
)
from support.servers import Asked, Said
from support.wrong_county import (
    Mistake,
    compact,
    head,
    is_plain,
    lines,
    mistaken,
    row,
    session,
    some_at_once,
    told,
)


@pytest.fixture
def county() -> Iterator[CountyServer]:
    with drill_county() as (server, _):
        yield server


MISTAKES: dict[str, tuple[Mistake, str, str]] = {
    "another magic in the session": (session(magic="county-desk/2"), "session_magic", "$.magic"),
    "settings changed after they were signed": (
        told("/v1/bulletins", lambda t: t["bulletins"][0].update(text="{}")),
        "bulletins_signed", "$.bulletins[0].signature",
    ),
    "bulletins without a county": (
        told("/v1/bulletins", lambda t: t.pop("county") and None), "bulletins_shape", "$.county",
    ),
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
        "session_collections", "$.collections[12]",
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
    "a row lost between two pages": (lost_between_pages, "changes_pages", "rows"),
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


@some_at_once(MISTAKES, 12)
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
