"""What a pressed button does: the press is answered with a short word first, then the work is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.state.records import Question
from bot.telegram.keyboards import Kind, answer_keyboard, example_check
from bot.telegram.logs import describe, pseudonym
from bot.telegram.presses import Allowed, Refused, Tap, judge, tap_of
from bot.telegram.render import card_outgoing, latest_outgoing, more_outgoing, quote_outgoing, said
from bot.texts import plain, say
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import Update

    from bot.catalogue import Card
    from bot.telegram.context import AppContext
    from bot.telegram.render import Outgoing
    from bot.texts import Lang

TWICE_WITHIN_S = 5.0
"""The same button pressed again so soon, with none between, is one press."""
_REMEMBERED = 1000

_log = logging.getLogger(__name__)


class Presses:
    """Remembers what was pressed last, so that pressing twice does it once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: OrderedDict[tuple[int, int, int], tuple[str | None, float]] = OrderedDict()

    async def pressed(self, app: AppContext, update: Update) -> None:
        """Answer the press and do what the button says; a press that may do nothing is told why."""
        if update.callback_query is None:
            return
        tap = tap_of(update)
        if tap is None:  # a message that was sent through inline mode: none of ours has buttons
            await app.outbox.toast(update.callback_query.id)
            return
        is_repeated = self._is_repeated(tap)
        lang = await _lang(app, tap)
        try:
            if is_repeated:
                raise Refused("bot.toast.done")  # noqa: TRY301  one place answers what is refused
            allowed = await asyncio.to_thread(judge, app, tap, lang)
        except Refused as refused:
            await _toast(app, tap, refused.key, lang)
        except Exception as error:  # noqa: BLE001  whatever broke, the button must not stay as if pressed
            _note(app, tap, error)
            await _toast(app, tap, "bot.toast.failed", lang)
        else:
            await _do(app, allowed)

    def _is_repeated(self, tap: Tap) -> bool:
        now, key = self._clock(), (tap.place.chat_id, tap.message_id, tap.place.user_id)
        data, when = self._last.get(key, (None, now))
        if data == tap.data and now - when < TWICE_WITHIN_S:
            return True
        self._last[key] = (tap.data, now)
        self._last.move_to_end(key)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        return False


pressed = Presses().pressed


async def _do(app: AppContext, allowed: Allowed) -> None:
    tap = allowed.tap
    await app.outbox.toast(tap.callback_id, _word(allowed))
    try:
        await _WORK[allowed.press.kind](app, allowed)
    except Exception as error:  # noqa: BLE001  whatever broke, who pressed is told
        _note(app, tap, error)
        await _reply(app, allowed, said("bot.toast.failed", allowed.lang))


def _word(allowed: Allowed) -> str:
    """What is said at once; mostly nothing, since a message follows."""
    if allowed.press.lang:
        return plain(say("bot.lang.chosen", allowed.press.lang))
    if allowed.press.kind == "vote":
        return plain(say("bot.toast.changed" if allowed.answer.vote else "bot.toast.thanks", allowed.lang))
    return ""


async def _quote(app: AppContext, allowed: Allowed) -> None:
    kept = allowed.answer
    cited = zip(kept.citations, kept.num_copies, strict=True)
    citation, num_copies = next(one for one in cited if one[0].number == allowed.press.number)
    text = await asyncio.to_thread(app.catalogue.text, citation.source)
    await _reply(app, allowed, quote_outgoing(citation, text, num_copies, allowed.lang))


async def _more(app: AppContext, allowed: Allowed) -> None:
    cards = await asyncio.to_thread(app.catalogue.cards, [article.source for article in allowed.answer.more])
    await _reply(app, allowed, more_outgoing(allowed.answer, cards))


async def _vote(app: AppContext, allowed: Allowed) -> None:
    kept, vote = allowed.answer, allowed.press.vote
    await asyncio.to_thread(app.state.vote, kept.answer_id, vote)
    if allowed.tap.message is not None:
        keyboard = answer_keyboard(replace(kept, vote=vote))
        await app.outbox.edit_keyboard(allowed.tap.place, allowed.tap.message_id, keyboard)


async def _open_near(app: AppContext, allowed: Allowed) -> None:
    article = allowed.answer.nearest[allowed.press.number]
    await _open(app, allowed, await asyncio.to_thread(app.catalogue.card, article.source))


async def _open_more(app: AppContext, allowed: Allowed) -> None:
    article = allowed.answer.more[allowed.press.number]
    await _open(app, allowed, await asyncio.to_thread(app.catalogue.card, article.source))


async def _open_link(app: AppContext, allowed: Allowed) -> None:
    await _open(app, allowed, await asyncio.to_thread(app.catalogue.find, allowed.press.link))


async def _open(app: AppContext, allowed: Allowed, card: Card | None) -> None:
    lang = allowed.lang
    await _reply(app, allowed, card_outgoing(card, lang) if card else said("bot.article_gone", lang))


async def _page(app: AppContext, allowed: Allowed) -> None:
    tap, page = allowed.tap, allowed.press.number
    cards, more_follow = await asyncio.to_thread(app.catalogue.latest, page)
    outgoing = latest_outgoing(cards, page, allowed.lang, more_follow=more_follow)
    if tap.message is None:
        await app.outbox.send(tap.place, outgoing)
    else:
        await app.outbox.edit(tap.place, (tap.message_id,), outgoing)


async def _choose_lang(app: AppContext, allowed: Allowed) -> None:
    tap, lang = allowed.tap, allowed.press.lang
    if lang is None:
        raise ValueError(tap.data)
    await asyncio.to_thread(app.state.choose_language, tap.place.user_id, lang)
    outgoing = said("bot.lang.chosen", lang)
    if tap.buttons and all(str(data).startswith("l:") for _, data in tap.buttons):
        await app.outbox.edit(tap.place, (tap.message_id,), outgoing)
    else:  # what else the message offers stays
        await _reply(app, allowed, outgoing)


async def _ask_example(app: AppContext, allowed: Allowed) -> None:
    """Ask what the button says; a question too long for a button is looked up."""
    tap, check = allowed.tap, allowed.press.check
    offered = [tap.label] if tap.label else []
    if not any(example_check(one) == check for one in offered):
        offered += await asyncio.to_thread(app.catalogue.examples, app.answering.quoted)
    text = next((one for one in offered if example_check(one) == check), None)
    if text is None:
        await _reply(app, allowed, said("bot.toast.unknown", allowed.lang))
        return
    await app.inbox.ask(
        Question(
            tap.update_id,
            tap.place,
            tap.message_id,
            text,
            time.time(),
            language_code=tap.language_code,
            sent_at=int(tap.message.date.timestamp()) if tap.message else 0,
        )
    )


_WORK: Mapping[Kind, Callable[[AppContext, Allowed], Awaitable[None]]] = {
    "quote": _quote,
    "more": _more,
    "vote": _vote,
    "nearest": _open_near,
    "open": _open_more,
    "article": _open_link,
    "page": _page,
    "lang": _choose_lang,
    "example": _ask_example,
}


async def _reply(app: AppContext, allowed: Allowed, outgoing: Outgoing) -> None:
    """A new message under the one with the button."""
    tap = allowed.tap
    ids = await app.outbox.send(tap.place, outgoing, reply_to=tap.message_id)
    if ids:
        app.inbox.saw(tap.place.chat_id, *ids)


async def _toast(app: AppContext, tap: Tap, key: str, lang: Lang) -> None:
    await app.outbox.toast(tap.callback_id, plain(say(key, lang)))


async def _lang(app: AppContext, tap: Tap) -> Lang:
    try:
        return await asyncio.to_thread(app.lang, tap.place.user_id, tap.language_code)
    except Exception as error:  # noqa: BLE001  a press is answered though the state cannot be read
        _note(app, tap, error)
        return app.settings.lang


def _note(app: AppContext, tap: Tap, error: Exception) -> None:
    _log.error("a press of %s failed: %s", pseudonym(tap.place.chat_id), describe(error))
    if not isinstance(error, IsnadError):
        app.metrics.unforeseen()
