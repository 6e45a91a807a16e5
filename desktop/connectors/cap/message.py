"""One CAP message, version 1.1 or 1.2: XML in, plain values out."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from xml.etree.ElementTree import Element

import msgspec

from desktop.connectors.cap.blocks import Head, Report, Tables, moment, warnings_of
from desktop.connectors.cap.xml import Unreadable, local, words
from desktop.connectors.http.errors import excerpt
from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.source import UnreadableItem
from desktop.domain.warning import Warning
from desktop.protocol import limits

NAMESPACES = tuple(f"{{urn:oasis:names:tc:emergency:cap:{v}}}" for v in ("1.1", "1.2"))
REQUIRED = ("identifier", "sender", "sent", "status", "msgType", "scope")
MAX_ID = limits.ID_CHARS
LIVE_TYPES = ("Alert", "Update", "Cancel")
AREAS_LEFT_OUT = "info"
"""Where more rows are reported than are taken of one message."""
MOST_REFERENCES = limits.REFERENCES
MOST_BAD = limits.BAD_KEPT
SILENT_TYPES = ("Ack", "Error")
"""Talk between systems; nothing for a person to see."""


MARK = " ~"
"""Before what ends the ids of every feed's messages but the first one's."""


class Feed(msgspec.Struct, frozen=True):
    """Where a message came from and whose word on others' warnings counts."""

    mark: str = ""
    """Ends the ids of its messages: another feed's of the same name are others."""
    marks: tuple[str, ...] = ("",)
    """Those of all feeds of the profile."""
    trusted: frozenset[str] = frozenset()
    """Senders that may update and lift the warnings of others, in every feed."""


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
    bad_items: tuple[UnreadableItem, ...] = ()
    """Parts that could not be read, such as an area outside the world."""


def is_alert(element: Element) -> bool:
    """Whether this is the root of a CAP message."""
    return local(element) == "alert"


def read_message(
    source: str,
    alert: Element,
    tables: Tables,
    feed: Feed = Feed(),  # noqa: B008 - a constant
) -> Message | None:
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
    own_id = message_id(head["identifier"], head["sender"]) + feed.mark
    faults = _Faults(own_id)
    signed = any(local(child) == "Signature" for child in alert)
    return Message(
        id=own_id,
        warnings=warnings_of(
            alert,
            Head(source, own_id, head, sent_at, signed, words(alert, "note") or head["identifier"]),
            tables,
            faults.report,
        ),
        type=head["msgType"],
        sent_at=sent_at,
        refers_to=tuple(
            _ids_to_heed(words(alert, "references"), head["sender"], feed, faults.report)
        ),
        signed=signed,
        bad_items=faults.items(),
    )


class _Faults:
    """What could not be read of one message: the first told one by one, the rest counted."""

    def __init__(self, id: str) -> None:
        self._id = id
        self._met: dict[UnreadableItem, None] = {}
        self._more = 0

    def report(self, where: str, error: Unreadable, what: str) -> None:
        """Take one; several rows may be of the one block that has it."""
        # Areas left out are rows that are missing; all else spoils a field of one that is there.
        missing = where == AREAS_LEFT_OUT
        field, place = ("", f"{self._id} {where}") if missing else (where, self._id)
        said = excerpt(what)
        item = UnreadableItem(
            Collection.WARNINGS, place, str(error), said, field=field, id=self._id
        )
        if len(self._met) < MOST_BAD or item in self._met or missing:
            self._met[item] = None
        else:
            self._more += 1

    def items(self) -> tuple[UnreadableItem, ...]:
        """All of them."""
        if not self._more:
            return tuple(self._met)
        reason = f"{self._more} more parts could not be read"
        rest = UnreadableItem(Collection.WARNINGS, self._id, reason, "", field="*", id=self._id)
        return (*self._met, rest)


def message_id(identifier: str, sender: str) -> str:
    """The id of a message; CAP makes identifiers unique within a sender only.

    No two pairs have the same: the signs that part and end an id do not stand within, and
    what is too long goes on with its digest.
    """
    escaped = identifier.replace("%", "%25").replace("@", "%40"), sender.replace("%", "%25")
    found = "@".join(escaped).replace(" ", "%20")
    if len(found) > MAX_ID:
        digest = blake2b(found.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        found = f"{found[: MAX_ID - len(digest) - 1]}…{digest}"
    return found


def references(said: str, report: Report) -> Iterator[tuple[str, str]]:
    """Sender and identifier out of `sender,identifier,sent` triples; what is none is reported."""
    for triple in said.split(maxsplit=MOST_REFERENCES)[:MOST_REFERENCES]:
        parts = triple.split(",")
        if len(parts) == 3:
            yield parts[0], parts[1]
        else:
            reason = Unreadable("no reference: not sender,identifier,sent")
            report("references", reason, triple)


def _ids_to_heed(said: str, sender: str, feed: Feed, report: Report) -> Iterator[str]:
    """Ids of the messages it may update or lift: the sender's own of the same feed, or any
    where the profile trusts the sender."""
    for other, identifier in references(said, report):
        if sender in feed.trusted:
            yield from (message_id(identifier, other) + mark for mark in feed.marks)
        elif other == sender:
            yield message_id(identifier, other) + feed.mark
        else:
            reason = Unreadable("a warning of another sender is left as it is")
            report("references", reason, f"{other},{identifier}")
