"""The native county API as a source: snapshot, changes, commands, files and hints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop.application.ports import (
    Cancelled,
    PullPlan,
    SourceError,
    SourceSettings,
)
from desktop.connectors.county import MANIFEST, commands, files
from desktop.connectors.county.changes import (
    Outdated,
    changes,
    list_lacking,
    read_hinted,
    stream_path,
    token_to_send,
)
from desktop.connectors.county.command_news import News, commands_path, read_news
from desktop.connectors.county.hints import Hints
from desktop.connectors.county.level1 import collection_named
from desktop.connectors.county.level2 import read_page
from desktop.connectors.county.mapping import COLLECTION_OF, text
from desktop.connectors.county.openings import Openings, Unkept
from desktop.connectors.county.repair import repair
from desktop.connectors.county.session import CountySession
from desktop.connectors.county.snapshot_download import Download, Replaced
from desktop.connectors.county.snapshot_reader import Snapshot, find_faults
from desktop.connectors.http.errors import refusal
from desktop.connectors.http.response import Reply
from desktop.connectors.services import Services
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.connectors.shared.send_individually import only_asking, send_individually
from desktop.domain.clock import CLOCK_OFF_MS
from desktop.domain.command import Collection, CommandRecord
from desktop.domain.incident import FileRef
from desktop.domain.link import TrafficClass
from desktop.domain.source import Batch, CommandResult, ProbeResult, Problem, Staged, SyncState
from desktop.domain.strange import strange_words
from desktop.wire import level1
from desktop.wire.level1 import MAGIC
from desktop.wire.level2 import MEDIA

if TYPE_CHECKING:
    from desktop.domain.bulletin import Published
    from desktop.wire.spoken_reports import SpokenAnswer

SNAPSHOT_TRIES = 2
PROBE_BYTES = 1024 * 1024
"""How much of a snapshot a probe asks for at once: it keeps none of it."""
COMMAND_STATUSES = (200, 400, 403, 409, 412, 413, 415, 422, 500)
JSON = "application/json"


class CountyConnector(ReadOnlySource):
    """A connector to one county's server."""

    def __init__(
        self,
        settings: SourceSettings,
        services: Services,
    ) -> None:
        super().__init__(settings, MANIFEST, services)
        self._clock = services.clock
        self._http = self.new_client(settings.address, lean=True)
        hints_http = self.new_client(settings.address, lean=True)
        self._county = CountySession(
            settings.id,
            self._http,
            services.clock,
            Openings(settings.id, services.installation or Unkept()),
            services.dictionaries(),
            settings.expected_period_s,
            partial(services.fingerprint, settings),
        )
        self._county.on_login = self._change_login
        self._http.marked = hints_http.marked = self._county.bears_mark
        self._at = ""
        """The token of the last pull."""
        self._hints = Hints(
            *(hints_http, services.clock),
            path=lambda: stream_path(self._county, self._at),
            frames=lambda: self._county.frames,
        )
        self._hint_used = 0
        self._offered: frozenset[Collection] | None = None
        self._lacks: frozenset[Collection] = frozenset()
        """Collections the county gives whose rows only a snapshot brings that is still to come."""
        self._taken: level1.Session | None = None
        """The session whose snapshot was fetched last."""
        self._plain_commands = False
        """Whether the server takes commands only as JSON, although it speaks level 2."""
        self._lean = False
        """Whether the last pull left out what nobody reads on a weak line."""

    def _change_login(self) -> None:
        for http in self.clients:
            http.forget_login()
            http.reset()

    def relay(self, bundle: bytes) -> bytes:
        """Hand on a courier bundle of whatever office; return its receipt.

        BundleRefused with the county's reason, SourceError when none came.
        """
        from desktop.connectors.county import courier  # Its ciphers would slow every start.

        return courier.relay(self._county, bundle)

    def hear(self, groups: Sequence[str], check: str, *, execute: bool) -> SpokenAnswer:
        """Hand on what was read over a telephone; return what the county says it is.

        BundleRefused with the county's reason, SourceError when none came.
        """
        from desktop.connectors.county import spoken  # Nobody telephones at the start.

        return spoken.ask(self._county, groups, check, execute=execute)

    def bulletins(self, tag: str, server: str, fingerprint: str) -> Published | None:
        """Return what that county publishes and signed with that key, unless it is as it was.

        BulletinRefused for anything else, SourceError when nothing came.
        """
        from desktop.connectors.county import bulletins  # Its ciphers would slow every start.

        return bulletins.fetch(self._county, tag, server, fingerprint)

    def probe(self) -> ProbeResult:
        session, snapshot = self._read_to_the_end()
        offered = frozenset(c for n in session.collections if (c := collection_named(n)))
        counts = Counter(COLLECTION_OF[type(row)] for row in snapshot.rows)
        unread = Counter(snapshot.more_bad)
        unread.update(item.collection for item in snapshot.bad_items if not item.field)
        return ProbeResult(
            product=f"{MAGIC} {text(session.county).in_language('zh_CN')}".strip(),
            county=text(session.county),
            fills=offered,
            counts={c: counts[c] for c in offered},
            clock_offset_ms=self._http.offset_ms,
            remarks=(*self._remarks(session), *find_faults(session, snapshot)),
            unread=dict(unread),
            strange=tuple(strange_words(snapshot.rows, COLLECTION_OF, self._services.codes())),
        )

    def _read_to_the_end(self) -> tuple[level1.Session, Snapshot]:
        """Open a session and read its snapshot up to the trailer, which alone proves it whole."""
        session = self._county.ensure_session()
        for attempt in range(SNAPSHOT_TRIES):
            if attempt:
                session = self._county.open()  # It names the newer one.
            plan = PullPlan(piece_bytes=PROBE_BYTES)
            download = Download(self._county, session, plan, progressive=False)
            try:
                for _ in download.batches():
                    pass  # Nothing is stored: a probe only reads.
            except Replaced:
                continue
            return session, download.snapshot
        raise self._no_snapshot(session)

    def _no_snapshot(self, session: level1.Session) -> SourceError:
        address = self._http.base_url + session.snapshot.lstrip("/")
        return SourceError(Problem("not_found", {"address": address}))

    def _remarks(self, session: level1.Session) -> Iterator[Problem]:
        offset_ms = self._http.offset_ms or 0
        if abs(offset_ms) > CLOCK_OFF_MS:
            yield Problem("clock_differs", {"seconds": str(round(offset_ms / 1000))})
        if session.drill:
            yield Problem("drill")
        unknown = [name for name in session.collections if collection_named(name) is None]
        if unknown:
            yield Problem("unknown_collections", {"names": ", ".join(unknown)[:200]})
        plain = urlsplit(self._http.base_url)
        if plain.scheme == "http" and plain.hostname not in ("127.0.0.1", "localhost", "::1"):
            yield Problem("not_encrypted", {"address": self._http.base_url})

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        plan = plan or PullPlan()
        self._lean, self._at = plan.lean, state.token or self._at
        # Once it was reached, a wrong certificate means a captive portal, not a wrong setting.
        self._http.known = self._http.known or state.epoch is not None
        try:
            if state.token is None and self._county.session is self._taken:
                self._county.forget()  # Its snapshot has been read: a newer one is wanted.
            self._county.doubt()
            session = self._county.ensure_session(rows_wanted=state.token is None, polling=True)
            if state.token is None:
                first = list(self._first_rows(session))
                yield from first
                if plan.allow_snapshot or not first:
                    yield from self._snapshot(state.staged, plan, progressive=True)
            elif self._needs_snapshot(session, state, plan):
                yield from self._snapshot(state.staged, plan, progressive=False)
            else:
                yield from self._changes(state, state.token, plan)
        except (SourceError, Cancelled):
            self._county.forget()
            raise

    def _needs_snapshot(self, session: level1.Session, state: SyncState, plan: PullPlan) -> bool:
        """Whether no changes lead on from the token: it is of before a restore, or of a desk that
        did not read all that is given."""
        if state.epoch is not None and state.epoch != session.epoch:
            return True
        self._lacks = list_lacking(session, state)
        return bool(self._lacks) and plan.allow_snapshot

    def _first_rows(self, session: level1.Session) -> Iterator[Batch]:
        """Yield the most critical incidents, if they came with the session."""
        page, self._county.first = self._county.first, None
        if page is not None and page.rows:
            read = read_page(self.settings.id, page)
            yield Batch(
                source=self.settings.id,
                puts=read.rows,
                row_keys=read.keys,
                epoch=session.epoch,
                account=session.account,
            )

    def _changes(self, state: SyncState, token: str, plan: PullPlan) -> Iterator[Batch]:
        pages = self._hints.take_pages()
        for page in pages:
            if (read := read_hinted(self._county, page.data, token)) is None:
                break
            yield read.batch
            token, self._hint_used = read.token, page.number
        else:
            if pages:
                return  # All that was hinted at is here.
        number = self._hints.number
        hint = number if number != self._hint_used else 0
        staged = None if token != state.token else state.staged
        try:
            for batch in changes(self._county, token, plan, hint):
                if batch.token is not None:
                    staged = None  # Its pieces are of a snapshot older than these rows.
                yield batch
        except Outdated as outdated:
            session = self._county.open()
            if outdated.went_back and session.epoch == state.epoch:
                # The same epoch, and yet it never gave that token: it was set back.
                self._county.openings.doubt_past()
                yield Batch(self.settings.id, epoch=session.epoch)
            yield from self._snapshot(staged, plan, progressive=False)
        self._hint_used = number

    def _snapshot(
        self, staged: Staged | None, plan: PullPlan, *, progressive: bool
    ) -> Iterator[Batch]:
        """Yield the whole state in one last batch; if nothing is cached, piece by piece before
        that.

        Only open work is shown early: history waits, and is written once with the rest.

        With rows already on screen only the last batch has rows, so that nothing of the old state
        changes until the new one is whole.
        """
        if not plan.allow_snapshot and not progressive:
            raise SourceError(Problem("budget_spent"))
        for attempt in range(SNAPSHOT_TRIES):
            if attempt:
                self._county.open()  # It has been replaced: a new session names the newer one.
            session = self._county.ensure_session()
            download = Download(self._county, session, plan, progressive=progressive)
            download.resume(staged if not attempt else None)
            try:
                for batch in download.batches():
                    yield batch
                    if not plan.allow_snapshot:
                        return
            except Replaced:
                continue
            self._taken = session
            self._lacks = frozenset()  # Nobody may come back here after the last batch.
            batch = download.snapshot.batch(session.collections, session.account)
            self._at = batch.token or self._at
            yield batch
            return
        raise self._no_snapshot(session)

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        return self._send(records, None)[0]

    def may_follow(self, state: SyncState) -> bool:
        session = self._county.session
        if session is None or not self._compact_commands:
            return False
        return bool(token_to_send(self._county, session, state))

    def send_and_follow(
        self, records: Sequence[CommandRecord], state: SyncState
    ) -> tuple[list[CommandResult], Sequence[Batch]]:
        with self._hints.hold_back():
            answers, read = self._send(records, state)
            if read is None or not answers:
                return answers, ()  # What answers none of these may have answered others.
            batches, hint = read
            self._county.proven()
            self._hints.cover(hint)
            return answers, batches

    def _send(
        self, records: Sequence[CommandRecord], state: SyncState | None
    ) -> tuple[list[CommandResult], News | None]:
        """Send the commands; return the answers and, with a state, what is new since."""
        with only_asking():
            session = self._county.session_to_send()
        token = "" if state is None else token_to_send(self._county, session, state)
        reply = self._post_commands(records, session, token)
        if self._compact_commands and self._wants_json(reply, records):
            self._plain_commands = True
            reply = self._post_commands(records, session)
        if reply.status == 200:
            targets = {record.command.key: record.command.target for record in records}
            answers = commands.decode(reply, targets, session.epoch, self._county.frames)
            return answers, read_news(self._county, self._hints, reply, token) if token else None
        return self._judge_refusal(records, reply), None

    def _judge_refusal(self, records: Sequence[CommandRecord], reply: Reply) -> list[CommandResult]:
        """Return the answers that a refusal gives, or those to each command sent by itself."""
        if reply.status in (409, 412):
            self._county.forget()
            raise SourceError(Problem("epoch_changed", {"address": reply.url}), retry_after_s=0.0)
        if len(records) > 1:
            return send_individually(records, lambda record: self.send([record]))
        refused = reply.status != 500
        answer = commands.rejection(reply, records[0].command.key) if refused else None
        if answer is None:
            raise refusal(reply.status, reply.headers, reply.url, reply.body)
        return [answer]

    def _wants_json(self, reply: Reply, records: Sequence[CommandRecord]) -> bool:
        """Whether the server refuses the level 2 form: older ones do not support clocks in it."""
        if reply.status == 415:
            return True
        return reply.status == 400 and commands.tell_clocks(records, self._http.offset_ms or 0)

    @property
    def _compact_commands(self) -> bool:
        return self._county.compact and not self._plain_commands

    def _post_commands(
        self, records: Sequence[CommandRecord], session: level1.Session, token: str = ""
    ) -> Reply:
        frames = self._county.frames if self._compact_commands else None
        token = "" if frames is None else token
        reply = self._http.post(
            commands_path(self._county, token, lean=self._lean, streamed=self._hints.brings_own),
            commands.encode(
                *(records, session, self._county.client, frames), self._http.offset_ms or 0
            ),
            content=JSON if frames is None else MEDIA,
            # A level 2 request is answered at level 2 unasked.
            accept=self._county.accept if frames is None else "",
            expect=COMMAND_STATUSES,
            # Over a dead connection it may go out again at once: the same bytes under the
            # same keys, each of which the server does once at most.
            again=True,
        )
        return self._county.note_age(reply)

    def states(self, keys: Sequence[str]) -> list[CommandResult]:
        epoch = self._county.ensure_session().epoch
        reply = self._county.get("v1/commands?keys=" + ",".join(keys), kind=TrafficClass.COMMANDS)
        return commands.states(reply, frozenset(keys), epoch, self._county.frames)

    def repair(self, sums: Sequence[int]) -> Iterator[Batch]:
        try:
            yield from repair(self._county, sums)
        except (SourceError, Cancelled):
            self._county.forget()
            raise

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        return files.upload(self._county, ref, offset, piece)

    def download(self, digest: str, offset: int, most: int) -> bytes:
        return files.download(self._county, digest, offset, most)

    def package(self, digest: str, offset: int, most: int, most_of_whole: int) -> bytes:
        """Return a piece of a package of the program, as `files.download` does."""
        return files.download(self._county, digest, offset, most, files.PACKAGES, most_of_whole)

    def file_limit(self) -> int | None:
        session = self._county.session
        return None if session is None else session.file_limit

    def wait_for_hint(self, timeout_s: float) -> bool:
        return self._hints.wait(timeout_s)

    def epoch(self) -> str | None:
        return self._county.ensure_session().epoch

    def stream_heard_s(self) -> float | None:
        return self._hints.heard_s

    def proven_s(self) -> float | None:
        proven_s, streamed_s = self._county.proven_s, self._hints.proven_s
        if proven_s is not None and streamed_s is not None:
            proven_s = max(proven_s, streamed_s)
        known = (each for each in (proven_s, self._county.data_s) if each is not None)
        return min(known, default=None)

    def reset(self) -> None:
        self._county.on_network_change()
        self._hints.on_network_change()
        super().reset()

    def account(self) -> str:
        session = self._county.session
        return "" if session is None else session.account

    def townships(self) -> frozenset[str] | None:
        session = self._county.session
        return frozenset(session.townships) if session and session.townships else None

    def collections_offered(self) -> frozenset[Collection] | None:
        session = self._county.session
        if session is not None:
            told = frozenset(c for n in session.collections if (c := collection_named(n)))
            self._offered = self.manifest.fills & told - self._lacks
        return self._offered

    def clock_offset_ms(self) -> int | None:
        return self._http.offset_ms

    def close(self) -> None:
        super().close()
        self._hints.close()
