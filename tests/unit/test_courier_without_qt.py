"""A computer without Qt has no window to hand a command to."""

from __future__ import annotations

import argparse
from typing import cast

from desktop.application.profile import Profile
from desktop.commands.courier.beside import hand_over


def test_where_there_is_no_qt_nothing_is_handed_over() -> None:
    assert hand_over(cast(Profile, None), argparse.Namespace()) is None
