"""A real nginx with the configuration we recommend, on a free port, with a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from desktop.paths import resources
from support.certificates import Certificates

READY_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 10.0
MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/temp;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/county.conf;
}}
"""


def program() -> str | None:
    """The nginx of this machine, if any; Debian has it where only root's PATH looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Nginx:
    """One that caches for a county; it can be killed and started again on the same port."""

    def __init__(
        self, county_url: str, folder: Path, certificates: Certificates, cache: Path | None = None
    ) -> None:
        port = _free_port()
        self._port, self._folder = port, folder
        self.url = f"https://localhost:{port}"
        self.cache = cache or folder / "cache"
        text = (resources() / "county-api" / "nginx.conf").read_text(encoding="utf-8")
        for marked, ours in (
            ("county.example.gov.cn", "localhost"),
            ("192.0.2.10:443", urlsplit(county_url).netloc),
            ("listen 8443", f"listen 127.0.0.1:{port}"),
            ("/etc/county-desk/township.crt", str(certificates.chain)),
            ("/etc/county-desk/township.key", str(certificates.key)),
            ("/etc/county-desk/county-ca.crt", str(certificates.ca_file)),
            ("/var/cache/nginx/county", str(self.cache)),
            # A test's small disk has no 500 MB to keep free.
            ("min_free=500m", "min_free=0"),
        ):
            assert text.count(marked) == 1
            text = text.replace(marked, ours)
        (folder / "county.conf").write_text(text, encoding="utf-8")
        # Workers of root's nginx become somebody else, who may not read a test's folder.
        user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        main = MAIN.format(user=user, folder=folder)
        (folder / "nginx.conf").write_text(main, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Serve from what the cache has by now."""
        found = program()
        assert found is not None
        folder = self._folder
        self._process = subprocess.Popen(
            [found, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
        )
        _wait_for(self._port, self._process)

    def stop(self) -> None:
        """End it and every connection through it; idempotent."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait(STOP_TIMEOUT_S)

    def errors(self) -> str:
        """What it wrote about errors so far."""
        lines = (self._folder / "error.log").read_text(encoding="utf-8").splitlines()
        grave = ("[error]", "[crit]", "[alert]", "[emerg]")
        return "\n".join(line for line in lines if any(word in line for word in grave))


@contextmanager
def nginx_before(county_url: str, folder: Path, certificates: Certificates) -> Iterator[Nginx]:
    """An nginx that caches for the county, and has nothing to complain of at the end."""
    nginx = Nginx(county_url, folder, certificates)
    try:
        yield nginx
    finally:
        nginx.stop()
    assert nginx.errors() == ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_TIMEOUT_S
    while True:
        assert process.poll() is None, "nginx did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "nginx does not listen"
            time.sleep(0.02)
        else:
            return
