"""The native county API, level 1 and level 2, as a source."""

from __future__ import annotations

from desktop.application.ports import Connector, Manifest, Setting, SourceSettings
from desktop.connectors.services import Services
from desktop.domain.command import Collection, CommandKind
from desktop.domain.localized_text import Text

MANIFEST = Manifest(
    kind="county",
    title=Text("县级平台接口", "County API"),
    fills=frozenset(Collection),
    accepts=frozenset((collection, kind) for kind in CommandKind for collection in kind.row.on),
    settings=(
        Setting("url", "url", Text("平台地址", "Address of the platform"), required=True),
        Setting(
            "county_key",
            "fingerprint",
            Text("县平台的指纹（收县里统一的设置）", "Fingerprint of the county, for its settings"),
            default="",
        ),
    ),
    greets=True,
    expected_period_s=30.0,
)


def build(settings: SourceSettings, services: Services) -> Connector:
    """Build a connector for one source; its imports are loaded now, not with the manifest."""
    from desktop.connectors.county.client import CountyConnector

    return CountyConnector(settings, services)
