"""The language of the screen, changed while running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QTranslator,
    Signal,
)

from desktop.application.i18n import LANGUAGES, Words

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as _Widget
else:
    _Widget = object


class Retranslated(_Widget):
    """A widget that sets its texts again when the language changes; the first of its bases."""

    def retranslate(self) -> None:
        """Set all texts again in the current language."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class Language(QObject):
    """The owner of the translators; setting a language makes every widget set its texts again."""

    changed = Signal()

    def __init__(self, words: Words, resources: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._folder = resources / "i18n"
        self._installed: list[QTranslator] = []

    @property
    def name(self) -> str:
        """`zh_CN` or `en`."""
        return self._words.language

    def set_name(self, name: str) -> None:
        """Change to this language at once: our own texts, Qt's dialogs, and backend text."""
        name = name if name in LANGUAGES else LANGUAGES[0]
        self._words.language = name
        QLocale.setDefault(QLocale(name))
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for file, folder in ((f"qtbase_{name}", qt_folder), (name, str(self._folder))):
            translator = QTranslator(self)
            if translator.load(file, folder):
                self._installed.append(translator)
                QCoreApplication.installTranslator(translator)
        self.changed.emit()

    def toggle(self) -> None:
        """Change to the other language."""
        self.set_name(LANGUAGES[1] if self.name == LANGUAGES[0] else LANGUAGES[0])
