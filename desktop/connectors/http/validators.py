"""Ask only for what has changed: the headers by which a server says that nothing has."""

from __future__ import annotations

from collections.abc import Mapping

ASKED_BY = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
"""Headers of an answer, and those of the next request that hand each of them back."""


def validators_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers for the next request, from those of the last answer.

    With them the server may answer 304 without a body: nothing has changed.
    """
    return {ours: headers[theirs] for theirs, ours in ASKED_BY.items() if theirs in headers}
