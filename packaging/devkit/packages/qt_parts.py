"""What of Qt an office's package holds: what the program opens, and what that stands on."""

from __future__ import annotations

from pathlib import Path

MODULES = ("Core", "Gui", "Widgets", "Network", "PrintSupport", "Svg", "DBus", "Test", "OpenGL")
"""Bindings that are kept. The last four are pyqtgraph's, which asks for them as it loads."""

LIBRARIES = (
    *("Core", "Gui", "Widgets", "Network", "PrintSupport", "Svg", "DBus", "Test", "OpenGL"),
    *("XcbQpa", "WaylandClient", "WlShellIntegration"),
)
"""Qt's own libraries that those and the plugins below are linked with."""

PLUGINS = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qgif", "qico", "qjpeg", "qsvg", "qwebp"),
    "platforminputcontexts": ("composeplatforminputcontext", "ibusplatforminputcontext"),
    "platforms": ("qminimal", "qoffscreen", "qwayland", "qxcb"),
    "platformthemes": ("qgtk3", "qxdgdesktopportal"),
    "printsupport": ("cupsprintersupport",),
    "tls": ("qopensslbackend",),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-graphics-integration-client": ("qt-plugin-wayland-egl",),
    "wayland-shell-integration": ("xdg-shell",),
    "xcbglintegrations": ("qxcb-egl-integration", "qxcb-glx-integration"),
}
"""The kinds of plugin that are kept, and of each kind which."""

TRANSLATIONS = ("qtbase_zh_CN.qm", "qtbase_en.qm")
LINKED_BESIDE = ("libicu", "libpyside6.abi3", "libshiboken6.abi3")
"""What stands beside Qt's libraries and is linked by all of them."""


def leave_out_the_rest(pyside: Path) -> int:
    """Delete what the program opens nothing of; how many bytes that were."""
    before = size(pyside)
    for path in sorted(pyside.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not _is_kept(path.relative_to(pyside)):
            path.unlink()
    return before - size(pyside)


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _is_kept(path: Path) -> bool:
    match path.parts:
        case (name,) if name.endswith(".py"):
            return True
        case (name,):
            bindings = {f"Qt{one}.abi3.so" for one in MODULES}
            return name.startswith(LINKED_BESIDE) or name in bindings
        case ("support", *_):
            return path.suffix == ".py"
        case ("Qt", "lib", name):
            wanted = {f"libQt6{one}" for one in LIBRARIES}
            return name.startswith(LINKED_BESIDE) or name.partition(".")[0] in wanted
        case ("Qt", "plugins", kind, name):
            return name.partition(".")[0].removeprefix("lib").removesuffix("plugin") in {
                one.removesuffix("plugin") for one in PLUGINS.get(kind, ())
            }
        case ("Qt", "translations", name):
            return name in TRANSLATIONS
    return False
