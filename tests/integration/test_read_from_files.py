"""Profiles and words as files hold them, whatever is wrong with the file."""

from __future__ import annotations

import pytest

from desktop.application.i18n import Words
from desktop.application.profile import ProfileError
from desktop.application.profile_reader import read_profile
from desktop.connectors.kinds import Manifests
from desktop.domain.source import Problem

PROFILE = """\
[desk]
title = { zh = "云麓县", en = "Yunlu County" }
language = "en"

[[source]]
id = "county"
kind = "county"
url = "http://127.0.0.1:8700"
"""


def test_a_profile_saved_with_a_byte_order_mark_is_read(tmp_path):
    file = tmp_path / "desk.toml"
    file.write_text(PROFILE, encoding="utf-8-sig")
    assert read_profile(file, Manifests()).language == "en"


def test_a_file_that_is_missing_or_not_text_is_refused_in_words(tmp_path):
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "none.toml", Manifests())
    (tmp_path / "latin.toml").write_bytes(b"title = '\xff\xfe'")
    with pytest.raises(ProfileError, match="not UTF-8"):
        read_profile(tmp_path / "latin.toml", Manifests())


def test_backend_text_in_a_problem_is_never_taken_for_a_pattern(tmp_path):
    (tmp_path / "i18n").mkdir()
    (tmp_path / "i18n" / "problems.toml").write_text(
        '[odd]\nzh = { happened = "{what} 与 {more}", meaning = "", todo = "" }\n', "utf-8"
    )
    words = Words(tmp_path, "zh_CN")
    said = words.problem(Problem("odd", {"what": "{more}", "more": "{what}"}))
    assert said.happened == "{more} 与 {what}"


def test_an_unlisted_problem_is_said_as_it_is_rather_than_hidden(tmp_path):
    said = Words(tmp_path).problem(Problem("new_thing", {"host": "a.example"}))
    assert str(said) == "new_thing host: a.example"
