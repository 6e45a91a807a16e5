"""Frames on the air and digits on the telephone: half lost, some late, twice or misheard."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop.commands.frames import command as frames_command
from desktop.county_server.frames.codes import read_codes
from desktop.county_server.frames.inbox import Inbox, OtherCounty
from desktop.county_server.frames.offices import OfficeRoster
from desktop.county_server.frames.receiver import Receiver
from desktop.paths import resources
from desktop.wire.frames.dictation import take_dictation
from desktop.wire.frames.fragments import FrameType, cut, read_fragment
from desktop.wire.frames.outcomes import decode_outcomes
from desktop.wire.frames.spoken import speak
from simulation.carried.offices import FRAME_OFFICES, Office, identity_of
from simulation.carried.parcels import spoil
from simulation.server import Server

if TYPE_CHECKING:
    from simulation.carried.post import Post
    from simulation.desk import Desk

INBOX = "frames.db"
LOST, DOUBLED, LATE, SPOILT, OTHER_PLACE = 0.5, 0.2, 0.4, 0.05, 0.04
KEPT = 40
_GROUP, _CHECK = re.compile(r" *\d+ (\d{4}) (\d{4}) "), re.compile(r"([A-P]{4})  ")
_ASKED = re.compile(r"group (\d+):")
_TABLES: list[Any] = []


class CountyRadio:
    """What takes frames at one county, since its program was started."""

    def __init__(self, server: Server) -> None:
        assert server.database is not None
        assert server.api is not None
        self.database, self.api = server.database, server.api
        county = identity_of(server)
        self.roster = OfficeRoster(server.path.with_name(FRAME_OFFICES), county, server.database)
        file = server.path.with_name(INBOX)
        try:
            self.inbox = Inbox(file, county)
        except OtherCounty:
            # As it is told to: moved away from the copy that a drill was begun with.
            file.unlink()
            self.inbox = Inbox(file, county)
        if not _TABLES:
            _TABLES.append(read_codes(resources() / "county"))
        self.receiver = Receiver(
            server.database, self.roster, self.inbox,
            lambda: {each.name: each for each in self.api.roster.accounts().values()},
            self.api.rules, _TABLES[0],
        )  # fmt: skip

    def close(self) -> None:
        """Let go of its file."""
        self.inbox.close()


class Way:
    """See `connectors.county.frame_ways.Way`: a gateway at one desk, for one run of its program."""

    failure = None

    def __init__(self, radio: Radio, desk: Desk) -> None:
        self._radio, self._desk = radio, desk
        self.sent: set[int] = set()
        """Numbers of the messages of which a frame may have left."""

    def send(self, frame: bytes) -> bool:
        self.sent.add(int.from_bytes(frame[5:8], "big"))
        if self._radio.dice.random() < 0.02:
            raise OSError("the line is gone in the middle of it")
        self._radio.send_up(self._desk, frame)
        return True

    def listen(self, _wait_s: float, _is_cut: Callable[[], bool]) -> Iterator[bytes]:
        """Yield what has come by now."""
        yield from self._radio.heard(self._desk)

    def close(self) -> None:
        """Nothing is open."""


class Radio:
    """Carries frames between desks and counties."""

    def __init__(self, post: Post) -> None:
        self._post, self.dice = post, post.dice
        self._at: dict[str, CountyRadio] = {}
        self._air: dict[str, list[bytes]] = {}
        """What has come for a desk and was not listened to."""
        self.office: Office | None = None
        """Whose frames go out now."""
        self._way: Way | None = None
        self._old: list[tuple[str, Office, bytes]] = []
        """Frames up that anybody may play again: to which county, whose."""
        self._told: dict[str, list[bytes]] = {}
        """What counties answered each office, by its name: it may be heard once more."""
        self.lost, self.late = LOST, LATE
        self.part: int | None = None
        """The only part of each message that gets through; None for all."""
        self._is_over = False

    def open_way(self) -> Way:
        """A way for the desk that is used now."""
        assert self._post.acting is not None
        self._way = Way(self, self._post.acting)
        return self._way

    def send(self, desk: Desk, office: Office, *, rounds: int = 1, spell: bool = False) -> None:
        """Have a desk send what waits as frames, and hear what has come."""
        self.office, self._way = office, None
        options = _options(office, "send", gateway="sim", rounds=rounds, spell=spell)
        keys = {
            record.seq: record.command.key
            for record in desk.records()
            if record.command.target.source == office.source
        }
        self._post.work(desk, lambda: frames_command.main(options))
        if self._way is not None and self._way.sent:
            sent = [keys[number] for number in sorted(self._way.sent)]
            self._post.world.say("frames sent", desk=desk.name, source=office.source, keys=sent)

    def send_up(self, desk: Desk, frame: bytes) -> None:
        """One frame towards its county."""
        office = self.office
        assert office is not None
        to = office.server.name
        if self.dice.random() < OTHER_PLACE:
            to = self.dice.choice(list(self._post.world.servers))
        if self.part not in (None, frame[8] >> 4):
            return
        self._old = [*self._old[-KEPT:], (to, office, frame)]
        self._cross(frame, lambda each: self.take(to, office, each))

    def heard(self, desk: Desk) -> list[bytes]:
        """What has come for a desk since it listened last, and perhaps is heard once more."""
        come = self._air.pop(desk.name, [])
        if self.dice.random() < 0.2:
            self._air[desk.name] = come[:5]
        return come

    def take(self, name: str, office: Office, frame: bytes) -> list[bytes]:
        """Have a county take one frame; what it answers goes back by the same air."""
        server = self._post.world.servers[name]
        county = self._county(server)
        if county is None:
            return []
        answers = county.receiver.take(frame)
        server.ledger.look()
        if not answers:
            return []
        self._say_answers(server, office, answers, county)
        self._told[office.name] = [*self._told.get(office.name, [])[-KEPT:], *answers]
        for answer in answers:
            self._cross(answer, lambda each: self._hear(office, each))
        return answers

    def _say_answers(
        self, server: Server, office: Office, answers: list[bytes], county: CountyRadio
    ) -> None:
        keys = {each.number: each.keys for each in county.roster.offices().values()}
        told = [
            [each.key, each.status]
            for frame in answers
            for each in decode_outcomes(read_fragment(frame, keys).content).outcomes
        ]
        server.say(
            "frames answered", office=office.name, written_for=office.server.name, outcomes=told
        )

    def _hear(self, office: Office, frame: bytes) -> None:
        self._air.setdefault(office.desk.name, []).append(frame)

    def _cross(self, frame: bytes, arrive: Callable[[bytes], object]) -> None:
        dice, time = self.dice, self._post.world.time
        if dice.random() < self.lost:
            return

        def arrive_late(come: bytes) -> None:
            if not self._is_over:
                arrive(come)

        for _ in range(2 if dice.random() < DOUBLED else 1):
            come = spoil(frame, dice) if dice.random() < SPOILT else frame
            if dice.random() >= self.late:
                arrive(come)
                continue
            late_s = dice.random() ** 3 * 3600 * self._post.slow
            time.after(late_s, partial(arrive_late, come))

    def look(self) -> None:
        """Have every county do what has waited for what came another way."""
        for server in self._post.world.servers.values():
            if server.name in self._at and (county := self._county(server)) is not None:
                county.receiver.look()
                server.ledger.look()

    def play_again(self) -> None:
        """Somebody who has heard it plays an old frame again."""
        if self._old:
            self.take(*self.dice.choice(self._old))

    def tell_again(self, office: Office) -> None:
        """What an office was answered is in the air once more."""
        for answer in self._told.get(office.name, ()):
            self._hear(office, answer)

    @contextmanager
    def being(self, lost: float, part: int | None = None) -> Iterator[None]:
        """Lose so many for a while, and none late; of each message only one part gets through."""
        before = self.lost, self.late, self.part
        self.lost, self.late, self.part = lost, 0.0, part
        try:
            yield
        finally:
            self.lost, self.late, self.part = before

    def settle(self) -> None:
        """Play again what was heard; what is on the air still is lost."""
        for each in [each for each in self._old if self.dice.random() < 0.4]:
            self.take(*each)
        self._is_over = True
        self._post.world.time.wait(6)
        self.look()

    def close(self) -> None:
        """Let go of all files."""
        for county in self._at.values():
            county.close()
        self._at.clear()

    def _county(self, server: Server) -> CountyRadio | None:
        known = self._at.get(server.name)
        if known is not None and known.database is server.database and known.api is server.api:
            return known
        if known is not None:
            known.close()
            del self._at[server.name]
        if server.api is None or not server.path.with_name(FRAME_OFFICES).exists():
            return None
        self._at[server.name] = CountyRadio(server)
        return self._at[server.name]

    def forget(self, server: Server) -> None:
        """Have a county read its file of offices anew."""
        if (known := self._at.pop(server.name, None)) is not None:
            known.close()

    # Over the telephone.

    def read_aloud(self, desk: Desk, office: Office) -> None:
        """Have a desk's officer read one command to the county, and hear what became of it."""
        post = self._post
        waiting = [each for each in desk.records() if not each.state.is_final]
        county = self._county(office.server)
        if not waiting or county is None:
            return
        post.printed = []
        only = self.dice.choice(waiting).command.key
        options = _options(office, "read", only=only)
        post.work(desk, lambda: frames_command.main(options))
        groups = ["".join(found.groups()) for line in post.printed if (found := _GROUP.match(line))]
        check = next((m[1] for line in post.printed if (m := _CHECK.match(line))), "")
        if not check:
            return
        post.world.say("read aloud", desk=desk.name, source=office.source, keys=[only])
        keys = {each.number: each.keys for each in county.roster.offices().values()}
        heard = take_dictation(_Ear(groups, check, self), lambda _line: None, keys)
        if heard is None or heard.head.type is not FrameType.COMMAND:
            return
        answers = [
            answer
            for frame in cut(heard.head, heard.data, heard.key)
            for answer in self._taken(office, frame)
        ]
        if answers and desk.opened is not None and self.dice.random() < 0.8:
            self._read_back(desk, office, answers[0], keys)

    def _taken(self, office: Office, frame: bytes) -> list[bytes]:
        return self.take(office.server.name, office, frame)

    def _read_back(self, desk: Desk, office: Office, answer: bytes, keys: Any) -> None:
        told = read_fragment(answer, keys)
        sheet = speak(told.head, told.content, told.key)
        ear = _Ear(list(sheet.groups), sheet.check, self)
        options = _options(office, "hear")
        with patch.object(frames_command, "input", ear, create=True), suppress(EOFError):
            self._post.work(desk, lambda: frames_command.main(options))


class _Ear:
    """Writes down what is read, and sometimes mishears it; see `dictation.take_dictation`."""

    def __init__(self, groups: list[str], check: str, radio: Radio) -> None:
        self._groups, self._check, self._dice = groups, check, radio.dice
        self._tries = 0

    def __call__(self, prompt: str) -> str:
        asked = _ASKED.search(prompt)
        self._tries += 1
        if self._tries > 12 * (len(self._groups) + 1):
            return "q"
        if asked is None:
            letters = list(self._check)
            if self._dice.random() < 0.1:
                letters[int(self._dice.random() * 4)] = self._dice.choice("ABCDEFGHIJKLMNOP")
            return "".join(letters)
        number = int(asked[1])
        return "" if number > len(self._groups) else self._misheard(self._groups[number - 1])

    def _misheard(self, group: str) -> str:
        digits = list(group)
        while self._dice.random() < 0.1:
            digits[int(self._dice.random() * len(digits))] = str(int(self._dice.random() * 10))
        if self._dice.random() < 0.03:
            digits.pop()
        return "".join(digits)


def _options(office: Office, action: str, **given: Any) -> argparse.Namespace:
    usual = {
        "office": office.number, "office_key": None, "serial": None, "gateway": None,
        "speed": 9600, "source": office.source, "only": None, "rounds": 1, "wait": 0.0,
        "spell": False,
    }  # fmt: skip
    return argparse.Namespace(action=action, **{**usual, **given})
