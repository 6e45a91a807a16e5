"""What nobody calls is found, and an excuse that is no longer needed is too."""

from __future__ import annotations

from devkit import dead_code

EXCUSED = " ".join(dead_code.CALLED_FROM_OUTSIDE.values()).split()


def report(*names: str) -> str:
    return "".join(f"desktop/a.py:1: unused method '{name}' (60% confidence)\n" for name in names)


def test_a_function_that_nobody_calls_is_found_with_its_place(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "desktop"
    folder.mkdir()
    (folder / "a.py").write_text("def never_called():\n    return 1\n")
    monkeypatch.setattr(dead_code, "FOLDERS", (str(folder),))
    assert dead_code.check() == 1
    assert "a.py:1: unused function 'never_called'" in capsys.readouterr().out


def test_an_excused_name_is_let_pass_and_another_is_not():
    assert dead_code.judge(report(*EXCUSED)) == ([], [])
    dead, needless = dead_code.judge(report(*EXCUSED, "stray"))
    assert [line.split("'")[1] for line in dead] == ["stray"]
    assert needless == []


def test_an_excuse_for_what_is_used_or_gone_fails():
    assert dead_code.judge(report(*EXCUSED[1:])) == ([], [EXCUSED[0]])


def test_each_name_is_excused_once():
    assert len(EXCUSED) == len(set(EXCUSED))
