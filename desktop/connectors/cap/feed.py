"""RSS and Atom feeds of CAP messages: links to messages and messages inside the feed."""

from __future__ import annotations

from collections.abc import Container, Iterable
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import msgspec

from desktop.connectors.cap.message import is_alert
from desktop.connectors.cap.xml import Unreadable, base_of, children, local
from desktop.connectors.http.errors import excerpt
from desktop.domain.command import Collection
from desktop.domain.source import UnreadableItem
from desktop.protocol import limits

MAX_ITEMS = limits.ENTRIES_OF_FEED
MAX_WORDS = limits.ENTRY_CHARS
HTTP_PORT = 80
LONGEST_ADDRESS = limits.ADDRESS_CHARS
LONGEST_HOST = 253
CAP_TYPE = "application/cap+xml"


class Listing(msgspec.Struct, frozen=True):
    """The messages that a feed lists, in its own order, newest first."""

    links: tuple[tuple[str, str], ...]
    """Addresses, each with the text of its entry: a changed text means a new message."""
    alerts: tuple[Element, ...]
    """Messages inside the feed itself."""
    bad_items: tuple[UnreadableItem, ...]


def read_feed(root: Element, url: str, hosts: Iterable[str] = ()) -> Listing:
    """Read the messages of an RSS or Atom feed, or of a document that is one message itself.

    Only web links to the feed's own host or one of `hosts` are kept, and none leaves https for
    http: an http link in an https feed is fetched over https. Unreadable when it has entries and
    none is followed.
    """
    if is_alert(root):
        return Listing((), (root,), ())
    if local(root) not in ("rss", "feed", "RDF", "EDXLDistribution"):
        raise Unreadable(f"neither a feed nor a CAP message: {local(root)[:80]!r}")
    entries = _entries(root, url)
    bad: list[UnreadableItem] = []
    if len(entries) > MAX_ITEMS:
        reason = f"only the first {MAX_ITEMS} of {len(entries)} entries were read"
        bad.append(UnreadableItem(Collection.WARNINGS, url[:200], reason, ""))
    known = {_host(each.strip("[]")) for each in (*hosts, urlsplit(url).hostname or "")}
    links: dict[str, str] = {}
    alerts: list[Element] = []
    for index, (entry, base) in enumerate(entries[:MAX_ITEMS]):
        inside = [each for each in entry.iter() if is_alert(each)]
        alerts += inside
        for link in () if inside else _links(entry):
            address, reason = _address(url, base, link, known)
            if address is not None and len(links) >= MAX_ITEMS and address not in links:
                address, reason = None, f"more than {MAX_ITEMS} links"
            if address is None:
                bad.append(
                    UnreadableItem(Collection.WARNINGS, f"$.entry[{index}]", reason, excerpt(link))
                )
            else:
                links[address] = " ".join("".join(entry.itertext()).split())[:MAX_WORDS]
    if entries and not (links or alerts):
        why = next((f" ({item.reason})" for item in bad if item.excerpt), "")
        found = f"not one of its {len(entries)} entries names a message to be fetched"
        raise Unreadable(found + why)
    return Listing(tuple(links.items()), tuple(alerts), tuple(bad))


def _entries(root: Element, url: str) -> list[tuple[Element, str]]:
    """Find the entries, each with the base address of its links."""
    if local(root) == "EDXLDistribution":
        return [(root, url)]
    around = base_of(root, url)
    holders = [
        (root, around),
        *((each, base_of(each, around)) for each in children(root, "channel")),
    ]
    # Only at their proper level: an entry inside another would be read twice.
    return [
        (each, base_of(each, base))
        for holder, base in holders
        for each in holder
        if local(each) in ("item", "entry")
    ]


def _links(entry: Element) -> list[str]:
    """Find the addresses an entry gives for its messages: links of type CAP, else its plain link.

    Of links that differ in language, only those of the first: the others have the same content.
    """
    found: list[tuple[int, str, str]] = []
    for each in entry:
        name, said = local(each), (each.text or "").strip()
        address = (each.get("href") or each.get("url") or "").strip()
        is_cap = each.get("type", "").partition(";")[0].strip().lower() == CAP_TYPE
        if name in ("link", "enclosure") and (address or said):
            plain = each.get("rel", "alternate") == "alternate" and name == "link"
            rank = 0 if is_cap else 1 if plain else 3
            found.append((rank, address or said, each.get("hreflang", "").lower()))
        elif name == "guid" and each.get("isPermaLink", "true") != "false" and "://" in said:
            found.append((2, said, ""))
    if not found:
        ids = [(each.text or "").strip() for each in children(entry, "id")]
        found = [(4, said, "") for said in ids if "://" in said]
    rank, best, language = min(found, key=lambda each: each[0], default=(4, "", ""))
    of_cap = [said for of, said, spoken in found if of == 0 and spoken == language]
    return list(dict.fromkeys(of_cap)) if rank == 0 else [best]


def _address(url: str, base: str, link: str, hosts: Container[str]) -> tuple[str | None, str]:
    """Resolve a link of the feed at `url`; None and the reason if it is not followed."""
    if not link:
        return None, "the entry names no message"
    try:
        parts = urlsplit(urljoin(base, link))
        if parts.scheme == "http" and urlsplit(url).scheme == "https":
            place = parts.netloc.removesuffix(":80") if parts.port == HTTP_PORT else parts.netloc
            parts = parts._replace(scheme="https", netloc=place)
    except ValueError:
        return None, "the link is not followed"
    address = parts.geturl()
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None, "the link is not followed"
    if _host(parts.hostname) not in hosts:
        host = excerpt(parts.hostname[:LONGEST_HOST])
        return None, f"the link leads to {host}: neither the feed's host nor one of link_hosts"
    return (address, "") if len(address) <= LONGEST_ADDRESS else (None, "the link is not followed")


def _host(name: str) -> str:
    """Return a host name in a form to compare: lower case, IDNA, without a dot at its end."""
    plain = name.rstrip(".").lower()
    try:
        return plain if plain.isascii() else plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain
