"""`feel`: from a key to the pixel, in a real window, quiet, under updates and beside other work."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from burst_bench import RATE, Told, desk_on_busy_county, other_work
from figure import CannotMeasure, Figure, at_most, median, told

from support.display import Display
from support.program import until
from support.screen import (
    CONTROL,
    LEFT,
    SHIFT,
    WHEEL_DOWN,
    WHEEL_UP,
    Hands,
    Pixels,
    Region,
    delay_ms,
    resolution_ms,
)

ALARMS = 60
STEPS, TIMES = 60, 12
"""How often a row is stepped to, and how often all else is done."""
SHOWN_WITHIN_S = 5.0
STILL_S, STILL_WITHIN_S = 0.12, 1.0
LOOKS = 5
"""How often a sheet is opened to see how it looks."""
FIRST_ROW = 4
LETTER = "q"
"""One that none of the first rows has: what is found differs from what was there."""
PANES = ("list", "detail", "map", "matrix", "queues")
WORDS = ("chips", "matrix", "queues")
"""Parts that begin with words of ours."""
AIMS_MS = {
    "row": 50.0,
    "detail": 100.0,
    "form": 100.0,
    "feedback": 100.0,
    "palette": 100.0,
    "letter": 50.0,
    "letter in a form": 50.0,
    "alarm": 100.0,
}
AIM_MS = 200.0
"""Of what changes more of the screen: found rows, filter, map, theme, language."""
P99_AIM_MS = 100.0
"""Of a step to the next row."""

Delays = dict[str, list[float]]


def measure() -> list[Figure]:
    """One desk on one county, with its keys pressed."""
    with (
        tempfile.TemporaryDirectory() as frames,
        Display(frames=Path(frames)) as display,
        desk_on_busy_county("felt_desk.py", display.environment()) as (county, desk),
    ):
        try:
            hands = Hands(display.name)
        except OSError as error:
            raise CannotMeasure(str(error)) from None
        with closing(hands):
            hands.focus(int(desk.ask("window")))
            return _in_all_conditions(Officer(desk, hands, Pixels(Path(frames))), county)


def _in_all_conditions(officer: Officer, county: Told) -> list[Figure]:
    officer.learn()
    figures = [told("feel-resolution", officer.resolution_ms(), "ms between two looks")]
    county.ask(f"alarms {ALARMS}")
    figures += _figures("quiet", "quiet", officer.do_all())
    with _updates(county):
        figures += _figures("updates", f"{RATE:,} updates/s", officer.do_what_updates_leave_alone())
    with other_work():
        figures += _figures("beside", "beside other work", officer.do_all())
    return figures


def _figures(state: str, when: str, delays: Delays) -> list[Figure]:
    return [
        figure
        for name, each in delays.items()
        for figure in _figure(f"feel-{state}-{name.replace(' ', '-')}", when, name, each)
    ]


def _figure(label: str, when: str, name: str, delays: list[float]) -> Iterator[Figure]:
    if not delays:
        raise CannotMeasure(f"{name} never changed the screen ({when})")
    ordered = sorted(delays)
    p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.95, 0.99))
    unit = f"ms to the pixel, {when}: p95 of {len(delays)}, median {median(delays):.0f}"
    yield at_most(f"{label}-p95", p95, unit, AIMS_MS.get(name, AIM_MS))
    if name == "row":
        yield at_most(f"{label}-p99", p99, f"ms to the pixel, {when}: p99", P99_AIM_MS)


@contextmanager
def _updates(county: Told) -> Iterator[None]:
    """The county changes rows without a pause."""
    ends = threading.Event()

    def work() -> None:
        while not ends.is_set():
            county.ask(f"update {RATE} 2")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


class Officer:
    """Presses keys, clicks, and looks how long the screen takes to change."""

    def __init__(self, desk: Told, hands: Hands, pixels: Pixels) -> None:
        self._desk, self._hands, self._pixels = desk, hands, pixels
        self._sheets: dict[str, tuple[Region, Any]] = {}
        """By sheet, where its head stands when it is open, and how that looks."""

    def learn(self) -> None:
        """Open each sheet once, so that what is measured is not the first time."""
        self._desk.ask(f"pick {FIRST_ROW}")
        for name, keys in (("form", ("n",)), ("palette", (CONTROL, "k"))):
            if not any(self._look_at(name, *keys) for _ in range(LOOKS)):
                raise CannotMeasure(f"{name} was never painted")

    def _look_at(self, name: str, *keys: str) -> bool:
        """Learn how a sheet's head looks; False if that is how it looks without the sheet, too.

        Beside other work the screen may be at rest because the sheet is not painted yet.
        """
        self._hands.press(*keys)
        place = until(lambda: self._where(name).get(name), SHOWN_WITHIN_S, name)
        head = Region(place.x + 2, place.y + 2, place.width - 4, 34)
        self._pixels.rest(head, 3 * STILL_S, SHOWN_WITHIN_S)
        picture = self._pixels.read(head)
        self._leave(name)
        self._pixels.rest(head, 3 * STILL_S, SHOWN_WITHIN_S)
        self._sheets[name] = head, picture
        return bool((picture != self._pixels.read(head)).any())

    def resolution_ms(self) -> float:
        """How far apart two looks at the screen are."""
        return resolution_ms(self._pixels, [*self._where("next row", "detail title").values()])

    def do_all(self) -> Delays:
        """Everything, on a desk that has nothing else to show."""
        return {
            **self.do_what_updates_leave_alone(),
            "feedback": self._feedback(),
            "found rows": self._letters("list", ("slash",)),
            "filter": self._filter(),
            "map wheel": self._wheel(),
            "map drag": self._drag(),
            "alarm": self._alarm(),
        }

    def do_what_updates_leave_alone(self) -> Delays:
        """What changes pixels that no update of a row changes."""
        rows, details = self._steps()
        return {
            "row": rows,
            "detail": details,
            "form": self._sheet("form", "n"),
            "palette": self._sheet("palette", CONTROL, "k"),
            "letter": self._letters("search", ("slash",)),
            "letter in a form": self._form_letters(),
            "theme": self._everywhere(PANES, _corner, CONTROL, "t"),
            "language": self._everywhere(WORDS, _title, CONTROL, "l"),
        }

    def _steps(self) -> tuple[list[float], list[float]]:
        self._desk.ask(f"pick {FIRST_ROW}")
        rows: list[float] = []
        details: list[float] = []
        for number in range(STEPS):
            key, name = ("k", "previous row") if number % 2 else ("j", "next row")
            places = self._where(name, "detail title")
            self._pixels.rest(places["detail title"], STILL_S, STILL_WITHIN_S)
            delays = delay_ms(self._pixels, lambda key=key: self._hands.press(key), places)
            rows += [delays[name]] if name in delays else []
            details += [delays["detail title"]] if "detail title" in delays else []
        return rows, details

    def _sheet(self, name: str, *keys: str) -> list[float]:
        return [self._open(name, *keys) for _ in range(TIMES)]

    def _open(self, name: str, *keys: str) -> float:
        """Milliseconds until a sheet's head looks as it does when open."""
        head, picture = self._sheets[name]
        # One that was just put away is still on screen, and would be taken for the next.
        self._pixels.rest(head, STILL_S, STILL_WITHIN_S)
        begun_s = time.perf_counter()
        self._hands.press(*keys)
        try:
            took_ms = self._pixels.wait_for(head, picture, begun_s, SHOWN_WITHIN_S)
        except TimeoutError:
            raise CannotMeasure(f"{name} did not open") from None
        self._leave(name)
        return took_ms

    def _leave(self, name: str) -> None:
        self._hands.press("Escape")
        until(lambda: self._where(name).get(name) is None, SHOWN_WITHIN_S, f"no {name}")

    def _letters(self, shown: str, keys: tuple[str, ...]) -> list[float]:
        """From a letter to its echo in the field, or to the rows that it finds."""
        self._hands.press(*keys)
        until(lambda: self._where("editor"), SHOWN_WITHIN_S, "a field to type in")
        taken = []
        for _ in range(TIMES):
            place = self._where(shown)
            self._pixels.rest(place[shown], STILL_S, STILL_WITHIN_S)
            taken.append(delay_ms(self._pixels, lambda: self._hands.press(LETTER), place))
            self._pixels.rest(place[shown], 2 * STILL_S, STILL_WITHIN_S)
            self._hands.press("BackSpace")
            time.sleep(0.4)
        while self._where("editor"):  # One Escape ends the search, another leaves the field.
            self._hands.press("Escape")
            time.sleep(0.3)
        self._desk.ask(f"pick {FIRST_ROW}")
        return [each[shown] for each in taken if shown in each]

    def _form_letters(self) -> list[float]:
        self._hands.press("n")
        place = until(
            lambda: self._where("field").get("field"), SHOWN_WITHIN_S, "a field in the form"
        )
        self._click(place)
        delays = []
        for _ in range(TIMES):
            self._pixels.rest(place, STILL_S, STILL_WITHIN_S)
            delays.append(delay_ms(self._pixels, lambda: self._hands.press("a"), {"field": place}))
        for _ in range(TIMES):
            self._hands.press("BackSpace")
        self._leave("form")
        return [each["field"] for each in delays if each]

    def _everywhere(
        self, parts: tuple[str, ...], cut: Callable[[Region], Region], *keys: str
    ) -> list[float]:
        """Milliseconds until the last part has changed."""
        taken = []
        for _ in range(TIMES):
            panes = {name: cut(place) for name, place in self._where(*parts).items()}
            delays = delay_ms(self._pixels, lambda: self._hands.press(*keys), panes)
            if len(delays) == len(panes):
                taken.append(max(delays.values()))
            time.sleep(0.5)
        return taken

    def _feedback(self) -> list[float]:
        self._desk.ask(f"pick {FIRST_ROW}")
        taken = []
        for _ in range(TIMES):
            place = self._where("detail")
            self._pixels.rest(place["detail"], STILL_S, STILL_WITHIN_S)
            foot = {"foot": _foot(place["detail"])}
            delays = delay_ms(self._pixels, lambda: self._hands.press("f"), foot)
            taken += delays.values()
            time.sleep(0.3)
            self._hands.press("Escape")
            time.sleep(0.3)
        return taken

    def _filter(self) -> list[float]:
        taken = []
        for number in range(TIMES):
            # The first chip is in force already: pressed, it would show nothing but the next tick.
            name = f"chip {1 - number % 2}"
            places = self._where(name, "list")
            chip = places.pop(name)
            self._pixels.rest(places["list"], STILL_S, STILL_WITHIN_S)
            self._hands.move(*chip.middle)
            time.sleep(0.1)
            taken += delay_ms(self._pixels, lambda: self._hands.click(LEFT), places).values()
            time.sleep(0.3)
        return taken

    def _wheel(self) -> list[float]:
        return self._on_map(
            lambda number: self._hands.click(WHEEL_DOWN if number % 2 else WHEEL_UP)
        )

    def _drag(self) -> list[float]:
        middle = self._where("map")["map"].middle

        def drag(number: int) -> None:
            self._hands.button(LEFT, down=True)
            for step in (10, 20, 30, 40):
                self._hands.move(middle[0] + (-step if number % 2 else step), middle[1])

        return self._on_map(drag, lambda: self._hands.button(LEFT, down=False))

    def _on_map(
        self, act: Callable[[int], None], after: Callable[[], None] = lambda: None
    ) -> list[float]:
        place = self._where("map")["map"]
        middle = Region(place.middle[0] - 150, place.middle[1] - 100, 300, 200)
        taken = []
        for number in range(TIMES):
            self._hands.move(*place.middle)
            self._pixels.rest(middle, 2 * STILL_S, STILL_WITHIN_S)
            delays = delay_ms(self._pixels, lambda n=number: act(n), {"map": middle})
            taken += delays.values()
            after()
        return taken

    def _alarm(self) -> list[float]:
        taken = []
        for _ in range(TIMES):
            place = self._where("alarm title")
            if not place:
                break
            self._pixels.rest(place["alarm title"], STILL_S, STILL_WITHIN_S)
            delays = delay_ms(self._pixels, lambda: self._hands.press(SHIFT, "a"), place)
            taken += delays.values()
            time.sleep(0.3)
        return taken

    def _click(self, place: Region) -> None:
        self._hands.move(*place.middle)
        self._hands.click()

    def _where(self, *names: str) -> dict[str, Region]:
        found = json.loads(self._desk.ask(f"where {','.join(names)}"))
        return {name: Region(*place) for name, place in found.items() if place is not None}


def _corner(place: Region) -> Region:
    """Bare ground of a pane."""
    return Region(place.x + place.width - 6, place.y + place.height - 6, 3, 3)


def _title(place: Region) -> Region:
    """The beginning of a pane, where its words are."""
    return Region(place.x + 4, place.y + 2, 120, min(place.height, 60))


def _foot(place: Region) -> Region:
    return Region(place.x, place.y + place.height, place.width, 120)
