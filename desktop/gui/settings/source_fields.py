"""The fields of one source, drawn from its manifest and the settings that every kind takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.application import logins, proxies
from desktop.application.manifest import SETTINGS as OF_EVERY_KIND
from desktop.application.manifest import Manifest, Setting
from desktop.application.settings import forms
from desktop.application.settings.entries import ON_OFF
from desktop.domain.localized_text import Text
from desktop.gui.settings.fields import Field, SecretField, make_field
from desktop.gui.settings_screen import SettingsScreen
from desktop.gui.theme import PIXELS
from desktop.gui.widgets.label import FieldLabel, PlainLabel

translate = QCoreApplication.translate

LABEL_PX = 224
LOGIN_NAMES = tuple(
    zip(
        logins.LOGINS,
        (
            Text("令牌", "Token"),
            Text("用户名和密码", "User and password"),
            Text("不用登录", "No login"),
        ),
        strict=True,
    )
)
IDENTITY = Setting("id", "text", Text("代号", "Id"), required=True)
TITLE = Setting("title", "both", Text("名称", "Title"), default="")
PERIOD = Setting(
    "expected_period_s", "number", Text("多少秒该有新数据", "New data expected every … seconds")
)
SECRETS = {
    "login": Text("令牌", "Token"),
    "alertmanager": Text("Alertmanager 的密码", "Alertmanager's password"),
    "proxy": Text("代理的密码", "Password at the proxy"),
}
"""What is kept in the keyring, by kind, and never in the file."""

PASSWORD = Text("密码", "Password")


class SourceFields(QWidget):
    """A field for each setting, secrets among them; those that do not apply are hidden."""

    touched = Signal()

    def __init__(
        self, screen: SettingsScreen, manifest: Manifest, known: Mapping[str, Any], *, is_new: bool
    ) -> None:
        super().__init__()
        self._screen, self._manifest = screen, manifest
        self.settings = {setting.name: setting for setting in _settings(manifest, is_new=is_new)}
        self.fields: dict[str, Field] = {}
        self.secrets: dict[str, SecretField] = {}
        self._labels: dict[str, PlainLabel] = {}
        self._faults: dict[str, PlainLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        for name, setting in self.settings.items():
            choices = LOGIN_NAMES if name == "login" else ON_OFF if setting.type == "flag" else ()
            field = self.fields[name] = make_field(screen, setting.type, choices)
            value = known.get(name, self._default(setting))
            field.put("" if value is None else forms.show(setting.type, value))
            self._add(name, field)
            if name in ("user", "alertmanager_user", "proxy_user"):
                kind = {"user": "login"}.get(name, name.removesuffix("_user"))
                secret = self.secrets[kind] = SecretField()
                self._add(f"secret {kind}", secret)
        self._adapt()
        self.retranslate()

    def _default(self, setting: Setting) -> Any:
        is_period = setting.name == PERIOD.name
        return self._manifest.expected_period_s if is_period else setting.default

    def _add(self, name: str, field: Field) -> None:
        row = self._grid.rowCount()
        label = self._labels[name] = FieldLabel(self._screen, elide=False)
        label.setWordWrap(True)
        label.setFixedWidth(
            LABEL_PX * self._screen.theme.font("body").pixelSize() // PIXELS["body"]
        )
        fault = self._faults[name] = PlainLabel(self._screen, "second", "orange_text", elide=False)
        fault.setWordWrap(True)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(fault, row + 1, 1)
        fault.hide()
        field.touched.connect(self._touch)
        field.committed.connect(lambda _text: self._touch())

    def _touch(self) -> None:
        self._adapt()
        self.retranslate()
        self.touched.emit()

    def _adapt(self) -> None:
        """Show what applies to the login and proxy chosen."""
        text = {name: field.text() for name, field in self.fields.items()}
        named = text["proxy"] not in ("", proxies.DIRECT, proxies.SYSTEM)
        second = bool(text.get("alertmanager_secret"))
        for name, applies in (
            ("user", text["login"] == logins.BASIC),
            ("secret login", text["login"] != logins.NONE),
            ("insecure", text["login"] != logins.NONE),
            ("alertmanager_user", second),
            ("secret alertmanager", second),
            ("proxy_user", named),
            ("secret proxy", named and bool(text["proxy_user"])),
        ):
            if name in self._labels:
                self._show(name, applies)

    def _show(self, name: str, applies: bool) -> None:
        self._labels[name].setVisible(applies)
        self._field(name).setVisible(applies)
        if not applies:
            self._faults[name].hide()

    def _field(self, name: str) -> Field:
        return self.secrets[name[7:]] if name.startswith("secret ") else self.fields[name]

    def begin(self) -> None:
        """Put the keyboard where something is still wanted, else at the first field."""
        wanted = (n for n, s in self.settings.items() if s.required and not self.fields[n].text())
        self.fields[next(wanted, next(iter(self.fields)))].setFocus()

    def read(self, known: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]] | None:
        """Return the values to be written and the names to be cleared; None with its faults said.

        A default is written only where the file already says something.
        """
        values: dict[str, Any] = {}
        cleared: list[str] = []
        wrong = ""
        for name, setting in self.settings.items():
            field = self.fields[name]
            text = field.text() if not field.isHidden() else ""
            try:
                value = forms.read(setting.type, text) if text.strip() else None
                if value is None and setting.required:
                    raise forms.Unfit("is required")
            except forms.Unfit as error:
                self.say_fault(name, self._screen.words.reason(str(error)))
                wrong = wrong or name
                continue
            self.say_fault(name, "")
            if value in (None, "", []):
                cleared.append(name)
            elif name in known or value != self._default(setting):
                values[name] = value
        if wrong:
            self.fields[wrong].setFocus()
            return None
        return values, cleared

    def read_secrets(self) -> dict[str, str]:
        """Return the secrets typed, by their kind."""
        shown = {kind: field for kind, field in self.secrets.items() if not field.isHidden()}
        return {kind: field.text() for kind, field in shown.items() if field.text()}

    def forget_secrets(self) -> None:
        """Leave nothing of what was typed in the fields."""
        for field in self.secrets.values():
            field.put("")

    def say_fault(self, name: str, said: str) -> None:
        """Say why a field cannot be used; an empty text takes that back."""
        if name in self._faults:
            self._faults[name].set_text(said)
            self._faults[name].setVisible(bool(said))
            self._field(name).mark(bool(said))

    def retranslate(self) -> None:
        """Set all names in the language in force."""
        kept = translate("Settings", "kept in the keyring; empty: stays as it is")
        for name, label in self._labels.items():
            if name.startswith("secret "):
                title = self._screen.say(self._secret_name(name[7:]))
                self.secrets[name[7:]].line.setPlaceholderText(kept)
            else:
                setting = self.settings[name]
                title = self._screen.say(setting.title) + (" *" if setting.required else "")
            label.set_text(title)
            self._field(name).name(title)

    def _secret_name(self, kind: str) -> Text:
        is_password = kind == "login" and self.fields["login"].text() == logins.BASIC
        return PASSWORD if is_password else SECRETS[kind]


def _settings(manifest: Manifest, *, is_new: bool) -> tuple[Setting, ...]:
    """Return all settings of a source in the order of the form: what is required comes first."""
    own = [each for each in manifest.settings if each.required]
    rest = [each for each in manifest.settings if not each.required]
    first = (IDENTITY, TITLE) if is_new else (TITLE,)
    return (*first, *own, *logins.SETTINGS, *rest, PERIOD, *OF_EVERY_KIND, *proxies.SETTINGS)
