"""A pressed button as it came in, and whether it may do anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import Message

from bot.state.records import KeptAnswer, Place
from bot.telegram.keyboards import Press, read_data
from bot.texts import Lang

if TYPE_CHECKING:
    from telegram import Update

    from bot.telegram.context import AppContext


@dataclass(frozen=True, slots=True)
class Tap:
    """One press: who pressed what, where."""

    update_id: int
    callback_id: str
    place: Place
    message_id: int
    message: Message | None
    """None where it is too old for Telegram to show: it cannot be edited."""
    data: str
    language_code: str | None

    @property
    def label(self) -> str | None:
        """What the button says; None where the message has no such button, or cannot be seen."""
        return next((label for label, data in self.buttons if data == self.data), None)

    @property
    def buttons(self) -> list[tuple[str, object]]:
        """What the message's buttons say and carry."""
        markup = self.message.reply_markup if self.message else None
        return (
            [(button.text, button.callback_data) for row in markup.inline_keyboard for button in row] if markup else []
        )


@dataclass(frozen=True, slots=True)
class Allowed:
    """A press that may do its work."""

    tap: Tap
    press: Press
    lang: Lang
    kept: KeptAnswer | None
    """The answer that the button belongs to; None where it belongs to none."""

    @property
    def answer(self) -> KeptAnswer:
        """The same, for a button that belongs to one."""
        if self.kept is None:
            raise ValueError(self.press.kind)
        return self.kept


class Refused(Exception):
    """A press that does nothing; `key` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def tap_of(update: Update) -> Tap | None:
    """The press in `update`; None where no message of the bot is behind it."""
    query = update.callback_query
    if query is None or query.message is None:
        return None
    # PTB makes a Message even of one that Telegram does not show any more
    seen = query.message if isinstance(query.message, Message) and query.message.is_accessible else None
    thread = seen.message_thread_id if seen and seen.is_topic_message else None
    return Tap(
        update_id=update.update_id,
        callback_id=query.id,
        place=Place(query.message.chat.id, query.from_user.id, thread),
        message_id=query.message.message_id,
        message=seen,
        data=query.data or "",
        language_code=query.from_user.language_code,
    )


def judge(app: AppContext, tap: Tap, lang: Lang) -> Allowed:
    """What the press may do. Blocking: it reads the state.

    Raises:
        Refused: it may do nothing: who presses may not use the bot, or did not ask; the button is
            forged, or on another message; the answer is not kept any more.
    """
    if not app.limits.admits(tap.place):
        raise Refused("bot.limit.not_allowed")
    press = read_data(tap.data)
    if press is None or (tap.message is not None and tap.label is None):
        raise Refused("bot.toast.unknown")
    kept = _answer_of(app, tap, press) if press.answer_id else None
    if kept is None and _is_for_another(tap):
        raise Refused("bot.toast.not_yours")
    if kept is not None and not _has(kept, press):
        raise Refused("bot.toast.unknown")
    if kept is not None and press.kind == "vote" and kept.vote == press.vote:
        raise Refused("bot.toast.same")
    return Allowed(tap, press, lang, kept)


def _answer_of(app: AppContext, tap: Tap, press: Press) -> KeptAnswer:
    kept = app.state.load_answer(press.answer_id)
    if kept is None:
        raise Refused("bot.toast.expired")
    # an anonymous administrator asks as the group, and nobody can press as one
    chat_id = tap.place.chat_id
    if not any(app.state.owns(kept.answer_id, chat_id=chat_id, user_id=one) for one in (tap.place.user_id, chat_id)):
        raise Refused("bot.toast.not_yours")
    if tap.message is None and tap.message_id not in kept.message_ids:
        raise Refused("bot.toast.expired")
    return kept


def _is_for_another(tap: Tap) -> bool:
    """Whether the message of the bot replies to somebody else, such as a list that another person asked for."""
    asked = tap.message.reply_to_message if tap.message else None
    if asked is None or asked.from_user is None or asked.sender_chat is not None or asked.from_user.is_bot:
        return False
    return asked.from_user.id != tap.place.user_id


def _has(kept: KeptAnswer, press: Press) -> bool:
    """Whether the answer has what the button names."""
    if press.kind == "quote":
        return press.number in {citation.number for citation in kept.citations}
    if press.kind in {"nearest", "open"}:
        return press.number < len(kept.nearest if press.kind == "nearest" else kept.more)
    return press.kind != "more" or bool(kept.more)
