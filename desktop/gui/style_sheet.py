"""The style sheet: the few rules that a palette cannot express, in colours of the palette.

Built once: for another theme a widget takes the colours of the same rules anew.
"""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QPalette

ROLES = {
    "ground": QPalette.ColorRole.Dark,
    "panel": QPalette.ColorRole.Window,
    "raised": QPalette.ColorRole.Base,
    "line": QPalette.ColorRole.Mid,
    "edge": QPalette.ColorRole.Shadow,
    "text": QPalette.ColorRole.HighlightedText,
    "second": QPalette.ColorRole.PlaceholderText,
    "faint": QPalette.ColorRole.Midlight,
    "pick": QPalette.ColorRole.Link,
    "pick_ground": QPalette.ColorRole.Highlight,
    "orange": QPalette.ColorRole.BrightText,
    "orange_text": QPalette.ColorRole.LinkVisited,
}
"""By token, the palette's role that takes it into the rules; each is the same in every state."""

_BUTTONS = """
QMainWindow, QMainWindow::separator { background: $ground; }
QMainWindow::separator { width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $pick; }
QToolTip { background: $raised; color: $text;
  border: 1px solid $line; padding: 4px 8px; }
QPushButton, QToolButton { background: $raised; color: $text;
  border: 1px solid $line; border-radius: 3px; padding: 2px 8px; min-height: 20px;
  outline: none; }
QPushButton[chip="true"] { background: transparent; color: $second;
  border-color: transparent; padding: 2px 6px; }
QPushButton:hover, QToolButton:hover { border-color: $second; }
QPushButton:checked, QToolButton:checked { background: $pick_ground;
  border-color: $pick; color: $pick; }
QPushButton:disabled, QToolButton:disabled { color: $faint; }
QLineEdit:disabled, QPlainTextEdit:disabled, QDateTimeEdit:disabled, QSpinBox:disabled,
ChoiceBox:disabled { background: $panel; color: $second; border-color: $line; }
QPushButton[large="true"] { min-height: 34px; }
QPushButton[task="large"] { min-height: 58px; }
QPushButton[task="small"] { min-height: 34px; }
QPushButton[main="true"] { border-color: $pick; color: $pick; }
QPushButton[main="true"]:disabled { border-color: $line; color: $faint; }
QPushButton[keyed="true"] { text-align: left; }
QPushButton[quiet="true"], QToolButton[quiet="true"] { background: transparent;
  border-color: transparent; color: $second; padding: 2px 4px; }
QPushButton[quiet="true"]:hover, QToolButton[quiet="true"]:hover { color: $text;
  border-color: $line; }
QPushButton[link="true"] { text-align: left; padding: 1px 0; min-height: 20px;
  color: $pick; border-color: transparent; }
QPushButton[strong="true"] { color: $text; }
QPushButton[wrong="true"] { border-color: $orange; }
QPushButton:focus, QToolButton:focus { border: 2px solid $pick; padding: 1px 7px; }
QPushButton[chip="true"]:focus { padding: 1px 5px; }
QPushButton[quiet="true"]:focus, QToolButton[quiet="true"]:focus {
  border: 2px solid $pick; padding: 1px 3px; }
QPushButton[link="true"]:focus { border: 2px solid $pick; padding: 0; }
QPushButton[tone="orange"] { color: $orange_text; }
"""
_FIELDS = """
#sheet { background: $raised; border: 1px solid $edge; }
#sheet QScrollArea, #sheet QScrollArea > QWidget > QWidget { background: $raised; }
#clocks { background: $raised; border: 1px solid $line; }
QLineEdit, QPlainTextEdit { background: $raised; color: $text;
  border: 1px solid $faint; border-radius: 3px; padding: 2px 8px;
  selection-background-color: $pick; selection-color: $raised; }
QDateTimeEdit, QSpinBox { background: $raised; color: $text;
  border: 1px solid $faint; border-radius: 3px; padding: 0;
  min-height: 26px; max-height: 26px; }
QDateTimeEdit:focus, QSpinBox:focus { border: 2px solid $pick; }
ChoiceBox { background: $raised; color: $text; border: 1px solid $faint;
  border-radius: 3px; padding: 2px 8px; min-height: 20px; }
ChoiceBox:focus { border: 2px solid $pick; padding: 1px 7px; }
ChoiceBox::drop-down { border: none; width: 20px; }
ChoiceBox::down-arrow { image: none; width: 0; height: 0; }
QDateTimeEdit::up-button, QDateTimeEdit::down-button, QSpinBox::up-button,
QSpinBox::down-button { width: 0; height: 0; border: none; }
QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid $pick; padding: 1px 7px; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {
  border: 2px solid $orange; padding: 1px 7px; }
QDateTimeEdit QLineEdit, QSpinBox QLineEdit { border: none; padding: 0 8px; }
QDateTimeEdit[wrong="true"], QSpinBox[wrong="true"] { border: 2px solid $orange; }
"""
_LISTS = """
QProgressBar { background: $ground; border: none; }
QProgressBar::chunk { background: $second; }
#choices { background: $raised; border: 1px solid $edge; }
#choices::item { min-height: 28px; max-height: 28px; padding: 0 8px; }
#choices::item:selected { background: $pick_ground; color: $text;
  border-left: 3px solid $pick; padding-left: 5px; }
QMenu { background: $raised; border: 1px solid $edge; padding: 4px 0; }
QMenu::item { padding: 6px 24px; }
QMenu::item:selected { background: $pick_ground; color: $text; }
QAbstractItemView { background: $panel; border: none; outline: none; }
QHeaderView::section { background: $raised; color: $second; border: none;
  border-bottom: 1px solid $line; padding: 4px 4px; }
QTableCornerButton::section { background: $panel; border: none; }
#sheet QListView { background: $raised; }
#sheet QTableView { background: $raised;
  selection-background-color: $pick_ground; selection-color: $text; }
#sheet QTableView::item { border-bottom: 1px solid $line; padding: 0 4px; }
#sheet QTableView::item:selected { background: $pick_ground; }
QTabBar { background: $ground; qproperty-drawBase: 0; }
QTabBar::tab { background: $ground; color: $second; padding: 4px 12px;
  min-height: 20px; border: none; border-bottom: 2px solid $line; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { background: $panel; color: $text;
  border-bottom-color: $pick; }
QTabBar::tab:selected:focus { background: $pick_ground; }
QScrollArea { background: $panel; border: none; }
#tasks { background: transparent; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle { background: $faint; border-radius: 3px;
  min-height: 32px; min-width: 32px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
#sheet QListWidget::item { min-height: 28px; padding: 0 4px; }
#help QListWidget::item { padding: 2px 4px; }
#help QTextBrowser { background: $raised; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $second; }
"""


def _css(role: QPalette.ColorRole) -> str:
    """Name a role as a style sheet does: `palette(bright-text)`."""
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in role.name)
    return f"palette({words.removeprefix('-')})"


SHEET = Template(_BUTTONS + _FIELDS + _LISTS).substitute(
    {token: _css(role) for token, role in ROLES.items()}
)
"""The rules; widgets are chosen by class or object name."""
