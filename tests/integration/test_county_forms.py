"""The county's file of forms: what it may say, and what is refused with the place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.load import LoadError, load
from desktop.county_server.load.forms import WrongForms, put_forms, read_forms
from desktop.paths import county_table
from desktop.wire.level1 import Form, ReportTable

ONE = """
[[form]]
id = "daily"
edition = 1
kind = "daily"
period = "day"
zh = "日报"
[[form.section]]
zh = "人员"
[[form.section.field]]
id = "moved"
zh = "转移"
"""


def test_the_file_that_comes_with_the_product_has_both_forms() -> None:
    forms = {form.form: form for form in read_forms(county_table("forms.toml"))}
    assert {n: f.period for n, f in forms.items()} == {"daily": "day", "disaster": "event"}
    for form in forms.values():
        assert all(field.section and field.title for field in form.fields)


@pytest.mark.parametrize(
    "old, new, place",
    [
        ('id = "moved"', 'id = "Moved"', "daily/1 Moved"),
        ('id = "moved"', 'id = "period"', "daily/1 period"),
        ('id = "daily"', 'id = "a/b"', "a/b/1"),
        ("edition = 1", "edition = 0", "daily/0"),
        ('kind = "daily"', 'kind = "weekly"', "weekly"),
        ('period = "day"', 'period = "week"', "week"),
        ('zh = "转移"', 'zh = "转移"\ntype = "number"', "number"),
        ('zh = "转移"', 'zh = "转移"\ntype = "choice"', "choice"),
        ('zh = "转移"', 'zh = "转移"\nprefill = ["yesterday"]', "yesterday"),
        ('zh = "转移"', f'zh = "转移"\nprefill = ["assets:{"a" * 600}"]', "prefill"),
        ('zh = "转移"', 'zh = "转移"\nwidth = 3', "width"),
        ('zh = "转移"', 'zh = "转移"\n[[form.section.field]]\nid = "moved"\nzh = "又"', "moved"),
        ('[[form.section.field]]\nid = "moved"\nzh = "转移"\n', "", "daily/1"),
        ("[[form]]", "[[form]", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, place: str) -> None:
    assert read_forms(ONE)
    with pytest.raises(WrongForms, match=place):
        read_forms(ONE.replace(old, new))


def test_words_may_change_within_an_edition_and_fields_may_not() -> None:
    database = Database()
    try:
        assert put_forms(database, read_forms(ONE)) == 1
        assert put_forms(database, read_forms(ONE)) == 0
        assert put_forms(database, read_forms(ONE.replace("转移", "转移安置"))) == 1
        (form,) = database.rows("forms")
        assert isinstance(form, Form)
        assert form.version == 2
        other = ONE.replace('zh = "转移"', 'zh = "转移"\nrequired = true')
        with pytest.raises(WrongForms, match="daily/1"):
            put_forms(database, read_forms(other))
        assert put_forms(database, read_forms(other.replace("edition = 1", "edition = 2"))) == 1
        assert {row.id for row in database.rows("forms")} == {"daily/1", "daily/2"}  # type: ignore[attr-defined]
    finally:
        database.close()


def test_a_countys_own_folder_may_hold_forms_and_its_reports_stay(tmp_path: Path) -> None:
    (tmp_path / "forms.toml").write_text(ONE, encoding="utf-8")
    loaded = load(tmp_path)
    assert "报表样式 1" in loaded.summary
    database = Database()
    try:
        loaded.change(database)
        assert [row.id for row in database.rows("forms")] == ["daily/1"]  # type: ignore[attr-defined]
        at = datetime(2026, 5, 1, tzinfo=UTC)
        database.put("reports", [ReportTable("daily/t/x", "daily", 1, "t", "x", at, at)])
        loaded.change(database)
        assert len(database.rows("reports")) == 1, "what commands made stays"
    finally:
        database.close()


def test_a_wrong_file_of_forms_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "forms.toml").write_text(ONE.replace("日报", '"'), encoding="utf-8")
    with pytest.raises(LoadError) as refused:
        load(tmp_path)
    assert refused.value.lines[0].startswith("forms.toml: 报表样式有误：")
