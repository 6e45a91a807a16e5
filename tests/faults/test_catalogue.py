"""Every fault of the quality document has a test that is named after what must hold."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
FAULTS: dict[str, tuple[str, ...]] = {
    "request lost": ("test_L_a_request_that_is_lost_is_offered_again",),
    "response lost after commit": (
        "test_D_a_response_lost_after_the_commit_does_nothing_twice",
        "test_a_response_lost_after_the_commit_leaves_one_note_and_ends_accepted",
    ),
    "late ghost request": (
        "test_D_O_a_late_ghost_of_a_request_changes_nothing",
        "test_O_a_ghost_of_before_a_roll_back_is_fenced_off",
    ),
    "POST doubled by a middlebox": ("test_D_a_post_doubled_by_a_middlebox_is_done_once",),
    "responses reordered": (
        "test_L_an_answer_that_belongs_to_an_earlier_request_answers_only_its_own_keys",
    ),
    "body truncated at a valid prefix": (
        "test_L_results_cut_at_a_valid_prefix_leave_the_rest_unanswered",
        "test_A_a_body_cut_anywhere_moves_no_token_past_its_rows",
    ),
    "captive portal 200 HTML": ("test_L_a_captive_portal_answers_no_command_and_moves_no_row",),
    "portal 302": (
        "test_L_a_captive_portal_answers_no_command_and_moves_no_row",
        "test_a_redirect_carries_neither_command_nor_token_elsewhere",
    ),
    "TLS interception": ("test_a_strangers_certificate_where_the_server_was_known_is_a_portals",),
    "401 in mid-queue": (
        "test_L_a_login_that_expires_in_mid_queue_holds_and_goes_on_after_the_next",
        "test_a_login_that_expires_in_mid_queue_says_what_was_done_before",
    ),
    "403/422 poison": (
        "test_T_a_command_a_firewall_stops_blocks_no_other_and_is_said",
        "test_V_a_command_the_county_cannot_read_is_refused_alone_and_the_officer_told",
    ),
    "429/503 with Retry-After": (
        "test_T_a_busy_server_is_waited_for_as_it_asked",
        "test_commands_are_kept_back_as_long_as_the_server_asked_while_rows_go_on",
    ),
    "410 in mid-paging": ("test_C_M_410_in_mid_paging_leads_to_a_snapshot_and_sets_no_token_back",),
    "409 epoch, twice": ("test_T_409_twice_in_a_row_ends_with_the_commands_done",),
    "SIGKILL at each crash point": (
        "test_killed_desks_lose_nothing_do_nothing_twice_and_keep_the_order",
        "test_every_crash_point_has_a_fuse",
    ),
    "power loss (unsynced writes dropped)": (
        "test_A_L_power_lost_takes_rows_and_token_back_together_and_no_command",
        "test_L_what_the_outbox_confirmed_survives_lost_power",
    ),
    "disk full at each write": (
        "test_L_no_confirmed_command_is_lost_when_the_disk_fills_up",
        "test_A_rows_and_token_move_together_when_the_disk_fills_up",
    ),
    "I/O error on fsync": (
        "test_L_what_the_outbox_confirmed_stands_whichever_write_or_sync_fails",
        "test_A_rows_sums_and_token_are_of_one_batch_whichever_write_or_sync_fails",
    ),
    "corrupt cache page": (
        "test_a_broken_page_found_while_reading_is_said_and_mended_at_the_next_start",
        "test_the_outbox_stands_whatever_happens_to_the_cache",
    ),
    "database locked by another process": ("test_a_file_held_by_another_program_is_said_in_words",),
    "range resumed onto a changed ETag": (
        "test_a_snapshot_replaced_while_half_of_it_is_here_is_begun_anew",
    ),
    "half-open stall of 10 min": ("test_silence_ends_with_the_read_time_out",),
    "server restored from backup": (
        "test_L_O_a_server_restored_from_a_backup_gets_back_what_it_forgot_in_order",
        "test_L_O_a_restored_server_is_noticed_although_the_cache_was_lost_too",
    ),
    "disk full while a photo is shrunk": (
        "test_whichever_write_finds_the_disk_full_it_is_told_and_all_goes_on_later",
        "test_on_a_full_disk_words_and_photo_stay_and_go_once_there_is_room",
    ),
    "SIGKILL between a report and its photos": (
        "test_killed_before_and_after_every_commit_it_loses_and_doubles_nothing",
        "test_what_the_window_has_shown_outlives_it",
    ),
    "half a QR sequence": (
        "test_V_D_half_a_sequence_of_codes_writes_nothing_and_names_what_is_missing",
        "test_V_D_codes_of_two_exports_of_one_outbox_never_make_one_bundle",
    ),
    "courier and network racing": (
        "test_D_O_a_bundle_and_the_network_that_bring_the_same_at_once_do_each_once_and_in_order",
    ),
    "clock wrong by a year at the township": (
        "test_L_O_commands_deadlines_and_todays_table_of_a_clock_a_year_off_have_their_true_time",
        "test_L_O_a_clock_that_fell_back_a_year_while_the_office_was_cut_off_dates_nothing_back",
        "test_L_V_a_table_for_a_day_that_has_not_come_is_refused_with_its_reason_and_all_else_done",
        "test_L_D_a_bundle_of_a_clock_a_year_off_is_done_once_by_true_time_and_its_receipt_is_taken",
        "test_V_a_bundle_whose_times_nobody_can_know_does_nothing_and_the_office_reads_why",
        "test_L_D_frames_of_a_clock_a_year_off_are_done_once_by_true_time",
        "test_the_office_says_by_how_much_its_clock_is_wrong_until_it_is_right",
    ),
    "client disk rolled back": ("test_D_a_disk_rolled_back_offers_again_under_the_same_keys",),
    "machine image cloned": ("test_D_T_a_cloned_machine_does_nothing_twice_and_both_come_to_rest",),
    "clock ±1 day and backwards": (
        "test_L_O_a_clock_a_day_wrong_or_running_backwards_changes_nothing",
    ),
    "equal timestamps at a page edge": ("test_C_equal_timestamps_at_a_page_edge_lose_no_row",),
    "change count = page size": ("test_C_T_as_many_changes_as_a_page_holds_end_the_pull",),
    "empty page with more=true": ("test_T_empty_pages_that_promise_more_are_left_in_time",),
    "row changed between pages": (
        "test_A_C_a_row_changed_between_two_pages_comes_as_it_is_in_the_end",
    ),
    "created and deleted in one delta": ("test_C_a_row_created_and_deleted_in_one_delta_is_gone",),
    "delete racing a local command": (
        "test_V_a_deletion_that_races_a_command_ends_in_a_refusal_the_officer_sees",
    ),
    "mass-delete delta": ("test_C_a_mass_deletion_waits_until_the_sum_agrees",),
    "checksum mismatch, twice": (
        "test_C_rows_astray_are_found_by_the_sum_and_mended_by_their_buckets_twice",
        "test_rows_astray_are_repaired_and_after_two_repairs_in_vain_fetched_anew",
    ),
    "sequence gap": ("test_C_a_change_the_server_never_told_of_is_found_by_the_sum",),
    "wrong or expired dictionary": (
        "test_a_dictionary_the_other_side_lacks_is_named_in_the_error",
    ),
    "decompression bomb": (
        "test_a_bomb_in_a_frame_is_not_unpacked",
        "test_a_bomb_in_a_snapshot_is_stopped_at_the_limit",
    ),
    "unknown field or enum value": (
        "test_unknown_fields_are_passed_over",
        "test_words_a_newer_county_uses_become_unknown",
    ),
    "migration with a full outbox": (
        "test_L_a_full_outbox_of_the_version_before_keeps_every_command_in_order",
        "test_L_a_migration_cut_short_leaves_the_full_outbox_as_it_was",
    ),
    "permission revoked": (
        "test_a_narrower_scope_takes_rows_away_before_anything_new_is_shown",
        "test_a_purge_takes_the_rows_of_other_townships_and_the_token",
    ),
    "key missing after an OS reset": ("test_files_that_outlived_their_key_get_no_new_one",),
    "sleep/resume in mid-request": (
        "test_L_D_sleep_in_mid_request_ends_with_the_command_done_once",
        "test_a_reset_ends_a_wait_and_what_does_no_harm_is_asked_once_more",
    ),
    "30 days offline with 500 queued": (
        "test_L_O_thirty_days_offline_with_five_hundred_commands_queued",
        "test_L_D_O_B_over_a_flapping_line_a_month_of_commands_goes_out_once_and_in_order",
    ),
    "link flapping every 3 s": (
        "test_T_a_link_that_flaps_every_three_seconds_gets_everything_through",
    ),
    "second instance started": ("test_a_second_program_is_told_until_the_first_is_killed",),
    "two PCs with one stick": (
        "test_two_pcs_with_one_stick_each_find_their_own_and_leave_the_others",
        "test_two_offices_of_one_name_overwrite_nothing_of_each_other",
    ),
    "bundle replayed after a server restore": (
        "test_a_bundle_replayed_after_a_server_restore_is_done_once_and_tells_of_it",
        "test_a_receipt_from_before_the_restore_says_nothing_after_it",
    ),
    "pairing lost": (
        "test_a_county_that_lost_its_pairings_refuses_in_words_and_pairs_again",
        "test_an_office_that_lost_its_keys_pairs_again_and_nothing_is_done_twice",
    ),
}
"""The list of the quality document, word for word, two of a report with photos, three of the
township's ways and three of the stick: the tests that cover each entry."""


@functools.cache
def names_of_tests() -> Counter[str]:
    """How often each test function's name occurs in all folders of tests."""
    return Counter(
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_the_fault_has_its_tests(fault: str):
    assert FAULTS[fault]
    for named in FAULTS[fault]:
        assert names_of_tests()[named] == 1, named


def test_the_whole_list_is_covered():
    assert len(FAULTS) == 53
