"""The rules for a server, in the order they are tried; their sentences are in
`resources/i18n/conformance.toml`."""

from __future__ import annotations

LINE = (
    "line_answers", "line_redirects", "line_length", "line_coding", "line_media", "line_json",
    "line_problems",
)  # fmt: skip
SESSION = (
    "session_status", "session_magic", "session_nonce", "session_shape", "session_snapshot",
    "session_collections", "session_clock", "session_fence", "session_same", "session_refuses",
    "login_required", "paths_unknown",
)  # fmt: skip
SNAPSHOT = (
    "snapshot_status", "snapshot_lines", "snapshot_magic", "snapshot_head", "snapshot_epoch",
    "snapshot_pages", "rows_shape", "rows_words", "rows_ids", "rows_scope",
    "snapshot_totals", "snapshot_trailer",
    "snapshot_count", "snapshot_sum", "snapshot_tag", "snapshot_same",
    "snapshot_range", "snapshot_gzip", "snapshot_gone",
)  # fmt: skip
CHANGES = (
    "changes_status", "changes_magic", "changes_shape", "changes_rows", "changes_clock",
    "changes_progress", "changes_quiet", "changes_mark", "changes_versions", "changes_sum",
    "changes_pages", "token_again", "token_stranger", "token_old", "changes_refuses",
)  # fmt: skip
SUMS = ("sums_shape", "sums_same", "buckets_rows")
STREAM = ("stream_events",)
BULLETINS = ("bulletins_shape", "bulletins_signed", "bulletins_tag")
LEVEL2_SESSION = ("level2_session", "level2_agrees", "level2_nonce")
LEVEL2_SNAPSHOT = (
    "level2_media", "level2_snapshot", "level2_keys", "level2_rows", "level2_count", "level2_sum",
)  # fmt: skip
LEVEL2_CHANGES = ("level2_patch", "level2_patch_keys", "level2_patch_sum", "level2_quiet")
LEVEL2_BUCKETS = ("level2_buckets",)
LEVEL2 = LEVEL2_SESSION + LEVEL2_SNAPSHOT + LEVEL2_CHANGES + LEVEL2_BUCKETS
COMMANDS = (
    "commands_status", "commands_magic", "commands_shape", "commands_each_key",
    "commands_create", "commands_effect", "commands_same_key", "commands_key_reused",
    "commands_after", "commands_conflict", "commands_old_fence", "commands_old_epoch",
    "commands_cut", "commands_stages", "commands_reasons", "commands_poison",
    "commands_states", "commands_many", "commands_future", "commands_level2",
    "commands_level2_since", "commands_level2_stream",
)  # fmt: skip
FILES = (
    "files_offer", "files_pieces", "files_resume", "files_attach", "files_read", "files_wrong",
)  # fmt: skip
RESTART = ("restart_identity", "restart_fence", "restart_once")

COMMANDS_LEVEL2 = tuple(rule for rule in COMMANDS if "level2" in rule)

READING = LINE + SESSION + SNAPSHOT + CHANGES + SUMS + STREAM + BULLETINS
WRITING = COMMANDS + FILES + RESTART
RULES = READING + LEVEL2 + WRITING


def level_of(rule: str) -> int:
    """Return the level of the API to which the rule belongs."""
    return 2 if "level2" in rule else 1
