"""Checks of the source addresses that a profile gives, before any of them is tried."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

NO_LOGIN = (
    'must not hold a name or password: write login = "basic" and user = "…" on lines of their own'
    " and keep the password with county-desk login; or keep a token with it"
)
LONGEST_LABEL, LONGEST_HOST = 63, 253
"""RFC 1035, section 2.3.4."""


def address_fault(value: Any) -> str:
    """Return in words what makes an address unusable, before it is tried; else an empty text."""
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/]+\S*", value):
        return "must be an http:// or https:// address"
    if holds_login(value):
        return NO_LOGIN
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "has a port or a bracketed address that is none"
    if ":" in host:
        return ""
    name = host.removesuffix(".")
    if not all(name.split(".")):
        return f"has a host with nothing between two dots: {host}"
    try:
        coded = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return f"has a host that cannot be written as a name: {host}"
    if len(coded) > LONGEST_HOST or any(len(part) > LONGEST_LABEL for part in coded.split(".")):
        return (
            f"has too long a host: a part has at most {LONGEST_LABEL} characters,"
            f" all of it {LONGEST_HOST}"
        )
    return ""


def holds_login(address: str) -> bool:
    """Whether an address carries a name or password, which every message about it would show."""
    return re.match(r"https?://[^/?#\s]*@", address) is not None


def fingerprint_fault(value: Any) -> str:
    """Return in words what is wrong with a fingerprint; else, and for none, an empty text."""
    digits = "".join(value.split()) if isinstance(value, str) else "-"
    return "" if re.fullmatch("([0-9a-fA-F]{20})?", digits) else "must be 20 hexadecimal digits"
