"""The session with a county's server: its identity is checked, and level and dictionary are
agreed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from desktop.application.ports import DiskCopied, OtherServer, SourceError
from desktop.connectors.county.openings import Openings
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.errors import excerpt, refusal
from desktop.connectors.http.response import Reply, Stream, decode_json
from desktop.domain.clock import Clock
from desktop.domain.instant import Instant, from_datetime
from desktop.domain.link import TrafficClass
from desktop.domain.source import Problem
from desktop.protocol import limits
from desktop.wire.level1 import DRILL, MAGIC, ProblemDetails, Session, SessionRequest
from desktop.wire.level2 import MEDIA, Frames, Page, WireError, decode_session
from desktop.wire.mark import DATA_TIME, HEADER, mark

MOST_UNPACKED = limits.SECTION_BYTES
BELIEVED_S, BELIEVED_LEVEL_1_S = 600.0, 3600.0
"""On an unencrypted line the longest time after an answer last bore the magic or the nonce until a
new session is begun: marks may come out of a cache that keeps what it must not. An idle hour's
bytes have room for six sessions more at level 2 and for one at level 1."""
LOGIN_KEPT_S = 5.0
"""How long the login counts as unchanged where only rows are asked for: to ask the keyring costs as
much as a poll."""
CHOOSY = (400, 404, 406, 422)
UNNAMED = "-"
"""Identity of a server that gives no name."""
GZIP = {"Accept-Encoding": "gzip"}


class CountySession:
    """The connection to one county's server, always used from the worker's thread.

    The level is agreed on anew with each session: JSON in the answer means level 1.
    """

    def __init__(
        self,
        source: str,
        http: HttpClient,
        clock: Clock,
        openings: Openings,
        dictionaries: Mapping[str, bytes],
        period_s: float = 30.0,
        login: Callable[[], str] = lambda: "",
    ) -> None:
        """`period_s` is how long rows count as fresh after an answer; `login` returns the
        fingerprint of the current login token."""
        self.source = source
        self.http = http
        self.openings = openings
        self.session: Session | None = None
        self.compact = False
        """Whether both ends speak level 2."""
        self.strict = False
        """Whether the server refuses parameters it does not know."""
        self.first: Page | None = None
        """The most critical incidents, received with the session and not yet shown."""
        self._login = login
        self._used_login: str | None = None
        """Fingerprint of the login that the last session was opened with; None before the first."""
        self._compared_s = 0.0
        """When that was last compared with the current login."""
        self.on_login: Callable[[], None] = lambda: None
        """Called when the login token is another than for the session before."""
        self._met_s = 0.0
        """When an answer last bore the magic or the nonce."""
        self._proven_s = 0.0
        """When an answer last proved to be the server's, by magic, nonce or mark."""
        self._encrypted = http.base_url.lower().startswith("https:")
        self._data_at: Instant | None = None
        self._server = ""
        """The name of the server that answered last; its marks are made from the name."""
        self._marks = self._unmarked = self._doubted = False
        """Whether the server has marked an answer in this session; whether the last answer had no
        mark; whether a session was begun because of that."""
        self._period_s = period_s
        self._clock = clock
        self._known_jumps = 0
        """The clock's count of jumps when the session was opened."""
        self._dictionaries = dictionaries
        self._frames: Frames | None = None

    @property
    def frames(self) -> Frames:
        """The coder of small level 2 frames, with the agreed dictionary."""
        if self._frames is None:
            self._frames = Frames(self._dictionaries)
        return self._frames

    @property
    def accept(self) -> str:
        """The media type to ask for; empty at level 1, the server's default."""
        return MEDIA if self.compact else ""

    @property
    def client(self) -> str:
        """The installation's random name."""
        return self.openings.client

    def ensure_session(self, *, rows_wanted: bool = False, polling: bool = False) -> Session:
        """Return the session in use, or a new one: also when the login token has changed.

        Also when this computer's clock has jumped since, as its offset is then unknown. With
        `polling` a login compared a few seconds ago is not compared again.
        """
        self._forget_outdated(polling=polling)
        return self.session or self.open(rows_wanted=rows_wanted)

    def session_to_send(self) -> Session:
        """Return the session in use, or the very first.

        Raises SourceError `session_changed` where another one must be opened: its epoch, and whose
        account it is, are to be looked at before any command goes out under it.
        """
        self._forget_outdated(polling=False)
        if self.session is None and self._used_login is not None:
            changed = Problem("session_changed", {"address": self.http.base_url})
            raise SourceError(changed, retry_after_s=0.0)
        return self.session or self.open()

    def _forget_outdated(self, *, polling: bool) -> None:
        """Drop the session of another login, or of before this computer's clock jumped."""
        if self.session is not None and (
            self._is_other_login(polling=polling) or self._clock_jumps() != self._known_jumps
        ):
            self.forget()

    def _is_other_login(self, *, polling: bool) -> bool:
        now_s = self._clock.monotonic_s()
        if polling and now_s - self._compared_s < LOGIN_KEPT_S:
            return False
        self._compared_s = now_s
        return self._login() != self._used_login

    def open(self, *, rows_wanted: bool = False) -> Session:
        """Open a new session; SourceError when the answer is not from a county's server.

        The nonce comes back only from a server that read our request: a captive portal or a stale
        proxy cache cannot have it. With `rows_wanted` a level 2 server gives the most critical rows
        in the same round trip.
        """
        self.forget()
        self.http.begin()  # Meanwhile the keyring is read and the opening stored.
        self._compared_s, login = self._clock.monotonic_s(), self._login()
        if self._used_login not in (None, login):
            self.on_login()
        self._used_login = login
        self._known_jumps = self._clock_jumps()
        asked = self.openings.begin(tuple(self._dictionaries))
        try:
            session = self._agree(asked, rows_wanted=rows_wanted)
        except OtherServer:
            raise  # It got the opening, and may serve this county's data, as for a drill.
        except SourceError as error:
            if not error.may_have_left:
                self.openings.withdraw(asked)
            raise
        self.openings.end(asked, session, identity_of(session), login)
        if self.compact:
            self._frames = self.frames.using(session.dictionary)
        self.http.note_server_time(from_datetime(session.server_time))
        self.http.known = True
        self.proven()
        self._server, self._marks = session.server, False
        self.session = session
        return session

    def _clock_jumps(self) -> int:
        self._clock.now()  # Reading it detects jumps.
        return int(getattr(self._clock, "jumps", 0))

    def _agree(self, asked: SessionRequest, *, rows_wanted: bool) -> Session:
        """Request a session and return it; raises unless it is of the server this desk's commands
        belong to."""
        reply = self._post(asked, rows_wanted=rows_wanted)
        session = self._read(reply)
        if session.magic != MAGIC:
            self.first = None
            raise not_county_api(reply.url, session.magic)
        if not secrets.compare_digest(session.nonce.encode(), asked.nonce.encode()):
            self.first = None
            details = {"address": reply.url, "expected": asked.nonce}
            raise SourceError(Problem("wrong_nonce", details | {"got": excerpt(session.nonce)}))
        known, now = self.openings.binding.server, identity_of(session)
        if not is_same_server(known, now):
            self.first = None
            begun = self.openings.begin_of(asked, session, now)
            raise OtherServer(self.http.base_url, begun, drill=session.drill)
        return session

    @property
    def proven_s(self) -> float | None:
        """When an answer last proved to be the server's; None under TLS, which proves each
        answer."""
        return None if self._encrypted else self._proven_s

    @property
    def data_s(self) -> float | None:
        """The time of the rows on the monotonic clock, if the server says that they are older than
        its answers."""
        if self._data_at is None:
            return None
        return self._clock.monotonic_s() - max(0, self._clock.now() - self._data_at) / 1000

    def note_age(self, reply: Reply) -> Reply:
        """Note the time of the rows that an answer states, and return the answer."""
        with suppress(ValueError):
            said = reply.headers.get(DATA_TIME)
            self._data_at = None if said is None else from_datetime(datetime.fromisoformat(said))
        return reply

    def proven(self) -> None:
        """Note an answer that only a county's server can give."""
        self._met_s = self._proven_s = self._clock.monotonic_s()
        self._unmarked = False

    def note_reply(self, reply: Reply) -> None:
        """Note an answer that any host could give: it counts as proof only if it bears the mark."""
        if self.bears_mark(reply.url, reply.headers):
            self._proven_s = self._clock.monotonic_s()
            self._marks, self._unmarked = True, False
        else:
            self._unmarked = True

    def bears_mark(self, url: str, headers: Mapping[str, str]) -> bool:
        """Whether an answer bears the mark of the server that gave its name in the session."""
        said = headers.get(HEADER, "")
        wanted = mark(self._server, urlsplit(url).query)
        return bool(self._server) and secrets.compare_digest(said.encode(), wanted.encode())

    @property
    def is_sure(self) -> bool:
        """Whether the last answer surely came from the server."""
        return self._encrypted or not self._unmarked

    def doubt(self) -> None:
        """Drop the session if answers may have come from a captive portal for some time.

        If a server that marks its answers stops doing so, and once on each network for one without
        marks, that is as soon as the proof is older than the period. From then on such a server's
        rows age until its next session: an idle hour's byte budget allows no more sessions.
        """
        if self._encrypted:
            return
        now_s = self._clock.monotonic_s()
        unproven = self._unmarked and now_s - self._proven_s > self._period_s
        if unproven and (self._marks or not self._doubted):
            self._doubted = True
            self.forget()
        if now_s - self._met_s > (BELIEVED_S if self.compact else BELIEVED_LEVEL_1_S):
            self.forget()

    def on_network_change(self) -> None:
        """Allow new doubt about the answers: another host may now be in between."""
        self._doubted = False

    def _post(self, asked: SessionRequest, *, rows_wanted: bool) -> Reply:
        path = "v1/session" if rows_wanted else "v1/session?first=0"
        body = msgspec.json.encode(asked)
        reply = self._offer(path, body, MEDIA, (200, 409, *CHOOSY))
        if reply.status in CHOOSY and asked.earlier:
            # A server may know all fields but this, the newest.
            body = msgspec.json.encode(msgspec.structs.replace(asked, earlier=()))
            reply = self._offer(path, body, MEDIA, (200, 409, *CHOOSY))
        if reply.status in CHOOSY:
            # A level 1 server may reject fields it does not support.
            bare = msgspec.json.encode(SessionRequest(asked.nonce, asked.client))
            reply = self._offer("v1/session", bare, "", (200,))
        if reply.status == 409:
            raise self._clash(reply)
        return reply

    def _clash(self, reply: Reply) -> SourceError:
        """Return the error for a session refused because of another one."""
        details = decode_json(reply.body, ProblemDetails, reply.url)
        if details.type.rpartition(":")[2] == "copy":
            return DiskCopied(reply.url)
        return refusal(reply.status, reply.headers, reply.url, reply.body)

    def _offer(self, path: str, body: bytes, accept: str, expect: tuple[int, ...]) -> Reply:
        # A session opened twice does no harm: the newer one counts.
        reply = self.http.post(
            path, body, accept=accept, expect=expect, kind=TrafficClass.CHANGES, again=True
        )
        return self.note_age(reply)

    def _read(self, reply: Reply) -> Session:
        self.compact = is_compact(reply)
        if not self.compact:
            return reply.decode(Session)
        try:
            session, self.first = decode_session(reply.body, self.frames, MOST_UNPACKED)
        except WireError as error:
            raise undecodable(reply.url, error, reply.body) from None
        return session

    def forget(self) -> None:
        """Drop the session; the next request opens a new one."""
        self.session = self.first = None

    def get(
        self,
        path: str,
        *,
        expect: tuple[int, ...] = (200,),
        kind: TrafficClass = TrafficClass.CHANGES,
        packed: bool = True,
    ) -> Reply:
        """Request an answer at the agreed level; with `packed` JSON may come as gzip."""
        headers = GZIP if packed and not self.compact else {}
        reply = self.http.get(path, accept=self.accept, headers=headers, expect=expect, kind=kind)
        return self.note_age(reply)


def identity_of(session: Session) -> str:
    """Return the identity of a server: a drill is another one, also on a copy of the real data."""
    return (session.server or UNNAMED) + (DRILL if session.drill else "")


def is_same_server(known: str, now: str) -> bool:
    """Whether a desk's commands may go to this server: it is the first one to answer, or the same.

    A server that gave no name and now does counts as the same, upgraded.
    """
    if not known or known == now:
        return True
    unnamed = known.removesuffix(DRILL) == UNNAMED
    return unnamed and known.endswith(DRILL) == now.endswith(DRILL)


def is_compact(reply: Reply | Stream) -> bool:
    """Whether an answer is of level 2."""
    said = reply.headers.get("Content-Type", "")
    return said.partition(";")[0].strip().lower() == MEDIA


def not_county_api(address: str, magic: str) -> SourceError:
    """Return the error for an answer with another magic than ours: it is not the county API."""
    details = {"address": address, "expected": MAGIC, "got": excerpt(magic) or "-"}
    return SourceError(Problem("wrong_magic", details))


def undecodable(address: str, error: WireError, body: bytes = b"") -> SourceError:
    """Return the error for level 2 bytes that cannot be decoded."""
    details = {"address": address, "reason": str(error), "excerpt": excerpt(body[:64].hex())}
    return SourceError(Problem("not_understood", details))
