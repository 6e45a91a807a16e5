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


@contextmanager
def nginx_before(county_url: str, folder: Path) -> Iterator[str]:
    """The base URL of an nginx that caches for the county."""
    found = program()
    assert found is not None
    port = _free_port()
    text = (resources() / "county-api" / "nginx.conf").read_text(encoding="utf-8")
    for marked, ours in (
        ("127.0.0.1:8765", urlsplit(county_url).netloc),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/var/cache/nginx/county", str(folder / "cache")),
    ):
        assert text.count(marked) == 1
        text = text.replace(marked, ours)
    (folder / "county.conf").write_text(text, encoding="utf-8")
    # Workers of root's nginx become somebody else, who may not read a test's folder.
    user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(user=user, folder=folder), encoding="utf-8")
    process = subprocess.Popen(
        [found, "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")]
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(STOP_TIMEOUT_S)
    errors = (folder / "error.log").read_text(encoding="utf-8")
    assert "[error]" not in errors, errors
    assert "[emerg]" not in errors, errors


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
