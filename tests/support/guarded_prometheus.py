"""A real Prometheus with its Alertmanager, both behind a password and an authority of their own,
and a rule whose alarms a test fires and ends."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trustme

from support.real_prometheus import READY_TIMEOUT_S, end_all, free_ports

PROMETHEUS = """
global: {{ scrape_interval: 1s, evaluation_interval: 1s }}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - scheme: https
      basic_auth: {{ username: "{user}", password: "{password}" }}
      tls_config: {{ ca_file: ca.pem }}
      static_configs: [ {{ targets: ["localhost:{alertmanager}"] }} ]
scrape_configs:
  - job_name: node
    honor_labels: true
    static_configs: [ {{ targets: ["127.0.0.1:{node}"] }} ]
"""
RULES = """
groups:
  - name: county
    rules:
      - alert: PumpDown
        expr: county_pump_failed == 1
        labels: { severity: critical }
        annotations: { summary: "{{ $labels.pump }} 号泵停机" }
"""
ALERTMANAGER = """
route: { receiver: none, group_wait: 1s, group_interval: 1s }
receivers: [ { name: none } ]
"""
WEB = """
tls_server_config: {{ cert_file: server.pem, key_file: server.key }}
basic_auth_users: {{ "{user}": "{bcrypt}" }}
"""
READINGS = "pumps.prom"
GUARDED = "--web.config.file=web.yml"
COMMANDS = (
    ("prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=series", GUARDED),
    (
        *("prometheus-alertmanager", "--config.file=alertmanager.yml"),
        *("--storage.path=alerts", "--cluster.listen-address=", GUARDED),
    ),
    (
        *("prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile"),
        *("--collector.textfile.directory=readings", "--web.disable-exporter-metrics"),
    ),
)


class GuardedPrometheus:
    """Where they listen, and the pumps whose failing they watch."""

    def __init__(self, folder: Path, ports: list[int], login: str) -> None:
        prometheus, alertmanager = ports
        self.url = f"https://localhost:{prometheus}"
        self.alertmanager_url = f"https://localhost:{alertmanager}"
        self.ca_file = folder / "ca.pem"
        self._folder, self._login = folder, login
        self._failed: dict[str, bool] = {}

    def pumps(self, **failed: bool) -> None:
        """Say which pumps have failed; the rule fires for each of those within seconds."""
        self._failed |= failed
        lines = (f'county_pump_failed{{pump="{p}"}} {int(f)}\n' for p, f in self._failed.items())
        new = self._folder / "new"
        new.write_text("".join(lines), "utf-8")
        new.replace(self._folder / "readings" / READINGS)

    def alerts(self) -> dict[str, dict[str, Any]]:
        """What stands in Alertmanager, by pump."""
        found = self.ask(f"{self.alertmanager_url}/api/v2/alerts")
        return {each["labels"]["pump"]: each for each in found}

    def silence(self, by: str, **labels: str) -> None:
        """A silence as somebody makes it in the web page of Alertmanager."""
        now = time.time()
        body = {
            "matchers": [{"name": n, "value": v, "isRegex": False} for n, v in labels.items()],
            "startsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 60)),
            "endsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + 3600)),
            "createdBy": by,
            "comment": "检修",
        }
        self.ask(f"{self.alertmanager_url}/api/v2/silences", body)

    def ask(self, url: str, body: Any = None) -> Any:
        """The JSON at an address, with the login."""
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {self._login}"}
        data = None if body is None else json.dumps(body).encode()
        trust = ssl.create_default_context(cafile=self.ca_file)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )
        request = urllib.request.Request(url, data, headers)
        with opener.open(request, timeout=5) as answer:
            return json.loads(answer.read())


@contextmanager
def guarded_prometheus(
    folder: Path, user: str, bcrypt: str, password: str
) -> Iterator[GuardedPrometheus]:
    """The three, up, none of the pumps failed; ended when the block is left."""
    prometheus, alertmanager, node = ports = free_ports(3)
    given = {"user": user, "password": password, "alertmanager": alertmanager, "node": node}
    _write_files(folder, given | {"bcrypt": bcrypt})
    login = b64encode(f"{user}:{password}".encode()).decode()
    found = GuardedPrometheus(folder, [prometheus, alertmanager], login)
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command, port in zip(COMMANDS, ports, strict=True):
            where = f"--web.listen-address=127.0.0.1:{port}"
            with (folder / f"{command[0]}.log").open("wb") as log:
                started = subprocess.Popen([*command, where], cwd=folder, stdout=log, stderr=log)
                running.append(started)
        _wait_until_up(found)
        yield found
    finally:
        end_all(running)


def _write_files(folder: Path, given: dict[str, Any]) -> None:
    (folder / "readings").mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(str(folder / "server.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "server.key"))
    (folder / "prometheus.yml").write_text(PROMETHEUS.format(**given), "utf-8")
    (folder / "rules.yml").write_text(RULES, "utf-8")
    (folder / "alertmanager.yml").write_text(ALERTMANAGER, "utf-8")
    (folder / "web.yml").write_text(WEB.format(**given), "utf-8")


def _wait_until_up(found: GuardedPrometheus) -> None:
    ends_at = time.monotonic() + READY_TIMEOUT_S
    while True:
        try:
            found.alerts()
            targets = found.ask(f"{found.url}/api/v1/targets?state=active")["data"]
            if [each["health"] for each in targets["activeTargets"]] == ["up"]:
                return
        except OSError:
            pass
        if time.monotonic() > ends_at:
            raise TimeoutError("Prometheus and Alertmanager did not become ready")
        time.sleep(0.1)
