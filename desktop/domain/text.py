"""Text a backend gives in Chinese, English or both."""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One phrase in the languages its author wrote it in; plain text, never markup."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The phrase in `zh_CN` or `en`, or in the other language when only that exists."""
        first, second = (self.en, self.zh) if language.startswith("en") else (self.zh, self.en)
        return first or second

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)
