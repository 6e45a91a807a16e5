"""Sources in the settings window: added, probed, saved with their secrets, and taken out."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.application.settings.desk import Probed
from desktop.domain.localized_text import Text
from desktop.domain.source import ProbeResult, Problem
from desktop.gui.settings.fields import FileField, LineField
from desktop.gui.widgets.label import PlainLabel
from support.settings_desk import PROFILE, AnsweringDesk
from support.settings_panel import opened


@pytest.mark.parametrize("passes", [True, False])
def test_a_source_is_added_probed_and_saved_and_its_token_is_not_in_the_file(
    qtbot: QtBot, tmp_path: Path, passes: bool
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        if not passes:
            desk.answer = Probed(problem=Problem("unreachable", {"address": "b"}))
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        form.save_button.click()
        assert "必填" in [label.text().strip() for label in form.fields.findChildren(PlainLabel)]
        url = form.fields.fields["url"]
        assert isinstance(url, LineField)
        url.line.insert("http://b.example")
        form.fields.secrets["login"].line.insert("s3cret")
        form.probe_button.click()
        qtbot.waitUntil(lambda: bool(desk.asked) and form.said.text() not in ("", "正在试连…"))
        assert desk.asked == [("http://b.example", {"county-2": "s3cret"})]
        assert threading.main_thread() not in desk.threads
        form.save_button.click()
        if not passes:
            assert "county-2" not in desk.text
            form.save_button.click()
        qtbot.waitUntil(lambda: 'id = "county-2"\nkind = "county"' in desk.text)
        qtbot.waitUntil(lambda: desk.kept == {"county-2": "s3cret"})
        assert "s3cret" not in desk.text
        qtbot.waitUntil(lambda: "remove county-2" in panel.sources.buttons)
        panel.sources.buttons["remove county-2"].click()
        assert "county-2" in desk.text
        panel.sources.buttons["remove county-2"].click()
        qtbot.waitUntil(lambda: desk.text == PROFILE)


@pytest.mark.parametrize(
    ("county", "own", "title"),
    [
        (Text("蓝桥\n县", "Lanqiao"), "", 'title = { zh = "蓝桥 县", en = "Lanqiao" }'),
        (Text("蓝桥县"), "", 'title = "蓝桥县"'),
        (Text("蓝桥县"), 'title = "指挥中心"\n', 'title = "指挥中心"'),
        (Text(), "", None),
    ],
)
def test_a_desk_without_a_name_takes_that_of_the_county_that_a_probe_found(
    qtbot: QtBot, tmp_path: Path, county: Text, own: str, title: str | None
) -> None:
    profile = PROFILE.replace("[desk]\n", f"[desk]\n{own}")
    with opened(qtbot, tmp_path, AnsweringDesk(tmp_path, profile)) as (_window, panel, desk):
        desk.answer = Probed(found=ProbeResult("county-desk/1", frozenset(), county=county))
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        url = form.fields.fields["url"]
        assert isinstance(url, LineField)
        url.line.insert("http://b.example")
        form.probe_button.click()
        qtbot.waitUntil(lambda: bool(desk.asked) and form.said.text() not in ("", "正在试连…"))
        form.save_button.click()
        qtbot.waitUntil(lambda: 'id = "county-2"' in desk.text)
        told = [line for line in desk.text.split("[[")[0].splitlines() if "title" in line]
        assert told == ([title] if title else [])


def test_a_file_of_a_source_is_chosen_beside_the_one_it_has(qtbot: QtBot, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text("", encoding="ascii")
    with opened(qtbot, tmp_path) as (_window, panel, _desk):
        panel.open("sources")
        panel.sources.buttons["add"].click()
        assert panel.sources.form.fields is not None
        field = panel.sources.form.fields.fields["ca_file"]
        assert isinstance(field, FileField)
        assert field.button.accessibleName().startswith("选择")
        field.line.insert(str(tmp_path / "old.pem"))
        field.button.click()
        (dialog,) = field.findChildren(QFileDialog)
        assert Path(dialog.directory().path()) == tmp_path
        dialog.fileSelected.emit(str(authority))
        dialog.close()
        assert field.text() == str(authority)
        qtbot.waitUntil(lambda: not field.findChildren(QFileDialog))


def test_a_token_is_kept_with_its_source_though_the_window_closes_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (window, panel, desk):
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        url = form.fields.fields["url"]
        assert isinstance(url, LineField)
        url.line.insert("http://b.example")
        form.fields.secrets["login"].line.insert("s3cret")
        for _press in range(2):
            form.save_button.click()
        window.close()
        assert "county-2" in desk.text
        assert desk.kept == {"county-2": "s3cret"}


def test_a_new_source_never_takes_the_place_of_another_and_its_form_goes_with_its_file(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        panel.open("sources")
        panel.sources.buttons["add"].click()
        form = panel.sources.form
        assert form.fields is not None
        for name, typed in (("id", "county"), ("url", "http://b.example")):
            field = form.fields.fields[name]
            assert isinstance(field, LineField)
            field.line.setText(typed)
        form.probe_button.click()
        qtbot.waitUntil(lambda: form.said.text() == "代号 county 已经用过了")
        for _press in range(2):
            form.save_button.click()
        qtbot.waitUntil(lambda: form.said.text() == "代号 county 已经用过了")
        assert desk.text == PROFILE
        assert form.isVisible()
        panel.writing.replace(PROFILE + "# brought\n")
        qtbot.waitUntil(lambda: not form.isVisible())


def test_an_answer_of_a_form_left_meanwhile_is_dropped_and_the_next_can_ask(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        qtbot.waitUntil(lambda: "edit county" in panel.sources.buttons)
        held = threading.Event()
        answer = desk.probe
        desk.probe = lambda *asked: (held.wait(5), answer(*asked))[1]  # type: ignore[method-assign]
        form = panel.sources.form
        panel.sources.edit("county")
        form.probe_button.click()
        form.back_button.click()
        panel.sources.edit("county")
        assert not form.said.text()
        form.probe_button.click()
        held.set()
        qtbot.waitUntil(lambda: len(desk.asked) == 2)
        qtbot.waitUntil(lambda: form.said.text() not in ("", "正在试连…"))


def test_a_remove_button_pressed_once_is_let_go_as_its_page_is_left(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with opened(qtbot, tmp_path) as (_window, panel, desk):
        for leave in (lambda: panel.pages_list.setCurrentRow(1), panel.sources.add):
            panel.open("sources")
            qtbot.waitUntil(lambda: "remove county" in panel.sources.buttons)
            panel.sources.buttons["remove county"].click()
            armed = panel.sources.buttons["remove county"].text()
            leave()
            panel.sources.form.leave()
            panel.pages_list.setCurrentRow(0)
            assert panel.sources.buttons["remove county"].text() != armed
        assert desk.text == PROFILE
