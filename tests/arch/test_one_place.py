"""What several parts need is written once: a second copy comes to differ from the first."""

from __future__ import annotations

import pytest

from support.checkout import name, sources

ONCE = {
    "def changeEvent(": ["desktop/gui/language.py"],
    ".unpolish(": ["desktop/gui/theme.py"],
    "QFileDialog.AcceptMode.AcceptSave": ["desktop/gui/export.py"],
    "QSaveFile(": ["desktop/gui/export.py"],
    "csv.writer(": ["desktop/application/export/outgoing.py"],
    "csv_text(": [f"desktop/application/export/{each}.py" for each in ("columns", "outgoing")],
    "offer_to_print(": ["desktop/gui/list_export.py", "desktop/gui/printing.py"],
    "msgspec.json.format(": ["desktop/application/export/outgoing.py"],
    "% HOUR // MINUTE": ["desktop/gui/formatting.py"],
    "pinyin.txt": ["desktop/storage/search/pinyin.py"],
    # The desk's files and the county's: the server could be lifted out, and stands on nothing.
    "BEGIN IMMEDIATE": ["desktop/county_server/db/atomic.py", "desktop/storage/sqlite/database.py"],
    "PRAGMA user_version=": ["desktop/county_server/db/schema.py"],
    'pragma("user_version", ': ["desktop/storage/sqlite/database.py"],
}
"""By what the code of it looks like, where it is."""


@pytest.mark.parametrize("sign", ONCE)
def test_it_is_written_in_one_place(sign: str) -> None:
    found = [name(each) for each in sources("desktop") if sign in each.read_text(encoding="utf-8")]
    assert found == ONCE[sign]
