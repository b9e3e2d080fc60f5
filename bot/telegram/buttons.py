"""What a pressed button does: the press is answered with a short word first, then the work is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.recent import Recent
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

_Spot = tuple[int, int, int]
"""Chat, message and person."""

_log = logging.getLogger(__name__)


class _Unsent(Exception):
    """What a press should bring was not sent."""


class Presses:
    """Remembers what was pressed last, so that pressing twice does it once; what failed may be pressed again."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: Recent[_Spot, tuple[str, float]] = Recent(_REMEMBERED)
        """The button under each message that did its work last, and when that was done."""
        self._in_work: set[tuple[_Spot, str]] = set()

    async def pressed(self, app: AppContext, update: Update) -> None:
        """Answer the press and do what the button says; a press that may do nothing is told why."""
        if update.callback_query is None:
            return
        tap = tap_of(update)
        if tap is None:  # a message that was sent through inline mode: none of ours has buttons
            await app.outbox.toast(update.callback_query.id)
            return
        pace = app.limits.pace(tap.place.user_id)
        if not pace.allowed:
            word = plain(say("bot.limit.pace", await _lang(app, tap))) if pace.tell else ""
            await app.outbox.toast(tap.callback_id, word)
            return
        spot = (tap.place.chat_id, tap.message_id, tap.place.user_id)
        if self._is_repeated(spot, tap.data):
            await _toast(app, tap, "bot.toast.done", await _lang(app, tap))
            return
        self._in_work.add((spot, tap.data))
        try:
            if await _press(app, tap):
                self._last.note(spot, (tap.data, self._clock()))
        finally:
            self._in_work.discard((spot, tap.data))

    def _is_repeated(self, spot: _Spot, data: str) -> bool:
        last, when = self._last.get(spot) or ("", 0.0)
        return (spot, data) in self._in_work or (last == data and self._clock() - when < TWICE_WITHIN_S)


pressed = Presses().pressed


async def _press(app: AppContext, tap: Tap) -> bool:
    """Whether the button did its work."""
    lang = await _lang(app, tap)
    try:
        allowed = await app.state.call(judge, app, tap, lang)
    except Refused as refused:
        await _toast(app, tap, refused.key, lang)
    except Exception as error:  # noqa: BLE001  whatever broke, the button must not stay as if pressed
        _note(app, tap, error)
        await _toast(app, tap, "bot.toast.failed", lang)
    else:
        return await _do(app, allowed)
    return False


async def _do(app: AppContext, allowed: Allowed) -> bool:
    tap = allowed.tap
    await app.outbox.toast(tap.callback_id, _word(allowed))
    try:
        await _WORK[allowed.press.kind](app, allowed)
    except _Unsent:  # the log has it; as little would come through of an apology
        return False
    except Exception as error:  # noqa: BLE001  whatever broke, who pressed is told
        _note(app, tap, error)
        with suppress(_Unsent):
            await _reply(app, allowed, said("bot.toast.failed", allowed.lang))
        return False
    return True


def _word(allowed: Allowed) -> str:
    """What is said at once; mostly nothing, since a message follows."""
    if allowed.press.lang:
        return plain(say("bot.lang.chosen", allowed.press.lang))
    if allowed.press.kind == "vote":
        return plain(say("bot.toast.changed" if allowed.answer.vote else "bot.toast.thanks", allowed.lang))
    return ""


async def _quote(app: AppContext, allowed: Allowed) -> None:
    kept = allowed.answer
    citation = next(one for one in kept.citations if one.number == allowed.press.number)
    copies = await app.answering.call(app.answering.copies_of, citation.quote)
    text = await asyncio.to_thread(app.catalogue.text, citation.source)
    await _reply(app, allowed, quote_outgoing(citation, text, copies, allowed.lang))


async def _more(app: AppContext, allowed: Allowed) -> None:
    cards = await asyncio.to_thread(app.catalogue.cards, [article.source for article in allowed.answer.more])
    await _reply(app, allowed, more_outgoing(allowed.answer, cards))


async def _vote(app: AppContext, allowed: Allowed) -> None:
    kept, vote = allowed.answer, allowed.press.vote
    await app.state.call(app.state.vote, kept.answer_id, vote)
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
        await _reply(app, allowed, outgoing)
    else:
        await app.outbox.edit(tap.place, (tap.message_id,), outgoing)


async def _choose_lang(app: AppContext, allowed: Allowed) -> None:
    tap, lang = allowed.tap, allowed.press.lang
    if lang is None:
        raise ValueError(tap.data)
    await app.state.call(app.state.choose_language, tap.place.user_id, lang)
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
        offered += await app.answering.shared(app.catalogue.examples, app.answering.quoted)
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
    """A new message under the one with the button.

    Raises:
        _Unsent: it did not go through, or nobody knows.
    """
    tap = allowed.tap
    ids = await app.outbox.send(tap.place, outgoing, reply_to=tap.message_id)
    if not ids:
        raise _Unsent
    app.inbox.saw(tap.place.chat_id, *ids)


async def _toast(app: AppContext, tap: Tap, key: str, lang: Lang) -> None:
    await app.outbox.toast(tap.callback_id, plain(say(key, lang)))


async def _lang(app: AppContext, tap: Tap) -> Lang:
    try:
        return await app.state.call(app.lang, tap.place.user_id, tap.language_code)
    except Exception as error:  # noqa: BLE001  a press is answered though the state cannot be read
        _note(app, tap, error)
        return app.settings.lang


def _note(app: AppContext, tap: Tap, error: Exception) -> None:
    _log.error("a press of %s failed: %s", pseudonym(tap.place.chat_id), describe(error))
    if not isinstance(error, IsnadError):
        app.metrics.unforeseen()
