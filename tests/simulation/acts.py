"""The catalogue: everything that may happen besides clicks and the county's own life."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.afterthoughts import (
    attach_large,
    cached,
    clash,
    click_by_new_clock,
    glance,
    look_at_scope,
    meanwhile,
    poison,
    reopen_and_look,
    report_anew,
)
from simulation.county_acts import (
    accept_server,
    back_up,
    begin_epoch,
    copy_back,
    days_pass,
    flood,
    ghost,
    line_down,
    lose_answer,
    mark_durable,
    mass_deletion,
    move_back,
    move_url,
    narrow,
    pause,
    remove_files,
    restart_server,
    restore,
    set_server_clock,
    years_pass,
)
from simulation.desk_acts import (
    attach,
    break_sync,
    burst,
    change_login,
    change_officer,
    clone,
    copy_disk,
    crash_at_click,
    crash_soon,
    delay,
    dismiss,
    draft,
    fill_disk,
    give_up,
    hurry,
    kill,
    lose_cache,
    lose_files,
    lose_network,
    lose_power,
    move,
    queue_up,
    refresh,
    release,
    report,
    resend,
    roll_back,
    second_desk,
    set_clock,
    sleep,
    spoil_cache,
    stop_and_start,
    want_file,
    withdraw,
    withdraw_at_once,
)

if TYPE_CHECKING:
    from simulation.desk import Desk
    from simulation.play import Play

Act = Callable[["Play", "Desk"], None]
ACTS: tuple[Act, ...] = (
    withdraw, withdraw_at_once, release, give_up, resend, resend, dismiss, hurry, delay, report,
    report, draft, refresh, want_file, attach, attach, burst, queue_up, stop_and_start, kill,
    crash_soon, crash_soon, crash_at_click, lose_power, fill_disk, break_sync, lose_cache,
    lose_files, spoil_cache, copy_disk, copy_disk, roll_back, clone, second_desk, change_login,
    change_officer, set_clock, sleep, move, lose_network, mass_deletion, flood, restart_server,
    back_up, back_up, restore, copy_back, begin_epoch, mark_durable, pause, set_server_clock,
    move_url, move_back, accept_server, narrow, remove_files, ghost, ghost, lose_answer,
    lose_answer, line_down, days_pass, years_pass, meanwhile, meanwhile, report_anew, glance,
    poison, dismiss, draft, look_at_scope, click_by_new_clock, clash, attach_large, cached,
    reopen_and_look,
)  # fmt: skip
"""Everything that may happen; a schedule has a few of them."""
THEMES: tuple[tuple[tuple[Act, ...], tuple[str, ...]], ...] = (
    ((copy_disk, roll_back, ghost, lose_answer, burst), ("request late",)),
    ((copy_disk, clone, roll_back, burst, withdraw, release), ("doubled",)),
    ((back_up, restore, ghost, lose_answer, report), ("answer lost", "request late")),
    ((back_up, copy_back, lose_answer, attach), ("answer of before",)),
    ((back_up, restore, attach, lose_files, remove_files, want_file), ("cut",)),
    ((change_login, change_officer, lose_network, burst, release), ("portal 401",)),
    ((move_url, move_back, accept_server, burst, withdraw, resend), ("answer lost",)),
    ((narrow, change_login, attach, want_file), ("cut unnoticed",)),
    ((lose_cache, spoil_cache, lose_power, crash_soon), ("answer reset",)),
    ((set_clock, set_server_clock, days_pass, burst), ("slow",)),
    ((mass_deletion, flood, crash_soon), ("changed meanwhile", "cut", "length rewritten")),
    ((pause, line_down, sleep, move, lose_network), ("busy 503", "portal 204", "stalled")),
    ((fill_disk, break_sync, burst, attach), ("slow",)),
    ((queue_up, hurry, delay, lose_answer), ("answer lost", "cut", "server killed")),
    ((years_pass, begin_epoch, lose_answer, release), ("answer lost",)),
    ((report, resend, withdraw, attach, change_login), ("firewall 422", "answer lost")),
    ((meanwhile, hurry, withdraw, glance, crash_soon), ("slow", "answer reset", "cut")),
    ((report_anew, dismiss, draft, restore, back_up), ("answer lost",)),
    ((look_at_scope, change_login, change_officer, glance, narrow, release), ("slow",)),
    ((poison, meanwhile, queue_up, glance), ("firewall 403", "request reset")),
    ((click_by_new_clock, burst, sleep), ("slow",)),
    ((clash, clash, resend, glance), ("answer lost",)),
    ((attach_large, lose_files, want_file, restore, back_up), ("cut unnoticed", "portal 206")),
    ((cached, reopen_and_look, line_down, glance), ("portal 204",)),
)  # fmt: skip
"""Acts and accidents that are dangerous together."""
