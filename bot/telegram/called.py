"""A command as it came in: who, where, in which language, with which words; and the way to reply to it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telegram.incoming import cleaned, place_of
from bot.telegram.logs import describe, pseudonym
from bot.telegram.outgoing import Outgoing
from bot.telegram.render import said
from bot.telegram.split import Part
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.state.records import Place
    from bot.telegram.context import AppContext
    from bot.texts import Lang

_log = logging.getLogger(__name__)

_COMMAND = re.compile(r"\s*/(?P<name>\w*)(?:@(?P<bot>\w+))?")


@dataclass(frozen=True, slots=True)
class Called:
    """A command, or another message that is no question."""

    place: Place
    message: Message
    lang: Lang
    name: str
    """As it was typed, in small letters; empty where the message is no command."""
    words: str
    """What stands after it, cleaned."""
    is_for_me: bool
    """Whether it names no other bot."""
    names_me: bool
    """Whether it names this one: /help@this_bot."""


async def called(app: AppContext, update: Update) -> Called | None:
    """What `update` calls for; None where nobody can be replied to."""
    message = update.message
    place = place_of(message) if message else None
    if message is None or place is None:
        return None
    code = message.from_user.language_code if message.from_user else None
    try:
        lang = await app.state.call(app.lang, place.user_id, code)
    except IsnadError as error:  # /health can say that the state is broken, and much needs none
        _log.warning("the language of %s cannot be read: %s", pseudonym(place.user_id), describe(error))
        lang = app.settings.lang
    text = message.text or message.caption or ""
    found = _COMMAND.match(text)
    bot = (found["bot"] or "").lower() if found else ""
    me = app.me.username.lower()
    return Called(
        place,
        message,
        lang,
        name=found["name"].lower() if found else "",
        words=cleaned(text[found.end() :]) if found else "",
        is_for_me=bot in {"", me},
        names_me=bot == me,
    )


async def admitted(app: AppContext, call: Called) -> bool:
    """Whether that person may use the bot there, and now; who may not is told so once a day, or once a minute."""
    if app.limits.admits(call.place):
        return await is_in_time(app, call)
    admission = await app.state.call(app.limits.admit, call.place)
    if admission.tell:
        await say(app, call, "bot.limit.not_allowed")
    return False


async def is_in_time(app: AppContext, call: Called) -> bool:
    """Whether one more reply to what is no question is due: who wants too many gets one line, then none."""
    pace = app.limits.pace(call.place.user_id)
    if pace.tell:
        await say(app, call, "bot.limit.pace")
    return pace.allowed


async def say(app: AppContext, call: Called, key: str, **values: object) -> None:
    """Reply with a text of `bot/texts`."""
    await reply(app, call, said(key, call.lang, (), **values))


async def reply(app: AppContext, call: Called, outgoing: Outgoing) -> None:
    """Send `outgoing`; in a group as a reply, since others write there too."""
    reply_to = None if call.place.is_private else call.message.message_id
    ids = await app.outbox.send(call.place, outgoing, reply_to=reply_to)
    if ids:
        app.inbox.saw(call.place.chat_id, *ids)


def joined(first: Outgoing, second: Outgoing) -> Outgoing:
    """Both in one message, an empty line between them, with both keyboards; each has one short part."""
    (one, *others), (other, *rest) = first.parts, second.parts
    parts = (Part(f"{one.html}\n\n{other.html}", f"{one.plain}\n\n{other.plain}"), *others, *rest)
    return Outgoing(parts, first.keyboard + second.keyboard)
