"""Warnings by the Common Alerting Protocol, through feeds."""

from __future__ import annotations

from desktop.application.ports import Connector, Manifest, Setting, SourceSettings
from desktop.connectors.services import Services
from desktop.domain.command import Collection
from desktop.domain.localized_text import Text

MANIFEST = Manifest(
    kind="cap",
    title=Text("预警信息（CAP）", "Warnings (CAP)"),
    fills=frozenset({Collection.WARNINGS}),
    accepts=frozenset(),
    settings=(
        Setting(
            "feeds",
            "urls",
            Text("RSS、Atom 或单条 CAP 信息的地址", "Addresses of RSS or Atom feeds or messages"),
            required=True,
        ),
        Setting(
            "levels_file",
            "file",
            Text("预警级别对照表（TOML）", "Table of warning levels (TOML)"),
            default="",
        ),
        Setting(
            "townships_file",
            "file",
            Text("地名与乡镇对照表（TOML）", "Table of names and codes of townships (TOML)"),
            default="",
        ),
        Setting(
            "link_hosts",
            "hosts",
            Text("信息源链接可指向的其他主机", "Other hosts that links of the feeds may lead to"),
            default=(),
        ),
        Setting(
            "trusted_senders",
            "texts",
            Text(
                "可更新、解除他人预警的发布方",
                "Senders that may update and lift the warnings of others",
            ),
            default=(),
        ),
    ),
    expected_period_s=120.0,
)


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.cap.areas import read_areas
    from desktop.connectors.cap.client import CapConnector
    from desktop.connectors.cap.levels import read_levels

    return CapConnector(
        settings,
        services,
        levels=read_levels(services.table("cap_levels.toml")),
        areas=read_areas(services.table("townships.toml")),
    )
