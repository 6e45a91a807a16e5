"""The demo's windows as pictures in a folder, where there is no display to open one on."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from desktop import bootstrap
from desktop.commands.options import complain
from desktop.commands.own_program import own_program
from desktop.domain.source import Problem

PICTURES = (
    ("desk", "zh_CN", "light", "1920x1080"),
    ("desk", "en", "dark", "1920x1080"),
    ("desk", "zh_CN", "light", "1366x768"),
    ("wall", "zh_CN", "dark", "1920x1080"),
)
"""What is drawn to files when there is no display to open a window on."""


def draw_to_files(options: argparse.Namespace, profile_file: Path) -> int:
    """Say that there is no display, draw the demo's windows to files and name the folder."""
    out = Path(tempfile.mkdtemp(prefix="county-desk-pictures-"))
    print("没有显示器，改为离屏绘制同样的窗口。", flush=True)
    print("No display: the same windows are drawn to files instead.", flush=True)
    problems: list[Problem] = []
    for posture, language, theme, dimensions in PICTURES:
        picture = out / f"{posture}-{language}-{theme}-{dimensions}.png"
        command = [
            *(*own_program(), "shot", "--profile", str(profile_file)),
            *("--posture", posture, "--lang", language, "--theme", theme),
            *("--size", dimensions, "--key", options.key, "--out", str(picture)),
        ]
        if options.profile_dir and options.key != "throw-away":
            command += ["--profile-dir", str(options.profile_dir)]
        if options.passphrase_file:
            command += ["--passphrase-file", str(options.passphrase_file)]
        for named in options.token_file:
            command += ["--token-file", named]
        done = subprocess.run(command, check=False, timeout=180)  # noqa: S603 - our own program
        if done.returncode or not picture.exists():
            problems.append(Problem("picture_failed", {"file": picture.name}))
        else:
            print(f"  {picture}", flush=True)
    words = bootstrap.words_in(options.lang)
    complain(*(str(words.problem(problem)) for problem in problems))
    print(f"图片在 pictures are in: {out}", flush=True)
    return 1 if problems else 0
