"""Settings as text, as values, and in the words of the manifest and the example."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from desktop import paths
from desktop.application.i18n import Words
from desktop.application.profile import Profile, ProfileError, Sound
from desktop.application.profile_reader import parse_profile
from desktop.application.settings import forms
from desktop.application.settings.document import (
    clear_value,
    edit_text,
    join_edits,
    put_source,
    remove_source,
    set_value,
)
from desktop.application.settings.entries import ENTRIES, PAGES, find_entries
from desktop.connectors.kinds import Manifests, our_kinds

EXAMPLE = (paths.resources() / "profiles" / "example.toml").read_text(encoding="utf-8")
NOT_HERE = {"sources", "keys", "link", "sound", "wall", "frames", "table"}
"""Tables of a profile, each with entries of its own."""


@pytest.mark.parametrize(
    ("form", "typed", "value"),
    [
        ("text", " 王 ", "王"),
        ("flag", "on", True),
        ("number", "6.5", 6.5),
        ("whole", "7", 7),
        ("megabytes", "0.5", 500_000),
        ("url", "https://county.example:8443", "https://county.example:8443"),
        (
            "urls",
            "http://a.example/x\n\nhttp://b.example\n",
            ["http://a.example/x", "http://b.example"],
        ),
        ("time", "8：30", "08:30"),
        ("hours", "22:00~06:00", ["22:00", "06:00"]),
        ("zone", "Asia/Shanghai", "Asia/Shanghai"),
        ("both", "云溪县\nYunxi", {"zh": "云溪县", "en": "Yunxi"}),
        ("both", "云溪县\n", "云溪县"),
        ("shifts", "8:30 白班 / Day", [{"begins": "08:30", "title": {"zh": "白班", "en": "Day"}}]),
    ],
)
def test_what_is_typed_is_a_value_whose_text_is_that_value_again(
    form: str, typed: str, value: Any
) -> None:
    assert forms.read(form, typed) == value
    assert forms.read(form, forms.show(form, value)) == value


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        ("number", "six"),
        ("number", "nan"),
        ("whole", "6.5"),
        ("megabytes", "1e999"),
        ("url", "county.example"),
        ("urls", "http://a.example\nb"),
        ("time", "25:00"),
        ("hours", "22:00"),
        ("hours", "22:00 22:00"),
        ("zone", "Mars/Base"),
        ("shifts", "08:30"),
    ],
)
def test_what_stands_for_no_value_is_told_why_in_both_languages(form: str, typed: str) -> None:
    with pytest.raises(forms.Unfit) as refused:
        forms.read(form, typed)
    reason = str(refused.value)
    assert Words(paths.resources()).reason(reason) != reason


def test_a_value_of_another_type_is_shown_as_it_is() -> None:
    assert forms.show("hours", 7) == "7"
    assert forms.show("shifts", [{"begins": "08:30"}]) == "[{'begins': '08:30'}]"


def test_every_setting_of_a_profile_has_an_entry_on_a_page() -> None:
    fields = set(Profile.__struct_fields__) - NOT_HERE
    assert fields == {entry.name for entry in ENTRIES if entry.table == "desk"}
    heard = {entry.name for entry in ENTRIES if entry.table == "sound"}
    assert heard == set(Sound.__struct_fields__)
    assert {entry.page for entry in ENTRIES} <= {name for name, _ in PAGES}
    assert all(entry.title.zh and entry.title.en for entry in ENTRIES)
    assert [entry.place for entry in ENTRIES if f"{entry.name} =" not in EXAMPLE] == []


def test_every_default_is_what_a_profile_without_the_setting_means() -> None:
    bare = '[[source]]\nid = "a"\nkind = "county"\nurl = "http://a.example"\n'
    silent = parse_profile(bare, "desk.toml", Manifests())
    for entry in ENTRIES:
        if entry.table == "desk" and entry.default not in (None, ""):
            assert getattr(silent, entry.name) == entry.default, entry.place


def test_entries_are_found_by_their_words_in_either_language_and_by_their_name() -> None:
    for typed in ("浅色", "light dark", "theme", "[desk] THEME"):
        assert "[desk] theme" in [entry.place for entry in find_entries(typed)], typed
    assert find_entries("no such thing") == ()


def test_a_change_leaves_every_other_byte_of_a_profile() -> None:
    text = edit_text(EXAMPLE, set_value("desk", "theme", "dark"))
    lines = zip(EXAMPLE.splitlines(), text.splitlines(), strict=True)
    changed = [(was, now) for was, now in lines if was != now]
    assert [now.partition("#")[2] for _was, now in changed] == [" light or dark"]
    assert edit_text(text, set_value("desk", "theme", "light")).split() == EXAMPLE.split()


def test_a_value_goes_back_to_its_default_and_the_comment_beside_it_stays() -> None:
    text = edit_text(EXAMPLE, clear_value("desk", "day_begins", "00:00"))
    assert 'day_begins = "00:00"          # when a duty day begins' in text
    assert "timezone" not in edit_text(EXAMPLE, clear_value("desk", "timezone", "x")).split()


def test_a_source_is_added_changed_and_removed_beside_what_is_not_known_of_it() -> None:
    new = {"id": "new", "kind": "county", "title": {"zh": "新", "en": "New"}, "url": "http://n"}
    both = join_edits(
        [put_source("new", new), put_source("county", {"url": "http://c"}, ["ca_file"])]
    )
    text = edit_text(EXAMPLE.replace('id = "county"', 'id = "county"\nfuture = 1'), both)
    table = tomllib.loads(text)
    county = table["source"][0]
    assert (county["url"], county["future"], "ca_file" in county) == ("http://c", 1, False)
    assert table["source"][-1] == new
    assert 'title = { zh = "新", en = "New" }' in text
    left = tomllib.loads(edit_text(text, remove_source("machines")))["source"]
    assert [each["id"] for each in left] == ["county", "warnings", "new"]


def test_a_new_profile_is_written_from_nothing() -> None:
    text = edit_text("", put_source("a", {"id": "a", "kind": our_kinds()[0]}))
    assert text == '[[source]]\nid = "a"\nkind = "cap"\n'


def test_sources_of_another_form_are_refused_not_broken() -> None:
    with pytest.raises(ValueError, match="source"):
        edit_text("source = [1]\n", put_source("a", {"id": "a"}))


def test_a_profile_of_a_newer_program_is_told_as_that() -> None:
    newer = EXAMPLE.replace("version = 1 ", "version = 2 ")
    with pytest.raises(ProfileError, match=r":\d+: of version 2: a newer program"):
        parse_profile(newer, "example.toml", Manifests())
