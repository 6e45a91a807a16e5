"""Receipts that came back on a stick: kept as the network's own answers are."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.application.courier.box import Box
from desktop.application.courier.county_data import DataTaken, Unfit, apply_data
from desktop.application.ports import Connector, SourceError
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.past import meet_past
from desktop.domain.command import CommandState, Key
from desktop.domain.courier import BundleRefused, CarriedAnswers, CarriedData
from desktop.domain.localized_text import Text

OTHER_EPOCH = Text(
    "回执是县平台恢复数据之前写的，不能当作现在的答复，没有采用：请再写一个摆渡包，它的回执会算数。",
    "The receipt is from before the county's data was restored, and says nothing of now, so nothing"
    " of it was taken: write another bundle, whose receipt will count.",
)

Carry = Callable[[CarriedData], Connector]
"""Makes a receipt's county data a source that answers one pull."""


class Received(msgspec.Struct, frozen=True):
    """What a receipt brought."""

    number: int
    answers: int
    files: int
    """Files that the county has whole."""
    went_back: bool = False
    """Whether it told of a restore of the county: what that may have lost waits again."""
    data: DataTaken | None = None


def take_receipt(
    context: ExchangeContext, box: Box, content: bytes, carry: Carry | None = None
) -> Received:
    """Take what a receipt says, between two exchanges; BundleRefused before anything is stored.

    Its answers first, then with `carry` its county data, of which nothing may fit.
    """
    outbox, source = context.outbox, context.source

    def target_of(key: str) -> Key | None:
        record = outbox.record(key)
        if record is None or record.command.target.source != source:
            return None
        return record.command.target

    found = box.open_receipt(content, target_of)
    went_back = _meet_epoch(context, found)
    _keep_answers(context, found)
    whole = _keep_offsets(context, found)
    taken = None
    if found.data is not None and carry is not None:
        taken = _take_data(context, carry(found.data), found.data)
    return Received(found.number, len(found.answers), whole, went_back, taken)


def _meet_epoch(context: ExchangeContext, found: CarriedAnswers) -> bool:
    """Go through the outbox where the county was restored since; whether it was.

    A receipt from before that says nothing: the county may have lost what it tells.
    """
    outbox, source = context.outbox, context.source
    binding = outbox.binding(source)
    if found.epoch == binding.epoch:
        return False
    if not found.follows(binding):
        raise BundleRefused(OTHER_EPOCH)
    known = msgspec.structs.replace(
        binding,
        keys_kept_s=found.keys_kept_s or binding.keys_kept_s,
        set_back_to=found.set_back_to,
    )
    outbox.bind(source, known)
    return meet_past(context, found.epoch)


def _keep_answers(context: ExchangeContext, found: CarriedAnswers) -> None:
    outbox = context.outbox
    told = {each.key for each in found.answers if each.state is CommandState.ACCEPTED}
    records = [record for key in told if (record := outbox.record(key)) is not None]
    done = {each.command.key for each in records if each.state is CommandState.ACCEPTED}
    # No row here shows them yet.
    context.memory.expect(told - done)
    # By the county's clock, as are its rows: what is on the receipt was done before it was written.
    outbox.answer_all(found.answers, min(context.clock.now(), found.made_at - 1))
    if durable := [each.key for each in found.answers if each.durable]:
        outbox.retire(durable)


def _keep_offsets(context: ExchangeContext, found: CarriedAnswers) -> int:
    """Note how much of each file has arrived; returns how many are whole."""
    files, source = context.files, context.source
    assert files is not None
    uploads = {each.ref.digest: each for each in files.uploads(source)}
    for file in found.files:
        upload = uploads.get(file.digest)
        # Also back: a county that swept away a part has less than it once had.
        if upload is not None and file.offset != upload.offset:
            files.mark_sent(source, file.digest, file.offset)
    return sum(each.offset >= each.size for each in found.files)


def _take_data(context: ExchangeContext, connector: Connector, data: CarriedData) -> DataTaken:
    try:
        done = apply_data(context, connector, data)
    except SourceError as error:
        return DataTaken(data.made_at, problem=error.problem)
    finally:
        connector.close()
    if isinstance(done, Unfit):
        return DataTaken(data.made_at, unfit=done)
    _confirm(context, data)
    return DataTaken(data.made_at, done.rows)


def _confirm(context: ExchangeContext, data: CarriedData) -> None:
    """Note that the rows show what the county had done by then."""
    waiting = [context.outbox.record(key) for key in context.memory.unconfirmed]
    shown = [
        each.command.key
        for each in waiting
        if each is not None
        and each.state is CommandState.ACCEPTED
        and each.changed_at < data.made_at
    ]
    context.memory.hear_of(frozenset(shown))
