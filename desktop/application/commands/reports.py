"""Report tables (报表): the forms there are, prefilled drafts, what was given.

A screen asks `forms()`, opens one with `start(form, township, period)`, shows each field of the
draft with its origin, types into it by `draft.with_value(field, text)`, keeps it with `keep` at
every pause, marks what `draft.problems()` tells, and hands it over with `submit`. `list_given`
lists what was reported, `missing` who has not; `today` is the period of a daily form, `events` what
a disaster table may be about. All but `today` read the store, so a screen asks off the GUI thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from desktop.application.commands.command_service import CommandService
from desktop.application.ports import Cache, IncidentFilter, IncidentRow, OutboxStore
from desktop.application.reads.pending_overlay import PendingOverlay, commands, pending_state
from desktop.application.reads.prefill import Known, day_began_at, fill_fields
from desktop.application.reads.report_drafts import ReportDraft, ReportLine
from desktop.domain import overlay
from desktop.domain.clock import Clock
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    Key,
    mint_key,
)
from desktop.domain.geo import Township
from desktop.domain.instant import to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.report import Form, Report, newest_forms
from desktop.protocol.fields import InvalidField
from desktop.protocol.report_forms import day_of, form_row_id, is_period, read_values

MARK = "\x1f"
"""A separator in the ids of drafts; no id of a county contains it."""
MOST_EVENTS = 50


class _Kept(msgspec.Struct, frozen=True):
    """A draft as the outbox keeps it: only what was typed, the rest is filled anew."""

    key: str
    values: dict[str, str] = {}


class Reports:
    """Report tables; every call may come from any thread."""

    def __init__(
        self,
        cache: Cache,
        outbox: OutboxStore,
        standing: PendingOverlay,
        clock: Clock,
        service: CommandService,
    ) -> None:
        self._cache, self._outbox, self._standing = cache, outbox, standing
        self._clock, self._service = clock, service

    def today(self) -> str:
        """Return the period of today's daily report, by the county's time."""
        return day_of(to_datetime(self._clock.now()))

    def forms(self) -> tuple[Form, ...]:
        """Return the newest edition of each form that a county takes reports by, daily first."""
        return tuple(
            form
            for form in self.list_newest()
            if self._service.accepts(Key(form.source, Collection.REPORTS, ""), CommandKind.REPORT)
        )

    def list_newest(self) -> tuple[Form, ...]:
        """Return the newest edition of each form, also of a county that takes no reports now."""
        return newest_forms(self._editions())

    def events(self, township: str) -> tuple[IncidentRow, ...]:
        """Return the township's open incidents, most urgent first: an event's id is its period."""
        wanted = IncidentFilter(township=township)
        numbers = self._cache.incident_numbers(wanted, MOST_EVENTS)
        return tuple(self._cache.incident_rows(numbers))

    def start(self, form: Form, township: str, period: str) -> ReportDraft:
        """Return the report as it may be given now: prefilled, with what was typed before.

        Where the period was reported already it holds that report, to be corrected. Raises
        InvalidField for a period that is none of the form's.
        """
        if not is_period(period, form.period):
            raise InvalidField("period", "wrong")
        now = self._clock.now()
        mine = [each for each in self._reports(form.source) if each.township == township]
        known = Known(
            *(self._cache, form.source, township, period, day_began_at(period, now), now),
            reports=mine,
        )
        fresh = ReportDraft(
            *(form.source, form, township, period),
            fields=fill_fields(form, known),
            key=mint_key(),
        )
        given = next((each for each in mine if each.id == fresh.target.id), None)
        if given is not None:
            fresh = msgspec.structs.replace(fresh, base=given.version)
        return self._as_kept(fresh)

    def keep(self, draft: ReportDraft) -> None:
        """Keep what was typed, durable on return; nothing typed deletes it."""
        typed = draft.collect_typed()
        text = msgspec.json.encode(_Kept(draft.key, typed)).decode() if typed else ""
        self._service.keep_draft(_place_of(draft), text)

    def discard(self, draft: ReportDraft) -> None:
        """Forget what was typed."""
        self._service.keep_draft(_place_of(draft), "")

    def submit(self, draft: ReportDraft) -> CommandRecord:
        """Submit the report; durable on return, its draft is gone.

        Raises InvalidField, naming the form's field, before anything is stored.
        """
        form = draft.form
        body = {
            "form": form.form,
            "edition": form.edition,
            "township": draft.township,
            "period": draft.period,
            "values": read_values(form.fields, draft.values()),
        }
        record = self._service.submit(
            CommandKind.REPORT, draft.target, body, base=draft.base, key=draft.key
        )
        self.discard(draft)
        return record

    def read_body(self, source: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a body given as text, its values in their one form; without an edition, the
        newest. InvalidField where it does not fit the form."""
        name = str(body.get("form", ""))
        newest = {
            form.form: form for form in newest_forms(self._editions()) if form.source == source
        }
        if name not in newest:
            raise InvalidField("form", "wrong" if name else "missing")
        edition = int(body.get("edition", newest[name].edition))
        form = self.edition(source, name, edition)
        if form is None:
            raise InvalidField("edition", "wrong")
        if not is_period(str(body.get("period", "")), form.period):
            raise InvalidField("period", "wrong")
        values = read_values(form.fields, body.get("values", {}))
        return {**body, "edition": edition, "values": values}

    def name_of(self, command: Command) -> Text:
        """Return what people call the report of a command: form, township and period."""
        body, source = command.body, command.target.source
        form = self.edition(source, str(body.get("form")), int(body.get("edition", 0)))
        title = form.title if form else Text(str(body.get("form", "")))
        town = next((t.name for t in self._townships() if t.id == body.get("township")), Text())
        period = str(body.get("period", ""))
        zh, en = (
            f"{title.in_language(language)} {town.in_language(language)} {period}".strip()
            for language in ("zh", "en")
        )
        return Text(zh, en)

    def edition(self, source: str, form: str, edition: int) -> Form | None:
        """Return one edition of a form, an older one too; None where the county gave it not."""
        row = form_row_id(form, edition)
        return next((f for f in self._editions() if (f.source, f.id) == (source, row)), None)

    def list_given(
        self, form: str | None = None, township: str | None = None, period: str | None = None
    ) -> tuple[ReportLine, ...]:
        """Return the reports that were given, newest first, pending ones too."""
        pending = self._pending()
        editions = {(f.source, f.form, f.edition): f for f in self._editions()}
        lines = [
            ReportLine(
                report,
                editions.get((report.source, report.form, report.edition)),
                pending_state(pending.get(_key_of(report), [])),
            )
            for report in self._reports()
            if form in (None, report.form)
            and township in (None, report.township)
            and period in (None, report.period)
        ]
        return tuple(sorted(lines, key=lambda line: (-line.report.reported_at, line.report.id)))

    def missing(self, form: str, period: str) -> tuple[Township, ...]:
        """Return the townships that this desk sees and that have not given that report yet."""
        there = {line.report.township for line in self.list_given(form, period=period)}
        return tuple({t.id: t for t in self._townships() if t.id not in there}.values())

    def _townships(self) -> list[Township]:
        return cast(list[Township], self._cache.rows(Collection.TOWNSHIPS))

    def _editions(self) -> list[Form]:
        return cast(list[Form], self._cache.rows(Collection.FORMS))

    def _pending(self) -> dict[Key, list[CommandRecord]]:
        """Return the pending commands by the report they are on."""
        found: defaultdict[Key, list[CommandRecord]] = defaultdict(list)
        for record in self._standing.records():
            if record.command.kind is CommandKind.REPORT:
                found[record.command.target].append(record)
        return dict(found)

    def _reports(self, source: str | None = None) -> list[Report]:
        """Return every report with pending commands applied, also those no source has yet."""
        stored = cast(list[Report], self._cache.rows(Collection.REPORTS))
        rows: dict[Key, Report | None] = {_key_of(report): report for report in stored}
        for key, records in self._pending().items():
            rows[key] = overlay.report_over(rows.get(key), commands(records))
        return [r for r in rows.values() if r is not None and source in (None, r.source)]

    def _as_kept(self, fresh: ReportDraft) -> ReportDraft:
        """Return the draft with what was typed before, under the key it had."""
        where = _place_of(fresh)
        text = self._outbox.draft(where)
        try:
            kept = msgspec.json.decode(text, type=_Kept) if text else None
        except msgspec.MsgspecError:
            kept = None
        if kept is None:
            return fresh
        if self._outbox.record(kept.key) is not None:
            # The command is durable, only its draft outlived a crash.
            self._service.keep_draft(where, "")
            return fresh
        for field, value in kept.values.items():
            fresh = fresh.with_value(field, value)
        return msgspec.structs.replace(fresh, key=kept.key)


def _key_of(report: Report) -> Key:
    return Key(report.source, Collection.REPORTS, report.id)


def _place_of(draft: ReportDraft) -> Key:
    """Return where the outbox keeps the draft, apart from drafts of other kinds."""
    target = draft.target
    return Key(target.source, target.collection, MARK.join((CommandKind.REPORT, target.id)))
