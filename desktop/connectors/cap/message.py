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
"""The place reported when a message has more areas than are read."""
MOST_REFERENCES = limits.REFERENCES
MOST_BAD = limits.BAD_KEPT
SILENT_TYPES = ("Ack", "Error")
"""Messages between systems; an officer need not see them."""


MARK = " ~"
"""Separates a message's id from the suffix of its feed, for every feed but the first."""


class Feed(msgspec.Struct, frozen=True):
    """The feed of a message, and the senders that may change others' warnings."""

    mark: str = ""
    """Suffix of its messages' ids: another feed's message with the same name is another message."""
    marks: tuple[str, ...] = ("",)
    """The suffixes of all feeds of the profile."""
    trusted: frozenset[str] = frozenset()
    """Senders that may update and lift the warnings of others, in every feed."""


class Message(msgspec.Struct, frozen=True):
    """The warnings of a message, and the earlier messages it refers to."""

    id: str
    warnings: tuple[Warning, ...]
    """One for each hazard and area."""
    type: str
    """`Alert`, `Update` or `Cancel`."""
    sent_at: Instant
    refers_to: tuple[str, ...]
    """Ids of the messages it updates or cancels."""
    signed: bool
    """Whether it carries a signature; it is not verified."""
    bad_items: tuple[UnreadableItem, ...] = ()
    """Parts that could not be read, such as an area off the globe."""


def is_alert(element: Element) -> bool:
    """Whether this is the root element of a CAP message."""
    return local(element) == "alert"


def read_message(
    source: str,
    alert: Element,
    tables: Tables,
    feed: Feed = Feed(),  # noqa: B008 - a constant
) -> Message | None:
    """Read the message of an `alert` element; None for an `Ack` or `Error`. Raises Unreadable."""
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
    """The unreadable parts of one message: the first ones in full, the rest counted."""

    def __init__(self, id: str) -> None:
        self._id = id
        self._met: dict[UnreadableItem, None] = {}
        self._more = 0

    def report(self, where: str, error: Unreadable, what: str) -> None:
        """Add a part; rows from one block report the same part only once."""
        # Areas left out are missing rows; every other fault spoils a field of a row.
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
        """Return the parts reported, the last item giving the number of those only counted."""
        if not self._more:
            return tuple(self._met)
        reason = f"{self._more} more parts could not be read"
        rest = UnreadableItem(Collection.WARNINGS, self._id, reason, "", field="*", id=self._id)
        return (*self._met, rest)


def message_id(identifier: str, sender: str) -> str:
    """Return the id of a message; CAP makes identifiers unique within a sender only.

    No two pairs have the same id: the characters that separate the parts are escaped within them,
    and an id that is too long ends with its digest.
    """
    escaped = identifier.replace("%", "%25").replace("@", "%40"), sender.replace("%", "%25")
    found = "@".join(escaped).replace(" ", "%20")
    if len(found) > MAX_ID:
        digest = blake2b(found.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        found = f"{found[: MAX_ID - len(digest) - 1]}…{digest}"
    return found


def references(said: str, report: Report) -> Iterator[tuple[str, str]]:
    """Yield sender and identifier of `sender,identifier,sent` triples; anything else is
    reported."""
    for triple in said.split(maxsplit=MOST_REFERENCES)[:MOST_REFERENCES]:
        parts = triple.split(",")
        if len(parts) == 3:
            yield parts[0], parts[1]
        else:
            reason = Unreadable("no reference: not sender,identifier,sent")
            report("references", reason, triple)


def _ids_to_heed(said: str, sender: str, feed: Feed, report: Report) -> Iterator[str]:
    """Yield the ids of the messages it may update or lift: the sender's own in the same feed, or
    any if the profile trusts the sender."""
    for other, identifier in references(said, report):
        if sender in feed.trusted:
            yield from (message_id(identifier, other) + mark for mark in feed.marks)
        elif other == sender:
            yield message_id(identifier, other) + feed.mark
        else:
            reason = Unreadable("a warning of another sender is left as it is")
            report("references", reason, f"{other},{identifier}")
