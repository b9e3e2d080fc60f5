"""Where the bot may speak: who blocked it, which groups it is in, and groups that became supergroups."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from telegram import ChatMember

from bot.telegram.logs import describe, pseudonym
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import Update

    from bot.state.store import State
    from bot.telegram.context import AppContext

_GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})
"""In a private chat this is a person who blocked the bot."""

_log = logging.getLogger(__name__)


async def changed(app: AppContext, update: Update) -> None:
    """Note that the bot was blocked or unblocked, added to a group or removed from it."""
    if update.my_chat_member is None:
        return
    chat_id = update.my_chat_member.chat.id
    is_reachable = update.my_chat_member.new_chat_member.status not in _GONE
    _log.info("chat %s can%s be reached", pseudonym(chat_id), "" if is_reachable else "not")
    await _written(partial(app.state.note_reachable, chat_id, reachable=is_reachable))


async def migrated(app: AppContext, update: Update) -> None:
    """Follow a group to its new number; Telegram says it once in the old chat and once in the new one."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        await follow(app.state, message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await follow(app.state, message.migrate_from_chat_id, message.chat_id)


async def lost(state: State, chat_id: int) -> None:
    """Note that a chat cannot be reached; never raises."""
    await _written(partial(state.note_reachable, chat_id, reachable=False))


async def follow(state: State, old_id: int, new_id: int) -> None:
    """Let the state store know a chat by its new number; never raises."""
    await _written(partial(state.follow_chat, old_id, new_id))


async def _written(write: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(write)
    except IsnadError as error:  # sending goes on without it
        _log.warning("what became of a chat could not be written: %s", describe(error))
