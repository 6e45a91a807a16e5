"""Functions are verbs, and names that were given up are refused where they would come back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from devkit import vocabulary

TABLE = tomllib.loads(vocabulary.TABLE.read_text(encoding="utf-8"))
WITHOUT = {**TABLE, "exempt": {}}


def found(folder: Path, place: str, code: str) -> list[str]:
    """The names refused in a folder with this one module."""
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code)
    breaches, _ = vocabulary.judge(folder, WITHOUT)
    return [breach.name for breach in breaches]


@pytest.mark.parametrize("name", ["answered", "_laid_over", "kept", "stored_rows", "told"])
def test_a_past_participle_is_no_name_for_a_function(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, "domain/rules.py", f"def {name}():\n    return 1\n") == [name]
    nested = f"class A:\n    async def {name}(self):\n        return 1\n"
    assert found(tmp_path, "domain/rules.py", nested) == [name]


@pytest.mark.parametrize("name", ["answer", "feed", "need_rows", "is_kept", "read", "red"])
def test_a_verb_a_predicate_and_words_that_only_look_so_are_let_pass(
    tmp_path: Path, name: str
) -> None:
    assert found(tmp_path, "domain/rules.py", f"def {name}():\n    return 1\n") == []


@pytest.mark.parametrize("kind", ["property", "functools.cached_property"])
def test_a_property_is_a_value_and_may_be_a_participle(tmp_path: Path, kind: str) -> None:
    code = f"class A:\n    @{kind}\n    def kept(self):\n        return 1\n"
    assert found(tmp_path, "domain/rules.py", code) == []


def test_a_name_given_up_is_refused_as_module_class_and_function(tmp_path: Path) -> None:
    assert found(tmp_path / "a", "storage/batches.py", "") == ["batches"]
    assert found(tmp_path / "b", "storage/batches/__init__.py", "") == ["batches"]
    assert found(tmp_path / "c", "wire/new.py", "class _Receipt:\n    pass\n") == ["_Receipt"]
    assert found(tmp_path / "d", "gui/new.py", "def untold():\n    pass\n") == ["untold"]


def test_a_word_of_one_area_is_free_in_another_and_for_functions(tmp_path: Path) -> None:
    assert found(tmp_path, "demo/batches.py", "") == []
    assert found(tmp_path, "storage/new.py", "def words():\n    pass\n") == []


def test_an_exemption_is_for_one_name_of_one_module_and_fails_when_needless(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.py").write_text("def kept():\n    pass\ndef told():\n    pass\n")
    table = {**TABLE, "exempt": {"a.py": ["kept", "gone"], "b.py": ["told"]}}
    breaches, needless = vocabulary.judge(tmp_path, table)
    assert [breach.name for breach in breaches] == ["told"]
    assert needless == [("a.py", "gone"), ("b.py", "told")]


def test_a_breach_and_a_needless_exemption_each_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desktop").mkdir()
    module = tmp_path / "desktop" / "a.py"
    monkeypatch.setattr(vocabulary, "ROOT", tmp_path)
    monkeypatch.setattr(vocabulary, "TABLE", tmp_path / "vocabulary.toml")
    table = 'irregular = "kept"\n[retired.everywhere]\n[exempt]\n'
    (tmp_path / "vocabulary.toml").write_text(table)
    module.write_text("def keep():\n    pass\n")
    assert vocabulary.check() == 0
    module.write_text("def kept():\n    pass\n")
    assert vocabulary.check() == 1
    assert "a.py:1: kept is a participle" in capsys.readouterr().out
    (tmp_path / "vocabulary.toml").write_text(table + '"a.py" = ["kept"]\n')
    assert vocabulary.check() == 0
    module.write_text("def keep():\n    pass\n")
    assert vocabulary.check() == 1
    assert "no longer needs" in capsys.readouterr().out
