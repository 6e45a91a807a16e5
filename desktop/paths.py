"""Where the product's own files and each desk's data lie."""

from __future__ import annotations

from pathlib import Path


def resources() -> Path:
    """The folder of icons, texts and tables: inside the wheel, or beside an editable checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def desk_folder(profile: str, profile_dir: Path | None) -> Path:
    """The folder of one desk's cache, outbox, layout and logs; made private to the user."""
    if profile_dir is not None:
        folder = profile_dir
    else:
        from platformdirs import user_data_path

        folder = user_data_path("county-desk", appauthor=False) / profile
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def own_profile() -> Path:
    """The profile a desk opens when none is named; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path("county-desk", appauthor=False) / "profile.toml"
