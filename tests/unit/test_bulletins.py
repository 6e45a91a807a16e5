"""What a county publishes for its desks: signed, numbered, taken whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from desktop.application.profile_reader import parse_profile
from desktop.application.settings.central import find_central_faults, lay_under, layer_of
from desktop.application.settings.entries import ENTRIES
from desktop.application.settings.kept_bulletins import (
    Kept,
    begin_start,
    find_offer,
    is_newer,
    may_take,
    prove,
    refuse,
    take,
)
from desktop.connectors.county.bulletins import find_fingerprint, read
from desktop.connectors.kinds import Manifests
from desktop.county_server.settings_file import SettingsWrong, read_settings
from desktop.domain.bulletin import BulletinRefused, CentralSettings, ProgramUpdate, SettingsGroup
from desktop.protocol.central_settings import CENTRAL
from desktop.protocol.limits import SETTINGS_SOURCES
from desktop.wire import bulletins as wire
from desktop.wire.courier.keys import PrivateKeys
from desktop.wire.level1 import MAGIC
from support.bulletin_vectors import COUNTY, FILE, KEYS, SIGNED, vectors

AT = datetime(2026, 11, 27, tzinfo=UTC)
FINGERPRINT = KEYS.public.fingerprint
PROFILE = """\
[desk]
theme = "light"

[[source]]
id = "county"
kind = "county"
url = "https://platform.example"
"""
FEED = {"id": "weather", "kind": "cap", "feeds": ["https://alerts.example/feed.xml"]}
NOT_OURS = {
    *(("desk", name) for name in ("name", "account", "officer", "posture", "township")),
    *(("link", name) for name in ("proxy", "proxy_user")),
    *(("frames", name) for name in ("office", "serial", "speed", "gateway")),
}
"""What names a desk, a person or a computer's own ways, and what a token could leave by."""


def answer(**changes: Any) -> bytes:
    """The bytes of what the example county publishes, with changes."""
    told = msgspec.to_builtins(wire.Bulletins(MAGIC, COUNTY, SIGNED))
    return json.dumps(told | changes).encode()


def signed(text: str, keys: PrivateKeys = KEYS) -> bytes:
    """The bytes of settings of this text, whatever it says."""
    signature = keys.sign(wire.bytes_to_sign(wire.SETTINGS, COUNTY, text)).hex()
    halves = (keys.public.signing.hex(), keys.public.agreement.hex())
    each = wire.Bulletin(wire.SETTINGS, text, *halves, signature)
    return msgspec.json.encode(wire.Bulletins(MAGIC, COUNTY, (each,)))


def changed_text(told: dict[str, Any]) -> None:
    told["text"] = told["text"].replace("08:00", "09:00")


def changed_signature(told: dict[str, Any]) -> None:
    told["signature"] = "00" * 64


def changed_kind(told: dict[str, Any]) -> None:
    told["kind"] = "update"


def a_group(**settings: Any) -> CentralSettings:
    """Settings of one group."""
    return CentralSettings(1, 0, groups=(SettingsGroup(**settings),))


def run_well(kept: Kept) -> Kept:
    """What is kept once a desk has started with it and run."""
    return prove(begin_start(kept)[0])


def faults(settings: CentralSettings) -> list[str]:
    profile = parse_profile(PROFILE, "desk.toml", Manifests())
    return list(find_central_faults(settings, profile, Manifests()))


def test_the_published_vector_is_what_a_county_signs() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == vectors()
    found = read(answer(), '"t"', COUNTY, FINGERPRINT)
    assert found.settings is not None
    assert found.update is not None
    assert (found.settings.version, found.update.program, found.tag) == (3, "0.2.0", '"t"')


@pytest.mark.parametrize("change", [changed_text, changed_signature, changed_kind])
def test_what_was_changed_on_the_way_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads(answer())
    change(told["bulletins"][0])
    told["bulletins"] = told["bulletins"][:1]
    with pytest.raises(BulletinRefused, match="signature"):
        read(json.dumps(told).encode(), "", COUNTY, FINGERPRINT)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "malformed"),
        (answer(magic="other/1"), "not the county API"),
        (answer(county="another"), "another county"),
        (signed("{", PrivateKeys()), "another key"),
        (signed("{"), "truncated"),
        (signed('{"version":1}'), "made_at"),
        (signed('{"version":1,"made_at":"2026-11-27T00:00:00Z","later":1}'), "unknown field"),
        (signed("[" * 30_000), "recursion|malformed|Expected|depth"),
        (signed(" " * 40_000), "length"),
    ],
)
def test_what_no_county_of_ours_can_have_meant_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BulletinRefused, match=reason):
        read(body, "", COUNTY, FINGERPRINT)


def test_what_cannot_be_read_of_settings_does_not_hide_a_newer_program() -> None:
    told = json.loads(answer())
    told["bulletins"][0] = json.loads(signed('{"version":9}'))["bulletins"][0]
    with pytest.raises(BulletinRefused, match="made_at") as unread:
        read(json.dumps(told).encode(), "", COUNTY, FINGERPRINT)
    assert unread.value.is_signed
    assert unread.value.rest.update is not None
    changed_signature(told["bulletins"][0])
    with pytest.raises(BulletinRefused, match="signature") as forged:
        read(json.dumps(told).encode(), "", COUNTY, FINGERPRINT)
    assert not forged.value.is_signed
    assert forged.value.rest.settings is None
    assert forged.value.rest.update == unread.value.rest.update


def test_a_group_of_a_later_form_may_say_what_nobody_knows_yet() -> None:
    later = {"form": 99, "postures": ["counter"], "settings": {"desk": 3}, "rooms": [{}]}
    groups = [later, {"settings": {"desk": {"theme": "dark"}}}]
    said = {"version": 1, "made_at": "2026-11-27T00:00:00Z", "groups": groups}
    found = read(signed(json.dumps(said)), "", COUNTY, FINGERPRINT).settings
    assert found is not None
    assert faults(found) == []
    assert set(layer_of(found, "desk", "").given) == {("desk", "theme")}
    said["groups"] = [later | {"form": 1}]
    with pytest.raises(BulletinRefused, match=r"desk|counter|rooms"):
        read(signed(json.dumps(said)), "", COUNTY, FINGERPRINT)


def test_an_unknown_kind_is_passed_over() -> None:
    told = json.loads(answer())
    told["bulletins"] = [told["bulletins"][0] | {"kind": "greeting"}]
    assert read(json.dumps(told).encode(), "", COUNTY, FINGERPRINT).settings is None


def test_a_fingerprint_may_be_written_as_it_was_read_aloud() -> None:
    assert find_fingerprint(None, FINGERPRINT.upper().replace(" ", "")) == FINGERPRINT
    assert find_fingerprint(None, FINGERPRINT[:-1]) == find_fingerprint(None, "") == ""


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (a_group(settings={"desk": {"colour": "red"}}), "not for a county"),
        (a_group(settings={"link": {"proxy": "http://10.0.0.9:3128"}}), "not for a county"),
        (a_group(settings={"desk": {"theme": True}}), "another type"),
        (a_group(settings={"desk": {"theme": "pink"}}), "one of light, dark"),
        (a_group(settings={"link": {"daily_bytes": 5}}), "at least"),
        (a_group(settings={"wall": {"distance_m": 6.0}}, postures=("wall",)), "height_m"),
        (a_group(settings={"desk": {"theme": "dark"}}, fixed=("desk.theme",)), "a person's own"),
        (a_group(fixed=("desk.day_begins",)), "not set here"),
        (a_group(sources=(FEED | {"id": "county"},)), "own platform"),
        (a_group(sources=({"id": "b", "kind": "county", "url": "https://evil"},)), "kind cap"),
        (a_group(sources=(FEED | {"login": "bearer"},)), "login of a source"),
        (a_group(sources=(FEED | {"proxy": "http://10.0.0.9:1"},)), "proxy of a source"),
        (a_group(sources=(FEED | {"feeds": ["https://me:secret@x"]},)), "login"),
    ],
)
def test_settings_that_are_not_for_a_county_to_make_are_refused_whole(
    settings: CentralSettings, reason: str
) -> None:
    assert reason in " ".join(faults(settings))
    whole = msgspec.structs.replace(settings, groups=(*settings.groups, SettingsGroup()))
    assert faults(whole) == faults(settings)


def test_a_group_for_newer_programs_is_passed_over_and_the_rest_counts() -> None:
    later = SettingsGroup({"desk": {"colour": "red"}}, form=99)
    settings = CentralSettings(1, 0, groups=(later, SettingsGroup({"desk": {"theme": "dark"}})))
    assert faults(settings) == []
    assert set(layer_of(settings, "desk", "").given) == {("desk", "theme")}


def test_the_countys_source_comes_after_the_desks_own_and_without_a_login() -> None:
    profile = parse_profile(PROFILE, "desk.toml", Manifests())
    settings = a_group(sources=(FEED,), townships=("shimen",))
    assert faults(settings) == []
    assert layer_of(settings, "desk", "").sources == ()
    laid = lay_under(profile, layer_of(settings, "desk", "shimen"), Manifests())
    assert [each.id for each in laid.sources] == ["county", "weather"]
    assert laid.sources[1].values["login"] == "none"
    assert laid.name == profile.name


def test_a_source_of_the_county_is_checked_anew_though_its_older_form_is_in_force() -> None:
    profile = parse_profile(PROFILE, "desk.toml", Manifests())
    laid = lay_under(profile, layer_of(a_group(sources=(FEED,)), "desk", ""), Manifests())
    wrong = a_group(sources=(FEED | {"feeds": ["not an address"]},))
    assert list(find_central_faults(wrong, laid, Manifests())) == faults(wrong) != []


def test_sources_of_all_groups_together_are_not_too_many() -> None:
    def groups(count: int) -> CentralSettings:
        each = (SettingsGroup(sources=(FEED | {"id": f"s{n}"},)) for n in range(count))
        return CentralSettings(1, 0, groups=tuple(each))

    assert faults(groups(SETTINGS_SOURCES)) == []
    assert faults(groups(SETTINGS_SOURCES + 1)) == ["more than 100 sources together"]
    source = '[[group]]\n[[group.source]]\nid = "s"\nkind = "cap"\nfeeds = ["https://a"]\n'
    with pytest.raises(SettingsWrong, match="more than 100 sources"):
        read_settings(source * (SETTINGS_SOURCES + 1))


def test_only_a_group_with_a_newer_setting_is_passed_over_by_older_programs() -> None:
    text = '[desk]\ntheme = "dark"\n[[group]]\n[group.sound]\nquiet_hours = ["22:00", "06:00"]\n'
    assert [group.form for group in read_settings(text)[1]] == [1, 2]


def test_older_programs_pass_over_newer_settings_and_keep_what_stands_beside_them() -> None:
    quiet = {"sound": {"quiet_hours": ["22:00", "06:00"]}}
    limit = {"link": {"daily_bytes": 5_000_000}}
    text = """
        fixed = ["sound.quiet_hours", "link.daily_bytes"]
        postures = ["desk"]
        sound.quiet_hours = ["22:00", "06:00"]
        link.daily_bytes = 5_000_000
        [[group]]
        sound.quiet_hours = ["22:00", "06:00"]
        source = [{ id = "w", kind = "cap", feeds = ["https://a"] }]
    """
    source = {"id": "w", "kind": "cap", "feeds": ["https://a"]}
    assert read_settings(text)[1] == (
        wire.SettingsGroup(limit, fixed=("link.daily_bytes",), postures=("desk",)),
        wire.SettingsGroup(quiet, fixed=("sound.quiet_hours",), postures=("desk",), form=2),
        wire.SettingsGroup(sources=(source,)),
        wire.SettingsGroup(quiet, form=2),
    )


def test_every_entry_of_the_window_is_the_countys_to_set_or_is_not() -> None:
    ours = {(each.table, each.name) for each in CENTRAL}
    every = {(each.table, each.name) for each in ENTRIES}
    assert ours | NOT_OURS == every
    assert not ours & NOT_OURS


def test_numbers_only_grow_and_what_failed_is_never_taken_again() -> None:
    kept = run_well(take(Kept(), CentralSettings(3, 0)))
    assert [n for n in (2, 3, 4) if may_take(kept, n, "0.1.0")] == [4]
    refused = refuse(kept, 4, "not read", "0.1.0")
    assert not may_take(refused, 4, "0.1.0")
    assert may_take(refused, 4, "0.2.0")
    assert refused.current == kept.current


def test_a_desk_that_fails_to_run_twice_goes_back_to_what_proved_good() -> None:
    good, bad = CentralSettings(1, 0), CentralSettings(2, 0)
    kept = take(run_well(take(Kept(), good)), bad)
    for _ in range(2):
        kept, went_back = begin_start(kept)
        assert (kept.current, went_back) == (bad, False)
    kept, went_back = begin_start(kept)
    assert (kept.current, went_back) == (good, True)
    assert begin_start(kept) == (kept, False)


def test_what_one_program_did_not_run_with_is_never_taken_by_it_again_but_by_another() -> None:
    kept = take(run_well(take(Kept(), CentralSettings(1, 0))), CentralSettings(2, 0))
    for _ in range(3):
        kept, went_back = begin_start(kept, program=lambda: "0.1.0")
    assert went_back
    assert not may_take(kept, 2, "0.1.0")
    assert may_take(kept, 2, "0.2.0")
    assert not may_take(kept, 1, "0.2.0")


def test_power_that_failed_twice_is_not_blamed_on_settings_but_four_starts_are() -> None:
    kept = take(Kept(), CentralSettings(1, 0))
    for boot in "abcd":
        kept, went_back = begin_start(kept, boot)
        assert not went_back
    assert prove(kept).is_proven
    assert begin_start(kept, "e")[1]
    assert begin_start(kept, "d")[1]


def test_settings_that_came_while_a_desk_ran_are_not_proven_by_its_end() -> None:
    kept = prove(take(Kept(), CentralSettings(1, 0)))
    assert not kept.is_proven
    assert run_well(kept).is_proven


def test_two_numbers_that_came_in_a_row_go_back_to_the_one_that_ran() -> None:
    good = CentralSettings(1, 0)
    kept = take(take(run_well(take(Kept(), good)), CentralSettings(2, 0)), CentralSettings(3, 0))
    assert kept.before == good


def test_what_a_run_started_with_is_proven_by_it_though_others_came_meanwhile() -> None:
    first = CentralSettings(1, 0)
    kept, _ = begin_start(take(Kept(), first))
    kept = prove(take(take(kept, CentralSettings(2, 0)), CentralSettings(3, 0)))
    assert (kept.before, kept.is_proven) == (first, False)
    assert prove(kept) == kept
    kept, _ = begin_start(take(Kept(), first))
    died = begin_start(take(kept, CentralSettings(2, 0)))[0]
    assert prove(died).before is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("theme = ", "not TOML"),
        ("by = 3", "by is a name"),
        ("group = 3", "by is a name"),
        ('[desk]\ncolour = "red"', "desk.colour is not for a county"),
        ('[[group]]\npostures = ["attic"]', "Invalid enum"),
        ("#" * 40_000, "longer"),
        (f'by = "{"x" * 101}"\n[desk]\ntheme = "dark"', "length <= 100"),
        ('[[group]]\n[group.desk]\ntheme = "dark"\n' * 201, "length <= 200"),
        ("[wall]\ndistance_m = nan\nheight_m = 1.5", "wall.distance_m has a value of another type"),
        ("[wall]\nshifts = [08:00:00]", "wall.shifts has a value of another type"),
        (f'[desk]\ntitle = "{"县" * 21_000}"', "longer than .* bytes"),
    ],
)
def test_a_file_of_settings_is_checked_before_it_is_signed(text: str, reason: str) -> None:
    with pytest.raises(SettingsWrong, match=reason):
        read_settings(text)


def test_a_newer_program_is_offered_from_its_day_on() -> None:
    kept = Kept(update=ProgramUpdate(1, "0.2.0", begins_at=5))
    assert find_offer(kept, "0.1.0", now=4) is None
    assert find_offer(kept, "0.1.0", now=5) == kept.update
    assert find_offer(kept, "0.2.0", now=5) is None
    assert find_offer(Kept(), "0.1.0", now=5) is None


def test_a_version_of_the_program_is_compared_by_its_numbers() -> None:
    assert is_newer("0.10.0", than="0.9.3")
    assert not is_newer("0.1.0", than="0.1.0")
    assert not is_newer("", than="0.1.0")
    assert not is_newer("0.1.0", than="0.1")
    assert not is_newer("0.1", than="0.1.0+deb12-0a0a0a0a")
    for trial in ("1.0rc1", "1.0.0b2", "1.0.dev3", "1.0-rc1+deb12"):
        assert is_newer("1.0", than=trial)
        assert not is_newer(trial, than="1.0")
        assert is_newer(trial, than="0.9.9")


@pytest.mark.parametrize(("name", "program"), [("a.deb\n", "1.0"), ("a.deb", "1.0\n")])
def test_a_line_break_is_no_part_of_a_name_or_a_version(name: str, program: str) -> None:
    package = wire.Package("deb", name, 1, "ab" * 32)
    told = wire.ProgramUpdate(1, AT, program, packages=(package,))
    with pytest.raises(msgspec.ValidationError, match="regex"):
        wire.write_text(told)
