"""XML from strangers: without entities, without document types, within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
CHINESE_ENCODINGS = {"gb2312", "gbk", "gb18030", "big5"}
"""Multi-byte encodings that the XML parser itself does not know."""


class Unreadable(ValueError):
    """A document or part of one that cannot be taken; its text says why."""


def parse_xml(data: bytes) -> Element:
    """The root of a document; Unreadable when it is not sound or tries an attack."""
    try:
        said: bytes | str = data
        declared = DECLARED.match(data[:200])
        if declared and declared.group(1).decode("ascii").lower() in CHINESE_ENCODINGS:
            # gb18030 reads all that gb2312 and gbk can hold.
            name = declared.group(1).decode("ascii").lower()
            encoding = "big5" if name == "big5" else "gb18030"
            said = data[declared.end() :].decode(encoding)
        root: Element = ElementTree.fromstring(said, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(f"refused: {type(error).__name__}") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"not sound XML: {error}") from None
    return root


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children of that name, whatever their namespace."""
    return (child for child in element if local(child) == name)


def words(element: Element, name: str) -> str:
    """The text of the first child of that name without outer blanks, or nothing."""
    child = next(children(element, name), None)
    return "" if child is None else (child.text or "").strip()
