"""What comes in from Telegram: an Update becomes a Question, or none.

Everything that a stranger can write passes here, so the text is cleaned here and nowhere else.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram import MessageEntity

from bot.state.records import Place, Question

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.telegram.context import Identity

MAX_QUESTION = 1000
"""Characters of a question that is searched; a longer one gets a line that says so."""
MAX_EDIT_AGE = timedelta(hours=48)
"""How long after its sending a message may be put in other words and be answered anew."""

_ASK = re.compile(r"/(?:ask|اسأل|اسال)(?:@(?P<bot>\w+))?(?=\s|$)", re.IGNORECASE)
_VISIBLE_FORMATS = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2]")
"""Arabic signs that Unicode counts as format characters, though they are seen."""
_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\s*\n\s*")


def question_of(update: Update, me: Identity, *, now: float | None = None) -> Question | None:
    """The question that `update` asks, or None where it asks none. `now`: seconds since 1970."""
    message = update.message or update.edited_message
    place = place_of(message) if message else None
    if message is None or place is None or message.text is None or not _may_ask(message):
        return None
    is_edit = update.edited_message is not None
    if is_edit and message.edit_date is not None and message.edit_date - message.date > MAX_EDIT_AGE:
        return None
    text = _asked(message, place, me)
    if text is None:
        return None
    return Question(
        update_id=update.update_id,
        place=place,
        message_id=message.message_id,
        text=text,
        received_at=time.time() if now is None else now,
        language_code=message.from_user.language_code if message.from_user else None,
        is_edit=is_edit,
        sent_at=int(((message.edit_date if is_edit else None) or message.date).timestamp()),
    )


def place_of(message: Message) -> Place | None:
    """Where `message` was written and by whom; None for what a channel says to its subscribers.

    Who writes as a group (an anonymous administrator) or as a channel is that chat: Telegram does
    not say who it was.
    """
    sender = message.sender_chat or message.from_user
    if sender is None or message.chat.type == message.chat.CHANNEL:
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat_id, sender.id, thread)


def cleaned(text: str) -> str:
    """`text` without what cannot be seen: control, direction and zero-width characters, halves of characters.

    Line breaks stay, each as one; other white space becomes one blank.
    """
    text = _EMPTY_LINES.sub("\n", re.sub("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text))
    return _BLANKS.sub(" ", "".join(_seen(text))).strip()


def is_command(text: str) -> bool:
    """Whether `text` is a command: what it names is the commands' affair."""
    return text.lstrip().startswith("/")


def _seen(text: str) -> Iterable[str]:
    for character in text:
        kind = unicodedata.category(character)
        if kind not in {"Cc", "Cf", "Cs"} or character in "\n\t" or _VISIBLE_FORMATS.match(character):
            yield character


def _may_ask(message: Message) -> bool:
    """Whether a person wrote it, by hand: no bot, no post that was carried over from a channel."""
    is_of_bot = message.from_user is not None and message.from_user.is_bot and message.sender_chat is None
    return not (is_of_bot or message.via_bot or message.is_automatic_forward)


def _asked(message: Message, place: Place, me: Identity) -> str | None:
    """The cleaned words of the question; None where none is asked of this bot."""
    text = message.text or ""
    if is_command(text):
        words = _after_ask(text, me)
        return words if words is None else words or _text_replied_to(message, me)
    words, is_called = _without_calls(message, me)
    words = cleaned(words)
    if place.is_private:
        return words
    if is_called:
        return words or _text_replied_to(message, me) or ""
    return words if _replies_to(message, me) else None


def _after_ask(text: str, me: Identity) -> str | None:
    match = _ASK.match(text.lstrip())
    if match is None or (match["bot"] or me.username).lower() != me.username.lower():
        return None
    return cleaned(text.lstrip()[match.end() :])


def _text_replied_to(message: Message, me: Identity) -> str | None:
    """What somebody else's message says, to which this one replies, or its part that is quoted; None where nothing."""
    other = message.reply_to_message
    if other is None or _replies_to(message, me):
        return None
    quoted = message.quote.text if message.quote else ""
    return cleaned(quoted or other.text or other.caption or "") or None


def _replies_to(message: Message, me: Identity) -> bool:
    """Whether it replies to a message of the bot; in a topic that it opened, not everything does."""
    other = message.reply_to_message
    if other is None or other.from_user is None or other.forum_topic_created is not None:
        return False
    return other.from_user.id == me.user_id


def _without_calls(message: Message, me: Identity) -> tuple[str, bool]:
    """The text without the places that call the bot by name, and whether there were any.

    Telegram counts offsets in units of UTF-16.
    """
    text = (message.text or "").encode("utf-16-le", "surrogatepass")
    is_called = False
    for entity in sorted(message.entities, key=lambda entity: entity.offset, reverse=True):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        if _calls(entity, text[start:end].decode("utf-16-le", "replace"), me):
            text = text[:start] + " ".encode("utf-16-le") + text[end:]
            is_called = True
    return text.decode("utf-16-le", "surrogatepass"), is_called


def _calls(entity: MessageEntity, named: str, me: Identity) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.user_id
    return entity.type == MessageEntity.MENTION and named.lower() == f"@{me.username}".lower()
