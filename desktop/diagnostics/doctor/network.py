"""Checks of the way out: names, certificates, proxies."""

from __future__ import annotations

import socket
import ssl
import time
from urllib.parse import urlsplit

from desktop.diagnostics.doctor.finding import Finding, fail, fine, look, unknown

CONNECT_S = 1.5
SOON_DAYS = 21
DAY_S = 86_400
PORTS = {"https": 443, "http": 80}


def check_certificate(source: str, address: str, ca_file: str = "") -> Finding:
    """Return how long the certificate of a source's server is still valid."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or PORTS["https"]
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError:
        return fail("certificate", "no_authority", source=source)
    try:
        with (
            socket.create_connection((host, port), CONNECT_S) as bare,
            context.wrap_socket(bare, server_hostname=host) as secure,
        ):
            ends = (secure.getpeercert() or {}).get("notAfter")
    except ssl.SSLCertVerificationError as error:
        reason = error.verify_message
        return fail("certificate", "refused", source=source, host=host, reason=reason)
    except OSError:
        return unknown("certificate", "not_reached", source=source, host=host)
    if not isinstance(ends, str):
        return unknown("certificate", "not_reached", source=source, host=host)
    days = int((ssl.cert_time_to_seconds(ends) - time.time()) // DAY_S)
    if days < SOON_DAYS:
        return look("certificate", "ends_soon", source=source, days=days)
    return fine("certificate", "valid", source=source, days=days)


def check_proxy(proxy: str) -> Finding:
    """Return whether a proxy takes connections."""
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)
    try:
        socket.create_connection((host, port), CONNECT_S).close()
    except OSError as error:
        return fail("proxy", "unreachable", host=host, kind=type(error).__name__)
    return fine("proxy", "reached", host=host)
