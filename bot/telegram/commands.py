"""The commands that everybody has."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.telegram import menus
from bot.telegram.called import Called, admitted, called, is_in_time, joined, reply, say
from bot.telegram.keyboards import language_keyboard
from bot.telegram.render import card_outgoing, latest_outgoing, said, sources_outgoing, start_outgoing
from bot.texts import Lang
from bot.texts import say as text_of

if TYPE_CHECKING:
    from telegram import Update

    from bot.telegram.context import AppContext

Command = Callable[["AppContext", "Update"], Awaitable[None]]

EXAMPLES_WITHIN_S = 2.0
"""A greeting waits no longer for its examples; they are there for the next one."""
EXPORT_NAME = "isnad-export.json"

_ARTICLE = re.compile("a_(?P<link>[A-Za-z0-9_-]{12})")
_PAGE = re.compile("[1-9][0-9]{0,3}")
_LANGS: Mapping[str, Lang] = {
    "ar": "ar", "arabic": "ar", "عربي": "ar", "عربية": "ar", "العربية": "ar",
    "en": "en", "english": "en", "انجليزي": "en", "إنجليزي": "en", "الانجليزية": "en", "الإنجليزية": "en",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows that are gone, though files may hold what they said. It stands in the queue of updates."""

    call: Called
    num_rows: int


async def start(app: AppContext, update: Update) -> None:
    """Say what there is to ask about; or open the article that a deep link names."""
    call = await _admitted(app, update)
    if call is None:
        return
    link = _ARTICLE.fullmatch(call.words)
    if link is not None:
        card = await asyncio.to_thread(app.catalogue.find, link["link"])
        await reply(app, call, card_outgoing(card, call.lang) if card else said("bot.article_gone", call.lang))
        return
    overview = await asyncio.to_thread(app.catalogue.overview)
    examples = await examples_for(app) if overview.num_articles else ()
    outgoing = start_outgoing(overview, examples, app.settings.keep_days, call.lang)
    outgoing = replace(outgoing, keyboard=(*outgoing.keyboard, *language_keyboard(call.lang)))
    if not overview.num_articles and app.limits.is_admin(call.place.user_id):
        outgoing = joined(outgoing, said("bot.start_fill", call.lang))
    await reply(app, call, outgoing)
    if app.limits.is_admin(call.place.user_id) and call.place.is_private:
        await menus.publish(app, update.get_bot())  # Telegram takes no menu for a chat before its first message


async def help_(app: AppContext, update: Update) -> None:
    """Say how to ask, and name the commands."""
    call = await _admitted(app, update)
    if call is None:
        return
    outgoing = said("bot.help", call.lang)
    if app.limits.is_admin(call.place.user_id) and call.place.is_private:
        outgoing = joined(outgoing, said("bot.admin_help", call.lang))
    await reply(app, call, outgoing)


async def ask(app: AppContext, update: Update) -> None:
    """Say that a question has to follow: with one it is a question, and comes another way."""
    call = await _admitted(app, update)
    if call is not None:
        await say(app, call, "bot.ask_empty")


async def sources(app: AppContext, update: Update) -> None:
    """Name the sources of the last answer once more, with its buttons."""
    call = await _admitted(app, update)
    if call is None:
        return
    kept = await app.state.call(app.state.last_answer, call.place)
    lang = call.lang
    await reply(app, call, sources_outgoing(replace(kept, lang=lang)) if kept else said("bot.sources_none", lang))


async def latest(app: AppContext, update: Update) -> None:
    """List the newest articles; a number is a page, from 1."""
    call = await _admitted(app, update)
    if call is None:
        return
    page = int(call.words) - 1 if _PAGE.fullmatch(call.words) else 0
    cards, more_follow = await asyncio.to_thread(app.catalogue.latest, page)
    await reply(app, call, latest_outgoing(cards, page, call.lang, more_follow=more_follow))


async def lang(app: AppContext, update: Update) -> None:
    """Change the language, or offer the two."""
    call = await _admitted(app, update)
    if call is None:
        return
    chosen = _LANGS.get(call.words.lower())
    if chosen is not None:
        await app.state.call(app.state.choose_language, call.place.user_id, chosen)
        await reply(app, call, said("bot.lang.chosen", chosen))
        return
    key = "bot.lang.unknown" if call.words else "bot.lang.choose"
    await reply(app, call, said(key, call.lang, language_keyboard(call.lang)))


async def new(app: AppContext, update: Update) -> None:
    """Begin a new conversation."""
    call = await _admitted(app, update)
    if call is not None:
        await app.state.call(app.state.start_anew, call.place)
        await say(app, call, "bot.new")


async def privacy(app: AppContext, update: Update) -> None:
    """Say what is kept. This and the next two are for everybody: what is kept of them is theirs."""
    call = await _in_time(app, update)
    if call is not None:
        await say(app, call, "bot.privacy", days=app.settings.keep_days)


async def export(app: AppContext, update: Update) -> None:
    """Send a person what is kept of them, where nobody else reads it."""
    call = await _in_time(app, update)
    if call is None:
        return
    if not call.place.is_private:
        await say(app, call, "bot.private_only")
        return
    kept = await app.state.call(app.state.export, call.place.user_id)
    if not any(value for name, value in kept.items() if name != "user_id"):
        await say(app, call, "bot.export_nothing")
        return
    content = json.dumps(kept, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    caption = text_of("bot.export_caption", call.lang)
    if not await app.outbox.send_file(call.place, EXPORT_NAME, content, caption=caption):
        await say(app, call, "bot.command_failed")


async def forget(app: AppContext, update: Update) -> None:
    """Delete everything that is kept of a person, at once; it is said when no file holds it any more."""
    call = await _in_time(app, update)
    if call is not None:
        num_rows = await app.state.call(app.state.delete, call.place.user_id)
        app.inbox.put_nowait(Deleted(call, num_rows))


async def erase(app: AppContext, deleted: Deleted) -> None:
    """The rest of `forget`; it may have to wait, and must not hold up what the person asks meanwhile."""
    await app.eraser.erase(app.state)
    if deleted.num_rows:
        await say(app, deleted.call, "bot.forgotten", records=deleted.num_rows)
    else:
        await say(app, deleted.call, "bot.forgotten_nothing")


async def unknown(app: AppContext, update: Update) -> None:
    """Obey a command in Arabic, which Telegram takes for text; of another one say that it is none.

    In groups other bots may know it: there is silence, unless it names this one.
    """
    call = await called(app, update)
    if call is None:
        return
    command = _IN_ARABIC.get(call.name) if call.is_for_me else None
    if command is not None:
        await command(app, update)
    elif call.place.is_private or call.names_me:
        await refuse(app, call)


async def only_text(app: AppContext, update: Update) -> None:
    """Say that only what is written can be read; of what was sent together, once."""
    album = update.message.media_group_id if update.message else None
    if album is not None and not app.albums.note(album, None):
        return
    call = await _admitted(app, update)
    if call is not None:
        await say(app, call, "bot.only_text")


async def refuse(app: AppContext, call: Called) -> None:
    """Say that there is no such command; administrators' own is none for others."""
    if await admitted(app, call):
        await say(app, call, "bot.unknown_command")


async def examples_for(app: AppContext) -> tuple[str, ...]:
    """Questions to try; none where finding them takes too long."""
    try:
        async with asyncio.timeout(EXAMPLES_WITHIN_S):
            return await app.answering.shared(app.catalogue.examples, app.answering.quoted)
    except TimeoutError:
        return ()


async def _admitted(app: AppContext, update: Update) -> Called | None:
    call = await called(app, update)
    return call if call is not None and await admitted(app, call) else None


async def _in_time(app: AppContext, update: Update) -> Called | None:
    call = await called(app, update)
    return call if call is not None and await is_in_time(app, call) else None


_IN_ARABIC: Mapping[str, Command] = {
    "ابدأ": start, "مساعدة": help_, "مصادر": sources, "المصادر": sources, "الأحدث": latest, "أحدث": latest,
    "لغة": lang, "اللغة": lang, "جديد": new, "خصوصية": privacy, "الخصوصية": privacy, "نسخة": export, "امح": forget,
}  # fmt: skip
