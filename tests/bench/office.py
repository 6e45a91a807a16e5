"""The township office of the benches: its account at the county, its profile and its store."""

from __future__ import annotations

from pathlib import Path

from figure import CannotMeasure

from support.program import County, county_desk, write_profile

TOWNSHIP = "liulin"
TOKEN = "liulin-office-f3a91c07b52e4d68"
ACCOUNTS = f"""\
[[account]]
name = "{TOWNSHIP}"
token = "{TOKEN}"
townships = ["{TOWNSHIP}"]
"""
INCIDENTS = 10_000
"""Of the county; the office sees its township's."""


class Office:
    """One office in a folder of its own, of the county at a URL."""

    def __init__(
        self, folder: Path, url: str, period_s: float = 15, authority: Path | None = None
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.profile = write_profile(folder / "desk.toml", url, period_s, authority)
        self.token = write_private(folder / "token", TOKEN + "\n")
        self.desk = folder / "desk"
        self.words: tuple[str | Path, ...] = (
            *("--profile", self.profile, "--profile-dir", self.desk),
            *("--key", "file", "--token-file", self.token),
        )

    def sync(self) -> None:
        """Fetch all that the office may see."""
        done = county_desk("sync", "--once", *self.words, within_s=120)
        if done.returncode:
            raise CannotMeasure(done.stdout + done.stderr)

    @property
    def store(self) -> Path:
        """The folder of its cache and its outbox, once there is one."""
        [cache] = self.desk.rglob("cache.db")
        return cache.parent


def write_accounts(folder: Path) -> Path:
    """Write the county's accounts: the office's alone."""
    return write_private(folder / "accounts.toml", ACCOUNTS)


def write_private(file: Path, text: str) -> Path:
    """Write a file that nobody else may read."""
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file


def read_login(_source: str) -> str:
    """Return the office's token."""
    return TOKEN


def start_county(folder: Path) -> County:
    """Start the county in a process of its own; it lets in the office alone."""
    words = ("--speed", "0", "--incidents", str(INCIDENTS))
    return County(folder, *words, "--accounts", write_accounts(folder))
