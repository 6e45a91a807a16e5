"""What became of one item, in the words of somebody who does not know how it works."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.office.send_items import Item
from desktop.domain.command import CommandKind, CommandRecord, CommandState, Hold
from desktop.gui import formatting
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext

translate = QCoreApplication.translate

TITLE_CHARS, REASON_CHARS = 80, 240


def say_state(item: Item) -> str:
    """Return how far an item is, in two or three words; what is stored never reads as sent."""
    if item.refusal is not None:
        return translate("Sending", "File sent back")
    if is_file_away(item):
        share = _percent(item.gone or 0.0)
        return translate("Sending", "File {share} sent").format(share=share)
    return {
        CommandState.STORED: translate("Sending", "Still here"),
        CommandState.SENT: translate("Sending", "On its way"),
        CommandState.RECEIVED: translate("Sending", "County received"),
        CommandState.ACCEPTED: translate("Sending", "County accepted"),
        CommandState.REJECTED: translate("Sending", "Sent back"),
        CommandState.CONFLICT: translate("Sending", "Sent back"),
        CommandState.HELD: translate("Sending", "Put aside"),
        CommandState.CANCELLED: translate("Sending", "Withdrawn"),
        CommandState.GIVEN_UP: translate("Sending", "Given up"),
    }[item.record.state]


def is_file_away(item: Item) -> bool:
    """Whether the county has the item's words, and not yet all of its file."""
    has_words = item.record.state in (CommandState.RECEIVED, CommandState.ACCEPTED)
    return item.gone is not None and has_words


def mark_state(item: Item) -> str:
    """Return the shape of an item's state."""
    if is_file_away(item) and item.refusal is None:
        return formatting.state_mark(CommandState.SENT)
    state = item.record.state if item.refusal is None else CommandState.REJECTED
    return formatting.state_mark(state)


def name_item(item: Item, screen: UiContext) -> str:
    """Return the title of what an item is on, else what kind of item it is."""
    title = formatting.in_one_line(screen.words.text(item.title), TITLE_CHARS)
    return title or screen.words.term("command", item.record.command.kind)


def say_content(item: Item, screen: UiContext) -> str:
    """Return what the item says, in one line."""
    command = item.record.command
    kind = screen.words.term("command", command.kind)
    said = formatting.in_one_line(body_words(screen, command), REASON_CHARS)
    if command.kind is CommandKind.CREATE:  # It is on what it reports, whose title stands above.
        said = said.removeprefix(name_item(item, screen)).removeprefix(" · ")
    return f"{kind} · {said}" if said else kind


def say_below(item: Item, screen: UiContext) -> str:
    """Return the row's second line: why it came back or waits, else what it says."""
    if why := say_why(item, screen):
        return translate("Sending", "because {why}").format(why=why)
    content = say_content(item, screen)
    if is_file_away(item):
        return f"{translate('Sending', 'the county has its words')} · {content}"
    return content


def say_why(item: Item, screen: UiContext) -> str:
    """Return why an item was sent back or put aside; empty for any other."""
    words, record = screen.words, item.record
    if item.refusal is not None:
        return formatting.in_one_line(words.problem(item.refusal).happened, REASON_CHARS)
    reason = formatting.in_one_line(words.text(record.reason), REASON_CHARS)
    match record.state:
        case CommandState.CONFLICT:
            return reason or translate("Sending", "the county had changed the case meanwhile")
        case CommandState.REJECTED:
            return reason or translate("Sending", "the county gave no reason")
        case CommandState.HELD if reason and record.hold is Hold.LOGIN:
            return reason  # Not for a login alone does a county put aside: it says itself why.
        case CommandState.HELD:
            return _say_hold(record.hold)
        case _:
            return ""


def _say_hold(hold: Hold) -> str:
    return {
        Hold.LOGIN: translate("Sending", "the county wants a login first"),
        Hold.ACCOUNT: translate("Sending", "it was written under another login"),
        Hold.SERVER: translate("Sending", "it was written for another county server"),
        Hold.SOURCE: translate("Sending", "its county is no longer in the profile"),
        Hold.REPORT: translate("Sending", "the report it belongs to was sent back"),
        Hold.ANSWER: translate("Sending", "the county's answer was not understood"),
        Hold.COPY: translate("Sending", "another computer may have sent it"),
        Hold.EXPIRED: translate("Sending", "it is so old that it might be done twice"),
    }.get(hold, translate("Sending", "the county wants a login first"))


def explain(item: Item, screen: UiContext) -> str:
    """Explain in a sentence or two how far an item is, and what happens by itself."""
    record, words = item.record, screen.words
    at = formatting.moment(record.changed_at, screen.board.now())
    if item.refusal is not None:
        problem = words.problem(item.refusal)
        return f"{problem.happened} {problem.todo}"
    why = say_why(item, screen)
    said = _explain_state(record).format(time=at, why=formatting.without_stop(why))
    waits = record.state in (CommandState.STORED, CommandState.SENT, CommandState.HELD)
    told = formatting.in_one_line(words.text(record.reason), REASON_CHARS) if waits else ""
    told = "" if told == why else told
    if item.gone is not None:
        share = _percent(item.gone)
        gone = translate("Sending", "Of its file {share} has gone.").format(share=share)
        said = f"{said} {gone}"
    return f"{said}\n{told}".strip()


def _explain_state(record: CommandRecord) -> str:
    match record.state:
        case CommandState.STORED if record.offered:
            return translate(
                "Sending",
                "It is kept here and is tried again by itself. An earlier try may have reached the"
                " county, so it can no longer be withdrawn; nothing is done twice.",
            )
        case CommandState.STORED:
            return translate(
                "Sending",
                "Nothing of it has left this computer yet. It goes by itself with the next"
                " connection.",
            )
        case CommandState.SENT:
            return translate(
                "Sending",
                "Handed to the line at {time}; the county has not answered yet. It is asked again"
                " by itself; nothing is done twice.",
            )
        case CommandState.RECEIVED:
            return translate(
                "Sending", "The county received it at {time} and has not accepted it yet."
            )
        case CommandState.ACCEPTED:
            return translate("Sending", "The county accepted it at {time}.")
        case CommandState.REJECTED | CommandState.CONFLICT:
            return translate("Sending", "The county sent it back at {time}, because {why}.")
        case CommandState.HELD:
            return translate("Sending", "Put aside since {time}, because {why}.")
        case CommandState.CANCELLED:
            return translate("Sending", "Withdrawn at {time}; nothing of it had left.")
        case _:
            return translate(
                "Sending", "Given up at {time}; whether the county has it is not known."
            )


def _percent(share: float) -> str:
    return f"{int(share * 100)} %"
