"""Parse untrusted XML: no entities of its own, no document types, within limits."""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from desktop.protocol.limits import ELEMENTS

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
CHINESE_ENCODINGS = {"gb2312", "gbk", "gb18030", "big5"}
"""Multi-byte encodings that the XML parser itself does not know."""

_NAMED = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&([A-Za-z][A-Za-z0-9]{1,31};)", re.DOTALL)
"""Named characters of web pages; in texts that are no markup they mean nothing."""
UNDEFINED_ENTITY = 11
"""The error's code in `xml.parsers.expat.errors.codes`."""
BASE = "{http://www.w3.org/XML/1998/namespace}base"
OF_XML = (b"amp;", b"lt;", b"gt;", b"quot;", b"apos;")


class Unreadable(ValueError):
    """A document, or part of one, that cannot be read; the exception's text says why."""


def parse_xml(data: bytes) -> Element:
    """Parse a document and return its root; Unreadable when it is unsound or tries an attack.

    Blanks before it are no fault, nor is a character named as web pages do.
    """
    data = data.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    # Each element has an opening tag, and most of them a closing one.
    if data.count(b"<") > 2 * ELEMENTS:
        raise Unreadable(f"more than {ELEMENTS:,} elements")
    try:
        said = data
        declared = DECLARED.match(data[:200])
        if declared and declared.group(1).decode("ascii").lower() in CHINESE_ENCODINGS:
            # gb18030 reads all that gb2312 and gbk can hold.
            name = declared.group(1).decode("ascii").lower()
            encoding = "big5" if name == "big5" else "gb18030"
            said = data[declared.end() :].decode(encoding).encode()
        try:
            root: Element = ElementTree.fromstring(said, forbid_dtd=True)
        except ParseError as error:
            if error.code != UNDEFINED_ENTITY:
                raise
            root = ElementTree.fromstring(_NAMED.sub(_to_number, said), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(f"refused: {type(error).__name__}") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"not sound XML: {error}") from None
    return root


def _to_number(found: re.Match[bytes]) -> bytes:
    """Replace a named character by its number; XML's own names stay, and so do unrecognised
    ones."""
    if found[1] is None or found[1] in OF_XML:
        return found[0]
    known = html.entities.html5.get(found[1].decode("ascii"), "")
    return "".join(f"&#{ord(each)};" for each in known).encode() or found[0]


def base_of(element: Element, url: str) -> str:
    """Return the base address of links in an element, when outside it links are relative to
    `url`."""
    try:
        return urljoin(url, element.get(BASE, "").strip())
    except ValueError:
        return url


def local(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """Return the direct children of that name, whatever their namespace."""
    return (child for child in element if local(child) == name)


def words(element: Element, name: str) -> str:
    """Return the text of the first child of that name without outer blanks; empty if it has none.

    Markup within it, such as a web page's for bold letters, removes no word.
    """
    child = next(children(element, name), None)
    return "" if child is None else "".join(child.itertext()).strip()
