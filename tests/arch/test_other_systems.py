"""What is kept for Windows and macOS agrees with the program, though nobody has tried it there."""

from __future__ import annotations

import plistlib
import re
import sys
import xml.etree.ElementTree as ET

import pytest

from desktop.commands.courier.desk import SUFFIX
from desktop.commands.own_program import own_program
from devkit.packages import commit, uos
from devkit.packages.proofs import windows
from support.checkout import ROOT

WINDOWS, MACOS = ROOT / "packaging" / "windows", ROOT / "packaging" / "macos"
SPEC = (ROOT / "packaging" / "pyinstaller" / "county-desk.spec").read_text(encoding="utf-8")
SCRIPT = windows.SCRIPT.read_text(encoding="utf-8")
INFO = plistlib.loads((MACOS / "Info.plist").read_bytes())
KINDS = ET.parse(ROOT / "packaging" / "debian" / "county-desk.mime.xml").getroot()


def test_the_script_for_windows_names_programs_that_the_folder_has():
    named = set(re.findall(r"[\w-]+\.exe", SCRIPT)) - {"uninstall.exe"}
    assert {name for name in named if "$" not in name and name != "-setup.exe"} == {
        name for name in windows.PROGRAMS if name.endswith(".exe")
    }
    assert all(f'"{name.removesuffix(".exe")}"' in SPEC for name in named if "setup" not in name)


def test_the_script_for_windows_asks_no_administrator_and_leaves_what_is_the_officers():
    assert "RequestExecutionLevel user" in SCRIPT
    assert 'InstallDir "$LOCALAPPDATA\\Programs\\' in SCRIPT
    assert set(re.findall(r"HK\w+", SCRIPT)) == {"HKCU"}
    removed = re.findall(r'^  (?:RMDir|Delete)(?: /r)? "(.*)"', SCRIPT, re.MULTILINE)
    assert removed
    assert all(place.startswith("$INSTDIR") or place == "$0" for place in removed)


def test_the_script_for_windows_speaks_chinese_first_and_says_all_in_both():
    languages = re.findall(r'MUI_LANGUAGE "(\w+)"', SCRIPT)
    assert languages == ["SimpChinese", "English"]
    said = {
        each: re.findall(rf"LangString (\w+) \${{LANG_{each.upper()}}}", SCRIPT)
        for each in languages
    }
    assert said["SimpChinese"] == said["English"]
    assert set(re.findall(r"\$\(([A-Z]+)\)", SCRIPT)) == set(said["English"])


def test_every_system_knows_a_bundle_by_the_same_ending_and_type():
    kind = KINDS[0].attrib["type"]
    assert f'"Software\\Classes\\{SUFFIX}" "Content Type" "{kind}"' in SCRIPT
    [declared] = INFO["UTExportedTypeDeclarations"]
    told = declared["UTTypeTagSpecification"]
    assert told == {"public.filename-extension": [SUFFIX[1:]], "public.mime-type": [kind]}
    [opened] = INFO["CFBundleDocumentTypes"]
    assert opened["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]


@pytest.mark.parametrize("language", INFO["CFBundleLocalizations"])
def test_the_bundle_for_macos_has_its_names_in_each_of_its_languages(language):
    text = (MACOS / f"{language}.lproj" / "InfoPlist.strings").read_text(encoding="utf-8")
    named = dict(re.findall(r'^"(.*)" = "(.*)";$', text, re.MULTILINE))
    [opened] = INFO["CFBundleDocumentTypes"]
    assert set(named) == {"CFBundleName", "CFBundleDisplayName", opened["CFBundleTypeName"]}
    is_chinese = [bool(re.search("[一-鿿]", name)) for name in named.values()]
    assert is_chinese == [language.startswith("zh")] * len(named)


def test_the_bundle_for_macos_has_the_id_of_the_other_packages_and_no_version_of_its_own():
    assert INFO["CFBundleIdentifier"] == uos.APP
    assert not {"CFBundleVersion", "CFBundleShortVersionString"} & set(INFO)
    assert plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert "plistlib" in SPEC


@pytest.mark.parametrize("folder", [WINDOWS, MACOS])
def test_the_notes_name_files_that_there_are_and_the_version_that_is(folder):
    text = (folder / "README.md").read_text(encoding="utf-8").replace("\\", "/")
    named = re.findall(r"(?:packaging|tests|desktop)/[\w./-]+\.\w+", text)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert set(re.findall(r"\d+\.\d+\.\d+", text)) <= {commit.version()}
    assert "Not tried" in text


def test_a_program_without_a_console_calls_the_one_beside_it_that_can_be_read(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "county-deskw.exe"))
    assert own_program() == [str(tmp_path / "county-deskw.exe")]
    (tmp_path / "county-desk.exe").touch()
    assert own_program() == [str(tmp_path / "county-desk.exe")]
