"""Sticks, codes and frames: who is believed, what is for whom, and what is over by now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.courier import county_data, export, receipts
from desktop.commands.courier import desk as courier_desk
from desktop.connectors.county import frames as county_frames
from desktop.county_server.courier import delivery
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices
from desktop.county_server.frames.inbox import Inbox
from desktop.domain.command import CommandState
from desktop.domain.source import CommandResult
from desktop.wire import courier
from desktop.wire.courier.codes import PartialBundle
from desktop.wire.courier.keys import PublicKeys
from desktop.wire.frames import fragments, keys
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("receipts are believed unsigned", "forge", says=("no county wrote it", "no county had"))
def _unsigned() -> Iterator[None]:
    """Whoever knows the public keys of an office may answer in the county's name."""
    with swapped(PublicKeys, "is_signed", lambda *_: True):
        yield


@mutant(
    "what was carried is done once more", "write_stick", "bring_again", "without_network",
    says=(" 2 times", "twice"),
)  # fmt: skip
def _no_replay_protection() -> Iterator[None]:
    """The county looks for no key on record before it does what came on a stick."""

    def do(before: Any, database: Any, asked: Any, *given: Any, **named: Any) -> Any:
        with database.transaction() as transaction:
            transaction.connection.executemany(
                "DELETE FROM commands WHERE key=?", [(each.key,) for each in asked.commands]
            )
        return before(database, asked, *given, **named)

    with swapped(delivery, "do_commands", do):
        yield


@mutant("bundles of revoked offices are taken", "revoke", says=("its office is revoked",))
def _revoked_for_nothing() -> Iterator[None]:
    """Revoking an office changes nothing."""
    with swapped(Offices, "revoke", nothing):
        yield


@mutant("bundles of another county are taken", "move_url", "bring_to_others",
        says=("for another county",))  # fmt: skip
def _any_county() -> Iterator[None]:
    """A drill on a copy of the county's data, with its keys, takes what is for the county."""

    def take(before: Any, self: Deliveries, data: bytes) -> Any:
        with swapped(delivery, "identity", lambda *_: courier.read_header(data).county):
            return before(self, data)

    with swapped(Deliveries, "_take", take):
        yield


@mutant("bundles are done under whatever account", "change_account", says=("given by", "under "))
def _any_account() -> Iterator[None]:
    """A bundle's own account is not compared with the one that its office is paired for."""

    def account(before: Any, self: Deliveries, name: str, up: Any) -> Any:
        return before(self, name, msgspec.structs.replace(up, account=name))

    with swapped(Deliveries, "_account", account):
        yield


@mutant("frames are taken under another account", "change_account", says=("given by",))
def _frames_of_anybody() -> Iterator[None]:
    """The key of an office's frames says nothing of the account."""

    def derive(before: Any, secret: bytes, county: str, account: str) -> Any:
        return before(secret, county, "")

    with swapped_everywhere(keys, "derive_frame_key", derive):
        yield


@mutant("fragments of two messages are mixed", "mix_fragments", "send_long",
        says=("with text",))  # fmt: skip
def _mixed() -> Iterator[None]:
    """Parts with one number are joined, whatever message they are of."""

    def find(before: Any, known: Any, purpose: bytes, data: bytes, tag: bytes) -> Any:
        return known[0] if purpose.endswith(b"message") else before(known, purpose, data, tag)

    def keep(before: Any, self: Inbox, fragment: Any) -> Any:
        with swapped(Inbox, "parts", lambda *_: {}):
            return before(self, fragment)

    with swapped(fragments, "_find_key", find), swapped(Inbox, "keep", keep):
        yield


@mutant("receipts of an old epoch count", "receipt_across_restore",
        says=("an epoch that is over", "no county had said so"))  # fmt: skip
def _old_epoch() -> Iterator[None]:
    """A receipt counts whatever became of the county since."""

    with swapped(receipts, "_meet_epoch", lambda *_: False):
        yield


@mutant("codes are joined with one missing", "write_codes", "mix_codes", says=("nobody wrote",))
def _one_missing() -> Iterator[None]:
    """A sequence of codes is whole once all but one are there."""

    def join(before: Any, self: PartialBundle) -> bytes:
        if len(self.missing) > 1:
            return bytes(before(self))
        return b"".join(data for _, data in sorted(self._parts.items()))

    with swapped(PartialBundle, "join", join):
        yield


@mutant("codes of two sequences are mixed", "mix_codes", says=("nobody wrote",))
def _mixed_codes() -> Iterator[None]:
    """Codes are told apart by their number alone."""

    def read(before: Any, text: str) -> Any:
        return msgspec.structs.replace(before(text), mark="")

    def join(before: Any, self: PartialBundle) -> bytes:
        if self.missing:
            return bytes(before(self))
        return b"".join(data for _, data in sorted(self._parts.items()))

    with swapped(courier.carried, "read_code", read), swapped(PartialBundle, "join", join):
        yield


@mutant("what was written to a stick counts as sent", "write_stick", "withdraw_exported",
        says=("never left",))  # fmt: skip
def _written_is_sent() -> Iterator[None]:
    """The officer is told that it has left as soon as it lies on a stick."""

    def say(before: Any, outbox: Any, source: str, going: frozenset[str], number: int) -> None:
        before(outbox, source, going, number)
        told = [CommandResult(key, CommandState.SENT) for key in going]
        outbox.answer_all(told, number)

    with swapped(export, "_say", say):
        yield


@mutant("what lies on a stick can be withdrawn", "withdraw_exported",
        says=("and it was done",))  # fmt: skip
def _still_here() -> Iterator[None]:
    """Nothing is put on record of what leaves on a stick."""

    def write(before: Any, outbox: Any, *given: Any, **named: Any) -> Any:
        with swapped(type(outbox), "offering", nothing):
            return before(outbox, *given, **named)

    with swapped(courier_desk, "export", write):
        yield


@mutant("county data on a stick is taken whatever is here", "data_comes_late",
        says=("from a stick", "is stored", "has incidents"))  # fmt: skip
def _older_rows() -> Iterator[None]:
    """Pages are applied after whatever token, and the newest rows give way to theirs."""

    def apply(before: Any, context: Any, connector: Any, data: Any) -> Any:
        known = context.cache.sync_state(context.source)
        moved = msgspec.structs.replace(known, token=data.since)
        with swapped(type(context.cache), "sync_state", lambda *_: moved):
            return before(context, connector, data)

    with swapped(county_data, "apply_data", apply):
        yield


@mutant("outcomes of an old epoch count", "frames_across_restore",
        says=("no county had said so",))  # fmt: skip
def _old_outcomes() -> Iterator[None]:
    """What the radio tells counts whatever became of the county since."""

    def read(before: Any, frame: bytes, office: Any, records: Any, epoch: str) -> Any:
        return before(frame, office, records, "")

    with swapped_everywhere(county_frames, "read_outcomes", read):
        yield
