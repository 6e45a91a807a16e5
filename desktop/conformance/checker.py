"""The run of every rule on one server, in a sequence in which causes fail before consequences."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from desktop.conformance import rules
from desktop.conformance.bulletins import judge_bulletins
from desktop.conformance.caller import Caller
from desktop.conformance.changes import ChangesReader, judge_pages, judge_stream, judge_tokens
from desktop.conformance.command_client import CommandClient
from desktop.conformance.commands import CommandRules, judge_restart
from desktop.conformance.files import FileRules
from desktop.conformance.findings import Blocked, Plain, Report
from desktop.conformance.level2 import Compact
from desktop.conformance.line import Line, Unreachable
from desktop.conformance.schema import Schemas
from desktop.conformance.session import (
    Opened,
    judge_again,
    judge_refusals,
    open_session,
)
from desktop.conformance.snapshot import SnapshotReader, judge_copies
from desktop.conformance.sums import judge_sums
from desktop.wire.level2 import Frames

AWAKE_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TOLD = ("county", "server", "epoch", "account", "townships", "collections", "drill", "sums")


class NotADrill(Exception):
    """Commands were to be tested, but the server serves no drill: none was sent to it."""


class Plan(msgspec.Struct, frozen=True):
    """What a run is to try."""

    write: bool = False
    """Whether to submit commands; only a server that serves a drill gets any."""
    restart: Callable[[], bool] | None = None
    """Restarts the server and returns whether it did."""
    old_token: str | None = None
    """A token older than the server's retention of changes."""
    stream_s: float = 2.0
    """How long to listen to the hints."""


class Checker:
    """Runs all rules on one server; afterwards the report has a verdict for each."""

    def __init__(
        self,
        line: Line,
        document: Mapping[str, Any],
        dictionaries: Mapping[str, bytes],
        plan: Plan,
    ) -> None:
        """`document` is the published OpenAPI document by which the answers are judged."""
        self.report = Report(rules.RULES)
        self._caller = Caller(line, self.report, Schemas(document))
        self._dictionaries = dictionaries
        self._plan = plan
        self._client = f"conformance-{secrets.token_hex(4)}"

    def run(self) -> Report:
        """Try every rule; raises Unreachable without a server, NotADrill before any command."""
        report = self.report
        session = self._part(rules.SESSION, lambda: open_session(self._caller, self._client))
        if session is None:
            report.leave(rules.RULES, "because", self._first_failure())
            return report
        report.told = {name: session.get(name) for name in TOLD}
        if self._plan.write and session.get("drill") is not True:
            raise NotADrill
        session = self._part(rules.SESSION, lambda: judge_again(self._caller, session)) or session
        self._part(rules.SESSION, lambda: judge_refusals(self._caller))
        reader = self._read(session)
        self._part(rules.BULLETINS, lambda: judge_bulletins(self._caller))
        compact = self._compact(session, reader)
        if not self._plan.write:
            report.leave(rules.WRITING, "not_asked")
        elif reader is None or report.has_failed("session_shape"):
            report.leave(rules.WRITING, "because", self._first_failure())
        else:
            self._write(session, reader, None if compact is None else compact.frames)
            if compact is not None and compact.rows:
                # The commands' effects come as field patches, among them lists that grew.
                self._part(rules.LEVEL2_CHANGES, compact.follow)
                self._part(rules.CHANGES, reader.follow)
                self._part(rules.LEVEL2_SNAPSHOT, partial(compact.compare, reader))
        report.leave(rules.RULES, "nothing_to_judge")
        return report

    def _part(self, group: Sequence[str], work: Callable[[], Any]) -> Any:
        """Run a group of rules and return the result of `work`; None when it could not go on."""
        try:
            return work()
        except Blocked as blocked:
            self.report.leave(group, "because", blocked.rule)
        except Unreachable as error:
            if self.report.outcomes["line_answers"].tried == 0:
                raise
            request, _, reason = str(error).partition(": ")
            self.report.judge(
                "line_answers", False, request=request, path="-", expected="HTTP/1.1", got=reason
            )
            self.report.leave(group, "because", "line_answers")
        except UNFIT as error:
            # An answer of an unforeseen shape is a finding and does not end the run.
            rules_left = [each for each in group if not self.report.outcomes[each].tried]
            rule = next(iter(rules_left), group[0])
            got = f"{type(error).__name__}: {error}"
            self.report.judge(rule, False, expected=Plain("an answer to judge"), got=got)
            self.report.leave(group, "because", rule)
        return None

    def _first_failure(self) -> str:
        return next(iter(self.report.failures), "session_status")

    def _read(self, session: Opened) -> ChangesReader | None:
        """Judge snapshot, changes, sums and hints; return the reader of current rows, or None."""
        found = SnapshotReader(self._caller, session)
        self._part(rules.SNAPSHOT, found.read)
        if found.answer is not None and found.answer.status == 200:
            whole = found.answer
            self._part(rules.SNAPSHOT, lambda: judge_copies(self._caller, session, whole))
        if not found.held.token:
            self.report.leave(rules.CHANGES + rules.SUMS, "because", self._first_failure())
            self._part(rules.STREAM, lambda: judge_stream(self._caller, self._plan.stream_s))
            return None
        trusted = self.report.outcomes["snapshot_sum"].verdict == "pass"
        first, start = found.held.token, found.held.copy()
        reader = ChangesReader(self._caller, session, found.held, trusted=trusted)
        self._part(rules.CHANGES, reader.follow)
        last = reader.held.token
        self._part(
            rules.CHANGES,
            lambda: judge_tokens(self._caller, first, last, self._plan.old_token),
        )
        self._part(rules.CHANGES, partial(judge_pages, self._caller, session, reader, start))
        if session.get("sums"):
            self._part(rules.SUMS, lambda: judge_sums(self._caller, reader, session))
        else:
            self.report.leave(rules.SUMS, "no_sums")
        self._part(rules.STREAM, lambda: judge_stream(self._caller, self._plan.stream_s))
        return reader

    def _compact(self, session: Opened, reader: ChangesReader | None) -> Compact | None:
        """Judge all of level 2 that can be read, if the server has it."""
        compact = Compact(self._caller, session, self._dictionaries)
        opened = self._part(rules.LEVEL2, compact.open)
        if not opened:
            self.report.leave([*rules.LEVEL2, *rules.COMMANDS_LEVEL2], "no_level2")
            return None
        self._part(rules.LEVEL2_SNAPSHOT + rules.LEVEL2_CHANGES, compact.read_snapshot)
        if compact.rows:
            if reader is not None:
                self._part(rules.LEVEL2_SNAPSHOT, partial(compact.compare, reader))
            self._part(rules.LEVEL2_CHANGES, compact.follow)
            if session.get("sums"):
                self._part(rules.LEVEL2_BUCKETS, compact.judge_buckets)
            else:
                self.report.leave(rules.LEVEL2_BUCKETS, "no_sums")
        return compact

    def _write(self, session: Opened, reader: ChangesReader, frames: Frames | None) -> None:
        # Sessions opened since have newer fences.
        mine = self._part(rules.COMMANDS, lambda: open_session(self._caller, session.client))
        theirs = self._part(
            rules.COMMANDS, lambda: open_session(self._caller, session.client + "-other")
        )
        if mine is None or theirs is None:
            return
        client = CommandClient(self._caller, mine, reader)
        commands = CommandRules(client, CommandClient(self._caller, theirs, reader))
        self._part(rules.COMMANDS, lambda: commands.judge(frames))
        if not session.get("file_limit"):
            self.report.leave(rules.FILES, "no_files")
        elif commands.kept is not None:
            self._part(rules.FILES, FileRules(client, commands.target).judge)
        if commands.kept is None:
            self.report.leave(rules.RESTART, "because", "commands_effect")
        elif self._plan.restart is None or not self._plan.restart():
            self.report.leave(rules.RESTART, "no_restart")
        else:
            self._await()
            self._part(rules.RESTART, lambda: judge_restart(commands, client))

    def _await(self) -> None:
        """Wait until the server answers again, for a minute at most."""
        last_s = time.monotonic() + AWAKE_WITHIN_S
        while time.monotonic() < last_s:
            try:
                self._caller.line.ask("GET", "/v1/nothing-of-this-name")
                return
            except Unreachable:
                time.sleep(LOOK_EVERY_S)
