"""Question -> one final message: the answer, a line that says why there is none, or an apology. Never neither."""

from __future__ import annotations

import asyncio
import logging
import secrets
import string
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.telegram.incoming import MAX_QUESTION
from bot.telegram.logs import describe, pseudonym
from bot.telegram.render import answer_outgoing, kept_from, said
from bot.telegram.typing import typing
from rag.errors import IsnadError

if TYPE_CHECKING:
    from bot.state.records import KeptAnswer, Question
    from bot.telegram.context import AppContext
    from bot.telegram.render import Outgoing
    from bot.texts import Lang

MAX_ATTEMPTS, LAST_ATTEMPT = 3, 5
"""A question that ended the process so often gets an apology; when apologies end it too, nothing."""
MAX_AGE_S = 600.0
"""Nobody waits longer for an answer: what is older gets an apology."""

_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 10
_NO_QUESTION = frozenset({"empty_question", "not_understood", "empty_index"})
"""Reasons after which a question is nothing that another could lean on."""

_log = logging.getLogger(__name__)


async def answer_question(app: AppContext, question: Question) -> None:
    """Give `question` its final message, whatever happens, and take it out of the inbox."""
    try:
        ending = await _end(app, question)
    except Exception as error:  # noqa: BLE001  whatever broke, the person is told and the next question answered
        _log.error("a question of %s failed: %s", pseudonym(question.place.chat_id), describe(error))
        if not isinstance(error, IsnadError | TimeoutError):
            app.metrics.unforeseen()
        ending = "timeout" if isinstance(error, TimeoutError) else "failed"
        await _apologise(app, question, ending)
    if ending:
        app.metrics.question(ending, time.time() - question.received_at)


async def _end(app: AppContext, question: Question) -> str:
    """What became of `question`; empty where there was nothing to say."""
    if question.attempts >= LAST_ATTEMPT or app.inbox.is_reworded(question):  # a new wording has its own turn
        await asyncio.to_thread(app.state.finish, question.update_id)
        return ""
    if question.attempts == 0 and not await _is_admitted(app, question):  # what was begun before was admitted then
        return "limited"
    await asyncio.to_thread(app.state.begin, question.update_id)
    if is_overdue(question, time.time()):
        was_stopped = question.attempts or question.received_at < app.inbox.opened_at
        return await _say(app, question, "bot.interrupted" if was_stopped else "bot.timeout", "failed")
    if len(question.text) > MAX_QUESTION:
        return await _say(app, question, "bot.too_long", "refused")
    earlier = None
    if question.is_edit:
        earlier = await asyncio.to_thread(app.state.answer_to, question.place, question.message_id)
    if earlier and earlier.message_ids and earlier.question == question.text:
        await asyncio.to_thread(app.state.finish, question.update_id)  # Telegram tells of edits that nobody sees
        return ""
    return await _answer(app, question, earlier)


def is_overdue(question: Question, now: float) -> bool:
    """Whether it is too late to answer, or was tried too often: an apology takes the answer's place."""
    return question.attempts >= MAX_ATTEMPTS or now - question.received_at > MAX_AGE_S


async def _is_admitted(app: AppContext, question: Question) -> bool:
    """Whether it may be asked; where not, it is ended with one polite line or, after that, in silence."""
    admission = await asyncio.to_thread(app.limits.admit, question.place)
    if admission.allowed:
        return True
    if admission.tell:
        await _say(app, question, f"bot.limit.{admission.reason}", "limited")
    else:
        await asyncio.to_thread(app.state.finish, question.update_id)
    return False


async def _answer(app: AppContext, question: Question, earlier: KeptAnswer | None) -> str:
    """Answer; in the place of the `earlier` answer to the same message, where there is one."""
    place = question.place
    in_place_of = earlier.message_ids if earlier else ()
    async with typing(app.outbox, place):
        lang, history = await asyncio.to_thread(_read, app, question, earlier)
        may_write = partial(app.limits.may_write, place)
        reply = await app.answering.turn(question.text, history, may_write=may_write)
        answer = reply.answer
        if answer is None:  # only commands of the chat have none
            raise ValueError(reply.kind)
        answer_id = "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
        kept = replace(kept_from(answer, place, lang, answer_id), question=question.text, message_ids=in_place_of)
        outgoing = answer_outgoing(answer, kept)
        await asyncio.to_thread(app.state.keep_answer, kept, question.message_id)
    if in_place_of:
        ids = await app.outbox.edit(place, in_place_of, outgoing, reply_to=question.message_id)
    else:
        ids = await _send(app, question, outgoing)
    await _note(app, question, kept, ids, answer.status, joins_history=answer.reason not in _NO_QUESTION)
    return answer.status


def _read(app: AppContext, question: Question, earlier: KeptAnswer | None) -> tuple[Lang, tuple[str, ...]]:
    """The language to speak, and the questions before this one: an edited one stands where it stood. Blocking."""
    history = app.state.history(question.place)
    if earlier and earlier.question in history:
        history = history[: history.index(earlier.question)]
    return app.lang(question.place.user_id, question.language_code), history


async def _say(app: AppContext, question: Question, key: str, ending: str) -> str:
    """End `question` with one line of ours."""
    lang = await asyncio.to_thread(app.lang, question.place.user_id, question.language_code)
    ids = await _send(app, question, said(key, lang, letters=MAX_QUESTION))
    await _note(app, question, None, ids, ending)
    return ending


async def _apologise(app: AppContext, question: Question, ending: str) -> None:
    """One apology; where even the person's language cannot be read, in that of the settings."""
    lang = app.settings.lang
    with suppress(Exception):  # what broke the answer may break this too
        lang = await asyncio.to_thread(app.lang, question.place.user_id, question.language_code)
    ids = await _send(app, question, said(f"bot.{ending}", lang))
    await _note(app, question, None, ids, ending)


async def _send(app: AppContext, question: Question, outgoing: Outgoing) -> tuple[int, ...]:
    """Send it; as a reply wherever it could be taken for an answer to something else."""
    place, message_id = question.place, question.message_id
    is_clear = place.is_private and question.attempts == 0 and app.inbox.is_last(place, message_id)
    ids = await app.outbox.send(place, outgoing, reply_to=None if is_clear else message_id)
    if ids:
        app.inbox.saw(place.chat_id, *ids)
    return ids


async def _note(
    app: AppContext,
    question: Question,
    answer: KeptAnswer | None,
    ids: tuple[int, ...],
    status: str,
    *,
    joins_history: bool = False,
) -> None:
    """Take `question` out of the inbox. The message is sent: nothing that fails here may lead to a second one."""
    note = partial(app.state.answered, question, answer, ids, status=status, joins_history=joins_history)
    try:
        await asyncio.shield(asyncio.to_thread(note))
    except Exception as error:  # noqa: BLE001  whatever the database raises; the next start apologises
        _log.error("what became of a question could not be written: %s", describe(error))
