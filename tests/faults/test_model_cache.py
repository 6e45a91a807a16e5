"""The simulation's cache keeps the promises of the encrypted one that an exchange relies on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from contract import test_cache_engine_contract as engine
from contract import test_cache_scope_contract as scope
from contract import test_cache_unread_contract as unread
from model.contract_subjects import memory_cache

UNSUITED = {
    "test_a_patch_changes_only_the_fields_it_names": "asks for figures",
    "test_patches_of_one_row_follow_one_another_after_its_put": "searches",
    "test_readings_of_patched_rows_go_on_in_their_trends": "trends",
    "test_of_a_flood_the_first_are_kept_and_all_are_counted": "keeps all",
    "test_trends_come_and_go_without_doubt": "trends",
    "test_rows_of_another_account_go_before_those_of_this_one_come": "trends",
    "test_a_purge_takes_the_rows_of_other_townships_and_the_token": "trends",
    "test_a_purge_of_everything_leaves_other_sources_alone": "trends",
    "test_bytes_of_a_day_add_up_by_what_they_were_spent_on": "forgets old days",
}
"""Promises about what no exchange needs of a cache, each with what it asks for."""
Promise = Callable[..., None]


def promises(module: ModuleType) -> Iterator[Any]:
    """Each test of a contract with each set of its values."""
    for name, promise in vars(module).items():
        if not name.startswith("test_") or name in UNSUITED:
            continue
        marks = [m for m in getattr(promise, "pytestmark", ()) if m.name == "parametrize"]
        if not marks:
            yield pytest.param(promise, {}, id=name)
        for mark in marks:
            names = [each.strip() for each in mark.args[0].split(",")]
            for number, values in enumerate(mark.args[1]):
                given = values if len(names) > 1 else (values,)
                yield pytest.param(
                    promise, dict(zip(names, given, strict=True)), id=f"{name} {number}"
                )


@pytest.mark.parametrize(
    "promise, values", [*promises(engine), *promises(scope), *promises(unread)]
)
def test_the_model_keeps_the_promise(promise: Promise, values: dict[str, Any]):
    promise(memory_cache(), **values)


def test_what_is_left_out_is_there():
    assert set(UNSUITED) <= {*vars(engine), *vars(scope), *vars(unread)}
