"""Where what a stick, a page or a radio would need is taken by the simulation's."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from desktop.application.courier import receipts
from desktop.commands import options
from desktop.commands.courier import command as courier
from desktop.commands.courier import desk as courier_desk
from desktop.commands.frames import command as frames
from desktop.county_server.frames import receiver
from desktop.county_server.http import courier_routes
from desktop.wire.courier import carried
from desktop.wire.courier.codes import cut_bundle
from simulation import seams
from simulation.carried import witness

CODE = b"CDQ"
"""What the text of a code begins with."""


def lay_beside(stack: ExitStack, inline: Callable[..., Any]) -> None:
    """Have the ways beside the network lead through the world that plays, until the stack ends."""

    def lay(where: Any, *, create: bool = False, **taken: Any) -> None:
        for name, by in taken.items():
            stack.enter_context(patch.object(where, name, by, create=create))

    lay(secrets, token_bytes=_token_bytes)
    lay(courier_routes, run_in_threadpool=inline)
    lay(receiver, time=SimpleNamespace(monotonic=lambda: seams.world().time.now_s, time=time.time))
    lay(courier_desk, take_receipt=witness.take_receipt, draw_codes=_write_codes)
    lay(receipts, apply_data=witness.apply_data)
    lay(carried, is_picture=lambda head: head.startswith(CODE), read_codes=_read_code)
    lay(frames, open_way=_way, read_own_tables=cache(frames.read_own_tables))
    for module in (courier, frames):
        lay(module, with_desk=_with_desk)
    for module in (options, frames):
        lay(module, create=True, print=_print)


def _with_desk(_options: Any, work: Callable[[Any], int], *_beside: Any) -> int:
    """Work on the desk at which somebody stands with a stick or a radio."""
    post = seams.world().post
    assert post is not None
    assert post.acting is not None
    return work(post.acting.opened)


def _token_bytes(count: int = 32) -> bytes:
    return seams.world().drawn.randbytes(count)


def _write_codes(bundle: bytes, name: str) -> dict[str, bytes]:
    """The texts of the codes in the place of their pictures."""
    texts = cut_bundle(bundle)
    return {f"{name}-{place:02}.code": text.encode() for place, text in enumerate(texts, 1)}


def _read_code(content: bytes) -> tuple[list[str], bool]:
    return [content.decode("ascii", "replace")], False


def _way(_desk: Any, _line: Any) -> Any:
    post = seams.world().post
    assert post is not None
    return post.radio.open_way()


def _print(*lines: object, **_how: Any) -> None:
    post = seams.world().post
    assert post is not None
    post.printed += map(str, lines)
