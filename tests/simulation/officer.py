"""An officer at a desk: clicks, second thoughts, answers, and what he is told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from random import Random
from typing import Any

from desktop.application.commands.answering import is_answerable
from desktop.application.ports import StoreError
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Key
from desktop.protocol.commands import InvalidField
from desktop.protocol.lifecycle import new_incident_id
from desktop.protocol.report_forms import report_id
from simulation.county_life import DAYS, TOWNSHIPS
from simulation.desk import Desk
from simulation.disk import Crash
from simulation.look import EVERY
from support.pictures import a_thumbnail

HOUR_MS = 3_600_000

A_MOMENT_MS = 1000


class Officer:
    """Sits at one desk; whatever he does is in the history."""

    def __init__(self, desk: Desk, dice: Random) -> None:
        self.desk, self._dice = desk, dice
        self._world = desk.world

    # Commands.

    def click(self, target: Key | None = None, kind: CommandKind | None = None) -> None:
        """Give one command of whatever kind the row allows; sometimes one it does not."""
        if self.desk.opened is None:
            return
        target = target or self._some_row()
        if target is None:
            self.report()
            return
        if kind is None:
            kind = self._some_kind(target)
        if kind is None:
            return
        if kind is CommandKind.ATTACH:
            self.attach(target)
            return
        body = self._body(kind)
        key = self._new_key() if self._dice.random() < 0.6 else None
        self._give(kind, target, body, key or "", lambda: self.desk.board.commands.submit(
            kind, target, body, key=key))  # fmt: skip
        if key is not None and self._dice.random() < 0.08:
            # A second press of the same button.
            self._give(kind, target, body, key, lambda: self.desk.board.commands.submit(
                kind, target, body, key=key))  # fmt: skip

    def note(self, target: Key, key: str, more: str = "") -> None:
        """Give a note under a key that was made elsewhere, with so much more to say."""
        if self.desk.opened is not None:
            kind, body = CommandKind.NOTE, {"text": self._text() + more}
            self._give(kind, target, body, key, lambda: self.desk.board.commands.submit(
                kind, target, body, key=key))  # fmt: skip

    def report(self, township: str = "") -> None:
        """Report a new incident, and often more about it at once."""
        if self.desk.opened is None:
            return
        source = self._dice.choice(list(self.desk.sources))
        key, body = self._new_key(), self._body(CommandKind.CREATE)
        if township:
            body["township"] = township
        target = Key(source, Collection.INCIDENTS, new_incident_id(key))
        self._give(CommandKind.CREATE, target, body, key, lambda: self.desk.board.commands.create(
            source, body, key=key))  # fmt: skip
        while self._dice.random() < 0.45 and self.desk.opened is not None:
            roll = self._dice.random()
            if roll < 0.3:
                self.attach(target)
            else:
                self.click(target, CommandKind.NOTE if roll < 0.7 else CommandKind.DISPATCH)

    def tabulate(self, source: str = "", township: str = "") -> None:
        """Give a report table: the first of its day, a correction, or by a form there is not."""
        if self.desk.opened is None:
            return
        dice, kind = self._dice, CommandKind.REPORT
        period = DAYS[0] if township else dice.choice(DAYS)
        township = township or dice.choice((*TOWNSHIPS, "t9"))
        self._world.marks += 1
        body = {
            "form": "daily", "edition": 9 if dice.random() < 0.1 else 1, "township": township,
            "period": period, "values": {"moved": str(self._world.marks)},
        }  # fmt: skip
        source = source or dice.choice(list(self.desk.sources))
        target = Key(source, Collection.REPORTS, report_id("daily", township, period))
        key = self._new_key()
        self._give(kind, target, body, key, lambda: self.desk.board.commands.submit(
            kind, target, body, key=key))  # fmt: skip

    def attach(self, target: Key, size: int = 0) -> None:
        """Attach a file, sometimes with its small picture, sometimes one that was sent before."""
        dice = self._dice
        size = size or int(10 ** (1 + 3.6 * dice.random() ** 2))
        mark = f"file {dice.choice((1, 2, dice.getrandbits(30)))}".encode()
        body = (mark + b" " + hashlib.sha256(mark).digest() * (size // 32 + 1))[: size + 12]
        small = a_thumbnail(body[:40]) if dice.random() < 0.4 else None
        key = self._new_key()
        named = {"file": {"digest": hashlib.sha256(body).hexdigest(), "size": len(body)}}
        name, kind = f"{mark.decode()}.jpg", "image/jpeg"
        self._give(CommandKind.ATTACH, target, named, key, lambda: self.desk.board.commands.attach(
            target, name, kind, body, thumbnail=small, key=key))  # fmt: skip

    # Second thoughts and answers.

    def withdraw(self, kind: CommandKind | None = None) -> None:
        """Take something back, or something of that kind."""
        self._on_some(
            lambda r: not r.state.is_final and kind in (None, r.command.kind),
            "withdrawn", self._command("cancel"),
        )  # fmt: skip

    def release(self) -> None:
        self._on_some(lambda r: r.state is CommandState.HELD, "released", self._command("release"))

    def give_up(self) -> None:
        self._on_some(lambda r: r.state is CommandState.HELD, "given up", self._command("give_up"))

    def dismiss(self) -> None:
        seen = {record.command.key for record in self._attention()}
        self._on_some(lambda r: r.command.key in seen, "dismissed", self._command("dismiss"))

    def hurry(self) -> None:
        self._on_some(lambda r: not r.state.is_final, "hurried", self._command("prioritise"))

    def delay(self) -> None:
        self._on_some(lambda r: not r.state.is_final, "delayed", self._command("deprioritise"))

    def resend(self) -> None:
        """Give anew what came back, with or without another text; sometimes pressed twice."""
        record = self._some(is_answerable)
        if record is None:
            return
        board, old = self.desk.board, record.command
        body = {**old.body, "text": self._text()} if "text" in old.body else None
        if body is None or self._dice.random() < 0.5:
            again = self._doing(lambda: board.answering.resend(old.key))
        else:
            again = self._doing(lambda: board.answering.rebase(old.key, body))
        if again is None:
            return
        self._say_resent(old.key, again)
        if self._dice.random() < 0.2:
            second = self._doing(lambda: board.answering.resend(old.key))
            if second is not None:
                self._say_resent(old.key, second)

    def _say_resent(self, key: str, again: CommandRecord) -> None:
        desk, command = self.desk, again.command
        officer, login = desk.officer, desk.logins.get(command.target.source, "")
        given = _given(again)
        lacks = [digest for digest in given["files"] if not desk.board.files.has(digest)]
        if abs(command.clock_at - desk.clock.now()) > A_MOMENT_MS:
            # It was given in its place before, by whoever it was under whatever login.
            officer, login, lacks = command.by, "", []
        self._say(
            "resent", key=key, by=command.key, command=given, officer=officer, login=login,
            lacks=lacks,
        )  # fmt: skip

    def draft(self) -> None:
        """Begin a note and leave it."""
        target = self._some_row()
        if target is not None:
            text = self._text()
            done = self._doing(lambda: (self.desk.board.commands.keep_draft(target, text),))
            if done is not None:
                self._say("draft kept", source=target.source, target=target.id, text=text)

    def refresh(self) -> None:
        """Press the button that asks for news."""
        if self.desk.opened is not None:
            self._say("refreshed")
            self.desk.board.commands.sync_now()

    def want_file(self, digest: str = "") -> None:
        """Ask for a file that a row names, the first or that one, and that is not here."""
        if self.desk.opened is None:
            return
        for number in self.desk.board.incident_numbers(EVERY):
            line = next(iter(self.desk.board.incident_rows([number])), None)
            detail = None if line is None else self.desk.board.incident(line.key)
            refs = () if detail is None else detail.incident.files
            ref = next((each for each in refs if digest in ("", each.digest)), None)
            if detail is not None and ref is not None:
                self._doing(lambda d=detail, r=ref: self.desk.board.files.want(d.key.source, r))
                self._say("file wanted", source=detail.key.source, digest=ref.digest)
                return

    def accept_server(self, source: str) -> bool:
        """Go on with the server that answers now."""
        if self.desk.opened is None or self.desk.is_busy:
            return False
        done = bool(self._doing(lambda: self.desk.board.commands.accept_server(source)))
        self._say("server accepted", source=source, done=done)
        return done

    # How it is done.

    def _give(
        self,
        kind: CommandKind,
        target: Key,
        body: dict[str, Any],
        key: str,
        call: Callable[[], CommandRecord],
    ) -> None:
        desk = self.desk
        if desk.opened is None:
            return
        leads_to = self._world.leads_to(desk).get(target.source, "")
        seen = self._seen(target)
        told = {
            "kind": kind.value, "source": target.source, "collection": target.collection.value,
            "target": target.id, "body": body, "key": key, "officer": desk.officer,
            "login": desk.logins.get(target.source, ""), "reached": leads_to,
            "clock_off_ms": round(desk.clock.off_s * 1000), "version": seen,
        }  # fmt: skip
        self._say("click began", **told)
        record = self._doing(call)
        if record is not None:
            self._say("click done", **{**told, **_given(record)})

    def _doing(self, call: Callable[[], Any]) -> Any:
        """Do it, unless the desk dies of it; None when nothing came of it."""
        desk = self.desk
        try:
            done = call()
        except Crash:
            desk.bury()
            return None
        except (StoreError, InvalidField, KeyError) as error:
            problem = error.problem.code if isinstance(error, StoreError) else str(error)
            self._say("click failed", problem=problem)
            return None
        if desk.disk.is_dead:
            desk.bury()
            return None
        desk.tell()
        return done

    def _on_some(
        self, wanted: Callable[[CommandRecord], bool], what: str, call: Callable[[str], Any]
    ) -> None:
        record = self._some(wanted)
        if record is None:
            return
        before = record.state.value
        done = self._doing(lambda: (call(record.command.key),))
        if done is not None:
            self._say(what, key=record.command.key, done=done[0] is not False, before=before)

    def _command(self, name: str) -> Callable[[str], Any]:
        def call(key: str) -> Any:
            return getattr(self.desk.board.commands, name)(key)

        return call

    def _some(self, wanted: Callable[[CommandRecord], bool]) -> CommandRecord | None:
        if self.desk.opened is None:
            return None
        found = [record for record in self.desk.records() if wanted(record)]
        return self._dice.choice(found) if found else None

    def _attention(self) -> list[CommandRecord]:
        return [] if self.desk.opened is None else self.desk.board.attention()

    def _seen(self, target: Key) -> int | None:
        """The version of a row that is on his screen."""
        if target.collection is Collection.REPORTS:
            given = self.desk.board.reports.list_given()
            return next((line.report.version for line in given if line.key == target), None)
        detail = self.desk.board.incident(target)
        if detail is not None:
            return detail.incident.version
        alarms = [
            each.alarm for group in self.desk.board.alarms() for each in (group, *group.followers)
        ]
        return next(
            (a.version for a in alarms if (a.source, a.id) == (target.source, target.id)), None
        )

    def _some_row(self) -> Key | None:
        if self.desk.opened is None:
            return None
        board = self.desk.board
        if self._dice.random() < 0.2:
            groups = board.alarms()
            if groups:
                alarm = self._dice.choice(groups).alarm
                return Key(alarm.source, Collection.ALARMS, alarm.id)
        lines = board.incident_rows(board.incident_numbers(EVERY, 12))
        if not lines:
            return None
        return lines[int(self._dice.random() ** 2 * len(lines))].key

    def _some_kind(self, target: Key) -> CommandKind | None:
        steps = self.desk.board.commands.steps(target)
        if self._dice.random() < 0.06:
            kinds = [k for k in CommandKind if self.desk.board.commands.accepts(target, k)]
            kinds = [k for k in kinds if k not in (CommandKind.CREATE, CommandKind.REPORT)]
            return self._dice.choice(kinds)
        return self._dice.choice(steps) if steps else None

    def _body(self, kind: CommandKind) -> dict[str, Any]:
        dice, now = self._dice, self.desk.board.now()
        text = {"text": self._text()}
        match kind:
            case CommandKind.CREATE:
                body: dict[str, Any] = {
                    "title": self._text(),
                    "level": dice.choice(("none", "major")),
                }
                if dice.random() < 0.4:
                    body["township"] = dice.choice((*TOWNSHIPS, "t9"))
                return body
            case CommandKind.ACKNOWLEDGE | CommandKind.UNSHELVE:
                return {}
            case CommandKind.DISPATCH:
                return {"unit": dice.choice(("蓝天救援队", "供电所")), **text}
            case CommandKind.VERIFY:
                return {"passed": dice.random() < 0.6, **text}
            case CommandKind.ESCALATE:
                return {"level": dice.choice(("ordinary", "major", "especially_major")), **text}
            case CommandKind.EXTEND:
                return {"due_at": now + int(dice.random() * 90) * HOUR_MS, **text}
            case CommandKind.DEFER:
                return {"until": now + int(dice.random() * 90) * HOUR_MS, **text}
            case CommandKind.SHELVE:
                return {"minutes": dice.choice((1, 30, 600)), **text}
            case _:
                return text

    def _text(self) -> str:
        self._world.marks += 1
        return f"字{self._world.marks}"

    def _new_key(self) -> str:
        return f"{self._dice.getrandbits(128):032x}"

    def _say(self, what: str, **told: Any) -> None:
        self._world.say(what, desk=self.desk.name, **told)


def _given(record: CommandRecord) -> dict[str, Any]:
    """What the desk kept of a click."""
    command = record.command
    file = command.body.get("file", {})
    return {
        "key": command.key, "kind": command.kind.value, "source": command.target.source,
        "collection": command.target.collection.value, "target": command.target.id,
        "body": command.body, "base": command.base, "seq": record.seq, "replaces": record.replaces,
        "at": command.at, "clock_at": command.clock_at,
        "files": [each for each in (file.get("digest"), file.get("thumbnail")) if each],
    }  # fmt: skip
