"""The county's files, addressed by content, transferred in pieces both ways."""

from __future__ import annotations

import re

import msgspec

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.county.session import CountySession, not_county_api
from desktop.connectors.http.request import Limits
from desktop.connectors.http.response import MEGABYTE, Reply
from desktop.domain.incident import FileRef
from desktop.domain.link import TrafficClass
from desktop.domain.source import Problem
from desktop.wire.level1 import MAGIC, FileOffer, FileState

ATTACHMENTS, PACKAGES = "v1/attachments", "v1/packages"
DIGEST = re.compile("[0-9a-f]{64}")
LIMITS = Limits(deadline_s=3600.0, max_bytes=2**40)
"""Limits for a whole file's length as declared; memory is bounded by the piece asked for."""


def upload(county: CountySession, ref: FileRef, offset: int, piece: bytes) -> int:
    """Send a piece, or with an empty one only ask; return how many bytes the server has then."""
    limit = county.ensure_session().file_limit
    if ref.size > limit:
        raise refusal_of(ref, limit)
    if not piece:
        return _offer(county, ref)
    last = offset + len(piece) - 1
    reply = county.http.put(
        f"{ATTACHMENTS}/{ref.digest}",
        piece,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {offset}-{last}/{ref.size}",
        },
        expect=(200, 201, 404, 409, 413, 416, 422),
    )
    if reply.status == 413:
        raise refusal_of(ref, limit, proven=_is_proven(county, reply))
    if reply.status >= 400:
        # Not offered yet, discarded meanwhile, or at another offset, which the server gives.
        return _offer(county, ref)
    return _offset(reply, ref)


def _offer(county: CountySession, ref: FileRef) -> int:
    offer = FileOffer(ref.digest, ref.size, ref.media_type)
    reply = county.http.post(
        ATTACHMENTS,
        msgspec.json.encode(offer),
        accept="",
        expect=(200, 201, 413),
        kind=TrafficClass.FILES,
        again=True,  # The file is named by its content: a repeated offer is the same.
    )
    if reply.status == 413:
        limit = county.ensure_session().file_limit
        raise refusal_of(ref, limit, proven=_is_proven(county, reply))
    return _offset(reply, ref)


def _is_proven(county: CountySession, reply: Reply) -> bool:
    return county.http.proves(reply.url, reply.headers)


def _offset(reply: Reply, ref: FileRef) -> int:
    state = reply.decode(FileState)
    if state.magic != MAGIC:
        raise not_county_api(reply.url, state.magic)
    if state.digest != ref.digest:
        details = {"address": reply.url, "reason": "another digest", "excerpt": ""}
        raise SourceError(Problem("wrong_shape", details))
    return max(0, min(state.offset, ref.size))


def download(
    county: CountySession,
    digest: str,
    offset: int,
    most: int,
    place: str = ATTACHMENTS,
    most_of_whole: int = 0,
) -> bytes:
    """Return at most that many bytes of a file from an offset on; empty at its end.

    A server without ranges begins with the first byte each time: of its answer at most
    `most_of_whole` are returned, where that is more; fewer where it breaks off.
    """
    if not DIGEST.fullmatch(digest) or most <= 0:
        raise SourceError(Problem("not_found", {"address": digest[:64]}))
    got, is_whole = bytearray(), False
    try:
        with county.http.open(
            "GET",
            f"{place}/{digest}",
            accept="",
            headers={"Range": f"bytes={offset}-{offset + most - 1}"},
            expect=(200, 206, 416),
            limits=LIMITS,
            kind=TrafficClass.FILES,
            packed=True,
        ) as stream:
            if stream.status == 416:
                return b""
            is_whole = stream.status == 200
            passed_over = offset if is_whole else 0
            most = max(most, most_of_whole) if is_whole else most
            for chunk in stream.chunks():
                skipped = min(passed_over, len(chunk))
                passed_over -= skipped
                got += chunk[skipped:]
                if len(got) >= most:
                    break
    except (SourceError, Cancelled):
        if not (got and is_whole and most_of_whole):
            raise
    return bytes(got[:most])


def refusal_of(ref: FileRef, limit: int, *, proven: bool = True) -> SourceError:
    """Return the error for a file larger than the server takes."""
    said = f"{limit / MEGABYTE:.3g} MB"
    return SourceError(Problem("file_refused", {"name": ref.name, "limit": said}), proven=proven)
