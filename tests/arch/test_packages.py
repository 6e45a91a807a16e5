"""What stands around the program in an office's package fits the program."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from email.message import Message
from pathlib import Path

import pytest

from desktop import VERSION
from desktop.__main__ import COMMANDS
from desktop.commands.courier.desk import PAIRING_SUFFIX, SUFFIX
from desktop.wire.courier.bundle import MAGIC
from devkit.packages import (
    commit,
    contents,
    deb,
    flavours,
    front,
    frozen,
    manual,
    private_python,
    qt_parts,
    uos,
)
from support.checkout import ROOT, sources

DEBIAN = ROOT / "packaging" / "debian"


def test_every_binding_of_qt_that_the_program_imports_is_in_the_package():
    imported = {
        module
        for path in sources("desktop")
        for module in re.findall(r"PySide6\.Qt(\w+) import", path.read_text(encoding="utf-8"))
    }
    assert imported <= set(qt_parts.MODULES) <= set(qt_parts.LIBRARIES)


def test_of_a_wheel_of_qt_only_what_is_opened_is_kept(tmp_path):
    kept = ("QtCore.abi3.so", "__init__.py", "Qt/lib/libQt6Core.so.6", "Qt/lib/libicui18n.so.73")
    plugin = "Qt/plugins/platforms/libqxcb.so"
    dropped = ("QtQuick.abi3.so", "qmlls", "QtCore.pyi", "Qt/lib/libQt6Quick.so.6", "Qt/qml/a/b.so")
    virtual = "Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so"
    for name in (*kept, plugin, *dropped, virtual):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1234")
    assert qt_parts.leave_out_the_rest(tmp_path) == 4 * (len(dropped) + 1)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert left == {*kept, plugin}


@pytest.mark.parametrize("page", manual.PAGES.values())
def test_the_manual_names_every_command_in_its_language(page):
    words = [sys.executable, "-m", "desktop", "--help"]
    listed = manual.list_commands(subprocess.check_output(words, text=True, cwd=ROOT), page)
    told = dict(re.findall(r"\.TP\n\.B (.*)\n(.*)", listed))
    assert [name.replace("\\-", "-") for name in told] == list(COMMANDS)
    is_chinese = [bool(re.search("[一-鿿]", line)) for line in told.values()]
    assert is_chinese == [page.startswith("zh")] * len(COMMANDS)


def test_the_system_knows_a_bundle_by_what_courier_writes():
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    types = ET.parse(DEBIAN / "county-desk.mime.xml")
    [match] = types.iter(f"{space}match")
    assert match.attrib["value"].encode().decode("unicode_escape").encode("latin-1") == MAGIC
    globs = [each.attrib["pattern"] for each in types.iter(f"{space}glob")]
    assert globs == [f"*{SUFFIX}", f"*{PAIRING_SUFFIX}"]


def test_what_a_menu_or_a_login_starts_is_a_command():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DEBIAN / "county-desk.desktop", encoding="utf-8")
    started = [entry[section]["Exec"] for section in entry.sections()]
    unit = (DEBIAN / "county-desk-wall.service").read_text(encoding="utf-8")
    started += re.findall(r"ExecStart=/usr/bin/(.*)", unit)
    for line in started:
        assert line.split()[0] == "county-desk"
        assert {*line.split()[1:2]} <= {*COMMANDS, "%f"}
    assert len(started) == 5


def test_a_double_click_on_a_bundle_opens_the_program_with_it():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DEBIAN / "county-desk.desktop", encoding="utf-8")
    opened = entry["Desktop Entry"]
    types = ET.parse(DEBIAN / "county-desk.mime.xml").getroot()
    assert opened["MimeType"] == f"{types[0].attrib['type']};"
    assert opened["Exec"].split() == ["county-desk", "%f"]


def test_whatever_the_program_needs_is_debians_own_or_taken_along_to_debian_13():
    project = commit.read_project()
    optional = project["optional-dependencies"]
    lines = [*project["dependencies"], *optional["server"], *optional["excel"]]
    needed = {re.split(r"[<>=;]", line)[0].lower() for line in lines} - {"pyside6-essentials"}
    debians = {each.removeprefix("python3-") for each in flavours.TRIXIE.depends}
    assert needed <= debians | set(private_python.LACKING)
    bindings = {each.removeprefix("pyside6.qt") for each in debians if each.startswith("pyside6")}
    assert bindings == {each.lower() for each in qt_parts.MODULES} - {"dbus", "opengl"}


@pytest.mark.parametrize("name", private_python.LACKING)
def test_what_is_taken_along_is_pinned_as_everywhere(name):
    pin = private_python.pin_of(name)
    assert re.match(rf"{name}==\S+ \\\n    --hash=sha256:[0-9a-f]{{64}}", pin)
    assert len(re.findall("==", pin)) == 1


def test_the_program_knows_the_version_of_its_package():
    assert commit.version() == VERSION


def test_the_package_for_the_newer_debian_is_the_newer_one():
    older, newer = deb.version(flavours.BOOKWORM), deb.version(flavours.TRIXIE)
    assert older < newer


def test_a_bill_of_materials_names_each_part_with_its_licence(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name, told in (
        ("PySide6_Essentials", "License: LGPL-3.0-only"),
        ("six", "Classifier: License :: OSI Approved :: MIT License"),
        ("county-desk", "License-Expression: Apache-2.0"),
    ):
        about = tmp_path / f"{name}-1.0.dist-info"
        (about / "licenses").mkdir(parents=True)
        (about / "METADATA").write_text(f"Name: {name}\nVersion: 1.0\n{told}\n\nWords\n")
        (about / "licenses" / "LICENSE.txt").write_text(f"all of {name}'s licence")
    contents.write(tmp_path, tmp_path / "papers")
    bill = json.loads((tmp_path / "papers" / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["timestamp"]) == (
        "CycloneDX",
        "2023-11-14T22:13:20Z",
    )
    assert [(each["name"], each["version"]) for each in bill["components"]] == [
        *(("PySide6_Essentials", "1.0"), ("six", "1.0"), ("Qt", "1.0"))
    ]
    text = (tmp_path / "papers" / "licences.txt").read_text(encoding="utf-8")
    assert "six 1.0: MIT License" in text
    assert "all of six's licence" in text


def test_a_licence_without_a_short_name_is_pointed_at():
    part = Message()
    part["License"] = "the whole text\nof a licence"
    assert contents.licence(part) == "see its licence file"


def test_all_that_lies_in_packaging_debian_is_in_the_package():
    used = {*deb.PLACES, *manual.PAGES.values(), *deb.SCRIPTS, deb.START, "control"}
    there = {path.relative_to(DEBIAN).as_posix() for path in DEBIAN.rglob("*") if path.is_file()}
    assert there == used


def test_a_package_nobody_knows_is_refused_before_anything_is_built(monkeypatch, capsys):
    built: list[str] = []
    monkeypatch.setitem(front.BUILDERS, "wheel", lambda: built.append("wheel"))
    assert front.run(["wheel", "rpm"]) == 2
    assert (built, "not rpm; there are: wheel deb" in capsys.readouterr().err) == ([], True)
    assert front.run([]) == 0
    assert built == ["wheel"]


def a_frozen_program(folder: Path) -> Path:
    about = folder / "_internal" / "six-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Name: six\nVersion: 1.0\n\n")
    (folder / "county-desk").write_text("program")
    return folder


def test_the_folder_asks_for_the_glibc_that_offices_are_told(tmp_path):
    for name, content in {
        "program": b"\x7fELF\0GLIBC_2.9\0",
        "_internal/lib.so": b"\x7fELF\0GLIBC_2.17\0GLIBC_2.4\0",
        "_internal/notes.txt": b"\0GLIBC_2.99\0",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert frozen.read_glibc(tmp_path) == 17
    guides = [f"resources/help/src/{language}/admin.md" for language in ("en", "zh_CN")]
    for name in ("README.md", *guides):
        told = re.findall(r"glibc 2\.(\d+)", (ROOT / name).read_text(encoding="utf-8"))
        assert set(told) == {str(frozen.GLIBC)}


def test_the_package_for_uos_keeps_its_published_rules(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(deb, "architecture", lambda: "amd64")
    tree = tmp_path / "tree"
    uos.fill(tree, a_frozen_program(tmp_path / "frozen"))
    assert uos.find_faults(tree) == []
    control = (tree / "DEBIAN" / "control").read_text(encoding="utf-8")
    assert "@" not in control.replace("county-desk@example.org", "")
    assert f"Depends: libc6 (>= 2.{frozen.GLIBC}), " in control


def test_what_is_against_the_rules_of_uos_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(deb, "architecture", lambda: "amd64")
    tree = tmp_path / "tree"
    uos.fill(tree, a_frozen_program(tmp_path / "frozen"))
    home = tree / uos.HOME
    for name in ("DEBIAN/postinst", "usr/bin/county-desk", f"{uos.HOME}/more"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("")
    info = (home / "info").read_text(encoding="utf-8").replace(".0.0", ".0").replace("cn.", "")
    (home / "info").write_text(info, encoding="utf-8")
    (home / "files" / "bin" / "county-desk").unlink()
    found = uos.find_faults(tree)
    words = ("not below", "a script", "beside entries", "not an id", "not a version")
    assert all(any(fault.startswith(word) for fault in found) for word in words)
    assert len([fault for fault in found if fault.startswith("starts what is not there")]) == 4


def apparmor_rules() -> list[str]:
    """The rules of the profile itself, without those that it includes."""
    text = (DEBIAN / "county-desk.apparmor").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line.endswith(",") and not line.startswith("#")]


def opens_in_home(path: str) -> bool:
    """Whether a rule lets the program write this file of its user's home."""
    wild = {"**": ".*", "*": "[^/]*", "{": "(", "}": ")", ",": "|", ".": r"\."}
    for rule in apparmor_rules():
        found = re.fullmatch(r"owner @\{HOME\}/(\S*) (\w+),", rule)
        if found is None or "w" not in found[2]:
            continue
        pattern = re.sub(r"\[.*?\]|\*\*|[*{},.]", lambda m: wild.get(m[0], m[0]), found[1])
        if re.fullmatch(pattern, path):
            return True
    return False


def test_the_apparmor_profile_denies_nothing_while_it_only_reports():
    assert "flags=(complain)" in (DEBIAN / "county-desk.apparmor").read_text(encoding="utf-8")
    assert [rule for rule in apparmor_rules() if "deny" in rule.split()] == []


@pytest.mark.parametrize(
    ("path", "is_open"),
    [
        *(("文档/八月.csv", True), ("x", True), (".local/share/county-desk/云麓/outbox.db", True)),
        *((".config/county-desk/profile.toml", True), (".ssh/id_ed25519", False)),
        *((".gnupg/private-keys-v1.d/a.key", False), (".mozilla/firefox/a/logins.json", False)),
        *((".config/google-chrome/Default/Cookies", False), (".bashrc", False)),
        *((".config/autostart/a.desktop", False), (".local/share/keyrings/login.keyring", False)),
    ],
)
def test_the_apparmor_profile_enforced_opens_an_officers_files_and_no_other_programs(path, is_open):
    assert opens_in_home(path) == is_open


def test_the_apparmor_profile_enforced_lets_keyring_portals_and_input_methods_answer():
    assert "dbus (send, receive) bus=session," in apparmor_rules()
