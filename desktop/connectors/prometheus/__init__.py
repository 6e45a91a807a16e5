"""Prometheus with its Alertmanager: assets, trends, alarms."""

from __future__ import annotations

from desktop.application.ports import Connector, Manifest, Setting, SourceSettings
from desktop.connectors.services import Services
from desktop.domain.command import Collection, CommandKind
from desktop.domain.localized_text import Text

MANIFEST = Manifest(
    kind="prometheus",
    title=Text("Prometheus 监控", "Prometheus monitoring"),
    fills=frozenset({Collection.ASSETS, Collection.TRENDS, Collection.ALARMS}),
    accepts=frozenset({(Collection.ALARMS, CommandKind.ACKNOWLEDGE)}),
    settings=(
        Setting("url", "url", Text("Prometheus 地址", "Address of Prometheus"), required=True),
        Setting(
            "alertmanager_url",
            "url",
            Text("Alertmanager 地址", "Address of Alertmanager"),
            default="",
        ),
        Setting(
            "alertmanager_login",
            "flag",
            Text("Alertmanager 用同一个登录", "The same login for Alertmanager"),
            default=False,
        ),
        Setting(
            "alertmanager_secret",
            "text",
            Text("Alertmanager 另用的密码的名称", "Name of Alertmanager's own secret"),
            default="",
        ),
        Setting(
            "alertmanager_user",
            "text",
            Text("Alertmanager 的用户名", "User name at Alertmanager"),
            default="",
        ),
        Setting(
            "queries",
            "texts",
            Text(
                "作为设施的查询，写作“名称; 单位; PromQL”或仅 PromQL；不填则每个抓取目标为一项设施",
                "Queries whose series are assets, as `name; unit; PromQL` or PromQL alone;"
                " without any, each scrape target is an asset",
            ),
            default=[],
        ),
        Setting(
            "name_label", "text", Text("设施名称标签", "Label naming the asset"), default="asset"
        ),
        Setting(
            "kind_label", "text", Text("设施类别标签", "Label of the asset's kind"), default="kind"
        ),
        Setting(
            "township_label",
            "text",
            Text("乡镇标签", "Label of the township"),
            default="township",
        ),
        Setting(
            "severity_label",
            "text",
            Text("告警级别标签", "Label of an alert's severity"),
            default="severity",
        ),
        Setting(
            "acknowledge_hours",
            "number",
            Text(
                "确认的有效小时数；其间 Alertmanager 不再通知该告警，恢复后再触发也不通知"
                "（本台仍会提示）",
                "Hours an acknowledgement lasts; meanwhile Alertmanager notifies nobody of the"
                " alarm, even when it fires again after its return (it calls here all the same)",
            ),
            default=12,
        ),
    ),
    expected_period_s=30.0,
    needs={Collection.ALARMS: "alertmanager_url"},
)


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.prometheus.client import PrometheusConnector

    return PrometheusConnector(settings, services)
