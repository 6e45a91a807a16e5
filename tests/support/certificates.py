"""A county's own authority, and the certificates it gave for this computer."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from desktop.county_server.http.listening import server_tls


class Certificates:
    """Files in a folder: the authority's certificate, and one for localhost with its key."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.ca_file, self.chain, self.key = (
            folder / name for name in ("authority.pem", "chain.pem", "key.pem")
        )
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        issued = authority.issue_cert("localhost", "127.0.0.1")
        self.chain.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(self.key)

    @property
    def server(self) -> ssl.SSLContext:
        """What a county on this computer shows."""
        return server_tls(self.chain, self.key)

    @property
    def client(self) -> ssl.SSLContext:
        """What trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.ca_file)
