"""What a county does by itself: rows that come, change and go, whatever desks ask."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from desktop.protocol.report_forms import report_id
from desktop.wire import level1
from simulation.server import Server

TOWNSHIPS = ("t1", "t2", "t3")
INCIDENTS = tuple(f"i{n}" for n in range(1, 9))
ALARMS = ("a1", "a2", "a3")
ASSETS = ("p1", "p2")
LEVELS = ("none", "ordinary", "larger", "major", "especially_major")
STAGES = ("filed", "filed", "dispatched", "handling", "fed_back", "verifying", "closed")
DAYS = ("2001-01-01", "2001-01-02")
"""Days that report tables are about; over long before any desk begins."""
FORM = level1.Form(
    "daily/1", "daily", 1, "日报", fields=(level1.FormField("moved", "转移人数"),), version=1
)
_OF_ROW = "WHERE collection='incidents' AND id=?"


class CountyLife:
    """Changes the rows of one county by the dice."""

    def __init__(self, server: Server, dice: Random) -> None:
        self._server, self._dice = server, dice
        self._count = 0

    def fill(self) -> None:
        """The rows of the first day."""
        self._put("townships", [level1.Township(t, level1.Phrase(f"{t}镇", t)) for t in TOWNSHIPS])
        self._put("forms", [FORM])
        self._put("assets", [self._asset(each) for each in ASSETS])
        self._put("queues", [self._queue()])
        self._put("warnings", [level1.Warning("w1", "暴雨蓝色预警", self._now, level="blue")])
        self._put("alarms", [self._alarm(each) for each in ALARMS[:2]])
        self._put("incidents", [self._incident(each) for each in INCIDENTS[:4]])

    def live(self) -> None:
        """One thing happens."""
        roll = self._dice.random()
        if roll < 0.6:
            self._live_incident(self._dice.choice(INCIDENTS))
        elif roll < 0.75:
            self._live_alarm(self._dice.choice(ALARMS))
        elif roll < 0.9:
            self._put("assets", [self._asset(self._dice.choice(ASSETS))])
        else:
            self._put("queues", [self._queue()])

    def change(self, name: str) -> None:
        """An incident of that name changes, or comes."""
        known = self._row("incidents", name)
        row = self._incident(name) if known is None else self._changed(known)
        self._put("incidents", [row])

    def bring_to(self, name: str, stage: str) -> None:
        """An incident of that name is at that stage from now on, for the whole county to see."""
        known = self._row("incidents", name) or self._incident(name)
        self._put("incidents", [msgspec.structs.replace(known, stage=stage, township="")])

    def tabulate(self, township: str) -> None:
        """Another office gives that township's report of the first day, or corrects it."""
        self._count += 1
        row = report_id("daily", township, DAYS[0])
        values = (level1.FieldValue("moved", str(100_000 + self._count)),)
        table = level1.ReportTable(
            row, "daily", 1, township, DAYS[0], self._now, self._now, "乡镇", values
        )
        self._put("reports", [table])

    def delete_many(self) -> None:
        """Most of the incidents go at once."""
        gone = [each for each in self._ids("incidents") if self._dice.random() < 0.8]
        self._delete("incidents", gone)

    def change_unheard(self, name: str) -> None:
        """An incident changes, and the list of changes never tells of it; the county's sums do."""
        known = self._row("incidents", name)
        if known is None:
            return
        rows = sqlite3.connect(self._server.path)
        try:
            place = (name,)
            found = rows.execute(f"SELECT seq FROM rows {_OF_ROW}", place).fetchone()
            self.change(name)
            with rows:
                rows.execute(f"UPDATE rows SET seq=? {_OF_ROW}", (*found, *place))
        finally:
            rows.close()
        self._server.say("change unheard", collection="incidents", row=name)

    def flood(self, count: int, letters: int = 0) -> None:
        """Very many incidents come at once, as before a storm, each with so much to say."""
        known = set(self._ids("incidents"))
        names = [name for n in range(count) if (name := f"f{n}") not in known]
        rows = [self._incident(name) for name in names]
        if letters:
            rows = [msgspec.structs.replace(r, summary=self._words(letters)) for r in rows]
        self._put("incidents", rows)

    def _words(self, letters: int) -> str:
        """A text that no coder makes much shorter."""
        return f"{self._dice.getrandbits(4 * letters):0{letters}x}"

    def ebb(self) -> None:
        """And go again."""
        gone = [each for each in self._ids("incidents") if each[0] == "f"]
        if gone:
            self._delete("incidents", gone)

    def _live_incident(self, name: str) -> None:
        if self._row("incidents", name) is not None and self._dice.random() < 0.2:
            self._delete("incidents", [name])
        else:
            self.change(name)

    def _live_alarm(self, name: str) -> None:
        known = self._row("alarms", name)
        if known is not None and self._dice.random() < 0.5:
            cleared = msgspec.structs.replace(known, state="returned_unacknowledged",
                                              cleared_at=self._now)  # fmt: skip
            self._put("alarms", [cleared])
        else:
            self._put("alarms", [self._alarm(name)])

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(round(self._server.time_s()), UTC)

    def _incident(self, name: str) -> level1.Incident:
        dice = self._dice
        self._count += 1
        due = self._now + timedelta(hours=dice.choice((1, 5, 48)))
        return level1.Incident(
            name, level1.Phrase(f"落石{self._count}", f"Rockfall {self._count}"), self._now,
            level=dice.choice(LEVELS), stage=dice.choice(STAGES),
            township=dice.choice((*TOWNSHIPS, "")), summary=f"s{self._count}",
            deadlines=(level1.Deadline("handle", due),) if dice.random() < 0.6 else (),
        )  # fmt: skip

    def _changed(self, row: level1.Incident) -> level1.Incident:
        dice = self._dice
        self._count += 1
        changes: dict[str, Any] = {"summary": f"s{self._count}"}
        if dice.random() < 0.3:
            changes["township"] = dice.choice((*TOWNSHIPS, ""))
        if dice.random() < 0.3:
            changes["level"] = dice.choice(LEVELS)
        if dice.random() < 0.3:
            changes["stage"] = dice.choice(STAGES)
        if dice.random() < 0.3:
            said = level1.TimelineEntry("note", f"n{self._count}", self._now, self._now, "县")
            changes["timeline"] = (*row.timeline, said)
        return msgspec.structs.replace(row, **changes)

    def _alarm(self, name: str) -> level1.Alarm:
        return level1.Alarm(
            name, "失电", self._now, priority=self._dice.choice(("high", "low")),
            township=self._dice.choice((*TOWNSHIPS, "")),
        )  # fmt: skip

    def _asset(self, name: str) -> level1.Asset:
        dice = self._dice
        return level1.Asset(
            name, "泵站", "pump_station", dice.choice(("normal", "failed")),
            value=round(dice.random() * 10, 2), observed_at=self._now, unit="m",
        )  # fmt: skip

    def _queue(self) -> level1.Queue:
        waiting = int(self._dice.random() * 30)
        return level1.Queue("q1", "社保窗口", waiting=waiting, observed_at=self._now)

    def _row(self, collection: str, row_id: str) -> Any:
        database = self._server.database
        assert database is not None
        return next(iter(database.rows(collection, [row_id])), None)

    def _ids(self, collection: str) -> list[str]:
        database = self._server.database
        assert database is not None
        return [each.id for each in database.rows(collection)]  # type: ignore[attr-defined]

    def _put(self, collection: str, rows: list[Any]) -> None:
        database = self._server.database
        assert database is not None
        ids = [each.id for each in rows]
        before = self._stored(collection, ids)
        database.put(collection, rows)
        self._say(collection, before)

    def _delete(self, collection: str, ids: list[str]) -> None:
        database = self._server.database
        assert database is not None
        before = self._stored(collection, ids)
        database.delete(collection, ids)
        self._say(collection, before)

    def _stored(self, collection: str, ids: list[str]) -> dict[str, Any]:
        """The body and the version of each of these rows, None for one that never was."""
        with self._server.reading() as reading:
            return {
                each: reading.execute(
                    "SELECT body, version FROM rows WHERE collection=? AND id=?",
                    (collection, each),
                ).fetchone()
                for each in ids
            }

    def _say(self, collection: str, before: dict[str, Any]) -> None:
        """Say which rows are not as they were: a row written as it was is no change of it."""
        found = {
            each: row
            for each, row in self._stored(collection, list(before)).items()
            if row != before[each]
        }
        if not found:
            return
        changes = {
            each: json.loads(row[0]) if row and row[0] is not None else None
            for each, row in found.items()
        }
        versions = {each: row[1] if row else None for each, row in found.items()}
        self._server.say(
            "rows changed", changes={collection: changes}, versions={collection: versions}
        )
