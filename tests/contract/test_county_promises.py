"""What every server that takes commands promises; each claimant is put to the same questions.

`support.contract_counties` says how another server or a model of one joins.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from desktop.wire.level1 import Alarm, CommandResult, Deadline, Incident, Phrase
from support.contract_counties import SUBJECTS, ContractCounty, Refused
from support.contract_desk import FILE, Desk
from support.county_rows import MOMENT, alarm, incident

DAY_S = 86_400.0
UNTIL_MS = int((MOMENT + timedelta(days=9)).timestamp() * 1000)


@pytest.fixture(params=sorted(SUBJECTS))
def county(request: pytest.FixtureRequest) -> Iterator[ContractCounty]:
    made = SUBJECTS[request.param]()
    due = (Deadline("handle", MOMENT + timedelta(days=1)),)
    made.put("incidents", incident("i1", version=1, deadlines=due))
    made.put("alarms", alarm("a1", version=1))
    yield made
    made.close()


@pytest.fixture
def desk(county: ContractCounty) -> Desk:
    return Desk(county)


def the_incident(county: ContractCounty, row_id: str = "i1") -> Incident:
    row = county.row("incidents", row_id)
    assert isinstance(row, Incident)
    return row


def the_alarm(county: ContractCounty) -> Alarm:
    row = county.row("alarms", "a1")
    assert isinstance(row, Alarm)
    return row


def somebody_else_changes_it(county: ContractCounty) -> None:
    row = the_incident(county)
    county.put("incidents", msgspec.structs.replace(row, channel=row.channel + "x"))


def entries(county: ContractCounty, row_id: str = "i1") -> list[str]:
    return [each.kind for each in the_incident(county, row_id).timeline]


def test_a_command_sent_again_is_done_once_and_answered_alike(desk: Desk):
    note = desk.click("note", body={"text": "已到现场"})
    assert desk.send(note) == desk.send(note)
    assert desk.county.states([note.key])[0].status == "accepted"
    assert entries(desk.county) == ["note"]


def test_a_command_doubled_within_one_request_is_done_once(desk: Desk):
    note = desk.click("note", body={"text": "已到现场"})
    assert [each.status for each in desk.send(note, note)] == ["accepted"]
    assert entries(desk.county) == ["note"]


def test_a_key_used_for_something_else_refuses_the_request_and_does_nothing(desk: Desk):
    note = desk.click("note", body={"text": "一"})
    desk.send(note)
    with pytest.raises(Refused) as caught:
        desk.send(
            desk.click("note", body={"text": "二"}),
            msgspec.structs.replace(note, body={"text": "三"}),
        )
    assert (caught.value.status, caught.value.kind) == (422, "key-reused")
    assert entries(desk.county) == ["note"]


def test_only_the_newest_session_of_a_client_is_listened_to(desk: Desk):
    clone = Desk(desk.county)
    with pytest.raises(Refused) as caught:
        desk.give("note", body={"text": "一"})
    assert (caught.value.status, caught.value.kind) == (409, "fence")
    assert clone.give("note", body={"text": "一"}).status == "accepted"


def test_a_command_waits_for_the_one_before_it_and_no_longer(desk: Desk):
    first = desk.click("note", body={"text": ""})
    second = desk.click("note", body={"text": "二"}, after=first.key)
    other = desk.click("acknowledge", "a1", collection="alarms")
    assert [each.key for each in desk.send(second, other)] == [other.key]
    assert [each.status for each in desk.send(first, second)] == ["rejected", "accepted"]


def test_commands_are_done_in_the_order_of_their_clicks(desk: Desk):
    first, second = (desk.click("note", body={"text": text}) for text in ("先", "后"))
    desk.send(second, first)
    texts = [each.text for each in the_incident(desk.county).timeline]
    assert texts == [Phrase("先"), Phrase("后")]


def test_nothing_is_durable_before_a_backup_has_it(desk: Desk):
    note, bad = desk.click("note", body={"text": "一"}), desk.click("explode")
    assert [each.durable for each in desk.send(note, bad)] == [False, False]
    desk.county.backup()
    assert [each.durable for each in desk.county.states([note.key, bad.key])] == [True, True]
    assert desk.send(note)[0].durable
    later = desk.give("note", body={"text": "二"})
    assert not desk.county.states([later.key])[0].durable


def test_a_refusal_after_the_backup_is_not_durable(desk: Desk):
    desk.county.backup()
    refused = desk.give("explode")
    assert refused.status == "rejected"
    assert not desk.county.states([refused.key])[0].durable


def test_what_was_durable_survives_a_restore_and_the_rest_is_done_again_once(desk: Desk):
    kept, lost = (desk.click("note", body={"text": text}) for text in ("留", "失"))
    desk.send(kept)
    desk.county.backup()
    desk.send(lost)
    desk.county.restore()
    with pytest.raises(Refused) as caught:
        desk.send(lost)
    assert (caught.value.status, caught.value.kind) == (409, "epoch")
    desk.open()
    assert [each.key for each in desk.county.states([kept.key, lost.key])] == [kept.key]
    assert [each.status for each in desk.send(kept, lost)] == ["accepted", "accepted"]
    desk.send(lost)
    assert [each.text for each in the_incident(desk.county).timeline] == [
        Phrase("留"),
        Phrase("失"),
    ]


def test_a_restore_does_not_make_durable_what_comes_after_it(desk: Desk):
    desk.county.backup()
    desk.give("note", body={"text": "一"})
    desk.county.restore()
    desk.open()
    again = desk.give("note", body={"text": "二"})
    assert not desk.county.states([again.key])[0].durable


def test_keys_are_known_half_a_year_later(desk: Desk):
    note = desk.click("note", body={"text": "一"})
    desk.send(note)
    desk.county.later(181 * DAY_S)
    assert desk.send(note)[0].status == "accepted"
    assert entries(desk.county) == ["note"]


def test_a_decision_on_a_row_others_have_changed_comes_back_with_the_row(desk: Desk):
    somebody_else_changes_it(desk.county)
    dispatch = desk.click("dispatch", body={"unit": "市政科"}, base=1)
    (result,) = desk.send(dispatch)
    assert (result.status, result.version) == ("conflict", 2)
    assert isinstance(result.row, msgspec.Raw)
    assert msgspec.json.decode(result.row, type=Incident) == the_incident(desk.county)
    assert entries(desk.county) == []
    somebody_else_changes_it(desk.county)
    assert desk.send(dispatch) == (result,)


def test_a_decision_that_names_no_version_is_one_on_a_row_not_seen(desk: Desk):
    assert desk.give("dispatch", body={"unit": "市政科"}).status == "conflict"


def test_what_only_adds_never_conflicts(desk: Desk):
    somebody_else_changes_it(desk.county)
    for kind, body in (("note", {"text": "一"}), ("acknowledge", {}), ("attach", {"file": FILE})):
        assert desk.give(kind, body=body, base=1).status == "accepted"


def test_ones_own_clicks_do_not_conflict_with_one_another(desk: Desk):
    note = desk.click("note", body={"text": "一"}, base=1)
    dispatch = desk.click("dispatch", body={"unit": "市政科"}, base=1, after=note.key)
    feedback = desk.click("feedback", body={"text": "已修复"}, base=1, after=dispatch.key)
    assert [each.status for each in desk.send(note, dispatch, feedback)] == ["accepted"] * 3
    assert the_incident(desk.county).stage == "fed_back"


def test_a_foreign_change_among_ones_own_clicks_is_a_conflict(desk: Desk):
    note = desk.click("note", body={"text": "一"}, base=1)
    desk.send(note)
    somebody_else_changes_it(desk.county)
    desk.give("note", body={"text": "二"}, base=1)
    late = desk.give("dispatch", body={"unit": "市政科"}, base=1, after=note.key)
    assert late.status == "conflict"


def test_another_desks_click_is_a_foreign_change(desk: Desk):
    Desk(desk.county, "desk-2").give("note", body={"text": "一"}, base=1)
    desk.give("acknowledge", "a1", collection="alarms")
    assert desk.give("dispatch", body={"unit": "市政科"}, base=1).status == "conflict"


def test_a_desk_set_back_to_an_old_image_does_not_take_its_forgotten_clicks_for_known(desk: Desk):
    desk.give("note", body={"text": "一"}, base=1)
    set_back = desk.click("dispatch", body={"unit": "市政科"}, base=1, seq=1)
    assert desk.send(set_back)[0].status == "conflict"


def test_a_new_incident_can_be_worked_on_before_the_desk_has_read_it_back(desk: Desk):
    create = desk.create(level="larger", place=[120.1, 30.2], occurred_at=1_777_615_200_000)
    target = create.target
    dispatch = desk.click("dispatch", target, {"unit": "应急办"}, after=create.key)
    assert [each.status for each in desk.send(create, dispatch)] == ["accepted", "accepted"]
    row = the_incident(desk.county, target)
    assert (row.stage, row.level, row.title) == ("dispatched", "larger", Phrase("路面塌陷"))
    assert row.number
    assert row.occurred_at == MOMENT.replace(hour=6, minute=0, second=0)
    assert entries(desk.county, target) == ["intake", "dispatch"]
    assert desk.send(create)[0].status == "accepted"


def test_two_new_incidents_have_two_numbers(desk: Desk):
    targets = [desk.create(), desk.create()]
    desk.send(*targets)
    numbers = {the_incident(desk.county, each.target).number for each in targets}
    assert len(numbers) == 2


def test_a_new_incidents_id_is_bound_to_its_key(desk: Desk):
    assert desk.give("create", "new-mine", {"title": "路面塌陷"}).status == "rejected"


def test_a_case_goes_its_lawful_way_and_each_step_stands_in_its_ledger(desk: Desk):
    other = Desk(desk.county, "desk-2", by="值班员 08")
    steps: list[tuple[Desk, str, dict[str, Any], str]] = [
        (desk, "dispatch", {"unit": "市政科"}, "dispatched"),
        (desk, "return", {"text": "不属本科"}, "returned"),
        (desk, "dispatch", {"unit": "路灯所"}, "dispatched"),
        (desk, "feedback", {"text": "已修复"}, "fed_back"),
        (other, "verify", {"passed": False, "text": "仍不亮"}, "handling"),
        (desk, "defer", {"until": UNTIL_MS, "text": "待配件"}, "deferred"),
        (desk, "dispatch", {"unit": "路灯所"}, "dispatched"),
        (desk, "feedback", {"text": "已更换"}, "fed_back"),
        (other, "verify", {"passed": True}, "verifying"),
        (other, "close", {}, "closed"),
    ]
    for number, (who, kind, body, stage) in enumerate(steps):
        result = who.give(kind, body=body, base=the_incident(desk.county).version)
        assert result.status == "accepted", (number, kind, result.reason)
        assert the_incident(desk.county).stage == stage
    row = the_incident(desk.county)
    assert [each.kind for each in row.timeline] == [kind for _, kind, _, _ in steps]
    assert row.lead_unit == Phrase("路灯所")
    assert {each.happened_at for each in row.timeline} == {MOMENT}


def test_when_it_happened_and_when_it_was_recorded_are_both_kept(desk: Desk):
    desk.county.later(3600)
    desk.give("note", body={"text": "一"})
    (said,) = the_incident(desk.county).timeline
    assert said.happened_at == MOMENT
    assert said.recorded_at == MOMENT + timedelta(hours=1)


@pytest.mark.parametrize("kind", ["feedback", "verify", "close", "return"])
def test_a_step_that_is_not_lawful_from_there_is_rejected(desk: Desk, kind: str):
    body = {"text": "一", "passed": True}
    assert refused(desk.give(kind, body=body, base=1))
    assert the_incident(desk.county).stage == "filed"


def refused(result: CommandResult) -> bool:
    """Whether it was rejected with words in both languages."""
    return (
        result.status == "rejected"
        and isinstance(result.reason, Phrase)
        and bool(result.reason.zh and result.reason.en)
    )


def test_whoever_fed_a_case_back_does_not_verify_it(desk: Desk):
    desk.give("dispatch", body={"unit": "市政科"}, base=1)
    desk.give("feedback", body={"text": "已修复"}, base=2)
    assert refused(desk.give("verify", body={"passed": True}, base=3))
    assert the_incident(desk.county).stage == "fed_back"


def test_an_incident_is_escalated_only_upwards(desk: Desk):
    assert desk.give("escalate", body={"level": "larger", "text": "扩大"}, base=1).version == 2
    for level in ("larger", "ordinary", "none"):
        assert refused(desk.give("escalate", body={"level": level, "text": "误"}, base=2))
    assert the_incident(desk.county).level == "larger"


def test_an_extension_moves_the_handling_deadline_and_keeps_the_old_in_the_ledger(desk: Desk):
    assert desk.give("extend", body={"due_at": UNTIL_MS, "text": "等材料"}, base=1).version == 2
    row = the_incident(desk.county)
    assert [each.due_at for each in row.deadlines] == [MOMENT + timedelta(days=9)]
    said = row.timeline[-1].text
    assert isinstance(said, Phrase)
    assert "05-02" in said.zh
    assert "等材料" in said.zh
    assert refused(desk.give("extend", body={"due_at": UNTIL_MS, "text": "再延"}, base=2))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("note", {}),
        ("note", {"text": " \n"}),
        ("dispatch", {"unit": ""}),
        ("escalate", {"level": "worst", "text": "误"}),
        ("escalate", {"level": "major"}),
        ("extend", {"due_at": "tomorrow", "text": "误"}),
        ("defer", {"until": 1, "text": "误"}),
        ("void", {"text": ""}),
        ("attach", {"file": {"digest": "a"}}),
        ("attach", {"file": FILE | {"size": 1_000_001}}),
        ("shelve", {"minutes": 5, "text": "误"}),
        ("explode", {}),
    ],
)
def test_a_bad_body_is_rejected_in_both_languages(desk: Desk, kind: str, body: dict[str, Any]):
    assert refused(desk.give(kind, body=body, base=1))
    assert the_incident(desk.county).version == 1


@pytest.mark.parametrize(
    ("collection", "target"), [("incidents", "nowhere"), ("assets", "i1"), ("alarms", "i1")]
)
def test_a_command_on_nothing_is_rejected(desk: Desk, collection: str, target: str):
    assert refused(desk.give("acknowledge", target, collection=collection))


def shelve(desk: Desk, minutes: int, **fields: Any) -> CommandResult:
    body = {"minutes": minutes, "text": "检修"}
    return desk.give("shelve", "a1", body, collection="alarms", **fields)


def test_an_alarm_whose_shelf_expires_calls_again(desk: Desk):
    desk.give("acknowledge", "a1", collection="alarms")
    assert shelve(desk, 30).status == "accepted"
    assert the_alarm(desk.county).shelved_until == MOMENT + timedelta(minutes=30)
    desk.county.later(29 * 60)
    assert the_alarm(desk.county).state == "shelved"
    desk.county.later(61)
    found = the_alarm(desk.county)
    assert (found.state, found.acknowledged_at, found.shelved_until) == (
        "unacknowledged",
        None,
        None,
    )


def test_an_alarm_taken_from_the_shelf_by_hand_is_acknowledged(desk: Desk):
    shelve(desk, 30)
    assert desk.give("unshelve", "a1", collection="alarms").status == "accepted"
    found = the_alarm(desk.county)
    assert (found.state, found.acknowledged_by) == ("acknowledged", desk.by)
    desk.county.later(3600)
    assert the_alarm(desk.county).state == "acknowledged"


def test_no_shelf_lasts_longer_than_a_day(desk: Desk):
    assert refused(shelve(desk, 24 * 60 + 1))
    assert shelve(desk, 24 * 60, at=MOMENT + timedelta(seconds=50)).status == "accepted"
    assert the_alarm(desk.county).shelved_until == MOMENT + timedelta(days=1)


def test_a_file_is_named_before_its_content_has_come_and_only_once(desk: Desk):
    for _ in range(2):
        assert desk.give("attach", body={"file": FILE}).status == "accepted"
    (file,) = the_incident(desk.county).files
    assert (file.digest, file.here, file.by) == (FILE["digest"], False, desk.by)
    assert entries(desk.county) == ["attach"]
