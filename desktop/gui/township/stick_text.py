"""What was read from a stick, in plain words: what came, and why something was left alone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.courier.county_data import DataTaken, Unfit
from desktop.application.courier.stick import StickRead
from desktop.application.i18n import Words
from desktop.application.ports import StoreError
from desktop.domain.courier import BundleRefused
from desktop.domain.instant import Instant
from desktop.gui import formatting

translate = QCoreApplication.translate

MOST_CHARS = 300


def say_read(found: StickRead, now: Instant) -> str:
    """Say what came, the county's data in a line of its own; empty where nothing was ours."""
    if not found.read:
        return ""
    answers = sum(each.done.answers for each in found.read)
    files = sum(each.done.files for each in found.read)
    lines = [
        translate("Township", "Receipt read: %n item(s) answered", "", answers)
        + " · "
        + translate("Township", "%n photo(s) or file(s) whole at the county", "", files)
    ]
    if taken := _find_taken(found):
        rows = translate("Township", "%n change(s)", "", sum(each.rows for each in taken))
        at = formatting.moment(max(each.made_at for each in taken), now)
        said = translate("Township", "The county's data of {at} is here: {changes}")
        lines.append(said.format(at=at, changes=rows))
    return "\n".join(lines)


def say_left(found: StickRead, words: Words, now: Instant) -> list[str]:
    """Say what else is to be known: a restored county, and what was left alone and why."""
    said: list[str] = []
    if any(each.done.went_back for each in found.read):
        said.append(
            translate(
                "Township",
                "The county's data was restored: what it may have lost waits here again. Write to "
                "the stick once more.",
            )
        )
    data = [each.done.data for each in found.read if each.done.data is not None]
    if data and not _find_taken(found):
        said.append(_say_unfit(data[-1], words, now))
    said += [f"{each.file.name}: {say_why(each.error, words)}" for each in found.refused]
    if found.others:
        said.append(
            translate(
                "Township",
                "%n receipt(s) on it are for another office or county, and were left alone.",
                "",
                len(found.others),
            )
        )
    return said


def say_why(error: Exception, words: Words) -> str:
    """Say in one line why nothing of a file was taken."""
    if isinstance(error, BundleRefused):
        return formatting.in_one_line(error.why.in_language(words.language), MOST_CHARS)
    if isinstance(error, StoreError):
        return formatting.in_one_line(str(words.problem(error.problem)), MOST_CHARS)
    return formatting.in_one_line(str(error), MOST_CHARS)


def _find_taken(found: StickRead) -> list[DataTaken]:
    data = [each.done.data for each in found.read if each.done.data is not None]
    return [each for each in data if each.unfit is None and each.problem is None]


def _say_unfit(data: DataTaken, words: Words, now: Instant) -> str:
    at = formatting.moment(data.made_at, now)
    if data.problem is not None:
        why = str(words.problem(data.problem))
    elif data.unfit is Unfit.ACCOUNT:
        why = translate("Township", "it is for another login.")
    elif data.unfit is Unfit.EPOCH:
        why = translate("Township", "it is from before the county's data was restored.")
    elif data.unfit is Unfit.OLDER:
        why = translate("Township", "what is here is as new, or newer.")
    else:
        why = translate(
            "Township",
            "it does not follow what is here. Write to the stick again: its receipt will bring it.",
        )
    said = translate("Township", "The county's data of {at} was not taken: {why}")
    return said.format(at=at, why=why)
