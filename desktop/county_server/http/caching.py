"""Cache headers: what HTTP caches between the county and its desks may keep, and for whom."""

from __future__ import annotations

SNAPSHOT_S = 86_400
FILE_S = 31_536_000
PAGE_S = 3_600
"""For a page of changes that is followed by more: it stays valid until its token is too old."""
LAST_PAGE_S = 60
"""Only for requests with `hint`, whose answer is never older than the hint."""


def snapshot_headers(vary: str, *, personal: bool) -> dict[str, str]:
    """Return the headers of a snapshot, which never changes under its name."""
    return _keep_for(SNAPSHOT_S, vary, personal=personal, more=", immutable")


def page_headers(vary: str, *, personal: bool, more: bool, hinted: bool) -> dict[str, str]:
    """Return the headers of a page of changes; the last one is kept only for the same hint."""
    if not more and not hinted:
        return {"Cache-Control": "no-store", "Vary": _vary(vary, personal=personal)}
    return _keep_for(PAGE_S if more else LAST_PAGE_S, vary, personal=personal)


def compact_page_headers(*, personal: bool, more: bool, hinted: bool) -> dict[str, str]:
    """Return the headers of a level 2 page: of one that no cache may give to another request, with
    an account or without a hint, the fewest bytes that say so (RFC 9110 12.5.5)."""
    if personal or not (more or hinted):
        return {"Vary": "*"}
    return page_headers("Accept", personal=False, more=more, hinted=hinted)


def file_headers(*, personal: bool) -> dict[str, str]:
    """Return the headers of a file, which is named by its content."""
    headers = _keep_for(FILE_S, "", personal=personal, more=", immutable")
    return {name: value for name, value in headers.items() if value}


def _keep_for(seconds: int, vary: str, *, personal: bool, more: str = "") -> dict[str, str]:
    whose = "private" if personal else "public"
    return {
        "Cache-Control": f"{whose}, max-age={seconds}{more}",
        "Vary": _vary(vary, personal=personal),
    }


def _vary(vary: str, *, personal: bool) -> str:
    return ", ".join(filter(None, (vary, "Authorization"))) if personal else vary
