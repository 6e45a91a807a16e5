"""The secrets with which sources log in, wherever they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.application.commands.belonging import fingerprint
from desktop.application.logins import LoginRule
from desktop.application.ports import Installation, SourceError, StoreError
from desktop.application.profile import Profile
from desktop.application.proxies import ProxyRule

Secrets = Callable[[str], str | None]
"""Returns the secret with which a source logs in, None where it has none."""


def nothing(_source: str) -> str | None:
    """Return no login."""
    return None


def login_token(
    profile: Profile,
    before: Sequence[Secrets] = (),
    *,
    wait_s: float | None = None,
    is_cut: Callable[[], bool] = lambda: False,
) -> Secrets:
    """Return a reader of the login of a source, or of a proxy by its entry, when first needed.

    It comes from `before`, else from the keyring, which is waited for at most `wait_s`, by default
    as long as it may take to start, and no longer than until the wait `is_cut`. Without a keyring
    there can be none in it: None. One that is locked holds the source, and its commands, until a
    person unlocks it. Of a source that needs no login nothing is asked at all.
    """
    needed = {rule.entry for settings in profile.sources for rule in LoginRule.all_of(settings)}
    needed |= {ProxyRule.of(settings).entry for settings in profile.sources} - {""}

    def token(source: str) -> str | None:
        if source not in needed:
            return None
        from desktop.storage.keys import login_tokens
        from desktop.storage.keys.encryption_key import NoKeyring

        try:
            known = (read(source) for read in before)
            found = next((secret for secret in known if secret is not None), None)
            if found is not None:
                return found
            return login_tokens.read(profile.place, source, wait_s=wait_s, is_cut=is_cut)
        except NoKeyring:
            return None
        except StoreError as error:
            raise SourceError(error.problem, held=True) from error

    return token


def asks_keyring() -> bool:
    """Whether a source waits for its login because the keyring asks for its password."""
    from desktop.storage.keys import login_tokens

    return login_tokens.is_asking()


def login_of(
    token: Callable[[str], str | None],
    installation: Installation,
    source: str,
    user: str | None = None,
) -> str:
    """Return the fingerprint of a source's present login; of one that cannot be read, "?"."""
    try:
        secret = token(source)
        whole = f"{user}:{secret}" if secret and user else secret
        return fingerprint(whole, installation.client_id())
    except SourceError:
        return "?"
