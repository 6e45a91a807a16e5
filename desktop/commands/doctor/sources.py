"""Checks of the sources: what answers, its certificate, the proxy on the way, and the speed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.request import getproxies

from desktop.application.ports import Connector, SourceError, SourceSettings
from desktop.application.proxies import SYSTEM, ProxyRule
from desktop.connectors.kinds import kind_named
from desktop.diagnostics.doctor.checks import Check
from desktop.diagnostics.doctor.finding import Finding, Verdict, fine, of_problem, unknown
from desktop.diagnostics.doctor.network import check_certificate, check_proxy

Build = Callable[[str], Connector]
"""Builds a connector of its own to a source, which opens no session."""


def source_checks(
    build: Build, settings: list[SourceSettings], hides_logins: Callable[[], bool]
) -> list[Check]:
    """Return a check of each source, of its certificate, and of the proxies.

    `hides_logins` says whether logins may be kept here that nobody can see now.
    """
    checks = []
    for one in settings:
        probe = Probe(one, build, hides_logins)
        checks.append(Check("source", probe.look, probe.cancel))
    for one in settings:
        if one.address.startswith("https://") and not ProxyRule.of(one).said:
            find = partial(check_certificate, one.id, one.address, one.ca_file)
            checks.append(Check("certificate", find))
    return [*checks, Check("proxy", lambda: look_at_proxies(settings))]


class Probe:
    """One source, asked by a connector of its own."""

    def __init__(
        self, settings: SourceSettings, build: Build, hides_logins: Callable[[], bool]
    ) -> None:
        self._settings, self._build, self._hides_logins = settings, build, hides_logins
        self._connector: Connector | None = None

    def look(self) -> Finding:
        """Return whether it answers as it should."""
        source = self._settings.id
        self._connector = self._build(source)
        try:
            if kind_named(self._settings.kind).MANIFEST.greets:
                # Its greeting alone tells of name, certificate and login; a probe reads all of it.
                self._connector.epoch()
                return fine("source", "answers", source=source)
            found = self._connector.probe()
        except SourceError as error:
            if error.problem.code == "login_missing" and self._hides_logins():
                return unknown("source", "no_key", source=source)
            return of_problem("source", Verdict.BROKEN, error.problem, source=source)
        finally:
            self.cancel()
        if found.remarks:
            return of_problem("source", Verdict.LOOK, found.remarks[0], source=source)
        return fine("source", "answers_as", source=source, product=found.product[:60])

    def cancel(self) -> None:
        """Break off whatever is under way."""
        if self._connector is not None:
            self._connector.close()


def look_at_proxies(settings: list[SourceSettings]) -> list[Finding]:
    """Return whether each proxy of the profile takes connections; one line where there is none."""
    said = {ProxyRule.of(one).said for one in settings} - {""}
    system = {name: address for name, address in getproxies().items() if name in ("http", "https")}
    if SYSTEM in said:
        said = (said - {SYSTEM}) | set(system.values())
    elif system and not said:
        return [fine("proxy", "not_used")]
    return [check_proxy(each) for each in sorted(said)] or [fine("proxy", "none")]
