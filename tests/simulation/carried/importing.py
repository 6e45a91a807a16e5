"""What `county-server courier import` does with a bundle while the county's program is stopped."""

from __future__ import annotations

import argparse
import io
import tempfile
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop.county_server import courier_command
from desktop.county_server.courier.delivery import Delivered, Deliveries
from desktop.county_server.db.database import Database
from desktop.county_server.db.losses import LossRefused
from desktop.wire.courier import BundleError

if TYPE_CHECKING:
    from simulation.server import Server


class Taking(Deliveries):
    """The product's own, which remembers why the last bundle was refused."""

    fault = ""

    def take(self, data: bytes) -> Delivered:
        try:
            return super().take(data)
        except BundleError as error:
            Taking.fault = error.fault.value
            raise


def import_bundle(server: Server, data: bytes) -> tuple[bytes | None, str]:
    """Return the receipt, None where none was written, and the fault of a refused bundle.

    `ServerKilled` when the command died; `server` is stopped meanwhile, and afterwards.
    """
    Taking.fault = ""
    with ExitStack() as within:
        folder = Path(within.enter_context(tempfile.TemporaryDirectory()))
        (folder / "bundle").write_bytes(data)
        receipts = folder / "receipts"
        for name, stand_in in _stand_ins(server).items():
            within.enter_context(patch.object(courier_command, name, stand_in))
        within.enter_context(redirect_stdout(io.StringIO()))
        within.enter_context(redirect_stderr(io.StringIO()))
        words = argparse.Namespace(
            courier="import", files=[folder / "bundle"], receipts=receipts, codes=False,
            accounts=Path("accounts.toml") if server.logins else None,
        )  # fmt: skip
        try:
            server.run_beside(partial(courier_command.run, server.path, words))
        except LossRefused:
            return None, ""
        written = [each.read_bytes() for each in receipts.iterdir()] if receipts.is_dir() else []
        return (written[0] if written else None), Taking.fault


def _stand_ins(server: Server) -> dict[str, Any]:
    return {
        "Database": partial(Database, time_s=server.time_s),
        "Deliveries": Taking,
        "read_accounts": lambda _file: server.accounts(),
    }
