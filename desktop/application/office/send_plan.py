"""The plan of sending: what goes with the next connection and in which order, and what waits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from desktop.application.board import Board
from desktop.application.budget.link_estimator import PIECE_BYTES, pull_plan
from desktop.application.reads.read_models import Usage
from desktop.application.sync.exchange_planner import SEND_AT_MOST
from desktop.domain.command import CommandRecord, CommandState, Hold
from desktop.domain.instant import SECOND
from desktop.domain.link import LinkState, LinkTier, Upload
from desktop.domain.overlay import files_named

SENDING_BYTES, COMMAND_BYTES = 450, 75
PACKED = 0.35
FIRST_TEXT_BYTES, FIRST_TEXT_PACKED = 1_000, 0.2
"""What words cost: measured against the reference server, they are within a quarter of what was
counted there. A county without the compact form is asked for up to four times as much."""
NEWS_BYTES, NEWS_OF_COMMAND_BYTES, NEWS_PACKED, MOST_NEWS_BYTES = 80, 25, 0.5, 4_096
"""What the rows cost that an answer brings: measured likewise. More than the last does not come
with an answer."""
PIECE_HEAD_BYTES = 510
"""Heads of one request for a piece of a file, and of its answer."""
IN_WORDS = frozenset({CommandState.STORED, CommandState.SENT})
NOT_OURS = frozenset({Hold.ACCOUNT, Hold.SERVER})
"""Holds with which the files of a command wait as well."""


class StepKind(StrEnum):
    """What goes together, in the order in which it goes."""

    WORDS = "words"
    THUMBNAILS = "thumbnails"
    ASKED_FOR = "asked_for"  # files that an officer wants from the county
    PHOTOS = "photos"


class Why(StrEnum):
    """Why files do not go today, or not yet."""

    ONLY_WORDS = "only_words"  # the officer wants only words to go until midnight
    BUDGET = "budget"  # the day's bytes do not reach for them
    HOURS = "hours"  # the profile has them wait for its hours
    HELD = "held"  # their commands are held: they belong to another login or server
    REFUSED = "refused"  # the county did not take them


class Step(msgspec.Struct, frozen=True):
    """Some items that go one after another."""

    kind: StepKind
    count: int
    bytes: int
    """Both ways, heads included; an estimate."""
    seconds: float | None
    """At the speed of the line as last measured; None while that is unknown."""


class Waiting(msgspec.Struct, frozen=True):
    """Files that do not go, or not all of whose bytes do."""

    why: Why
    count: int
    bytes: int


class Plan(msgspec.Struct, frozen=True):
    """What the next connection will do, as far as this computer decides it."""

    steps: tuple[Step, ...] = ()
    first: CommandRecord | None = None
    """The command that goes before all others."""
    held: tuple[CommandRecord, ...] = ()
    """Commands that do not go before something else happens, in their order."""
    waiting: tuple[Waiting, ...] = ()

    @property
    def bytes(self) -> int:
        """All that goes."""
        return sum(step.bytes for step in self.steps)

    @property
    def seconds(self) -> float | None:
        """How long all of it takes; None while the speed of the line is unknown."""
        known = [step.seconds for step in self.steps if step.seconds is not None]
        return sum(known) if len(known) == len(self.steps) else None


class Outgoing(msgspec.Struct, frozen=True):
    """What waits for one source, and its line."""

    link: LinkState = LinkState()
    queue: Sequence[CommandRecord] = ()
    """Its commands without a final answer, in the order in which they are sent."""
    uploads: Sequence[Upload] = ()
    wanted: Sequence[tuple[str, int, int]] = ()
    """Files to fetch as (digest, bytes here, size)."""
    refused: frozenset[str] = frozenset()
    """Digests of uploads that the county did not take."""


def read_plan(board: Board, usage: Usage) -> Plan:
    """Read what waits and plan it; costs a few queries a source."""
    queue, files = board.list_unfinished(), board.files
    found = []
    for status in board.statuses():
        uploads = files.uploads(status.id)
        refused = (u.ref.digest for u in uploads if files.refusal(status.id, u.ref.digest))
        ours = [record for record in queue if record.command.target.source == status.id]
        found.append(
            Outgoing(status.link, ours, uploads, files.list_wanted(status.id), frozenset(refused))
        )
    return plan_sending(found, usage)


def plan_sending(sources: Iterable[Outgoing], usage: Usage) -> Plan:
    """Plan what goes to these sources, one after the other, by what the day still has."""
    planner = _Planner(usage)
    for source in sources:
        planner.add(source)
    return planner.plan()


def cost_of_words(records: Sequence[CommandRecord]) -> int:
    """Estimate the bytes of sending these commands and of their answers, both ways."""
    if not records:
        return 0
    text = sum(len(msgspec.json.encode(record.command.body)) for record in records)
    packed = PACKED * text + FIRST_TEXT_PACKED * min(text, FIRST_TEXT_BYTES)
    news = _cost_of_news(len(records), text)
    return SENDING_BYTES + COMMAND_BYTES * len(records) + round(packed + news)


def _cost_of_news(count: int, text: int) -> float:
    """Estimate the bytes of the rows that come back with the answers."""
    requests = math.ceil(count / SEND_AT_MOST)
    each = NEWS_BYTES + (NEWS_OF_COMMAND_BYTES * count + NEWS_PACKED * text) / requests
    return requests * each if each <= MOST_NEWS_BYTES else 0


class _Planner:
    """Gathers the steps of several sources, and shares the day's bytes among them."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self._left = None if usage.budget is None else max(0, usage.budget - usage.total)
        self._steps: dict[StepKind, Step] = {}
        self._waiting: dict[Why, Waiting] = {}
        self._first: CommandRecord | None = None
        self._held: list[CommandRecord] = []

    def plan(self) -> Plan:
        """Return all that was added as one plan."""
        return Plan(
            tuple(self._steps[kind] for kind in StepKind if kind in self._steps),
            self._first,
            tuple(self._held),
            tuple(self._waiting[why] for why in Why if why in self._waiting),
        )

    def add(self, source: Outgoing) -> None:
        """Add what waits for one source."""
        words = [record for record in source.queue if record.state in IN_WORDS]
        self._held += [r for r in source.queue if r.state is CommandState.HELD]
        if words:
            self._first = self._first or words[0]
            requests = 1 + math.ceil(len(words) / SEND_AT_MOST)
            self._go(StepKind.WORDS, len(words), cost_of_words(words), requests, source.link)
        held = _files_held(source.queue)
        for kind, sizes in self._sort_files(source, held).items():
            if (why := self._why_not(kind, source.link)) is not None:
                self._wait(why, sizes)
            else:
                self._go_as_far(kind, sizes, source.link)

    def _sort_files(self, source: Outgoing, held: frozenset[str]) -> Mapping[StepKind, list[int]]:
        """Return the bytes that each file still needs, by the step it belongs to."""
        sorted_in: dict[StepKind, list[int]] = {
            StepKind.THUMBNAILS: [],
            StepKind.ASKED_FOR: [max(0, size - here) for _, here, size in source.wanted],
            StepKind.PHOTOS: [],
        }
        for upload in source.uploads:
            left = max(0, upload.ref.size - upload.offset)
            if upload.ref.digest in source.refused:
                self._wait(Why.REFUSED, [left])
            elif upload.ref.digest in held:
                self._wait(Why.HELD, [left])
            else:
                kind = StepKind.THUMBNAILS if upload.is_thumbnail else StepKind.PHOTOS
                sorted_in[kind].append(left)
        return sorted_in

    def _why_not(self, kind: StepKind, link: LinkState) -> Why | None:
        usage = self._usage
        if usage.only_words:
            return Why.ONLY_WORDS
        in_hours = usage.originals_hours is None or usage.originals_now
        if kind is StepKind.PHOTOS and not (in_hours or link.tier is LinkTier.ORIGINALS):
            return Why.HOURS
        return None

    def _go_as_far(self, kind: StepKind, sizes: Sequence[int], link: LinkState) -> None:
        """Let files go as far as the day's bytes reach; the rest waits."""
        for size in sizes:
            left = self._left
            if left is not None and left < PIECE_BYTES[0]:
                self._wait(Why.BUDGET, [size])
                continue
            piece = pull_plan(link, bulk_left=left).piece_bytes
            goes = size if left is None else min(size, left)
            requests = 1 + math.ceil(goes / piece)
            self._go(kind, 1, goes + requests * PIECE_HEAD_BYTES, requests, link)
            if goes < size:
                self._wait(Why.BUDGET, [size - goes])

    def _go(self, kind: StepKind, count: int, size: int, requests: int, link: LinkState) -> None:
        if self._left is not None:
            self._left = max(0, self._left - size)
        seconds = None
        if link.bits_per_s:
            seconds = size * 8 / link.bits_per_s + requests * (link.delay_ms or 0.0) / SECOND
        if (before := self._steps.get(kind)) is not None:
            count, size = count + before.count, size + before.bytes
            known = seconds is not None and before.seconds is not None
            seconds = (seconds or 0.0) + (before.seconds or 0.0) if known else None
        self._steps[kind] = Step(kind, count, size, seconds)

    def _wait(self, why: Why, sizes: Sequence[int]) -> None:
        if sizes:
            before = self._waiting.get(why, Waiting(why, 0, 0))
            count, size = before.count + len(sizes), before.bytes + sum(sizes)
            self._waiting[why] = Waiting(why, count, size)


def _files_held(queue: Sequence[CommandRecord]) -> frozenset[str]:
    """Return the files that only commands of another login or server name."""
    held, others = set[str](), set[str]()
    for record in queue:
        named = files_named(record.command)
        (held if record.hold in NOT_OURS else others).update(named)
    return frozenset(held - others)
