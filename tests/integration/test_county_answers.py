"""What a desk makes of its county's answers: broken, unread, of a later program, or nothing new."""

from __future__ import annotations

import json

import msgspec
import pytest

from desktop.application.settings.kept_bulletins import Kept
from desktop.commands.settings import bulletins as bulletin_desk
from desktop.commands.settings.bulletins import BulletinDesk
from desktop.commands.settings.central import ENTRY, load_kept
from desktop.connectors.county import bulletins as answers
from desktop.connectors.county.session import CountySession
from desktop.county_server.courier.bulletins import Board
from desktop.county_server.courier.offices import identity_of
from desktop.domain.bulletin import Published
from desktop.wire.bulletins import Bulletin, bytes_to_sign
from support.publishing import DeskOfCounty, PublishingCounty

DARK = """\
[desk]
day_begins = "08:00"
timezone = "Asia/Urumqi"
"""


@pytest.mark.expects_log("bulletins are refused")
def test_settings_of_a_later_program_are_told_as_such_beside_the_program_to_read_them(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.acknowledge()
    county.run("update", "publish", "--program", "9.0.0")
    keys, at = county.offices.own(), identity_of(county.path)
    text = '{"version":1,"made_at":"2026-11-27T00:00:00Z","rooms":[]}'
    signature = keys.sign(bytes_to_sign("settings", at, text)).hex()
    halves = (keys.public.signing.hex(), keys.public.agreement.hex())
    file = county.path.with_name("county.db.published") / "settings-1.json"
    file.write_bytes(msgspec.json.encode(Bulletin("settings", text, *halves, signature)))
    with desk.start() as opened:
        desk.exchange(opened)
        (unread, offered), _kept = desk.look(opened)
        assert "Its signature fits" in unread
        assert "9.0.0" in offered
        assert "Its signature" not in " ".join(desk.look(opened)[0])


@pytest.mark.expects_log("bulletins are refused")
def test_what_was_broken_once_on_the_way_is_asked_for_anew(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.publish(DARK)
    real = answers.read

    def garble(body: bytes, tag: str, server: str, signer: str) -> Published:
        return real(body.replace(b"Asia", b"asia"), tag, server, signer)

    with desk.start() as opened:
        with monkeypatch.context() as broken:
            broken.setattr(answers, "read", garble)
            for words in (["signature"], []):
                said, kept = desk.look(opened)
                assert [word in text for word, text in zip(words, said, strict=True)] == [
                    True for _ in words
                ]
                assert "signature" in kept.trouble
        said, kept = desk.look(opened)
    assert "next start" in said[0]
    assert (kept.newest, kept.trouble) == (1, "")


def test_the_page_of_a_portal_is_no_answer_of_the_county(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.publish(DARK)
    with desk.start() as opened:
        desk.look(opened)
        before = BulletinDesk(opened, "county").recall()
        for body in (b"<html>", b'{"login":1}', b'{"magic":"other/1"}'):
            monkeypatch.setattr(Board, "encode", lambda *_of, body=body: body)
            assert BulletinDesk(opened, "county").look() is None
            assert BulletinDesk(opened, "county").recall() == before


@pytest.mark.expects_log("kept here cannot be read")
def test_what_is_kept_and_not_read_still_keeps_older_settings_away(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK, "--number", "7")
    kept = desk.take()
    broken = msgspec.to_builtins(kept) | {"starts": "many"}
    said = {ENTRY + "county": json.dumps(broken)}
    assert load_kept(said.get, "county") == Kept(kept.signer, newest=6)
    assert load_kept({ENTRY + "county": "{"}.get, "county") == Kept()


def test_a_newer_program_asks_for_everything_anew_until_it_was_answered(
    county: PublishingCounty, desk: DeskOfCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.publish(DARK)
    desk.take()
    monkeypatch.setattr(bulletin_desk, "own_version", lambda: "9.0.0")
    asked: list[str] = []
    real = answers.fetch

    def fetch(county: CountySession, tag: str, *more: str) -> Published | None:
        asked.append(tag)
        return None if len(asked) == 1 else real(county, tag, *more)

    monkeypatch.setattr(answers, "fetch", fetch)
    with desk.start() as opened:
        for _ in range(3):
            desk.look(opened)
    assert asked[:2] == ["", ""]
    assert asked[2]


def test_a_desk_that_knows_not_yet_who_its_county_is_asks_again_soon(
    county: PublishingCounty, desk: DeskOfCounty
) -> None:
    county.publish(DARK)
    with desk.start() as opened:
        assert BulletinDesk(opened, "county").look() is None
        assert "next start" in desk.look(opened)[0][0]
