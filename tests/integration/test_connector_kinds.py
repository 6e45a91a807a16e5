"""Kinds of source are found by folder, and those of others by an entry point."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.connectors import kinds
from desktop.connectors.kinds import Manifests, kind_named, our_kinds

OUTSIDE = """
from desktop.connectors.cap import MANIFEST as OF_CAP
from desktop.connectors.cap import build
import msgspec

MANIFEST = msgspec.structs.replace(OF_CAP, kind="outside")
"""


def test_folders_without_a_manifest_are_no_kinds():
    assert our_kinds()
    assert not {"http", "shared"} & set(our_kinds())


def test_an_installed_package_adds_a_kind_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    about = tmp_path / "outside-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(
        f"[{kinds.ENTRY_POINTS}]\noutside = outside_kind\n", "utf-8"
    )
    (tmp_path / "outside_kind.py").write_text(OUTSIDE, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert kind_named("outside").MANIFEST.kind == "outside"
    assert {*our_kinds(), "outside"} == set(Manifests())
    assert len(Manifests()) == len(our_kinds()) + 1


def test_what_is_installed_is_not_looked_through_for_a_kind_of_ours(
    monkeypatch: pytest.MonkeyPatch,
):
    def looked(**_asked: str) -> None:
        raise AssertionError("looked for entry points")

    monkeypatch.setattr("importlib.metadata.entry_points", looked)
    assert Manifests()["county"].kind == "county"


def test_a_kind_nobody_has_is_none():
    assert Manifests().get("fax") is None
