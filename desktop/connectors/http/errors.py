"""Failures on the way to a source, as problems in both languages."""

from __future__ import annotations

import email.utils
import http.client
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.http.sockets import InsideAddress
from desktop.domain.source import EXCERPT_CHARS, Problem

LONGEST_WAIT_S = 3600.0
"""Longest wait that a server's `Retry-After` may impose; then it is asked again."""
UNPROVEN_WAIT_S = 54.0
"""Longest wait an answer not proven to be the server's may impose: a minute, with the jitter that
keeps desks apart."""

CERTIFICATE_CODES = {
    9: "tls_not_yet_valid",
    10: "tls_expired",
    18: "tls_self_signed",
    62: "tls_wrong_host",
    64: "tls_wrong_host",
}
"""OpenSSL's verification results; every other one means an untrusted issuer."""

STRANGERS = frozenset({"tls_untrusted", "tls_self_signed", "tls_wrong_host", "tls_no_names"})
"""Certificate problems that mean another server answered, if this one once had a good
certificate."""

STATUS_CODES = {
    401: "login_expired",
    403: "forbidden",
    404: "not_found",
    408: "timed_out",
    413: "request_refused",
    421: "wrong_host_name",
    429: "too_many",
    503: "server_busy",
    504: "timed_out",
    507: "no_room",
    511: "captive_portal",
}

PROBLEM_CODES = {"locked": "login_locked", "quota": "quota_spent"}
"""Problem codes for a county's own problem types, where the status alone is not specific."""
PROBLEM = "urn:county-desk:problem:"


class ProxyAway(OSError):
    """The proxy was not reached, or broke off before the tunnel was open."""

    def __init__(self, proxy: str, reason: str) -> None:
        super().__init__(reason)
        self.proxy = proxy


class ProxyRefused(OSError):
    """The proxy answered but opened no tunnel."""

    def __init__(self, proxy: str, status: int) -> None:
        super().__init__(str(status))
        self.proxy, self.status = proxy, status


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and everything it was raised from or carries, outermost first."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        waiting.extend(each for each in inner if isinstance(each, BaseException))


def failure(
    error: BaseException,
    address: str,
    refused: Callable[[str, str, int], SourceError] | None = None,
) -> SourceError:
    """Convert an exception met while requesting `address`; `refused` converts a proxy's refusal."""
    errors = list(chain(error))
    for one in errors:
        if isinstance(one, ProxyRefused) and refused is not None:
            return refused(address, one.proxy, one.status)
        if isinstance(one, ProxyAway):
            details = {"address": address, "proxy": one.proxy, "reason": excerpt(str(one))}
            return SourceError(Problem("proxy_unreachable", details), may_have_left=False)
        if isinstance(one, ssl.SSLCertVerificationError):
            code = CERTIFICATE_CODES.get(one.verify_code, "tls_untrusted")
            return SourceError(Problem(code, {"address": address, "reason": one.verify_message}))
    code = next((c for c in map(_code, errors) if c), "unreachable")
    reason = next((str(e) for e in reversed(errors) if isinstance(e, OSError) and str(e)), "")
    for one in errors:
        if isinstance(one, http.client.IncompleteRead) and one.expected:
            reason = too_short(_size(one.partial), one.expected)
    return SourceError(Problem(code, {"address": address, "reason": excerpt(reason)}))


def too_short(came: int, missing: int) -> str:
    """Describe a body that is shorter than its head declared."""
    return f"(Content-Length: {came + missing:,} B; came: {came:,} B)"


def _size(came: object) -> int:
    """Return how many bytes were received; some libraries give only the number."""
    return came if isinstance(came, int) else len(came) if isinstance(came, bytes) else 0


def captive_portal(error: SourceError) -> SourceError:
    """Return the error as a captive portal if a known server shows another's certificate.

    A network that requires a login first answers TLS in place of every server.
    """
    if error.problem.code not in STRANGERS:
        return error
    return SourceError(Problem("captive_portal", error.problem.details))


def before_leaving(error: SourceError) -> SourceError:
    """Return the error of a request of which nothing was sent, without mention of an answer."""
    cut = error.problem.code == "cut_short"
    problem = Problem("unreachable", error.problem.details) if cut else error.problem
    return SourceError(problem, held=error.held, may_have_left=False)


def _code(error: BaseException) -> str | None:
    match error:
        case InsideAddress():
            return "inside_address"
        case socket.gaierror():
            return "name_not_found"
        case TimeoutError():
            return "timed_out"
        case ConnectionRefusedError():
            return "refused"
        case ssl.SSLEOFError() | ConnectionResetError() | ConnectionAbortedError():
            return "cut_short"
        case BrokenPipeError():
            return "cut_short"
        case ssl.SSLError():
            return "tls_failed"
        case http.client.IncompleteRead() | http.client.RemoteDisconnected():
            return "cut_short"
        case http.client.HTTPException():
            return "not_understood"
    if type(error).__name__ in ("ReadTimeoutError", "ConnectTimeoutError"):
        return "timed_out"
    return "ca_file_unusable" if "TLS CA certificate bundle" in str(error) else None


def refusal(
    status: int, headers: Mapping[str, str], address: str, body: bytes, *, proven: bool = False
) -> SourceError:
    """Return the error for an answer with an unexpected status.

    One that is not `proven` to be the server's may impose only a short wait.
    """
    code = STATUS_CODES.get(status) or ("server_error" if status >= 500 else "request_refused")
    kind, detail = _county_problem(body)
    code = PROBLEM_CODES.get(kind, code) if status == 429 else code
    reason = detail if kind else excerpt(body)
    details = {"address": address, "status": str(status), "reason": reason}
    wait_s = retry_after_s(headers) if status in (429, 503, 507) else None
    if wait_s is not None and not proven:
        wait_s = min(wait_s, UNPROVEN_WAIT_S)
    held = status == 401
    return SourceError(Problem(code, details), retry_after_s=wait_s, held=held, proven=proven)


def _county_problem(body: bytes) -> tuple[str, str]:
    """Return type and detail of a county's own problem document; empty for any other body.

    The title stands for the detail that a problem lacks, but of a login our own words say more.
    """
    try:
        said = msgspec.json.decode(body, type=_ProblemBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "", ""
    if not said.type.startswith(PROBLEM):
        return "", ""
    kind = said.type.removeprefix(PROBLEM)
    return kind, excerpt(said.detail or ("" if kind == "login" else said.title))


class _ProblemBody(msgspec.Struct):
    type: str
    detail: str = ""
    title: str = ""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Parse `Retry-After`, in seconds or as a date, limited to an hour."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT_S)
    until, now = http_date_at(said), http_date_at(headers.get("Date", ""))
    if until is None or now is None:
        return None
    return min(max(0.0, (until - now) / 1000), LONGEST_WAIT_S)


def http_date_at(said: str) -> int | None:
    """Parse an HTTP date; None when it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(said)
        return None if moment.tzinfo is None else round(moment.timestamp() * 1000)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


PAGES = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<meta")
DATA = (b"{", b"[", b"<?xml", b"<rss", b"<feed", b"<alert")
_PROLOGUE = re.compile(rb"\A(?:\s+|<!--.*?-->|<\?xml[^>]*\?>)*", re.DOTALL)


def excerpt(what: bytes | str) -> str:
    """Return at most 200 characters of a body on one line, for a person to look at."""
    text = what[: 4 * EXCERPT_CHARS]
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if not said.isprintable():
        said = "".join(c if c.isprintable() else " " for c in said)
    return " ".join(said.split())[:EXCERPT_CHARS]


def is_page(content_type: str, head: bytes) -> bool:
    """Whether a body is a web page where data was expected: a captive portal's, most likely.

    Its beginning decides, whatever its declared type: a text within data may contain markup.
    """
    start = head[:1024].lower().lstrip(b"\xef\xbb\xbf \t\r\n")
    if _PROLOGUE.sub(b"", start, count=1).startswith(PAGES):
        return True
    return "text/html" in content_type.lower() and not start.startswith(DATA)
