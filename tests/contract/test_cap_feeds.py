"""Feeds that link elsewhere, two feeds that use the same names, and links into this network."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import trustme

from desktop.application.ports import SourceError
from desktop.connectors.cap import client
from desktop.connectors.cap.client import CapConnector
from desktop.connectors.http import sockets
from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.source import Batch, SyncState
from desktop.domain.warning import Warning
from support.cap import SENDER, cap_xml, feed_of, said_xml, triple
from support.names import resolve_as
from support.servers import Asked, Said, ScriptedServer
from support.sources import pull_all, services, source_settings

ID = f"lq-1@{SENDER}"
CANCEL = cap_xml("lq-2", type="Cancel", references=triple())


class AtNoon:
    """When the messages were sent."""

    def now(self) -> Instant:
        return 1_795_348_800_000

    def monotonic_s(self) -> float:
        return 0.0


@pytest.fixture
def first() -> Iterator[ScriptedServer]:
    with ScriptedServer({"/m": said_xml(cap_xml())}) as running:
        yield running


@pytest.fixture
def second() -> Iterator[ScriptedServer]:
    with ScriptedServer({"/m": said_xml(cap_xml())}) as running:
        yield running


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Names of hosts and what each resolves to; 127.0.0.1 alone counts as the internet."""
    known: dict[str, str] = {}
    resolve_as(monkeypatch, known)
    monkeypatch.setattr(
        sockets, "is_inside", lambda address: ip_address(address) != ip_address("127.0.0.1")
    )
    return known


def connector_of(*feeds: str, **values: Any) -> CapConnector:
    settings = source_settings("cap", feeds=list(feeds), **values)
    return CapConnector(settings, services(lambda _name: None, AtNoon()))


def pulled(connector: CapConnector, state: SyncState | None = None) -> Batch:
    (batch,) = pull_all(connector, state)
    return batch


def rows_of(batch: Batch) -> dict[str, Warning]:
    return {row.id: row for row in batch.puts if isinstance(row, Warning)}


def test_a_message_of_the_same_name_in_another_feed_is_another_message(
    first: ScriptedServer, second: ScriptedServer
):
    first.answers["/f"] = second.answers["/f"] = feed_of("/m")
    second.answers["/m"] = said_xml(cap_xml(headline="预警解除"))
    connector = connector_of(first.url + "/f", second.url + "/f")
    rows = rows_of(pulled(connector))
    connector.close()
    assert rows[ID].headline.zh == "暴雨橙色预警"
    assert sorted(row.headline.zh for row in rows.values()) == ["暴雨橙色预警", "预警解除"]


def test_another_feed_lifts_nothing_and_what_both_have_alike_stands_once(
    first: ScriptedServer, second: ScriptedServer
):
    first.answers["/f"] = feed_of("/m")
    second.answers["/f"] = [feed_of("/m"), feed_of("/c")]
    second.answers["/c"] = said_xml(CANCEL)
    connector = connector_of(first.url + "/f", second.url + "/f")
    batch = pulled(connector)
    assert set(rows_of(batch)) == {ID}
    later = pulled(connector, SyncState("cap", batch.token))
    connector.close()
    assert ID not in rows_of(later), "the first feed's stands as it was"
    assert [row.lifted_by.zh for row in rows_of(later).values()] == ["蓝桥县气象台"]
    assert not later.deletes


def test_a_row_the_other_feed_comes_to_have_alike_is_taken_away_once(
    first: ScriptedServer, second: ScriptedServer
):
    first.answers["/f"] = [feed_of(), feed_of("/m")]
    second.answers["/f"] = feed_of("/m")
    connector = connector_of(first.url + "/f", second.url + "/f")
    batch = pulled(connector)
    (marked,) = rows_of(batch)
    assert marked != ID
    later = pulled(connector, SyncState("cap", batch.token))
    connector.close()
    assert set(rows_of(later)) == {ID}
    assert later.deletes == ((Collection.WARNINGS, marked),)


def test_rows_of_a_feed_that_is_no_longer_the_first_do_not_pass_for_anothers(
    first: ScriptedServer, second: ScriptedServer
):
    first.answers["/f"], second.answers["/f"] = feed_of("/m"), feed_of()
    before = connector_of(first.url + "/f")
    token = pulled(before).token
    before.close()
    after = connector_of(second.url + "/f", first.url + "/f")
    batch = pulled(after, SyncState("cap", token))
    again = pulled(after, SyncState("cap", batch.token))
    after.close()
    assert [id.startswith(f"{ID} ~") for id in rows_of(batch)] == [True]
    assert batch.deletes == ((Collection.WARNINGS, ID),)
    assert not again.deletes


def test_a_feed_of_links_to_other_hosts_alone_has_failed_until_the_profile_lists_them(
    first: ScriptedServer, second: ScriptedServer
):
    link = second.url.replace("127.0.0.1", "localhost") + "/m"
    first.answers["/f"] = feed_of(link)
    connector = connector_of(first.url + "/f")
    with pytest.raises(SourceError) as caught:
        pulled(connector)
    connector.close()
    assert caught.value.problem.code == "not_understood"
    assert "localhost" in caught.value.problem.details["reason"]
    assert not second.asked
    listed = connector_of(first.url + "/f", link_hosts=["localhost"])
    assert set(rows_of(pulled(listed))) == {ID}
    listed.close()


@pytest.mark.parametrize("link", ["http://inner.example:{}/m", "http://127.0.0.2:{}/m"])
def test_links_of_a_feed_outside_never_lead_inside_whatever_the_profile_lists(
    first: ScriptedServer, names: dict[str, str], link: str
):
    names |= {"feed.example": "127.0.0.1", "inner.example": "127.0.0.2"}
    with socket.create_server(("127.0.0.2", 0)) as inner:
        inner.settimeout(0)
        first.answers["/f"] = feed_of("/m", link.format(inner.getsockname()[1]))
        hosts = ["inner.example", "127.0.0.2"]
        connector = connector_of(f"http://feed.example:{first.port}/f", link_hosts=hosts)
        batch = pulled(connector)
        connector.close()
        with pytest.raises(BlockingIOError):
            inner.accept()
    assert set(rows_of(batch)) == {ID}
    assert "inside_address" in batch.bad_items[0].reason


def test_a_name_that_leads_inside_once_its_feed_is_read_is_not_followed_there(
    first: ScriptedServer, names: dict[str, str]
):
    names["feed.example"] = "127.0.0.1"

    def rebound(_asked: object) -> Any:
        names["feed.example"] = "127.0.0.2"
        return feed_of("/m", "/n")

    first.answers["/f"] = rebound
    connector = connector_of(f"http://feed.example:{first.port}/f")
    feed = connector.clients[0]
    kept, feed.was_inside = feed.was_inside, lambda url: (feed.reset(), kept(url))[1]
    with pytest.raises(SourceError) as caught:
        pulled(connector)
    connector.close()
    assert caught.value.problem.code == "inside_address"
    assert first.count("/m") == 0


def test_a_kept_connection_of_a_name_that_leads_inside_by_now_is_not_used_for_its_links(
    first: ScriptedServer, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    names["feed.example"] = "127.0.0.1"
    listed = said_xml(feed_of("/m", "/bad").body, ETag='"1"')
    first.answers["/f"] = [listed, Said(status=304)]
    first.answers["/bad"] = [Said(status=500), said_xml(cap_xml("lq-9"))]
    connector = connector_of(f"http://feed.example:{first.port}/f")
    batch = pulled(connector)
    connector.reset()
    monkeypatch.setattr(sockets, "is_inside", lambda address: bool(ip_address(address)))
    later = pulled(connector, SyncState("cap", batch.token))
    connector.close()
    assert "inside_address" in later.bad_items[0].reason
    assert first.count("/bad") == 1


def test_messages_that_are_gone_hide_none_after_them_and_a_feed_of_such_alone_has_failed(
    first: ScriptedServer,
):
    first.answers["*"] = Said(status=404)
    first.answers["/f"] = feed_of(*(f"/gone{n}" for n in range(9)), "/m")
    connector = connector_of(first.url + "/f")
    batch = pulled(connector)
    assert set(rows_of(batch)) == {ID}
    assert len(batch.bad_items) == 9
    first.answers["/f"] = feed_of("/gone1", "/gone2")
    with pytest.raises(SourceError) as caught:
        pulled(connector, SyncState("cap", batch.token))
    connector.close()
    assert caught.value.problem.code == "not_found"


def test_a_login_goes_to_no_other_host_that_a_feed_may_link_to(
    first: ScriptedServer, second: ScriptedServer
):
    first.answers["/f"] = feed_of(second.url.replace("127.0.0.1", "localhost") + "/m")
    settings = source_settings("cap", feeds=[first.url + "/f"], link_hosts=["localhost"])
    connector = CapConnector(settings, services(lambda _name: "secret", AtNoon()))
    assert set(rows_of(pulled(connector))) == {ID}
    connector.close()
    assert first.asked[0].headers["authorization"] == "Bearer secret"
    assert "authorization" not in second.asked[0].headers


def test_a_feed_inside_may_link_inside(first: ScriptedServer):
    first.answers["/f"] = feed_of("/m")
    connector = connector_of(first.url + "/f")
    assert set(rows_of(pulled(connector))) == {ID}
    connector.close()


@pytest.mark.parametrize("status", [206, 304])
def test_an_answer_to_a_wish_nobody_had_is_no_word_that_there_is_nothing(
    first: ScriptedServer, status: int
):
    first.answers["/f"] = [Said(status=status), feed_of("/m")]
    connector = connector_of(first.url + "/f")
    with pytest.raises(SourceError) as caught:
        pull_all(connector)
    assert caught.value.problem.code == "request_refused"
    assert set(rows_of(pulled(connector))) == {ID}
    connector.close()


def test_two_messages_of_one_name_in_one_feed_are_told_to_be_two(first: ScriptedServer):
    first.answers["/f"] = feed_of("/m", "/m2", "/m3")
    later = cap_xml(headline="台风橙色预警", sent="2026-11-22T20:01:00+08:00")
    first.answers |= {"/m2": said_xml(later), "/m3": said_xml(cap_xml())}
    connector = connector_of(first.url + "/f")
    batch = pulled(connector)
    connector.close()
    assert [row.headline.zh for row in rows_of(batch).values()] == ["台风橙色预警"]
    (lost,) = batch.bad_items
    assert lost.reason == "the id occurs twice; the last one stands"
    assert (lost.id, lost.field) == ("", ""), "a whole warning is missing, not a field of one"
    assert not batch.complete


def test_what_is_beyond_all_that_is_kept_is_told(
    first: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client, "MAX_MESSAGES", 2)
    first.answers["/f"] = feed_of("/m", "/m2", "/m3")
    for name in ("2", "3"):
        first.answers["/m" + name] = said_xml(cap_xml("lq-" + name))
    connector = connector_of(first.url + "/f")
    batch = pulled(connector)
    connector.close()
    assert len(rows_of(batch)) == 2
    assert [item.reason for item in batch.bad_items] == [
        "only the newest 2 messages were kept: 1 more"
    ]
    assert not batch.complete


class Moved:
    """A feed whose http says that it is at https, each of them at an address of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, plain: str) -> None:
        authority = trustme.CA()
        self.ca_file = str(folder / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("feed.example").configure_cert(tls)
        self.plain = ScriptedServer({"*": _at_https}, host=plain)
        self.secure = ScriptedServer({"/m": said_xml(cap_xml())}, tls=tls)
        at = {80: (plain, self.plain.port), 443: ("127.0.0.1", self.secure.port)}
        resolve_as(monkeypatch, {}, at)

    def close(self) -> None:
        self.plain.close()
        self.secure.close()


def _at_https(asked: Asked) -> Said:
    return Said(status=308, headers={"Location": f"https://feed.example{asked.target}"})


@pytest.fixture
def moved(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    names: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Moved]:
    made = Moved(tmp_path, monkeypatch, request.param)
    yield made
    made.close()


@pytest.mark.parametrize("moved", ["127.0.0.1"], indirect=True)
def test_a_feed_that_has_moved_to_https_is_read_there_with_its_messages(moved: Moved):
    moved.secure.answers["/f"] = feed_of("/m")
    connector = connector_of("http://feed.example/f", ca_file=moved.ca_file)
    rows = rows_of(pulled(connector))
    connector.close()
    assert set(rows) == {ID}
    assert {asked.path for asked in moved.secure.asked} == {"/f", "/m"}


@pytest.mark.parametrize("moved", ["127.0.0.2"], indirect=True)
def test_a_feed_that_moved_to_https_outside_does_not_link_inside_as_its_http_might(moved: Moved):
    moved.secure.answers["/f"] = feed_of("https://feed.example/m", moved.plain.url + "/inside")
    connector = connector_of(
        "http://feed.example/f", ca_file=moved.ca_file, link_hosts=["127.0.0.2"]
    )
    batch = pulled(connector)
    connector.close()
    assert "inside_address" in batch.bad_items[0].reason
    assert [asked.path for asked in moved.plain.asked] == ["/f"]
