"""Stands between the product and its screens: tells the history what a desk took from a stick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.application.courier import county_data, receipts
from desktop.domain.command import Collection
from desktop.domain.courier import BundleRefused
from simulation import seams
from simulation.carried.offices import digest_of

if TYPE_CHECKING:
    from simulation.carried.post import Post

Versions = dict[str, int]


def _post() -> Post:
    post = seams.world().post
    assert post is not None
    return post


def take_receipt(context: Any, box: Any, data: bytes, carry: Any = None) -> Any:
    """See the product's own: what is read, whose it is, and what the desk shows after it."""
    post, desk = _post(), _post().acting
    assert desk is not None
    outbox, source = context.outbox, context.source
    meta, office = post.book.receipts.get(digest_of(data)), post.book.of(desk, source)
    told = {
        "desk": desk.name, "source": source, "genuine": meta is not None,
        "office": "" if office is None else office.name, "written_for": "", "epoch": "",
        "answers": {}, "key": "", "keys": [] if office is None else post.book.keys_at(desk, source),
        "bound": outbox.binding(source).epoch,
    }  # fmt: skip
    if meta is not None:
        told |= {name: meta[name] for name in ("epoch", "answers", "key", "made_ms")}
        told["written_for"] = meta["office"]
    post.reading = meta
    try:
        done = receipts.take_receipt(context, box, data, carry)
    except BundleRefused as refused:
        desk.world.say("receipt read", refused=refused.why.en, shown={}, **told)
        raise
    found = {key: outbox.record(key) for key in told["answers"]}
    shown = {key: each.state.value for key, each in found.items() if each is not None}
    desk.world.say("receipt read", refused="", shown=shown, **told)
    return done


def apply_data(context: Any, connector: Any, data: Any) -> Any:
    """See the product's own: which rows are older for it, and which are gone."""
    post, desk = _post(), _post().acting
    assert desk is not None
    source = context.source
    before = _versions(context.cache, source)
    done = county_data.apply_data(context, connector, data)
    after = _versions(context.cache, source)
    if not isinstance(done, county_data.Unfit):
        older = {each: [v, after[each]] for each, v in before.items() if after.get(each, v) < v}
        desk.world.say(
            "data applied", desk=desk.name, source=source, older=older,
            gone=sorted(before.keys() - after.keys()), rows=done.rows,
            made_ms=0 if post.reading is None else post.reading["made_ms"],
        )  # fmt: skip
    return done


def _versions(cache: Any, source: str) -> Versions:
    return {
        f"{collection.value}/{row.id}": row.version
        for collection in Collection
        for row in cache.rows(collection)
        if row.source == source and hasattr(row, "version")
    }
