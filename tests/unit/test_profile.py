"""Profiles: what is read, and how exactly a fault is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.budget.byte_budget import Allowance
from desktop.application.frame_line import FrameLine, read_line
from desktop.application.ports import Manifest, Setting
from desktop.application.profile import ProfileError, Sound
from desktop.application.profile_reader import parse_profile
from desktop.domain.localized_text import Text

MANIFESTS = {
    "county": Manifest(
        kind="county",
        title=Text("县平台", "County"),
        fills=frozenset(),
        accepts=frozenset(),
        settings=(
            Setting("url", "url", Text("地址", "Address"), required=True),
            Setting("retries", "number", Text("次数", "Retries"), default=3),
            Setting("quiet", "flag", Text("安静", "Quiet"), default=False),
            Setting("names", "texts", Text("名称", "Names"), default=[]),
            Setting("hosts", "hosts", Text("主机", "Hosts"), default=[]),
        ),
        expected_period_s=30.0,
    )
}

GOOD = """\
[desk]
title = { zh = "云麓县", en = "Yunlu County" }
language = "en"

# the county's own platform
[[source]]
id = "county"
kind = "county"
url = "http://127.0.0.1:8700"

[[source]]
id = "second"
kind = "county"
title = "邻县"
url = "https://neighbour.example"
expected_period_s = 60
retries = 5
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "desk.toml", MANIFESTS)
    return caught.value.faults


def faults_or_none(text: str) -> list[str]:
    try:
        parse_profile(text, "desk.toml", MANIFESTS)
    except ProfileError as error:
        return error.faults
    return []


def test_a_good_profile_is_read_with_defaults_filled_in():
    profile = parse_profile(GOOD, "desk.toml", MANIFESTS)
    assert profile.title == Text("云麓县", "Yunlu County")
    assert profile.language == "en"
    assert [s.id for s in profile.sources] == ["county", "second"]
    first, second = profile.sources
    assert first.title == Text("县平台", "County")
    assert first.expected_period_s == 30.0
    assert first.values == {
        "url": "http://127.0.0.1:8700",
        "retries": 3,
        "quiet": False,
        "names": [],
        "hosts": [],
        "login": "bearer",
        "user": "",
        "ca_file": "",
        "insecure": False,
        "proxy": "",
        "proxy_user": "",
    }
    assert second.title == Text("邻县")
    assert (second.expected_period_s, second.values["retries"]) == (60.0, 5)


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ('url = "http://127.0.0.1:8700"', 'url = "127.0.0.1"', 9, "http://"),
        ("neighbour.example", "neighbour..example", 15, "nothing between two dots"),
        ("neighbour.example", "10.0.0..5:9090", 15, "nothing between two dots"),
        ("neighbour.example", "n" * 64 + ".example", 15, "at most 63 characters"),
        ("neighbour.example", "n.example:99999", 15, "port"),
        ("neighbour.example", "[::1/feed", 15, "bracketed address"),
        ("neighbour.example", "平台" * 30 + ".cn", 15, "cannot be written as a name"),
        ('url = "https://neighbour.example"\n', "", 11, "url is required"),
        ('id = "second"', 'id = "county"', 12, "already used"),
        ('kind = "county"\ntitle', 'kind = "telex"\ntitle', 13, "telex"),
        ("retries = 5", 'retries = "5"', 17, "must be a number"),
        ("retries = 5", "retires = 5", 17, "unknown key 'retires'"),
        ("expected_period_s = 60", "expected_period_s = 0", 16, "above 0"),
        ('language = "en"', 'language = "fr"', 3, "zh_CN, en"),
        ('language = "en"', 'timezone = "Asia/Nowhere"', 3, "no such time zone"),
        ('language = "en"', 'day_begins = "25:00"', 3, "08:30"),
        ('language = "en"', 'single_keys = "never"', 3, "on, off"),
        ('language = "en"', 'language = "en"\n[keys]\nnext = 5', 5, "Ctrl+J"),
        ('title = { zh = "云麓县", en = "Yunlu County" }', "title = 5", 2, "must be text"),
        ('title = "邻县"', 'title = "邻县', 14, ""),
        ("retries = 5", "# a\u2028b\nretries = inf", 18, "retries"),
    ],
)
def test_each_fault_names_its_line(old: str, new: str, line: int, word: str):
    found = faults(GOOD.replace(old, new, 1))
    assert found[0].startswith(f"desk.toml:{line}:"), found
    assert word in found[0]


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e300", "9" * 400, "0"])
def test_a_period_nobody_can_reckon_with_is_a_fault(number: str):
    (fault,) = faults(GOOD.replace("expected_period_s = 60", f"expected_period_s = {number}"))
    assert fault.startswith("desk.toml:16: expected_period_s must be above 0")


def test_a_number_nobody_can_reckon_with_is_a_fault():
    assert faults(GOOD.replace("retries = 5", "retries = inf")) == [
        "desk.toml:17: retries must be a number"
    ]


@pytest.mark.parametrize(
    "key", ['url = "https://zhang:geheim@neighbour.example"',
            'url = "http://x"\nnames = ["https://geheim@x/feed.xml"]'],
)  # fmt: skip
def test_an_address_with_a_login_is_refused_without_repeating_it(key: str):
    (fault,) = faults(GOOD.replace('url = "https://neighbour.example"', key))
    assert "county-desk login" in fault
    assert "geheim" not in fault


@pytest.mark.parametrize(
    ("hosts", "word"),
    [
        ('["https://cdn.example"]', "hosts alone"),
        ('["cdn.example:8443"]', "hosts alone"),
        ('["a..b"]', "nothing between two dots"),
        ('"cdn.example"', "a list of hosts"),
        ("[1]", "a list of hosts"),
    ],
)
def test_hosts_that_links_may_lead_to_are_hosts_alone(hosts: str, word: str):
    (fault,) = faults(f"{GOOD}hosts = {hosts}\n")
    assert fault.startswith("desk.toml:18: hosts ")
    assert word in fault
    assert not faults_or_none(GOOD + 'hosts = ["cdn.example", "[fd00::1]"]\n')


def test_every_fault_is_told_at_once():
    text = GOOD.replace("retries = 5", "retries = true").replace('"en"\n', '"fr"\n')
    assert len(faults(text)) == 2


def test_a_profile_without_sources_is_refused():
    assert "no [[source]]" in faults('[desk]\ntitle = "x"\n')[0]


@given(st.text(max_size=200))
def test_any_text_gives_a_profile_or_faults(text: str):
    assert all(fault.startswith("desk.toml:") for fault in faults_or_none(text))


values = st.recursive(
    st.one_of(
        st.booleans(), st.integers(-9, 9), st.sampled_from(['"x"', '"county"', '"http://h"'])
    ),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value)


@given(
    st.dictionaries(st.sampled_from(["title", "language", "name", "theme"]), values),
    st.dictionaries(st.sampled_from(["id", "kind", "url", "title", "retries", "quiet"]), values),
)
def test_any_values_give_a_profile_or_faults(desk: dict[str, object], source: dict[str, object]):
    lines = ["[desk]", *(f"{k} = {toml(v)}" for k, v in desk.items())]
    lines += ["[[source]]", *(f"{k} = {toml(v)}" for k, v in source.items())]
    found = faults_or_none("\n".join(lines))
    assert all(fault.startswith("desk.toml:") for fault in found)


LINK = """
[link]
daily_bytes = 40_000_000
originals_hours = ["22:00", "06:00"]
max_file_bytes = 5_000_000
"""


def test_what_the_line_may_carry_is_read_from_its_table():
    link = parse_profile(GOOD + LINK, "desk.toml", MANIFESTS).link
    assert link == Allowance(40_000_000, ("22:00", "06:00"), 5_000_000)
    assert parse_profile(GOOD, "desk.toml", MANIFESTS).link == Allowance()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("40_000_000", "40_000", "daily_bytes must be a whole number of at least 1000000"),
        ("40_000_000", "true", "daily_bytes must be a whole number"),
        ('["22:00", "06:00"]', '["22:00"]', "originals_hours must be two different times"),
        ('["22:00", "06:00"]', '["22:00", "24:30"]', "originals_hours must be two different times"),
        ("max_file_bytes", "most_file_bytes", "unknown key 'most_file_bytes'"),
    ],
)
def test_a_fault_in_the_line_table_is_named_with_its_line(right: str, wrong: str, said: str):
    text = GOOD + LINK.replace(right, wrong)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if wrong in row)
    (fault,) = faults(text)
    assert fault.startswith(f"desk.toml:{line}: ")
    assert said in fault


SOUND = """
[sound]
signals = "grave"
quiet_hours = ["22:00", "06:00"]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"grave"', '"off"', "signals must be one of all, grave, not 'off'"),
        ('"grave"', "false", "signals must be one of all, grave, not False"),
        ('["22:00", "06:00"]', '"22:00"', "quiet_hours must be two different times"),
        ("quiet_hours", "still_hours", "unknown key 'still_hours'"),
    ],
)
def test_when_something_is_heard_is_read_from_its_table(right: str, wrong: str, said: str):
    sound = parse_profile(GOOD + SOUND, "desk.toml", MANIFESTS).sound
    assert sound == Sound("grave", ("22:00", "06:00"))
    (fault,) = faults(GOOD + SOUND.replace(right, wrong))
    assert said in fault


@pytest.mark.parametrize(
    ("sound", "heard"),
    [
        (Sound(), ("22:00", "03:15", "06:00")),
        (Sound("grave"), ()),
        (Sound(quiet_hours=("22:00", "06:00")), ("06:00",)),
    ],
)
def test_what_is_grave_is_heard_at_any_time_and_the_rest_as_it_is_set(
    sound: Sound, heard: tuple[str, ...]
):
    times = ("22:00", "03:15", "06:00")
    assert tuple(each for each in times if sound.lets(each, is_grave=False)) == heard
    assert all(sound.lets(each, is_grave=True) for each in times)


def test_two_accounts_of_one_profile_have_two_places():
    def with_account(name: str) -> str:
        text = GOOD.replace("[desk]\n", f'[desk]\naccount = "{name}"\n')
        return parse_profile(text, "desk.toml", MANIFESTS).place

    assert parse_profile(GOOD, "desk.toml", MANIFESTS).place == "desk"
    assert (with_account("zhang"), with_account("li")) == ("desk@zhang", "desk@li")
    assert with_account("") == "desk"
    assert "account" in faults(GOOD.replace("[desk]\n", '[desk]\naccount = "../x"\n'))[0]


def test_other_keys_and_the_switch_of_single_letters_are_read():
    usual = parse_profile(GOOD, "desk.toml", MANIFESTS)
    assert (usual.single_keys, usual.keys) == ("on", {})
    told = '[desk]\nsingle_keys = "off"\n[keys]\nnext = "Ctrl+J"\nshow_new = ""\n'
    own = parse_profile(told + GOOD[GOOD.index("[[source]]") :], "desk.toml", MANIFESTS)
    assert (own.single_keys, own.keys) == ("off", {"next": "Ctrl+J", "show_new": ""})


FRAMES = """
[frames]
office = 7
serial = "/dev/ttyUSB0"
"""


def test_an_offices_number_and_line_are_read_from_their_table():
    found = read_line(parse_profile(GOOD + FRAMES, "desk.toml", MANIFESTS).frames)
    assert found == FrameLine(7, "/dev/ttyUSB0", 9600)
    assert found.way == "/dev/ttyUSB0"
    assert read_line(parse_profile(GOOD, "desk.toml", MANIFESTS).frames) == FrameLine()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("office = 7", "office = 0", "from 1 to 65535"),
        ("office = 7", "office = true", "from 1 to 65535"),
        ('serial = "/dev/ttyUSB0"', "serial = 3", "must be text"),
        ("office = 7", "speed = 9601", "speed must be one of"),
        ('serial = "/dev/ttyUSB0"', 'gateway = "ftp://x"', "gateway"),
        ("office = 7", 'gateway = "http://a/"', "either a serial line or a gateway"),
        ("office = 7", "number = 7", "unknown key 'number'"),
    ],
)
def test_a_fault_in_the_table_of_frames_is_named(right: str, wrong: str, said: str):
    text = GOOD + FRAMES.replace(right, wrong)
    (fault,) = faults(text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if wrong in row)
    assert fault.startswith(f"desk.toml:{line}: ")
    assert said in fault
