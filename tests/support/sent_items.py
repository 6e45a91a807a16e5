"""An office with items in every state, and the page that shows how far each is."""

from __future__ import annotations

import hashlib

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.application.budget.byte_budget import Allowance
from desktop.application.reads.read_models import Usage
from desktop.domain.command import Collection, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import HOUR
from desktop.domain.link import LinkState, LinkTier
from desktop.domain.localized_text import Text
from desktop.gui.township.sending.page import SendingPage
from desktop.gui.township.window import TownshipWindow
from support.builders import NOW, FakeClock, a_township, an_incident
from support.open_desk import calm
from support.sample_board import SampleCounty, a_status, empty_county

NO_REASON = Text()
LINE = LinkState(128_000.0, 300.0, LinkTier.TEXT, NOW)
PHOTO, SMALL = b"photo" * 40_000, b"small" * 2_000
PHOTO_DIGEST, SMALL_DIGEST = (hashlib.sha256(body).hexdigest() for body in (PHOTO, SMALL))


def county_of(
    usage: Usage | Allowance | None = None, clock: FakeClock | None = None, **status: object
) -> SampleCounty:
    """A county of one township with twelve cases, over a thin line."""
    told = {"last_good_at": NOW, "expected_period_ms": HOUR, "link": LINE} | status
    county = empty_county(clock or FakeClock(), a_status(**told), usage=usage)
    cases = [an_incident(id=f"I{n}", title=Text(f"第 {n} 件", f"Case {n}")) for n in range(1, 13)]
    county.tell(a_township(), *cases)
    return county


def on(number: int) -> Key:
    """The key of one of its cases."""
    return Key("county", Collection.INCIDENTS, f"I{number}")


def noted(
    county: SampleCounty,
    number: int,
    state: CommandState = CommandState.STORED,
    reason: Text = NO_REASON,
    hold: Hold = Hold.NONE,
    *,
    has_left: bool = False,
) -> CommandRecord:
    """A note on that case as it is after the county, or the clerk, did so much."""
    key = county.board.commands.note(on(number), f"第 {number} 次到场").command.key
    outbox = county.outbox
    if has_left or state is CommandState.GIVEN_UP:
        outbox.offering([key], NOW)
    if state is CommandState.CANCELLED:
        outbox.cancel(key, NOW)
    elif state is CommandState.GIVEN_UP:
        outbox.hold([key], Hold.COPY, reason, NOW)
        outbox.give_up(key, NOW)
    elif state is CommandState.HELD:
        outbox.hold([key], hold, reason, NOW)
    elif state is not CommandState.STORED:
        outbox.set_state(key, state, reason, NOW)
    record = outbox.record(key)
    assert record is not None
    return record


def attached(county: SampleCounty, number: int, gone: int | None = None) -> CommandRecord:
    """A photo of that case; with `gone` its words are accepted and so many of its bytes there."""
    record = county.board.commands.attach(on(number), "桥.jpg", "image/jpeg", PHOTO, SMALL)
    if gone is not None:
        county.outbox.set_state(record.command.key, CommandState.ACCEPTED, NO_REASON, NOW)
        county.stores.files.mark_sent("county", PHOTO_DIGEST, gone)
    return record


def page_of(qtbot: QtBot, window: TownshipWindow) -> SendingPage:
    """The page, opened."""
    window.show_task("sending")
    calm(qtbot, window)
    page = window.pages["sending"]
    assert isinstance(page, SendingPage)
    assert page.isVisible()
    return page


def pick(page: SendingPage, record: CommandRecord) -> None:
    """Pick the row of that command."""
    row = page.list.table.row(record.command.key)
    assert row is not None
    page.list.setCurrentIndex(page.list.table.index(row))


def buttons(page: SendingPage) -> set[str]:
    """The texts of the buttons below the list."""
    found = page.foot.findChildren(QPushButton)
    return {button.text() for button in found if button.isVisible()}


def press(qtbot: QtBot, window: TownshipWindow, page: SendingPage, text: str) -> None:
    """Press the button below the list whose text begins so, and wait for what comes of it."""
    found = page.foot.findChildren(QPushButton)
    button = next(b for b in found if b.isVisible() and b.text().startswith(text))
    button.click()
    calm(qtbot, window)
