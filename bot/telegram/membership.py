"""Where the bot may speak: who blocked it, which groups it is in, and groups that became supergroups."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from telegram import ChatMember

from bot.state.records import Place
from bot.telegram.logs import describe, pseudonym
from bot.telegram.render import said
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import Update

    from bot.state.store import State
    from bot.telegram.context import AppContext

_GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})
"""In a private chat this is a person who blocked the bot."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """A group of the allow-list has another number. In the queue of updates, since telling it must hold up nobody."""

    old_id: int
    new_id: int


async def changed(app: AppContext, update: Update) -> None:
    """Note that the bot was blocked or unblocked, added to a group or removed from it."""
    if update.my_chat_member is None:
        return
    chat_id = update.my_chat_member.chat.id
    is_reachable = update.my_chat_member.new_chat_member.status not in _GONE
    _log.info("chat %s can%s be reached", pseudonym(chat_id), "" if is_reachable else "not")
    await _written(app.state, partial(app.state.note_reachable, chat_id, reachable=is_reachable))


async def migrated(app: AppContext, update: Update) -> None:
    """Follow a group to its new number; Telegram says it once in the old chat and once in the new one."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        await follow(app, message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await follow(app, message.migrate_from_chat_id, message.chat_id)


async def lost(state: State, chat_id: int) -> None:
    """Note that a chat cannot be reached; never raises."""
    await _written(state, partial(state.note_reachable, chat_id, reachable=False))


async def follow(app: AppContext, old_id: int, new_id: int) -> None:
    """Let the state store know a chat by its new number, and the administrators that of an allowed group; never raises.

    Telegram tells of it two or three times, the administrators hear of it once.
    """
    is_allowed = app.limits.is_allowed_group(old_id)
    is_new = await _written(app.state, partial(app.state.follow_chat, old_id, new_id))
    if is_new and is_allowed:
        app.inbox.put_nowait(GroupMoved(old_id, new_id))


async def tell_of_move(app: AppContext, moved: GroupMoved) -> None:
    """Tell every administrator in private what belongs into the settings now; no log may hold it."""
    for admin in sorted(app.settings.admins or ()):
        lang = await app.state.call(app.lang, admin, None)
        text = said("bot.group_moved", lang, (), old_id=str(moved.old_id), new_id=str(moved.new_id))
        await app.outbox.send(Place(admin, admin), text)


async def _written(state: State, write: Callable[[], T]) -> T | None:
    try:
        return await state.call(write)
    except IsnadError as error:  # sending goes on without it
        _log.warning("what became of a chat could not be written: %s", describe(error))
        return None
