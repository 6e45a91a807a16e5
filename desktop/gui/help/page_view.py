"""A page of the help on screen: in the theme's colours and sizes, from this computer alone."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QFrame, QTextBrowser

from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.label import Themed

if TYPE_CHECKING:
    from desktop.gui.help.paper import PrintedPage

MARGIN_PX = 20
ANY = QTextDocument.ResourceType.UnknownResource
TABLE = '<table cellspacing="0">'
"""Lines under its rows alone: collapsed borders around every cell take half again as long."""
STYLE = Template("""
body { color: $text; }
h1 { font-size: ${title}px; font-weight: 600; margin-top: 0; margin-bottom: 12px; }
h2 { font-size: ${head}px; font-weight: 600; margin-top: 24px; margin-bottom: 10px; }
h3 { font-size: ${body}px; font-weight: 600; margin-top: 16px; margin-bottom: 4px; }
p { margin-top: 0; margin-bottom: 10px; line-height: 120%; }
li { margin-bottom: 4px; line-height: 120%; }
a { color: $pick; text-decoration: none; }
code { background-color: $ground; }
pre { background-color: $ground; font-family: monospace; line-height: 120%;
  white-space: pre-wrap; }
blockquote { color: $second_ink; margin-left: 16px; margin-right: 0; }
table { margin-bottom: 10px; }
th, td { border-bottom: 1px solid $line; padding: 4px 8px; text-align: left; vertical-align: top; }
th { background-color: $panel; font-weight: 600; }
""")


class PageView(QTextBrowser):
    """Shows the pages of one folder and nothing from elsewhere."""

    def __init__(self, screen: Themed) -> None:
        super().__init__()
        self._screen = screen
        self._folder = Path()
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        FocusFrame(self, screen.theme)
        self.document().setDocumentMargin(MARGIN_PX)
        self._dress()
        screen.theme.changed.connect(self._dress_anew)

    def read_from(self, folder: Path) -> None:
        """Read pages from this folder; the place shown stays, in the folder's language."""
        if folder == self._folder:
            return
        self._folder = folder
        if not self.source().isEmpty():
            self.reload()

    def show_place(self, place: str) -> None:
        """Show a page, at an anchor if `place` has one."""
        self.setSource(QUrl(place))

    @property
    def place(self) -> str:
        """The page shown, with its anchor."""
        return self.source().toString()

    def as_printed(self) -> PrintedPage | None:
        """Return the page shown for paper; None where none is shown."""
        from desktop.gui.help.paper import PrintedPage

        file = self._find(self.source())
        if file is None:
            return None
        title = self.document().metaInformation(QTextDocument.MetaInformation.DocumentTitle)
        language = self._folder.name
        return PrintedPage(title, file.stem, language, file.read_text(encoding="utf-8"))

    def doSetSource(self, name: QUrl | str, kind: QTextDocument.ResourceType = ANY) -> None:
        """Open a page of the folder; a place elsewhere opens nothing."""
        if self._find(QUrl(name)) is not None:
            super().doSetSource(name, kind)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Return a page's text; nothing for style sheets, pictures and whatever lies elsewhere."""
        file = (
            self._find(QUrl(name))
            if kind == QTextDocument.ResourceType.HtmlResource.value
            else None
        )
        text = "" if file is None else file.read_text(encoding="utf-8")
        return text.replace("<table>", TABLE)

    def _find(self, url: QUrl) -> Path | None:
        """Return the file of a page, or None if it is none of the folder."""
        file = self._folder / url.path()
        is_inside = not url.scheme() and file.parent == self._folder and file.suffix == ".html"
        return file if is_inside and file.is_file() else None

    def _dress(self) -> None:
        tokens, font = self._screen.theme.tokens, self._screen.theme.font("body")
        self.setFont(font)
        self.document().setDefaultFont(font)
        body = font.pixelSize()  # A heading's own size is laid on top of what is given here.
        style = STYLE.substitute(
            text=tokens.text,
            pick=tokens.pick,
            ground=tokens.ground,
            panel=tokens.panel,
            line=tokens.line,
            second_ink=tokens.second,
            title=body,
            head=body - 1,
            body=body,
        )
        self.document().setDefaultStyleSheet(style)

    def _dress_anew(self) -> None:
        self._dress()
        if not self.source().isEmpty():
            self.reload()
