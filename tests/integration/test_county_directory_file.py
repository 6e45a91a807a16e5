"""The county's files of contacts and plans: what they may say, and where a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.load import LoadError, load
from desktop.county_server.load.directory import (
    WrongDirectory,
    find_unknown_contacts,
    put_directory,
    read_contacts,
    read_plans,
)
from desktop.paths import county_table
from desktop.wire.level1 import Contact, Phrase, Plan

CONTACTS = """
[[unit]]
zh = "县防指"
en = "Headquarters"
[[unit.post]]
id = "duty"
zh = "值班室"
person = "周示例"
phones = [{ number = "0000-0010110", kind = "duty" }, { number = "0000-0010111 转 3" }]
[[unit]]
zh = "石门乡"
township = "shimen"
[[unit.post]]
id = "shimen"
zh = "值班室"
phones = [{ number = "100-0000-0101", kind = "mobile" }]
"""
PLANS = """
[[plan]]
id = "flood"
zh = "防汛"
categories = ["river_level"]
levels = ["larger", "none"]
issued_on = 2026-03-15
[[plan.section]]
zh = "先期处置"
[[plan.section.step]]
zh = "转移"
unit = "乡镇"
contact = "duty"
"""
READ = {"contacts": read_contacts, "plans": read_plans}


def test_the_files_that_come_with_the_product_reach_nobody_and_name_only_their_own() -> None:
    contacts = read_contacts(county_table("contacts.toml"))
    plans = read_plans(county_table("plans.toml"))
    assert len(contacts) > 50
    assert len(plans) > 5
    numbers = [phone.number for each in contacts for phone in each.phones]
    assert [n for n in numbers if not n.startswith(("0000-0", "100-0000-", "1000000-"))] == []
    assert list(find_unknown_contacts(plans, {each.id for each in contacts})) == []
    for plan in plans:
        assert all(isinstance(section.title, Phrase) for section in plan.sections)


def test_contacts_and_plans_keep_the_sequence_of_their_files() -> None:
    first, second = read_contacts(CONTACTS.replace("转 3", "转3"))
    assert (first.id, first.position, first.township) == ("duty", 0, "")
    assert [(each.kind, each.number) for each in first.phones] == [
        ("duty", "0000-0010110"),
        ("office", "0000-0010111 转3"),
    ]
    assert (second.position, second.township) == (1, "shimen")
    (plan,) = read_plans(PLANS)
    assert plan.issued_on == "2026-03-15"
    assert plan.sections[0].steps[0].contact == "duty"


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("contacts", 'id = "duty"', 'id = "Duty"', "Duty: id"),
        ("contacts", 'id = "shimen"', 'id = "duty"', "duty: 同一个 id 两次"),
        ("contacts", 'kind = "duty"', 'kind = "fax"', "duty: 没有这种电话：fax"),
        ("contacts", "0000-0010110", "ask the guard", "duty: 不是电话号码"),
        ("contacts", 'zh = "值班室"\nphones', 'zh = "值班室"\nfax = 3\nphones', "fax"),
        ("contacts", 'phones = [{ number = "100-0000-0101", kind = "mobile" }]', "", "没有电话"),
        ("contacts", "[[unit]]", "[[unit]", "不是可读的 TOML"),
        ("contacts", "周示例", "周" * 20_001, "duty"),
        ("plans", '"larger"', '"grave"', "flood: 没有这个等级：grave"),
        ("plans", "2026-03-15", '"spring"', "issued_on"),
        ("plans", PLANS[PLANS.index("[[plan.section.step]]") :], "", "flood: 没有步骤"),
        ("plans", 'id = "flood"', 'id = "a/b"', "a/b: id"),
        ("plans", 'zh = "防汛"', "", "缺少必填的 zh"),
    ],
)
def test_a_wrong_file_is_refused_in_words_with_the_place(
    file: str, old: str, new: str, place: str
) -> None:
    text = {"contacts": CONTACTS.replace("转 3", "转3"), "plans": PLANS}[file]
    assert READ[file](text)
    assert old in text
    with pytest.raises(WrongDirectory, match=place) as refused:
        READ[file](text.replace(old, new, 1 if file == "contacts" else -1))
    assert " / " in str(refused.value)


def test_the_database_holds_what_the_files_say_and_an_unchanged_row_keeps_its_version() -> None:
    database = Database()
    try:
        contacts, plans = read_contacts(CONTACTS.replace("转 3", "转3")), read_plans(PLANS)
        put_directory(database, contacts, plans)
        put_directory(database, contacts[:1], plans)
        (left,), (plan,) = database.rows("contacts"), database.rows("plans")
        assert isinstance(left, Contact)
        assert isinstance(plan, Plan)
        assert (left.id, left.version, plan.version) == ("duty", 1, 1)
    finally:
        database.close()


def test_a_countys_own_folder_may_hold_a_directory(tmp_path: Path) -> None:
    (tmp_path / "contacts.toml").write_text(CONTACTS.replace("转 3", "转3"), encoding="utf-8")
    (tmp_path / "plans.toml").write_text(PLANS.replace('"duty"', '"nobody"'), encoding="utf-8")
    loaded = load(tmp_path)
    assert "通讯录 2、预案 1" in loaded.summary
    assert [each for each in loaded.oddities if "nobody" in each] == [
        "plans.toml: flood: nobody: 通讯录里没有 / it is not among the contacts"
    ]


def test_a_wrong_file_of_the_folder_is_told_by_its_name_and_place(tmp_path: Path) -> None:
    (tmp_path / "plans.toml").write_text(PLANS.replace("larger", "grave"), encoding="utf-8")
    with pytest.raises(LoadError) as refused:
        load(tmp_path)
    assert refused.value.lines[0].startswith("plans.toml: flood: 没有这个等级：grave")
