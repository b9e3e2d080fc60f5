"""Inline mode: a short question typed after the bot's name in any chat, answered from the index alone.

Telegram asks anew with every pause in typing and waits a few seconds at most, so a language model never
writes here, and what takes too long gives an empty list.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.state.records import Place
from bot.telegram.incoming import cleaned
from bot.telegram.keyboards import short_title, shortened
from bot.telegram.logs import describe, pseudonym
from bot.telegram.polling import kind_of
from bot.telegram.render import answer_outgoing, card_outgoing, kept_from
from bot.texts import Lang, say
from rag.errors import IsnadError

if TYPE_CHECKING:
    from telegram import InlineQuery, Update

    from bot.catalogue import Card
    from bot.telegram.context import AppContext
    from bot.telegram.outgoing import Outgoing
    from rag.schema import Answer

ANSWER_WITHIN_S = 2.0
CACHE_S = 30

_PAGE_SIZE = 10
_TITLE, _DESCRIPTION = 80, 160
"""Letters that a list shows."""
_SHORTEST = 3
"""Letters; less is the beginning of a word."""
_NO_ID = "inline0000"

_log = logging.getLogger(__name__)


async def answer_inline(app: AppContext, update: Update) -> None:
    """Answer an inline query, always: with results, or with an empty list and the way to the bot."""
    query = update.inline_query
    if query is None:
        return
    place = Place(query.from_user.id, query.from_user.id)
    page = int(query.offset) if query.offset.isdecimal() and len(query.offset) < 4 else 0  # noqa: PLR2004  no page of ours is longer
    lang, more_follow = app.settings.lang, False
    results: list[InlineQueryResultArticle] = []
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            lang = await app.state.call(app.lang, place.user_id, query.from_user.language_code)
            results, more_follow = await _results(app, place, cleaned(query.query), lang, page)
    except Exception as error:  # noqa: BLE001  whatever broke, Telegram must not be left waiting
        _log.warning("an inline query of %s was not answered: %s", pseudonym(place.user_id), describe(error))
        if not isinstance(error, IsnadError | TimeoutError):
            app.metrics.unforeseen()
    button = (
        None if results or page else InlineQueryResultsButton(say("bot.inline.private", lang), start_parameter="inline")
    )
    await _send(query, results, button, next_offset=str(page + 1) if more_follow else "")


async def answer_nothing(query: InlineQuery) -> None:
    """End what came while too many others of that person's wait."""
    await _send(query, [], None, next_offset="")


async def _results(
    app: AppContext, place: Place, question: str, lang: Lang, page: int
) -> tuple[list[InlineQueryResultArticle], bool]:
    """What to offer, and whether more follows: for a question its answer, else the latest articles."""
    if not app.limits.admits(place):
        return [], False
    if len(question) < _SHORTEST:
        cards, more_follow = await asyncio.to_thread(app.catalogue.latest, page, _PAGE_SIZE)
        return _cards(cards, lang), more_follow
    if page or not app.limits.may_look(place):
        return [], False
    answer = await app.answering.call(app.answering.quoted, question)
    sources = [one.source for one in answer.citations or answer.nearest]
    cards = await asyncio.to_thread(app.catalogue.cards, list(dict.fromkeys(sources)))
    return [_answer(answer, place, lang), *_cards(cards, lang)], False


def _answer(answer: Answer, place: Place, lang: Lang) -> InlineQueryResultArticle:
    """The answer with its sources, or that there is none; near headlines are results of their own."""
    shown = replace(answer, nearest=())
    outgoing = answer_outgoing(shown, kept_from(shown, place, lang, _NO_ID))
    if answer.status == "refused":
        title, about = say("bot.inline.none_title", lang), answer.question
    else:
        best = min(answer.sentences, key=lambda sentence: sentence.rank)
        title, about = (
            short_title(best.text, lang, _TITLE),
            _about(answer.citations[0].outlet, answer.citations[0].date, lang),
        )
    return _article("answer", title, about, outgoing)


def _cards(cards: Sequence[Card], lang: Lang) -> list[InlineQueryResultArticle]:
    return [
        _article(
            card.link,
            short_title(card.title, lang, _TITLE),
            _about(card.outlet, card.date, lang) or card.beginning,
            card_outgoing(card, lang),
        )
        for card in cards
    ]


def _article(result_id: str, title: str, about: str, outgoing: Outgoing) -> InlineQueryResultArticle:
    """One result; of a long text the first part, which is a message of its own."""
    content = InputTextMessageContent(
        outgoing.parts[0].html, parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
    )
    return InlineQueryResultArticle(result_id, title, content, description=shortened(about, _DESCRIPTION) or None)


def _about(outlet: str | None, date: str | None, lang: Lang) -> str:
    return ("، " if lang == "ar" else ", ").join(one for one in (outlet, date) if one)


async def _send(
    query: InlineQuery,
    results: list[InlineQueryResultArticle],
    button: InlineQueryResultsButton | None,
    *,
    next_offset: str,
) -> None:
    try:
        await query.answer(results, cache_time=CACHE_S, is_personal=True, next_offset=next_offset, button=button)
    except TelegramError as error:  # mostly it is too late: who typed goes on typing
        _log.info("an inline answer was not taken (%s)", kind_of(error))
