"""One CAP message, version 1.1 or 1.2: XML in, plain values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

import msgspec

from desktop.connectors.cap.blocks import Head, moment, warnings_of
from desktop.connectors.cap.levels import LevelTable
from desktop.connectors.cap.xml import Unreadable, local, words
from desktop.connectors.failures import excerpt
from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.source import BadItem
from desktop.domain.warning import Warning

NAMESPACES = tuple(f"{{urn:oasis:names:tc:emergency:cap:{v}}}" for v in ("1.1", "1.2"))
REQUIRED = ("identifier", "sender", "sent", "status", "msgType", "scope")
MAX_ID = 200
LIVE_TYPES = ("Alert", "Update", "Cancel")
SILENT_TYPES = ("Ack", "Error")
"""Talk between systems; nothing for a person to see."""


class Message(msgspec.Struct, frozen=True):
    """What a message says and which earlier ones it speaks of."""

    id: str
    warnings: tuple[Warning, ...]
    """One for each hazard and area it warns of."""
    type: str
    """`Alert`, `Update` or `Cancel`."""
    sent_at: Instant
    refers_to: tuple[str, ...]
    """Ids of the messages it updates or cancels."""
    signed: bool
    """Whether it carries a signature; nobody has checked it."""
    bad_items: tuple[BadItem, ...] = ()
    """Parts that could not be read, such as an area outside the world."""


def is_alert(element: Element) -> bool:
    """Whether this is the root of a CAP message."""
    return local(element) == "alert"


def read_message(source: str, alert: Element, table: LevelTable) -> Message | None:
    """The message of an `alert` element; None for an `Ack` or `Error`. Raises Unreadable."""
    if not alert.tag.startswith(NAMESPACES):
        raise Unreadable(f"not a CAP 1.1 or 1.2 message: {alert.tag[:80]}")
    head = {name: words(alert, name) for name in REQUIRED}
    missing = [name for name, said in head.items() if not said]
    if missing:
        raise Unreadable(f"required field missing: {', '.join(missing)}")
    if head["msgType"] in SILENT_TYPES:
        return None
    if head["msgType"] not in LIVE_TYPES:
        raise Unreadable(f"unknown msgType: {head['msgType'][:40]!r}")
    sent_at = moment(head["sent"], "sent")
    own_id = message_id(head["identifier"], head["sender"])
    bad: list[BadItem] = []

    def report(where: str, error: Unreadable, what: str) -> None:
        item = BadItem(Collection.WARNINGS, f"{own_id} {where}", str(error), excerpt(what))
        if item not in bad:  # Several rows may be of the one block that has it.
            bad.append(item)

    return Message(
        id=own_id,
        warnings=warnings_of(alert, Head(source, own_id, head, sent_at), table, report),
        type=head["msgType"],
        sent_at=sent_at,
        refers_to=_own(references(words(alert, "references")), head["sender"], report),
        signed=any(local(child) == "Signature" for child in alert),
        bad_items=tuple(bad),
    )


def message_id(identifier: str, sender: str) -> str:
    """The id of a message; CAP makes identifiers unique within a sender only."""
    found = f"{identifier}@{sender}"
    if len(found) > MAX_ID:
        raise Unreadable("identifier and sender are too long")
    return found


def references(said: str) -> tuple[str, ...]:
    """Ids of messages out of `sender,identifier,sent` triples; what is none is left out."""
    ids: list[str] = []
    for triple in said.split():
        parts = triple.split(",")
        if len(parts) == 3 and len(triple) <= MAX_ID:
            ids.append(message_id(parts[1], parts[0]))
    return tuple(ids)


def _own(ids: Iterable[str], sender: str, report: Callable[..., None]) -> tuple[str, ...]:
    """Those of the sender's own: nobody updates or lifts the warning of another."""
    found = tuple(ids)
    own = tuple(each for each in found if each.endswith(f"@{sender}"))
    for other in found:
        if other not in own:
            report("references", Unreadable("a warning of another sender is left as it is"), other)
    return own
