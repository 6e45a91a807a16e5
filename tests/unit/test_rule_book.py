"""Every kind of command has its rule for each kind of row it is on, with the fields of its row."""

from __future__ import annotations

import pytest

from desktop.county_server.rules import alarm_rules, incident_rules
from desktop.county_server.rules.rule_book import Given, RuleBook
from desktop.protocol.commands import Collection, CommandKind
from desktop.wire.level1 import Incident

APART = {CommandKind.CREATE, CommandKind.ATTACH}
"""Done with the county's tables and files at hand, in `create_incident` and `commands`."""


@pytest.mark.parametrize(
    ("collection", "rules"),
    [(Collection.INCIDENTS, incident_rules.RULES), (Collection.ALARMS, alarm_rules.RULES)],
)
def test_each_kind_has_a_rule_for_the_rows_it_is_on_and_for_no_others(collection, rules):
    for kind in set(CommandKind) - APART:
        assert (kind in rules) == (collection in kind.row.on), kind


def test_a_rule_that_takes_other_fields_than_its_row_has_is_no_rule():
    rules: RuleBook[Incident] = RuleBook()

    def note(row: Incident, given: Given, *, words: str) -> Incident:
        return row

    with pytest.raises(TypeError, match=r"\['words'\], its row has \['text'\]"):
        rules.rule(CommandKind.NOTE)(note)
    assert CommandKind.NOTE not in rules
