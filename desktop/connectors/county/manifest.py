"""What the native county API is and can do."""

from __future__ import annotations

from desktop.application.ports import Manifest, Setting
from desktop.domain.command import Collection, CommandKind
from desktop.domain.text import Text

ON_ALARMS_ALONE = (CommandKind.SHELVE, CommandKind.UNSHELVE)

MANIFEST = Manifest(
    kind="county",
    title=Text("县级平台接口", "County API"),
    fills=frozenset(Collection),
    accepts=frozenset(
        {
            *((Collection.INCIDENTS, kind) for kind in CommandKind if kind not in ON_ALARMS_ALONE),
            *((Collection.ALARMS, kind) for kind in ON_ALARMS_ALONE),
            (Collection.ALARMS, CommandKind.ACKNOWLEDGE),
        }
    ),
    settings=(
        Setting("url", "url", Text("平台地址", "Address of the platform"), required=True),
        Setting(
            "ca_file",
            "text",
            Text("自建证书机构的证书文件（PEM）", "Certificate file of a private authority (PEM)"),
            default="",
        ),
    ),
    greets=True,
    expected_period_s=30.0,
)
