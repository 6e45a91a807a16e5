"""Which input methods Qt is asked for, by what the desktop's login has set."""

from __future__ import annotations

import pytest

from desktop.gui.qt_libraries import offer_ibus

PORTAL = {"IBUS_USE_PORTAL": "1"}


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ({"QT_IM_MODULE": "fcitx"}, {"QT_IM_MODULES": "fcitx;ibus"} | PORTAL),
        ({"QT_IM_MODULE": "fcitx5"}, {"QT_IM_MODULES": "fcitx5;ibus"} | PORTAL),
        ({"XMODIFIERS": "@im=fcitx"}, {"QT_IM_MODULES": "fcitx;ibus"} | PORTAL),
        ({"XMODIFIERS": "@im=ibus"}, {"QT_IM_MODULES": "ibus"}),
        (
            {"QT_IM_MODULES": "wayland;fcitx", "QT_IM_MODULE": "xim"},
            {"QT_IM_MODULES": "wayland;fcitx;ibus"} | PORTAL,
        ),
        ({"QT_IM_MODULE": "fcitx", "IBUS_USE_PORTAL": "0"}, {"QT_IM_MODULES": "fcitx;ibus"}),
    ],
)
def test_fcitx_is_reached_as_ibus_where_qt_has_no_plugin_for_it(
    given: dict[str, str], added: dict[str, str]
) -> None:
    environment = dict(given)
    offer_ibus(environment)
    assert environment == given | added


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"XMODIFIERS": "@im=none"},
        {"XMODIFIERS": "fcitx"},
        {"XMODIFIERS": "@im=fcitx", "WAYLAND_DISPLAY": "wayland-0"},
        {"XMODIFIERS": "@im=fcitx", "QT_QPA_PLATFORM": "wayland"},
        {"QT_IM_MODULES": "wayland;fcitx;ibus"},
        {"QT_IM_MODULES": "compose"},
    ],
)
def test_what_needs_no_help_stays_as_it_was(given: dict[str, str]) -> None:
    environment = dict(given)
    offer_ibus(environment)
    assert environment == given


@pytest.mark.parametrize("name", ["ibus", "compose"])
def test_another_input_method_stays_the_only_one(name: str) -> None:
    environment = {"QT_IM_MODULE": name, "XMODIFIERS": "@im=fcitx"}
    offer_ibus(environment)
    assert environment["QT_IM_MODULES"] == name
    assert "IBUS_USE_PORTAL" not in environment
