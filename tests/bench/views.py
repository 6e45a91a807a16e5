"""Draws every screen of one window, one picture each: a process of its own for each look.

`views.py --posture desk --lang zh_CN --theme light --size 1920x1080 --profile FILE
--profile-dir DIR --out DIR`; QT_SCALE_FACTOR gives the scale.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication  # noqa: E402 - needs the paths above

from desktop import bootstrap, paths  # noqa: E402
from desktop.application.board import Board  # noqa: E402
from desktop.application.courier.codes import NoNetwork  # noqa: E402
from desktop.application.ports import IncidentFilter  # noqa: E402
from desktop.application.settings.entries import PAGES  # noqa: E402
from desktop.commands.courier_desk import CourierDesk  # noqa: E402
from desktop.commands.frames_desk import FramesDesk  # noqa: E402
from desktop.commands.kept_pairing import keep_pairing, load_pairing  # noqa: E402
from desktop.commands.switchboard import CountySwitchboard  # noqa: E402
from desktop.connectors.county.courier import end_pairing  # noqa: E402
from desktop.domain.command import CommandKind, CommandState  # noqa: E402
from desktop.gui.app import Opening, Session  # noqa: E402
from desktop.gui.carrying.call_sheet import CallSheet  # noqa: E402
from desktop.gui.help.window import HelpWindow  # noqa: E402
from desktop.gui.settings.sheet import SettingsSheet  # noqa: E402
from desktop.gui.shoot import Polls  # noqa: E402
from desktop.gui.township.no_network.sheet import NUMBER  # noqa: E402
from desktop.protocol.lifecycle import ALLOWED_FROM  # noqa: E402
from desktop.storage.keys.encryption_key import KeyFile  # noqa: E402
from desktop.wire import courier  # noqa: E402
from desktop.wire.courier import Pairing, PrivateKeys  # noqa: E402
from support.typed_calls import type_groups  # noqa: E402

SETTLE_S = 20.0
COUNTY = "county"
HEARD, MISHEARD = ("06942328", "53048818"), "53048881"
"""Groups of digits that are as they were read, and one that is not."""
NOTE = "已联系供电所，抢修车二十分钟到场；请城关镇值班室先行疏导交通。"
BEHIND = ("map", "infrastructure", "queues", "warnings", "detail")
"""The panes that a small window has behind one another; the last is in front at first."""
UPKEEP = ("backup", "log", "report")
CUT_OFF = threading.Event()
"""While it is set an office's commands stay with it, as without a network."""
Take = tuple[str, Callable[[], None]]


def desk_views(window: Any) -> Iterator[Take]:
    """Each screen of the desk: how it is called, and how the keyboard gets there."""
    runs = {action.name: action.run for action in window.actions_table}
    yield "desk", lambda: None
    if window.arrangement.is_small:
        for name in BEHIND:
            yield name, runs[f"go_{name}"]
    yield "detail", runs["next"]

    def write() -> None:
        runs["note"]()
        window.panes["detail"].note.text.setPlainText(NOTE)

    yield "note", write
    yield "cell", lambda: window.panes["infrastructure"].open_cell(None, "pump_station")
    runs["go_warnings"]()
    yield "warning", window.panes["warnings"].open_current
    yield "", runs["back"]
    for name in ("outbox", "sources", "link", "go_alarms", "palette", "keys"):
        yield name.removeprefix("go_"), runs[name]
        yield "", runs["back"]
    yield from _settings_views(window, runs)
    yield from _troubled_views(window, runs)
    yield "new-incident", runs["new_incident"]
    yield "", runs["back"]
    yield "closing", partial(window.closing_sheet.ask, 2)
    yield "", runs["back"]
    yield from _hand_views(window, runs)
    search = window.panes["incidents"].search
    yield "search", lambda: search.setText("停电")
    yield "nothing-found", lambda: search.setText("没有这样的事件")
    yield "", search.clear
    yield "", runs["next"]
    yield "acknowledged", runs["acknowledge"]
    yield "", runs["undo"]


def _troubled_views(window: Any, runs: Mapping[str, Callable[[], None]]) -> Iterator[Take]:
    """What is asked about commands that came back or are held, if there are any."""
    first = {record.state: record for record in reversed(window.screen_context.board.outbox(20))}
    if came_back := first.get(CommandState.CONFLICT):
        yield "conflict", partial(window.conflict_sheet.ask, came_back.command.key)
        yield "", runs["back"]
    if held := first.get(CommandState.HELD):
        sheet = window.outbox_sheet
        yield "", runs["outbox"]

        def give_up() -> None:
            keys = [record.command.key for record in sheet.records]
            sheet.table.selectRow(keys.index(held.command.key))
            sheet.hold.give_up_button.click()

        yield "held", give_up
        yield "", runs["back"]


def _settings_views(window: Any, runs: Mapping[str, Callable[[], None]]) -> Iterator[Take]:
    """A page of entries and the form of a source, where there are settings."""
    if window.screen_context.settings is None:
        return
    yield "", runs["settings"]
    panel = window.findChild(SettingsSheet).panel
    yield "settings", partial(panel.open, "desk")
    yield "", partial(panel.open, "sources")
    yield "settings-source", panel.sources.add
    yield "", runs["back"]


def _hand_views(window: Any, runs: Mapping[str, Callable[[], None]]) -> Iterator[Take]:
    """What comes without a network: a report by telephone, half taken down, and codes."""
    yield "", runs["call"]
    down = window.findChild(CallSheet).take_down
    if down is None:  # No county of this desk takes calls: the sheet says so.
        yield "call-none", lambda: None
    else:
        yield "call", partial(type_groups, down, [*HEARD, MISHEARD])
        yield "", down.clear
        yield "", partial(type_groups, down, HEARD)
        yield "call-word", down.end_groups
        yield "", down.clear
    yield "", runs["back"]
    yield "relay", runs["relay"]
    yield "", runs["back"]


def laid_views(window: Any) -> Iterator[Take]:
    """What else an officer of the desk can open: its upkeep, its settings, its help, its tour."""
    runs = {action.name: action.run for action in window.actions_table}
    screen = window.screen_context
    ways = {"doctor": screen.doctor, "licences": True} | dict.fromkeys(UPKEEP, screen.upkeep)
    for name in (name for name, way in ways.items() if way):
        yield name, runs[name]
        yield "", runs["back"]
    if screen.settings is not None:
        yield "", runs["settings"]
        panel = window.findChild(SettingsSheet).panel
        for page, _title in PAGES:
            yield f"settings-{page}", partial(panel.open, page)
        yield "", runs["back"]
    yield "help", runs["help"]
    yield "", lambda: [each.close() for each in window.findChildren(HelpWindow)]
    yield "tour", runs["tour"]


def wall_views(window: Any, board: Board) -> Iterator[Take]:
    """Each turn of the wall, by the name of its first scene."""
    _, _, turns = window.foot.turn.place.partition("/")
    for number in range(int(turns)):
        window.go_to(number, board.now())
        scene = window.shown[0]
        yield type(scene).__name__.removesuffix("Scene").lower(), window.update


def office_views(window: Any) -> Iterator[Take]:
    """Each page of the township office, the forms of its first assignment, and the county."""
    yield "assignments", lambda: None
    if cards := window.pages["assignments"].cards:
        request = cards[0].buttons[CommandKind.FEEDBACK]
        yield "feedback", request.click
        yield "", window.sheets.form.put_away
    yield "report", partial(window.show_task, "report")
    kinds = window.pages["report"].kinds
    for form in kinds.forms:
        yield f"table-{form}", partial(kinds.choose, form)
    yield "sending", partial(window.show_task, "sending")
    yield from _no_network_views(window)
    yield "look-up", partial(window.show_task, "look_up")
    search = window.pages["look_up"].search
    yield "found", lambda: search.setText("泵")
    yield "phones", lambda: search.setText("防汛")
    choose = window.pages["look_up"].kinds.choose
    yield "plan", partial(choose, "plans")
    yield "", partial(choose, "all")
    yield "nothing-found", lambda: search.setText("没有这样的东西")
    yield "county", window.show_county


def _no_network_views(window: Any) -> Iterator[Take]:
    """The ways without a network: a report read aloud to its receipt, as texts, and as codes."""
    CUT_OFF.set()
    board = window.screen_context.board
    for row in board.incident_rows(board.incident_numbers(IncidentFilter(), 2)):
        board.commands.note(row.key, NOTE)
    yield "aloud", window.show_no_network
    sheet = window.carriers.no_network
    reading, down = sheet.aloud.reading, sheet.aloud.down
    yield "aloud-first", sheet.aloud.buttons[0].click
    yield "aloud-group", reading.go_on
    for _ in reading.sheet.lines[1:]:
        reading.go_on()
    yield "aloud-word", reading.go_on
    yield "aloud-last", reading.go_on
    yield "", reading.go_on
    yield "aloud-receipt", partial(type_groups, down, HEARD)
    yield "", sheet.aloud.back.click
    yield "texts", partial(sheet.ways.choose, "texts")
    yield "text", sheet.texts.buttons[0].click
    yield "codes", partial(sheet.ways.choose, "codes")
    yield "code", sheet.codes.make.click
    yield "", sheet.put_away
    CUT_OFF.clear()


VIEWS: dict[str, Callable[[Any], Iterator[Take]]] = {"desk": desk_views, "township": office_views}


def main() -> int:
    """Write the pictures and print their names; 1 when a window never settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posture", choices=(*VIEWS, "wall"), required=True)
    parser.add_argument("--size", required=True)
    for name in ("lang", "theme"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("profile", "profile-dir", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    application = QApplication([])
    application.setStyle("Fusion")
    profile = bootstrap.load_profile(given.profile)
    words = bootstrap.words_in(given.lang, profile)
    given.profile_dir.mkdir(parents=True, exist_ok=True)
    desk = bootstrap.Desk(
        profile, given.profile_dir, KeyFile().key(given.profile_dir), words, notices=[]
    )
    if given.posture == "township":
        desk.engine.keep_back(lambda _key: CUT_OFF.is_set())
    session = Session(_opening(desk, given), keep_layout=False)
    try:
        return _draw(session, desk, given)
    finally:
        session.close()


def _opening(desk: bootstrap.Desk, given: argparse.Namespace) -> Opening:
    return Opening(
        board=desk.board,
        words=desk.words,
        resources=paths.resources(),
        title=desk.profile.title,
        layout_file=desk.folder / "layout.ini",
        posture=given.posture,
        language=given.lang,
        theme=given.theme,
        demo=False,
        start=desk.engine.start,
        close=desk.close,
        timezone=desk.profile.timezone,
        wall=desk.profile.wall,
        township=desk.profile.township,
        no_network=partial(NoNetwork, FramesDesk(desk, COUNTY), CourierDesk(desk, COUNTY)),
        switchboard=partial(CountySwitchboard, desk, COUNTY),
    )


def _pair(desk: bootstrap.Desk) -> None:
    """Pair the office with a county of its own making: what is drawn goes to none."""
    told = courier.read_pairing(CourierDesk(desk, COUNTY).begin_pairing("liulin")[0])
    own = PrivateKeys().public
    names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
    begun = load_pairing(desk, COUNTY)
    assert begun is not None
    line = courier.write_pairing(Pairing("county", *names))
    keep_pairing(desk, COUNTY, end_pairing(begun, line))


def _draw(session: Session, desk: bootstrap.Desk, given: argparse.Namespace) -> int:
    window = cast(Any, session.window)
    width, _, height = given.size.partition("x")
    ratio = window.devicePixelRatio()
    window.resize(round(int(width) / ratio), round(int(height) / ratio))
    window.show()
    calm = _settled(session, desk)
    _give_a_command(desk)
    if given.posture == "township":
        _pair(desk)
        session.remembered.choose(NUMBER, "7")
    is_wall = given.posture == "wall"
    views = wall_views(window, desk.board) if is_wall else VIEWS[given.posture](window)
    for name, arrange in views:
        arrange()
        if not is_wall:
            calm = _settled(session, desk) and calm
        if name:
            look = f"{given.posture}-{name}-{given.lang}-{given.theme}-{given.size}.png"
            window.grab().save(str(given.out / look), "PNG")
            print(given.out / look, flush=True)
    return 0 if calm else 1


def _settled(session: Session, desk: bootstrap.Desk) -> bool:
    """Wait until nothing is pending; False when that took too long."""
    polls = Polls(session, desk.engine.is_settled, SETTLE_S)
    QApplication.exec()
    return polls.calm


def _give_a_command(desk: bootstrap.Desk) -> None:
    """See that the outbox has something in it to show."""
    if not desk.board.outbox(1):
        first = desk.board.incident_numbers(IncidentFilter(), 2)
        for row in desk.board.incident_rows(first):
            desk.board.commands.note(row.key, "已电话核实现场情况。")
        seen = desk.board.incident_rows(desk.board.incident_numbers(IncidentFilter(), 50)[2:])
        row = next(row for row in seen if row.stage in ALLOWED_FROM[CommandKind.FEEDBACK])
        # Decided on a version the county does not have: it answers with a conflict.
        body = {"text": "水位回落，留守观察。"}
        desk.board.commands.submit(CommandKind.FEEDBACK, row.key, body, base=row.version + 1)


if __name__ == "__main__":
    sys.exit(main())
