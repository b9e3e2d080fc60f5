"""What is done with which update: the one list, and what happens where a handler fails."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.state.records import Question
from bot.telegram import admin, buttons, called, commands, conversation, inline, membership, uploads
from bot.telegram.delivery import TRY_AGAIN_S
from bot.telegram.incoming import place_of
from bot.telegram.logs import describe, pseudonym
from bot.telegram.render import said

if TYPE_CHECKING:
    from telegram.ext import CallbackContext

    from bot.telegram.context import AppContext

UpdateT = TypeVar("UpdateT")
Handler = BaseHandler[Any, Any, Any]

_NEW = filters.UpdateType.MESSAGE
"""No edits: only a question is done again when its message changes."""
_SLASH = _NEW & filters.Regex(r"^\s*/")
_ASK = _NEW & filters.Regex(r"^\s*/(?:اسأل|اسال)(?=[\s@]|$)")

_OTHER = _NEW & filters.ChatType.PRIVATE & ~filters.TEXT & ~filters.StatusUpdate.ALL
"""What a person sends in private that is no text: a sticker, a voice message, a photo …"""

COMMANDS: Mapping[str, Callable[[AppContext, Update], Awaitable[None]]] = {
    "start": commands.start,
    "help": commands.help_,
    "ask": commands.ask,
    "sources": commands.sources,
    "latest": commands.latest,
    "lang": commands.lang,
    "new": commands.new,
    "privacy": commands.privacy,
    "export": commands.export,
    "forget": commands.forget,
    "stats": admin.stats,
    "health": admin.health,
    "reload": admin.reload,
    "ingest": uploads.ingest,
}

_log = logging.getLogger(__name__)


def handlers_of(app: AppContext) -> list[Handler]:
    """Every handler, bound to `app`. The order matters: the first that fits is the only one."""

    def bound(kind: str, function: Callable[[AppContext, UpdateT], Awaitable[None]]) -> Callable[..., Any]:
        async def handle(update: UpdateT, _: CallbackContext[Any, Any, Any, Any]) -> None:
            app.metrics.update(kind)
            await function(app, update)

        return handle

    answering: list[Handler] = [
        TypeHandler(Question, bound("question", conversation.answer_question)),
        CallbackQueryHandler(bound("button", buttons.pressed)),
        InlineQueryHandler(bound("inline", inline.answer_inline)),
        ChatMemberHandler(bound("member", membership.changed), ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(_NEW & filters.StatusUpdate.MIGRATE, bound("member", membership.migrated)),
        TypeHandler(membership.GroupMoved, bound("member", membership.tell_of_move)),
        TypeHandler(commands.Deleted, bound("forgetting", commands.erase)),
    ]
    by_name: list[Handler] = [
        CommandHandler(name, bound("command", function), _NEW) for name, function in COMMANDS.items()
    ]
    return [
        *answering,
        *by_name,
        MessageHandler(_ASK, bound("command", commands.ask)),
        MessageHandler(_SLASH, bound("command", commands.unknown)),
        MessageHandler(_NEW & filters.Document.ALL, bound("document", uploads.document)),
        MessageHandler(_OTHER, bound("other", commands.only_text)),
    ]


def failure_handler(app: AppContext) -> Callable[[object, Any], Coroutine[Any, Any, None]]:
    """What PTB calls with whatever a handler raised: one line for the log, one for the person."""

    async def note(update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        app.metrics.unforeseen()
        if context.error is not None:
            _log.error("a handler failed: %s", describe(context.error))
        if isinstance(update, Update) and update.message:
            await _say(app, update, "bot.command_failed")
        elif isinstance(update, commands.Deleted):
            await called.say(app, update.call, "bot.command_failed")

    return note


async def turn_away(app: AppContext, update: object, is_first: bool) -> None:  # noqa: FBT001  the queue's own call
    """End what finds too many of its sender's before it; the first of a flood is told."""
    app.metrics.update("flood")
    if isinstance(update, Question):
        if app.inbox.postponed.put_off(update, TRY_AGAIN_S):
            return
        if is_first and app.limits.admits(update.place):
            lang = await app.state.call(app.lang, update.place.user_id, update.language_code)
            reply_to = None if update.place.is_private else update.message_id
            await app.outbox.send(update.place, said("bot.flood", lang), reply_to=reply_to)
            _log.info("chat %s floods", pseudonym(update.place.chat_id))
        await app.state.call(app.state.finish, update.update_id)
    elif isinstance(update, Update) and update.callback_query:  # the button must not stay as if pressed
        await app.outbox.toast(update.callback_query.id)
    elif isinstance(update, Update) and update.inline_query:
        await inline.answer_nothing(update.inline_query)
    elif is_first and isinstance(update, Update) and update.message and update.message.chat_id > 0:
        await _say(app, update, "bot.flood")


async def _say(app: AppContext, update: Update, key: str) -> None:
    """One line to whoever wrote; where nobody can be told, the log has it already."""
    place = place_of(update.message) if update.message else None
    if place is None or not app.limits.admits(place):
        return
    lang, user = app.settings.lang, update.effective_user
    with suppress(Exception):  # what broke the handler may break this too
        lang = await app.state.call(app.lang, place.user_id, user.language_code if user else None)
    await app.outbox.send(place, said(key, lang))
