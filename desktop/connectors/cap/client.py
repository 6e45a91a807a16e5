"""CAP feeds as a source of warnings."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import msgspec

from desktop.application.ports import PullPlan, SourceError, SourceSettings
from desktop.connectors.cap import MANIFEST
from desktop.connectors.cap.areas import AreaTable, read_areas
from desktop.connectors.cap.blocks import Tables, message_of
from desktop.connectors.cap.feed import Listing, read_feed
from desktop.connectors.cap.levels import LevelTable, read_levels
from desktop.connectors.cap.message import MARK, Feed, Message, read_message
from desktop.connectors.cap.resolve import ActiveWarnings, distinct, resolve
from desktop.connectors.cap.xml import Unreadable, parse_xml, words
from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.validators import validators_of
from desktop.connectors.services import Services
from desktop.connectors.shared.read_only_source import ReadOnlySource
from desktop.domain.clock import computer_now
from desktop.domain.command import Collection, CommandRecord, CommandState
from desktop.domain.instant import DAY, HOUR, Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import (
    Batch,
    CommandResult,
    ProbeResult,
    Problem,
    SyncState,
    UnreadableItem,
)
from desktop.domain.strange import strange_words
from desktop.domain.warning import Warning
from desktop.protocol import limits

FEED_BYTES = limits.FEED_BYTES
MESSAGE_BYTES = limits.MESSAGE_BYTES
MAX_MESSAGES = limits.MESSAGES
MAX_AWAY, MAX_FAILURES = 3, 20
"""How many messages of one feed in a row may get no answer, and may fail in any way; beyond either
its server is taken to be down. So it is when all its messages fail."""
ANSWERED = frozenset({"not_found", "forbidden", "request_refused", "inside_address", "too_large"})
WARNINGS: Mapping[type[Any], Collection] = {Warning: Collection.WARNINGS}
HOME = ""
"""The entry in the token that records which feed was the first."""
ACCEPT = "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml"


T = TypeVar("T")


class _Document(msgspec.Struct, frozen=True):
    """The content of one message address when it was last read."""

    mark: str
    messages: tuple[Message, ...] = ()
    bad_items: tuple[UnreadableItem, ...] = ()
    retry: bool = False
    """Whether it could not be fetched and must be fetched again."""


class _Feed:
    """One feed address with the content that was last read from it."""

    def __init__(self, url: str, http: HttpClient, origin: Feed) -> None:
        self.url = url
        self.http = http
        self.origin = origin
        self.is_inside = False
        """Whether the listing came from a private address: only then may its links lead to one."""
        self.validators: dict[str, str] = {}
        """Kept in memory only: after a restart the messages are gone too, and all is read again."""
        self.listing: Listing | None = None
        self.inside = _Document("")
        self.documents: dict[str, _Document] = {}

    def all_documents(self) -> list[_Document]:
        return [self.inside, *self.documents.values()]


class CapConnector(ReadOnlySource):
    """The feeds of one issuer or hub.

    A warning that drops out of its feed stays until it runs out, is updated or is
    cancelled: many feeds list only the latest few messages.
    """

    def __init__(
        self,
        settings: SourceSettings,
        services: Services,
        *,
        levels: LevelTable = (),
        areas: AreaTable = AreaTable(),  # noqa: B008 - a constant
    ) -> None:
        values = settings.values
        super().__init__(settings, MANIFEST, services)
        self._clock = services.clock
        self._given_tables = Tables(levels, areas)
        self._read_tables: Tables | None = None
        self._link_hosts = tuple(map(str, values.get("link_hosts") or ()))
        urls = list(dict.fromkeys(str(each) for each in values["feeds"]))
        trusted = frozenset(map(str, values.get("trusted_senders") or ()))
        marks = tuple(_mark(number, url) for number, url in enumerate(urls))
        self._feeds = [
            _Feed(url, self.new_client(url), Feed(mark, marks, trusted))
            for url, mark in zip(urls, marks, strict=True)
        ]
        self._home = zlib.crc32(urls[0].encode()) if urls else 0
        self._messages: dict[str, Message] = {}
        self._left_out = 0
        """How many messages were read beyond those that are kept."""
        self._given: dict[str, Warning] = {}

    def probe(self) -> ProbeResult:
        for feed in self._feeds:
            self._refresh(feed)
        active = self._active()
        remarks: list[Problem] = []
        signed = sum(message.signed for message in self._messages.values())
        if signed:
            remarks.append(Problem("signature_unchecked", {"count": str(signed)}))
        bad = len(self._bad_items())
        rows = distinct(active.warnings)
        if bad:
            remarks.append(Problem("unreadable_items", {"count": str(bad)}))
        return ProbeResult(
            product=f"CAP ({len(self._feeds)})",
            fills=MANIFEST.fills,
            counts={Collection.WARNINGS: len(rows)},
            clock_offset_ms=self.clock_offset_ms(),
            remarks=tuple(remarks),
            strange=tuple(strange_words(rows.values(), WARNINGS, None)),
        )

    def pull(
        self,
        state: SyncState,
        plan: PullPlan | None = None,  # noqa: ARG002
    ) -> Iterator[Batch]:
        """Yield the warnings of the feeds that answer; then raise the failure of one that does
        not."""
        failure: SourceError | None = None
        for feed in self._feeds:
            try:
                self._refresh(feed)
            except SourceError as error:
                failure = failure or error
        if failure is not None and not any(feed.listing for feed in self._feeds):
            raise failure
        yield self._batch(state, whole=failure is None)
        if failure is not None:
            raise failure

    def _batch(self, state: SyncState, *, whole: bool) -> Batch:
        if state.token is None:
            self._given = {}
        # On the feed's clock: by a wrong clock here, warnings in force would seem to have ended.
        now = computer_now(self._clock) + (self.clock_offset_ms() or 0)
        known = _read_token(state.token)
        home = known.pop(HOME, self._home)
        before = known.keys() | self._given.keys()
        if home != self._home and whole:
            # Ids without a suffix were another first feed's: do not wait for its messages.
            known = {id: at for id, at in known.items() if MARK in id}
            home = self._home
        active = self._active()
        listed = self._list()
        until = {
            id: self._until(warning, known.get(id), now, listed=id in listed)
            for id, warning in active.warnings.items()
        }
        kept = {id: at for id, at in {**known, **until}.items() if at > now or id in listed}
        kept = {id: at for id, at in kept.items() if self._stands(id, active)}
        messages = {message_of(id) for id in active.warnings}
        for message in messages - {message_of(id) for id in kept}:
            self._messages.pop(message, None)
        stand = {id: w for id, w in active.warnings.items() if id in kept}
        rows = distinct(stand)
        puts = tuple(w for id, w in rows.items() if self._given.get(id) != w)
        gone = (before | active.gone) - kept.keys() | (before & (stand.keys() - rows.keys()))
        self._given = rows
        bad = self._bad_items()
        first = state.token is None and whole and not bad
        token = msgspec.json.encode(dict(sorted({**kept, HOME: home}.items()))).decode()
        return Batch(
            source=self.settings.id,
            puts=puts,
            deletes=tuple((Collection.WARNINGS, id) for id in sorted(gone)),
            complete=frozenset({Collection.WARNINGS}) if first else frozenset(),
            token=None if token == state.token else token,
            bad_items=bad,
            reread=frozenset({Collection.WARNINGS}),
        )

    def _stands(self, id: str, active: ActiveWarnings) -> bool:
        """Whether its message still gives this row: an earlier version made other rows of it."""
        message = message_of(id)
        return message not in active.gone and (
            id in active.warnings or message not in self._messages
        )

    def _until(
        self, warning: Warning, before: Instant | None, now: Instant, *, listed: bool
    ) -> Instant:
        """Return until when a row is kept once its feed no longer lists it: a day beyond its
        end."""
        if warning.ends_at is not None:
            return warning.ends_at + DAY
        if not listed and before is not None:
            return before
        return now // HOUR * HOUR + DAY

    def _active(self) -> ActiveWarnings:
        read = [m for feed in self._feeds for d in feed.all_documents() for m in d.messages]
        for message in sorted(read, key=lambda each: each.sent_at):
            self._messages[message.id] = message
        while len(self._messages) > MAX_MESSAGES:
            oldest = min(self._messages.values(), key=lambda each: each.sent_at)
            del self._messages[oldest.id]
        self._left_out = len({message.id for message in read} - self._messages.keys())
        return resolve(self._messages.values())

    def _list(self) -> set[str]:
        return {
            warning.id
            for feed in self._feeds
            for document in feed.all_documents()
            for message in document.messages
            for warning in message.warnings
        }

    def _bad_items(self) -> tuple[UnreadableItem, ...]:
        bad: list[UnreadableItem] = []
        for feed in self._feeds:
            bad += feed.listing.bad_items if feed.listing else ()
            for document in feed.all_documents():
                bad += document.bad_items
                bad += [item for message in document.messages for item in message.bad_items]
            bad += _find_twice_said(m for d in feed.all_documents() for m in d.messages)
        if self._left_out:
            reason = f"only the newest {MAX_MESSAGES} messages were kept: {self._left_out} more"
            bad.append(UnreadableItem(Collection.WARNINGS, "feeds", reason, ""))
        return tuple(bad)

    def _refresh(self, feed: _Feed) -> None:
        """Read the feed if it has changed, and every message of it not yet read."""
        self._tables()  # Without them nothing need be fetched.
        feed.http.outside_only = False
        reply = feed.http.get(
            feed.url,
            accept=ACCEPT,
            headers=feed.validators,
            expect=(200, 304),
            max_bytes=FEED_BYTES,
        )
        if reply.status == 200:
            try:
                feed.listing = read_feed(parse_xml(reply.body), feed.url, self._link_hosts)
            except Unreadable as error:
                details = {"address": feed.url, "reason": str(error)}
                details["excerpt"] = excerpt(reply.body)
                raise SourceError(Problem("not_understood", details)) from None
            feed.is_inside = feed.http.was_inside(reply.url)
            feed.inside = self._document(feed, "", feed.listing.alerts)
            feed.validators = validators_of(reply.headers)
        elif not feed.is_inside and feed.http.was_inside(reply.url):
            feed.http.reset()  # The name now leads inside: its links must not.
        feed.http.outside_only = not feed.is_inside
        self._read_documents(feed)

    def _read_documents(self, feed: _Feed) -> None:
        links = dict(feed.listing.links) if feed.listing else {}
        feed.documents = {url: d for url, d in feed.documents.items() if url in links}
        failures = away = 0
        for url, mark in links.items():
            have = feed.documents.get(url)
            if have is not None and have.mark == mark and not have.retry:
                continue
            try:
                feed.documents[url] = self._fetch(feed, url, mark)
                failures = away = 0
            except SourceError as error:
                failures += 1
                away += error.problem.code not in ANSWERED
                if away >= MAX_AWAY or failures >= min(MAX_FAILURES, len(links)):
                    raise
                reason = f"could not be fetched: {error.problem.code}"
                item = UnreadableItem(Collection.WARNINGS, url[:200], reason, "")
                messages = () if have is None else have.messages
                feed.documents[url] = _Document(mark, messages, (item,), retry=True)

    def _fetch(self, feed: _Feed, url: str, mark: str) -> _Document:
        reply = feed.http.get(url, accept=ACCEPT, max_bytes=MESSAGE_BYTES)
        try:
            root = parse_xml(reply.body)
        except Unreadable as error:
            item = UnreadableItem(
                Collection.WARNINGS, url[:200], str(error)[:300], excerpt(reply.body)
            )
            return _Document(mark, bad_items=(item,))
        return self._document(feed, mark, (root,))

    def _document(self, feed: _Feed, mark: str, alerts: Sequence[Element]) -> _Document:
        tables = self._tables()
        messages: list[Message] = []
        bad: list[UnreadableItem] = []
        for alert in alerts:
            try:
                message = read_message(self.settings.id, alert, tables, feed.origin)
            except Unreadable as error:
                where = words(alert, "identifier")[:200] or "alert"
                bad.append(UnreadableItem(Collection.WARNINGS, where, str(error)[:300], ""))
                continue
            if message is not None:
                messages.append(message)
        return _Document(mark, tuple(messages), tuple(bad))

    def _tables(self) -> Tables:
        """Return the tables of the profile, or those passed in."""
        if self._read_tables is None:
            given = self._given_tables
            self._read_tables = Tables(
                self._table("levels", read_levels, given.levels),
                self._table("townships", read_areas, given.areas),
            )
        return self._read_tables

    def _table(self, name: str, read: Callable[[str], T], supplied: T) -> T:
        file = str(self.settings.values.get(f"{name}_file") or "")
        if not file:
            return supplied
        try:
            return read(Path(file).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            details = {"file": file, "reason": excerpt(str(error))}
            raise SourceError(Problem(f"{name}_unusable", details)) from None

    def send(self, records: Sequence[CommandRecord]) -> list[CommandResult]:
        """Reject every command, with a reason: only its issuer can change a warning."""
        reason = Text("预警信息源不接受指令", "A source of warnings takes no commands")
        return [CommandResult(each.command.key, CommandState.REJECTED, reason) for each in records]

    def clock_offset_ms(self) -> int | None:
        return next((f.http.offset_ms for f in self._feeds if f.http.offset_ms is not None), None)


def _find_twice_said(messages: Iterable[Message]) -> Iterator[UnreadableItem]:
    """Find messages that have the id of another one of the same feed: only the last is kept."""
    known: dict[str, Message] = {}
    for message in sorted(messages, key=lambda each: each.sent_at):
        before = known.setdefault(message.id, message)
        if before != message:
            reason = "the id occurs twice; the last one stands"
            yield UnreadableItem(Collection.WARNINGS, f"{message.id} alert", reason, "")
            known[message.id] = message


def _mark(number: int, url: str) -> str:
    return MARK + blake2b(url.encode(), digest_size=4).hexdigest() if number else ""


def _read_token(token: str | None) -> dict[str, Instant]:
    """Read the rows given before and until when each is kept; empty for an invalid token."""
    try:
        return msgspec.json.decode(token or "{}", type=dict[str, int])
    except msgspec.DecodeError:
        return {}
