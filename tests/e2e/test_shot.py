"""`shot`: a picture of the real window, drawn without a display."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from support.program import County, county_desk, write_profile

SIZES = (("desk", "1366x768", "zh_CN", "light"), ("wall", "1920x1080", "en", "dark"))


@pytest.mark.parametrize("posture, size, language, theme", SIZES)
def test_a_shot_has_the_size_asked_for_and_shows_the_county(
    tmp_path, posture, size, language, theme
):
    picture = tmp_path / "shot.png"
    with County(tmp_path, "--speed", "0", "--incidents", "120") as county:
        done = county_desk(
            *("shot", "--profile", write_profile(tmp_path / "desk.toml", county.url)),
            *("--profile-dir", tmp_path / "desk", "--key", "throw-away", "--posture", posture),
            *("--size", size, "--lang", language, "--theme", theme, "--out", picture),
            environment={"QT_QPA_PLATFORM": "offscreen"},
        )
    assert done.returncode == 0, done.stderr
    colors = painted(picture, size)
    assert len(colors) > 60
    [(_, ground)] = colors.most_common(1)
    assert ground < 0.9 * sum(colors.values()), "nearly all of it is one colour"


def test_a_shot_without_cache_and_network_says_so_and_is_not_blank(tmp_path):
    picture = tmp_path / "shot.png"
    done = county_desk(
        *("shot", "--profile", write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")),
        *("--profile-dir", tmp_path / "desk", "--key", "throw-away", "--wait", "20"),
        *("--size", "1366x768", "--out", picture),
        environment={"QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stderr
    assert len(painted(picture, "1366x768")) > 20
    assert picture.stat().st_mode & 0o077 == 0, "it shows what only this user may see"


def painted(picture: Path, size: str) -> Counter[int]:
    """How often each colour stands in a picture of exactly that size."""
    image = QImage(str(picture))
    assert f"{image.width()}x{image.height()}" == size
    steps = range(0, image.height(), 2)
    return Counter(image.pixel(x, y) for y in steps for x in range(0, image.width(), 2))


def test_without_a_display_no_picture_of_a_real_profile_is_drawn_unasked(tmp_path):
    scratch, profile = tmp_path / "tmp", write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    scratch.mkdir()
    for command in ("desk", "wall"):
        done = county_desk(
            *(command, "--profile", profile, "--profile-dir", tmp_path / "desk", "--key", "file"),
            environment={"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
            | {"TMPDIR": str(scratch)},
        )
        assert (done.returncode, "county-desk shot" in done.stderr) == (2, True)
        assert list(scratch.rglob("*")) == []


def test_without_a_display_the_demo_says_so_and_draws_the_same_windows_to_files(tmp_path):
    done = county_desk(
        *("desk", "--demo"),
        within_s=110,
        environment={"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
        | {"TMPDIR": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "No display" in done.stdout
    drawn = [Path(line.strip()) for line in done.stdout.splitlines() if line.endswith(".png")]
    assert {picture.parent for picture in drawn} == {Path(done.stdout.split()[-1])}
    assert len(drawn) == 4
    for picture in drawn:
        assert len(painted(picture, picture.stem.rpartition("-")[2])) > 60
