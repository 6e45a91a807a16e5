"""A hostile long text keeps to a bounded room, and all of it can be seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.incident import TimelineEntry
from desktop.domain.localized_text import Text
from desktop.gui.desk.window import DeskWindow
from desktop.gui.widgets.folded import SHORT_CHARS, WHOLE_PX, FoldedText, shorten
from desktop.gui.widgets.label import PlainLabel
from support.builders import NOW, FakeClock, a_warning
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

WALLS = {
    "one endless line": "水" * 20_000,
    "endless lines": "a\n" * 20_000,
    "an override": "\u202e" + "x" * 20_000,
}


def county_with_note(text: str) -> SampleCounty:
    county = sample_county(FakeClock(), 5)
    detail = county.board.incident(incident_key())
    assert detail is not None
    incident = detail.incident
    entry = TimelineEntry("note", Text(text, text), NOW - 1, NOW - 1, "x")
    county.tell(
        msgspec.structs.replace(
            incident,
            version=incident.version + 1,
            summary=Text(text, text),
            timeline=(*incident.timeline, entry),
        )
    )
    return county


@pytest.mark.parametrize("text", WALLS.values(), ids=WALLS)
def test_a_long_note_leaves_its_neighbours_in_sight_and_opens(
    qtbot: QtBot, tmp_path: Path, text: str
) -> None:
    with open_desk(qtbot, county_with_note(text), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        folded = desk.panes["detail"].findChildren(FoldedText)
        assert len(folded) == 2  # The matter and the note.
        assert all(each.sizeHint().height() < 400 for each in folded)
        note = folded[1]
        note.button.click()
        assert note.whole is not None
        assert len(note.whole.toPlainText()) >= len(text.strip())
        assert "\u202e" not in note.whole.toPlainText()
        assert note.whole.height() == WHOLE_PX
        assert not note.label.isVisible()


def shown(desk: DeskWindow) -> list[FoldedText]:
    """The folded texts of the detail that are shown now."""
    return [each for each in desk.panes["detail"].findChildren(FoldedText) if each.isVisible()]


def test_a_refresh_leaves_open_what_the_officer_opened(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_with_note(WALLS["one endless line"])
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        shown(desk)[1].button.click()
        county.board.commands.note(incident_key(), "另一条")
        calm(qtbot, desk)
        qtbot.waitUntil(lambda: len(shown(desk)) == 2)
        assert [each.is_open for each in shown(desk)] == [False, True]
        desk.show_key(incident_key(2))
        calm(qtbot, desk)
        desk.show_key(incident_key())
        calm(qtbot, desk)
        assert not any(each.is_open for each in shown(desk))


def test_a_short_text_is_a_plain_label(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, county_with_note("桥南积水\n已派人"), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        assert desk.panes["detail"].findChildren(FoldedText) == []
        said = [QLabel.text(label) for label in desk.panes["detail"].findChildren(PlainLabel)]
        assert any("已派人" in text for text in said)


def test_a_warning_of_many_words_keeps_what_to_do_in_sight(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    county.tell(a_warning(id="long", description=Text(WALLS["one endless line"])))
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["warnings"]
        row = next(n for n, w in enumerate(pane.table.rows) if w.id == "long")  # type: ignore[attr-defined]
        pane.list.setCurrentIndex(pane.table.index(row))  # type: ignore[attr-defined]
        pane.open_current()  # type: ignore[attr-defined]
        calm(qtbot, desk)
        sheet = desk.panes["warnings"].sheet
        assert len(sheet.findChildren(FoldedText)) == 1
        assert "转移低洼地带人员" in [label.text() for label in sheet.findChildren(QLabel)]


def test_what_fits_is_not_shortened() -> None:
    assert shorten("a" * SHORT_CHARS) == "a" * SHORT_CHARS
    assert shorten("a" * (SHORT_CHARS + 1)) == "a" * SHORT_CHARS + "…"
    assert shorten("1\n2\n3\n4\n5\n6\n") == "1\n2\n3\n4\n5\n6\n"
    assert shorten("1\n2\n3\n4\n5\n6\n7") == "1\n2\n3\n4\n5\n6…"
