"""The front door needs nothing but Python, and `.ci/run` goes through it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dev
from devkit import debian, environment, memory_disk
from devkit.place import beside
from support.checkout import ROOT, name, sources, tree

COMMANDS = (
    *("run", "test", "check", "coverage", "bench", "shots", "gallery"),
    *("faults", "tr", "spec", "package"),
)


def test_it_imports_the_standard_library_alone():
    allowed = sys.stdlib_module_names | {"devkit"}
    strangers = [
        f"{name(path)}: {module}"
        for path in sources("packaging")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in _modules(node)
        if module.partition(".")[0] not in allowed
    ]
    assert strangers == []


def test_its_help_names_every_command():
    words = [sys.executable, "-S", str(ROOT / "packaging" / "dev.py"), "-h"]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    assert [command for command in COMMANDS if f"    {command} " not in answer.stdout] == []


def test_the_ci_script_calls_exactly_that_and_ends_with_pytests_closing_line(tmp_path):
    closing = "12 failed, 3 passed, 1 warning in 4.56s"
    stub = tmp_path / "python3"
    stub.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/asked\necho "{closing}"\necho tail\nexit 3\n'
    )
    stub.chmod(0o755)
    answer = subprocess.run(
        [str(ROOT / ".ci" / "run")],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (tmp_path / "asked").read_text().strip() == "packaging/dev.py test"
    assert answer.returncode == 3
    assert answer.stdout.splitlines()[-1] == closing


def test_what_runs_beside_is_told_in_one_piece_at_its_end_with_its_status(capfd):
    code = "import sys; print('on one', flush=True); print('on two', file=sys.stderr); sys.exit(3)"
    ended = beside([sys.executable, "-c", code])
    assert capfd.readouterr() == ("", "")
    assert ended() == 3
    assert capfd.readouterr().out == "on one\non two\n"


@pytest.mark.parametrize(
    ("checked", "tested", "status"), [(0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 2)]
)
def test_test_passes_when_both_the_check_and_the_tests_do(monkeypatch, checked, tested, status):
    monkeypatch.setattr(dev, "beside", lambda command: lambda: checked)
    monkeypatch.setattr(dev, "run", lambda command, env: tested)
    assert dev.test([]) == status


def test_the_fast_tests_are_run_without_the_check_and_without_the_long_ones(monkeypatch):
    commands: list[list[str]] = []
    monkeypatch.setenv("TMPDIR", "chosen, so that no word of a folder in memory is added")
    monkeypatch.setattr(dev, "run", lambda command, env: commands.append([*map(str, command)]))
    monkeypatch.setattr(dev, "beside", commands.append)
    dev.test(["--fast"])
    dev.test(["--fast", "tests/unit/test_poll_backoff.py"])
    (everything, one) = commands
    assert everything[-len(dev.QUICK) :] == dev.QUICK
    assert one[-1] == "tests/unit/test_poll_backoff.py"
    assert "--fast" in everything
    assert "--fast" in one


def test_what_the_tests_write_is_in_memory_and_gone_afterwards(monkeypatch, tmp_path):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(memory_disk, "PLACE", tmp_path)
    monkeypatch.setattr(memory_disk, "LEAST_FREE_BYTES", 1)
    told: list[str] = []
    monkeypatch.setattr(dev, "run", lambda command, env: told.append(env["TMPDIR"]))
    monkeypatch.setattr(dev, "beside", lambda command: lambda: 0)
    dev.test([])
    assert Path(told[0]).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reason", ["chosen", "short"])
def test_a_chosen_folder_stays_and_short_memory_is_left_alone(monkeypatch, tmp_path, reason):
    monkeypatch.delenv("TMPDIR", raising=False)
    if reason == "chosen":
        monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(memory_disk, "LEAST_FREE_BYTES", 1 if reason == "chosen" else 2**60)
    with memory_disk.memory_folder() as folder:
        assert folder is None


def answering(said: str) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A `subprocess.run` by which every program succeeds and says this."""
    return lambda *_words, **_options: subprocess.CompletedProcess([], 0, stdout=said)


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> list[list[str]]:
    """A made-up checkout with a usable environment; gives the commands that were run."""
    ran: list[list[str]] = []
    (tmp_path / "dev.txt").write_text("one==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "CONSTRAINTS", tmp_path / "dev.txt")
    monkeypatch.setattr(environment, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "dev.txt")
    monkeypatch.setattr(environment.subprocess, "run", answering(f"{tmp_path / 'venv'}\n"))
    monkeypatch.setattr(environment, "must", lambda command: ran.append([*map(str, command)]))
    return ran


def test_packages_are_installed_with_their_hashes_checked_and_the_project_without_any(checkout):
    environment.provide()
    pinned, project = checkout
    assert "--require-hashes" in pinned
    assert {"--no-deps", "--no-build-isolation", "-e"} <= set(project)


def test_nothing_is_installed_twice_from_the_same_pins(checkout):
    environment.provide()
    checkout.clear()
    environment.provide()
    assert checkout == []


def test_changed_pins_are_installed_again(checkout, tmp_path):
    environment.provide()
    checkout.clear()
    (tmp_path / "dev.txt").write_text("one==2\n")
    environment.provide()
    assert any("--require-hashes" in command for command in checkout)


def test_a_changed_project_alone_does_not_reinstall_the_pins(checkout, tmp_path):
    environment.provide()
    checkout.clear()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    environment.provide()
    assert len(checkout) == 1
    assert "--require-hashes" not in checkout[0]


def listed(installed: Sequence[str]) -> str:
    """What dpkg-query says where these packages are installed."""
    return "".join(f"installed {name}, \n" for name in installed)


@pytest.fixture
def machine(tmp_path, monkeypatch) -> list[list[str]]:
    """A Debian that lacks two packages; gives the commands that were run."""
    ran: list[list[str]] = []

    def run(command, env=None):
        ran.append([*map(str, command)])
        return 0

    monkeypatch.setattr(debian.shutil, "which", lambda program: f"/usr/bin/{program}")
    installed = [name for name in debian.TESTS if name not in ("xvfb", "xauth")]
    monkeypatch.setattr(debian.subprocess, "run", answering(listed(installed)))
    monkeypatch.setattr(debian, "LISTS", tmp_path / "lists")
    monkeypatch.setattr(debian, "run", run)
    return ran


def test_without_root_the_line_to_run_is_printed_and_nothing_is_tried(machine, monkeypatch, capsys):
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    assert not debian.provide(debian.TESTS)
    assert machine == []
    said = capsys.readouterr().err
    assert "apt-get install -y --no-install-recommends xvfb xauth" in said


def test_as_root_the_missing_packages_alone_are_installed_with_services_kept_still(
    machine, monkeypatch, tmp_path
):
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(debian, "POLICY", policy)
    debian.provide(debian.TESTS)
    assert machine[0][:2] == ["apt-get", "update"]
    assert machine[1][-2:] == ["xvfb", "xauth"]
    assert not policy.exists()


def test_where_everything_is_installed_nothing_is_run(machine, monkeypatch):
    monkeypatch.setattr(debian.subprocess, "run", answering(listed(debian.TESTS)))
    assert debian.provide(debian.TESTS)
    assert machine == []


def test_a_package_under_another_name_that_provides_it_is_not_missing(machine, monkeypatch, capsys):
    listing = "installed libglib2.0-0t64, libglib2.0-0 (= 2.84)\nconfig-files xvfb, \n"
    monkeypatch.setattr(debian.subprocess, "run", answering(listing))
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    assert not debian.provide(["libglib2.0-0", "xvfb"])
    assert capsys.readouterr().err.endswith("--no-install-recommends xvfb\n")


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]
