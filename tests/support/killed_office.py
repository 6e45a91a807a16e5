"""A township office's window in a program of its own, killed the moment it shows something.

Arguments: the folder of its files, a photo, and what it is killed at: `shown`, when the photo
stands on the page, or `submitted`, when the page says that the report is stored.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from desktop.domain.source import Batch
from desktop.gui.app import Session
from desktop.gui.qt_application import application
from desktop.gui.township.report_page import ReportPage
from support.builders import FakeClock, a_township
from support.open_desk import an_opening
from support.report_in_hand import Writing
from support.sample_board import SampleCounty


class Clerk:
    """A clerk at the window: writes a report, adds a photo, perhaps submits them."""

    def __init__(self, folder: Path, photo: Path, kill_at: str) -> None:
        writing = Writing.start(folder)
        writing.stores.cache.apply(Batch("county", puts=(a_township(),)))
        county = SampleCounty(FakeClock(), writing.stores, writing.board)  # type: ignore[arg-type]
        opening = an_opening(county, folder, posture="township", township="T01")
        self.session, self.photo, self.kill_at = Session(opening), photo, kill_at
        self.began = False
        self.session.window.show()

    def look(self) -> None:
        """Do the next thing, or be killed."""
        window = self.session.window
        page = getattr(window, "pages", {}).get("report")
        if not isinstance(page, ReportPage) or not self.session.quiet:
            return
        if not self.began:
            self.began = True
            window.show_task("report")  # type: ignore[union-attr]
            page.form.entries["title"].put("河堤渗水")
            page.form.entries["level"].put("ordinary")
            page.strip.add_files([self.photo])
            if self.kill_at == "submitted":
                page.form.submit()
        is_shown = bool(page.strip.cards) and self.kill_at == "shown"
        if is_shown or not page.done.isHidden():
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    app = application([])
    clerk = Clerk(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    timer = QTimer()
    timer.timeout.connect(clerk.look)
    timer.start(0)
    app.exec()
