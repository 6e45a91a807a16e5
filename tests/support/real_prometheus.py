"""A real Prometheus, Alertmanager and node-exporter on free loopback ports."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("prometheus", "prometheus-alertmanager", "prometheus-node-exporter")
READY_TIMEOUT_S = 30.0

PROMETHEUS = """
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["127.0.0.1:{node}"]
        labels: {{ asset: "大厅网关", township: "t01", kind: "gateway" }}
  - job_name: water-pump
    static_configs:
      - targets: ["127.0.0.1:{dead}"]
        labels: {{ asset: "pump-3", township: "t02" }}
"""

ALERTMANAGER = """
route:
  receiver: none
  group_wait: 1s
receivers:
  - name: none
"""


class RealPrometheus:
    """Where the three listen, and the little a test does behind the connector's back."""

    def __init__(self, prometheus: int, alertmanager: int, node: int) -> None:
        self.url = f"http://127.0.0.1:{prometheus}"
        self.alertmanager_url = f"http://127.0.0.1:{alertmanager}"
        self.node_url = f"http://127.0.0.1:{node}"

    def raise_alert(self, name: str, *, resolved: bool = False, **labels: str) -> None:
        """Post an alert as Prometheus would; `resolved` ends it."""
        alert: dict[str, Any] = {
            "labels": {"alertname": name, **labels},
            "annotations": {"summary": f"{name} 触发", "description": "由测试发出"},
        }
        if resolved:
            alert["endsAt"] = "2020-01-01T00:00:00Z"
            alert["startsAt"] = "2019-12-31T00:00:00Z"
        self._ask("/api/v2/alerts", [alert])

    def silences(self) -> list[dict[str, Any]]:
        """All silences, whoever made them."""
        found: list[dict[str, Any]] = self._ask("/api/v2/silences")
        return found

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts that stand, as Alertmanager tells them."""
        found: list[dict[str, Any]] = self._ask("/api/v2/alerts")
        return found

    def has_scraped(self) -> bool:
        """Whether the live target has samples of some seconds and the dead one is known as down."""
        found = fetch(f"{self.url}/api/v1/query?query=count_over_time(node_load1[1m])%3E2")
        targets = fetch(f"{self.url}/api/v1/targets?state=active")
        healths = {t["health"] for t in targets["data"]["activeTargets"]}
        return bool(found["data"]["result"]) and healths == {"up", "down"}

    def _ask(self, path: str, body: Any = None) -> Any:
        return fetch(self.alertmanager_url + path, body)


def fetch(url: str, body: Any = None) -> Any:
    """The JSON at an address, past any proxy of the environment."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as answer:
        said = answer.read()
    return json.loads(said) if said.strip() else None


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def missing_programs() -> list[str]:
    """Which of the three are not installed here."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextmanager
def real_prometheus(folder: Path) -> Iterator[RealPrometheus]:
    """The three, up and scraped once; ended when the block is left."""
    prometheus, alertmanager, node, dead = free_ports(4)
    (folder / "prometheus.yml").write_text(PROMETHEUS.format(node=node, dead=dead), "utf-8")
    (folder / "alertmanager.yml").write_text(ALERTMANAGER, "utf-8")
    commands = [
        ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{node}"],
        [
            "prometheus-alertmanager",
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alerts'}",
            f"--web.listen-address=127.0.0.1:{alertmanager}",
            "--cluster.listen-address=",
        ],
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'series'}",
            f"--web.listen-address=127.0.0.1:{prometheus}",
        ],
    ]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            with (folder / f"{command[0]}.log").open("wb") as log:
                running.append(subprocess.Popen(command, stdout=log, stderr=log))
        found = RealPrometheus(prometheus, alertmanager, node)
        _wait_until_ready(found)
        yield found
    finally:
        end_all(running)


def end_all(running: Iterable[subprocess.Popen[bytes]]) -> None:
    """End these servers and wait until they have."""
    running = tuple(running)
    for process in running:
        process.terminate()
    for process in running:
        process.wait(10)


def _wait_until_ready(found: RealPrometheus) -> None:
    ends_at = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            found.silences()
            if found.has_scraped():
                return
        except (urllib.error.URLError, OSError, KeyError):
            pass
        if time.monotonic() > ends_at:
            raise TimeoutError("Prometheus did not become ready")
        time.sleep(0.1)


@contextmanager
def protected_prometheus(folder: Path, user: str, bcrypt: str, password: str) -> Iterator[str]:
    """A Prometheus that asks for a user and password; ended when the block is left."""
    port, node, dead = free_ports(3)
    (folder / "prometheus.yml").write_text(PROMETHEUS.format(node=node, dead=dead), "utf-8")
    (folder / "web.yml").write_text(f'basic_auth_users:\n  "{user}": "{bcrypt}"\n', "utf-8")
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--web.config.file={folder / 'web.yml'}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    login = b64encode(f"{user}:{password}".encode()).decode()
    url = f"http://127.0.0.1:{port}"
    with (folder / "prometheus.log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        ends_at = time.monotonic() + READY_TIMEOUT_S
        while not _is_ready(f"{url}/-/ready", login):
            if time.monotonic() > ends_at:
                raise TimeoutError("Prometheus did not become ready")
            time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(10)


def _is_ready(url: str, login: str) -> bool:
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
