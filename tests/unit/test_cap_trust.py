"""Whose word counts on whose warning, and which townships an area is of."""

from __future__ import annotations

import re
import time
import tomllib
from itertools import count
from pathlib import Path

import pytest

from desktop.connectors.cap.areas import AreaTable, read_areas
from desktop.connectors.cap.blocks import MOST_ROWS, Tables
from desktop.connectors.cap.feed import read_feed
from desktop.connectors.cap.message import MOST_BAD, Feed, Message, message_id, read_message
from desktop.connectors.cap.resolve import distinct, resolve
from desktop.connectors.cap.xml import Unreadable, parse_xml
from desktop.domain.localized_text import Text
from support.cap import SENDER, cap_xml, triple

ROOT = Path(__file__).parents[2]
COUNTY = read_areas((ROOT / "resources/county/townships.toml").read_text("utf-8"))
OWN = Feed()
OTHER = Feed(mark=" ~0a0b0c0d", marks=("", " ~0a0b0c0d"))
ID = f"lq-1@{SENDER}"


def message(feed: Feed = OWN, **said: str) -> Message:
    found = read_message("w", parse_xml(cap_xml(**said)), Tables(areas=COUNTY), feed)
    assert found is not None
    return found


def townships(name: str, *codes: str) -> str:
    return " ".join(COUNTY.townships_of([name], codes))


@pytest.mark.parametrize("type", ["Cancel", "Update"])
def test_the_same_sender_in_another_feed_lifts_and_replaces_nothing(type: str):
    later = message(OTHER, identifier="lq-2", type=type, references=triple())
    stands = resolve([message(), later]).warnings
    assert stands[ID].lifted_at is None
    assert resolve([message(OTHER), later]).warnings.get(f"{ID}{OTHER.mark}") != stands[ID]


@pytest.mark.parametrize("mark", ["", OTHER.mark])
def test_a_sender_the_profile_trusts_lifts_the_warnings_of_others_in_every_feed(mark: str):
    feed = Feed(mark, OTHER.marks, frozenset({"province@example"}))
    lifting = message(
        feed, identifier="p-1", sender="province@example", type="Cancel", references=triple(),
        name="省气象台",
    )  # fmt: skip
    for stands in (message(), message(OTHER)):
        (row,) = resolve([stands, lifting]).warnings.values()
        assert row.lifted_at == lifting.sent_at
        assert row.lifted_by == Text("省气象台")


def test_a_warning_lifted_tells_who_lifted_it_and_one_that_says_so_itself_names_its_issuer():
    cancel = message(identifier="lq-2", type="Cancel", references=triple(), name="")
    (row,) = resolve([message(), cancel]).warnings.values()
    assert row.lifted_by == Text(SENDER, SENDER)
    xml = cap_xml().replace(b"<urgency>", b"<responseType>AllClear</responseType><urgency>")
    over = read_message("w", parse_xml(xml), Tables())
    assert over is not None
    assert over.warnings[0].lifted_by == Text("蓝桥县气象台")
    assert message().warnings[0].lifted_by == Text()


def test_no_sender_passes_for_another_by_what_its_name_ends_with():
    """`lanqiao.example` speaks of `lq-1@qxt`, and means `lq-1` of `qxt@lanqiao.example`."""
    part, _, end = SENDER.partition("@")
    forged = message(
        identifier="x", sender=end, type="Cancel", references=triple(f"lq-1@{part}", end)
    )
    assert resolve([message(), forged]).warnings[ID].lifted_at is None
    alike = message(identifier=f"lq-1@{part}", sender=end)
    assert len(resolve([message(), alike]).warnings) == 2


def test_no_two_messages_have_one_id_and_a_name_too_long_loses_no_warning():
    pairs = [("a@b", "c"), ("a", "b@c"), ("a%40b", "c"), ("a #1", "c"), ("a", "c ~0a0b0c0d")]
    pairs += [("x" * 5_000 + end, "c") for end in "12"]
    ids = {message_id(*pair) for pair in pairs}
    assert len(ids) == len(pairs)
    assert all(" " not in id and len(id) <= 200 for id in ids)
    assert message(identifier="x" * 5_000).warnings


def test_a_row_two_feeds_have_alike_stands_once_and_one_they_tell_apart_twice():
    here, there = message(), message(OTHER)
    assert set(distinct(resolve([here, there]).warnings)) == {ID}
    assert set(distinct(resolve([there]).warnings)) == {f"{ID}{OTHER.mark}"}
    lifting = message(identifier="lq-2", type="Cancel", references=triple())
    rows = distinct(resolve([here, there, lifting]).warnings)
    assert {row.lifted_at is None for row in rows.values()} == {True, False}
    forged = message(OTHER, headline="预警解除")
    assert len(distinct(resolve([here, forged]).warnings)) == 2


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ("柳林镇", "liulin"),
        ("柳林镇、石门乡", "liulin shimen"),
        ("云麓县柳林镇和石门乡", "liulin shimen"),
        ("云州市云麓县柳林镇龙泉村", "liulin"),
        ("Liulin Town, Yunlu County", "liulin"),
        ("Liulin Town and Shimen Township", "liulin shimen"),
        ("柳林镇 石门乡", "liulin shimen"),
        ("蓝桥县柳林镇", ""),
        ("蓝桥县全县", ""),
        ("云麓县北部", ""),
        ("", ""),
    ],
)
def test_an_area_by_name_is_of_the_townships_it_names_and_of_no_other_countys(
    areas: str, expected: str
):
    assert townships(areas) == expected


@pytest.mark.parametrize("all_of_it", ["云麓县", "全县", "云麓县全境", "Yunlu County"])
def test_the_county_by_name_is_every_township(all_of_it: str):
    assert len(townships(all_of_it).split()) == 18


def test_a_code_is_of_its_township_of_the_one_around_a_village_and_of_all_within_a_province():
    assert townships("", "990121101") == townships("", "990121101205") == "liulin"
    for wider in ("990121", "990121000000", "990000", "99"):
        assert len(townships("", wider).split()) == 18, wider
    for strange in ("330000", "006109", "FLZ021", "", "990121999"):
        assert townships("某地", strange) == "", strange


def test_a_row_carries_the_townships_of_its_own_area_and_words_that_fit_none():
    areas = (
        "<area><areaDesc>柳林镇</areaDesc></area><area><areaDesc>别处</areaDesc>"
        "<geocode><valueName>GB/T 10114</valueName><value>990121102</value></geocode></area>"
        "<area><areaDesc>远方</areaDesc></area>"
    )
    rows = message(areas=areas).warnings
    assert [row.townships for row in rows] == [("liulin",), ("shimen",), ()]
    assert [row.area.zh for row in rows] == ["柳林镇", "别处", "远方"]


def test_the_table_supplied_is_of_the_demo_county_and_a_faulty_one_is_told():
    places = tomllib.loads((ROOT / "resources/demo/places.toml").read_text("utf-8"))
    for place in places["township"]:
        assert townships(place["zh"]) == townships(place["en"]) == place["id"]
    twice = '[[township]]\nid = "{}"\nnames = ["柳林镇"]\n'
    with pytest.raises(ValueError, match="柳林镇"):
        read_areas(twice.format("a") + twice.format("b"))
    with pytest.raises(ValueError, match="unknown field"):
        read_areas("[county]\nname = 1")


@pytest.mark.parametrize("said", ["柳林镇和", "柳林镇、", "和", "(云麓县", " and ", "柳 "])
def test_no_area_makes_the_table_work_without_end(said: str):
    name = (said * 20_000)[:20_000]
    began_s = time.process_time()
    COUNTY.townships_of([name], [said] * 20_000)
    assert time.process_time() - began_s < 0.25
    assert AreaTable().townships_of([name], [said]) == ()


WORST = {
    "references of another": {"type": "Cancel", "references": " ".join(["x,{},t"] * 90_000)},
    "references": {"type": "Cancel", "references": " ".join([f"{SENDER},{{}},t"] * 30_000)},
    "outlines": {"areas": f"<area>{'<polygon>{}</polygon>' * 40_000}</area>"},
    "areas": {"areas": "<area><areaDesc>柳林镇、石门乡</areaDesc></area>" * 15_000},
    "codes": {"areas": f"<area>{'<geocode><value>990121101</value></geocode>' * 20_000}</area>"},
    "blocks": {"areas": "</info><info><event>x</event>" * 25_000},
}


def numbered(said: str) -> str:
    number = count()
    return re.sub("{}", lambda _: str(next(number)), said)


@pytest.mark.parametrize("name", sorted(WORST))
def test_the_worst_message_a_feed_may_hold_takes_little_time_and_tells_what_was_left(name: str):
    said = {key: numbered(value) for key, value in WORST[name].items()}
    root = parse_xml(cap_xml(**said))
    began_s = time.process_time()
    found = read_message("w", root, Tables(areas=COUNTY))
    assert time.process_time() - began_s < 2
    assert found is not None
    assert 1 <= len(found.warnings) <= MOST_ROWS
    assert len(found.bad_items) <= MOST_BAD + 1
    if name not in ("references", "codes"):
        assert re.search(r"more (parts|than)", found.bad_items[-1].reason)


def test_a_link_leads_to_the_feeds_own_host_or_a_listed_one_or_is_told():
    def listed(*links: str, hosts: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
        items = "".join(f"<item><link>{link}</link></item>" for link in ("/own", *links))
        found = read_feed(parse_xml(f"<rss>{items}</rss>".encode()), "http://h.example/f", hosts)
        return [url for url, _ in found.links], [item.reason for item in found.bad_items]

    away = "https://CDN.example/a"
    assert listed(away, hosts=("cdn.example",)) == (["http://h.example/own", away], [])
    assert (
        listed("http://xn--kprp40k2hi.cn/a", "http://H.example./a", hosts=("预警台.cn",))[1] == []
    )
    for link in (away, "http://h.example.evil/", "http://127.0.0.1/", "http://evil@h.example/"):
        urls, reasons = listed(link)
        assert urls == ["http://h.example/own"], link
        assert len(reasons) == 1
    assert "cdn.example" in listed(away)[1][0]
    with pytest.raises(Unreadable, match="link_hosts"):
        read_feed(parse_xml(f"<rss><item><link>{away}</link></item></rss>".encode()), "http://h/")
