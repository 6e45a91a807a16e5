"""CAP messages of every shape, the table of levels and what feeds name."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.connectors.cap.areas import read_areas
from desktop.connectors.cap.blocks import MOST_ROWS, Tables, message_of
from desktop.connectors.cap.feed import MAX_ITEMS, read_feed
from desktop.connectors.cap.geometry import circle, polygon
from desktop.connectors.cap.levels import read_levels
from desktop.connectors.cap.message import Message, read_message
from desktop.connectors.cap.resolve import resolve
from desktop.connectors.cap.xml import Unreadable, parse_xml
from desktop.domain.levels import WarningLevel
from desktop.domain.localized_text import Text

MESSAGES = Path(__file__).parent / "cap_messages"
ROOT = Path(__file__).parents[2]
COUNTY = ROOT / "resources/county"
TABLE = Tables(
    read_levels((COUNTY / "cap_levels.toml").read_text("utf-8")),
    read_areas((COUNTY / "townships.toml").read_text("utf-8")),
)
SENT_MS = 1_795_348_800_000
"""2026-11-22 20:00 in China."""


def read(name: str) -> Message:
    message = read_message("w", parse_xml((MESSAGES / name).read_bytes()), TABLE)
    assert message is not None
    return message


def test_a_chinese_warning_keeps_all_it_says():
    warning = read("rain.xml").warnings[0]
    assert warning.id == "lq-1@qxt@lanqiao.example"
    assert warning.headline == Text("蓝桥县气象台发布暴雨橙色预警信号")
    assert (warning.level, warning.level_is_ours) == (WarningLevel.ORANGE, False)
    assert (warning.severity, warning.urgency, warning.certainty) == (
        "Severe",
        "Immediate",
        "Likely",
    )
    assert warning.issued_at == warning.starts_at == SENT_MS
    assert warning.ends_at == SENT_MS + 6 * 3_600_000
    assert warning.issuer == Text("蓝桥县气象台")
    assert warning.area == Text("蓝桥镇")
    assert warning.rings[0][0] == (119.20, 30.40)
    assert (warning.status, warning.category) == ("actual", "Met")


def test_both_languages_of_one_message_make_one_warning():
    warning = read("two_languages.xml").warnings[0]
    assert warning.headline == Text(
        "蓝桥县气象台发布暴雨橙色预警信号", "Rainstorm warning for Lanqiao"
    )
    assert warning.area == Text("蓝桥镇", "Lanqiao town")
    assert len(warning.rings) == 1


def test_version_1_1_is_read_and_its_level_is_marked_as_ours():
    warning = read("version_1_1.xml").warnings[0]
    assert (warning.level, warning.level_is_ours) == (WarningLevel.YELLOW, True)
    assert warning.headline == Text("", "High wind expected")


def test_a_circle_becomes_a_ring_of_32_corners_and_one_without_size_none():
    (ring,) = read("circle.xml").warnings[0].rings
    assert len(ring) == 33
    assert ring[0] == ring[-1]
    assert max(lat for _, lat in ring) == pytest.approx(30.5 + 5 / 111.195, abs=1e-5)


@pytest.mark.parametrize("name", ["minus_zero_offset.xml", "national_dates.xml"])
def test_other_ways_to_write_the_same_moment(name: str):
    assert read(name).warnings[0].issued_at == SENT_MS


@pytest.mark.parametrize(
    "name, reason",
    [
        ("naive_date.xml", "without a time zone"),
        ("missing_scope.xml", "scope"),
        ("entity_bomb.xml", "refused"),
        ("external_entity.xml", "refused"),
        ("foreign_dtd.xml", "refused"),
        ("cut.xml", "not sound XML"),
    ],
)
def test_a_message_that_cannot_be_taken_says_why(name: str, reason: str):
    with pytest.raises(Unreadable, match=reason):
        read(name)


def test_an_update_replaces_and_the_worst_colour_of_its_headline_counts():
    active = resolve([read("update.xml"), read("rain.xml")])
    (warning,) = active.warnings.values()
    assert warning.id.startswith("lq-7@")
    assert warning.level is WarningLevel.RED
    assert active.gone == {"lq-1@qxt@lanqiao.example"}


def test_a_cancellation_lifts_what_it_refers_to_and_is_no_warning_itself():
    active = resolve([read("cancel.xml"), read("rain.xml")])
    (warning,) = active.warnings.values()
    assert warning.lifted_at == SENT_MS + 2 * 3_600_000
    assert not active.gone


def saying(name: str, **changed: str) -> Message:
    """A message with some of its elements said otherwise."""
    said = (MESSAGES / name).read_text("utf-8")
    for element, words in changed.items():
        said, count = re.subn(f"<{element}>[^<]*<", f"<{element}>{words}<", said)
        assert count, f"{name} has no {element}"
    return read_message("w", parse_xml(said.encode()), TABLE)


def test_what_a_message_refers_to_decides_before_the_second_it_was_sent_in():
    rain = read("rain.xml")
    sent = re.search("<sent>([^<]*)<", (MESSAGES / "rain.xml").read_text("utf-8"))[1]
    for name in ("cancel.xml", "update.xml"):
        later = saying(name, sent=sent)
        assert later.sent_at == rain.sent_at
        for order in ([later, rain], [rain, later]):
            active = resolve(order)
            stands = active.warnings.get(rain.id)
            assert stands is None or stands.lifted_at is not None


def test_two_that_refer_to_one_another_come_in_the_order_of_sending():
    update = read("update.xml")
    twisted = msgspec.structs.replace(read("rain.xml"), refers_to=(update.id,))
    assert set(resolve([update, twisted]).warnings) == {update.id}


@pytest.mark.parametrize("name", ["cancel.xml", "update.xml"])
def test_nobody_lifts_or_replaces_the_warning_of_another_sender(name: str):
    rain = read("rain.xml")
    stranger = saying(name, sender="somebody@else.example")
    stands = resolve([rain, stranger]).warnings[rain.id]
    assert stands == rain.warnings[0]
    assert ["another sender" in item.reason for item in stranger.bad_items] == [True]


def test_an_end_that_cannot_be_read_is_no_end_and_a_long_text_is_cut_and_both_are_counted():
    rain = read("rain.xml").warnings[0]
    message = saying("rain.xml", expires="2026-11-23T02:00:00")
    assert message.warnings[0] == msgspec.structs.replace(rain, ends_at=None)
    assert ["without a time zone" in item.reason for item in message.bad_items] == [True]
    long = read("huge_text.xml")
    assert {
        len(text) for text in (long.warnings[0].description.zh, long.warnings[0].description.en)
    } >= {20_000}
    assert [item.reason for item in long.bad_items] == ["a text of 20001 characters, cut to 20000"]


def test_a_cancellation_of_a_warning_never_seen_takes_its_row_away():
    active = resolve([read("cancel.xml")])
    assert not active.warnings
    assert active.gone == {"lq-1@qxt@lanqiao.example"}


def test_an_exercise_cancels_no_actual_warning():
    active = resolve([read("rain.xml"), read("exercise_cancel.xml")])
    (warning,) = active.warnings.values()
    assert warning.lifted_at is None


def test_an_all_clear_is_lifted_from_the_start():
    assert read("all_clear.xml").warnings[0].lifted_at == SENT_MS + 2 * 3_600_000


def test_an_exercise_is_kept_and_marked():
    assert read("exercise.xml").warnings[0].status == "exercise"


def test_a_message_without_a_block_shows_its_note():
    warning = read("no_info.xml").warnings[0]
    assert warning.headline.zh == "请注意收听广播"
    assert warning.level is WarningLevel.UNKNOWN


def test_a_signature_is_noticed():
    assert read("signed.xml").signed
    assert not read("rain.xml").signed


def test_other_encodings_are_read():
    assert read("latin1.xml").warnings[0].headline == Text("", "Orages prévus à l'après-midi")
    assert read("gbk.xml").warnings[0].headline == read("rain.xml").warnings[0].headline


def test_blanks_before_a_message_and_characters_named_as_on_web_pages_are_no_fault():
    said = (MESSAGES / "rain.xml").read_text("utf-8")
    named = said.replace("<headline>", "<headline>&nbsp;&ldquo;&amp;&lt;", 1)
    assert named != said
    headline = read_message("w", parse_xml(b"\n " + named.encode()), TABLE).warnings[0].headline
    assert headline.zh.startswith("“&<"), "outer blanks go"
    with pytest.raises(Unreadable):
        parse_xml(b"<alert>&nothing;</alert>")
    assert parse_xml(b"<a><![CDATA[&nbsp;]]>&eacute;</a>").text == "&nbsp;é"


def test_a_warning_whose_area_cannot_be_drawn_stands_and_the_area_is_reported():
    message = read("outside_world.xml")
    assert message.warnings[0].rings == ()
    assert "outside the world" in message.bad_items[0].reason


def test_each_hazard_and_area_of_a_message_is_a_row_the_worst_first():
    red, blue = read("several_hazards.xml").warnings
    assert (red.level, red.headline.zh, red.area.zh) == (
        WarningLevel.RED,
        "暴雨红色预警",
        "蓝桥镇",
    )
    assert (blue.headline.zh, blue.area.zh) == ("大风蓝色预警", "东山乡")
    assert [len(each.rings) for each in (red, blue)] == [1, 1]
    assert red.id != blue.id
    assert {message_of(red.id), message_of(blue.id)} == {"lq-21@qxt@lanqiao.example"}


def block(language: str, area: str, hours: int, more: str = "") -> str:
    return (
        f"<info><language>{language}</language>{more}<severity>Minor</severity>"
        f"<expires>2026-11-23T0{hours}:00:00+08:00</expires><headline>{hours} h</headline>"
        f"<area><areaDesc>{area}1</areaDesc></area><area><areaDesc>{area}2</areaDesc></area></info>"
    )


def with_blocks(*blocks: str) -> Message:
    said = (MESSAGES / "rain.xml").read_text("utf-8")
    infos = re.compile("<info>.*</info>", re.DOTALL)
    return read_message("w", parse_xml(infos.sub("".join(blocks), said).encode()), TABLE)


def test_each_row_ends_when_its_own_block_does_and_only_what_is_over_is_lifted():
    over = "<responseType>AllClear</responseType>"
    rows = with_blocks(block("zh-CN", "甲", 1, over), block("zh-CN", "乙", 2)).warnings
    told = {(row.area.zh, row.ends_at, row.lifted_at is None) for row in rows}
    ends = [SENT_MS + hours * 3_600_000 for hours in (5, 6)]
    assert told == {
        ("甲1", ends[0], False),
        ("甲2", ends[0], False),
        ("乙1", ends[1], True),
        ("乙2", ends[1], True),
    }


def test_blocks_that_say_the_same_in_two_languages_are_one_row_in_whatever_order():
    for order in ("甲zh 甲en 乙zh 乙en", "甲zh 乙zh 甲en 乙en", "甲zh 乙zh 乙en"):
        blocks = [block(o[1:], o[0], 1 if o[0] == "甲" else 2) for o in order.split()]
        rows = with_blocks(*blocks).warnings
        assert {row.area for row in rows} >= {Text("乙1", "乙1"), Text("乙2", "乙2")}, order
        assert len(rows) == 4, order


def test_a_cancellation_lifts_every_row_and_an_update_takes_every_row_away():
    first = msgspec.structs.replace(
        with_blocks(block("zh-CN", "甲", 1), block("zh-CN", "乙", 2)), id=read("rain.xml").id
    )
    lifted = resolve([first, read("cancel.xml")]).warnings.values()
    assert [row.lifted_at is None for row in lifted] == [False] * 4
    update = read("update.xml")
    assert set(resolve([first, update]).warnings) == {row.id for row in update.warnings}


def test_blocks_without_end_in_two_languages_are_cut_off_as_well():
    blocks = [block("zh-CN", "甲", 1), *(block("en", "b", 1) for _ in range(5_000))]
    assert len(with_blocks(*blocks).warnings) == MOST_ROWS


def test_a_message_of_areas_without_end_is_cut_off_and_it_is_told():
    message = with_blocks(*(block("zh-CN", f"乡{n}", 1) for n in range(MOST_ROWS)))
    assert len(message.warnings) == MOST_ROWS
    assert any(f"more than {MOST_ROWS}" in item.reason for item in message.bad_items)


def test_talk_between_systems_is_no_warning():
    assert (
        read_message("w", parse_xml((MESSAGES / "acknowledgement.xml").read_bytes()), TABLE) is None
    )


def test_a_level_table_with_a_word_that_is_no_level_is_refused():
    with pytest.raises(ValueError, match="purple"):
        read_levels('[[rule]]\nlevel = "purple"')


FEED = "http://h.example/cap/feed.xml"


def test_rss_and_atom_name_their_messages():
    rss = parse_xml(
        b"<rss><channel><link>http://h.example/</link>"
        b"<item><link>1.xml</link></item>"
        b"<item><title>t</title><guid>http://h.example/2.xml</guid></item>"
        b"<item><link>page.html</link><enclosure type='application/cap+xml' url='/3.xml'/></item>"
        b"</channel></rss>"
    )
    assert [url for url, _ in read_feed(rss, FEED).links] == [
        "http://h.example/cap/1.xml",
        "http://h.example/2.xml",
        "http://h.example/3.xml",
    ]
    atom = parse_xml(
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>"
        b"<link rel='self' href='/s'/><link href='/a.html'/>"
        b"<link type='application/cap+xml' href='/a.xml'/></entry></feed>"
    )
    assert [url for url, _ in read_feed(atom, FEED).links] == ["http://h.example/a.xml"]


def test_a_message_inside_a_feed_or_by_itself_is_taken_from_there():
    alert = (MESSAGES / "rain.xml").read_bytes().partition(b"?>")[2]
    inside = parse_xml(
        b"<feed><entry><link href='/x'/><content>" + alert + b"</content></entry></feed>"
    )
    assert len(read_feed(inside, FEED).alerts) == 1
    assert not read_feed(inside, FEED).links
    assert len(read_feed(parse_xml(alert), FEED).alerts) == 1


def linking(*links: str) -> Element:
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return parse_xml(f"<rss>{items}</rss>".encode())


@pytest.mark.parametrize("link", ["file:///etc/passwd", "ftp://h.example/x", "javascript:1", ""])
def test_a_link_that_leaves_the_web_is_not_followed_and_a_feed_of_such_alone_has_failed(link: str):
    listing = read_feed(linking("/a.xml", link), FEED)
    assert [url for url, _ in listing.links] == ["http://h.example/a.xml"]
    assert len(listing.bad_items) == 1
    with pytest.raises(Unreadable, match="not one of its 2 entries"):
        read_feed(linking(link, link), FEED)
    assert read_feed(linking(), FEED).links == ()


@pytest.mark.parametrize(
    ("feed", "link", "fetched"),
    [
        ("http", "https://h.example/x", "https://h.example/x"),
        ("https", "http://h.example/x?a=1", "https://h.example/x?a=1"),
        ("https", "http://h.example:80/x", "https://h.example/x"),
        ("https", "http://h.example:8080/x", "https://h.example:8080/x"),
    ],
)
def test_a_link_of_the_other_scheme_is_followed_but_never_out_of_https(
    feed: str, link: str, fetched: str
):
    listing = read_feed(linking(link), f"{feed}://h.example/feed.xml")
    assert [url for url, _ in listing.links] == [fetched]


def test_entries_within_entries_are_none():
    deep = 5_000
    nested = "<item><link>/a.xml</link>" * deep + "</item>" * deep
    listing = read_feed(parse_xml(f"<rss><channel>{nested}</channel></rss>".encode()), FEED)
    assert len(listing.links) == 1


def test_a_feed_without_end_is_cut_off_and_it_is_told():
    items = "".join(f"<item><link>{i}</link></item>" for i in range(MAX_ITEMS + 1))
    listing = read_feed(parse_xml(f"<rss>{items}</rss>".encode()), FEED)
    assert len(listing.links) == MAX_ITEMS
    assert "only the first" in listing.bad_items[0].reason


def test_a_document_of_another_kind_is_refused():
    with pytest.raises(Unreadable, match="neither"):
        read_feed(parse_xml(b"<catalogue/>"), FEED)


SEEDS = [path.read_bytes() for path in sorted(MESSAGES.glob("*.xml"))]
SHARED = ROOT.parent / "shared/data/cap"
SEEDS += [path.read_bytes() for path in sorted(SHARED.glob("*"))] if SHARED.is_dir() else []


def take(data: bytes) -> None:
    """What the connector does with a document; nothing but Unreadable may come of it."""
    try:
        root = parse_xml(data)
        listing = read_feed(root, FEED)
        for alert in listing.alerts:
            read_message("w", alert, TABLE)
    except Unreadable:
        pass


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_unreadable(data: bytes):
    take(data)
    take(b"<rss><item><link>" + data + b"</link></item></rss>")


@given(st.sampled_from(SEEDS), st.data())
def test_any_mutation_of_a_message_is_read_or_unreadable(seed: bytes, data: st.DataObject):
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    put = data.draw(
        st.binary(max_size=20) | st.text("<>/&;,-+:.0123456789T ", max_size=20).map(str.encode)
    )
    take(seed[:start] + put + seed[end:])


@given(st.text("0123456789.,- eE+naif", max_size=60))
def test_any_area_is_a_ring_within_the_world_or_unreadable(said: str):
    for read_shape in (polygon, circle):
        try:
            ring = read_shape(said)
        except Unreadable:
            continue
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring or ())
