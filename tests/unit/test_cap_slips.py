"""CAP messages and feeds with the slips that issuers make: nothing is lost by them unsaid."""

from __future__ import annotations

import msgspec
import pytest

from desktop.connectors.cap.blocks import Tables
from desktop.connectors.cap.feed import read_feed
from desktop.connectors.cap.message import Message, read_message
from desktop.connectors.cap.resolve import resolve
from desktop.connectors.cap.xml import parse_xml, words
from desktop.domain.warning import alertness
from support.cap import SENDER, cap_xml, triple


def reading(data: bytes) -> Message:
    message = read_message("w", parse_xml(data), Tables())
    assert message is not None
    return message


def test_an_end_before_it_was_sent_ends_no_warning_and_is_counted():
    rain = reading(cap_xml().replace(b"<expires>2026-11-23", b"<expires>2026-11-21"))
    assert rain.warnings[0].ends_at is None
    assert [(item.field, item.reason) for item in rain.bad_items] == [
        ("expires", "it ends before it was sent")
    ]


def test_marks_within_a_text_take_none_of_its_words_away():
    said = parse_xml(b"<alert><headline>a <b>red</b> warning<br/>!</headline></alert>")
    assert words(said, "headline") == "a red warning!"


def test_a_reference_that_is_none_is_told():
    loose = reading(cap_xml("lq-2", type="Cancel", references="lq-1"))
    assert not loose.refers_to
    assert [(item.field, item.reason) for item in loose.bad_items] == [
        ("references", "no reference: not sender,identifier,sent")
    ]


def test_links_begin_where_the_feed_says_they_do_and_lead_to_its_host_all_the_same():
    root = parse_xml(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a/"><entry><link href="1"/></entry>'
        b'<entry xml:base="b/"><link href="2"/></entry>'
        b'<entry xml:base="http://elsewhere/"><link href="3"/></entry></feed>'
    )
    listing = read_feed(root, "https://feed/list/all")
    assert [link for link, _ in listing.links] == ["https://feed/a/1", "https://feed/a/b/2"]
    assert [item.where for item in listing.bad_items] == ["$.entry[2]"]


@pytest.mark.parametrize(
    ("first", "second", "followed"),
    [("", "", ["1", "2"]), (' hreflang="zh"', ' hreflang="en"', ["1"])],
)
def test_every_message_an_entry_names_is_fetched_but_no_other_language_of_one(
    first: str, second: str, followed: list[str]
):
    kind = 'type="application/cap+xml"'
    root = parse_xml(
        f"<feed><entry><link {kind}{first} href='1'/><link {kind}{second} href='2'/>"
        "<link href='3'/></entry></feed>".encode()
    )
    links = read_feed(root, "https://feed/").links
    assert [link.removeprefix("https://feed/") for link, _ in links] == followed


@pytest.mark.parametrize("status", ["Actual", "actual ", "实况", "", "Operational"])
def test_only_what_says_that_it_is_no_warning_raises_no_level(status: str):
    found = msgspec.structs.replace(reading(cap_xml()).warnings[0], status=status)
    drill = msgspec.structs.replace(found, status="Exercise")
    told = alertness([found, drill])
    assert (told.count, told.others, told.level) == (1, 1, found.level)
    assert found.is_plain == (status.strip().lower() == "actual")


def test_an_update_of_a_status_nobody_knows_takes_away_what_it_replaces():
    old = cap_xml().replace(b">Actual<", b">Live<")
    new = cap_xml("lq-2", type="Update", references=triple()).replace(b">Actual<", b">Live<")
    active = resolve([reading(old), reading(new)])
    assert active.gone == {f"lq-1@{SENDER}"}
    assert set(active.warnings) == {f"lq-2@{SENDER}"}
