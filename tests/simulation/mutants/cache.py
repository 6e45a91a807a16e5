"""The rows that a desk stores: whole, of the right life, of the right scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.sync import exchange, scope
from desktop.connectors.county import changes, snapshot_download
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.snapshot_download import Download
from desktop.domain.source import Batch
from desktop.storage.cache import apply, delete_guard, purge, row_access, source_state
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere

SUMMED = ("lose_change",)
"""What nothing but sums finds: it would be said against whatever has the sums turned off."""


@mutant("the token ahead of its rows", "crash_at_rows", without=SUMMED)
def _checkpoint_first() -> Iterator[None]:
    """Each page's token is kept before the page's rows.

    Sums find rows that are missing: that belt is off.
    """

    def pull(before: Any, self: Any, *given: Any) -> Iterator[Batch]:
        for batch in before(self, *given):
            if batch.token is not None and not batch.complete:
                yield msgspec.structs.replace(
                    batch, puts=(), deletes=(), row_keys=(), patches=(), drops=(), sum=None,
                    bad_items=(), reading_at=None,
                )  # fmt: skip
                yield msgspec.structs.replace(batch, token=None)
            else:
                yield batch

    with swapped(CountyConnector, "pull", pull), _no_doubts():
        yield


def _no_doubts() -> Any:
    """Sums are not heeded: only deletions that wait are still asked about."""
    return swapped(exchange, "is_doubtful", lambda before, state: state.quarantined_deletes > 0)


@mutant("no repair", "lose_change")
def _no_repair() -> Iterator[None]:
    """Rows known to differ from the county's are left as they are."""
    with swapped(exchange, "is_doubtful", lambda *_: False):
        yield


@mutant("deleted rows stay", "mass_deletion")
def _no_deletes() -> Iterator[None]:
    """What the county deleted is not taken out."""
    with swapped(apply, "_delete", nothing):
        yield


@mutant("many deletions are put off for good", "tide", without=SUMMED)
def _held_for_good() -> Iterator[None]:
    """More deletions than one believes unasked are never believed.

    A repair would bring them: that belt is off.
    """

    def believed(before: Any, db: Any, source: int, asked: Any, sums: Any, _: Any) -> Any:
        return before(db, source, asked, sums, None)

    off = swapped(exchange, "is_doubtful", lambda *_: False)
    with swapped(delete_guard, "select_confirmed", believed), off:
        yield


@mutant("rows of another epoch outrank new ones", "set_back")
def _old_life() -> Iterator[None]:
    """A restored county's rows, whose versions begin again, do not replace the newer ones here.

    When another epoch is met, when a whole list says otherwise, and by repair: all belts are off.
    """
    with (
        swapped(source_state, "is_another_epoch", lambda *_: False),
        swapped(source_state, "outdate", nothing),
        swapped(row_access, "override_version", nothing),
    ):
        yield


@mutant("scope rows not purged", "look_at_scope")
def _kept_rows() -> Iterator[None]:
    """Rows of townships an account may no longer see stay until a snapshot sweeps them."""
    with swapped_everywhere(scope, "holds_more", lambda *_: False):
        yield


@mutant("another account's rows are not taken out", "look_at_scope")
def _no_purge() -> Iterator[None]:
    """Purging forgets the token and leaves the rows."""

    def of_none(before: Any, *given: Any) -> dict[Any, list[str]]:
        return {}

    with swapped(purge, "_everything", of_none), swapped(purge, "_of_others", of_none):
        yield


@mutant("a page between two is left out", "tide", without=SUMMED)
def _lost_page() -> Iterator[None]:
    """Of several pages of changes the token moves on over the rows of one.

    Sums find rows that are missing: that belt is off.
    """

    def paged(before: Any, *given: Any) -> Iterator[Batch]:
        for number, batch in enumerate(before(*given)):
            if number == 1:
                yield msgspec.structs.replace(
                    batch, puts=(), deletes=(), row_keys=(), patches=(), drops=(), sum=None
                )
            else:
                yield batch

    with swapped_everywhere(changes, "changes", paged), _no_doubts():
        yield


@mutant("a snapshot that ends early counts as whole", "cut_short", without=SUMMED)
def _half_snapshot() -> Iterator[None]:
    """What came of a snapshot when a piece was shorter than asked for is all there is.

    Sums find rows that are missing: that belt is off.
    """

    def taken(before: Any, self: Download, piece: bytes) -> Iterator[Batch]:
        yield from before(self, piece)
        if self.snapshot.head is not None and len(piece) < snapshot_download.FIRST_PIECE:
            self.snapshot.whole = True

    with swapped(Download, "_take", taken), _no_doubts():
        yield


@mutant("row numbers are off by one")
def _wrong_keys() -> Iterator[None]:
    """The county's number of a row is kept with its neighbour."""

    def keys_of(before: Any, puts: Any, row_keys: Any) -> Any:
        given = tuple(row_keys)
        return before(puts, (*given[1:], *given[:1]))

    with swapped(row_access, "keys_of", keys_of):
        yield
