"""Pieces of files as large as the line carries in a few seconds, and small again after a cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.budget.link_estimator import (
    FIRST_UPLOAD_BYTES,
    UPLOAD_BYTES,
    UPLOAD_S,
    LinkEstimator,
)
from desktop.application.ports import SourceError
from desktop.application.sync.file_transfer import FileTransfer
from desktop.domain.incident import FileRef
from desktop.domain.link import LinkTier, RequestStats, TrafficClass
from desktop.domain.source import Problem
from support.builders import FakeClock
from support.contexts import a_context
from support.scripted_connector import ScriptedConnector
from support.stores import Stores

SIZE = 12_000_000


class Line(ScriptedConnector):
    """A source that takes files over a line of that width and delay."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self.bits_per_s, self.delay_s = 1e6, 0.2
        self.is_cut = False
        self.pieces: list[tuple[int, float]] = []
        """Size and seconds of each."""

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        took_s = len(piece) * 8 / self.bits_per_s + self.delay_s
        self._clock.advance(round(took_s * 1000))
        if self.is_cut:
            raise SourceError(Problem("timed_out"))
        if piece:
            self.pieces.append((len(piece), took_s))
        return offset + len(piece)


class Office:
    """A desk that sends files over it."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.line, self.link = Line(self.clock), LinkEstimator(self.clock)
        given = (self.line, self.stores.cache, self.stores.outbox, self.clock)
        self.transfer = FileTransfer(self.stores.files, a_context(*given, link=self.link))

    def send(self, size: int, most: int = 10**9) -> float:
        """Send a file of so many bytes, or so many pieces of it; the seconds."""
        body = bytes([len(self.line.pieces) % 251]) * size
        ref = FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", size)
        self.stores.files.keep("county", ref, body)
        began_s, count = self.clock.monotonic_s(), 0
        while count < most and self.move():
            count += 1
        return self.clock.monotonic_s() - began_s

    def move(self) -> bool:
        """Move one piece; false where none is left."""
        piece = self.transfer.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False)
        if piece is None:
            return False
        # Between two pieces rows are asked for, which measures the delay.
        delay_ms = self.line.delay_s * 1000
        self.link.add_request(RequestStats(TrafficClass.CHANGES, 120, 80, delay_ms, 0.0))
        return self.transfer.move(piece, self.transfer.choose_size(piece, 65_536))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.stores.close()


@pytest.mark.parametrize(
    ("bits_per_s", "delay_s", "share"),
    [
        (64e3, 0.05, 0.97),
        (64e3, 0.6, 0.84),
        (512e3, 0.05, 0.9),
        (512e3, 0.6, 0.8),
        (1e6, 0.05, 0.9),
        (1e6, 0.2, 0.85),
        (1e6, 0.6, 0.8),
        (10e6, 0.05, 0.9),
        (10e6, 0.6, 0.6),
    ],
)
def test_a_line_is_used_and_no_command_waits_longer_than_a_few_seconds(
    office: Office, bits_per_s: float, delay_s: float, share: float
) -> None:
    office.line.bits_per_s, office.line.delay_s = bits_per_s, delay_s
    size = int(min(SIZE, bits_per_s * 20))
    took_s = office.send(size)
    assert size * 8 / bits_per_s / took_s >= share
    assert max(took for _, took in office.line.pieces) <= UPLOAD_S[1] * 1.2 + delay_s
    assert max(size for size, _ in office.line.pieces) <= UPLOAD_BYTES[1]


def test_small_photos_go_in_one_piece_each_once_the_line_is_known(office: Office) -> None:
    for _ in range(3):
        office.send(120_000)
    assert [size for size, _ in office.line.pieces][-1] == 120_000


def test_pieces_are_small_again_on_a_line_that_was_cut(office: Office) -> None:
    office.send(SIZE, most=8)
    assert office.line.pieces[-1][0] > 4 * FIRST_UPLOAD_BYTES
    office.line.is_cut = True
    assert not office.move()
    office.line.is_cut = False
    assert office.move()
    assert office.line.pieces[-1][0] == FIRST_UPLOAD_BYTES


def test_another_network_is_another_line(office: Office) -> None:
    office.send(SIZE, most=8)
    office.link.forget()
    office.move()
    assert office.line.pieces[-1][0] == FIRST_UPLOAD_BYTES


def test_a_line_that_became_slow_gets_smaller_pieces_at_once(office: Office) -> None:
    office.send(SIZE, most=8)
    office.line.bits_per_s = 64e3
    office.move()
    office.move()
    assert office.line.pieces[-1][1] <= UPLOAD_S[1]
