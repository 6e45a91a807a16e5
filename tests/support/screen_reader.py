"""What a reader of the screen knows of a program: its tree, its events, its keys, over D-Bus alone.

The session bus, the bus of accessibility and its registry are real and this test's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple, Self

from jeepney import (  # type: ignore[import-untyped]
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]

from support.daemon import Daemon

ANSWERED_WITHIN_S = 30.0
AT_ONCE = 64
"""So many questions are under way before the first answer is read."""
ATSPI = "org.a11y.atspi."
ACCESSIBLE = ATSPI + "Accessible"
PROPERTIES = "org.freedesktop.DBus.Properties"
GONE = frozenset(
    f"org.freedesktop.DBus.Error.{name}"
    for name in ("UnknownObject", "UnknownInterface", "ServiceUnknown", "NoReply")
)
"""How a question about something that is not there any more is answered."""
ROOT = "/org/a11y/atspi/accessible/root"
KEY_PRESS, KEY_RELEASE, KEY_PRESS_AND_RELEASE = 0, 1, 2
CODES = {"Escape": 9, "Tab": 23, "Return": 36, "Control_L": 37, "Shift_L": 50, "space": 65}
CODES |= dict(zip("1234567890", range(10, 20), strict=True))
CODES |= dict(zip("qwertyuiop", range(24, 34), strict=True))
CODES |= dict(zip("asdfghjkl", range(38, 47), strict=True))
CODES |= dict(zip("zxcvbnm", range(52, 59), strict=True))
CODES |= {f"F{n}": 66 + n for n in range(1, 11)}
CODES |= {"Home": 110, "Up": 111, "Prior": 112, "Left": 113, "Right": 114, "End": 115}
CODES |= {"Down": 116, "Next": 117, "Delete": 119}
ANNOUNCED = frozenset({"notification", "alert"})
STATES = {
    1: "active",
    4: "checked",
    7: "editable",
    8: "enabled",
    11: "focusable",
    12: "focused",
    16: "modal",
    22: "selectable",
    23: "selected",
    24: "sensitive",
    25: "showing",
    30: "visible",
    31: "manages descendants",
}
"""Those of AT-SPI that somebody here asks for, by their bits."""


class At(NamedTuple):
    """Where an accessible thing is: a connection of the bus, and a path in it."""

    name: str
    path: str


class Node(NamedTuple):
    """What is told of one thing: everything a reader could speak of it."""

    at: At
    role: str
    name: str
    description: str
    states: frozenset[str]
    interfaces: frozenset[str]
    children: int


class Buses(Daemon):
    """A session bus and the bus of accessibility, as in a session with a reader of the screen."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        kept = {k: v for k, v in environment.items() if k != "AT_SPI_BUS_ADDRESS"}
        self._environment = kept | {"GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1"}
        words = ("dbus-daemon", "--session", "--nofork", "--nopidfile")
        super().__init__(lambda writes: [*words, f"--print-address={writes}"], self._environment)
        try:
            with open_dbus_connection(self.address) as own:
                bus = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
                [self.accessibility] = _ask(own, new_method_call(bus, "GetAddress"))
                for name in ("IsEnabled", "ScreenReaderEnabled"):
                    status = DBusAddress("/org/a11y/bus", "org.a11y.Bus", PROPERTIES)
                    body = ("org.a11y.Status", name, ("b", True))
                    _ask(own, new_method_call(status, "Set", "ssv", body))
        except BaseException:
            self.close()
            raise

    def environment(self) -> dict[str, str]:
        """That of a program which is to be read."""
        return self._environment | {"DBUS_SESSION_BUS_ADDRESS": self.address}


class Reader:
    """A reader of the screen; what it does is counted in `steps`."""

    def __init__(self, buses: Buses) -> None:
        self._asks = open_dbus_connection(buses.accessibility)
        self._hears = open_dbus_connection(buses.accessibility)
        self.steps = 0
        self._begin_to_hear()

    def close(self) -> None:
        """Leave the bus."""
        self._asks.close()
        self._hears.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin_to_hear(self) -> None:
        self.heard: list[str] = []
        """Everything said until now."""
        registry = DBusAddress("/org/a11y/atspi/registry", ATSPI + "Registry", ATSPI + "Registry")
        for kind in ("Object", "Window", "Focus"):
            rule = MatchRule(type="signal", interface=ATSPI + "Event." + kind)
            _ask(self._hears, message_bus.AddMatch(rule))
            _ask(
                self._hears, new_method_call(registry, "RegisterEvent", "s", (kind.lower() + ":",))
            )

    # The tree

    def programs(self) -> list[At]:
        """Return the programs that can be read."""
        [children] = self.ask([_call(At(ATSPI + "Registry", ROOT), ACCESSIBLE, "GetChildren")])
        return [At(*child) for child in (children or [[]])[0]]

    def windows(self) -> list[At]:
        """Return the windows of every program there is."""
        return [child for program in self.programs() for child in self.children(program)]

    def children(self, at: At) -> list[At]:
        """Return what is in a thing."""
        return self.children_of([at])[0]

    def children_of(self, places: Sequence[At]) -> list[list[At]]:
        """Return what is in each of them."""
        answers = self.ask([_call(at, ACCESSIBLE, "GetChildren") for at in places])
        return [[At(*child) for child in answer[0]] if answer else [] for answer in answers]

    def children_at(self, at: At, numbers: Iterable[int]) -> list[At]:
        """Return some of the things in a thing, without making the others."""
        questions = [_call(at, ACCESSIBLE, "GetChildAtIndex", "i", (n,)) for n in numbers]
        return [At(*answer[0]) for answer in self.ask(questions) if answer]

    def nodes(self, places: Sequence[At]) -> list[Node | None]:
        """Return what is told of each of them; None of what is gone by now."""
        asked = [(at, _all_of(at)) for at in places]
        answers = iter(self.ask([question for _, all_of in asked for question in all_of]))
        return [_node(at, list(islice(answers, len(all_of)))) for at, all_of in asked]

    def text(self, at: At) -> str:
        """Return what is written in a field."""
        [[text]] = self.ask([_call(at, ATSPI + "Text", "GetText", "ii", (0, -1))])
        return str(text)

    # What a reader can do

    def act(self, at: At, name: str = "Press") -> None:
        """Do an action of a thing by its name, as `Press` or `SetFocus`."""
        self.steps += 1
        [[actions]] = self.ask([_call(at, ATSPI + "Action", "GetActions")])
        names = [action[0] for action in actions]
        self.ask([_call(at, ATSPI + "Action", "DoAction", "i", (names.index(name),))])

    def focus(self, at: At) -> None:
        """Give a thing the keyboard."""
        self.steps += 1
        self.ask([_call(at, ATSPI + "Component", "GrabFocus")])

    def write(self, at: At, text: str) -> None:
        """Put a text into a field."""
        self.steps += 1
        self.ask([_call(at, ATSPI + "EditableText", "SetTextContents", "s", (text,))])

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by their X names; `Control_L+n` are held together."""
        for chord in keys:
            self.steps += 1
            *held, key = [CODES[name] for name in chord.split("+")]
            for code in held:
                self._send_key(code, KEY_PRESS)
            self._send_key(key, KEY_PRESS_AND_RELEASE)
            for code in reversed(held):
                self._send_key(code, KEY_RELEASE)

    def _send_key(self, code: int, kind: int) -> None:
        name = ATSPI + "DeviceEventController"
        keys = At(ATSPI + "Registry", "/org/a11y/atspi/registry/deviceeventcontroller")
        self.ask([_call(keys, name, "GenerateKeyboardEvent", "isu", (code, "", kind))])

    # What it hears

    def hear(self, until: Callable[[str], bool], within_s: float, what: str) -> str:
        """Return the first thing said, before or from now on, that is `until`."""
        ends = time.monotonic() + within_s
        looked_at = 0
        while True:
            for text in self.heard[looked_at:]:
                if until(text):
                    return text
            looked_at = len(self.heard)
            left = ends - time.monotonic()
            assert left > 0, f"not heard within {within_s:g} s: {what}; but {self.heard}"
            self._hear_next(left)

    def listen(self, for_s: float) -> None:
        """Take in whatever is said for so long."""
        ends = time.monotonic() + for_s
        while (left := ends - time.monotonic()) > 0:
            self._hear_next(left)

    def _hear_next(self, within_s: float) -> None:
        """Take in an event; a reader says where the keyboard is now, and what is announced."""
        try:
            message = self._hears.receive(timeout=within_s)
        except TimeoutError:
            return
        fields = message.header.fields
        if message.header.message_type is not MessageType.signal or not message.body:
            return
        kind = fields[HeaderFields.member], message.body[0]
        at = At(fields.get(HeaderFields.sender, ""), fields[HeaderFields.path])
        if kind not in {("StateChanged", "focused"), ("StateChanged", "showing")}:
            return
        [node] = self.nodes([at]) if message.body[1] else [None]
        if node is not None and (kind[1] == "focused" or node.role in ANNOUNCED):
            self.heard.append(node.name)

    def ask(self, questions: Sequence[Message]) -> list[Any]:
        """Return the bodies of all answers, with many questions under way at once.

        None stands for the answer of what is gone: a screen changes while it is read.
        """
        answers: dict[int, Any] = {}
        serials: list[int] = []
        waiting = iter(questions)
        under_way = 0
        ends = time.monotonic() + ANSWERED_WITHIN_S
        while len(answers) < len(questions):
            while under_way < AT_ONCE and (question := next(waiting, None)) is not None:
                serials.append(next(self._asks.outgoing_serial))
                self._asks.send(question, serial=serials[-1])
                under_way += 1
            answer = self._asks.receive(timeout=max(0.0, ends - time.monotonic()))
            to = answer.header.fields.get(HeaderFields.reply_serial)
            if to is None:
                continue
            answers[to] = _body(answer)
            under_way -= 1
        return [answers[serial] for serial in serials]


def _all_of(at: At) -> tuple[Message, ...]:
    return (
        _call(at, ACCESSIBLE, "GetRoleName"),
        _get(at, ACCESSIBLE, "Name"),
        _get(at, ACCESSIBLE, "Description"),
        _call(at, ACCESSIBLE, "GetState"),
        _call(at, ACCESSIBLE, "GetInterfaces"),
        _get(at, ACCESSIBLE, "ChildCount"),
    )


def _node(at: At, answers: Sequence[Any]) -> Node | None:
    if None in answers:
        return None
    [role], [(_, name)], [(_, description)], [states], [interfaces], [(_, children)] = answers
    names = frozenset(each.removeprefix(ATSPI) for each in interfaces)
    return Node(at, role, name, description, _states(states), names, children)


def _call(at: At, interface: str, member: str, signature: str = "", body: Any = ()) -> Message:
    address = DBusAddress(at.path, at.name, interface)
    return new_method_call(address, member, signature or None, body)


def _get(at: At, interface: str, name: str) -> Message:
    return _call(at, PROPERTIES, "Get", "ss", (interface, name))


def _ask(connection: DBusConnection, message: Message) -> Any:
    return _body(connection.send_and_get_reply(message, timeout=ANSWERED_WITHIN_S))


def _body(answer: Message) -> Any:
    if answer.header.message_type is MessageType.error:
        if answer.header.fields[HeaderFields.error_name] in GONE:
            return None
        raise RuntimeError(f"{answer.header.fields.get(HeaderFields.error_name)}: {answer.body}")
    return answer.body


def _states(words: Sequence[int]) -> frozenset[str]:
    bits = words[0] | words[1] << 32
    return frozenset(name for bit, name in STATES.items() if bits >> bit & 1)
